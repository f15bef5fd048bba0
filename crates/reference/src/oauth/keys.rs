//! P-256 keys: public ones as JWK, and the private one the product signs with.

use base64::Engine;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::oauth::jose::{JoseError, decode, encode, sha256};
use crate::options::StartError;

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

    pub(crate) fn point(&self) -> &[u8] {
        &self.0
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
}
