//! Answers for the tests of checks.

use keur_evidence::{
    event::{Failure, Timing},
    http::{Answer, Request, Response, Transport},
};
use serde_json::Value;
use url::Url;

fn request() -> Request {
    Request::new("toets", "GET", Url::parse("https://bron.example/fhir/Patient").expect("a URL"), "none")
}

/// An answer with this body as FHIR JSON.
pub(crate) fn answer(status: u16, body: &Value) -> Answer {
    text(status, "application/fhir+json", &body.to_string())
}

/// An answer with this text.
pub(crate) fn text(status: u16, media: &str, body: &str) -> Answer {
    let response = Response {
        status,
        version: "HTTP/2.0".to_owned(),
        headers: vec![("content-type".to_owned(), media.to_owned())],
        wire: body.as_bytes().to_vec(),
        truncated: false,
        body: Ok(body.as_bytes().to_vec()),
        tls: None,
        timing: Timing { head_ms: 1, total_ms: 1 },
    };
    Answer { id: "x-000001".to_owned(), request: request(), reply: Ok(response) }
}

/// No answer at all.
pub(crate) fn silent(failure: Failure) -> Answer {
    let reply = Err(Transport { failure, message: "toets".to_owned() });
    Answer { id: "x-000001".to_owned(), request: request(), reply }
}
