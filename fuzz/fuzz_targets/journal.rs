//! A journal or a ledger is read or refused, never with a panic.
#![no_main]

use std::path::Path;

use keur_dossier::bundle::blobs_of;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(entries) = keur_evidence::journal::parse(bytes, Path::new("journal.ndjson")) {
        for entry in &entries {
            let _ = blobs_of(entry);
        }
    }
    let _ = keur_dossier::ledger::verify(bytes);
});
