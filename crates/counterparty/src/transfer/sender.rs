//! A sender: it has a Task for the receiver, the data the Task opens, and everything that can go wrong there.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::{FHIR, JSON, Kind, TOKEN, content};
use crate::{
    bgz::Failing,
    call::Call,
    oauth::Tokens,
    reply::{Delivery, Reply, Script},
};

/// Nothing follows these, and with them a referral no longer opens anything.
const OVER: [&str; 4] = ["completed", "rejected", "cancelled", "failed"];

/// How the Task and its data are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The Task is open and the data are there.
    Open,
    /// The Task has this status already.
    Closed(&'static str),
    /// There is no such Task.
    Gone,
    /// The Task is open, and one of the answers with data fails.
    Failing(Failing),
}

/// A sender with one Task. Notes `token` with every request for data or Task, and `listed` with every query.
pub struct Sender {
    tokens: Arc<Tokens>,
    kind: Kind,
    id: String,
    bsn: String,
    state: State,
    task: Mutex<Value>,
}

impl Sender {
    /// One with the Task of this id about this patient, from and to these organisations.
    #[must_use]
    pub fn new(
        tokens: Arc<Tokens>,
        kind: Kind,
        id: &str,
        bsn: &str,
        parties: [&str; 2],
        state: State,
    ) -> Self {
        let status = match (state, kind) {
            (State::Closed(status), _) => status,
            (_, Kind::Referral) => "requested",
            (_, Kind::Handover) => "in-progress",
        };
        let task = Mutex::new(content::workflow(kind, id, bsn, parties, status));
        Self { tokens, kind, id: id.to_owned(), bsn: bsn.to_owned(), state, task }
    }

    fn fhir(&self, call: &Call, path: &str) -> Reply {
        if self.tokens.recognise(call) != "right" {
            return outcome(401, "login").header("www-authenticate", "Bearer");
        }
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let base = format!("{}{FHIR}", call.base);
        match (call.method.as_str(), segments.as_slice()) {
            (method, ["Task", id]) => self.task(call, method, id),
            ("GET", ["Composition", id, "$document"]) if self.kind == Kind::Handover && *id == self.id => {
                self.whole_or_not(content::document(&self.id, &self.bsn, &base))
            }
            ("GET", _) => self.search(path.trim_start_matches('/'), call.pairs(), &base),
            ("POST", [kind, "_search"]) => self.search(kind, call.form(), &base),
            _ => outcome(405, "not-supported"),
        }
    }

    fn task(&self, call: &Call, method: &str, id: &str) -> Reply {
        if id != self.id || self.state == State::Gone {
            return outcome(404, "not-found");
        }
        let mut task = self.kept();
        match method {
            "GET" => Reply::json(200, JSON, &task),
            "PUT" => match call.json().filter(|body| body["resourceType"] == "Task" && body["id"] == id) {
                Some(body) if is_over(&task) && task["status"] != body["status"] => outcome(409, "conflict"),
                Some(body) => {
                    task["status"] = body["status"].clone();
                    Reply::json(200, JSON, &task)
                }
                None => outcome(400, "invalid"),
            },
            _ => outcome(405, "not-supported").header("allow", "GET, PUT"),
        }
    }

    /// Only what the Task lists is given, until it is over.
    fn search(&self, kind: &str, mut pairs: Vec<(String, String)>, base: &str) -> Reply {
        pairs.sort();
        let same = |query: &&String| {
            let (path, parameters) = query.split_once('?').unwrap_or((query, ""));
            let mut listed: Vec<_> =
                url::form_urlencoded::parse(parameters.as_bytes()).into_owned().collect();
            listed.sort();
            path == kind && listed == pairs
        };
        let listed =
            self.kind == Kind::Referral && content::queries(&self.bsn).iter().any(|query| same(&query));
        let reply = if !listed || is_over(&self.kept()) {
            outcome(403, "forbidden")
        } else {
            let found = content::found(kind, &self.bsn, base);
            if kind == "Condition" { self.whole_or_not(found) } else { Reply::json(200, JSON, &found) }
        };
        reply.note("listed", listed.into())
    }

    fn kept(&self) -> MutexGuard<'_, Value> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn whole_or_not(&self, body: Value) -> Reply {
        let whole = Reply::json(200, JSON, &body);
        match self.state {
            State::Failing(Failing::Error) => outcome(500, "exception"),
            State::Failing(Failing::Half) => whole.delivered(Delivery::Half),
            State::Failing(Failing::Silent) => whole.delivered(Delivery::Silent),
            State::Failing(Failing::Outcome) => outcome(200, "incomplete"),
            _ => whole,
        }
    }
}

impl Script for Sender {
    fn answer(&self, call: &Call) -> Reply {
        if call.path == TOKEN {
            return self.tokens.answer(call);
        }
        match call.path.strip_prefix(FHIR).filter(|rest| rest.starts_with('/')) {
            Some(path) => self.fhir(call, path).note("token", self.tokens.recognise(call).into()),
            None => Reply::empty(404),
        }
    }
}

fn is_over(task: &Value) -> bool {
    task["status"].as_str().is_some_and(|status| OVER.contains(&status))
}

fn outcome(status: u16, code: &str) -> Reply {
    let issue = json!([{ "severity": "error", "code": code }]);
    Reply::json(status, JSON, &json!({ "resourceType": "OperationOutcome", "issue": issue }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(kind: Kind, state: State) -> Sender {
        let tokens = Arc::new(Tokens::new("epd", json!({}), "geheim"));
        Sender::new(tokens, kind, "t-1", "999900018", ["90000111", "90000382"], state)
    }

    fn given(sender: &Sender, query: &str) -> Reply {
        let (path, parameters) = query.split_once('?').expect("parameters");
        let pairs = url::form_urlencoded::parse(parameters.as_bytes()).into_owned().collect();
        sender.search(path, pairs, "https://keur.test/fhir")
    }

    fn report(sender: &Sender, status: &str) -> u16 {
        let task = json!({ "resourceType": "Task", "id": "t-1", "status": status });
        let put = Call::test("PUT", "/fhir/Task/t-1").sending(task.to_string());
        sender.task(&put, "PUT", "t-1").status
    }

    #[test]
    fn only_what_the_task_lists_is_given() {
        let sender = sender(Kind::Referral, State::Open);
        for query in content::queries("999900018") {
            let reply = given(&sender, &query);
            let body: Value = serde_json::from_slice(&reply.body).expect("JSON");
            let entry = &body["entry"][0];
            let address = format!("https://keur.test/fhir/{}/", query.split('?').next().unwrap_or_default());
            assert_eq!((reply.status, &entry["search"]["mode"]), (200, &json!("match")), "{query}");
            assert!(entry["fullUrl"].as_str().is_some_and(|url| url.starts_with(&address)), "{entry}");
        }
        assert_eq!(given(&sender, "Encounter?x=y").status, 403);
        assert_eq!(sender.answer(&Call::test("GET", "/fhir/Task/t-1")).status, 401);
    }

    #[test]
    fn what_is_over_stays_over_and_opens_nothing() {
        let queries = content::queries("999900018");
        for end in OVER {
            let sender = sender(Kind::Referral, State::Open);
            assert_eq!([report(&sender, "accepted"), given(&sender, &queries[0]).status], [200; 2]);
            assert_eq!([report(&sender, end), report(&sender, end)], [200; 2], "{end}");
            assert_eq!(report(&sender, "requested"), 409, "{end}");
            assert_eq!(given(&sender, &queries[0]).status, 403, "{end}");
        }
    }

    #[test]
    fn the_task_is_as_the_state_says() {
        let read =
            |state| sender(Kind::Handover, state).task(&Call::test("GET", "/fhir/Task/t-1"), "GET", "t-1");
        assert_eq!(read(State::Gone).status, 404);
        let body: Value = serde_json::from_slice(&read(State::Closed("cancelled")).body).expect("JSON");
        assert_eq!(body["status"], "cancelled");
        let open = sender(Kind::Handover, State::Open);
        assert_eq!(report(&open, "completed"), 200);
        let get = Call::test("GET", "/fhir/Task/t-1");
        let again: Value = serde_json::from_slice(&open.task(&get, "GET", "t-1").body).expect("JSON");
        assert_eq!(again["status"], "completed");
        assert_eq!(
            sender(Kind::Handover, State::Failing(Failing::Error)).whole_or_not(json!({})).status,
            500
        );
    }
}
