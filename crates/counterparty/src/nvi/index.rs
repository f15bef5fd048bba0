//! The index: Lists are registered and deleted in transactions, and searched.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::{CATEGORIES, CLIENT, CUSTODIAN, FHIR, Pseudonyms, URA};
use crate::{Call, Reply, Script};

/// The most it keeps.
const MOST: usize = 1_000;

/// How the index is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It knows these custodians, of whatever patient.
    Knows(Vec<String>),
    /// It answers 503.
    Down,
}

/// The index at `…/nvi`. Pseudonyms are blinded anew each time and cannot be compared here, so that a search finds
/// what the scenario says. Clones are the same index.
#[derive(Debug, Clone)]
pub struct Index {
    state: Arc<Mutex<State>>,
    registered: Arc<Mutex<Vec<Value>>>,
    pseudonyms: Pseudonyms,
}

impl Index {
    /// An index in a state, beside the service whose pseudonyms it reads.
    #[must_use]
    pub fn new(state: State, pseudonyms: Pseudonyms) -> Self {
        Self { state: Arc::new(Mutex::new(state)), registered: Arc::default(), pseudonyms }
    }

    /// From now on it is like this.
    pub fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn registered(&self) -> MutexGuard<'_, Vec<Value>> {
        self.registered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn create(&self, list: &Value) -> Option<String> {
        let mut registered = self.registered();
        if registered.len() >= MOST {
            return None;
        }
        let id = format!("aanmelding-{}", registered.len() + 1);
        let mut list = list.clone();
        list["id"] = json!(id);
        registered.push(list);
        Some(id)
    }

    /// 204 when it was there, 404 when not.
    fn delete(&self, id: &str) -> u16 {
        let mut registered = self.registered();
        let found = registered.iter_mut().find(|list| list["id"] == id);
        found.map_or(404, |list| {
            *list = Value::Null;
            204
        })
    }

    fn transaction(&self, bundle: &Value) -> Reply {
        let entries = bundle["entry"].as_array().filter(|_| bundle["type"] == "transaction");
        let Some(entries) = entries else { return outcome(400, "invalid") };
        let (mut answers, mut created, mut deleted, mut uses) = (Vec::new(), vec![], vec![], vec![]);
        for entry in entries {
            let request = &entry["request"];
            let url = request["url"].as_str().unwrap_or_default();
            let answer = match request["method"].as_str() {
                Some("POST") if entry["resource"]["resourceType"] == "List" => {
                    let Some(id) = self.create(&entry["resource"]) else { return outcome(429, "throttled") };
                    let pseudonym = entry["resource"]["subject"]["identifier"]["value"].as_str();
                    uses.push(self.pseudonyms.used(pseudonym.unwrap_or_default()));
                    created.push(id.clone());
                    json!({ "response": { "status": "201 Created", "location": format!("List/{id}") } })
                }
                Some("DELETE") => {
                    let id = url.strip_prefix("List/").unwrap_or_default();
                    let status = self.delete(id);
                    deleted.push(id.to_owned());
                    json!({ "response": { "status": status.to_string() } })
                }
                // Updates do not exist here.
                _ => return outcome(400, "not-supported"),
            };
            answers.push(answer);
        }
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": answers });
        Reply::json(200, FHIR, &bundle)
            .note("created", json!(created))
            .note("deleted", json!(deleted))
            .note("pseudonyms", json!(uses))
    }

    fn search(&self, call: &Call) -> Reply {
        let pairs = call.pairs();
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        if value("source:identifier").is_some() {
            let own = self.registered().iter().filter(|list| !list.is_null()).map(without_subject).collect();
            return searchset(own);
        }
        let State::Knows(custodians) = self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
        else {
            return outcome(503, "transient");
        };
        // A search without a pseudonym is answered all the same, so that what it asks for can be seen.
        let pseudonym = value("subject:identifier").and_then(|token| token.rsplit('|').next());
        let uses: Vec<_> = pseudonym.iter().map(|pseudonym| self.pseudonyms.used(pseudonym)).collect();
        let code = value("code").and_then(|code| code.rsplit('|').next()).unwrap_or("MedicationRequest");
        let found = custodians.iter().enumerate().map(|(at, ura)| list(at, ura, code)).collect();
        searchset(found).note("pseudonyms", json!(uses))
    }
}

impl Script for Index {
    fn answer(&self, call: &Call) -> Reply {
        let below = call.path.split("/nvi").nth(1).unwrap_or(&call.path).trim_matches('/');
        if *self.state.lock().unwrap_or_else(PoisonError::into_inner) == State::Down {
            return outcome(503, "transient");
        }
        match (call.method.as_str(), below) {
            ("POST", "") => self.transaction(&call.json().unwrap_or(Value::Null)),
            ("GET", "List") => self.search(call),
            ("DELETE", path) => match path.strip_prefix("List/") {
                Some(id) => Reply::empty(self.delete(id)).note("deleted", json!([id])),
                None => outcome(404, "not-found"),
            },
            _ => outcome(404, "not-found"),
        }
    }
}

/// An answer of the index leaves the pseudonym out.
fn without_subject(list: &Value) -> Value {
    let mut list = list.clone();
    if let Some(subject) = list["subject"].as_object_mut() {
        subject.remove("identifier");
    }
    list
}

fn list(at: usize, ura: &str, code: &str) -> Value {
    json!({
        "resourceType": "List",
        "id": format!("vindplaats-{}", at + 1),
        "extension": [{ "url": CUSTODIAN, "valueReference": { "identifier": { "system": URA, "value": ura } } }],
        "status": "current",
        "mode": "working",
        "code": { "coding": [{ "system": CATEGORIES, "code": code }] },
        "source": { "identifier": { "system": CLIENT, "value": format!("client-{ura}") } },
        "emptyReason": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": "withheld" }] },
    })
}

fn searchset(found: Vec<Value>) -> Reply {
    let entries: Vec<Value> = found.into_iter().map(|resource| json!({ "resource": resource })).collect();
    let bundle =
        json!({ "resourceType": "Bundle", "type": "searchset", "total": entries.len(), "entry": entries });
    Reply::json(200, FHIR, &bundle)
}

fn outcome(status: u16, code: &str) -> Reply {
    let issue = json!([{ "severity": "error", "code": code }]);
    Reply::json(status, FHIR, &json!({ "resourceType": "OperationOutcome", "issue": issue }))
}

#[cfg(test)]
mod tests {
    use super::{super::PSEUDONYM, *};

    fn post(index: &Index, entries: Value) -> Reply {
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
        index.answer(&Call { body: bundle.to_string().into_bytes(), ..Call::test("POST", "/nvi") })
    }

    fn get(index: &Index, query: &str) -> Reply {
        index.answer(&Call { query: query.to_owned(), ..Call::test("GET", "/nvi/List") })
    }

    #[test]
    fn what_is_registered_can_be_deleted_once() {
        let index = Index::new(State::Knows(Vec::new()), Pseudonyms::default());
        let made = post(
            &index,
            json!([{ "resource": { "resourceType": "List" }, "request": { "method": "POST", "url": "List" } }]),
        );
        let body = String::from_utf8(made.body).expect("text");
        assert!(body.contains("List/aanmelding-1"), "{body}");
        let delete = || index.answer(&Call::test("DELETE", "/nvi/List/aanmelding-1")).status;
        assert_eq!((delete(), delete()), (204, 404));
        assert_eq!(post(&index, json!([{ "request": { "method": "PUT", "url": "List/1" } }])).status, 400);
    }

    #[test]
    fn a_search_finds_what_the_scenario_says() {
        let index = Index::new(State::Knows(vec!["11111111".to_owned()]), Pseudonyms::default());
        let found = get(&index, &format!("subject:identifier={PSEUDONYM}|x&code=Imaging"));
        let body = String::from_utf8(found.body).expect("text");
        assert!(body.contains("11111111") && body.contains("Imaging") && !body.contains("subject"), "{body}");
        index.set(State::Down);
        assert_eq!(get(&index, &format!("subject:identifier={PSEUDONYM}|x")).status, 503);
    }
}
