//! A small real run in a folder, and an archive as somebody else would write it.

use std::{fs, path::Path, sync::Arc};

use keur_catalogue::{Catalogue, Profile, Selection};
use keur_dossier::{
    Ledger, Verification,
    bundle::Bundle,
    keys::{Algorithm, Holder, Role, SigningKey},
    ledger::{Finished, How, Started},
    policy::Policy,
    verify::{Editions, KnownNorms, Options, Outcome, Recompute, Recomputed, verify_bytes},
};
use keur_evidence::{
    digest,
    event::{
        Body, CheckOutcome, CheckRecord, Enclosed, EnclosedFile, Event, Exchange, FORMAT, Phase, PlannedCase,
        PlannedStep, ProductIdentity, Reply, RunEnd, RunStarted, Timing,
    },
    journal::{self, Store},
};
use time::macros::date;

/// The requirement of the small norm.
pub const REQUIREMENT: &str = "WGZ-TST-001";
/// The declaration enclosed in the run.
pub const PRODUCT: &str = r#"format = "keur/product"
version = "1.0"
environment = "test"

[product]
vendor = "Leverancier"
name = "Bron"
version = "1"
roles = ["bron"]

[endpoints]
fhir_base = "http://127.0.0.1:1/fhir"

[patients]
complete = { bsn = "999900006" }
"#;

/// The norm files of the run, as (path, text).
pub fn norms() -> Vec<(String, String)> {
    let requirements = format!(
        "format = \"keur/requirements\"\nversion = \"1.0\"\nnorm = {{ id = \"TST\", title = \"Test\", edition = \"1\" }}\n\
         [[requirement]]\nid = \"{REQUIREMENT}\"\ntitle = {{ nl = \"Eis\", en = \"Demand\" }}\nlevel = \"must\"\n\
         spoor = \"1\"\nroles = [\"bron\"]\nmethod = \"test\"\nsource = [{{ ref = \"S\", status = \"specification\" }}]\n\
         why = {{ nl = \"w\", en = \"w\" }}\nfix = {{ nl = \"f\", en = \"f\" }}\nsince = \"2026.1\"\n"
    );
    let profile = format!(
        "format = \"keur/profile\"\nversion = \"1.0\"\nid = \"proef\"\nrelease = \"2026.1\"\n\
         title = {{ nl = \"Proef\", en = \"Trial\" }}\nsummary = {{ nl = \"s\", en = \"s\" }}\nrole = \"bron\"\n\
         exchange = \"x\"\nfhir = \"stu3\"\ndefault_variant = \"a\"\n\
         legal = {{ status = \"none\", date = \"2026-11-22\", source = \"s\", note = {{ nl = \"n\", en = \"n\" }} }}\n\
         select = [\"{REQUIREMENT}\"]\n[[variant]]\nid = \"a\"\ntitle = {{ nl = \"A\", en = \"A\" }}\nsource = \"s\"\n"
    );
    vec![("profiles/eisen/test.toml".to_owned(), requirements), ("profiles/proef.toml".to_owned(), profile)]
}

/// The small norm, loaded.
pub fn norm() -> (Catalogue, Profile, Selection) {
    let [requirements, (path, text)] = <[_; 2]>::try_from(norms()).unwrap();
    let catalogue = Catalogue::load(&[requirements]).unwrap();
    let profile = Profile::parse(&path, &text, &catalogue).unwrap();
    let selection = Selection::new(&catalogue, &profile, None, None).unwrap();
    (catalogue, profile, selection)
}

/// What differs between the runs of the tests.
#[derive(Clone)]
pub struct Setup {
    pub run: &'static str,
    pub mode: &'static str,
    pub body: &'static [u8],
    pub holds: bool,
}

impl Default for Setup {
    fn default() -> Self {
        let body = b"{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"security\"}]}";
        Self { run: "20261122T100000000-aaaaaa", mode: "practice", body, holds: true }
    }
}

/// Makes a run's folder: journal, blobs, result and ledger. Returns the journal's head.
pub fn run(folder: &Path, setup: &Setup) -> String {
    let (catalogue, profile, selection) = norm();
    let store = Store::in_folder(folder).unwrap();
    let product = store.blob(PRODUCT.as_bytes()).unwrap().unwrap();
    let exam = setup.mode == "exam";
    let statements = store.blob(b"format = \"keur/attestations\"").unwrap().unwrap();
    let started = RunStarted {
        format: FORMAT.to_owned(),
        run: setup.run.to_owned(),
        mode: setup.mode.to_owned(),
        seed: if exam { String::new() } else { "00".to_owned() },
        seed_commitment: exam.then(|| digest::sha256(&[0])),
        harness_version: "0.1.0".to_owned(),
        harness_digest: format!("sha256:{}", "a".repeat(64)),
        profile: profile.id.clone(),
        profile_release: profile.release.clone(),
        profile_digest: profile.digest.clone(),
        variant: "a".to_owned(),
        catalogue_digest: catalogue.digest.clone(),
        features_digest: format!("sha256:{}", "c".repeat(64)),
        product: ProductIdentity {
            vendor: "Leverancier".to_owned(),
            name: "Bron".to_owned(),
            version: "1".to_owned(),
            kvk: None,
            roles: vec!["bron".to_owned()],
            endpoint: "http://127.0.0.1:1/fhir".to_owned(),
            claims: Vec::new(),
            declaration_digest: product.clone(),
        },
        only: None,
        host: "linux x86_64".to_owned(),
    };
    let declaration = [("product.toml", product), ("attestaties.toml", statements)];
    let declaration = declaration.map(|(name, blob)| EnclosedFile { name: name.to_owned(), blob });
    let enclosed =
        |what: &str, files: Vec<EnclosedFile>| Event::Enclosed(Enclosed { what: what.to_owned(), files });
    let norms = norms()
        .into_iter()
        .map(|(name, text)| EnclosedFile { name, blob: store.blob(text.as_bytes()).unwrap().unwrap() });
    let case = "features/test.feature#geval".to_owned();
    let step = |phase, text: &str| PlannedStep { phase, text: text.to_owned() };
    let answer = Body {
        blob: store.blob(setup.body).unwrap(),
        wire_bytes: setup.body.len() as u64,
        truncated: false,
        undecoded: None,
    };
    let outcome = if setup.holds { CheckOutcome::Holds } else { CheckOutcome::Violated };
    let events = [
        Event::RunStarted(Box::new(started.clone())),
        enclosed("declaration", declaration.into()),
        enclosed("norms", norms.collect()),
        Event::CasePlanned(PlannedCase {
            case: case.clone(),
            requirement: REQUIREMENT.to_owned(),
            title: "geval".to_owned(),
            line: 7,
            steps: vec![
                step(Phase::When, "Als er iets wordt gevraagd"),
                step(Phase::Then, "Dan wordt het geweigerd"),
            ],
        }),
        Event::CaseStarted { case: case.clone() },
        Event::RequestSent {
            id: "x-000001".to_owned(),
            case: case.clone(),
            method: "GET".to_owned(),
            url: "http://127.0.0.1:1/fhir/Patient".to_owned(),
            numbers: vec![],
        },
        Event::Exchange(Box::new(Exchange {
            id: "x-000001".to_owned(),
            case: case.clone(),
            purpose: "opvraging".to_owned(),
            method: "GET".to_owned(),
            url: "http://127.0.0.1:1/fhir/Patient".to_owned(),
            request_headers: vec![("authorization".to_owned(), "Bearer $KEUR_TOKEN:0011223344ff".to_owned())],
            request_body: Body::default(),
            identity: "none".to_owned(),
            reply: Reply::Response {
                status: 401,
                version: "HTTP/1.1".to_owned(),
                headers: Vec::new(),
                body: answer,
                tls: None,
            },
            timing: Timing { head_ms: 1, total_ms: 2 },
            inbound: None,
        })),
        Event::Check(CheckRecord {
            case: case.clone(),
            step: 1,
            phase: Phase::Then,
            expected: "status 401".to_owned(),
            observed: "status 401".to_owned(),
            outcome,
            evidence: vec!["x-000001".to_owned()],
        }),
        Event::CaseFinished { case, steps_done: if setup.holds { 2 } else { 1 }, ms: 5 },
        Event::RunFinished { how: RunEnd::Completed },
    ];
    for event in events {
        if exam && matches!(event, Event::RunFinished { .. }) {
            store.append(Event::SeedRevealed { seed: "00".to_owned() }).unwrap();
        }
        store.append(event).unwrap();
    }
    let entries = store.entries();
    let result = keur_verdict::judge(&selection, &profile, &entries).unwrap();
    fs::write(folder.join("result.json"), serde_json::to_vec_pretty(&result).unwrap()).unwrap();
    let ledger = ledger(folder.parent().unwrap());
    ledger.start(Started::of(&started)).unwrap();
    ledger.finish(Finished::of(How::Completed, &result)).unwrap();
    ledger.copy_into(folder, setup.run).unwrap();
    journal::head(&entries)
}

/// The ledger of the product under test.
pub fn ledger(out: &Path) -> Ledger {
    Ledger::of(out, "Leverancier", "Bron", "proef")
}

/// Judges by the small norm.
pub struct Again;

impl Recompute for Again {
    fn recompute(
        &self,
        _: &Arc<Bundle>,
        entries: Vec<keur_evidence::event::Entry>,
    ) -> Result<Recomputed, String> {
        let (_, profile, selection) = norm();
        let result =
            keur_verdict::judge(&selection, &profile, &entries).map_err(|error| error.to_string())?;
        Ok(Recomputed { result, notes: Vec::new() })
    }
}

/// Knows the small norm.
pub fn known() -> KnownNorms {
    let (catalogue, profile, _) = norm();
    KnownNorms {
        profiles: [profile.digest].into(),
        catalogues: [catalogue.digest].into(),
        features: [format!("sha256:{}", "c".repeat(64))].into(),
    }
}

/// Verifies bytes with these keys and this policy.
pub fn verify_with(
    bytes: Vec<u8>,
    trust: &[keur_dossier::PublicKey],
    policy: Option<&Policy>,
) -> Verification {
    let (known, editions, now) = (known(), Editions::default(), time::OffsetDateTime::now_utc());
    let options =
        Options { trust, known: &known, editions: &editions, policy, previous: None, now, recompute: &Again };
    verify_bytes(bytes, &options)
}

/// The first broken step and what it says.
pub fn broken(verification: &Verification) -> (&'static str, String) {
    assert!(!verification.valid, "it verifies");
    let step = verification.broken().expect("a failed step");
    let file = step.file.clone().unwrap_or_default();
    (step.step, format!("{file}: {}", step.detail.clone().unwrap_or_default()))
}

/// Fails with the page when it is not valid.
pub fn assert_valid(verification: &Verification) {
    assert!(verification.valid, "{}", keur_dossier::verify::page(verification));
    assert!(verification.steps.iter().all(|step| matches!(step.outcome, Outcome::Passed | Outcome::Note)));
}

/// A key of this role, valid in 2026.
pub fn key(folder: &Path, name: &str, role: Role, algorithm: Algorithm) -> SigningKey {
    let holder = Holder { name: name.to_owned(), organisation: "Proef".to_owned() };
    let days = (date!(2026 - 01 - 01), date!(2036 - 12 - 31));
    SigningKey::create(&folder.join(name).with_extension("key"), algorithm, role, holder, days).unwrap()
}
