//! The parts every published profile of the nursing handover report demands, whatever the age of the patient.

use std::collections::BTreeMap;

use keur_evidence::{Check, event::Reason, http::Answer};
use serde_json::Value;

use crate::fhir::bundle::{describe, entries};

const SNOMED: &str = "http://snomed.info/sct";
/// What the report is, as its type says.
const HANDOVER: &str = "11171000146100";
const ADMINISTRATION: &str = "405624007";
const TRANSFER_DATE: &str = "http://nictiz.nl/fhir/StructureDefinition/eOverdracht-TransferDate";

/// A section, by the codes that lead to it, and what its entries must hold at least once.
struct Part {
    name: &'static str,
    path: &'static [&'static str],
    holds: &'static [&'static str],
}

const fn part(name: &'static str, path: &'static [&'static str], holds: &'static [&'static str]) -> Part {
    Part { name, path, holds }
}

const PARTS: [Part; 9] = [
    part("administratieve gegevens", &[ADMINISTRATION], &[]),
    part("persoonsgegevens", &[ADMINISTRATION, "302147001"], &["Coverage"]),
    part(
        "verzendende organisatie",
        &[ADMINISTRATION, "185362004"],
        &["Organization", "Practitioner", "PractitionerRole"],
    ),
    part("ontvangende organisatie", &[ADMINISTRATION, "275645009"], &["Organization"]),
    part("medische context", &["371524004"], &[]),
    part("zorgverleners", &["371524004", "405623001"], &["Practitioner", "PractitionerRole"]),
    part("medische diagnose", &["371524004", "52870002"], &["Condition"]),
    part("verpleegkundig zorgplan", &["773130005"], &[]),
    // Only when it is there.
    part("actuele problemen", &["773130005", CURRENT_PROBLEMS], &["Condition"]),
];
const CURRENT_PROBLEMS: &str = "86644006";

/// The report in this answer has the parts that are always there.
#[must_use]
pub fn has_parts(answer: &Answer) -> Vec<Check> {
    let expected = "de vaste onderdelen van het overdrachtsbericht";
    let bundle = answer.response().filter(|response| response.status == 200);
    let bundle = bundle.and_then(|response| response.json());
    let of_type = |entry: &&Value| entry["resource"]["resourceType"] == "Composition";
    let composition = bundle.and_then(|bundle| entries(bundle).iter().find(of_type));
    let (Some(bundle), Some(composition)) = (bundle, composition.map(|entry| &entry["resource"])) else {
        let observed = format!("geen overdrachtsbericht, maar {}", describe(answer));
        return vec![Check::undecided(Reason::Precondition, expected, observed).on([answer.id.clone()])];
    };
    let kind = coded(&composition["type"], HANDOVER);
    let said = if kind { "deze code".to_owned() } else { format!("type {}", composition["type"]) };
    let types = types(bundle);
    let faults: Vec<String> = PARTS.iter().filter_map(|part| fault(composition, part, &types)).collect();
    let dated = section(composition, &[ADMINISTRATION]).is_none_or(has_date);
    let missing: Vec<&str> =
        faults.iter().map(String::as_str).chain((!dated).then_some("geen datum van overdracht")).collect();
    let observed = if missing.is_empty() { "alle aanwezig".to_owned() } else { missing.join("; ") };
    [
        Check::that(kind, format!("een bericht van het type {HANDOVER} (SNOMED CT)"), said),
        Check::that(missing.is_empty(), expected, observed),
    ]
    .map(|check| check.on([answer.id.clone()]))
    .into()
}

/// What is wrong with a part.
fn fault(composition: &Value, part: &Part, types: &BTreeMap<String, String>) -> Option<String> {
    let Some(section) = section(composition, part.path) else {
        return (!part.path.contains(&CURRENT_PROBLEMS)).then(|| format!("{} ontbreekt", part.name));
    };
    let named = section["entry"].as_array().into_iter().flatten();
    let held: Vec<&str> = named.filter_map(|entry| kind(entry["reference"].as_str()?, types)).collect();
    let lacks: Vec<&str> = part.holds.iter().filter(|wanted| !held.contains(wanted)).copied().collect();
    (!lacks.is_empty()).then(|| format!("in {} ontbreekt {}", part.name, lacks.join(" en ")))
}

/// The section to which these codes lead.
fn section<'v>(composition: &'v Value, path: &[&str]) -> Option<&'v Value> {
    let mut at = composition;
    for code in path {
        at = at["section"].as_array()?.iter().find(|section| coded(&section["code"], code))?;
    }
    Some(at)
}

fn coded(concept: &Value, code: &str) -> bool {
    let codings = concept["coding"].as_array().into_iter().flatten();
    codings.into_iter().any(|coding| coding["system"] == SNOMED && coding["code"] == code)
}

fn has_date(section: &Value) -> bool {
    let extensions = section["extension"].as_array().into_iter().flatten();
    extensions.into_iter().any(|extension| extension["url"] == TRANSFER_DATE)
}

/// The type of each resource in the document, by its full address.
fn types(bundle: &Value) -> BTreeMap<String, String> {
    let one = |entry: &Value| {
        let kind = entry["resource"]["resourceType"].as_str()?;
        Some((entry["fullUrl"].as_str()?.to_owned(), kind.to_owned()))
    };
    entries(bundle).iter().filter_map(one).collect()
}

/// The type of what is referred to: as the document has it, or else as the reference says.
fn kind<'v>(reference: &'v str, types: &'v BTreeMap<String, String>) -> Option<&'v str> {
    types.get(reference).map(String::as_str).or_else(|| reference.rsplit('/').nth(1))
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;
    use serde_json::json;

    use super::*;
    use crate::test_support::answer;

    fn report() -> Value {
        let section = |code: &str, inside: Value, entry: &[&str]| {
            let entry: Vec<Value> = entry.iter().map(|one| json!({ "reference": one })).collect();
            json!({ "code": { "coding": [{ "system": SNOMED, "code": code }] }, "section": inside, "entry": entry })
        };
        let mut administration = section(
            ADMINISTRATION,
            json!([
                section("302147001", json!([]), &["Coverage/c"]),
                section("185362004", json!([]), &["urn:uuid:o", "Practitioner/p", "PractitionerRole/r"]),
                section("275645009", json!([]), &["https://bron.example/fhir/Organization/q"]),
            ]),
            &[],
        );
        administration["extension"] = json!([{ "url": TRANSFER_DATE, "valueDateTime": "2026-09-01" }]);
        let medical = section(
            "371524004",
            json!([
                section("405623001", json!([]), &["Practitioner/p", "PractitionerRole/r"]),
                section("52870002", json!([]), &["Condition/a"]),
            ]),
            &[],
        );
        let plan = section("773130005", json!([section(CURRENT_PROBLEMS, json!([]), &["Condition/a"])]), &[]);
        let kind = json!({ "coding": [{ "system": SNOMED, "code": HANDOVER }] });
        json!({ "resourceType": "Bundle", "type": "document", "entry": [
            { "resource": { "resourceType": "Composition", "type": kind, "section": [administration, medical, plan] } },
            { "fullUrl": "urn:uuid:o", "resource": { "resourceType": "Organization" } },
        ] })
    }

    #[test]
    fn a_part_that_lacks_is_named() {
        let holds = |report: &Value| has_parts(&answer(200, report)).iter().all(Check::holds);
        assert!(holds(&report()), "{:?}", has_parts(&answer(200, &report())));
        let at = "/entry/0/resource/section";
        for (pointer, name) in [
            (format!("{at}/2/code/coding/0/code"), "verpleegkundig zorgplan ontbreekt"),
            (format!("{at}/1/section/1/entry/0/reference"), "in medische diagnose ontbreekt Condition"),
            (format!("{at}/0/extension/0/url"), "geen datum van overdracht"),
            (
                "/entry/1/resource/resourceType".to_owned(),
                "in verzendende organisatie ontbreekt Organization",
            ),
            ("/entry/0/resource/type/coding/0/code".to_owned(), "type {"),
        ] {
            let mut spoilt = report();
            *spoilt.pointer_mut(&pointer).expect("a place") = json!("Iets/anders");
            let checks = has_parts(&answer(200, &spoilt));
            assert!(checks.iter().any(|check| !check.holds() && check.observed.contains(name)), "{checks:?}");
        }
        // The problems are there when they are there.
        let mut without = report();
        without["entry"][0]["resource"]["section"][2]["section"] = json!([]);
        assert!(holds(&without));
        let none = has_parts(&answer(404, &json!({ "resourceType": "OperationOutcome" })));
        assert_eq!(none[0].outcome, CheckOutcome::NotEvaluable(Reason::Precondition));
    }
}
