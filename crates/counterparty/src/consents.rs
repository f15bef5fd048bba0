//! A consent register that answers with FHIR resources: what the patient chose, as R4 Consents for the source to weigh.
//!
//! Which API a national register will offer is not known. Played is what FHIR itself has: a search of the source by the
//! BSN, and Consents with provisions. A source that asks for consent in this way decides itself.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::{Call, Delivery, Reply, Script};

/// Code system of the categories of data, that of the closed question.
pub const CATEGORIES: &str = "urn:oid:2.16.840.1.113883.2.4.3.111.5.10.1";
const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
const URA: &str = "http://fhir.nl/fhir/NamingSystem/ura";
const FHIR_JSON: &str = "application/fhir+json; fhirVersion=4.0";

/// What the register does when it is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Says {
    /// These Consents, as a searchset; none when the patient chose nothing.
    Consents(Vec<Value>),
    /// An OperationOutcome with status 500.
    Fault,
    /// Nothing, until the product gives up.
    Silence,
    /// Half an answer.
    Garbage,
}

/// The register for one patient; clones are the same one.
#[derive(Debug, Clone)]
pub struct Register(Arc<Mutex<Says>>);

impl Register {
    /// A register that answers like this.
    #[must_use]
    pub fn new(says: Says) -> Self {
        Self(Arc::new(Mutex::new(says)))
    }

    /// From now on it answers like this.
    pub fn set(&self, says: Says) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = says;
    }
}

impl Script for Register {
    fn answer(&self, call: &Call) -> Reply {
        let asked = call.path.trim_matches('/');
        let search = match call.method.as_str() {
            "POST" => asked == "Consent/_search",
            "GET" => asked == "Consent",
            _ => false,
        };
        if !search {
            return outcome(404, "not-found");
        }
        let says = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match says {
            Says::Consents(all) => {
                Reply::json(200, FHIR_JSON, &searchset(&all)).note("consents", json!(all.len()))
            }
            Says::Fault => outcome(500, "exception"),
            Says::Silence => Reply::empty(200).delivered(Delivery::Silent),
            Says::Garbage => {
                let text = searchset(&[]).to_string();
                let half: String = text.chars().take(text.len() / 2).collect();
                Reply::new(200).header("content-type", FHIR_JSON).body(half)
            }
        }
    }
}

fn searchset(all: &[Value]) -> Value {
    let entry = |one: &Value| json!({ "resource": one, "search": { "mode": "match" } });
    let entries: Vec<Value> = all.iter().map(entry).collect();
    json!({ "resourceType": "Bundle", "type": "searchset", "total": all.len(), "entry": entries })
}

fn outcome(status: u16, code: &str) -> Reply {
    let issue = json!([{ "severity": "error", "code": code }]);
    Reply::json(status, FHIR_JSON, &json!({ "resourceType": "OperationOutcome", "issue": issue }))
}

/// A Consent of the patient with this BSN that is in force; without a provision it says nothing.
#[must_use]
pub fn consent(id: &str, bsn: &str, provision: Option<Value>) -> Value {
    let coding = |system: &str, code: &str| json!({ "coding": [{ "system": system, "code": code }] });
    let mut consent = json!({
        "resourceType": "Consent",
        "id": id,
        "status": "active",
        "scope": coding("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"),
        "category": [coding("http://loinc.org", "59284-0")],
        "patient": { "identifier": { "system": BSN, "value": bsn } },
        "dateTime": "2026-01-01",
        "policyRule": coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN"),
    });
    if let Some(provision) = provision {
        consent["provision"] = provision;
    }
    consent
}

/// A provision, about one category of data or about all.
#[must_use]
pub fn provision(permit: bool, category: Option<&str>) -> Value {
    let mut provision = json!({ "type": if permit { "permit" } else { "deny" } });
    if let Some(category) = category {
        provision["code"] = json!([{ "coding": [{ "system": CATEGORIES, "code": category }] }]);
    }
    provision
}

/// A provision that holds for the organisation with this URA alone.
#[must_use]
pub fn only_for(mut provision: Value, ura: &str) -> Value {
    let role = json!({ "coding": [{
        "system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP" }] });
    provision["actor"] =
        json!([{ "role": role, "reference": { "identifier": { "system": URA, "value": ura } } }]);
    provision
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_gets_what_the_register_says() {
        let register = Register::new(Says::Consents(Vec::new()));
        let search = || register.answer(&Call::test("POST", "/Consent/_search"));
        let json = |reply: &Reply| serde_json::from_slice::<Value>(&reply.body).ok();
        assert_eq!(json(&search()).expect("a Bundle")["total"], 0);
        let one = only_for(provision(true, Some("GGC013")), "90000111");
        register.set(Says::Consents(vec![consent("a", "999900018", Some(one))]));
        let found = json(&search()).expect("a Bundle");
        let provision = &found["entry"][0]["resource"]["provision"];
        assert_eq!(provision["type"], "permit");
        assert_eq!(provision["actor"][0]["reference"]["identifier"]["value"], "90000111");
        register.set(Says::Fault);
        assert_eq!(search().status, 500);
        register.set(Says::Garbage);
        assert!(json(&search()).is_none() && !search().body.is_empty());
        register.set(Says::Silence);
        assert_eq!(search().delivery, Delivery::Silent);
        assert_eq!(register.answer(&Call::test("DELETE", "/Consent/a")).status, 404);
    }
}
