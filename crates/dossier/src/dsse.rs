//! DSSE envelopes: one signature over typed bytes, in one form only.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};

use crate::keys::{KeyError, PublicKey, SigningKey};

/// The type of everything we sign: an in-toto statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
const LONGEST: usize = 4 << 20;

/// Signed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// What is signed.
    pub payload: Vec<u8>,
    /// Id of the key that signed it.
    pub keyid: String,
    signature: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Raw {
    payload_type: String,
    payload: String,
    signatures: Vec<RawSignature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSignature {
    keyid: String,
    sig: String,
}

/// An envelope that is not one of ours, or whose signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DsseError {
    /// Too long.
    #[error("de verklaring is groter dan 4 MiB")]
    TooLong,
    /// Not an envelope.
    #[error("dit is geen DSSE-envelop: {0}")]
    Parse(String),
    /// Another kind of content.
    #[error("de envelop heeft inhoud van het soort `{0}`; bekend is application/vnd.in-toto+json")]
    PayloadType(String),
    /// None, or more than one.
    #[error("de envelop heeft {0} handtekeningen; het moet er precies een zijn")]
    Signatures(usize),
    /// The same information in other bytes.
    #[error("de envelop staat niet in de vorm waarin keur haar schrijft")]
    NotCanonical,
    /// It was signed with another key.
    #[error("de envelop is getekend met sleutel {found}, niet met {expected}")]
    OtherKey {
        /// The key that was asked.
        expected: String,
        /// The key that it says.
        found: String,
    },
    /// The bytes are not those that were signed.
    #[error("de handtekening klopt niet: de inhoud is na het tekenen veranderd, of een ander heeft getekend")]
    BadSignature,
}

impl Envelope {
    /// Signs bytes.
    ///
    /// # Errors
    /// When the system gives no randomness (ECDSA only).
    pub fn sign(payload: Vec<u8>, key: &SigningKey) -> Result<Self, KeyError> {
        let signature = key.sign(&pre_authentication(&payload))?;
        Ok(Self { payload, keyid: key.public().id.clone(), signature })
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// When it is by another key, or does not hold.
    pub fn verify(&self, key: &PublicKey) -> Result<(), DsseError> {
        if key.id != self.keyid {
            return Err(DsseError::OtherKey { expected: key.id.clone(), found: self.keyid.clone() });
        }
        match key.verify(&pre_authentication(&self.payload), &self.signature) {
            true => Ok(()),
            false => Err(DsseError::BadSignature),
        }
    }

    /// Its only form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let raw = Raw {
            payload_type: PAYLOAD_TYPE.to_owned(),
            payload: BASE64_STANDARD.encode(&self.payload),
            signatures: vec![RawSignature {
                keyid: self.keyid.clone(),
                sig: BASE64_STANDARD.encode(&self.signature),
            }],
        };
        // Strings always become JSON.
        serde_json::to_vec(&raw).unwrap_or_default()
    }

    /// Reads it back; the signature is checked by [`Envelope::verify`].
    ///
    /// # Errors
    /// When one byte is not as [`Envelope::to_bytes`] would write it.
    pub fn parse(bytes: &[u8]) -> Result<Self, DsseError> {
        if bytes.len() > LONGEST {
            return Err(DsseError::TooLong);
        }
        let raw: Raw = serde_json::from_slice(bytes).map_err(|error| DsseError::Parse(error.to_string()))?;
        if raw.payload_type != PAYLOAD_TYPE {
            return Err(DsseError::PayloadType(raw.payload_type));
        }
        let count = raw.signatures.len();
        let [RawSignature { keyid, sig }] =
            <[RawSignature; 1]>::try_from(raw.signatures).map_err(|_| DsseError::Signatures(count))?;
        let decoded = |text: &str| BASE64_STANDARD.decode(text).map_err(|e| DsseError::Parse(e.to_string()));
        let envelope = Self { payload: decoded(&raw.payload)?, keyid, signature: decoded(&sig)? };
        if envelope.to_bytes() != bytes {
            return Err(DsseError::NotCanonical);
        }
        Ok(envelope)
    }
}

/// What is signed: type and content with their lengths, so that neither can be taken for the other.
fn pre_authentication(payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len());
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}
