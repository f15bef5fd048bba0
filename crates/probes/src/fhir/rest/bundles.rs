//! Batches and transactions of our own patients, and what came of them.

use keur_evidence::{Check, http::Answer};
use serde_json::{Value, json};

use super::super::bundle;
use super::reading::judge;
use super::writing::patient;

/// An entry that creates a patient.
#[must_use]
pub fn create(mark: &str, full_url: Option<&str>) -> Value {
    let mut entry = json!({ "resource": patient(mark), "request": { "method": "POST", "url": "Patient" } });
    if let Some(url) = full_url {
        entry["fullUrl"] = Value::from(url);
    }
    entry
}

/// An entry that cannot succeed: a resource type that does not exist.
#[must_use]
pub fn impossible() -> Value {
    let resource = json!({ "resourceType": "KeurProef" });
    json!({ "resource": resource, "request": { "method": "POST", "url": "KeurProef" } })
}

/// A bundle of entries.
#[must_use]
pub fn of(kind: &str, entries: Vec<Value>) -> Value {
    json!({ "resourceType": "Bundle", "type": kind, "entry": entries })
}

/// The status of each entry, as a number.
fn statuses(answer: &Answer) -> Vec<u16> {
    let Some(json) = answer.response().and_then(|response| response.json()) else { return Vec::new() };
    bundle::entries(json)
        .iter()
        .filter_map(|entry| entry.pointer("/response/status")?.as_str()?.get(..3)?.parse().ok())
        .collect()
}

/// The ids of the patients that were made.
#[must_use]
pub fn made(answer: &Answer) -> Vec<String> {
    let Some(json) = answer.response().and_then(|response| response.json()) else { return Vec::new() };
    let entries = bundle::entries(json).iter();
    let place = entries.filter_map(|entry| entry.pointer("/response/location")?.as_str());
    place
        .filter_map(|place| {
            place.split("/_history").next()?.rsplit_once("Patient/").map(|(_, id)| id.to_owned())
        })
        .collect()
}

/// Good, impossible, good: each by itself, in the same order.
#[must_use]
pub fn each_by_itself(answer: &Answer) -> Vec<Check> {
    let form = judge(
        answer,
        "status 200 en een Bundle van het type batch-response met evenveel onderdelen",
        |response| {
            let kind = response.json().and_then(|json| json["type"].as_str()).unwrap_or("geen").to_owned();
            let count = statuses(answer).len();
            (
                response.status == 200 && kind == "batch-response" && count == 3,
                format!("status {}, type {kind}, {count} onderdelen", response.status),
            )
        },
    );
    let order = judge(answer, "in dezelfde volgorde: geslaagd, geweigerd, geslaagd", |_| {
        let found = statuses(answer);
        let good = matches!(found.as_slice(), [200..=299, 400..=499, 200..=299]);
        let words: Vec<String> = found.iter().map(ToString::to_string).collect();
        (good, format!("statussen {}", words.join(", ")))
    });
    vec![form, order]
}

/// The whole transaction succeeded.
#[must_use]
pub fn succeeded(answer: &Answer, count: usize) -> Check {
    let expected = format!(
        "status 200 en een Bundle van het type transaction-response met {count} geslaagde onderdelen"
    );
    judge(answer, expected, |response| {
        let kind = response.json().and_then(|json| json["type"].as_str()).unwrap_or("geen").to_owned();
        let found = statuses(answer);
        let good = found.len() == count && found.iter().all(|status| *status < 300);
        (
            response.status == 200 && kind == "transaction-response" && good,
            format!("status {}, type {kind}, {} onderdelen", response.status, found.len()),
        )
    })
}

/// The whole transaction was refused, with one explanation.
#[must_use]
pub fn failed(answer: &Answer) -> Check {
    judge(answer, "de transactie als geheel geweigerd, met een OperationOutcome", |response| {
        let kind = bundle::describe(answer);
        (response.status >= 400 && kind == "OperationOutcome", format!("status {}, {kind}", response.status))
    })
}

/// The link between two new patients leads to what the other became.
#[must_use]
pub fn linked(read: &Answer, target: &str) -> Check {
    judge(read, format!("een verwijzing naar {target}, in plaats van naar het tijdelijke adres"), |_| {
        let json = read.response().and_then(|response| response.json());
        let found = json
            .and_then(|json| json.pointer("/link/0/other/reference")?.as_str())
            .unwrap_or("geen verwijzing");
        (found.ends_with(target), format!("verwijzing {found}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::answer;

    fn reply(kind: &str, statuses: &[&str]) -> Answer {
        let entries: Vec<Value> = statuses
            .iter()
            .map(
                |status| json!({"response": {"status": status, "location": "http://x/Patient/7/_history/1"}}),
            )
            .collect();
        answer(200, &json!({"resourceType": "Bundle", "type": kind, "entry": entries}))
    }

    #[test]
    fn a_batch_is_judged_by_entry() {
        let holds =
            |statuses: &[&str]| each_by_itself(&reply("batch-response", statuses)).iter().all(Check::holds);
        assert!(holds(&["201 Created", "404 Not Found", "201"]));
        assert!(!holds(&["201", "404"]) && !holds(&["201", "201", "404"]));
        assert_eq!(made(&reply("batch-response", &["201"])), ["7"]);
    }

    #[test]
    fn a_transaction_is_judged_whole() {
        assert!(succeeded(&reply("transaction-response", &["201", "201"]), 2).holds());
        assert!(!succeeded(&reply("transaction-response", &["201"]), 2).holds());
        assert!(failed(&answer(400, &json!({"resourceType": "OperationOutcome"}))).holds());
        assert!(!failed(&reply("transaction-response", &["201"])).holds());
        let link = json!({"resourceType": "Patient", "link": [{"other": {"reference": "Patient/7"}}]});
        assert!(
            linked(&answer(200, &link), "Patient/7").holds()
                && !linked(&answer(200, &link), "Patient/8").holds()
        );
        assert_eq!(
            of("batch", vec![impossible(), create("m", Some("urn:uuid:x"))])["entry"][1]["fullUrl"],
            "urn:uuid:x"
        );
    }
}
