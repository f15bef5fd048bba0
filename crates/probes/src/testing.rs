//! Answers for unit tests of checks.

use keur_evidence::{
    event::{Failure, Timing},
    http::{Answer, Request, Response, Transport},
};

/// A response with this status, type and body.
pub(crate) fn answer(status: u16, content_type: &str, body: &str) -> Answer {
    with_headers(status, &[("content-type", content_type)], body.as_bytes())
}

/// A response with these headers.
pub(crate) fn with_headers(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let response = Response {
        status,
        version: "HTTP/1.1".to_owned(),
        headers,
        wire: body.to_vec(),
        truncated: false,
        body: Ok(body.to_vec()),
        tls: None,
        timing: Timing { head_ms: 1, total_ms: 1 },
    };
    Answer { id: "x-000001".to_owned(), request: request("GET", "Patient?x=1"), reply: Ok(response) }
}

/// No response at all.
pub(crate) fn failed() -> Answer {
    let transport = Transport { failure: Failure::Connect, message: "test".to_owned() };
    Answer { id: "x-000002".to_owned(), request: request("GET", "Patient"), reply: Err(transport) }
}

/// The same answer to another request.
pub(crate) fn asked(mut answer: Answer, method: &str, path: &str) -> Answer {
    answer.request = request(method, path);
    answer
}

fn request(method: &str, path: &str) -> Request {
    let url = url::Url::parse(&format!("http://127.0.0.1/fhir/{path}")).expect("a URL");
    Request::new("test", method, url, "none")
}
