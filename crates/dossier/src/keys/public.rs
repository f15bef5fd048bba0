//! Public keys: `*.pub` files, strictly read, and checking a signature.

use std::{fs, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use ring::signature::{ECDSA_P256_SHA256_ASN1, ED25519, UnparsedPublicKey, VerificationAlgorithm};
use serde::{Deserialize, Serialize};
use time::Date;

use super::{Algorithm, Holder, KeyError, Role};
use crate::{dates, digest};

const FORMAT: &str = "keur/public-key";
const VERSION: &str = "1.0";
/// More than any key file holds.
const LONGEST: u64 = 64 << 10;
/// What stands before the key in a SubjectPublicKeyInfo.
const SPKI_ED25519: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const SPKI_P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// A public key and what is known of its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// `sha256:` of the SubjectPublicKeyInfo.
    pub id: String,
    /// Algorithm.
    pub algorithm: Algorithm,
    /// What it may sign.
    pub role: Role,
    /// Who holds it.
    pub holder: Holder,
    /// First day it may sign.
    pub valid_from: Date,
    /// Last day it may sign.
    pub valid_until: Date,
    raw: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    version: String,
    id: String,
    algorithm: Algorithm,
    role: Role,
    #[serde(with = "dates::day")]
    valid_from: Date,
    #[serde(with = "dates::day")]
    valid_until: Date,
    public: String,
    holder: Holder,
}

impl PublicKey {
    /// From the bare key.
    pub(super) fn new(
        algorithm: Algorithm,
        raw: &[u8],
        role: Role,
        holder: Holder,
        (valid_from, valid_until): (Date, Date),
    ) -> Self {
        let id = format!("sha256:{}", digest::hex(&spki(algorithm, raw)));
        Self { id, algorithm, role, holder, valid_from, valid_until, raw: raw.to_vec() }
    }

    /// Reads a `*.pub` file.
    ///
    /// # Errors
    /// When it cannot be read, or is not one of ours to the letter.
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        let help = "geef het .pub-bestand dat `keur keys` maakte";
        let io = |source| KeyError::Io { path: path.to_owned(), source, help };
        if fs::metadata(path).map_err(io)?.len() > LONGEST {
            return Err(KeyError::Public { path: path.to_owned(), message: "het is te groot".to_owned() });
        }
        let text = fs::read_to_string(path).map_err(io)?;
        Self::parse(&text).map_err(|message| KeyError::Public { path: path.to_owned(), message })
    }

    /// Reads the text of a `*.pub` file.
    ///
    /// # Errors
    /// What is wrong, in Dutch.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| {
            let line =
                error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
            format!("regel {line}: {}", error.message())
        })?;
        if (file.format.as_str(), file.version.as_str()) != (FORMAT, VERSION) {
            return Err(format!(
                "formaat `{}` versie `{}`; bekend is {FORMAT} {VERSION}",
                file.format, file.version
            ));
        }
        if file.valid_until < file.valid_from {
            return Err("`valid_until` ligt voor `valid_from`".to_owned());
        }
        let der = BASE64_STANDARD.decode(&file.public).map_err(|_| "`public` is geen base64".to_owned())?;
        let raw = bare(file.algorithm, &der).ok_or("`public` is geen sleutel van dit `algorithm`")?;
        let days = (file.valid_from, file.valid_until);
        let key = Self::new(file.algorithm, raw, file.role, file.holder, days);
        if key.id != file.id {
            return Err(format!("`id` hoort niet bij `public`: dat zou {} zijn", key.id));
        }
        Ok(key)
    }

    /// The file's only form inside a bundle.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let file = File {
            format: FORMAT.to_owned(),
            version: VERSION.to_owned(),
            id: self.id.clone(),
            algorithm: self.algorithm,
            role: self.role,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            public: BASE64_STANDARD.encode(spki(self.algorithm, &self.raw)),
            holder: self.holder.clone(),
        };
        // Strings always become TOML.
        toml::to_string(&file).unwrap_or_default()
    }

    /// Whether it may sign on this day.
    #[must_use]
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from <= day && day <= self.valid_until
    }

    /// Whether both keys are of one person: the same key, or the same name at the same organisation.
    #[must_use]
    pub fn same_person(&self, other: &Self) -> bool {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let person = |key: &Self| (plain(&key.holder.name), plain(&key.holder.organisation));
        self.id == other.id || person(self) == person(other)
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let algorithm: &dyn VerificationAlgorithm = match self.algorithm {
            Algorithm::Ed25519 => &ED25519,
            Algorithm::EcdsaP256 => &ECDSA_P256_SHA256_ASN1,
        };
        UnparsedPublicKey::new(algorithm, &self.raw).verify(message, signature).is_ok()
    }

    /// The hex of its id: its name in a bundle.
    #[must_use]
    pub fn hex_id(&self) -> &str {
        self.id.trim_start_matches("sha256:")
    }

    pub(super) fn bare(&self) -> &[u8] {
        &self.raw
    }
}

fn prefix(algorithm: Algorithm) -> (&'static [u8], usize) {
    match algorithm {
        Algorithm::Ed25519 => (&SPKI_ED25519, 32),
        Algorithm::EcdsaP256 => (&SPKI_P256, 65),
    }
}

fn spki(algorithm: Algorithm, raw: &[u8]) -> Vec<u8> {
    [prefix(algorithm).0, raw].concat()
}

fn bare(algorithm: Algorithm, der: &[u8]) -> Option<&[u8]> {
    let (prefix, length) = prefix(algorithm);
    der.strip_prefix(prefix).filter(|raw| raw.len() == length)
}
