//! A manifest that is accepted has exactly one form.
#![no_main]

use keur_dossier::{Manifest, Policy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(manifest) = Manifest::parse(bytes) {
        assert_eq!(manifest.to_bytes(), bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Policy::parse("policy.toml", text);
    }
});
