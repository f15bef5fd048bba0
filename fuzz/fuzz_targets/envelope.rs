//! An envelope or a statement that is accepted has exactly one form.
#![no_main]

use keur_dossier::{Envelope, PublicKey, Statement};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(envelope) = Envelope::parse(bytes) {
        assert_eq!(envelope.to_bytes(), bytes);
    }
    if let Ok(statement) = Statement::parse(bytes) {
        assert_eq!(statement.to_bytes().ok().as_deref(), Some(bytes));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = PublicKey::parse(text);
    }
});
