//! Rules for the content of every Dutch FHIR resource, whatever its type.

use std::collections::BTreeSet;

use keur_evidence::{Check, event::Reason};
use serde_json::Value;

use super::dossier::Found;

/// The OIDs of the value sets of the zibs: a value set is no code system.
const VALUE_SETS: &str = "urn:oid:2.16.840.1.113883.2.4.3.11.60.40.2";
/// Extensions that say why something is absent.
const ABSENT: [&str; 2] = [
    "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
    "http://hl7.org/fhir/StructureDefinition/iso21090-nullFlavor",
];
/// How many faults a text names.
const NAMED: usize = 5;

/// Every Coding has a system and a code.
#[must_use]
pub fn codings(resources: &[Found<'_>]) -> Check {
    let rule = |coding: &Value| filled(coding, "system") && filled(coding, "code");
    judge(
        resources,
        "elke code met haar codestelsel (system) en haar waarde (code)",
        "codes",
        is_coding,
        rule,
    )
}

/// No Coding uses the OID of a zib value set as its system.
#[must_use]
pub fn code_systems(resources: &[Found<'_>]) -> Check {
    let rule =
        |coding: &Value| !coding["system"].as_str().is_some_and(|system| system.starts_with(VALUE_SETS));
    judge(
        resources,
        "geen waardelijst van een zib op de plaats van een codestelsel",
        "codes",
        is_coding,
        rule,
    )
}

/// Every CodeableConcept can be read by people: a display, a text, or an extension that says why not.
#[must_use]
pub fn concepts(resources: &[Found<'_>]) -> Check {
    let rule = |concept: &Value| {
        let codings = concept["coding"].as_array().map_or(&[][..], Vec::as_slice);
        filled(concept, "text")
            || !concept["extension"].is_null()
            || codings.iter().any(|one| filled(one, "display"))
    };
    let is_concept = |_: &str, value: &Value| value.get("coding").is_some_and(Value::is_array);
    judge(
        resources,
        "elk begrip met een leesbare omschrijving (display of text)",
        "begrippen",
        is_concept,
        rule,
    )
}

/// Every Identifier has a value and says of which system or type.
#[must_use]
pub fn identifiers(resources: &[Found<'_>]) -> Check {
    let rule = |identifier: &Value| {
        let kind = filled(identifier, "system") || identifier["type"].is_object();
        kind && (filled(identifier, "value") || masked(identifier))
    };
    judge(
        resources,
        "elk nummer met een stelsel (system) of soort (type) en een waarde (value)",
        "nummers",
        is_identifier,
        rule,
    )
}

/// Every Reference can be read by people.
#[must_use]
pub fn references(resources: &[Found<'_>]) -> Check {
    let rule = |reference: &Value| filled(reference, "display") || says_why_absent(reference);
    let is_reference = |_: &str, value: &Value| value.get("reference").is_some_and(Value::is_string);
    judge(resources, "elke verwijzing met een leesbare naam (display)", "verwijzingen", is_reference, rule)
}

/// Every resource names the profile it follows.
#[must_use]
pub fn profiles(resources: &[Found<'_>]) -> Check {
    let profiled = |found: &Found<'_>| {
        found.resource.pointer("/meta/profile/0").and_then(Value::as_str).is_some_and(|url| !url.is_empty())
    };
    let wrong: Vec<(String, &str)> = resources
        .iter()
        .filter(|found| found.resource_type() != "Binary" && !profiled(found))
        .map(|found| (found.name(), found.exchange))
        .collect();
    check(resources, "elke resource noemt haar profiel (meta.profile)", "resources", resources.len(), wrong)
}

fn is_coding(key: &str, value: &Value) -> bool {
    value.is_object() && (key == "coding" || key == "valueCoding" || key == "security" || key == "tag")
}

fn is_identifier(key: &str, value: &Value) -> bool {
    value.is_object() && matches!(key, "identifier" | "valueIdentifier" | "groupIdentifier")
}

fn filled(value: &Value, member: &str) -> bool {
    value.get(member).and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty())
}

/// A value that is left out on purpose is described on its `_value`.
fn masked(identifier: &Value) -> bool {
    identifier.pointer("/_value/extension").is_some()
}

fn says_why_absent(value: &Value) -> bool {
    value["extension"]
        .as_array()
        .is_some_and(|all| all.iter().any(|one| one["url"].as_str().is_some_and(|url| ABSENT.contains(&url))))
}

fn judge(
    resources: &[Found<'_>],
    expected: &str,
    unit: &str,
    concerns: impl Fn(&str, &Value) -> bool,
    rule: impl Fn(&Value) -> bool,
) -> Check {
    let (mut count, mut wrong) = (0, Vec::new());
    for found in resources {
        visit(found.resource, "", "", &mut |key, value, path| {
            if concerns(key, value) {
                count += 1;
                if !rule(value) {
                    wrong.push((format!("{} {path}", found.name()), found.exchange));
                }
            }
        });
    }
    check(resources, expected, unit, count, wrong)
}

fn check(
    resources: &[Found<'_>],
    expected: &str,
    unit: &str,
    count: usize,
    wrong: Vec<(String, &str)>,
) -> Check {
    if resources.is_empty() {
        return Check::undecided(Reason::Precondition, expected, "geen enkele resource om naar te kijken");
    }
    let observed = if wrong.is_empty() {
        format!("{count} {unit} in {} resources, alle goed", resources.len())
    } else {
        let places: Vec<&str> = wrong.iter().map(|(place, _)| place.as_str()).collect();
        format!("{} van {count} {unit} niet: {}", wrong.len(), listed(&places))
    };
    let evidence: BTreeSet<String> = wrong.iter().map(|(_, exchange)| (*exchange).to_owned()).collect();
    Check::that(wrong.is_empty(), expected, observed).on(evidence)
}

/// The first few, and how many more there are.
#[must_use]
pub fn listed(places: &[&str]) -> String {
    let mut text = places.iter().take(NAMED).copied().collect::<Vec<_>>().join("; ");
    if let Some(more) = places.len().checked_sub(NAMED + 1) {
        text.push_str(&format!("; en nog {}", more + 1));
    }
    text
}

/// Visits every object in a resource with the name it stands under and its path.
pub fn visit<'a>(value: &'a Value, key: &str, path: &str, see: &mut impl FnMut(&str, &'a Value, &str)) {
    match value {
        Value::Object(fields) => {
            see(key, value, path);
            for (name, field) in fields {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                visit(field, name, &below, see);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(item, key, &format!("{path}[{index}]"), see);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;
    use serde_json::json;

    use super::*;

    type Rule = fn(&[Found<'_>]) -> Check;

    fn outcome(rule: Rule, resource: &Value) -> Check {
        rule(&[Found { resource, exchange: "x1" }])
    }

    #[test]
    fn each_rule_holds_for_good_content_and_names_the_place_of_bad_content() {
        let with = |element: Value| json!({ "resourceType": "Flag", "id": "f", "element": element });
        let coding = json!({ "system": "http://snomed.info/sct", "code": "1", "display": "x" });
        let cases: [(Rule, Value, Value); 6] = [
            (codings, with(json!({ "coding": [coding] })), with(json!({ "coding": [{ "code": "1" }] }))),
            (
                code_systems,
                with(json!({ "coding": [coding] })),
                with(
                    json!({ "coding": [{ "system": "urn:oid:2.16.840.1.113883.2.4.3.11.60.40.2.1", "code": "1" }] }),
                ),
            ),
            (concepts, with(json!({ "coding": [coding] })), with(json!({ "coding": [{ "code": "1" }] }))),
            (
                identifiers,
                json!({ "resourceType": "Flag", "id": "f", "identifier": [{ "system": "s", "value": "1" }] }),
                json!({ "resourceType": "Flag", "id": "f", "identifier": [{ "value": "1" }] }),
            ),
            (
                references,
                with(json!({ "reference": "Patient/p", "display": "P" })),
                with(json!({ "reference": "Patient/p" })),
            ),
            (
                profiles,
                json!({ "resourceType": "Flag", "id": "f", "meta": { "profile": ["http://x"] } }),
                json!({ "resourceType": "Flag", "id": "f", "meta": {} }),
            ),
        ];
        for (rule, good, bad) in cases {
            assert!(outcome(rule, &good).holds(), "{good}");
            let check = outcome(rule, &bad);
            assert_eq!(check.outcome, CheckOutcome::Violated, "{bad}");
            assert!(check.observed.contains("Flag/f"), "{}", check.observed);
            assert_eq!(check.evidence, ["x1"]);
            assert_eq!(rule(&[]).outcome, CheckOutcome::NotEvaluable(Reason::Precondition));
        }
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(listed(&["a"; 5]), "a; a; a; a; a");
        assert_eq!(listed(&["a"; 8]), "a; a; a; a; a; en nog 3");
    }
}
