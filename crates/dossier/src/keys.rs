//! Keys: who may sign what, public key files, and private keys.

mod private;
mod public;

pub use self::{private::SigningKey, public::PublicKey};

use std::{fmt, path::PathBuf};

use serde::{Deserialize, Serialize};

/// What the holder of a key is in the scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Executes runs.
    Operator,
    /// Makes the product.
    Vendor,
    /// Judges what cannot be measured.
    Assessor,
    /// Evaluates a dossier.
    Laboratory,
    /// Looks at an evaluation a second time.
    Reviewer,
    /// Decides.
    CertificationBody,
    /// Owns the scheme; may waive.
    SchemeOwner,
    /// Nobody: the key of practice runs, which anybody can derive.
    Practice,
}

impl Role {
    /// Every role a person can have: all but `practice`.
    pub const PEOPLE: [Self; 7] = [
        Self::Operator,
        Self::Vendor,
        Self::Assessor,
        Self::Laboratory,
        Self::Reviewer,
        Self::CertificationBody,
        Self::SchemeOwner,
    ];

    /// The word for it in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Vendor => "vendor",
            Self::Assessor => "assessor",
            Self::Laboratory => "laboratory",
            Self::Reviewer => "reviewer",
            Self::CertificationBody => "certification_body",
            Self::SchemeOwner => "scheme_owner",
            Self::Practice => "practice",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The algorithm of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Algorithm {
    /// Ed25519: the same content gives the same signature.
    #[default]
    #[serde(rename = "ed25519")]
    Ed25519,
    /// ECDSA on P-256 with SHA-256, for those whose hardware knows no other.
    #[serde(rename = "ecdsa-p256")]
    EcdsaP256,
}

/// Who holds a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// The person.
    pub name: String,
    /// Their organisation.
    pub organisation: String,
}

/// A key that cannot be made, read or used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file system refused.
    #[error("{path}: {source}\n  help: {help}", path = path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
        /// What to do.
        help: &'static str,
    },
    /// A public key file that is not one of ours.
    #[error("{path}: dit is geen openbare sleutel van keur: {message}\n  help: `keur keys` maakt een sleutelpaar", path = path.display())]
    Public {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A private key file that is not one of ours.
    #[error("{path}: dit is geen privésleutel (PKCS#8 PEM, Ed25519 of ECDSA P-256)\n  help: geef het bestand dat `keur keys` maakte", path = path.display())]
    Private {
        /// Which file.
        path: PathBuf,
    },
    /// The two files are not a pair.
    #[error("{path} hoort niet bij de openbare sleutel ernaast\n  help: zet de .pub terug die met deze sleutel is gemaakt", path = path.display())]
    Pair {
        /// The private key's file.
        path: PathBuf,
    },
    /// The system gives no randomness.
    #[error("het systeem geeft geen toevalsgetallen")]
    Random,
}

/// The key of a practice run: anybody can derive it from the journal's head, so it proves that nothing changed, not
/// who signed.
#[must_use]
pub fn practice_key(journal_head: &str) -> SigningKey {
    SigningKey::practice(journal_head)
}
