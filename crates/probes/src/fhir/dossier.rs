//! What a product answered to all searches of the BgZ for one patient, as facts for the checks.

use serde_json::Value;

use super::{bundle, query::Section};

/// One page of an answered search.
#[derive(Debug, Clone)]
pub struct Page {
    /// The exchange that holds it.
    pub exchange: String,
    /// The searchset.
    pub bundle: Value,
}

/// What came of one search.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The search.
    pub section: &'static Section,
    /// The pages; none when it was not answered with a searchset.
    pub pages: Vec<Page>,
}

/// The answers to all searches.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// The patient asked for.
    pub bsn: String,
    /// FHIR base of the product.
    pub base: String,
    /// One per search, in order.
    pub sections: Vec<Fetched>,
}

/// A resource with the exchange it was found in.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The resource.
    pub resource: &'a Value,
    /// Id of the exchange.
    pub exchange: &'a str,
}

impl Found<'_> {
    /// `Type/id`, for people.
    #[must_use]
    pub fn name(&self) -> String {
        name(self.resource)
    }

    /// The resource type.
    #[must_use]
    pub fn resource_type(&self) -> &str {
        self.resource.get("resourceType").and_then(Value::as_str).unwrap_or_default()
    }
}

/// `Type/id` of a resource.
#[must_use]
pub fn name(resource: &Value) -> String {
    let text = |member: &str| resource.get(member).and_then(Value::as_str).unwrap_or("?").to_owned();
    format!("{}/{}", text("resourceType"), text("id"))
}

impl Fetched {
    /// Every resource in it.
    pub fn resources(&self) -> impl Iterator<Item = Found<'_>> {
        self.pages.iter().flat_map(|page| {
            bundle::entries(&page.bundle)
                .iter()
                .filter_map(|entry| entry.get("resource"))
                .map(|resource| Found { resource, exchange: &page.exchange })
        })
    }

    /// The resources that match the search.
    pub fn matches(&self) -> impl Iterator<Item = Found<'_>> {
        self.pages.iter().flat_map(|page| {
            bundle::matches(&page.bundle).map(|resource| Found { resource, exchange: &page.exchange })
        })
    }
}

impl Dossier {
    /// Every resource of every answer, repeats included.
    pub fn resources(&self) -> impl Iterator<Item = Found<'_>> {
        self.sections.iter().flat_map(Fetched::resources)
    }

    /// Every resource once, outcomes left out.
    #[must_use]
    pub fn distinct(&self) -> Vec<Found<'_>> {
        let mut seen = std::collections::BTreeSet::new();
        self.resources()
            .filter(|found| found.resource_type() != "OperationOutcome" && seen.insert(found.name()))
            .collect()
    }

    /// The exchanges it rests on.
    #[must_use]
    pub fn exchanges(&self) -> Vec<String> {
        self.sections.iter().flat_map(|fetched| &fetched.pages).map(|page| page.exchange.clone()).collect()
    }
}

/// The logical ids of the Patient with this BSN, among these resources.
#[must_use]
pub fn patient_ids<'a>(bsn: &str, all: impl Iterator<Item = Found<'a>>) -> Vec<String> {
    let mut ids: Vec<String> = all
        .filter(|found| found.resource_type() == "Patient")
        .filter(|found| bsns(found.resource).any(|own| own == bsn))
        .filter_map(|found| found.resource.get("id")?.as_str().map(str::to_owned))
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

/// The BSNs a Patient carries.
pub fn bsns(patient: &Value) -> impl Iterator<Item = &str> {
    let identifiers = patient.get("identifier").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    identifiers
        .iter()
        .filter(|identifier| identifier["system"] == super::query::BSN_SYSTEM)
        .filter_map(|identifier| identifier.get("value")?.as_str())
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;
    use crate::fhir::query::SECTIONS;

    /// A dossier with these resources as matches of the section of the same type.
    pub(crate) fn dossier(matches: &[Value], included: &[Value]) -> Dossier {
        let sections = SECTIONS.iter().map(|section| {
            let own: Vec<&Value> =
                matches.iter().filter(|one| one["resourceType"] == section.resource_type()).collect();
            let entry = |resource: &Value, mode: &str| {
                json!({ "fullUrl": format!("https://x/fhir/{}", name(resource)), "resource": resource,
                        "search": { "mode": mode } })
            };
            let mut entries: Vec<Value> = own.iter().map(|one| entry(one, "match")).collect();
            if !entries.is_empty() {
                entries.extend(included.iter().map(|one| entry(one, "include")));
            }
            let bundle = json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries });
            Fetched { section, pages: vec![Page { exchange: "x1".to_owned(), bundle }] }
        });
        Dossier {
            bsn: "999900018".to_owned(),
            base: "https://x/fhir".to_owned(),
            sections: sections.collect(),
        }
    }

    #[test]
    fn resources_are_counted_once_and_the_patient_is_found_by_number() {
        let patient = json!({ "resourceType": "Patient", "id": "p",
            "identifier": [{ "system": "http://fhir.nl/fhir/NamingSystem/bsn", "value": "999900018" }] });
        let other = json!({ "resourceType": "Patient", "id": "q", "identifier": [{ "value": "999900018" }] });
        let dossier = dossier(&[patient, other], &[]);
        assert_eq!(dossier.resources().count(), 4);
        assert_eq!(dossier.distinct().len(), 2);
        assert_eq!(patient_ids(&dossier.bsn, dossier.resources()), ["p"]);
    }
}
