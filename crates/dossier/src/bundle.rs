//! The bundle: one file with all evidence of a run and what people said about it.

mod append;
mod error;
mod folder;
mod pack;
mod refs;
mod temporary;

pub(crate) use self::refs::artefacts;
pub use self::{
    append::append,
    error::BundleError,
    folder::{add_statement, added_statements},
    pack::{Packed, pack},
    refs::blobs as blobs_of,
};

use std::path::Path;

use keur_evidence::{event::Entry, journal};
use keur_verdict::RunResult;

use crate::{
    archive::{Archive, Limits},
    dsse::Envelope,
    keys::PublicKey,
    manifest::{self, Manifest},
    statement::{Signed, Statement},
};

/// The journal.
pub const JOURNAL: &str = "journal.ndjson";
/// The verdict.
pub const RESULT: &str = "result.json";
/// The attempts at this product, up to this run.
pub const LEDGER: &str = "ledger.ndjson";
/// The run statement.
pub const RUN: &str = "attest/run.dsse.json";
/// Folder of other statements.
pub const STATEMENTS: &str = "attest/statements/";
/// Folder of the public keys used.
pub const KEYS: &str = "attest/keys/";
/// Folder of the blobs.
pub const BLOBS: &str = "blobs/sha256/";

/// An opened bundle: its structure is sound, its manifest is read. Everything else is read when asked, and proven by
/// [`crate::verify`].
#[derive(Debug)]
pub struct Bundle {
    archive: Archive,
    manifest: Manifest,
}

impl Bundle {
    /// Opens a bundle.
    ///
    /// # Errors
    /// When it is not a sound archive with a sound manifest.
    pub fn open(path: &Path) -> Result<Self, BundleError> {
        Self::from_archive(Archive::open(path, &Limits::default())?)
    }

    /// The same for an archive that is open already.
    ///
    /// # Errors
    /// When its manifest is not sound.
    pub fn from_archive(archive: Archive) -> Result<Self, BundleError> {
        let manifest = Manifest::parse(&archive.read(manifest::PATH)?)?;
        Ok(Self { archive, manifest })
    }

    /// The archive.
    #[must_use]
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// The manifest.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The journal, its chain checked.
    ///
    /// # Errors
    /// When it is missing or not sound.
    pub fn journal(&self) -> Result<Vec<Entry>, BundleError> {
        let reader = std::io::BufReader::new(self.archive.open_entry(JOURNAL)?);
        Ok(journal::parse(reader, Path::new(JOURNAL))?)
    }

    /// The stored verdict.
    ///
    /// # Errors
    /// When it is missing or not a result.
    pub fn result(&self) -> Result<RunResult, BundleError> {
        let bytes = self.archive.read(RESULT)?;
        serde_json::from_slice(&bytes).map_err(|error| BundleError::Result(error.to_string()))
    }

    /// The ledger's bytes.
    ///
    /// # Errors
    /// When it is missing.
    pub fn ledger(&self) -> Result<Vec<u8>, BundleError> {
        Ok(self.archive.read(LEDGER)?)
    }

    /// A blob by its address, `sha256:…`; `None` when it is absent or its bytes are not those of its address.
    #[must_use]
    pub fn blob(&self, address: &str) -> Option<Vec<u8>> {
        let hex = crate::digest::address(address)?;
        let bytes = self.archive.read(&format!("{BLOBS}{hex}")).ok()?;
        (crate::digest::hex(&bytes) == hex).then_some(bytes)
    }

    /// The run statement, not yet checked.
    ///
    /// # Errors
    /// When it is missing or not an envelope.
    pub fn run_statement(&self) -> Result<Envelope, BundleError> {
        self.envelope(RUN)
    }

    /// The other statements with their paths, not yet checked.
    ///
    /// # Errors
    /// When one is not an envelope.
    pub fn statements(&self) -> Result<Vec<(String, Envelope)>, BundleError> {
        let paths = self.paths(STATEMENTS);
        paths.map(|path| Ok((path.to_owned(), self.envelope(path)?))).collect()
    }

    /// The other statements, signed by enclosed keys, each with the SHA-256 (hex) of its envelope. Whether those keys
    /// are trusted is for [`crate::verify`].
    ///
    /// # Errors
    /// When one of them is not a statement with a valid signature.
    pub fn signed(&self) -> Result<Vec<(String, Signed)>, BundleError> {
        let keys = self.keys()?;
        let signed = |(path, envelope): (String, Envelope)| {
            let signed = Statement::open(&envelope, &keys)
                .map_err(|source| BundleError::Statement { path, source })?;
            Ok((crate::digest::hex(&envelope.to_bytes()), signed))
        };
        self.statements()?.into_iter().map(signed).collect()
    }

    /// The same without who signed.
    ///
    /// # Errors
    /// As [`Bundle::signed`].
    pub fn said(&self) -> Result<Vec<(String, Statement)>, BundleError> {
        Ok(self.signed()?.into_iter().map(|(digest, signed)| (digest, signed.statement)).collect())
    }

    /// The enclosed public keys; being enclosed does not make them trusted.
    ///
    /// # Errors
    /// When one is not a key of ours.
    pub fn keys(&self) -> Result<Vec<PublicKey>, BundleError> {
        self.paths(KEYS).map(|path| self.key(path)).collect()
    }

    fn key(&self, path: &str) -> Result<PublicKey, BundleError> {
        let wrong = |message: String| BundleError::Key { path: path.to_owned(), message };
        let bytes = self.archive.read(path)?;
        let text = std::str::from_utf8(&bytes).map_err(|error| wrong(error.to_string()))?;
        let key = PublicKey::parse(text).map_err(wrong)?;
        if key.to_toml() != text || path != key_path(&key) {
            return Err(wrong("naam of vorm is niet die waarin keur hem schrijft".to_owned()));
        }
        Ok(key)
    }

    fn envelope(&self, path: &str) -> Result<Envelope, BundleError> {
        Envelope::parse(&self.archive.read(path)?)
            .map_err(|source| BundleError::Envelope { path: path.to_owned(), source })
    }

    fn paths<'b>(&'b self, folder: &'b str) -> impl Iterator<Item = &'b str> {
        self.archive
            .entries()
            .iter()
            .map(|entry| entry.path.as_str())
            .filter(move |path| path.starts_with(folder))
    }
}

/// Where a key stands in a bundle.
fn key_path(key: &PublicKey) -> String {
    format!("{KEYS}{}.toml", key.hex_id())
}
