//! A token a product sends is read without a panic, and what is made of it can be read again.
#![no_main]

use keur_probes::jose::{Jwt, Signer, flip_signature, graft_signature};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = flip_signature(text);
    let Some(jwt) = Jwt::parse(text) else { return };
    for forged in [jwt.sign(&Signer::Nothing), jwt.sign(&Signer::Hmac(vec![0; 32])), graft_signature(&jwt, text)] {
        let again = Jwt::parse(&forged).expect("what was signed here can be read here");
        assert_eq!((&again.header, &again.claims), (&jwt.header, &jwt.claims));
    }
});
