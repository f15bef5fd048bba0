//! The hooks of the test environment: reading the log, the patient's overview, and setting what the consent facility
//! answers.

use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::respond::Reply;
use super::route::Call;
use crate::audit::{Event, Kind};
use crate::client;
use crate::consent::State;
use crate::oauth::access::Access;
use crate::oauth::jose::sha256;
use crate::pki::{URA_PARTY_A, URA_SOURCE};

const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

/// `GET /hooks/audit?since=…`
pub(super) fn audit(call: &Call) -> Reply {
    if let Some(refusal) = refuse(call, "GET") {
        return refusal;
    }
    match parameter(call, "since").as_deref().and_then(moment) {
        Some(moment) => Reply::json(200, FHIR_JSON, &call.product.audit.since(moment)),
        None => Reply::outcome(400, "invalid", "Geef since als tijdstip volgens RFC 3339."),
    }
}

/// `GET /hooks/log/AuditEvent?date=ge…&patient.identifier=…`, the search of IHE ITI-81. Nothing else is possible there.
pub(super) fn log(call: &Call, path: &str) -> Reply {
    let defects = &call.product.defects;
    let (kind, id) = path.split_once('/').unwrap_or((path, ""));
    let writable = defects.has("log-writable") && !id.is_empty() && call.method != "GET";
    let refusal = refuse(call, if writable { &call.method } else { "GET" });
    let refusal = refusal.filter(|refusal| !(refusal.status == 401 && defects.has("log-open")));
    let reply = match refusal {
        Some(refusal) => refusal,
        None if kind != "AuditEvent" => Reply::outcome(404, "not-found", "Hier staan alleen AuditEvents."),
        None if writable => {
            call.product.audit.remove(id);
            Reply::empty(204)
        }
        None => search(call),
    };
    note_use(call, reply.status);
    reply
}

fn search(call: &Call) -> Reply {
    let date = parameter(call, "date").and_then(|date| moment(date.strip_prefix("ge")?));
    let Some(since) = date else {
        return Reply::outcome(400, "invalid", "Geef date als ge met een tijdstip volgens RFC 3339.");
    };
    let patient = parameter(call, "patient.identifier");
    let bsn = patient.as_deref().map(|token| token.rsplit('|').next().unwrap_or_default());
    Reply::json(200, FHIR_JSON, &call.product.audit.search(since, bsn))
}

/// Whoever reads the log is in it too.
fn note_use(call: &Call, status: u16) {
    let reader = call.peer.ura.clone().filter(|_| status < 400).map(|ura| Access {
        client_id: "loglezer".to_owned(),
        ura,
        purpose: "HOPERAT".to_owned(),
        scopes: Vec::new(),
        person: None,
    });
    call.product.audit.record(Event {
        kind: Kind::LogUse,
        status,
        withheld: false,
        access: reader.as_ref(),
        ground: None,
        bsn: None,
        request_id: call.request_id(),
        source_ura: URA_SOURCE,
        peer: &call.peer.address,
        data: Some("AuditEvent"),
        authorization: None,
    });
}

/// `GET /hooks/overzicht?patient.identifier=…`
pub(super) fn overview(call: &Call) -> Reply {
    if let Some(refusal) = refuse(call, "GET") {
        return refusal;
    }
    let patient = parameter(call, "patient.identifier");
    match patient.as_deref().and_then(|token| token.rsplit('|').next()).filter(|bsn| is_bsn(bsn)) {
        Some(bsn) => Reply::json(200, FHIR_JSON, &call.product.audit.overview(bsn)),
        None => Reply::outcome(400, "invalid", "Geef patient.identifier met een BSN."),
    }
}

fn parameter(call: &Call, wanted: &str) -> Option<String> {
    url::form_urlencoded::parse(call.query.as_bytes())
        .find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
}

/// A plus sign of the offset arrives as a space when the client did not escape it.
fn moment(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(&text.replace(' ', "+"), &Rfc3339).ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    bsn: String,
    state: String,
}

/// `PUT /hooks/consent`
pub(super) fn consent(call: &Call) -> Reply {
    if let Some(refusal) = refuse(call, "PUT") {
        return refusal;
    }
    let setting: Option<Setting> = serde_json::from_slice(&call.body).ok();
    let Some(setting) = setting.filter(|setting| is_bsn(&setting.bsn)) else {
        return Reply::outcome(400, "invalid", "Stuur {\"bsn\": \"…\", \"state\": \"…\"} met negen cijfers.");
    };
    let Some(state) = State::parse(&setting.state) else {
        let text = "state is permit, deny, unregistered, indeterminate, fault, timeout of malformed.";
        return Reply::outcome(400, "invalid", text);
    };
    if call.product.consent.set(&setting.bsn, state) {
        Reply::empty(204)
    } else {
        Reply::outcome(409, "too-costly", "Er zijn te veel patiënten ingesteld.")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revocation {
    serial: String,
    revoked: bool,
}

/// `PUT /hooks/revocation`
pub(super) fn revocation(call: &Call) -> Reply {
    if let Some(refusal) = refuse(call, "PUT") {
        return refusal;
    }
    let wanted: Option<Revocation> = serde_json::from_slice(&call.body).ok();
    let wanted = wanted.and_then(|one| Some((u64::from_str_radix(&one.serial, 16).ok()?, one.revoked)));
    match wanted {
        Some((serial, revoked)) if call.product.authority.set(serial, revoked) => Reply::empty(204),
        Some(_) => Reply::outcome(404, "not-found", "Dit certificaat is niet op verzoek in te trekken."),
        None => Reply::outcome(400, "invalid", "Stuur {\"serial\": \"hexadecimaal\", \"revoked\": true}."),
    }
}

/// `POST /hooks/trigger`: the product does something as a client, and tells what came of it.
pub(super) async fn trigger(call: &Call) -> Reply {
    if let Some(refusal) = refuse(call, "POST") {
        return refusal;
    }
    let asked = serde_json::from_slice(&call.body).ok();
    match asked {
        Some(asked) => match client::act(&call.product, &asked).await {
            Some(told) => Reply::json(200, "application/json", &told),
            None => Reply::outcome(400, "not-supported", "Deze opdracht kent het product niet."),
        },
        None => Reply::outcome(400, "invalid", "Stuur {\"action\": \"…\"}."),
    }
}

fn is_bsn(text: &str) -> bool {
    text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Hooks are for party A with the hook token only.
fn refuse(call: &Call, method: &str) -> Option<Reply> {
    let expected = format!("Bearer {}", call.product.hook_token);
    let shown = call.header("authorization").unwrap_or_default();
    // Digests are compared, so that the time it takes says nothing about the secret.
    if sha256(shown.as_bytes()) != sha256(expected.as_bytes()) {
        let reply = Reply::outcome(401, "login", "Voor deze haak is een geheim nodig.");
        return Some(reply.with("www-authenticate", "Bearer"));
    }
    // A product that asks nobody for a certificate cannot ask for one here.
    let known =
        call.peer.ura.as_deref() == Some(URA_PARTY_A) || call.product.defects.has("single-layer-token");
    if !known {
        return Some(Reply::outcome(403, "forbidden", "Deze haak is voor partij A."));
    }
    (call.method != method)
        .then(|| Reply::outcome(405, "not-supported", "Verkeerde methode.").with("allow", method))
}
