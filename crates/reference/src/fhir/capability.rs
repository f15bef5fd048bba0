//! The CapabilityStatement: exactly what this source does.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::defects::Defects;

use super::definitions::{READABLE, SEARCHABLE, Searchable, Style};

/// The statement; `kinds` are the types in the data.
pub(crate) fn statement(base: &str, kinds: &BTreeSet<&str>, defects: &Defects) -> Value {
    let mut resources: Vec<Value> = SEARCHABLE
        .iter()
        .filter(|on| !(on.kind == "NutritionOrder" && defects.has("search-missing")))
        .map(searched)
        .collect();
    let known: BTreeSet<&str> = READABLE.iter().copied().chain(kinds.iter().copied()).collect();
    resources
        .extend(known.into_iter().filter(|kind| SEARCHABLE.iter().all(|on| on.kind != *kind)).map(read_only));
    if defects.has("capability-overclaims") {
        resources.push(json!({
            "type": "Appointment",
            "interaction": [{ "code": "read" }, { "code": "search-type" }],
            "searchParam": [{ "name": "patient", "type": "reference" }]
        }));
    }
    let mut statement = json!({
        "resourceType": "CapabilityStatement",
        "id": "bgz-bron",
        "url": format!("{base}/metadata"),
        "version": env!("CARGO_PKG_VERSION"),
        "name": "Referentiebron BgZ",
        "status": "active",
        "date": "2026-11-01",
        "publisher": "Keur",
        "kind": "instance",
        "software": { "name": "Referentiebron BgZ", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Bron van de Basisgegevensset Zorg met synthetische patiënten", "url": base },
        "fhirVersion": "3.0.2",
        "acceptUnknown": "no",
        "format": ["application/fhir+json", "application/fhir+xml"],
        "rest": [{
            "mode": "server",
            "security": {
                "cors": false,
                "service": [{ "coding": [{
                    "system": "http://hl7.org/fhir/restful-security-service",
                    "code": "OAuth",
                    "display": "OAuth"
                }] }],
                "description": "mTLS, OAuth client credentials en DPoP. Elke zoekvraag gaat over één patiënt."
            },
            "resource": resources,
            "operation": [{
                "name": "lastn",
                "definition": { "reference": "http://hl7.org/fhir/OperationDefinition/Observation-lastn" }
            }]
        }]
    });
    let mut absent: Vec<&str> = Vec::new();
    if defects.has("no-version") {
        absent.extend(["software", "fhirVersion", "version"]);
    }
    if defects.has("capability-incomplete") {
        absent.extend(["kind", "format"]);
    }
    if let Some(fields) = statement.as_object_mut() {
        for field in absent {
            fields.shift_remove(field);
        }
    }
    statement
}

fn searched(on: &Searchable) -> Value {
    let mut parameters = Vec::new();
    let common = [("_id", "token"), ("_lastUpdated", "date")];
    parameters.extend(common.map(|(name, kind)| json!({ "name": name, "type": kind })));
    if on.kind == "Patient" {
        parameters.push(json!({ "name": "identifier", "type": "token", "documentation": "Het BSN." }));
    }
    for name in on.patient {
        let documentation = format!("Verplicht: ook als '{name}.identifier' met het BSN.");
        parameters.push(json!({ "name": name, "type": "reference", "documentation": documentation }));
    }
    for (name, style, _) in on.filters {
        let kind = match style {
            Style::Token => "token",
            Style::Date => "date",
        };
        parameters.push(json!({ "name": name, "type": kind }));
    }
    let mut resource = read_only(on.kind);
    resource["interaction"] = json!([{ "code": "read" }, { "code": "search-type" }]);
    if !on.includes.is_empty() {
        resource["searchInclude"] =
            on.includes.iter().map(|(name, _)| Value::from(format!("{}:{name}", on.kind))).collect();
    }
    resource["searchRevInclude"] = json!(["Provenance:target"]);
    resource["searchParam"] = Value::Array(parameters);
    resource
}

fn read_only(kind: &str) -> Value {
    json!({ "type": kind, "interaction": [{ "code": "read" }], "versioning": "versioned", "readHistory": false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_searchable_type_is_declared_once() {
        let statement = statement("http://x/fhir", &BTreeSet::from(["Flag", "Basic"]), &Defects::default());
        let declared: Vec<&str> = statement["rest"][0]["resource"]
            .as_array()
            .expect("resources")
            .iter()
            .filter_map(|resource| resource["type"].as_str())
            .collect();
        let unique: BTreeSet<&str> = declared.iter().copied().collect();
        assert_eq!(declared.len(), unique.len());
        assert_eq!(declared.len(), SEARCHABLE.len() + READABLE.len() + 1);
        assert_eq!(statement["fhirVersion"], "3.0.2");
    }
}
