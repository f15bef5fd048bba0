//! Which record belongs to a request.

use serde_json::Value;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::{agents, entities, identifiers, references};

/// What is known of a request that must be in the log.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its `X-Request-Id`.
    pub request_id: String,
    /// BSN asked for.
    pub bsn: String,
    /// URA of the asking organisation.
    pub ura: String,
    /// When it was sent.
    pub at: OffsetDateTime,
    /// When the answer was complete.
    pub answered: OffsetDateTime,
}

/// How a record was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// It carries the request's id.
    RequestId,
    /// It is about the same patient, organisation and moment; the log carries no request ids.
    Circumstances,
}

/// The AuditEvents in an export: a Bundle, or one record.
#[must_use]
pub fn records(export: &Value) -> Vec<&Value> {
    let is_record = |one: &&Value| one["resourceType"] == "AuditEvent";
    if is_record(&export) {
        return vec![export];
    }
    let entries = export.get("entry").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    entries.iter().filter_map(|entry| entry.get("resource")).filter(is_record).collect()
}

/// The record of a request. Patient, organisation and moment are only used for a log that never carries request ids:
/// otherwise the record of another request would pass for it.
#[must_use]
pub fn find<'a>(records: &[&'a Value], sent: &Sent, skew: Duration) -> Option<(&'a Value, Match)> {
    if let Some(record) = records.iter().find(|record| holds(record, &sent.request_id)) {
        return Some((record, Match::RequestId));
    }
    if records.iter().any(|record| carries_request_id(record)) {
        return None;
    }
    let fits = |record: &&&Value| {
        let about = entities(record)
            .iter()
            .any(|entity| identifiers(entity).iter().any(|(_, value)| *value == sent.bsn));
        let by = agents(record).iter().any(|agent| {
            identifiers(agent).iter().any(|(_, value)| *value == sent.ura)
                || references(agent).iter().any(|reference| reference.ends_with(&sent.ura))
        });
        let recorded =
            record["recorded"].as_str().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
        let then = recorded.is_some_and(|at| at >= sent.at - skew && at <= sent.answered + skew);
        about && by && then
    };
    let record = records.iter().rfind(|record| fits(record))?;
    Some((record, Match::Circumstances))
}

/// Whether the record names a request id, ours or any other.
fn carries_request_id(record: &Value) -> bool {
    entities(record).iter().any(|entity| {
        let name = entity["name"].as_str().unwrap_or_default().to_ascii_lowercase();
        let detail = entity.get("detail").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        name.contains("request-id")
            || identifiers(entity).iter().any(|(system, _)| system.ends_with("rfc:4122"))
            || detail.iter().any(|one| {
                one["type"].as_str().is_some_and(|ty| ty.to_ascii_lowercase().contains("request-id"))
            })
    })
}

/// Whether any text in the record contains the id.
fn holds(value: &Value, id: &str) -> bool {
    match value {
        Value::String(text) => text.contains(id),
        Value::Array(items) => items.iter().any(|item| holds(item, id)),
        Value::Object(fields) => fields.values().any(|field| holds(field, id)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent() -> Sent {
        let at = OffsetDateTime::parse("2026-11-22T10:00:00Z", &Rfc3339).expect("a moment");
        Sent {
            request_id: "11111111-1111-4111-8111-111111111111".into(),
            bsn: "999900018".into(),
            ura: "90000111".into(),
            at,
            answered: at + Duration::SECOND,
        }
    }

    fn record(id: Option<&str>, recorded: &str) -> Value {
        let mut entity = vec![json!({ "identifier": { "value": "999900018" } })];
        entity.extend(id.map(|id| json!({ "identifier": { "value": id }, "name": "X-Request-Id" })));
        json!({ "resourceType": "AuditEvent", "recorded": recorded, "entity": entity,
            "agent": [{ "who": { "identifier": { "value": "90000111" } } }] })
    }

    #[test]
    fn the_request_id_decides() {
        let skew = Duration::seconds(5);
        let now = "2026-11-22T10:00:00.5Z";
        let own = record(Some("11111111-1111-4111-8111-111111111111"), "1999-01-01");
        let strange = record(Some("2"), now);
        assert_eq!(find(&[&strange, &own], &sent(), skew), Some((&own, Match::RequestId)));
        assert_eq!(find(&[&strange], &sent(), skew), None);
    }

    #[test]
    fn without_request_ids_the_circumstances_decide() {
        let skew = Duration::seconds(5);
        let bare = record(None, "2026-11-22T10:00:00.5Z");
        assert_eq!(find(&[&bare], &sent(), skew), Some((&bare, Match::Circumstances)));
        assert_eq!(find(&[&record(None, "2026-11-22T10:01:00Z")], &sent(), skew), None);
        assert_eq!(find(&[&record(None, "2026-11-22T10:00:00")], &sent(), skew), None);
    }

    #[test]
    fn an_export_is_a_bundle_or_a_record() {
        let one = record(None, "x");
        let bundle = json!({ "resourceType": "Bundle", "entry": [{ "resource": one }, { "resource": {} }] });
        assert_eq!(records(&bundle).len(), 1);
        assert_eq!(records(&one).len(), 1);
        assert!(records(&json!([])).is_empty());
    }
}
