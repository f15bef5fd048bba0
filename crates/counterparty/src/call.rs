//! A request that came in, whole and in memory.

use serde_json::Value;
use url::form_urlencoded;

/// The longest id of a request that is given back.
const MAX_REQUEST_ID: usize = 128;

/// The client certificate of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The leaf, DER.
    pub leaf: Vec<u8>,
    /// Whether it is of an authority we trust, for clients, and valid at the moment.
    pub trusted: bool,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Method.
    pub method: String,
    /// Scheme, host and path of the place it was made at; links in an answer begin with it.
    pub base: String,
    /// The path below that, with a slash in front.
    pub path: String,
    /// The query as sent, without question mark.
    pub query: String,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body, or as much of it as came.
    pub body: Vec<u8>,
    /// Whether the body came whole.
    pub whole: bool,
    /// The client certificate, when one was shown.
    pub peer: Option<Peer>,
}

impl Call {
    /// A request without headers, body or certificate; `target` is path and query. For tests of scripts.
    #[must_use]
    pub fn test(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            base: "https://keur.test/plek".to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            whole: true,
            peer: None,
        }
    }

    /// The same with a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// The same with a body.
    #[must_use]
    pub fn sending(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The whole address.
    #[must_use]
    pub fn url(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{}{}{mark}{}", self.base, self.path, self.query)
    }

    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The id of the request that is given back and logged; an absurd one is neither.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        let sane = |id: &&str| {
            (1..=MAX_REQUEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
        };
        self.header("x-request-id").filter(sane)
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

    /// The body as JSON, when it is.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The token it shows, under either scheme.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("dpop");
        known.then(|| token.trim())
    }
}
