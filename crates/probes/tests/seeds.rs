//! What the fuzz targets for tokens and keys ask, asked of their seeds and of mutations of them on every build.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

use std::{fs, path::Path};

use keur_probes::{
    jose::{Jwt, Signer, flip_signature, graft_signature},
    jwks::confusable_secret,
};
use serde_json::Value;

fn seeds(kind: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(kind);
    let found: Vec<Vec<u8>> =
        fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(found.len() >= 5, "{kind}");
    found
}

/// The bytes, cut at every place, and with each byte replaced by a telling one.
fn mutations(bytes: &[u8]) -> Vec<Vec<u8>> {
    let cut = (0..=bytes.len()).map(|at| bytes[..at].to_vec());
    let replaced = (0..bytes.len()).flat_map(|at| {
        b".=-{\"\0".iter().map(move |with| {
            let mut changed = bytes.to_vec();
            changed[at] = *with;
            changed
        })
    });
    cut.chain(replaced).collect()
}

#[test]
fn a_token_that_reads_keeps_its_content_through_every_forgery() {
    let mut read = 0;
    for bytes in seeds("jwt").iter().flat_map(|seed| mutations(seed)) {
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        let _ = flip_signature(text);
        let Some(jwt) = Jwt::parse(text) else { continue };
        read += 1;
        for forged in
            [jwt.sign(&Signer::Nothing), jwt.sign(&Signer::Hmac(vec![0; 32])), graft_signature(&jwt, text)]
        {
            let again = Jwt::parse(&forged).unwrap();
            assert_eq!((&again.header, &again.claims), (&jwt.header, &jwt.claims), "{text}");
        }
    }
    assert!(read > 50, "{read}");
}

#[test]
fn no_key_makes_a_confusable_secret_panic() {
    let mut made = 0;
    for bytes in seeds("jwks").iter().flat_map(|seed| mutations(seed)) {
        let Ok(key) = serde_json::from_slice::<Value>(&bytes) else { continue };
        for form in ["JWK", "punt", "DER", "PEM", "anders"] {
            made += usize::from(confusable_secret(&key, form).is_some());
        }
    }
    assert!(made > 50, "{made}");
}
