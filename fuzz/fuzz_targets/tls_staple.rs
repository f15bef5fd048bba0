//! A stapled OCSP answer is read or refused, never with a panic.
#![no_main]

use keur_probes::tls::staple::Staple;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Staple::parse(bytes);
});
