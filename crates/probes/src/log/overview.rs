//! What the overview for the patient must say.

use keur_evidence::Check;
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{entities, find::Sent, identifiers, members::organisation, records, references, text};
use crate::fhir::query::BSN_SYSTEM;

/// The overview shows a request: by whom, when, which kind of data, and who made them available.
#[must_use]
pub fn viewed(record: Option<&Value>, sent: &Sent) -> Vec<Check> {
    let expected = format!("de opvraging door de organisatie met URA-nummer {}", sent.ura);
    let Some(record) = record else {
        return vec![Check::that(false, expected, "staat niet in het overzicht")];
    };
    let recorded = text(record, "recorded");
    let dated = OffsetDateTime::parse(&recorded, &Rfc3339).is_ok();
    let kinds: Vec<String> = entities(record).iter().flat_map(|entity| data(entity, sent)).collect();
    let source = origin(record);
    let seen = |text: &str| if text.is_empty() { "ontbreekt".to_owned() } else { text.to_owned() };
    vec![
        Check::that(true, expected, "staat in het overzicht"),
        organisation(record, &sent.ura),
        Check::that(dated, "datum en tijd van de opvraging", seen(&recorded)),
        Check::that(!kinds.is_empty(), "de soort gegevens", seen(&kinds.join(", "))),
        Check::that(!source.is_empty(), "wie de gegevens beschikbaar stelde (source)", seen(&source)),
    ]
}

/// Who made the data available.
pub(super) fn origin(record: &Value) -> String {
    let source = |place: &str| record.pointer(place).and_then(Value::as_str).unwrap_or_default().to_owned();
    ["/source/identifier/value", "/source/observer/identifier/value", "/source/observer/reference"]
        .map(source)
        .concat()
}

/// What an entity says of the data: nothing when it is the patient or the request.
pub(super) fn data(entity: &Value, sent: &Sent) -> Vec<String> {
    let numbers = identifiers(entity);
    let is_patient = numbers.iter().any(|(system, value)| system == BSN_SYSTEM || *value == sent.bsn);
    let is_request = numbers.iter().any(|(_, value)| value.contains(&sent.request_id));
    if is_patient || is_request {
        return Vec::new();
    }
    let mut words = vec![text(entity, "name"), text(entity, "description"), text(entity, "query")];
    words.extend(references(entity));
    words.retain(|word| !word.trim().is_empty());
    words
}

/// Nothing in it is about one of the other patients.
#[must_use]
pub fn about_one(export: &Value, others: &[String]) -> Check {
    let all = records(export);
    let others = all.iter().filter(|record| {
        entities(record).iter().flat_map(identifiers).any(|(_, value)| others.contains(&value))
    });
    let (total, strange) = (all.len(), others.count());
    let observed = format!("{total} logregels, waarvan {strange} over een andere patiënt");
    Check::that(strange == 0, "alleen logregels over deze patiënt", observed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent() -> Sent {
        let at = OffsetDateTime::UNIX_EPOCH;
        Sent { request_id: "r".into(), bsn: "999900018".into(), ura: "90000111".into(), at, answered: at }
    }

    fn record() -> Value {
        json!({
            "resourceType": "AuditEvent", "recorded": "2026-11-22T11:00:01Z",
            "agent": [{ "userId": { "system": "http://fhir.nl/fhir/NamingSystem/ura", "value": "90000111" } }],
            "source": { "identifier": { "value": "90000382" } },
            "entity": [
                { "identifier": { "system": BSN_SYSTEM, "value": "999900018" }, "name": "patiënt" },
                { "identifier": { "value": "r" }, "name": "X-Request-Id" },
                { "name": "Condition" },
            ],
        })
    }

    #[test]
    fn a_view_says_who_when_what_and_from_whom() {
        assert!(viewed(Some(&record()), &sent()).iter().all(Check::holds));
        assert!(!viewed(None, &sent())[0].holds());
        for (member, place) in [("recorded", 2), ("entity", 3), ("source", 4), ("agent", 1)] {
            let mut poor = record();
            poor.as_object_mut().expect("an object").remove(member);
            let violated: Vec<usize> = viewed(Some(&poor), &sent())
                .iter()
                .enumerate()
                .filter_map(|(index, check)| (!check.holds()).then_some(index))
                .collect();
            assert_eq!(violated, [place], "{member}");
        }
        let mut poor = record();
        poor["entity"].as_array_mut().expect("a list").pop();
        assert!(!viewed(Some(&poor), &sent())[3].holds(), "a patient and a request are no data");
    }

    #[test]
    fn another_patient_is_seen_by_number() {
        let bundle = json!({ "resourceType": "Bundle", "entry": [{ "resource": record() }] });
        assert!(about_one(&bundle, &["999900031".into()]).holds());
        assert!(!about_one(&bundle, &["999900018".into()]).holds());
    }
}
