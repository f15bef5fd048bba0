//! V2: digests. One entry against the manifest, and all blobs against what refers to them.

use std::collections::BTreeSet;

use super::{
    facts::Facts,
    step::{Checked, Fault},
};
use crate::{
    bundle::{BLOBS, Bundle, artefacts},
    digest,
    manifest::{ATTEST, ManifestFile, PATH},
    statement::Statement,
};

/// What the manifest says of an entry; `None` for those it does not cover.
pub(super) fn listed<'b>(bundle: &'b Bundle, path: &str) -> Result<Option<&'b ManifestFile>, Fault> {
    if path == PATH || path.starts_with(ATTEST) {
        return Ok(None);
    }
    bundle
        .manifest()
        .file(path)
        .map(Some)
        .ok_or_else(|| Fault::new(path, "dit bestand staat niet in het manifest"))
}

/// An entry against the manifest; a blob also against its name.
pub(super) fn entry(bundle: &Bundle, path: &str, sha256: &str, size: u64) -> Checked {
    let Some(file) = listed(bundle, path)? else { return Ok(()) };
    let stored = bundle.archive().stored_digest(path).map_err(|error| Fault::of(path, &error))?;
    if (file.sha256.as_str(), file.size) != (sha256, size) {
        return Err(Fault::new(path, "de inhoud is niet die waarover het manifest gaat"));
    }
    if file.stored_sha256 != stored {
        return Err(Fault::new(path, "de gecomprimeerde inhoud is niet die waarover het manifest gaat"));
    }
    match path.strip_prefix(BLOBS) {
        Some(name) if name != sha256 => {
            Err(Fault::new(path, "de inhoud hoort niet bij de naam van het bestand"))
        }
        _ => Ok(()),
    }
}

/// Every file of the manifest is there; every blob that is referred to is there, and no other.
pub(super) fn blobs(bundle: &Bundle, facts: Option<&Facts>) -> Checked {
    let archive = bundle.archive();
    for file in &bundle.manifest().files {
        if archive.entry(&file.path).is_none() {
            return Err(Fault::new(&file.path, "dit bestand staat in het manifest, maar ontbreekt"));
        }
    }
    // A journal that cannot be read fails in the next step.
    let Some(facts) = facts else { return Ok(()) };
    let mut wanted: BTreeSet<String> = facts.blobs.clone();
    for (_, envelope) in bundle.statements().unwrap_or_default() {
        if let Ok(statement) = Statement::parse(&envelope.payload) {
            let kept = artefacts(&statement).iter().filter(|artefact| artefact.blob);
            wanted.extend(kept.map(|artefact| artefact.sha256.clone()));
        }
    }
    for hex in &wanted {
        let path = format!("{BLOBS}{hex}");
        if !digest::is_hex(hex) || archive.entry(&path).is_none() {
            return Err(Fault::new(
                &path,
                "het journaal of een verklaring verwijst hiernaar, maar het ontbreekt",
            ));
        }
    }
    let stray = |path: &&str| path.strip_prefix(BLOBS).is_some_and(|hex| !wanted.contains(hex));
    match archive.entries().iter().map(|entry| entry.path.as_str()).find(stray) {
        None => Ok(()),
        Some(path) => Err(Fault::new(path, "niets verwijst naar dit bestand")),
    }
}
