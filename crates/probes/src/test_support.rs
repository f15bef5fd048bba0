//! Answers for the tests of checks.

use keur_evidence::{
    event::{Failure, Timing},
    heard::Heard,
    http::{Answer, Parsed, Request, Response, Transport},
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
    with_headers(status, &[("content-type", media)], body.as_bytes())
}

/// An answer with these headers.
pub(crate) fn with_headers(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let response = Response {
        status,
        version: "HTTP/2.0".to_owned(),
        headers,
        wire_bytes: body.len(),
        truncated: false,
        body: Ok(body.to_vec()),
        tls: None,
        timing: Timing { head_ms: 1, total_ms: 1 },
        parsed: Parsed::default(),
    };
    Answer { id: "x-000001".to_owned(), request: request(), reply: Ok(response) }
}

/// The same answer, to another request below the FHIR base.
pub(crate) fn asked(mut answer: Answer, method: &str, path: &str) -> Answer {
    answer.request.method = method.to_owned();
    answer.request.url = Url::parse(&format!("https://bron.example/fhir/{path}")).expect("a URL");
    answer
}

/// No answer at all.
pub(crate) fn silent(failure: Failure) -> Answer {
    let reply = Err(Transport { failure, message: "toets".to_owned() });
    Answer { id: "x-000001".to_owned(), request: request(), reply }
}

/// A request of the product to a party we play, which we answered with this status.
pub(crate) fn heard(method: &str, path: &str, status: u16, body: &str) -> Heard {
    Heard {
        id: "x-000001".to_owned(),
        service: "toets".to_owned(),
        origin: "https://keur.test".to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
        query: String::new(),
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
        whole: true,
        certificate: None,
        trusted: None,
        status,
        delivery: "whole".to_owned(),
        notes: Value::Null,
    }
}
