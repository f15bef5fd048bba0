//! One more statement in a finished bundle: everything that was signed before stays as it is, to the byte.

use std::{collections::BTreeMap, fs::File, io::BufWriter, path::Path};

use super::{
    Bundle, BundleError, KEYS, Packed, STATEMENTS, key_path,
    temporary::{Temporary, io},
};
use crate::{
    archive::Writer,
    digest,
    dsse::Envelope,
    keys::{PublicKey, Role},
    statement::Statement,
};

/// Kinds that change nothing of what was judged; the others go into a run's folder before it is bundled.
const KINDS: [&str; 4] = ["declaration", "evaluation", "review", "decision"];

/// Makes a bundle with one more statement, signed by this key. Manifest, evidence and run statement are copied as they
/// are stored; the statements are numbered again by their digests.
///
/// # Errors
/// When the statement is not signed by the key, is of a kind that changes the verdict, or nothing can be written;
/// `out` is then left as it was.
pub fn append(
    bundle: &Bundle,
    envelope: &Envelope,
    key: &PublicKey,
    out: &Path,
) -> Result<Packed, BundleError> {
    let wrong = |source| BundleError::Statement { path: STATEMENTS.to_owned(), source };
    let signed = Statement::open(envelope, std::slice::from_ref(key)).map_err(wrong)?;
    let kind = signed.statement.predicate.kind();
    if !KINDS.contains(&kind) {
        return Err(BundleError::Changes(kind));
    }
    let mut plain = statements(bundle, envelope, kind)?;
    plain.insert(key_path(key), key.to_toml().into_bytes());
    for known in bundle.keys()? {
        // The same key with another role or holder would be two keys of one name.
        if known.id == key.id && known != *key {
            let message = "deze sleutel zit al in de bundel, met een andere rol of houder".to_owned();
            return Err(BundleError::Key { path: key_path(key), message });
        }
        plain.insert(key_path(&known), known.to_toml().into_bytes());
    }
    let target = Temporary::beside(out, "part")?;
    let entries = write(bundle, plain, &target)?;
    let (sha256, size) = target.rename_to(out)?;
    let practice = bundle.keys()?.iter().any(|key| key.role == Role::Practice);
    Ok(Packed { path: out.to_owned(), sha256, size, entries, run: bundle.manifest().run.clone(), practice })
}

/// All statements with the new one, by their new paths.
fn statements(
    bundle: &Bundle,
    envelope: &Envelope,
    kind: &'static str,
) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    let mut by_digest: BTreeMap<String, (String, Vec<u8>)> = BTreeMap::new();
    for (path, old) in bundle.statements()? {
        // `attest/statements/001-evaluation.dsse.json`
        let kind = path.trim_start_matches(STATEMENTS).get(4..).unwrap_or_default();
        let bytes = old.to_bytes();
        by_digest.insert(digest::hex(&bytes), (kind.trim_end_matches(".dsse.json").to_owned(), bytes));
    }
    let bytes = envelope.to_bytes();
    by_digest.insert(digest::hex(&bytes), (kind.to_owned(), bytes));
    if by_digest.len() > 999 {
        return Err(BundleError::TooManyStatements);
    }
    let numbered = (1..).zip(by_digest.into_values());
    Ok(numbered
        .map(|(number, (kind, bytes))| (format!("{STATEMENTS}{number:03}-{kind}.dsse.json"), bytes))
        .collect())
}

/// Writes what stays and what is new, in order of their paths. Returns how many.
fn write(
    bundle: &Bundle,
    plain: BTreeMap<String, Vec<u8>>,
    target: &Temporary,
) -> Result<usize, BundleError> {
    let out = File::options().write(true).open(target.path()).map_err(io(target.path()))?;
    let mut writer = Writer::new(BufWriter::new(out));
    let archive = bundle.archive();
    let stays = |path: &str| !path.starts_with(STATEMENTS) && !path.starts_with(KEYS);
    let mut plain = plain.into_iter().peekable();
    let mut count = 0;
    for entry in archive.entries().iter().filter(|entry| stays(&entry.path)) {
        while let Some((path, bytes)) = plain.next_if(|(path, _)| *path < entry.path) {
            writer.add(&path, &bytes)?;
            count += 1;
        }
        writer.copy(entry, archive.stored(entry))?;
        count += 1;
    }
    for (path, bytes) in plain {
        writer.add(&path, &bytes)?;
        count += 1;
    }
    writer.finish()?;
    Ok(count)
}
