//! Whatever a server sends is read without a panic, and more bytes never take back what was told.
#![no_main]

use keur_probes::tls::flight::{Flight, MOST_CERTIFICATES};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let flight = Flight::read(bytes);
    assert!(flight.chain.len() <= MOST_CERTIFICATES);
    for der in &flight.chain {
        let _ = keur_probes::tls::certificate::Certificate::parse(der);
    }
    let half = Flight::read(&bytes[..bytes.len() / 2]);
    if half.hello.is_some() {
        assert_eq!(half.hello, flight.hello);
    }
});
