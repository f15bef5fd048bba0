//! The marks by which both sides find a request again in their logs: `X-Request-Id` and W3C `traceparent`.

use crate::{digest, http::Request, recorder::Recorder};

/// Names a request for whoever answers it.
pub const REQUEST_ID: &str = "X-Request-Id";
/// W3C Trace Context.
pub const TRACE: &str = "traceparent";

impl Recorder {
    /// The request with both marks, each where the sentence set none. They are drawn apart from what a case draws, so
    /// that nothing else shifts. What a web page of elsewhere asks carries only what a browser would send.
    pub(crate) fn marked(&self, request: Request) -> Request {
        if self.seam().replay().is_some() || has(&request, "Origin") {
            return request;
        }
        let drawn = digest::to_hex(&self.drawn_for_marks());
        let (id, rest) = drawn.split_at(32);
        let mut request = request;
        if !has(&request, REQUEST_ID) {
            request = request.header(REQUEST_ID, &as_uuid(id));
        }
        if !has(&request, TRACE) {
            request = request.header(TRACE, &format!("00-{rest}-{}-01", &rest[..16]));
        }
        request
    }
}

/// 32 hex digits in the form of a random UUID (version 4).
pub(crate) fn as_uuid(hex: &str) -> String {
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

fn has(request: &Request, name: &str) -> bool {
    request.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
}
