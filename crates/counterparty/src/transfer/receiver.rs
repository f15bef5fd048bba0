//! A receiver: it gives tokens and takes notifications, or does not.

use super::{JSON, NOTIFICATIONS, TOKEN};
use crate::{
    call::Call,
    oauth::Tokens,
    reply::{Delivery, Reply, Script},
};

/// What becomes of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reception {
    /// It is taken.
    Taken,
    /// Status 500.
    Error,
    /// Status 403: not from this sender.
    Refused,
    /// The answer breaks off.
    Half,
    /// No answer.
    Silent,
}

/// A receiver. Notes `token` with every notification.
pub struct Receiver {
    tokens: Tokens,
    reception: Reception,
}

impl Receiver {
    /// One that gives these tokens.
    #[must_use]
    pub fn new(tokens: Tokens, reception: Reception) -> Self {
        Self { tokens, reception }
    }

    fn notified(&self, call: &Call, below: &str) -> Reply {
        if call.method != "POST" {
            return Reply::empty(405).header("allow", "POST");
        }
        if self.tokens.recognise(call) != "right" {
            return Reply::empty(401).header("www-authenticate", "Bearer");
        }
        let body = br#"{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational"}]}"#;
        let taken = Reply::new(if below == "Task" { 201 } else { 202 });
        match self.reception {
            Reception::Taken => taken,
            Reception::Error => Reply::empty(500),
            Reception::Refused => Reply::empty(403),
            Reception::Half => taken.header("content-type", JSON).body(*body).delivered(Delivery::Half),
            Reception::Silent => taken.delivered(Delivery::Silent),
        }
    }
}

impl Script for Receiver {
    fn answer(&self, call: &Call) -> Reply {
        if call.path == TOKEN {
            return self.tokens.answer(call);
        }
        match call.path.strip_prefix(NOTIFICATIONS).and_then(|rest| rest.strip_prefix('/')) {
            Some(below) => self.notified(call, below).note("token", self.tokens.recognise(call).into()),
            None => Reply::empty(404),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn without_a_token_nothing_is_taken() {
        let receiver = Receiver::new(Tokens::new("epd", json!({}), "geheim"), Reception::Taken);
        let reply = receiver.answer(&Call::test("POST", "/melding/Task"));
        assert_eq!((reply.status, &reply.notes["token"]), (401, &json!("missing")));
        assert_eq!(receiver.answer(&Call::test("GET", "/melding/Task")).status, 405);
        assert_eq!(receiver.answer(&Call::test("POST", "/elders")).status, 404);
    }
}
