//! Required elements and fixed codes of the zib and nl-core profiles, as JSON Schemas of our own.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use jsonschema::{ValidationError, Validator, error::ValidationErrorKind};
use keur_evidence::{Check, event::Reason};
use serde_json::Value;

use super::{content::listed, dossier::Found};

macro_rules! schemas {
    ($($ty:literal),+ $(,)?) => {
        [$(($ty, include_str!(concat!("../../../../profiles/schema/bgz/", $ty, ".schema.json")))),+]
    };
}

/// The schema of each resource type.
const SCHEMAS: [(&str, &str); 24] = schemas![
    "AllergyIntolerance",
    "CareTeam",
    "Condition",
    "Consent",
    "Coverage",
    "Device",
    "DeviceUseStatement",
    "Encounter",
    "Flag",
    "Immunization",
    "Medication",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "NutritionOrder",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "ProcedureRequest",
    "Provenance",
    "RelatedPerson",
];

/// Compiled once per process.
static VALIDATORS: LazyLock<BTreeMap<&'static str, Validator>> = LazyLock::new(|| {
    let compiled = SCHEMAS.iter().filter_map(|(ty, text)| {
        // A test guards that every schema compiles.
        let schema: Value = serde_json::from_str(text).ok()?;
        Some((*ty, jsonschema::draft202012::new(&schema).ok()?))
    });
    compiled.collect()
});

/// One check per resource type: all its resources have the required elements and the fixed codes.
#[must_use]
pub fn conform(resources: &[Found<'_>]) -> Vec<Check> {
    let mut by_type = BTreeMap::<&str, Vec<&Found<'_>>>::new();
    for found in resources {
        by_type.entry(found.resource_type()).or_default().push(found);
    }
    let checks: Vec<Check> = by_type
        .iter()
        .filter_map(|(ty, all)| VALIDATORS.get(ty).map(|validator| of_type(ty, all, validator)))
        .collect();
    if checks.is_empty() {
        let expected = "resources met de verplichte elementen van hun profiel";
        return vec![Check::undecided(Reason::Precondition, expected, "geen enkele resource om te toetsen")];
    }
    checks
}

fn of_type(ty: &str, all: &[&Found<'_>], validator: &Validator) -> Check {
    let (mut wrong, mut evidence) = (Vec::new(), BTreeSet::new());
    for found in all {
        let resource = with_absent_values(found.resource);
        let faults: Vec<String> = validator.iter_errors(&resource).map(|error| words(&error)).collect();
        if !faults.is_empty() {
            wrong.push(format!("{}: {}", found.name(), faults.join(", ")));
            evidence.insert(found.exchange.to_owned());
        }
    }
    let expected = format!("elke {ty} met de verplichte elementen en vaste codes van het profiel");
    let observed = if wrong.is_empty() {
        format!("{} keer {ty}, alle goed", all.len())
    } else {
        let faults: Vec<&str> = wrong.iter().map(String::as_str).collect();
        format!("{} van {} niet: {}", wrong.len(), all.len(), listed(&faults))
    };
    Check::that(wrong.is_empty(), expected, observed).on(evidence)
}

/// A primitive that is absent with a stated reason (`_name` without `name`) is there for the schema.
fn with_absent_values(resource: &Value) -> Value {
    match resource {
        Value::Object(fields) => {
            let mut copy: serde_json::Map<String, Value> =
                fields.iter().map(|(name, value)| (name.clone(), with_absent_values(value))).collect();
            for name in fields.keys().filter_map(|name| name.strip_prefix('_')) {
                copy.entry(name).or_insert(Value::Null);
            }
            Value::Object(copy)
        }
        Value::Array(items) => Value::Array(items.iter().map(with_absent_values).collect()),
        other => other.clone(),
    }
}

fn words(error: &ValidationError<'_>) -> String {
    let place = error.instance_path().to_string().trim_start_matches('/').replace('/', ".");
    let at = |text: String| if place.is_empty() { text } else { format!("{place}: {text}") };
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            at(format!("{} ontbreekt", property.as_str().unwrap_or_default()))
        }
        ValidationErrorKind::Enum { options } => at(format!("de waarde is niet een van {options}")),
        ValidationErrorKind::Constant { expected_value } => at(format!("de waarde is niet {expected_value}")),
        ValidationErrorKind::Contains => at("de voorgeschreven code ontbreekt".to_owned()),
        ValidationErrorKind::MinItems { limit } => at(format!("minder dan {limit} keer aanwezig")),
        ValidationErrorKind::Type { .. } => at("de waarde heeft de verkeerde soort".to_owned()),
        ValidationErrorKind::Pattern { .. } => at("de waarde heeft de verkeerde vorm".to_owned()),
        ValidationErrorKind::AnyOf { .. } => at("een verplicht keuze-element ontbreekt".to_owned()),
        _ => at("voldoet niet aan het schema".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;
    use serde_json::json;

    use super::*;

    fn check(resource: &Value) -> Check {
        conform(&[Found { resource, exchange: "x1" }]).remove(0)
    }

    #[test]
    fn every_schema_compiles_and_names_its_type() {
        assert_eq!(VALIDATORS.len(), SCHEMAS.len());
        for (ty, text) in SCHEMAS {
            let schema: Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(schema["properties"]["resourceType"]["const"], ty);
        }
    }

    #[test]
    fn a_missing_element_is_named() {
        let mut procedure = json!({ "resourceType": "Procedure", "id": "p", "status": "completed",
            "subject": { "reference": "Patient/x" },
            "meta": { "profile": ["http://nictiz.nl/fhir/StructureDefinition/zib-Procedure"] },
            "category": { "coding": [] } });
        assert!(check(&procedure).holds(), "{}", check(&procedure).observed);
        procedure.as_object_mut().map(|fields| fields.remove("status"));
        let missing = check(&procedure);
        assert_eq!(missing.outcome, CheckOutcome::Violated);
        assert_eq!(missing.observed, "1 van 1 niet: Procedure/p: status ontbreekt");
        procedure["_status"] = json!({ "extension": [{ "url": "x" }] });
        assert!(check(&procedure).holds());
        procedure["status"] = json!("done");
        assert_eq!(check(&procedure).outcome, CheckOutcome::Violated);
    }

    #[test]
    fn profiles_add_their_own_rules() {
        let directive = |code: &str| {
            json!({ "resourceType": "Consent", "id": "c", "status": "active",
                "patient": { "reference": "Patient/x" }, "dateTime": "2026",
                "meta": { "profile": ["http://nictiz.nl/fhir/StructureDefinition/zib-AdvanceDirective"] },
                "category": [{ "coding": [{ "system": "http://snomed.info/sct", "code": code }] }, {}] })
        };
        assert!(check(&directive("11341000146107")).holds());
        assert!(check(&directive("1")).observed.contains("de voorgeschreven code ontbreekt"));
        assert_eq!(conform(&[])[0].outcome, CheckOutcome::NotEvaluable(Reason::Precondition));
    }
}
