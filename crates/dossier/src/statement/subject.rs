//! What a statement is about: a name and a digest.

use serde::{Deserialize, Serialize};

use super::predicate::Scope;
use crate::digest;

/// Something with a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// `manifest.json`, a run id, the path of an envelope, ….
    pub name: String,
    /// Its digest.
    pub digest: Sha256,
}

/// The digest of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sha256 {
    /// Lower-case hex.
    pub sha256: String,
}

impl Subject {
    /// A subject with a digest in hex.
    #[must_use]
    pub fn new(name: &str, sha256: &str) -> Self {
        Self { name: name.to_owned(), digest: Sha256 { sha256: sha256.to_owned() } }
    }

    /// The subject of these bytes: a manifest, an envelope.
    #[must_use]
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        Self::new(name, &digest::hex(bytes))
    }

    /// The subject of an attestation: the run.
    #[must_use]
    pub fn run(id: &str, journal_head: &str) -> Self {
        Self::new(id, journal_head)
    }

    /// The subject of a declaration; the digest as `sha256:…`.
    #[must_use]
    pub fn declaration(declaration_digest: &str) -> Self {
        Self::new("product.toml", declaration_digest.trim_start_matches("sha256:"))
    }

    /// The subject of a waiver.
    #[must_use]
    pub fn waiver(requirement: &str, scope: &Scope) -> Self {
        Self::new(requirement, &waiver_digest(requirement, scope))
    }

    pub(super) fn is_sound(&self) -> bool {
        !self.name.is_empty() && digest::is_hex(&self.digest.sha256)
    }
}

/// The digest (hex) of what a waiver is about: requirement and scope as canonical JSON.
#[must_use]
pub fn waiver_digest(requirement: &str, scope: &Scope) -> String {
    // Strings always become JSON.
    digest::hex(&serde_json::to_vec(&(requirement, scope)).unwrap_or_default())
}
