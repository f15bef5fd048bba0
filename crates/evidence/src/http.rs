//! Requests and answers as probes see them: in full, in memory, before redaction.

use std::{error::Error, io, sync::OnceLock, time::Duration};

use serde_json::Value;
use url::Url;

use crate::{
    decode::DecodeError,
    event::{Failure, Timing, TlsFacts},
};

/// A request to make.
#[derive(Debug, Clone)]
pub struct Request {
    /// Why it is made, in Dutch, for the reader of the evidence.
    pub purpose: String,
    /// Method; any token, so that undefined methods can be sent too.
    pub method: String,
    /// Absolute URL.
    pub url: Url,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// The TLS identity to show.
    pub identity: String,
    /// On a connection of its own.
    pub fresh: bool,
    /// A tighter bound than the run's.
    pub timeout: Option<Duration>,
    /// The bytes of address and body matter: no guise changes them.
    pub exact: bool,
}

impl Request {
    /// A request without headers or body.
    #[must_use]
    pub fn new(purpose: &str, method: &str, url: Url, identity: &str) -> Self {
        Self {
            purpose: purpose.to_owned(),
            method: method.to_owned(),
            url,
            headers: Vec::new(),
            body: Vec::new(),
            identity: identity.to_owned(),
            fresh: false,
            timeout: None,
            exact: false,
        }
    }

    /// Sets a header, replacing one of the same name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Removes a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// Sent with address and body as they are, whatever the guise.
    #[must_use]
    pub fn exactly(self) -> Self {
        Self { exact: true, ..self }
    }

    /// Sets the body and its type.
    #[must_use]
    pub fn content(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut request = self.header("Content-Type", content_type);
        request.body = body.into();
        request
    }
}

/// What came of a request.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Id of the exchange in the journal.
    pub id: String,
    /// The request.
    pub request: Request,
    /// The response, or why there is none.
    pub reply: Result<Response, Transport>,
}

impl Answer {
    /// The response, when there is one.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        self.reply.as_ref().ok()
    }

    /// In words: `status 401`, or the failure.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.reply {
            Ok(response) => format!("status {}", response.status),
            Err(transport) => transport.to_string(),
        }
    }
}

/// A response.
#[derive(Debug, Clone)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// HTTP version.
    pub version: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// Bytes of the body as sent, up to the cap.
    pub wire_bytes: usize,
    /// The body was longer than the cap.
    pub truncated: bool,
    /// The body after `Content-Encoding`.
    pub body: Result<Vec<u8>, DecodeError>,
    /// Facts of the connection.
    pub tls: Option<TlsFacts>,
    /// Durations.
    pub timing: Timing,
    /// See [`Response::json`].
    pub parsed: Parsed,
}

impl Response {
    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The decoded body; empty when it cannot be decoded.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }

    /// The media type without parameters, lower case.
    #[must_use]
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The body as JSON, when it is. Read once: a large body is looked at by many checks.
    #[must_use]
    pub fn json(&self) -> Option<&Value> {
        let read = || std::str::from_utf8(self.bytes()).ok()?.parse().ok();
        self.parsed.0.get_or_init(read).as_ref()
    }
}

/// The JSON of a body, from when it is first asked for.
#[derive(Debug, Clone, Default)]
pub struct Parsed(OnceLock<Option<Value>>);

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transport {
    /// The kind.
    pub failure: Failure,
    /// In words.
    pub message: String,
}

impl std::fmt::Display for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = match self.failure {
            Failure::Dns => "hostnaam niet gevonden",
            Failure::Connect => "geen verbinding",
            Failure::TlsRefused => "TLS-verbinding geweigerd door het product",
            Failure::TlsUntrusted => "servercertificaat niet vertrouwd",
            Failure::Tls => "TLS-fout",
            Failure::Timeout => "geen antwoord binnen de tijd",
            Failure::Closed => "verbinding verbroken zonder antwoord",
            Failure::Protocol => "geen geldig HTTP-antwoord",
        };
        write!(f, "{words} ({})", self.message)
    }
}

impl Transport {
    /// From what the HTTP library reports.
    pub(crate) fn from_reqwest(error: &reqwest::Error) -> Self {
        let root = root_message(error);
        let failure = if error.is_timeout() {
            Failure::Timeout
        } else if let Some(tls) = find::<rustls::Error>(error) {
            from_rustls(tls)
        } else if root.contains("received fatal alert") {
            // An alert after the handshake reaches us as text only.
            Failure::TlsRefused
        } else if let Some(io) = find::<io::Error>(error) {
            from_io(io, error.is_connect())
        } else if root.contains("dns") || root.contains("lookup") {
            Failure::Dns
        } else if error.is_connect() {
            Failure::Connect
        } else if root.contains("closed") || root.contains("incomplete") || root.contains("reset") {
            Failure::Closed
        } else {
            Failure::Protocol
        };
        Self { failure, message: root }
    }

    /// From an I/O failure of a raw or TLS connection.
    #[must_use]
    pub fn from_io(error: &io::Error) -> Self {
        let failure = match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(tls) => from_rustls(tls),
            None => from_io(error, true),
        };
        Self { failure, message: error.to_string() }
    }

    /// Nothing within the bound.
    #[must_use]
    pub fn timeout(bound: Duration) -> Self {
        Self { failure: Failure::Timeout, message: format!("{} s", bound.as_secs_f32()) }
    }
}

fn from_rustls(error: &rustls::Error) -> Failure {
    match error {
        rustls::Error::AlertReceived(_) => Failure::TlsRefused,
        rustls::Error::InvalidCertificate(_) => Failure::TlsUntrusted,
        rustls::Error::PeerIncompatible(_) => Failure::TlsRefused,
        _ => Failure::Tls,
    }
}

fn from_io(error: &io::Error, connecting: bool) -> Failure {
    match error.kind() {
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::AddrNotAvailable => Failure::Connect,
        io::ErrorKind::TimedOut => Failure::Timeout,
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Failure::Closed,
        _ if error.to_string().contains("lookup") => Failure::Dns,
        _ if connecting => Failure::Connect,
        _ => Failure::Protocol,
    }
}

/// The first error of this type among the causes. An I/O error shows what it wraps only on request, and its own
/// `source` skips that.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut current = Some(error);
    while let Some(here) = current {
        if let Some(found) = here.downcast_ref::<E>() {
            return Some(found);
        }
        let wrapped = here.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        current = match wrapped {
            Some(inner) => Some(inner),
            None => here.source(),
        };
    }
    None
}

fn root_message(error: &(dyn Error + 'static)) -> String {
    let mut current = error;
    while let Some(source) = current.source() {
        current = source;
    }
    current.to_string()
}
