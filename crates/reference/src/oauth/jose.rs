//! Compact JWS with ES256 and the JWKs that go with it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::options::StartError;

/// The longest token that is looked at.
const MAX_TOKEN: usize = 16 * 1024;

/// Why a JWS is not accepted; never contains the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JoseError {
    #[error("not a compact JWS")]
    Shape,
    #[error("algorithm is not ES256")]
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

    /// Checks algorithm and signature against a public key.
    pub(crate) fn verify(&self, key: &PublicKey) -> Result<(), JoseError> {
        self.verify_algorithm()?;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &key.0)
            .verify(self.signed.as_bytes(), &self.signature)
            .map_err(|_| JoseError::Signature)
    }

    /// Only ES256 counts: no symmetric algorithm, no `none`, nothing critical that is not understood.
    pub(crate) fn verify_algorithm(&self) -> Result<(), JoseError> {
        let plain = !self.header.contains_key("crit") && !self.header.contains_key("b64");
        if self.header_text("alg") == Some("ES256") && plain { Ok(()) } else { Err(JoseError::Algorithm) }
    }

    /// Whether the signature is an HMAC-SHA-256 under this key.
    pub(crate) fn is_hmac_of(&self, key: &[u8]) -> bool {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key);
        ring::hmac::verify(&key, self.signed.as_bytes(), &self.signature).is_ok()
    }
}

fn object(part: &str) -> Result<Map<String, Value>, JoseError> {
    let bytes = decode(part).ok_or(JoseError::Shape)?;
    serde_json::from_slice(&bytes).map_err(|_| JoseError::Shape)
}

fn decode(part: &str) -> Option<Vec<u8>> {
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

/// An uncompressed P-256 point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicKey(Vec<u8>);

impl PublicKey {
    /// Reads a public JWK; a JWK that carries the private part is refused.
    pub(crate) fn from_jwk(jwk: &Value) -> Result<Self, JoseError> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if text("kty") != Some("EC") || text("crv") != Some("P-256") || jwk.get("d").is_some() {
            return Err(JoseError::Key);
        }
        let coordinate =
            |name: &str| text(name).and_then(decode).filter(|bytes| bytes.len() == 32).ok_or(JoseError::Key);
        Ok(Self([vec![4], coordinate("x")?, coordinate("y")?].concat()))
    }

    fn coordinates(&self) -> (String, String) {
        (encode(&self.0[1..33]), encode(&self.0[33..]))
    }

    /// The thumbprint of RFC 7638.
    pub(crate) fn thumbprint(&self) -> String {
        let (x, y) = self.coordinates();
        sha256(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#).as_bytes())
    }

    /// The byte strings a careless verifier could take for an HMAC key.
    pub(crate) fn as_confused_secrets(&self) -> Vec<Vec<u8>> {
        // SubjectPublicKeyInfo { id-ecPublicKey, prime256v1, point }
        const PREFIX: [u8; 26] = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
            0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ];
        let der = [PREFIX.as_slice(), &self.0].concat();
        let body = base64::engine::general_purpose::STANDARD.encode(&der);
        let (first, second) = body.split_at(64.min(body.len()));
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{first}\n{second}\n-----END PUBLIC KEY-----");
        vec![format!("{pem}\n").into_bytes(), pem.into_bytes(), der, self.0.clone()]
    }
}

/// A private key of the product.
pub(crate) struct SigningKey {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    /// The private scalar, kept only for the defect that publishes it.
    scalar: Vec<u8>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("SigningKey").field(&self.public().thumbprint()).finish()
    }
}

impl SigningKey {
    pub(crate) fn generate() -> Result<Self, StartError> {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .map_err(|error| StartError::Key(error.to_string()))?;
        Self::from_pkcs8(document.as_ref())
    }

    pub(crate) fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, StartError> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &random)
            .map_err(|error| StartError::Key(error.to_string()))?;
        // In this fixed structure the scalar is the 32 bytes after the inner OCTET STRING header at 36.
        let scalar = pkcs8.get(36..68).unwrap_or_default().to_vec();
        Ok(Self { pair, random, scalar })
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey(self.pair.public_key().as_ref().to_vec())
    }

    pub(crate) fn kid(&self) -> String {
        self.public().thumbprint()
    }

    pub(crate) fn jwk(&self, with_private_part: bool) -> Value {
        let (x, y) = self.public().coordinates();
        let mut jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256",
            "kid": self.kid() });
        if with_private_part {
            jwk["d"] = Value::String(encode(&self.scalar));
        }
        jwk
    }

    /// Signs claims as a compact JWS.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> Result<String, JoseError> {
        let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = self.pair.sign(&self.random, signed.as_bytes()).map_err(|_| JoseError::Signature)?;
        Ok(format!("{signed}.{}", encode(signature)))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn key() -> SigningKey {
        SigningKey::generate().expect("a key")
    }

    #[test]
    fn a_signed_token_verifies_and_a_touched_one_does_not() {
        let key = key();
        let token = key.sign(&json!({ "alg": "ES256" }), &json!({ "sub": "a" })).expect("signed");
        let jws = Jws::parse(&token).expect("parses");
        assert_eq!(jws.verify(&key.public()), Ok(()));
        assert_eq!(jws.verify(&self::key().public()), Err(JoseError::Signature));

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
    fn a_jwk_round_trips_and_a_private_one_is_refused() {
        let key = key();
        assert_eq!(PublicKey::from_jwk(&key.jwk(false)), Ok(key.public()));
        assert_eq!(PublicKey::from_jwk(&key.jwk(true)), Err(JoseError::Key));
        assert_eq!(key.jwk(true)["d"].as_str().map(str::len), Some(43));
        assert_eq!(PublicKey::from_jwk(&json!({ "kty": "RSA" })), Err(JoseError::Key));
    }

    #[test]
    fn the_published_scalar_is_the_real_one() {
        let key = key();
        let again = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &key.scalar,
            &key.public().0,
            &SystemRandom::new(),
        );
        assert!(again.is_ok());
    }

    #[test]
    fn nonsense_is_not_a_jws() {
        for token in ["", ".", "..", "a.b.c", "e30.e30", "e30.e30.*", "W10.e30."] {
            assert_eq!(Jws::parse(token).err(), Some(JoseError::Shape), "{token}");
        }
        assert!(Jws::parse("e30.e30.").is_ok());
    }
}
