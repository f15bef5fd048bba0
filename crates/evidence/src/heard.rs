//! What a product asked us, when we play the other party: as it is on record, and therefore the same in a replay.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::form_urlencoded;

use crate::event::{Exchange, Reply};

/// What an exchange has more when the product made the request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inbound {
    /// The service we played: `bgz`, `mitz`, ….
    pub service: String,
    /// The path below our address of this case, redacted.
    pub path: String,
    /// Whether the request came whole.
    pub whole: bool,
    /// SHA-256 of the client certificate (DER) in the blobs, `sha256:…`; absent when none was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// Whether that certificate is of an authority we trust and valid at the moment; absent when none was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted: Option<bool>,
    /// How our answer left: `whole`, `half` or `silent`.
    pub delivery: String,
    /// What our side established about what is not kept, such as a signature or a token.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub notes: Value,
}

/// A request of the product with what we answered, as recorded: redacted.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// Id of the exchange.
    pub id: String,
    /// The service we played.
    pub service: String,
    /// Method.
    pub method: String,
    /// Scheme, host and port it was asked at.
    pub origin: String,
    /// The path below our address of this case.
    pub path: String,
    /// The query, without question mark.
    pub query: String,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// Whether the request came whole.
    pub whole: bool,
    /// The client certificate, DER.
    pub certificate: Option<Vec<u8>>,
    /// Whether we trust that certificate.
    pub trusted: Option<bool>,
    /// The status we answered with; 0 when we were silent.
    pub status: u16,
    /// How our answer left: `whole`, `half` or `silent`.
    pub delivery: String,
    /// What our side established about it.
    pub notes: Value,
}

impl Heard {
    /// From the record; `None` when we made the request ourselves.
    #[must_use]
    pub fn of(exchange: &Exchange, body: Vec<u8>, certificate: Option<Vec<u8>>) -> Option<Self> {
        let inbound = exchange.inbound.as_deref()?;
        let query = exchange.url.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
        let status = match &exchange.reply {
            Reply::Response { status, .. } => *status,
            Reply::Failure { .. } => 0,
        };
        Some(Self {
            id: exchange.id.clone(),
            service: inbound.service.clone(),
            method: exchange.method.clone(),
            origin: exchange.url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/"),
            path: inbound.path.clone(),
            query,
            headers: exchange.request_headers.clone(),
            body,
            whole: inbound.whole,
            certificate,
            trusted: inbound.trusted,
            status,
            delivery: inbound.delivery.clone(),
            notes: inbound.notes.clone(),
        })
    }

    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON, when it is.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The parameters of the query.
    #[must_use]
    pub fn pairs(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    /// The fields of a form in the body.
    #[must_use]
    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// In words, for what a reader sees: method and path.
    #[must_use]
    pub fn describe(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}
