//! The CapabilityStatement: exactly what the sandbox does.

use serde_json::{Value, json};

use super::Sandbox;
use super::definitions::{KINDS, Kind};
use super::matching::parameters;

const INTERACTIONS: [&str; 9] = [
    "read",
    "vread",
    "update",
    "patch",
    "delete",
    "history-instance",
    "history-type",
    "create",
    "search-type",
];

impl Sandbox {
    pub(super) fn statement(&self) -> Value {
        let mut resources: Vec<Value> = KINDS.iter().map(resource).collect();
        if self.defects.has("capability-overclaims") {
            resources.push(json!({
                "type": "Appointment",
                "interaction": [{ "code": "read" }, { "code": "search-type" }],
                "searchParam": [{ "name": "patient", "type": "reference" }]
            }));
        }
        let version = env!("CARGO_PKG_VERSION");
        let mut statement = json!({
            "resourceType": "CapabilityStatement",
            "id": "proefomgeving",
            "url": format!("{}/metadata", self.base),
            "version": version,
            "name": "KeurProefomgeving",
            "status": "active",
            "date": "2026-11-01",
            "publisher": "Keur",
            "kind": "instance",
            "software": { "name": "Keur-proefomgeving", "version": version },
            "implementation": { "description": "Open FHIR-server met verzonnen gegevens", "url": self.base },
            "fhirVersion": if self.stu3 { "3.0.2" } else { "4.0.1" },
            "format": ["application/fhir+json", "application/fhir+xml"],
            "patchFormat": ["application/json-patch+json"],
            "rest": [{
                "mode": "server",
                "documentation": "Schrijven kan alleen met JSON.",
                "resource": resources,
                "interaction": [{ "code": "transaction" }, { "code": "batch" }]
            }]
        });
        let mut absent: Vec<&str> = Vec::new();
        if self.stu3 {
            statement["acceptUnknown"] = Value::from("no");
        }
        if self.defects.has("no-version") {
            absent.extend(["software", "fhirVersion", "version"]);
        }
        if self.defects.has("capability-incomplete") {
            absent.extend(["kind", "format"]);
        }
        if let Some(fields) = statement.as_object_mut() {
            for field in absent {
                fields.shift_remove(field);
            }
        }
        statement
    }
}

fn resource(kind: &Kind) -> Value {
    let parameters: Vec<Value> =
        parameters(kind).map(|(name, style, _)| json!({ "name": name, "type": style.name() })).collect();
    let interactions: Vec<Value> = INTERACTIONS.iter().map(|code| json!({ "code": code })).collect();
    let include: Vec<String> = kind.references().map(|name| format!("{}:{name}", kind.name)).collect();
    let mut resource = json!({
        "type": kind.name,
        "interaction": interactions,
        "versioning": "versioned-update",
        "readHistory": true,
        "updateCreate": true,
        "conditionalCreate": true,
        "conditionalRead": "full-support",
        "conditionalUpdate": true,
        "conditionalDelete": "single",
        "searchParam": parameters
    });
    if !include.is_empty() {
        resource["searchInclude"] = json!(include);
    }
    if !kind.referred_by.is_empty() {
        resource["searchRevInclude"] = json!(kind.referred_by);
    }
    resource
}
