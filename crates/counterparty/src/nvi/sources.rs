//! The sources behind the custodians: each has something, or is down.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};

use super::FHIR;
use crate::{Call, Delivery, Reply, Script};

/// How a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It has so many resources of the kind that is asked for.
    Has(usize),
    /// It answers 503.
    Down,
    /// It has something, and breaks off halfway.
    Half,
}

/// The sources at `…/bron/<ura>/fhir`; clones are the same ones.
#[derive(Debug, Clone, Default)]
pub struct Sources(Arc<Mutex<BTreeMap<String, Source>>>);

impl Sources {
    /// From now on this source is like this.
    pub fn set(&self, ura: &str, source: Source) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(ura.to_owned(), source);
    }
}

impl Script for Sources {
    fn answer(&self, call: &Call) -> Reply {
        let mut segments = call.path.split("/bron/").nth(1).unwrap_or_default().split('/');
        let (ura, kind) = (segments.next().unwrap_or_default(), segments.nth(1).unwrap_or_default());
        let source = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(ura).copied();
        let (status, body) = match source {
            None => (
                404,
                json!({ "resourceType": "OperationOutcome", "issue": [{ "severity": "error", "code": "not-found" }] }),
            ),
            Some(Source::Down) => (
                503,
                json!({ "resourceType": "OperationOutcome", "issue": [{ "severity": "error", "code": "transient" }] }),
            ),
            Some(Source::Has(_) | Source::Half) => {
                let count = if let Some(Source::Has(count)) = source { count } else { 1 };
                let entry = |at: usize| json!({ "resource": { "resourceType": kind, "id": format!("{ura}-{at}"), "status": "active" } });
                let entries: Vec<Value> = (1..=count).map(entry).collect();
                (
                    200,
                    json!({ "resourceType": "Bundle", "type": "searchset", "total": count, "entry": entries }),
                )
            }
        };
        let half = source == Some(Source::Half);
        Reply::json(status, FHIR, &body).delivered(if half { Delivery::Half } else { Delivery::Whole })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_answers_for_itself() {
        let sources = Sources::default();
        sources.set("1", Source::Has(2));
        sources.set("2", Source::Down);
        let ask = |path: &str| sources.answer(&Call::test("POST", path)).status;
        assert_eq!(ask("/bron/1/fhir/MedicationRequest/_search"), 200);
        assert_eq!(ask("/bron/2/fhir/MedicationRequest/_search"), 503);
        assert_eq!(ask("/bron/3/fhir/MedicationRequest"), 404);
        sources.set("3", Source::Half);
        let half = sources.answer(&Call::test("POST", "/bron/3/fhir/MedicationRequest/_search"));
        assert_eq!((half.status, half.delivery), (200, Delivery::Half));
    }
}
