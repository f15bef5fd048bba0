//! The pseudonym service: every blinded input gets an output of its own, which only the index can read.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{Call, Reply, Script};

/// The most it hands out.
const MOST: usize = 1_000;

/// Evaluates at `…/evaluate`. The function itself needs a key that only the national service has, and the outputs are
/// opaque to the asking party, so here they are numbered. Clones are the same service.
#[derive(Debug, Clone, Default)]
pub struct Pseudonyms {
    /// What goes into the outputs, so that those of two runs differ.
    salt: String,
    /// The outputs that were given, and how often each came back.
    given: Arc<Mutex<BTreeMap<String, usize>>>,
    /// It answers 503.
    down: Arc<AtomicBool>,
}

impl Pseudonyms {
    /// A service whose outputs carry a mark.
    #[must_use]
    pub fn new(salt: &str) -> Self {
        Self { salt: salt.to_owned(), ..Self::default() }
    }

    /// From now on it answers nobody.
    pub fn fail(&self) {
        self.down.store(true, Ordering::Relaxed);
    }

    /// What a pseudonym that reached the index is: `fresh`, `again`, `foreign` (not of this service) or `unreadable`.
    pub(super) fn used(&self, pseudonym: &str) -> &'static str {
        let bytes = URL_SAFE_NO_PAD.decode(pseudonym.trim_end_matches('=')).unwrap_or_default();
        let read: Option<Value> = serde_json::from_slice(&bytes).ok();
        let output = read.as_ref().filter(|read| read["blind_factor"].is_string());
        let Some(output) = output.and_then(|read| read["evaluated_output"].as_str()) else {
            return "unreadable";
        };
        match self.given().get_mut(output) {
            None => "foreign",
            Some(uses) => {
                *uses += 1;
                if *uses == 1 { "fresh" } else { "again" }
            }
        }
    }

    fn given(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Script for Pseudonyms {
    fn answer(&self, call: &Call) -> Reply {
        if call.method != "POST" || !call.path.ends_with("/evaluate") {
            return Reply::json(404, "application/json", &json!({ "error": "not_found" }));
        }
        if self.down.load(Ordering::Relaxed) {
            return Reply::json(503, "application/json", &json!({ "error": "temporarily_unavailable" }));
        }
        let asked = call.json().unwrap_or(Value::Null);
        let text = |name: &str| asked[name].as_str().is_some_and(|text| !text.is_empty());
        if !["blinded_input", "recipient_organization", "recipient_scope"].into_iter().all(text) {
            return Reply::json(400, "application/json", &json!({ "error": "invalid_request" }));
        }
        let mut given = self.given();
        if given.len() >= MOST {
            return Reply::json(429, "application/json", &json!({ "error": "slow_down" }));
        }
        let number = given.len() + 1;
        // The form of an encrypted token: five parts, none of which says anything to whoever holds no key.
        let part = |name: &str| URL_SAFE_NO_PAD.encode(format!("{name}-{}-{number}", self.salt));
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"dir","enc":"A256GCM"}"#);
        let output = format!("{head}..{}.{}.{}", part("iv"), part("text"), part("tag"));
        let reply = Reply::json(200, "application/json", &json!({ "evaluated_output": output }));
        given.insert(output, 0);
        reply
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(service: &Pseudonyms, body: &Value) -> Reply {
        service.answer(&Call { body: body.to_string().into_bytes(), ..Call::test("POST", "/prs/evaluate") })
    }

    #[test]
    fn each_whole_question_gets_an_output_of_its_own() {
        let service = Pseudonyms::new("a");
        let whole =
            json!({ "blinded_input": "x", "recipient_organization": "ura:1", "recipient_scope": "s" });
        let [one, two] = [ask(&service, &whole), ask(&service, &whole)];
        assert_eq!((one.status, two.status), (200, 200));
        assert_ne!(one.body, two.body);
        let given: Value = serde_json::from_slice(&one.body).expect("json");
        let pseudonym = |output: &Value| {
            URL_SAFE_NO_PAD.encode(json!({ "evaluated_output": output, "blind_factor": "b" }).to_string())
        };
        let output = pseudonym(&given["evaluated_output"]);
        assert_eq!([service.used(&output), service.used(&output)], ["fresh", "again"]);
        assert_eq!([service.used(&pseudonym(&json!("x"))), service.used("x")], ["foreign", "unreadable"]);
        assert_eq!(ask(&service, &json!({ "blinded_input": "x" })).status, 400);
        assert_eq!(service.answer(&Call::test("GET", "/prs/evaluate")).status, 404);
        service.fail();
        assert_eq!(ask(&service, &whole).status, 503);
    }
}
