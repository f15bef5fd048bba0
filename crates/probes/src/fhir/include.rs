//! What must come along with the matches: `_include` and `_revinclude=Provenance:target`.

use std::collections::{BTreeMap, BTreeSet};

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

/// Searches with `_revinclude=Provenance:target` bring the Provenances of their matches.
///
/// Which resources have a Provenance only the product knows: FHIR promises those that exist, and the published test
/// data have them for a few. So there must be some, each must say where a resource of its own answer comes from, and
/// what came along once must come along wherever the same resource is found.
#[must_use]
pub fn with_provenance(dossier: &Dossier) -> Vec<Check> {
    let asked =
        |fetched: &&Fetched| fetched.section.values("_revinclude").any(|one| one == "Provenance:target");
    let mut known = BTreeMap::<String, BTreeSet<String>>::new();
    let (mut stray, mut stray_evidence) = (Vec::new(), BTreeSet::new());
    let mut found_at = Vec::new();
    let mut origins = 0;
    for fetched in dossier.sections.iter().filter(asked) {
        let present: BTreeSet<String> = fetched.resources().map(|found| found.name()).collect();
        let mut here = BTreeSet::new();
        for found in fetched.resources().filter(|found| found.resource_type() == "Provenance") {
            let targets = targets(&found, &dossier.base);
            origins += 1;
            if !targets.iter().any(|target| present.contains(target)) {
                stray.push(found.name());
                stray_evidence.insert(found.exchange.to_owned());
            }
            here.extend(targets.into_iter().map(|target| (target, found.name())));
        }
        for (target, origin) in &here {
            known.entry(target.clone()).or_default().insert(origin.clone());
        }
        found_at.extend(fetched.matches().map(|found| (found.name(), found.exchange, here.clone())));
    }
    let expected = "de herkomst (Provenance) van resultaten";
    if found_at.is_empty() {
        let observed = "geen resultaten in de antwoorden om naar te kijken";
        return vec![Check::undecided(Reason::Precondition, expected, observed)];
    }
    let with = found_at.iter().filter(|(name, ..)| known.contains_key(name)).count();
    let exchanges: BTreeSet<String> =
        found_at.iter().map(|(_, exchange, _)| (*exchange).to_owned()).collect();
    let observed = format!("herkomst bij {with} van {} resultaten", found_at.len());
    let some = Check::that(with > 0, expected, observed).on(exchanges);
    let (mut missing, mut missing_evidence) = (Vec::new(), BTreeSet::new());
    for (name, exchange, here) in &found_at {
        for origin in known.get(name).into_iter().flatten() {
            if !here.contains(&(name.clone(), origin.clone())) {
                missing.push(format!("{origin} bij {name}"));
                missing_evidence.insert((*exchange).to_owned());
            }
        }
    }
    if origins == 0 {
        return vec![some];
    }
    let expected = "bij elke herkomst het gegeven waar zij over gaat";
    let stray = judge(expected, "herkomsten", origins, &stray, stray_evidence);
    let expected = "dezelfde herkomst in elk antwoord met hetzelfde gegeven";
    vec![some, stray, judge(expected, "resultaten", found_at.len(), &missing, missing_evidence)]
}

fn targets(provenance: &Found<'_>, base: &str) -> Vec<String> {
    let all = references(provenance.resource, &["target"]);
    all.iter().filter_map(|one| local(one, base).map(str::to_owned)).collect()
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
        assert!(included(&whole).holds() && marked(&whole).holds());
        assert!(with_provenance(&whole).iter().all(Check::holds));
        let poor = dossier(&matches, &[]);
        assert_eq!(included(&poor).observed, "1 van 1 verwijzingen niet: Device/d bij DeviceUseStatement/s");
        assert_eq!(with_provenance(&poor)[0].outcome, CheckOutcome::Violated);
        let astray =
            json!({ "resourceType": "Provenance", "id": "v", "target": [{ "reference": "Flag/f" }] });
        assert!(!with_provenance(&dossier(&matches, &[astray]))[1].holds());
        let empty = included(&dossier(&[], &[]));
        assert_eq!(empty.outcome, CheckOutcome::NotEvaluable(Reason::Precondition));
    }

    #[test]
    fn provenance_comes_along_wherever_the_same_resource_is_found() {
        let matches = [json!({ "resourceType": "Patient", "id": "p" })];
        let origin =
            json!({ "resourceType": "Provenance", "id": "v", "target": [{ "reference": "Patient/p" }] });
        let mut twice = dossier(&matches, &[origin]);
        assert!(with_provenance(&twice).iter().all(Check::holds));
        // The Patient is found by two searches; the second answer loses its Provenance.
        let second = twice.sections.iter_mut().filter(|one| one.matches().count() > 0).nth(1);
        if let Some(entries) = second.and_then(|one| one.pages[0].bundle["entry"].as_array_mut()) {
            entries.retain(|entry| entry["resource"]["resourceType"] == "Patient");
        }
        let checks = with_provenance(&twice);
        assert!(checks[0].holds() && checks[1].holds());
        assert_eq!(checks[2].observed, "1 van 2 resultaten niet: Provenance/v bij Patient/p");
    }

    #[test]
    fn every_include_of_the_searches_has_a_path() {
        for section in crate::fhir::query::SECTIONS {
            assert!(section.values("_include").all(|include| path(include).is_some()), "{}", section.name);
        }
    }
}
