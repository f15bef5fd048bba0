//! What the fuzz targets ask, asked on every build: arbitrary and mutated bytes are refused, never with a panic.

use std::{path::Path, sync::LazyLock};

use keur_dossier::{
    Envelope, Manifest, Policy, PublicKey, Statement,
    archive::{Archive, Limits},
    bundle::{JOURNAL, LEDGER, RUN, blobs_of, pack},
    ledger,
    manifest::PATH,
};
use keur_evidence::journal;
use proptest::prelude::*;

use crate::support::{Setup, run};

/// A sound bundle and the files every reader takes.
static SOUND: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("run");
    run(&place, &Setup::default());
    let out = folder.path().join("uit.keur");
    pack(&place, None, &out).unwrap();
    let bytes = std::fs::read(out).unwrap();
    let archive = Archive::from_bytes(bytes.clone(), &Limits::default()).unwrap();
    let payload = Envelope::parse(&archive.read(RUN).unwrap()).unwrap().payload;
    let files = [PATH, RUN, JOURNAL, LEDGER].map(|path| archive.read(path).unwrap());
    files.into_iter().chain([bytes, payload]).collect()
});

fn every_reader(bytes: &[u8]) {
    if let Ok(manifest) = Manifest::parse(bytes) {
        assert_eq!(manifest.to_bytes(), bytes);
    }
    if let Ok(envelope) = Envelope::parse(bytes) {
        assert_eq!(envelope.to_bytes(), bytes);
    }
    if let Ok(statement) = Statement::parse(bytes) {
        assert_eq!(statement.to_bytes().unwrap(), bytes);
    }
    if let Ok(entries) = journal::parse(bytes, Path::new(JOURNAL)) {
        entries.iter().for_each(|entry| drop(blobs_of(entry)));
    }
    let _ = ledger::verify(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Policy::parse("beleid.toml", text);
        let _ = PublicKey::parse(text);
    }
    if let Ok(archive) = Archive::from_bytes(bytes.to_vec(), &Limits::default()) {
        for entry in archive.entries() {
            if let Ok(content) = archive.read(&entry.path) {
                assert_eq!(content.len() as u64, entry.size);
            }
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        every_reader(&bytes);
    }

    #[test]
    fn mutated_bytes(
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = which.get(SOUND.as_slice()).clone();
        for (at, to) in changes {
            let at = at.index(bytes.len());
            bytes[at] = to;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        every_reader(&bytes);
    }
}
