//! The BgZ: `bgz-raadplegen`, in which Keur is the source, against `bgz-beschikbaarstellen`, in which Keur is the client.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use keur_evidence::event::{Exchange, Failure, Reply};
use serde_json::{Value, json};

use crate::{
    common::{keur, text},
    glue::{Run, certificates, free, hook, json_of, reply, same_exchange},
};

const BSN: &str = "999900018";
/// The requirements of a source that need nothing but the searches of the BgZ for one patient.
const SEARCHES: &str = "WGZ-BGZ-001,WGZ-BGZ-002,WGZ-BGZ-003,WGZ-BGZ-005";
/// Those that need another patient too.
const WITH_OTHERS: &str = "WGZ-BGZ-001,WGZ-BGZ-002,WGZ-BGZ-003,WGZ-BGZ-004,WGZ-BGZ-005";
/// The log of the client, from which a gap may be left out.
const LOG: &str = "logboek.ndjson";
/// A patient of the client's declaration whom the source does not know.
const OTHER: &str = "999914947";

/// What the client was told, and the run in which it asked.
struct Asked {
    base: String,
    run: Run,
}

/// The client's declaration of the source it was pointed to.
fn source_declared(folder: &Path, asked: &Value, with_others: bool) -> String {
    let others = if with_others { format!("[patients.empty]\nbsn = \"{OTHER}\"\n") } else { String::new() };
    let text = |name: &str| asked[name].as_str().unwrap().to_owned();
    let file = |name: &str| format!("{{ file = {:?} }}", folder.join(name));
    format!(
        r#"format = "keur/product"
version = "1.0"
environment = "test"
[product]
vendor = "Keur"
name = "Keur als bron"
version = "1"
roles = ["bron"]
[endpoints]
fhir_base = "{fhir}"
token_endpoint = "{token}"
[oauth]
audience = "{token}"
sender_constraint = "none"
scope = "{scope}"
[trust]
ca = [{ca}]
[identity.party_a]
client_id = "keur-vrager"
ura = "90000111"
certificate = {certificate}
key = {key}
signing_key = {signing}
[patients.complete]
bsn = "{bsn}"
{others}"#,
        fhir = text("fhir_base"),
        token = text("token_endpoint"),
        scope = text("scope"),
        bsn = text("bsn"),
        ca = file("ca.pem"),
        certificate = file("party-a.pem"),
        key = file("party-a.key"),
        signing = file("party-a-signing.key"),
    )
}

/// The source's declaration of its client, which acts by a hook.
fn client_declared(folder: &Path, trigger: &str) -> String {
    let (desk, second) = (free(), free());
    let file = |name: &str| format!("{{ file = {:?} }}", folder.join(name));
    let wrong: String =
        [("expired", "expired"), ("foreign_ca", "foreign-ca"), ("foreign_name", "foreign-name")]
            .map(|(table, name)| {
                let pair = [file(&format!("desk-{name}.pem")), file(&format!("desk-{name}.key"))];
                format!("[counterparty.hostile.{table}]\ncertificate = {}\nkey = {}\n", pair[0], pair[1])
            })
            .concat();
    format!(
        r#"format = "keur/product"
version = "1.0"
environment = "test"
[product]
vendor = "Keur"
name = "Keur als vrager"
version = "1"
roles = ["raadpleger"]
[counterparty]
listen = "{desk}"
base = "https://{desk}"
certificate = {certificate}
key = {key}
hostile_listen = "{second}"
hostile_base = "https://{second}"
client_id = "keur-vrager"
client_ura = "90000111"
client_jwks = {jwks:?}
wait_s = 300
{wrong}
[trust]
ca = [{ca}]
[patients]
also_present = ["{OTHER}"]
[patients.complete]
bsn = "{BSN}"
[hooks]
trigger = "{trigger}"
[evidence]
product_log = "{LOG}"
"#,
        certificate = file("desk-right.pem"),
        key = file("desk-right.key"),
        jwks = folder.join("party-a.jwks.json"),
        ca = file("ca.pem"),
    )
}

/// Adds what the client did to its log: each request with its id, or each but those for a token. In one write: clients
/// that end at the same time share the file.
fn log(folder: &Path, run: &Run, tokens_too: bool) {
    let mut lines = String::new();
    for exchange in run.exchanges.iter().filter(|one| tokens_too || !one.url.ends_with("/oauth/token")) {
        let id = exchange.request_headers.iter().find(|(name, _)| name == "X-Request-Id");
        let status = reply(exchange).map(|(status, _)| status);
        let http = json!({ "request": { "id": id.unwrap().1 }, "response": { "status_code": status } });
        writeln!(lines, "{}", json!({ "http": http })).unwrap();
    }
    let file = OpenOptions::new().create(true).append(true).open(folder.join(LOG));
    file.unwrap().write_all(lines.as_bytes()).unwrap();
}

/// Sections as a product would show them, from what the client recorded: results by search, and whether all of them came.
fn shown(run: &Run) -> Value {
    let mut sections = Vec::<(String, u64, bool)>::new();
    for exchange in run.exchanges.iter().filter(|one| one.inbound.is_none()) {
        let Some(search) = exchange.purpose.strip_prefix("BgZ-zoekvraag ") else { continue };
        let name = search.split(',').next().unwrap();
        let bundle = bundle(run, exchange);
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        let count = entries.iter().filter(|entry| entry["search"]["mode"] == "match").count() as u64;
        let fault = entries.iter().any(|entry| entry["resource"]["resourceType"] == "OperationOutcome");
        let busy = matches!(exchange.reply, Reply::Response { status: 429, .. });
        let whole = busy || bundle["type"] == "searchset" && !fault;
        match sections.iter_mut().find(|(known, ..)| known == name) {
            Some((_, so_far, complete)) => (*so_far, *complete) = (*so_far + count, *complete && whole),
            None => sections.push((name.to_owned(), count, whole)),
        }
    }
    let warnings: Vec<&String> =
        sections.iter().filter(|(.., whole)| !whole).map(|(name, ..)| name).collect();
    let told = sections
        .iter()
        .map(|(name, count, complete)| json!({ "name": name, "count": count, "complete": complete }));
    json!({ "sections": told.collect::<Vec<_>>(), "warnings": warnings, "error": null })
}

fn bundle(run: &Run, exchange: &Exchange) -> Value {
    match reply(exchange) {
        Some((200, body)) => json_of(&run.folder, body),
        _ => Value::Null,
    }
}

/// A run of the source; whenever it makes its client act, a run of the client.
fn pair(folder: &Path, only_source: Option<&str>, only_client: &'static str) -> (Run, Vec<Asked>) {
    certificates(folder);
    let (runs, count) = (Arc::new(Mutex::new(Vec::new())), AtomicUsize::new(0));
    let (place, made): (PathBuf, _) = (folder.to_owned(), Arc::clone(&runs));
    let trigger = hook(move |asked| {
        assert_eq!(asked["action"], "bgz");
        let own = place.join(format!("vrager-{}", count.fetch_add(1, Ordering::Relaxed)));
        fs::create_dir(&own).unwrap();
        let product = own.join("product.toml");
        fs::write(&product, source_declared(&place, asked, only_client == WITH_OTHERS)).unwrap();
        let output = keur(&[
            "run",
            "bgz-beschikbaarstellen",
            "--only",
            only_client,
            "--product",
            product.to_str().unwrap(),
            "--out",
            own.to_str().unwrap(),
            "--quiet",
            "--timeout",
            "5",
            // Cases side by side would ask again before a busy source wants it.
            "--jobs",
            "1",
        ]);
        assert!(output.status.code().is_some_and(|code| [0, 1, 3].contains(&code)), "{}", text(&output));
        let run = Run::below(&own);
        log(&place, &run, only_client != WITH_OTHERS);
        let told = shown(&run);
        let base = asked["fhir_base"].as_str().unwrap().trim_end_matches("/fhir").to_owned();
        made.lock().unwrap().push(Asked { base, run });
        told
    });
    let product = folder.join("vrager.toml");
    fs::write(&product, client_declared(folder, &trigger)).unwrap();
    let out = folder.join("bron");
    let mut args = vec![
        "run",
        "bgz-raadplegen",
        "--product",
        product.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--quiet",
        "--jobs",
        "2",
    ];
    args.extend(only_source.iter().flat_map(|only| ["--only", only]));
    let output = keur(&args);
    assert!(output.status.code().is_some_and(|code| [0, 1, 3].contains(&code)), "{}", text(&output));
    let source = Run::below(&out);
    let asked = std::mem::take(&mut *runs.lock().unwrap());
    (source, asked)
}

/// The same exchange on both sides. Returns the case of the source it belongs to; none when nothing reached it.
fn joined(source: &Run, asked: &Asked) -> Option<String> {
    let (mut sent, heard) = (asked.run.by_id(false, &asked.base), source.by_id(true, &asked.base));
    // A request whose handshake was ended reached nobody.
    sent.retain(|_, all| !all.iter().all(|one| is_untrusted(one)));
    same_exchange(&sent, &heard);
    heard.values().flatten().next().map(|one| one.case.clone())
}

fn is_untrusted(exchange: &Exchange) -> bool {
    matches!(&exchange.reply, Reply::Failure { failure: Failure::TlsUntrusted, .. })
}

#[test]
fn both_sides_of_the_bgz_conform_to_each_other_and_tell_of_the_same_exchange() {
    let place = tempfile::tempdir().unwrap();
    let (source, asked) = pair(place.path(), None, SEARCHES);
    assert_eq!(source.result["verdict"], "conform", "{:#?}", source.faults());
    let (mut sound, mut faulty) = (0, 0);
    for one in &asked {
        let Some(case) = joined(&source, one) else { continue };
        let outcomes = one.run.outcomes();
        if ["vraagt", "noemt", "toont", "stuurt-meer", "drie-bladzijden"]
            .iter()
            .any(|part| case.contains(part))
        {
            sound += 1;
            // The only case that is left open asks about a patient without data, whom this client does not have.
            assert_eq!(one.run.faults().len(), 1, "{case}: {:#?}", one.run.faults());
            let satisfied = ["002", "003", "005"].map(|id| outcomes[&format!("WGZ-BGZ-{id}")] == "satisfied");
            assert_eq!(satisfied, [true; 3], "{case}: {outcomes:?}");
        }
        // The client sees what the source does wrong, and there alone: what broke off on the way is undecided.
        if case.contains("het-onderdeel-probleem") {
            faulty += 1;
            assert!(!one.run.passed("voor-probleem") && one.run.passed("voor-alert"), "{case}");
            assert_ne!(one.run.result["verdict"], "conform");
        }
    }
    assert!(sound >= 7 && faulty == 4, "{sound} sound, {faulty} faulty");
    let trail = &source.result["product_log"];
    assert_eq!(trail["found"], trail["exchanges"], "{trail:#}");
    assert!(trail["exchanges"].as_u64().is_some_and(|count| count > 27 * 7), "{trail:#}");
    assert_eq!([&trail["gaps"]["count"], &trail["strange"]["count"], &trail["differing"]["count"]], [0; 3]);
}

#[test]
fn all_that_is_asked_of_a_source_holds_and_a_gap_in_the_log_shows() {
    let place = tempfile::tempdir().unwrap();
    let (source, asked) =
        pair(place.path(), Some("WGZ-BGC-001,WGZ-BGC-003,WGZ-BGC-004,WGZ-BGC-005,WGZ-BGC-013"), WITH_OTHERS);
    assert!(source.faults().is_empty(), "{:#?}", source.faults());
    assert_eq!(asked.len(), 5);
    for one in &asked {
        assert!(joined(&source, one).is_some());
        assert!(one.run.faults().is_empty(), "{:#?}", one.run.faults());
    }
    // Its log leaves out the requests for a token: those are the gaps, by their ids.
    let gaps = &source.result["product_log"]["gaps"];
    assert_eq!(gaps["count"], 5, "{gaps:#}");
    let asked: BTreeMap<_, _> = source.by_id(true, "https://");
    for gap in gaps["first"].as_array().unwrap() {
        assert!(asked[gap["mark"].as_str().unwrap()][0].url.ends_with("/oauth/token"), "{gap:#}");
    }
    // The extract is in the evidence: anybody lays it beside the journal again and finds the same.
    let (folder, bundle) = (source.folder.to_str().unwrap(), place.path().join("bron.keur"));
    let bundle = bundle.to_str().unwrap();
    let output = keur(&["bundle", folder, "--out", bundle]);
    assert!(output.status.success(), "{}", text(&output));
    let output = keur(&["verify", bundle]);
    assert!(output.status.success(), "{}", text(&output));
    assert!(
        fs::read_to_string(source.folder.join("report.html")).unwrap().contains("Logboek van het product")
    );
}
