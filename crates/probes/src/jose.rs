//! JSON Web Signature by hand, because a conformance harness must also make the tokens no library will:
//! unsigned, wrongly signed, with foreign keys (RFC 7515, 7517, 7518, 7638).

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use ring::{
    hmac,
    rand::SystemRandom,
    rsa,
    signature::{self, EcdsaKeyPair, KeyPair},
};
use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// A key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("geen bruikbare sleutel (ECDSA P-256 of P-384, of RSA) in PKCS#8-PEM: {0}")]
pub struct KeyError(String);

/// A private key that signs with one algorithm.
#[derive(Clone)]
pub struct SigningKey {
    pair: Pair,
    algorithm: Algorithm,
    random: SystemRandom,
}

#[derive(Clone)]
enum Pair {
    Ecdsa(Arc<EcdsaKeyPair>),
    Rsa(Arc<rsa::KeyPair>),
}

/// A signing algorithm of RFC 7518.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA with P-256.
    Es256,
    /// ECDSA with P-384.
    Es384,
    /// RSA, PKCS#1 v1.5, SHA-256.
    Rs256,
    /// RSA, PKCS#1 v1.5, SHA-384.
    Rs384,
    /// RSA, PSS, SHA-256.
    Ps256,
}

impl Algorithm {
    /// The name in a header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Ps256 => "PS256",
        }
    }

    /// The algorithm of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Es256, Self::Es384, Self::Rs256, Self::Rs384, Self::Ps256];
        all.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Whether its keys are RSA keys.
    #[must_use]
    pub fn is_rsa(self) -> bool {
        matches!(self, Self::Rs256 | Self::Rs384 | Self::Ps256)
    }

    fn ecdsa(self) -> &'static signature::EcdsaSigningAlgorithm {
        match self {
            Self::Es384 => &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
            _ => &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
        }
    }

    fn padding(self) -> &'static dyn signature::RsaEncoding {
        match self {
            Self::Rs256 => &signature::RSA_PKCS1_SHA256,
            Self::Rs384 => &signature::RSA_PKCS1_SHA384,
            _ => &signature::RSA_PSS_SHA256,
        }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.thumbprint())
    }
}

impl SigningKey {
    /// Reads a PKCS#8 PEM.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|error| KeyError(error.to_string()))?;
        let der = der.secret_pkcs8_der();
        let first = match Self::ecdsa(Algorithm::Es256, der) {
            Ok(key) => return Ok(key),
            Err(error) => error,
        };
        if let Ok(key) = Self::ecdsa(Algorithm::Es384, der) {
            return Ok(key);
        }
        let pair = rsa::KeyPair::from_pkcs8(der).map_err(|_| first)?;
        Ok(Self { pair: Pair::Rsa(Arc::new(pair)), algorithm: Algorithm::Ps256, random: SystemRandom::new() })
    }

    /// A new key for ES256.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        Self::generate_for(Algorithm::Es256)
    }

    /// A new key for an ECDSA algorithm; RSA keys are not made here.
    ///
    /// # Errors
    /// When the system gives no randomness, or for RSA.
    pub fn generate_for(algorithm: Algorithm) -> Result<Self, KeyError> {
        if algorithm.is_rsa() {
            return Err(KeyError("een RSA-sleutel wordt hier niet gemaakt".to_owned()));
        }
        let document = EcdsaKeyPair::generate_pkcs8(algorithm.ecdsa(), &SystemRandom::new())
            .map_err(|error| KeyError(error.to_string()))?;
        Self::ecdsa(algorithm, document.as_ref())
    }

    fn ecdsa(algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm.ecdsa(), der, &random)
            .map_err(|error| KeyError(error.to_string()))?;
        Ok(Self { pair: Pair::Ecdsa(Arc::new(pair)), algorithm, random })
    }

    /// The algorithm it signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The same RSA key with another algorithm; an ECDSA key knows only its own.
    #[must_use]
    pub fn using(&self, algorithm: Algorithm) -> Self {
        match self.pair {
            Pair::Rsa(_) if algorithm.is_rsa() => Self { algorithm, ..self.clone() },
            _ => self.clone(),
        }
    }

    /// The public key as a JWK, without `kid`.
    #[must_use]
    pub fn public_jwk(&self) -> Value {
        match &self.pair {
            Pair::Ecdsa(pair) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let curve = if self.algorithm == Algorithm::Es384 { "P-384" } else { "P-256" };
                json!({ "kty": "EC", "crv": curve, "x": B64.encode(x), "y": B64.encode(y) })
            }
            Pair::Rsa(pair) => {
                let public = rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({ "kty": "RSA", "n": B64.encode(public.n), "e": B64.encode(public.e) })
            }
        }
    }

    /// A key set with this key, `kid` = thumbprint. An RSA key goes with several algorithms and names none.
    #[must_use]
    pub fn key_set(&self) -> Value {
        let mut jwk = self.public_jwk();
        jwk["kid"] = Value::String(self.thumbprint());
        jwk["use"] = json!("sig");
        if !self.algorithm.is_rsa() {
            jwk["alg"] = json!(self.algorithm.name());
        }
        json!({ "keys": [jwk] })
    }

    /// RFC 7638 thumbprint.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let jwk = self.public_jwk();
        // The required members in the order of their names.
        let members: BTreeMap<_, _> = jwk.as_object().into_iter().flatten().collect();
        B64.encode(Sha256::digest(json!(members).to_string()))
    }

    fn sign(&self, input: &[u8]) -> Vec<u8> {
        // Fails only when the system gives no randomness; an empty signature is refused by every product.
        match &self.pair {
            Pair::Ecdsa(pair) => {
                pair.sign(&self.random, input).map(|signed| signed.as_ref().to_vec()).unwrap_or_default()
            }
            Pair::Rsa(pair) => {
                let mut signed = vec![0; pair.public().modulus_len()];
                let done = pair.sign(self.algorithm.padding(), &self.random, input, &mut signed);
                done.map(|()| signed).unwrap_or_default()
            }
        }
    }
}

/// How a token is signed.
#[derive(Debug, Clone)]
pub enum Signer {
    /// Properly.
    Key(SigningKey),
    /// Not at all: an empty signature.
    Nothing,
    /// HMAC-SHA-256 with these bytes as the secret.
    Hmac(Vec<u8>),
    /// Properly, and then one bit of the signature changed.
    Flipped(SigningKey),
}

/// A JWT before signing.
#[derive(Debug, Clone)]
pub struct Jwt {
    /// Header members.
    pub header: Map<String, Value>,
    /// Claims.
    pub claims: Map<String, Value>,
}

impl Jwt {
    /// The compact form.
    #[must_use]
    pub fn sign(&self, signer: &Signer) -> String {
        let part = |map: &Map<String, Value>| B64.encode(Value::Object(map.clone()).to_string());
        let input = format!("{}.{}", part(&self.header), part(&self.claims));
        let signature = match signer {
            Signer::Key(key) => key.sign(input.as_bytes()),
            Signer::Nothing => Vec::new(),
            Signer::Hmac(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                hmac::sign(&key, input.as_bytes()).as_ref().to_vec()
            }
            Signer::Flipped(key) => {
                let signed = format!("{input}.{}", B64.encode(key.sign(input.as_bytes())));
                return flip_signature(&signed);
            }
        };
        format!("{input}.{}", B64.encode(signature))
    }

    /// Reads a compact form without verifying it; `None` when it is not a JWT.
    #[must_use]
    pub fn parse(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let mut object = || {
            let bytes = B64.decode(parts.next()?).ok()?;
            serde_json::from_slice::<Map<String, Value>>(&bytes).ok()
        };
        let (header, claims) = (object()?, object()?);
        (parts.next().is_some() && parts.next().is_none()).then_some(Self { header, claims })
    }
}

/// Other content under the signature of a token.
#[must_use]
pub fn graft_signature(jwt: &Jwt, token: &str) -> String {
    let signature = token.rsplit_once('.').map_or("", |(_, signature)| signature);
    format!("{}{signature}", jwt.sign(&Signer::Nothing))
}

/// The token with one bit of its signature changed.
#[must_use]
pub fn flip_signature(token: &str) -> String {
    let Some((input, signature)) = token.rsplit_once('.') else { return format!("{token}x") };
    let mut bytes = B64.decode(signature).unwrap_or_default();
    match bytes.get_mut(8) {
        Some(byte) => *byte ^= 1,
        None => bytes = vec![0; 64],
    }
    format!("{input}.{}", B64.encode(bytes))
}

/// SHA-256, base64url: the `ath` of a DPoP proof, the `x5t#S256` of a certificate.
#[must_use]
pub fn hash(bytes: impl AsRef<[u8]>) -> String {
    B64.encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwks::verify_with;

    const RSA: &str = include_str!("../../reference/data/rsa-test.key");

    #[test]
    fn every_algorithm_signs_what_its_published_key_verifies() {
        let keys = [
            SigningKey::generate().expect("a key"),
            SigningKey::generate_for(Algorithm::Es384).expect("a key"),
            SigningKey::from_pem(RSA.as_bytes()).expect("a key"),
        ];
        let [p256, p384, rsa] = keys;
        let rows = [
            (p256.clone(), "ES256"),
            (p384, "ES384"),
            (rsa.clone(), "PS256"),
            (rsa.using(Algorithm::Rs256), "RS256"),
            (rsa.using(Algorithm::Rs384), "RS384"),
        ];
        for (key, name) in rows {
            assert_eq!(Algorithm::named(name), Some(key.algorithm()));
            let header = json!({ "alg": name, "kid": key.thumbprint() });
            let header = header.as_object().cloned().expect("an object");
            let token = Jwt { header, claims: Map::new() }.sign(&Signer::Key(key.clone()));
            let set = key.key_set()["keys"].as_array().cloned().expect("keys");
            assert!(verify_with(&token, &set).holds, "{name}");
            assert!(!verify_with(&flip_signature(&token), &set).holds, "{name}");
        }
        assert_eq!(p256.using(Algorithm::Rs256).algorithm(), Algorithm::Es256);
        assert_eq!(rsa.using(Algorithm::Rs256).thumbprint(), rsa.thumbprint());
        assert!(SigningKey::generate_for(Algorithm::Ps256).is_err());
        assert!(SigningKey::from_pem(b"no key").is_err());
    }

    #[test]
    fn a_thumbprint_is_that_of_the_sorted_members() {
        let jwk = SigningKey::generate().expect("a key");
        let public = jwk.public_jwk();
        let text = |name: &str| public[name].as_str().expect("text").to_owned();
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, text("x"), text("y"));
        assert_eq!(jwk.thumbprint(), hash(canonical));
    }
}
