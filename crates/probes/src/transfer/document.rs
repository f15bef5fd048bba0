//! A document Bundle: the Composition first, and everything it refers to inside.

use std::collections::BTreeSet;

use keur_evidence::{Check, http::Answer};
use serde_json::Value;

use crate::{
    fhir::bundle::{describe, entries},
    http,
};

const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
/// The most lost references a report names.
const NAMED: usize = 5;

/// The answer is a document, whatever is in it.
#[must_use]
pub fn served(answer: &Answer) -> Vec<Check> {
    let served = http::status(answer, 200);
    let bundle = answer.response().and_then(|response| response.json()).filter(|_| served.holds());
    let Some(bundle) = bundle.filter(|json| json["resourceType"] == "Bundle") else {
        return vec![served, Check::that(false, "een Bundle", describe(answer)).on([answer.id.clone()])];
    };
    let kind = bundle["type"].as_str().unwrap_or("geen");
    let check = Check::that(kind == "document", "een Bundle van het type document", format!("type {kind}"));
    vec![served, check.on([answer.id.clone()])]
}

/// The answer is a whole document about the patient with this BSN.
#[must_use]
pub fn whole(answer: &Answer, bsn: &str) -> Vec<Check> {
    let mut checks = served(answer);
    let bundle = answer.response().and_then(|response| response.json());
    let Some(bundle) = bundle.filter(|_| checks.iter().all(Check::holds)) else { return checks };
    let resource =
        |entry: &Value| entry.pointer("/resource/resourceType").and_then(Value::as_str).map(str::to_owned);
    let first = entries(bundle).first().and_then(resource).unwrap_or_else(|| "niets".to_owned());
    let lost = lost(bundle);
    let observed = match lost.len() {
        0 => "elke verwijzing komt uit".to_owned(),
        count => format!(
            "{count} verwijzingen komen niet uit: {}",
            lost.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ")
        ),
    };
    let about = patient(bundle, bsn);
    let contents = [
        Check::that(first == "Composition", "de Composition als eerste", format!("{first} als eerste")),
        Check::that(lost.is_empty(), "elke verwijzing komt uit in het document", observed),
        Check::that(
            about,
            "de Patient van deze overdracht in het document",
            if about { "aanwezig" } else { "niet gevonden" },
        ),
    ];
    checks.extend(contents.into_iter().map(|check| check.on([answer.id.clone()])));
    checks
}

fn patient(bundle: &Value, bsn: &str) -> bool {
    let resources = entries(bundle).iter().map(|entry| &entry["resource"]);
    resources.filter(|resource| resource["resourceType"] == "Patient").any(|patient| {
        let identifiers = patient["identifier"].as_array().into_iter().flatten();
        identifiers.into_iter().any(|one| one["system"] == BSN && one["value"] == bsn)
    })
}

/// References that lead nowhere in the Bundle.
fn lost(bundle: &Value) -> BTreeSet<String> {
    let mut here = BTreeSet::new();
    for entry in entries(bundle) {
        here.extend(entry["fullUrl"].as_str().map(str::to_owned));
        if let (Some(kind), Some(id)) =
            (entry["resource"]["resourceType"].as_str(), entry["resource"]["id"].as_str())
        {
            here.insert(format!("{kind}/{id}"));
        }
    }
    let mut lost = BTreeSet::new();
    for entry in entries(bundle) {
        let resource = &entry["resource"];
        let contained = resource["contained"].as_array().into_iter().flatten();
        let inside: BTreeSet<&str> = contained.filter_map(|one| one["id"].as_str()).collect();
        let mut named = Vec::new();
        references(resource, &mut named);
        for reference in named {
            let bare = reference.split("/_history/").next().unwrap_or_default();
            let found = match reference.strip_prefix('#') {
                Some(id) => id.is_empty() || inside.contains(id),
                None => here.contains(bare),
            };
            if !found {
                lost.insert(reference.to_owned());
            }
        }
    }
    lost
}

/// Every `reference` in a resource; extensions too, for they are part of the document.
pub(super) fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("reference").and_then(Value::as_str));
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test_support::answer;

    fn bundle() -> Value {
        let entry = |kind: &str, id: &str, rest: Value| {
            let mut resource = json!({ "resourceType": kind, "id": id });
            for (key, value) in rest.as_object().into_iter().flatten() {
                resource[key] = value.clone();
            }
            json!({ "fullUrl": format!("https://bron.example/fhir/{kind}/{id}"), "resource": resource })
        };
        json!({ "resourceType": "Bundle", "type": "document", "entry": [
            entry("Composition", "c", json!({ "subject": { "reference": "Patient/p" }, "author": [{ "reference": "#a" }], "contained": [{ "id": "a" }] })),
            entry("Patient", "p", json!({ "identifier": [{ "system": BSN, "value": "999900018" }], "generalPractitioner": [{ "reference": "https://bron.example/fhir/Patient/p" }] })),
        ] })
    }

    #[test]
    fn a_document_is_whole_or_it_shows() {
        let holds = |bundle: &Value| whole(&answer(200, bundle), "999900018").iter().all(Check::holds);
        assert!(holds(&bundle()));
        let spoil = |pointer: &str, value: Value| {
            let mut bundle = bundle();
            *bundle.pointer_mut(pointer).expect("a place") = value;
            bundle
        };
        assert!(!holds(&spoil("/type", json!("searchset"))));
        assert!(!holds(&spoil("/entry/0/resource/subject/reference", json!("Patient/anders"))));
        assert!(!holds(&spoil("/entry/0/resource/author/0/reference", json!("#b"))));
        assert!(!holds(&spoil("/entry/0/resource/resourceType", json!("List"))));
        assert!(!holds(&spoil("/entry/1/resource/identifier/0/value", json!("999900020"))));
        assert!(!holds(&json!([])));
    }
}
