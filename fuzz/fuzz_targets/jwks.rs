//! A key set a product publishes is used as the secret of a key confusion without a panic, whatever is in it.
#![no_main]

use keur_probes::jwks::confusable_secret;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok(key) = serde_json::from_slice::<Value>(bytes) else { return };
    for form in ["JWK", "punt", "DER", "PEM", "anders"] {
        let _ = confusable_secret(&key, form);
    }
});
