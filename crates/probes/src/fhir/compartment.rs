//! Whose data an answer holds.

use std::collections::BTreeSet;

use keur_evidence::{Check, event::Reason, http::Answer};
use serde_json::Value;

use super::{
    bundle,
    content::listed,
    dossier::{Dossier, Found, bsns, patient_ids},
    query::BSN_SYSTEM,
};

/// Elements that say whose a resource is.
const OWNERS: [&str; 4] = ["subject", "patient", "beneficiary", "for"];
/// Types that belong to a patient.
const OWNED: [&str; 24] = [
    "AllergyIntolerance",
    "CarePlan",
    "CareTeam",
    "Composition",
    "Condition",
    "Consent",
    "Coverage",
    "DeviceRequest",
    "DeviceUseStatement",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "EpisodeOfCare",
    "Flag",
    "Immunization",
    "ImmunizationRecommendation",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "NutritionOrder",
    "Observation",
    "Procedure",
    "ProcedureRequest",
];

/// Whose a resource is, as far as it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Belongs {
    /// The patient asked for.
    Asked,
    /// Another patient; the text says who.
    Other(String),
    /// It does not say, although its type belongs to a patient.
    Unsaid,
    /// Its type belongs to no patient.
    Nobody,
}

/// Whose the resource is, when the patient asked for has this BSN and these logical ids.
#[must_use]
pub fn belongs(found: &Found<'_>, bsn: &str, ids: &[String]) -> Belongs {
    let ty = found.resource_type();
    if ty == "Patient" {
        let numbers: Vec<&str> = bsns(found.resource).collect();
        let id = found.resource["id"].as_str().unwrap_or_default();
        let known_by_id = numbers.is_empty() && ids.iter().any(|known| known == id);
        return if numbers.contains(&bsn) || known_by_id {
            Belongs::Asked
        } else {
            Belongs::Other(found.name())
        };
    }
    let owner = OWNERS.iter().filter_map(|name| found.resource.get(name)).find(|owner| owner.is_object());
    match owner {
        Some(owner) => whose(owner, bsn, ids),
        None if OWNED.contains(&ty) || ty == "RelatedPerson" => Belongs::Unsaid,
        None => Belongs::Nobody,
    }
}

fn whose(reference: &Value, bsn: &str, ids: &[String]) -> Belongs {
    if let Some(target) = reference.get("reference").and_then(Value::as_str) {
        let mut parts = target.rsplit('/');
        let id = parts.next().unwrap_or_default();
        return match parts.next() {
            Some("Patient") if ids.iter().any(|known| known == id) => Belongs::Asked,
            Some("Patient") => Belongs::Other(target.to_owned()),
            _ => Belongs::Unsaid,
        };
    }
    match reference.get("identifier") {
        Some(identifier) if identifier["system"] == BSN_SYSTEM && identifier["value"] == bsn => {
            Belongs::Asked
        }
        Some(identifier) if identifier["system"] == BSN_SYSTEM => Belongs::Other("een ander BSN".to_owned()),
        _ => Belongs::Unsaid,
    }
}

/// Every resource of every answer is the asked patient's, or nobody's.
#[must_use]
pub fn only_the_asked(dossier: &Dossier) -> Check {
    let found: Vec<Found<'_>> = dossier.resources().collect();
    only_of(&dossier.bsn, &found)
}

/// The same of the searchsets among these answers.
#[must_use]
pub fn only_the_asked_in(answers: &[Answer], bsn: &str) -> Check {
    let of = |answer| bundle::searchset(answer).map_or(&[][..], bundle::entries);
    let all = answers.iter().flat_map(|answer| of(answer).iter().map(move |entry| (answer, entry)));
    let found: Vec<Found<'_>> = all
        .filter_map(|(answer, entry)| Some(Found { resource: entry.get("resource")?, exchange: &answer.id }))
        .collect();
    only_of(bsn, &found)
}

fn only_of(bsn: &str, all: &[Found<'_>]) -> Check {
    let expected = "alleen gegevens van de gevraagde patiënt";
    let ids = patient_ids(bsn, all.iter().copied());
    if ids.is_empty() {
        let text = "geen Patient met het gevraagde BSN in de antwoorden: van wie de gegevens zijn is niet na te gaan";
        return Check::undecided(Reason::Precondition, expected, text);
    }
    let (mut count, mut wrong, mut evidence) = (0, Vec::new(), BTreeSet::new());
    for found in all {
        let fault = match belongs(found, bsn, &ids) {
            Belongs::Nobody => continue,
            Belongs::Asked => None,
            Belongs::Other(who) => Some(format!("{} is van {who}", found.name())),
            Belongs::Unsaid => Some(format!("{} zegt niet van welke patiënt", found.name())),
        };
        count += 1;
        if let Some(fault) = fault {
            evidence.insert(found.exchange.to_owned());
            wrong.push(fault);
        }
    }
    let observed = if wrong.is_empty() {
        format!("{count} resources, alle van de gevraagde patiënt")
    } else {
        let faults: Vec<&str> = wrong.iter().map(String::as_str).collect();
        format!("{} van {count} resources niet: {}", wrong.len(), listed(&faults))
    };
    Check::that(wrong.is_empty(), expected, observed).on(evidence)
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;
    use serde_json::json;

    use super::*;
    use crate::{fhir::dossier::tests::dossier, test_support::answer};

    fn patient(id: &str, bsn: &str) -> Value {
        json!({ "resourceType": "Patient", "id": id, "identifier": [{ "system": BSN_SYSTEM, "value": bsn }] })
    }

    #[test]
    fn a_resource_says_whose_it_is() {
        let ids = ["p".to_owned()];
        let of = |resource: Value| belongs(&Found { resource: &resource, exchange: "x" }, "1", &ids);
        let flag = |subject: Value| json!({ "resourceType": "Flag", "id": "f", "subject": subject });
        assert_eq!(of(flag(json!({ "reference": "Patient/p" }))), Belongs::Asked);
        assert_eq!(of(flag(json!({ "reference": "https://x/fhir/Patient/p" }))), Belongs::Asked);
        assert_eq!(of(flag(json!({ "identifier": { "system": BSN_SYSTEM, "value": "1" } }))), Belongs::Asked);
        assert_eq!(of(flag(json!({ "reference": "Patient/q" }))), Belongs::Other("Patient/q".into()));
        assert!(matches!(
            of(flag(json!({ "identifier": { "system": BSN_SYSTEM, "value": "2" } }))),
            Belongs::Other(_)
        ));
        assert_eq!(of(flag(json!({ "display": "P" }))), Belongs::Unsaid);
        assert_eq!(of(json!({ "resourceType": "Flag", "id": "f" })), Belongs::Unsaid);
        assert_eq!(of(json!({ "resourceType": "Organization", "id": "o" })), Belongs::Nobody);
        assert_eq!(of(patient("q", "1")), Belongs::Asked);
        assert!(matches!(of(patient("q", "2")), Belongs::Other(_)));
    }

    #[test]
    fn one_foreign_entry_is_named() {
        let own = json!({ "resourceType": "Flag", "id": "f", "subject": { "reference": "Patient/p" } });
        let foreign = json!({ "resourceType": "Flag", "id": "g", "subject": { "reference": "Patient/q" } });
        let asked = patient("p", "999900018");
        assert!(only_the_asked(&dossier(&[asked.clone(), own.clone()], &[])).holds());
        let check = only_the_asked(&dossier(&[asked, own.clone(), foreign], &[]));
        assert_eq!(check.outcome, CheckOutcome::Violated);
        assert!(check.observed.contains("Flag/g is van Patient/q"), "{}", check.observed);
        let told = [answer(
            200,
            &json!({ "resourceType": "Bundle", "type": "searchset", "entry": [
            { "resource": patient("p", "999900018") },
            { "resource": { "resourceType": "Flag", "id": "g", "subject": { "reference": "Patient/q" } } },
        ] }),
        )];
        assert!(only_the_asked_in(&told, "999900018").observed.contains("Flag/g is van Patient/q"));
        let unsure = only_the_asked(&dossier(&[own], &[]));
        assert_eq!(unsure.outcome, CheckOutcome::NotEvaluable(Reason::Precondition));
    }
}
