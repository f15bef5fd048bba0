//! What the European Health Data Space asks of the record of an access: five facts, and an emergency shown as one.

use keur_evidence::Check;
use serde_json::Value;

use super::{
    agents, entities,
    find::Sent,
    identifiers,
    members::{or_absent, requestor, shown, who},
    overview::{data, origin},
    text,
};
use crate::oauth::URA_SYSTEM;

/// The record of a request holds the five facts of annex II, 3.2. `person` is the number of the person in the token, in
/// a transaction that has one. Whether each fact is right is asked by requirements of their own.
#[must_use]
pub fn access(record: &Value, sent: &Sent, person: Option<&str>) -> Vec<Check> {
    let uras: Vec<String> = agents(record)
        .iter()
        .flat_map(identifiers)
        .filter(|(system, _)| system == URA_SYSTEM)
        .map(|(_, value)| value)
        .collect();
    let users = requestor(record).map(who).unwrap_or_default();
    let (user, wanted) = match person {
        Some(number) => (users.iter().any(|one| one == number), "de persoon die gegevens kreeg"),
        None => {
            (!users.is_empty(), "wie gegevens kreeg, met een nummer waarmee de vrager de persoon terugvindt")
        }
    };
    let kinds: Vec<String> = entities(record).iter().flat_map(|entity| data(entity, sent)).collect();
    let (recorded, origin) = (text(record, "recorded"), origin(record));
    vec![
        Check::that(!uras.is_empty(), "a: de zorgaanbieder die gegevens kreeg (URA-nummer)", shown(&uras)),
        Check::that(user, format!("b: {wanted}"), shown(&users)),
        Check::that(!kinds.is_empty(), "c: de soort gegevens", shown(&kinds)),
        Check::that(!recorded.is_empty(), "d: datum en tijd", or_absent(&recorded)),
        Check::that(!origin.is_empty(), "e: de herkomst van de gegevens (source)", or_absent(&origin)),
    ]
}

/// The record names this purpose: a reader sees that it was an emergency.
#[must_use]
pub fn under_purpose(record: Option<&Value>, code: &str) -> Check {
    let expected = format!("een logregel met het doel {code}");
    let Some(record) = record else {
        return Check::that(false, expected, "geen regel van deze inzage");
    };
    let concepts = agents(record)
        .iter()
        .filter_map(|agent| agent.get("purposeOfUse"))
        .chain(record.get("purposeOfEvent"))
        .filter_map(Value::as_array)
        .flatten();
    let codes: Vec<String> = concepts
        .filter_map(|concept| concept["coding"].as_array())
        .flatten()
        .map(|coding| text(coding, "code"))
        .collect();
    Check::that(codes.iter().any(|one| one == code), expected, format!("doel: {}", shown(&codes)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::OffsetDateTime;

    use super::*;

    fn sent() -> Sent {
        let at = OffsetDateTime::UNIX_EPOCH;
        Sent { request_id: "r".into(), bsn: "999900018".into(), ura: "90000111".into(), at, answered: at }
    }

    fn record() -> Value {
        json!({
            "recorded": "2026-11-22T11:00:01Z",
            "agent": [
                { "userId": { "value": "900000001" }, "requestor": true,
                  "purposeOfUse": [{ "coding": [{ "code": "BTG" }] }] },
                { "userId": { "system": URA_SYSTEM, "value": "90000111" } },
            ],
            "source": { "identifier": { "value": "90000382" } },
            "entity": [{ "identifier": { "value": "999900018" } }, { "name": "Condition" }],
        })
    }

    #[test]
    fn each_of_the_five_facts_is_missed_alone() {
        let violated = |record: &Value| -> Vec<usize> {
            let checks = access(record, &sent(), Some("900000001"));
            checks.iter().enumerate().filter(|(_, check)| !check.holds()).map(|(at, _)| at).collect()
        };
        assert_eq!(violated(&record()), Vec::<usize>::new());
        for (pointer, place) in [
            ("/agent/1/userId/value", 0),
            ("/agent/0/userId/value", 1),
            ("/entity/1/name", 2),
            ("/recorded", 3),
            ("/source/identifier/value", 4),
        ] {
            let mut poor = record();
            *poor.pointer_mut(pointer).expect("a place") = json!("");
            assert_eq!(violated(&poor), [place], "{pointer}");
        }
        let other = access(&record(), &sent(), Some("900000002"));
        assert!(!other[1].holds() && access(&record(), &sent(), None)[1].holds());
    }

    #[test]
    fn an_emergency_shows_by_its_purpose() {
        assert!(under_purpose(Some(&record()), "BTG").holds());
        assert!(!under_purpose(Some(&record()), "TREAT").holds());
        assert!(!under_purpose(None, "BTG").holds());
        let mut event = record();
        event["purposeOfEvent"] = json!([{ "coding": [{ "code": "ETREAT" }] }]);
        assert!(under_purpose(Some(&event), "ETREAT").holds());
    }
}
