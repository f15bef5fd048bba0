//! The resources of one tenant, by type and id, with the patient each belongs to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::bsn;

/// One resource.
#[derive(Debug)]
pub(crate) struct Record {
    pub kind: String,
    pub id: String,
    pub json: Value,
    /// Logical id of the patient, absent for organisations, professionals and products.
    pub patient: Option<String>,
}

/// All resources of one tenant, in loading order.
#[derive(Debug, Default)]
pub(crate) struct Store {
    records: Vec<Record>,
    by_key: BTreeMap<(String, String), usize>,
    provenance: BTreeMap<usize, Vec<usize>>,
    bsn_of: BTreeMap<String, String>,
    patient_of: BTreeMap<String, String>,
    /// The newest `meta.lastUpdated`.
    pub(crate) updated: String,
}

impl Store {
    /// Indexes the resources; the first of two with the same type and id stays.
    pub(crate) fn new(resources: Vec<Value>) -> Self {
        let mut store = Self { updated: "2026-01-01T00:00:00+01:00".to_owned(), ..Self::default() };
        for json in resources {
            let (Some(kind), Some(id)) = (json["resourceType"].as_str(), json["id"].as_str()) else {
                continue;
            };
            let key = (kind.to_owned(), id.to_owned());
            if store.by_key.contains_key(&key) {
                continue;
            }
            store.by_key.insert(key.clone(), store.records.len());
            store.records.push(Record { kind: key.0, id: key.1, patient: None, json });
        }
        store.link();
        store
    }

    fn link(&mut self) {
        for index in 0..self.records.len() {
            let record = &self.records[index];
            if record.kind == "Patient" {
                if let Some(number) = number_of(&record.json) {
                    self.bsn_of.insert(record.id.clone(), number.to_owned());
                    self.patient_of.insert(number.to_owned(), record.id.clone());
                }
                self.records[index].patient = Some(self.records[index].id.clone());
            } else if let Some(("Patient", id)) = direct_patient(&record.json) {
                self.records[index].patient = Some(id.to_owned());
            }
        }
        // Provenance says nothing of a patient itself: it follows its target.
        for index in 0..self.records.len() {
            let record = &self.records[index];
            if record.kind == "Provenance" {
                let targets: Vec<usize> = references(&record.json, "target")
                    .filter_map(local)
                    .filter_map(|(kind, id)| self.position(kind, id))
                    .collect();
                let patient = targets.iter().find_map(|target| self.records[*target].patient.clone());
                self.records[index].patient = patient;
                for target in targets {
                    self.provenance.entry(target).or_default().push(index);
                }
            }
        }
        let newest =
            self.records.iter().filter_map(|record| record.json["meta"]["lastUpdated"].as_str()).max();
        if let Some(newest) = newest {
            self.updated = newest.to_owned();
        }
    }

    fn position(&self, kind: &str, id: &str) -> Option<usize> {
        self.by_key.get(&(kind.to_owned(), id.to_owned())).copied()
    }

    pub(crate) fn get(&self, kind: &str, id: &str) -> Option<&Record> {
        self.position(kind, id).map(|index| &self.records[index])
    }

    /// The resource a relative reference points to, when it is here.
    pub(crate) fn resolve(&self, reference: &str) -> Option<&Record> {
        local(reference).and_then(|(kind, id)| self.get(kind, id))
    }

    /// All resources of a type for one patient.
    pub(crate) fn of_patient<'a>(
        &'a self,
        kind: &'a str,
        patient: &'a str,
    ) -> impl Iterator<Item = &'a Record> {
        self.records
            .iter()
            .filter(move |record| record.kind == kind && record.patient.as_deref() == Some(patient))
    }

    /// The Provenance that targets this resource.
    pub(crate) fn provenance_of(&self, record: &Record) -> impl Iterator<Item = &Record> {
        self.position(&record.kind, &record.id)
            .and_then(|index| self.provenance.get(&index))
            .into_iter()
            .flatten()
            .map(|index| &self.records[*index])
    }

    pub(crate) fn bsn_of(&self, patient: &str) -> Option<&str> {
        self.bsn_of.get(patient).map(String::as_str)
    }

    pub(crate) fn patient_of(&self, number: &str) -> Option<&str> {
        self.patient_of.get(number).map(String::as_str)
    }

    /// Every BSN, sorted.
    pub(crate) fn bsns(&self) -> impl Iterator<Item = &str> {
        self.patient_of.keys().map(String::as_str)
    }

    /// How many resources belong to a patient, the Patient itself not counted.
    pub(crate) fn weight(&self, patient: &str) -> usize {
        self.records
            .iter()
            .filter(|record| record.kind != "Patient" && record.patient.as_deref() == Some(patient))
            .count()
    }

    /// Every resource type that occurs.
    pub(crate) fn kinds(&self) -> BTreeSet<&str> {
        self.records.iter().map(|record| record.kind.as_str()).collect()
    }

    #[cfg(test)]
    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }
}

/// The BSN of a Patient resource.
pub(crate) fn number_of(patient: &Value) -> Option<&str> {
    patient["identifier"]
        .as_array()?
        .iter()
        .find(|identifier| identifier["system"] == bsn::SYSTEM)
        .and_then(|identifier| identifier["value"].as_str())
}

fn direct_patient(json: &Value) -> Option<(&str, &str)> {
    ["patient", "subject", "beneficiary", "for"]
        .iter()
        .filter_map(|field| json[field]["reference"].as_str())
        .filter_map(local)
        .find(|(kind, _)| *kind == "Patient")
}

/// The reference texts below a dotted path; arrays on the way are walked.
pub(crate) fn references<'a>(json: &'a Value, path: &str) -> impl Iterator<Item = &'a str> {
    values(json, path).into_iter().filter_map(|value| value["reference"].as_str())
}

/// The values below a dotted path; arrays on the way and at the end are walked.
pub(crate) fn values<'a>(json: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut found = vec![json];
    for step in path.split('.') {
        found = found
            .into_iter()
            .filter_map(|value| value.get(step))
            .flat_map(|value| value.as_array().map_or_else(|| vec![value], |list| list.iter().collect()))
            .collect();
    }
    found
}

/// Type and id of a relative reference.
pub(crate) fn local(reference: &str) -> Option<(&str, &str)> {
    let (kind, rest) = reference.split_once('/')?;
    let id = rest.split("/_history/").next()?;
    let simple =
        !id.is_empty() && !id.contains('/') && kind.starts_with(|first: char| first.is_ascii_uppercase());
    simple.then_some((kind, id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn small() -> Store {
        Store::new(vec![
            json!({"resourceType":"Provenance","id":"v","target":[{"reference":"Flag/f"}]}),
            json!({"resourceType":"Flag","id":"f","subject":{"reference":"Patient/p"}}),
            json!({"resourceType":"Flag","id":"g","subject":{"reference":"Patient/missing"}}),
            json!({"resourceType":"Organization","id":"o"}),
            json!({"resourceType":"Patient","id":"p","identifier":[{"system":bsn::SYSTEM,"value":"999900006"}]}),
        ])
    }

    #[test]
    fn each_resource_knows_its_patient() {
        let store = small();
        for (kind, id, patient) in [
            ("Provenance", "v", Some("p")),
            ("Flag", "f", Some("p")),
            ("Flag", "g", Some("missing")),
            ("Organization", "o", None),
            ("Patient", "p", Some("p")),
        ] {
            assert_eq!(store.get(kind, id).expect("present").patient.as_deref(), patient, "{kind}/{id}");
        }
        assert_eq!(store.patient_of("999900006"), Some("p"));
        assert_eq!(store.weight("p"), 2);
        let flag = store.resolve("Flag/f").expect("present");
        assert_eq!(store.provenance_of(flag).map(|record| record.id.as_str()).collect::<Vec<_>>(), ["v"]);
    }

    #[test]
    fn only_relative_references_are_local() {
        assert_eq!(local("Patient/1"), Some(("Patient", "1")));
        assert_eq!(local("Patient/1/_history/2"), Some(("Patient", "1")));
        for other in ["#x", "urn:uuid:1", "https://example.org/Patient/1", "Patient/", ""] {
            assert_eq!(local(other), None, "{other}");
        }
    }
}
