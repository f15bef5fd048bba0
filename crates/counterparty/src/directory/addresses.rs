//! What is behind the addresses in the directory: whoever is spoken to answers.

use serde_json::json;

use crate::{Call, Reply, Script};

/// The addresses at `…/adres/<name>`. Which one a product speaks to is what matters, so each answers the same.
#[derive(Debug, Clone, Copy)]
pub struct Addresses;

impl Script for Addresses {
    fn answer(&self, call: &Call) -> Reply {
        let name =
            call.path.split("/adres/").nth(1).unwrap_or_default().split('/').next().unwrap_or_default();
        let statement = json!({
            "resourceType": "CapabilityStatement", "status": "active", "kind": "instance", "fhirVersion": "4.0.1",
            "format": ["application/fhir+json"],
        });
        Reply::json(200, "application/fhir+json", &statement).note("address", json!(name))
    }
}
