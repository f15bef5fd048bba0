//! Nonces for proofs: each tells when it was made, and only this server can have made it.

use ring::hmac;

use crate::defects::Defects;
use crate::oauth::jose::{decode, encode};

/// How long a nonce counts, in seconds.
pub(crate) const MAX_AGE_S: i64 = 3;

/// Which server: the nonces of one mean nothing to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    /// The token endpoint.
    Authorization,
    /// The FHIR service.
    Resource,
}

/// The nonces of one server.
#[derive(Debug)]
pub(crate) struct Nonces(hmac::Key);

impl Default for Nonces {
    fn default() -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, crate::random::secret().as_bytes()))
    }
}

impl Nonces {
    /// A nonce that counts from now.
    pub(crate) fn fresh(&self, now: i64) -> String {
        let made = now.to_string();
        format!("{made}.{}", encode(hmac::sign(&self.0, made.as_bytes())))
    }

    /// Whether this is a nonce of ours that still counts.
    pub(crate) fn accept(&self, nonce: &str, now: i64, defects: &Defects) -> bool {
        if defects.has("nonce-unchecked") {
            return true;
        }
        let Some((made, tag)) = nonce.split_once('.') else { return false };
        let ours = decode(tag).is_some_and(|tag| hmac::verify(&self.0, made.as_bytes(), &tag).is_ok());
        let young = made.parse::<i64>().is_ok_and(|made| now - made <= MAX_AGE_S);
        ours && (young || defects.has("nonce-forever"))
    }
}
