//! From a run's folder to one file: the same folder and an Ed25519 key give the same bytes.

mod run;
mod spool;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use self::{run::Finished, spool::Spool};
use super::{
    BLOBS, BundleError, JOURNAL, LEDGER, RESULT, RUN, STATEMENTS,
    folder::{self, Added, read},
    key_path, refs,
    temporary::Temporary,
};
use crate::{
    archive::Limits,
    digest,
    keys::{PublicKey, Role, SigningKey, practice_key},
    manifest::{self, Manifest},
};

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Where it stands.
    pub path: PathBuf,
    /// SHA-256 (hex) of the file.
    pub sha256: String,
    /// Its length.
    pub size: u64,
    /// Entries.
    pub entries: usize,
    /// The run.
    pub run: String,
    /// Signed with the practice key, so by nobody.
    pub practice: bool,
}

/// Makes a bundle of a run's folder. Without a key it is signed with the practice key, which only a practice run allows.
///
/// # Errors
/// When something is missing, contradicts itself, or may not be signed with this key; `out` is then left as it was.
pub fn pack(folder: &Path, key: Option<&SigningKey>, out: &Path) -> Result<Packed, BundleError> {
    let run = Finished::read(folder)?;
    let practice;
    let signer = match key {
        Some(key) if key.public().role == Role::Operator => key,
        Some(key) => return Err(BundleError::Role(key.public().role)),
        None if run.started().mode == "practice" => {
            practice = practice_key(&run.head);
            &practice
        }
        None => return Err(BundleError::Unsigned),
    };
    let added = folder::statements(folder, &run.head)?;
    let mut spool = Spool::beside(out)?;
    add_blobs(&mut spool, folder, &run, &added)?;
    spool.add(JOURNAL, &run.journal)?;
    spool.add(LEDGER, &read(&folder.join(LEDGER), Limits::default().entry + 1)?)?;
    spool.add(RESULT, &run.result_bytes)?;
    let manifest =
        Manifest::new(&run.started().run, &run.started().mode, &run.head, spool.files()).to_bytes();
    let envelope = run
        .statement(&manifest, signer.public().role)?
        .sign(signer)
        .map_err(|source| BundleError::Statement { path: RUN.to_owned(), source })?;
    let mut plain = attest(added, signer.public())?;
    plain.insert(RUN.to_owned(), envelope.to_bytes());
    plain.insert(manifest::PATH.to_owned(), manifest);
    let target = Temporary::beside(out, "part")?;
    let entries = spool.write(plain, &target)?;
    let (sha256, size) = target.rename_to(out)?;
    let practice = signer.public().role == Role::Practice;
    Ok(Packed { path: out.to_owned(), sha256, size, entries, run: run.started().run.clone(), practice })
}

/// Only what the journal or a statement rests on, one blob in memory at a time.
fn add_blobs(spool: &mut Spool, folder: &Path, run: &Finished, added: &[Added]) -> Result<(), BundleError> {
    let mut wanted: BTreeMap<String, String> = BTreeMap::new();
    for entry in &run.entries {
        for hex in refs::blobs(entry) {
            wanted.entry(hex).or_insert_with(|| format!("{JOURNAL}:{}", entry.seq + 1));
        }
    }
    for statement in added {
        for artefact in refs::artefacts(&statement.statement).iter().filter(|artefact| artefact.blob) {
            wanted.entry(artefact.sha256.clone()).or_insert_with(|| statement.path.display().to_string());
        }
    }
    for (hex, refers) in wanted {
        let missing = || BundleError::Blob { refers: refers.clone(), address: format!("sha256:{hex}") };
        let path = folder.join("blobs").join("sha256").join(&hex);
        if !digest::is_hex(&hex) || !path.is_file() {
            return Err(missing());
        }
        let bytes = read(&path, Limits::default().entry + 1)?;
        if digest::hex(&bytes) != hex {
            return Err(missing());
        }
        spool.add(&format!("{BLOBS}{hex}"), &bytes)?;
    }
    Ok(())
}

/// The statements and every key that signed one, by path.
fn attest(added: Vec<Added>, signer: &PublicKey) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    if added.len() > 999 {
        return Err(BundleError::TooManyStatements);
    }
    let mut files = BTreeMap::from([(key_path(signer), signer.to_toml().into_bytes())]);
    for (number, statement) in (1..).zip(added) {
        let kind = statement.statement.predicate.kind();
        files.insert(key_path(&statement.key), statement.key.to_toml().into_bytes());
        files.insert(format!("{STATEMENTS}{number:03}-{kind}.dsse.json"), statement.bytes);
    }
    Ok(files)
}
