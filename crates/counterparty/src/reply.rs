//! What a script answers, and how scripts are put together.

use serde_json::{Map, Value};

use crate::call::Call;

/// How an answer leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Delivery {
    /// As it is.
    #[default]
    Whole,
    /// The head promises all of the body, and the connection ends halfway.
    Half,
    /// Nothing is sent until the client gives up, or our own bound is reached.
    Silent,
}

impl Delivery {
    /// The word in evidence.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Half => "half",
            Self::Silent => "silent",
        }
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// How it leaves.
    pub delivery: Delivery,
    /// What the script established about the request: facts for checks.
    pub notes: Map<String, Value>,
}

impl Reply {
    /// An answer without headers or body.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), delivery: Delivery::Whole, notes: Map::new() }
    }

    /// The same as [`Reply::new`], where emptiness is meant.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self::new(status)
    }

    /// An answer with JSON.
    #[must_use]
    pub fn json(status: u16, content_type: &str, body: &Value) -> Self {
        Self::new(status).header("content-type", content_type).body(body.to_string())
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With the id of the request it answers, so that the log of the other side can hold both.
    #[must_use]
    pub fn answering(self, call: &Call) -> Self {
        match call.request_id() {
            Some(id) if self.headers.iter().all(|(name, _)| !name.eq_ignore_ascii_case("x-request-id")) => {
                self.header("x-request-id", id)
            }
            _ => self,
        }
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// With a fact for checks.
    #[must_use]
    pub fn note(mut self, name: &str, value: Value) -> Self {
        self.notes.insert(name.to_owned(), value);
        self
    }

    /// Leaving otherwise than whole.
    #[must_use]
    pub fn delivered(self, delivery: Delivery) -> Self {
        Self { delivery, ..self }
    }
}

/// What a party we play answers. It keeps its own state; it reads no clock, waits for nothing and contacts nobody.
pub trait Script: Send + Sync {
    /// The answer to a request.
    fn answer(&self, call: &Call) -> Reply;
}

/// Several scripts at one place, by the longest beginning of the path.
#[derive(Default)]
pub struct Routes(Vec<(String, Box<dyn Script>)>);

impl Routes {
    /// No scripts yet: everything is 404.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a script for what lies at or below this path.
    #[must_use]
    pub fn at(mut self, prefix: &str, script: impl Script + 'static) -> Self {
        self.0.push((prefix.trim_end_matches('/').to_owned(), Box::new(script)));
        self
    }
}

impl Script for Routes {
    fn answer(&self, call: &Call) -> Reply {
        let lies = |prefix: &str| {
            call.path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let fits = self.0.iter().filter(|(prefix, _)| lies(prefix));
        match fits.max_by_key(|(prefix, _)| prefix.len()) {
            Some((_, script)) => script.answer(call),
            None => Reply::empty(404),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Says(u16);

    impl Script for Says {
        fn answer(&self, _: &Call) -> Reply {
            Reply::empty(self.0)
        }
    }

    #[test]
    fn the_id_of_a_request_comes_back_once_and_an_absurd_one_never() {
        let ids = |reply: &Reply| reply.headers.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>();
        let call = |id: &str| Call::test("GET", "/").with("X-Request-Id", id);
        assert_eq!(ids(&Reply::empty(204).answering(&call("a-1"))), ["a-1"]);
        assert_eq!(ids(&Reply::empty(204).header("X-Request-Id", "own").answering(&call("a-1"))), ["own"]);
        for absurd in ["", "a b", "a\r\nSet-Cookie: x", "\u{e9}", &"x".repeat(129)] {
            assert!(ids(&Reply::empty(204).answering(&call(absurd))).is_empty(), "{absurd:?}");
        }
        assert!(ids(&Reply::empty(204).answering(&Call::test("GET", "/"))).is_empty());
    }

    #[test]
    fn the_longest_beginning_decides() {
        let routes = Routes::new().at("/fhir", Says(200)).at("/fhir/Task", Says(201));
        let status = |target| routes.answer(&Call::test("GET", target)).status;
        assert_eq!(
            [status("/fhir/Patient?_id=1"), status("/fhir/Task/1"), status("/fhirs"), status("/")],
            [200, 201, 404, 404]
        );
    }
}
