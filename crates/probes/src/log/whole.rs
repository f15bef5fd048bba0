//! What the log as a whole must be: structured, and free of secrets and content.

use keur_evidence::{Check, http::Answer};
use serde_json::Value;

use super::{agents, records, text};
use crate::http::CLINICAL;

/// DICOM: the audit log was used.
const LOG_USED: &str = "110101";
/// How many faults are shown.
const SHOWN: usize = 3;

/// The export is a Bundle in which everything is an AuditEvent with the members FHIR makes mandatory.
#[must_use]
pub fn structured(answer: &Answer, export: &Value) -> Vec<Check> {
    let kind = answer.response().and_then(|response| response.header("content-type")).unwrap_or_default();
    let entries = export["entry"].as_array().map_or(0, Vec::len);
    let all = records(export);
    let faults: Vec<String> = all.iter().filter_map(|record| fault(record)).collect();
    let observed = match faults.as_slice() {
        [] => format!("{} logregels, alle volledig", all.len()),
        some => {
            let shown: Vec<&str> = some.iter().take(SHOWN).map(String::as_str).collect();
            format!("{} van {} logregels onvolledig: {}", some.len(), all.len(), shown.join("; "))
        }
    };
    let bundle = export["resourceType"] == "Bundle";
    let contents =
        format!("{}, {} van {entries} onderdelen zijn AuditEvents", text(export, "resourceType"), all.len());
    vec![
        Check::that(kind.starts_with("application/fhir+json"), "Content-Type application/fhir+json", kind),
        Check::that(bundle && all.len() == entries, "een Bundle met alleen AuditEvents", contents),
        Check::that(
            !all.is_empty() && faults.is_empty(),
            "elke logregel met type, recorded, agent (met requestor) en source",
            observed,
        ),
    ]
    .into_iter()
    .map(|check| check.on([answer.id.clone()]))
    .collect()
}

fn fault(record: &Value) -> Option<String> {
    let lacking: Vec<&str> = [
        ("type", record.pointer("/type/code").is_some_and(Value::is_string)),
        ("recorded", record["recorded"].is_string()),
        ("agent", !agents(record).is_empty()),
        ("agent.requestor", agents(record).iter().all(|agent| agent["requestor"].is_boolean())),
        (
            "source",
            ["/source/identifier/value", "/source/observer"]
                .iter()
                .any(|place| record.pointer(place).is_some()),
        ),
    ]
    .into_iter()
    .filter_map(|(member, there)| (!there).then_some(member))
    .collect();
    (!lacking.is_empty()).then(|| format!("{} mist {}", text(record, "id"), lacking.join(", ")))
}

/// What does not belong in a log, by kind; never the thing itself.
#[must_use]
pub fn secrets(bytes: &[u8], known: &[String]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut found = Vec::new();
    if known.iter().any(|secret| !secret.is_empty() && text.contains(secret.as_str())) {
        found.push("een uitgegeven toegangstoken".to_owned());
    }
    if text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).any(is_signed_token) {
        found.push("een ondertekend token (JWT)".to_owned());
    }
    if text.contains("PRIVATE KEY-----") {
        found.push("een geheime sleutel".to_owned());
    }
    let parsed: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let mut kinds = Vec::new();
    contents(&parsed, &mut kinds);
    kinds.sort_unstable();
    kinds.dedup();
    found.extend(kinds.into_iter().map(|kind| format!("de inhoud van een {kind}")));
    found
}

/// Header, claims and signature, each in base64url; the header of a JWT begins with `{"`.
fn is_signed_token(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    matches!(parts.as_slice(), [header, claims, signature]
        if header.starts_with("eyJ") && claims.starts_with("eyJ") && signature.len() >= 16)
}

/// Types of resources inside it that hold care data.
fn contents<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| contents(item, found)),
        Value::Object(fields) => {
            let kind = fields.get("resourceType").and_then(Value::as_str);
            found.extend(kind.filter(|kind| CLINICAL.contains(kind)));
            fields.values().for_each(|field| contents(field, found));
        }
        _ => {}
    }
}

/// Nothing was found in the log that does not belong there.
#[must_use]
pub fn no_secrets(found: &[String]) -> Check {
    let observed = if found.is_empty() { "niets van dat alles".to_owned() } else { found.join(", ") };
    Check::that(found.is_empty(), "geen tokens, sleutels of opgevraagde inhoud in het logboek", observed)
}

/// The record says that the log was used.
#[must_use]
pub fn log_use(record: Option<&Value>) -> Check {
    let code = record.map(|record| record["type"]["code"].as_str().unwrap_or("zonder code"));
    let observed = code.map_or_else(
        || "geen logregel van deze inzage".to_owned(),
        |code| format!("een logregel met soort gebeurtenis {code}"),
    );
    Check::that(code == Some(LOG_USED), "een logregel van de inzage, DICOM-code 110101", observed)
}

/// Every refused attack has a record; those without one are named.
#[must_use]
pub fn each_refusal(titles: &[&str], found: &[bool]) -> Check {
    let missing: Vec<&str> =
        titles.iter().zip(found).filter(|(_, there)| !**there).map(|(title, _)| *title).collect();
    let expected = format!("logregels van alle {} geweigerde aanvallen", titles.len());
    let observed = if missing.is_empty() {
        format!("{} logregels", titles.len())
    } else {
        format!("geen logregel van de aanval {}", missing.join("; "))
    };
    Check::that(missing.is_empty() && titles.len() == found.len(), expected, observed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test_support::answer;

    fn record() -> Value {
        json!({ "resourceType": "AuditEvent", "id": "1", "type": { "code": "110112" }, "recorded": "x",
            "agent": [{ "requestor": true }], "source": { "identifier": { "value": "1" } } })
    }

    fn judged(bundle: &Value) -> Vec<bool> {
        let answer = answer(200, bundle);
        structured(&answer, bundle).iter().map(Check::holds).collect()
    }

    #[test]
    fn an_export_holds_whole_records_only() {
        let bundle = |records: &[Value]| {
            let entries: Vec<Value> = records.iter().map(|one| json!({ "resource": one })).collect();
            json!({ "resourceType": "Bundle", "entry": entries })
        };
        assert_eq!(judged(&bundle(&[record()])), [true, true, true]);
        assert_eq!(judged(&bundle(&[])), [true, true, false], "an empty log proves nothing");
        assert_eq!(judged(&bundle(&[record(), json!({ "resourceType": "Basic" })])), [true, false, true]);
        for member in ["type", "recorded", "agent", "source"] {
            let mut poor = record();
            poor.as_object_mut().expect("an object").remove(member);
            assert_eq!(judged(&bundle(&[poor])), [true, true, false], "{member}");
        }
    }

    #[test]
    fn secrets_and_content_are_named_by_kind() {
        let found = |text: &str| secrets(text.as_bytes(), &["0123456789abcdef".to_owned()]);
        assert!(found(&record().to_string()).is_empty());
        assert_eq!(found("x 0123456789abcdef"), ["een uitgegeven toegangstoken"]);
        assert_eq!(
            found("DPoP eyJhIjoxfQ.eyJiIjoyfQ.c2lnbmF0dXJlc2lnbmF0dXJl\""),
            ["een ondertekend token (JWT)"]
        );
        assert_eq!(found("-----BEGIN PRIVATE KEY-----"), ["een geheime sleutel"]);
        assert_eq!(found(r#"{"contained":[{"resourceType":"Condition"}]}"#), ["de inhoud van een Condition"]);
        assert!(!no_secrets(&found("x 0123456789abcdef")).holds());
    }

    #[test]
    fn the_use_of_the_log_is_a_kind_of_its_own() {
        assert!(log_use(Some(&json!({ "type": { "code": "110101" } }))).holds());
        assert!(!log_use(Some(&record())).holds() && !log_use(None).holds());
    }

    #[test]
    fn the_attacks_without_a_record_are_named() {
        assert!(each_refusal(&["een", "twee"], &[true, true]).holds());
        let check = each_refusal(&["een", "twee"], &[true, false]);
        assert!(!check.holds() && check.observed.contains("twee") && !check.observed.contains("een;"));
        assert!(!each_refusal(&["een", "twee"], &[true]).holds());
    }
}
