//! What goes along in a handover: nothing that is shielded, and nothing that does not belong to it.

use std::collections::BTreeSet;

use keur_evidence::{Check, event::Reason, http::Answer};
use serde_json::Value;

use super::document::references;
use crate::{
    fhir::bundle::{describe, entries},
    http,
};

/// What a document always holds; the rest is about the care of the patient.
const FRAME: [&str; 3] = ["Composition", "Patient", "Bundle"];
/// How many findings a report names.
const NAMED: usize = 5;

/// None of the marks of shielded records (ids, words) is anywhere in the document. A document without any data of the
/// patient hides nothing, so that proves nothing.
#[must_use]
pub fn nothing_shielded(answer: &Answer, marks: &[String]) -> Check {
    let expected = "een document met gegevens van de patiënt, en zonder wat is afgeschermd";
    let Some(document) = document(answer) else {
        return Check::undecided(Reason::NoData, expected, describe(answer)).on([answer.id.clone()]);
    };
    let kinds = http::resources(document);
    if kinds.iter().all(|kind| FRAME.contains(&kind.as_str())) {
        let observed = "een document zonder gegevens over de zorg";
        return Check::undecided(Reason::NoData, expected, observed).on([answer.id.clone()]);
    }
    let shown: Vec<&str> =
        marks.iter().map(String::as_str).filter(|mark| holds(document, &mark.to_lowercase())).collect();
    let observed = match shown.len() {
        0 => format!("{} gegevens, geen kenmerk van iets dat is afgeschermd", kinds.len()),
        count => format!("{count} kenmerken: {}", shown[..count.min(NAMED)].join(", ")),
    };
    Check::that(shown.is_empty(), expected, observed).on([answer.id.clone()])
}

/// Everything in the document is there because the Composition, or what it names, refers to it.
#[must_use]
pub fn nothing_loose(answer: &Answer) -> Check {
    let expected = "een document waarin alles bij de Composition hoort";
    let Some((document, loose)) = document(answer).and_then(|document| Some((document, loose(document)?)))
    else {
        return Check::undecided(Reason::NoData, expected, describe(answer)).on([answer.id.clone()]);
    };
    let observed = match loose.len() {
        0 => format!("{} onderdelen, niets los", entries(document).len()),
        count => {
            format!("{count} onderdelen waar niets naar verwijst: {}", loose[..count.min(NAMED)].join(", "))
        }
    };
    Check::that(loose.is_empty(), expected, observed).on([answer.id.clone()])
}

fn document(answer: &Answer) -> Option<&Value> {
    let json = answer.response().filter(|response| response.status == 200)?.json()?;
    (json["resourceType"] == "Bundle" && json["type"] == "document").then_some(json)
}

/// Whether any text contains the mark, which is in small letters.
fn holds(value: &Value, mark: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(mark),
        Value::Array(items) => items.iter().any(|item| holds(item, mark)),
        Value::Object(fields) => fields.values().any(|field| holds(field, mark)),
        _ => false,
    }
}

/// `Type/id` of what cannot be reached from the Composition, wherever that stands; `None` without one. A Provenance points
/// at what it is about, not the other way.
fn loose(document: &Value) -> Option<Vec<String>> {
    let name = |entry: &Value| {
        let text = |key: &str| entry["resource"][key].as_str().unwrap_or_default();
        format!("{}/{}", text("resourceType"), text("id"))
    };
    let all = entries(document);
    let names: Vec<String> = all.iter().map(name).collect();
    let first = all.iter().position(|entry| entry["resource"]["resourceType"] == "Composition")?;
    let mut reached = BTreeSet::from([first]);
    let mut next = vec![first];
    while let Some(at) = next.pop() {
        let Some(entry) = all.get(at) else { continue };
        let mut named = Vec::new();
        references(&entry["resource"], &mut named);
        for (other, to) in all.iter().enumerate() {
            let meant = |reference: &&str| {
                let bare = reference.split("/_history/").next().unwrap_or_default();
                bare == names[other] || to["fullUrl"].as_str() == Some(bare)
            };
            let about = to["resource"]["resourceType"] == "Provenance" && {
                let mut targets = Vec::new();
                references(&to["resource"]["target"], &mut targets);
                targets.iter().any(|target| *target == names[at] || entry["fullUrl"].as_str() == Some(target))
            };
            if (named.iter().any(meant) || about) && reached.insert(other) {
                next.push(other);
            }
        }
    }
    let loose = names.into_iter().enumerate().filter(|(at, _)| !reached.contains(at));
    Some(loose.map(|(_, name)| name).collect())
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;
    use serde_json::json;

    use super::*;
    use crate::test_support::answer;

    fn bundle(extra: &[Value]) -> Value {
        let entry = |resource: Value| {
            let url = format!("https://bron.example/fhir/{}/{}", resource["resourceType"], resource["id"]);
            json!({ "fullUrl": url.replace('"', ""), "resource": resource })
        };
        let mut all = vec![
            json!({ "resourceType": "Composition", "id": "c", "subject": { "reference": "Patient/p" },
                "section": [{ "entry": [{ "reference": "https://bron.example/fhir/Condition/a" }] }] }),
            json!({ "resourceType": "Patient", "id": "p" }),
            json!({ "resourceType": "Condition", "id": "a", "note": [{ "text": "Hoge bloeddruk" }] }),
            json!({ "resourceType": "Provenance", "id": "v", "target": [{ "reference": "Condition/a" }] }),
        ];
        all.extend(extra.iter().cloned());
        json!({ "resourceType": "Bundle", "type": "document", "entry": all.into_iter().map(entry).collect::<Vec<_>>() })
    }

    #[test]
    fn a_mark_is_found_wherever_it_stands() {
        let checked = |marks: &[&str]| {
            let marks: Vec<String> = marks.iter().map(|mark| (*mark).to_owned()).collect();
            nothing_shielded(&answer(200, &bundle(&[])), &marks).outcome
        };
        assert_eq!(checked(&["cond-geheim"]), CheckOutcome::Holds);
        assert_eq!(checked(&["hoge BLOEDDRUK"]), CheckOutcome::Violated);
        assert_eq!(checked(&["Condition/a"]), CheckOutcome::Violated);
    }

    #[test]
    fn a_document_without_data_proves_nothing() {
        let mut empty = bundle(&[]);
        empty["entry"].as_array_mut().expect("entries").truncate(2);
        for answer in [answer(200, &empty), answer(404, &json!({}))] {
            let check = nothing_shielded(&answer, &["x".to_owned()]);
            assert!(matches!(check.outcome, CheckOutcome::NotEvaluable(_)), "{check:?}");
        }
    }

    #[test]
    fn what_nothing_refers_to_is_loose() {
        assert!(nothing_loose(&answer(200, &bundle(&[]))).holds());
        let mut later = bundle(&[]);
        later["entry"].as_array_mut().expect("entries").swap(0, 2);
        assert!(nothing_loose(&answer(200, &later)).holds(), "its place is asked by another requirement");
        let extra = json!({ "resourceType": "AllergyIntolerance", "id": "x", "patient": { "reference": "Patient/p" } });
        let check = nothing_loose(&answer(200, &bundle(&[extra])));
        assert!(check.observed.contains("AllergyIntolerance/x"), "{}", check.observed);
        assert_eq!(check.outcome, CheckOutcome::Violated);
    }
}
