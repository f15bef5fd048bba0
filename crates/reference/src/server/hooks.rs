//! The two hooks of the test environment: reading the log, and setting what the consent facility answers.

use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::respond::Reply;
use super::route::Call;
use crate::consent::State;
use crate::oauth::jose::sha256;
use crate::pki::URA_PARTY_A;

const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

/// `GET /hooks/audit?since=…`
pub(super) fn audit(call: &Call) -> Reply {
    if let Some(refusal) = refuse(call, "GET") {
        return refusal;
    }
    let since = url::form_urlencoded::parse(call.query.as_bytes())
        .find_map(|(name, value)| (name == "since").then(|| value.into_owned()));
    // A plus sign of the offset arrives as a space when the client did not escape it.
    let moment = since.and_then(|text| OffsetDateTime::parse(&text.replace(' ', "+"), &Rfc3339).ok());
    match moment {
        Some(moment) => Reply::json(200, FHIR_JSON, &call.product.audit.since(moment)),
        None => Reply::outcome(400, "invalid", "Geef since als tijdstip volgens RFC 3339."),
    }
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
        let text = "state is permit, deny, indeterminate, fault, timeout of malformed.";
        return Reply::outcome(400, "invalid", text);
    };
    if call.product.consent.set(&setting.bsn, state) {
        Reply::empty(204)
    } else {
        Reply::outcome(409, "too-costly", "Er zijn te veel patiënten ingesteld.")
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
