//! Compact JWS with ES256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::oauth::keys::PublicKey;

/// The longest token that is looked at.
const MAX_TOKEN: usize = 16 * 1024;

/// Why a JWS is not accepted; never contains the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JoseError {
    #[error("not a compact JWS")]
    Shape,
    #[error("algorithm is not allowed")]
    Algorithm,
    #[error("key is not a public P-256 key")]
    Key,
    #[error("signature does not match")]
    Signature,
}

/// A JWS whose signature has not been looked at yet.
#[derive(Debug)]
pub(crate) struct Jws<'a> {
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    pub(crate) fn parse(token: &'a str) -> Result<Self, JoseError> {
        if token.len() > MAX_TOKEN {
            return Err(JoseError::Shape);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JoseError::Shape)?;
        let (header, claims) = signed.split_once('.').ok_or(JoseError::Shape)?;
        Ok(Self {
            header: object(header)?,
            claims: object(claims)?,
            signed,
            signature: decode(signature).ok_or(JoseError::Shape)?,
        })
    }

    pub(crate) fn header_text(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    pub(crate) fn seconds(&self, name: &str) -> Option<i64> {
        self.claims.get(name)?.as_i64()
    }

    /// Checks algorithm and signature against a public key; only ES256 counts.
    pub(crate) fn verify(&self, key: &PublicKey) -> Result<(), JoseError> {
        self.verify_with(key, &["ES256"])
    }

    /// The same with the algorithms that count.
    pub(crate) fn verify_with(&self, key: &PublicKey, allowed: &[&str]) -> Result<(), JoseError> {
        let algorithm = self.verify_algorithm(allowed)?;
        let right = key.verifies(algorithm, self.signed.as_bytes(), &self.signature);
        if right { Ok(()) } else { Err(JoseError::Signature) }
    }

    /// The algorithm, when it counts: no symmetric one, no `none`, nothing critical that is not understood.
    pub(crate) fn verify_algorithm(&self, allowed: &[&str]) -> Result<&str, JoseError> {
        let plain = !self.header.contains_key("crit") && !self.header.contains_key("b64");
        let algorithm = self.header_text("alg").filter(|algorithm| plain && allowed.contains(algorithm));
        algorithm.ok_or(JoseError::Algorithm)
    }

    /// Whether the signature is an HMAC-SHA-256 under this key.
    pub(crate) fn is_hmac_of(&self, key: &[u8]) -> bool {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key);
        ring::hmac::verify(&key, self.signed.as_bytes(), &self.signature).is_ok()
    }
}

fn object(part: &str) -> Result<Map<String, Value>, JoseError> {
    let bytes = decode(part).ok_or(JoseError::Shape)?;
    let object: Option<Value> = std::str::from_utf8(&bytes).ok().and_then(|text| text.parse().ok());
    if let Some(Value::Object(object)) = object { Ok(object) } else { Err(JoseError::Shape) }
}

pub(crate) fn decode(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    encode(Sha256::digest(bytes))
}

pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::oauth::keys::tests::key;

    #[test]
    fn a_signed_token_verifies_and_a_touched_one_does_not() {
        let (key, other) = (key(), key());
        let token = key.sign(&json!({ "alg": "ES256" }), &json!({ "sub": "a" })).expect("signed");
        let jws = Jws::parse(&token).expect("parses");
        assert_eq!(jws.verify(&key.public()), Ok(()));
        assert_eq!(jws.verify(&other.public()), Err(JoseError::Signature));

        let (head, signature) = token.rsplit_once('.').expect("three parts");
        let claims = encode(r#"{"sub":"b"}"#);
        let forged = format!("{}.{claims}.{signature}", head.split('.').next().expect("header"));
        assert_eq!(Jws::parse(&forged).expect("parses").verify(&key.public()), Err(JoseError::Signature));
    }

    #[test]
    fn other_algorithms_are_refused_whatever_the_signature() {
        let key = key();
        for header in [
            json!({ "alg": "none" }),
            json!({ "alg": "HS256" }),
            json!({}),
            json!({ "alg": "ES256", "crit": ["x"] }),
        ] {
            let token = key.sign(&header, &json!({})).expect("signed");
            let jws = Jws::parse(&token).expect("parses");
            assert_eq!(jws.verify(&key.public()), Err(JoseError::Algorithm), "{header}");
        }
    }

    #[test]
    fn nonsense_is_not_a_jws() {
        for token in ["", ".", "..", "a.b.c", "e30.e30", "e30.e30.*", "W10.e30."] {
            assert_eq!(Jws::parse(token).err(), Some(JoseError::Shape), "{token}");
        }
        assert!(Jws::parse("e30.e30.").is_ok());
    }
}
