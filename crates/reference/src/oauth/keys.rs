//! Public keys as JWK, and the private one (P-256) the product signs with.

use base64::Engine;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RsaPublicKeyComponents, UnparsedPublicKey,
    VerificationAlgorithm,
};
use serde_json::{Value, json};

use crate::oauth::jose::{JoseError, decode, encode, sha256};
use crate::options::StartError;

/// A public key that signatures are checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// An uncompressed point.
    P256(Vec<u8>),
    /// An uncompressed point.
    P384(Vec<u8>),
    /// Modulus and exponent.
    Rsa(Vec<u8>, Vec<u8>),
}

impl PublicKey {
    /// Reads a public JWK; a JWK that carries the private part is refused.
    pub(crate) fn from_jwk(jwk: &Value) -> Result<Self, JoseError> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if jwk.get("d").is_some() {
            return Err(JoseError::Key);
        }
        let bytes = |name: &str| text(name).and_then(decode).ok_or(JoseError::Key);
        let point = |length: usize| {
            let (x, y) = (bytes("x")?, bytes("y")?);
            let whole = x.len() == length && y.len() == length;
            if whole { Ok([vec![4], x, y].concat()) } else { Err(JoseError::Key) }
        };
        match (text("kty"), text("crv")) {
            (Some("EC"), Some("P-256")) => point(32).map(Self::P256),
            (Some("EC"), Some("P-384")) => point(48).map(Self::P384),
            (Some("RSA"), _) => Ok(Self::Rsa(bytes("n")?, bytes("e")?)),
            _ => Err(JoseError::Key),
        }
    }

    /// Whether this is the signature of the key under this algorithm.
    pub(crate) fn verifies(&self, algorithm: &str, signed: &[u8], signature: &[u8]) -> bool {
        let by_point = |with: &'static dyn VerificationAlgorithm, point: &[u8]| {
            UnparsedPublicKey::new(with, point).verify(signed, signature).is_ok()
        };
        match (self, algorithm) {
            (Self::P256(point), "ES256") => by_point(&ring::signature::ECDSA_P256_SHA256_FIXED, point),
            (Self::P384(point), "ES384") => by_point(&ring::signature::ECDSA_P384_SHA384_FIXED, point),
            (Self::Rsa(n, e), _) => {
                let with = match algorithm {
                    "RS256" => &ring::signature::RSA_PKCS1_2048_8192_SHA256,
                    "RS384" => &ring::signature::RSA_PKCS1_2048_8192_SHA384,
                    "PS256" => &ring::signature::RSA_PSS_2048_8192_SHA256,
                    _ => return false,
                };
                RsaPublicKeyComponents { n, e }.verify(with, signed, signature).is_ok()
            }
            _ => false,
        }
    }

    /// The members of the JWK in the order of their names, which is that of a thumbprint.
    fn members(&self) -> Vec<(&'static str, String)> {
        let point = |curve: &str, point: &[u8]| {
            let (x, y) = point[1..].split_at(point.len() / 2);
            vec![("crv", curve.to_owned()), ("kty", "EC".to_owned()), ("x", encode(x)), ("y", encode(y))]
        };
        match self {
            Self::P256(bytes) => point("P-256", bytes),
            Self::P384(bytes) => point("P-384", bytes),
            Self::Rsa(n, e) => vec![("e", encode(e)), ("kty", "RSA".to_owned()), ("n", encode(n))],
        }
    }

    /// The thumbprint of RFC 7638.
    pub(crate) fn thumbprint(&self) -> String {
        let members: Vec<String> =
            self.members().iter().map(|(name, value)| format!(r#""{name}":"{value}""#)).collect();
        sha256(format!("{{{}}}", members.join(",")).as_bytes())
    }

    /// The byte strings a careless verifier could take for an HMAC key.
    pub(crate) fn as_confused_secrets(&self) -> Vec<Vec<u8>> {
        // SubjectPublicKeyInfo { id-ecPublicKey, prime256v1, point }
        const PREFIX: [u8; 26] = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
            0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ];
        let Self::P256(point) = self else { return Vec::new() };
        let der = [PREFIX.as_slice(), point].concat();
        let body = base64::engine::general_purpose::STANDARD.encode(&der);
        let (first, second) = body.split_at(64.min(body.len()));
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{first}\n{second}\n-----END PUBLIC KEY-----");
        vec![format!("{pem}\n").into_bytes(), pem.into_bytes(), der, point.clone()]
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
        PublicKey::P256(self.pair.public_key().as_ref().to_vec())
    }

    pub(crate) fn kid(&self) -> String {
        self.public().thumbprint()
    }

    pub(crate) fn jwk(&self, with_private_part: bool) -> Value {
        let mut jwk = json!({ "use": "sig", "alg": "ES256", "kid": self.kid() });
        for (name, value) in self.public().members() {
            jwk[name] = Value::String(value);
        }
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
            key.pair.public_key().as_ref(),
            &SystemRandom::new(),
        );
        assert!(again.is_ok());
    }
}
