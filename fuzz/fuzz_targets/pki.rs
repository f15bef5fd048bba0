//! Certificates, lists, answers of OCSP and UZI names from outside are read or refused, never a panic.
#![no_main]

use keur_probes::{
    pki::{crl, issued, issuer, ocsp, uzi::UziName},
    tls::certificate::Certificate,
};
use libfuzzer_sys::fuzz_target;
use time::OffsetDateTime;

/// A certificate of the test CA, and the CA itself.
const LEAF: &[u8] = include_bytes!("../seeds/pki/leaf.der");
const CA: &[u8] = include_bytes!("../seeds/pki/ca.der");

fuzz_target!(|bytes: &[u8]| {
    let now = OffsetDateTime::UNIX_EPOCH;
    let _ = (Certificate::parse(bytes), issued(bytes), issuer(bytes, [CA]), issuer(LEAF, [bytes]));
    let _ =
        (crl::status(bytes, CA, "64", now), ocsp::status(bytes, CA, "64", now), ocsp::request(LEAF, bytes));
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(name) = UziName::parse(text)
    {
        assert_eq!(name.to_string(), text);
    }
});
