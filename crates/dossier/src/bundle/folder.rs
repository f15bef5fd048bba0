//! A run's folder, as far as a bundle is made of it.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use super::BundleError;
use crate::{
    digest,
    dsse::Envelope,
    keys::{PublicKey, practice_key},
    statement::Statement,
};

/// Longest statement file; the envelope's own reader refuses it then.
const LONGEST_STATEMENT: u64 = (4 << 20) + 1;

/// A statement found in the folder.
pub(super) struct Added {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
    pub(super) statement: Statement,
    pub(super) key: PublicKey,
}

/// Adds a signed statement to a run's folder, with the key that signed it, and returns where it stands. The practice
/// key needs no file: it follows from the journal.
///
/// # Errors
/// When it cannot be written.
pub fn add_statement(folder: &Path, envelope: &Envelope, key: &PublicKey) -> Result<PathBuf, BundleError> {
    let keys = folder.join("statements").join("keys");
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| BundleError::Io { path, source }
    };
    fs::create_dir_all(&keys).map_err(io(&keys))?;
    let bytes = envelope.to_bytes();
    let path = folder.join("statements").join(format!("{}.dsse.json", &digest::hex(&bytes)[..16]));
    let beside = keys.join(format!("{}.pub", key.hex_id()));
    fs::write(&beside, key.to_toml()).map_err(io(&beside))?;
    fs::write(&path, bytes).map_err(io(&path))?;
    Ok(path)
}

/// The statements added to a run's folder, each with the SHA-256 (hex) of its envelope.
///
/// # Errors
/// When one of them is not a statement with a valid signature.
pub fn added_statements(folder: &Path, journal_head: &str) -> Result<Vec<(String, Statement)>, BundleError> {
    let all = statements(folder, journal_head)?;
    Ok(all.into_iter().map(|added| (digest::hex(&added.bytes), added.statement)).collect())
}

/// Every statement of the folder, ascending by the digest of its bytes: the order of adding does not matter.
pub(super) fn statements(folder: &Path, journal_head: &str) -> Result<Vec<Added>, BundleError> {
    let place = folder.join("statements");
    if !place.is_dir() {
        return Ok(Vec::new());
    }
    let io = |source| BundleError::Io { path: place.clone(), source };
    let mut found = Vec::new();
    for file in fs::read_dir(&place).map_err(io)? {
        let path = file.map_err(io)?.path();
        if path.to_string_lossy().ends_with(".dsse.json") {
            found.push(statement(&path, &place, journal_head)?);
        }
    }
    found.sort_by_cached_key(|added| digest::hex(&added.bytes));
    found.dedup_by(|a, b| a.bytes == b.bytes);
    Ok(found)
}

fn statement(path: &Path, place: &Path, journal_head: &str) -> Result<Added, BundleError> {
    let name = path.display().to_string();
    let bytes = read(path, LONGEST_STATEMENT)?;
    let envelope =
        Envelope::parse(&bytes).map_err(|source| BundleError::Envelope { path: name.clone(), source })?;
    let practice = practice_key(journal_head).public().clone();
    let key = if envelope.keyid == practice.id {
        practice
    } else {
        let hex = digest::address(&envelope.keyid).unwrap_or_default();
        let beside = place.join("keys").join(format!("{hex}.pub"));
        let missing = |_| BundleError::NoKey { path: path.to_owned(), keyid: envelope.keyid.clone() };
        PublicKey::open(&beside).map_err(missing)?
    };
    let signed = Statement::open(&envelope, std::slice::from_ref(&key))
        .map_err(|source| BundleError::Statement { path: name, source })?;
    Ok(Added { path: path.to_owned(), bytes, statement: signed.statement, key })
}

/// The bytes of a file, at most `limit`.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, BundleError> {
    let io = |source| BundleError::Io { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(io)?;
    Ok(bytes)
}
