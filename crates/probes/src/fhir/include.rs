//! What must come along with the matches: `_include` and `_revinclude=Provenance:target`.

use std::collections::BTreeSet;

use keur_evidence::{Check, event::Reason};
use serde_json::Value;

use super::{
    bundle,
    content::listed,
    dossier::{Dossier, Fetched, Found},
};

/// Where the reference of an include parameter stands, by `Type:parameter`.
const PATHS: [(&str, &[&str]); 10] = [
    ("Patient:general-practitioner", &["generalPractitioner"]),
    ("Coverage:payor", &["payor"]),
    ("MedicationStatement:medication", &["medicationReference"]),
    ("MedicationRequest:medication", &["medicationReference"]),
    ("MedicationDispense:medication", &["medicationReference"]),
    ("DeviceUseStatement:device", &["device"]),
    ("Observation:related-target", &["related", "target"]),
    ("Observation:specimen", &["specimen"]),
    ("Procedure:based-on", &["basedOn"]),
    ("CareTeam:participant", &["participant", "member"]),
];

/// Every resource that a match refers to by an `_include` of its search is in the same answer.
#[must_use]
pub fn included(dossier: &Dossier) -> Check {
    let expected = "elke met _include gevraagde verwijzing in hetzelfde antwoord";
    let (mut count, mut missing, mut evidence) = (0, Vec::new(), BTreeSet::new());
    for fetched in &dossier.sections {
        let paths = fetched.section.values("_include").filter_map(path);
        for path in paths {
            for found in fetched.matches() {
                for target in
                    references(found.resource, path).iter().filter_map(|one| local(one, &dossier.base))
                {
                    count += 1;
                    if !on_page(fetched, &found, target) {
                        missing.push(format!("{target} bij {}", found.name()));
                        evidence.insert(found.exchange.to_owned());
                    }
                }
            }
        }
    }
    judge(expected, "verwijzingen", count, &missing, evidence)
}

/// Every match of a search with `_revinclude=Provenance:target` has a Provenance in the same answer.
#[must_use]
pub fn with_provenance(dossier: &Dossier) -> Check {
    let expected = "bij elk resultaat de herkomst (Provenance) in hetzelfde antwoord";
    let (mut count, mut missing, mut evidence) = (0, Vec::new(), BTreeSet::new());
    let asked =
        |fetched: &&Fetched| fetched.section.values("_revinclude").any(|one| one == "Provenance:target");
    for fetched in dossier.sections.iter().filter(asked) {
        let targets: BTreeSet<String> = fetched
            .resources()
            .filter(|found| found.resource_type() == "Provenance")
            .flat_map(|found| references(found.resource, &["target"]))
            .filter_map(|one| local(&one, &dossier.base).map(str::to_owned))
            .collect();
        for found in fetched.matches() {
            count += 1;
            if !targets.contains(&found.name()) {
                missing.push(found.name());
                evidence.insert(found.exchange.to_owned());
            }
        }
    }
    judge(expected, "resultaten", count, &missing, evidence)
}

/// What came along is marked as such, so that nobody takes it for a result.
#[must_use]
pub fn marked(dossier: &Dossier) -> Check {
    let expected = "search.mode include bij alles wat meekomt";
    let (mut count, mut wrong, mut evidence) = (0, Vec::new(), BTreeSet::new());
    for fetched in &dossier.sections {
        let asked = fetched.section.resource_type();
        for found in fetched.matches() {
            count += 1;
            if found.resource_type() != asked {
                wrong.push(found.name());
                evidence.insert(found.exchange.to_owned());
            }
        }
    }
    judge(expected, "resultaten", count, &wrong, evidence)
}

fn judge(expected: &str, unit: &str, count: usize, wrong: &[String], evidence: BTreeSet<String>) -> Check {
    if count == 0 {
        let observed = format!("geen {unit} in de antwoorden om naar te kijken");
        return Check::undecided(Reason::Precondition, expected, observed);
    }
    let observed = if wrong.is_empty() {
        format!("{count} {unit}, alle goed")
    } else {
        let names: Vec<&str> = wrong.iter().map(String::as_str).collect();
        format!("{} van {count} {unit} niet: {}", wrong.len(), listed(&names))
    };
    Check::that(wrong.is_empty(), expected, observed).on(evidence)
}

fn path(include: &str) -> Option<&'static [&'static str]> {
    PATHS.iter().find(|(name, _)| include.starts_with(name)).map(|(_, path)| *path)
}

/// The literal references at a path.
fn references(value: &Value, path: &[&str]) -> Vec<String> {
    match (value, path) {
        (Value::Array(items), _) => items.iter().flat_map(|item| references(item, path)).collect(),
        (_, [first, rest @ ..]) => value.get(first).map(|field| references(field, rest)).unwrap_or_default(),
        (_, []) => value.get("reference").and_then(Value::as_str).map(str::to_owned).into_iter().collect(),
    }
}

/// `Type/id` of a reference to a resource of this server; the version is left out.
fn local<'a>(reference: &'a str, base: &str) -> Option<&'a str> {
    let relative = match reference.strip_prefix(base) {
        Some(rest) => rest.trim_start_matches('/'),
        None if reference.contains("://") || reference.starts_with(['#', 'u']) => return None,
        None => reference,
    };
    Some(relative.split("/_history").next().unwrap_or(relative)).filter(|one| one.contains('/'))
}

/// Whether the resource is on the page of the match.
fn on_page(fetched: &Fetched, of: &Found<'_>, target: &str) -> bool {
    let Some((ty, id)) = target.split_once('/') else { return false };
    let page = fetched.pages.iter().find(|page| page.exchange == of.exchange);
    page.is_some_and(|page| {
        bundle::entries(&page.bundle)
            .iter()
            .any(|entry| entry["resource"]["resourceType"] == ty && entry["resource"]["id"] == id)
    })
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;
    use serde_json::json;

    use super::*;
    use crate::fhir::dossier::tests::dossier;

    #[test]
    fn only_references_to_this_server_are_asked_for() {
        assert_eq!(local("Medication/m", "https://x/fhir"), Some("Medication/m"));
        assert_eq!(local("https://x/fhir/Medication/m/_history/2", "https://x/fhir"), Some("Medication/m"));
        for other in ["https://y/fhir/Medication/m", "#m", "urn:uuid:1"] {
            assert_eq!(local(other, "https://x/fhir"), None, "{other}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let matches = [json!({ "resourceType": "DeviceUseStatement", "id": "s",
            "device": { "reference": "Device/d" } })];
        let device = json!({ "resourceType": "Device", "id": "d" });
        let origin = json!({ "resourceType": "Provenance", "id": "v",
            "target": [{ "reference": "DeviceUseStatement/s" }] });
        let whole = dossier(&matches, &[device.clone(), origin]);
        assert!(included(&whole).holds() && with_provenance(&whole).holds() && marked(&whole).holds());
        let poor = dossier(&matches, &[]);
        assert_eq!(included(&poor).observed, "1 van 1 verwijzingen niet: Device/d bij DeviceUseStatement/s");
        assert_eq!(with_provenance(&poor).outcome, CheckOutcome::Violated);
        let empty = included(&dossier(&[], &[]));
        assert_eq!(empty.outcome, CheckOutcome::NotEvaluable(Reason::Precondition));
    }

    #[test]
    fn every_include_of_the_searches_has_a_path() {
        for section in crate::fhir::query::SECTIONS {
            assert!(section.values("_include").all(|include| path(include).is_some()), "{}", section.name);
        }
    }
}
