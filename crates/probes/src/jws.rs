//! Signed messages: a compact JWS around a message, or a detached one beside it (RFC 7515), right and wrong.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, json};

use crate::jose::{Jwt, Signer, SigningKey, graft_signature};

/// What is wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Other content than was signed.
    Altered,
    /// No signature at all.
    Unsigned,
    /// The header says that there is no signature.
    AlgNone,
    /// One bit of the signature differs.
    Flipped,
    /// Signed with another key than that of the certificate.
    OtherKey,
}

/// Who signs: a key with its certificate.
#[derive(Debug, Clone)]
pub struct Sealer<'a> {
    /// The key.
    pub key: &'a SigningKey,
    /// The certificate, DER.
    pub certificate: &'a [u8],
}

/// A message as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The message itself.
    pub content: String,
    /// The compact JWS; none for an unsigned message.
    pub compact: Option<String>,
}

impl Sealed {
    /// Header and signature without the content between.
    #[must_use]
    pub fn detached(&self) -> Option<String> {
        let mut parts = self.compact.as_deref()?.split('.');
        let (header, _, signature) = (parts.next()?, parts.next()?, parts.next()?);
        Some(format!("{header}..{signature}"))
    }
}

/// The message, signed; with a flaw when one is named.
#[must_use]
pub fn seal(message: &Map<String, Value>, by: &Sealer<'_>, flaw: Option<Flaw>) -> Sealed {
    let content = |message: &Map<String, Value>| Value::Object(message.clone()).to_string();
    let jwt = |alg: &str| {
        let chain = [BASE64_STANDARD.encode(by.certificate)];
        let header = json!({ "alg": alg, "typ": "JOSE", "x5c": chain });
        Jwt { header: header.as_object().cloned().unwrap_or_default(), claims: message.clone() }
    };
    let right = jwt("ES256");
    let signed = |signer| Sealed { content: content(message), compact: Some(right.sign(&signer)) };
    match flaw {
        None => signed(Signer::Key(by.key.clone())),
        Some(Flaw::Flipped) => signed(Signer::Flipped(by.key.clone())),
        // Right for its key; the certificate is somebody else's.
        Some(Flaw::OtherKey) => match SigningKey::generate() {
            Ok(other) => signed(Signer::Key(other)),
            Err(_) => signed(Signer::Nothing),
        },
        Some(Flaw::AlgNone) => {
            Sealed { content: content(message), compact: Some(jwt("none").sign(&Signer::Nothing)) }
        }
        Some(Flaw::Unsigned) => Sealed { content: content(message), compact: None },
        Some(Flaw::Altered) => {
            let token = right.sign(&Signer::Key(by.key.clone()));
            let mut other = right.clone();
            other.claims.insert("status".to_owned(), json!("entered-in-error"));
            Sealed { content: content(&other.claims), compact: Some(graft_signature(&other, &token)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    fn verifies(sealed: &Sealed, key: &SigningKey) -> bool {
        let jwk = key.public_jwk();
        let part = |name: &str| B64.decode(jwk[name].as_str().expect("a coordinate")).expect("base64url");
        let point = [vec![4], part("x"), part("y")].concat();
        let Some(detached) = sealed.detached() else { return false };
        let (header, signature) = detached.split_once("..").expect("detached");
        let input = format!("{header}.{}", B64.encode(&sealed.content));
        let signature = B64.decode(signature).expect("base64url");
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(input.as_bytes(), &signature).is_ok()
    }

    #[test]
    fn only_the_right_message_verifies() {
        let key = SigningKey::generate().expect("a key");
        let message = json!({ "resourceType": "Basic", "status": "active" });
        let message = message.as_object().expect("an object");
        let by = Sealer { key: &key, certificate: b"certificate" };
        assert!(verifies(&seal(message, &by, None), &key));
        for flaw in [Flaw::Altered, Flaw::Unsigned, Flaw::AlgNone, Flaw::Flipped, Flaw::OtherKey] {
            assert!(!verifies(&seal(message, &by, Some(flaw)), &key), "{flaw:?}");
        }
        assert_eq!(seal(message, &by, Some(Flaw::Unsigned)).compact, None);
        assert_ne!(seal(message, &by, Some(Flaw::Altered)).content, seal(message, &by, None).content);
    }
}
