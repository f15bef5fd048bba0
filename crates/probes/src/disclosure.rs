//! Whose data an answer shows, and of which kind.

use std::collections::BTreeSet;

use keur_evidence::{Check, http::Answer};
use serde_json::Value;

use crate::{fhir::bundle::entries, http, scopes};

/// The elements that point at the patient of a resource.
const OWNERS: [&str; 4] = ["subject", "patient", "beneficiary", "focus"];

/// The answer shows data of one patient at most.
#[must_use]
pub fn one_patient(answer: &Answer) -> Check {
    let expected = "een weigering, of gegevens van hooguit één patiënt";
    let check = match &answer.reply {
        Err(transport) => Check::undecided(http::reason(transport.failure), expected, answer.describe()),
        Ok(response) => {
            let patients = response.json().map(patients).unwrap_or_default();
            let observed = format!("status {}, gegevens van {} patiënten", response.status, patients.len());
            Check::that(patients.len() <= 1, expected, observed)
        }
    };
    check.on([answer.id.clone()])
}

/// The product did not begin an export of its data.
#[must_use]
pub fn no_export(answer: &Answer) -> Check {
    let expected = "een weigering: geen export";
    let check = match &answer.reply {
        Err(transport) => Check::undecided(http::reason(transport.failure), expected, answer.describe()),
        Ok(response) => Check::that(response.status >= 400, expected, answer.describe()),
    };
    check.on([answer.id.clone()])
}

/// Every resource in the answer is of a type the scopes show.
#[must_use]
pub fn within_scope(answer: &Answer, scope: &str) -> Check {
    let expected = format!("alleen gegevens die binnen de scope {scope} vallen");
    let check = match &answer.reply {
        Err(transport) => Check::undecided(http::reason(transport.failure), expected, answer.describe()),
        Ok(response) => {
            let kinds = response.json().map(kinds).unwrap_or_default();
            let outside: Vec<&str> =
                kinds.iter().map(String::as_str).filter(|kind| !scopes::shows(scope, kind)).collect();
            let observed = match outside.as_slice() {
                [] => format!("status {}, niets buiten de scope", response.status),
                some => format!("status {}, ook {}", response.status, some.join(", ")),
            };
            Check::that(outside.is_empty(), expected, observed)
        }
    };
    check.on([answer.id.clone()])
}

/// Logical ids of the patients whose data a resource or Bundle shows.
fn patients(json: &Value) -> BTreeSet<String> {
    resources(json).into_iter().filter_map(owner).collect()
}

fn kinds(json: &Value) -> BTreeSet<String> {
    let kind = |resource: &Value| resource["resourceType"].as_str().map(str::to_owned);
    resources(json).into_iter().filter_map(kind).collect()
}

/// The resources in an answer, without Bundle and OperationOutcome.
fn resources(json: &Value) -> Vec<&Value> {
    match json["resourceType"].as_str() {
        Some("Bundle") => {
            entries(json).iter().filter_map(|entry| entry.get("resource")).flat_map(resources).collect()
        }
        Some("OperationOutcome") | None => Vec::new(),
        Some(_) => vec![json],
    }
}

fn owner(resource: &Value) -> Option<String> {
    if resource["resourceType"] == "Patient" {
        return resource["id"].as_str().map(str::to_owned);
    }
    OWNERS.iter().find_map(|element| {
        let reference = resource[*element]["reference"].as_str()?;
        let (kind, id) = reference.rsplit_once('/')?;
        (kind == "Patient" || kind.ends_with("/Patient")).then(|| id.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::{CheckOutcome, Failure};
    use serde_json::json;

    use super::*;
    use crate::test_support::{answer, silent};

    fn bundle(resources: &[Value]) -> Value {
        let entries: Vec<Value> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
        json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries })
    }

    fn of(patient: &str) -> Value {
        let reference = format!("https://bron.example/fhir/Patient/{patient}");
        json!({ "resourceType": "Condition", "subject": { "reference": reference } })
    }

    #[test]
    fn one_patient_or_a_refusal_is_fine() {
        let one = bundle(&[json!({ "resourceType": "Patient", "id": "a" }), of("a")]);
        assert!(one_patient(&answer(200, &one)).holds());
        assert!(one_patient(&answer(403, &json!({ "resourceType": "OperationOutcome" }))).holds());
        assert!(!one_patient(&answer(200, &bundle(&[of("a"), of("b")]))).holds());
        assert!(matches!(one_patient(&silent(Failure::Timeout)).outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn an_export_that_begins_is_no_refusal() {
        assert!(no_export(&answer(404, &json!({}))).holds());
        assert!(!no_export(&answer(202, &json!({}))).holds());
        assert!(matches!(no_export(&silent(Failure::Connect)).outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn what_comes_along_stays_within_the_scope() {
        let patient = json!({ "resourceType": "Patient", "id": "a" });
        let outcome = json!({ "resourceType": "OperationOutcome" });
        assert!(
            within_scope(&answer(200, &bundle(&[patient.clone(), outcome])), "system/Patient.rs").holds()
        );
        let check = within_scope(&answer(200, &bundle(&[patient, of("a")])), "system/Patient.rs");
        assert_eq!(check.observed, "status 200, ook Condition");
        assert_eq!(check.outcome, CheckOutcome::Violated);
        assert!(!within_scope(&silent(Failure::Connect), "system/Patient.rs").holds());
    }
}
