//! What every answer carries: security headers, request id, compression.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, SERVER, SET_COOKIE, VARY};
use http::{HeaderName, HeaderValue, StatusCode};
use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use serde_json::{Value, json};

use time::OffsetDateTime;

use super::route::Call;
use crate::agenda;
use crate::oauth::nonces::Nonces;

const SECURITY: [(&str, &str); 5] = [
    ("cache-control", "no-store"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("content-security-policy", "frame-ancestors 'none'"),
];

/// An answer before the common parts are added.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn json(status: u16, content_type: &str, body: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    /// An error as FHIR says it.
    pub(crate) fn outcome(status: u16, code: &str, text: &str) -> Self {
        let issue = json!({ "severity": "error", "code": code, "diagnostics": text });
        let body = json!({ "resourceType": "OperationOutcome", "issue": [issue] });
        Self::json(status, "application/fhir+json; charset=utf-8", &body)
    }

    /// With a fresh nonce for the next proof, where the server hands them out.
    pub(crate) fn with_nonce(self, nonces: Option<&Nonces>) -> Self {
        let now = OffsetDateTime::now_utc().unix_timestamp();
        match nonces {
            Some(nonces) => self.with("dpop-nonce", nonces.fresh(now)),
            None => self,
        }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// Turns a reply into the response that goes out.
pub(super) fn finish(call: &Call, reply: Reply) -> Response<Full<Bytes>> {
    let coding = coding(call);
    let compressed = coding.filter(|_| !reply.body.is_empty()).and_then(|coding| {
        Some((coding.name(), coding.encode(&reply.body, call.product.defects.has("gzip-mislabelled"))?))
    });
    let (coding, body) = compressed.map_or((None, reply.body), |(name, body)| (Some(name), body));
    // For HEAD the length says what GET would have sent.
    let length = body.len();
    let body = if call.method == "HEAD" { Bytes::new() } else { Bytes::from(body) };

    let mut response = Response::new(Full::new(body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in SECURITY {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.insert(VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    if length > 0 && !headers.contains_key(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    }
    if let Some(coding) = coding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    if call.method == "HEAD" && length > 0 {
        headers.insert("content-length", HeaderValue::from(length));
    }
    if let Some(id) = call.request_id().and_then(|id| HeaderValue::from_str(id).ok()) {
        headers.insert("x-request-id", id);
    }
    add_defects(call, response.status(), response.headers_mut());
    response
}

fn add_defects(call: &Call, status: StatusCode, headers: &mut http::HeaderMap) {
    let product = &call.product;
    if product.defects.has("no-hsts") {
        headers.remove("strict-transport-security");
    }
    if product.defects.has("framework-header") && status.is_success() {
        headers.insert(SERVER, HeaderValue::from_static("KeurBron/1.2.3"));
        headers.insert("x-powered-by", HeaderValue::from_static("hyper/1.12"));
    }
    if product.defects.has("api-framed-errors")
        && call.path.starts_with(agenda::BASE)
        && status.is_client_error()
    {
        headers.remove("x-frame-options");
    }
    let is_fhir = call.path.contains("/fhir/");
    if product.defects.has("needs-session") && is_fhir && call.header("cookie").is_none() {
        let cookie = format!("SESSIE={}; Path=/; Secure; HttpOnly", product.session);
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            headers.insert(SET_COOKIE, cookie);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
}

impl Coding {
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }

    fn encode(self, body: &[u8], mislabelled: bool) -> Option<Vec<u8>> {
        if self == Self::Gzip && !mislabelled {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(body).ok()?;
            return encoder.finish().ok();
        }
        // `deflate` in HTTP is the zlib format.
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).ok()?;
        encoder.finish().ok()
    }
}

fn coding(call: &Call) -> Option<Coding> {
    if call.product.defects.has("identity-only") {
        return None;
    }
    let values = call.headers.get_all(ACCEPT_ENCODING).iter();
    preferred(values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')))
}

/// The acceptable coding with the highest weight; gzip wins a tie.
fn preferred<'a>(ranges: impl Iterator<Item = &'a str>) -> Option<Coding> {
    let mut best: Option<(Coding, f32)> = None;
    let mut refused = Vec::new();
    let mut any = None;
    for range in ranges {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0_f32);
        let coding = match name.as_str() {
            "gzip" | "x-gzip" => Coding::Gzip,
            "deflate" => Coding::Deflate,
            "*" => {
                any = Some(weight);
                continue;
            }
            _ => continue,
        };
        if weight <= 0.0 {
            refused.push(coding);
        } else if best.is_none_or(|(held, most)| weight > most || weight == most && held == Coding::Deflate) {
            best = Some((coding, weight));
        }
    }
    let fallback = any
        .filter(|weight| *weight > 0.0)
        .and_then(|_| [Coding::Gzip, Coding::Deflate].into_iter().find(|coding| !refused.contains(coding)));
    best.map(|(coding, _)| coding).or(fallback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_chooses_the_coding() {
        let cases = [
            ("", None),
            ("identity", None),
            ("gzip", Some(Coding::Gzip)),
            ("deflate, gzip", Some(Coding::Gzip)),
            ("gzip;q=0.2, deflate;q=0.5", Some(Coding::Deflate)),
            ("gzip;q=0, deflate", Some(Coding::Deflate)),
            ("gzip;q=0", None),
            ("*", Some(Coding::Gzip)),
            ("gzip;q=0, *", Some(Coding::Deflate)),
            ("*;q=0", None),
            ("br", None),
        ];
        for (header, expected) in cases {
            assert_eq!(preferred(header.split(',')), expected, "{header}");
        }
    }
}
