//! OAuth of the product: client assertions, access tokens and proofs of possession.

pub(crate) mod access;
pub(crate) mod assertion;
pub(crate) mod authorization;
pub(crate) mod credentials;
pub(crate) mod dpop;
pub(crate) mod form;
pub(crate) mod jose;
pub(crate) mod jwks;
pub(crate) mod keys;
pub(crate) mod life;
pub(crate) mod nonces;
pub(crate) mod person;
pub(crate) mod replay;
pub(crate) mod scope;
pub(crate) mod token;

/// Clock difference that is forgiven.
pub(crate) const SKEW_S: i64 = 30;

/// A refusal in the words of RFC 6749.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OauthError {
    pub(crate) code: &'static str,
    pub(crate) description: String,
    /// Whether the request could not even be read.
    pub(crate) malformed: bool,
}

impl OauthError {
    pub(crate) fn new(code: &'static str, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), malformed: false }
    }

    /// The same refusal, of something that could not be read.
    pub(crate) fn unreadable(mut self) -> Self {
        self.malformed = true;
        self
    }

    pub(crate) fn client(description: impl Into<String>) -> Self {
        Self::new("invalid_client", description)
    }

    /// The status that goes with the code.
    pub(crate) fn status(&self) -> u16 {
        match self.code {
            "invalid_client" => 401,
            _ => 400,
        }
    }
}
