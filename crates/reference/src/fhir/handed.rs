//! What a handover takes from the data of a source, as it is served.

use serde_json::Value;

use super::Service;

impl Service {
    /// The Patient with this BSN.
    pub(crate) fn patient(&self, bsn: &str) -> Option<Value> {
        let id = self.store.patient_of(bsn)?;
        self.store.get("Patient", id).map(|record| self.render(record))
    }

    /// All resources of a type about the patient with this BSN.
    pub(crate) fn about(&self, bsn: &str, kind: &str) -> Vec<Value> {
        let Some(id) = self.store.patient_of(bsn) else { return Vec::new() };
        self.store.of_patient(kind, id).map(|record| self.render(record)).collect()
    }

    /// The resource a relative reference names.
    pub(crate) fn referred(&self, reference: &str) -> Option<Value> {
        self.store.resolve(reference).map(|record| self.render(record))
    }
}
