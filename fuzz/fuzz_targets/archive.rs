//! An archive is refused, or each entry gives exactly the bytes its header promises.
#![no_main]

use keur_dossier::archive::{Archive, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { entry: 1 << 20, journal: 1 << 20, total: 4 << 20, ..Limits::default() };
    if let Ok(archive) = Archive::from_bytes(bytes.to_vec(), &limits) {
        for entry in archive.entries() {
            if let Ok(content) = archive.read(&entry.path) {
                assert_eq!(content.len() as u64, entry.size);
            }
        }
    }
});
