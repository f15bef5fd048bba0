//! V1: everything a bundle has is there, and nothing else. That each entry is sound shows in the scan.

use super::step::{Checked, Fault};
use crate::{
    archive::Archive,
    bundle::{BLOBS, JOURNAL, KEYS, LEDGER, RESULT, RUN, STATEMENTS},
    digest::is_hex,
    manifest,
};

pub(super) fn complete(archive: &Archive) -> Checked {
    for path in [JOURNAL, RESULT, LEDGER, manifest::PATH, RUN] {
        if archive.entry(path).is_none() {
            return Err(Fault::new(path, "dit bestand ontbreekt"));
        }
    }
    match archive.entries().iter().find(|entry| !is_known(&entry.path)) {
        None => Ok(()),
        Some(entry) => Err(Fault::new(&entry.path, "dit bestand hoort niet in een bundel")),
    }
}

fn is_known(path: &str) -> bool {
    let named = |folder: &str, ending: &str| {
        path.strip_prefix(folder)
            .and_then(|rest| rest.strip_suffix(ending))
            .filter(|name| !name.contains('/'))
    };
    [JOURNAL, RESULT, LEDGER, manifest::PATH, RUN].contains(&path)
        || named(BLOBS, "").is_some_and(is_hex)
        || named(KEYS, ".toml").is_some_and(is_hex)
        || named(STATEMENTS, ".dsse.json").is_some()
}
