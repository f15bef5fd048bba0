//! JSON Web Signature by hand, because a conformance harness must also make the tokens no library will:
//! unsigned, wrongly signed, with foreign keys (RFC 7515, 7517, 7518, 7638).

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// A key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("geen bruikbare ECDSA P-256-sleutel in PKCS#8-PEM: {0}")]
pub struct KeyError(String);

/// An ECDSA P-256 key that signs.
#[derive(Clone)]
pub struct SigningKey {
    pair: Arc<EcdsaKeyPair>,
    random: SystemRandom,
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
        Self::from_pkcs8(der.secret_pkcs8_der())
    }

    /// A new key.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .map_err(|error| KeyError(error.to_string()))?;
        Self::from_pkcs8(document.as_ref())
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &random)
            .map_err(|error| KeyError(error.to_string()))?;
        Ok(Self { pair: Arc::new(pair), random })
    }

    /// The public key as a JWK, without `kid`.
    #[must_use]
    pub fn public_jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({ "kty": "EC", "crv": "P-256", "x": B64.encode(&point[1..33]), "y": B64.encode(&point[33..65]) })
    }

    /// A key set with this key, `kid` = thumbprint.
    #[must_use]
    pub fn key_set(&self) -> Value {
        let mut jwk = self.public_jwk();
        jwk["kid"] = Value::String(self.thumbprint());
        jwk["use"] = json!("sig");
        jwk["alg"] = json!("ES256");
        json!({ "keys": [jwk] })
    }

    /// RFC 7638 thumbprint.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let jwk = self.public_jwk();
        let member = |name: &str| jwk[name].as_str().unwrap_or_default().to_owned();
        let canonical =
            format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, member("x"), member("y"));
        B64.encode(Sha256::digest(canonical))
    }

    fn sign(&self, input: &[u8]) -> Vec<u8> {
        // Fails only when the system gives no randomness; an empty signature is refused by every product.
        self.pair.sign(&self.random, input).map(|signature| signature.as_ref().to_vec()).unwrap_or_default()
    }
}

/// How a token is signed.
#[derive(Debug, Clone)]
pub enum Signer {
    /// Properly, ES256.
    Key(SigningKey),
    /// Not at all: an empty signature.
    Nothing,
    /// HMAC-SHA-256 with these bytes as the secret.
    Hmac(Vec<u8>),
    /// ES256, and then one bit of the signature changed.
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
