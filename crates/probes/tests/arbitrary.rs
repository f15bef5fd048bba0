//! The questions of the fuzz targets, asked of arbitrary and mutated bytes: `fuzz/` needs another compiler.

use std::{fs, path::PathBuf};

use keur_probes::tls::{
    certificate::Certificate,
    flight::{Flight, MOST_CERTIFICATES},
    hello::ClientHello,
    renegotiation::Client,
    sct::Timestamp,
    staple::Staple,
};
use proptest::prelude::*;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target);
    let mut paths: Vec<PathBuf> =
        folder.read_dir().expect("seeds").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("readable")).collect()
}

/// A seed with a few bytes changed and its end cut off or grown.
fn mutated(target: &str) -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (
        prop::sample::select(seeds(target)),
        changes,
        any::<prop::sample::Index>(),
        prop::collection::vec(any::<u8>(), 0..40),
    )
        .prop_map(|(mut bytes, changes, end, tail)| {
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes.truncate(end.index(bytes.len() + 1));
            bytes.extend(tail);
            bytes
        })
}

fn flight(bytes: &[u8]) -> Result<(), TestCaseError> {
    let flight = Flight::read(bytes);
    prop_assert!(flight.chain.len() <= MOST_CERTIFICATES);
    for der in &flight.chain {
        let _ = Certificate::parse(der);
    }
    let half = Flight::read(&bytes[..bytes.len() / 2]);
    if half.hello.is_some() {
        prop_assert_eq!(half.hello, flight.hello);
    }
    Ok(())
}

/// A client that renegotiates answers or gives up, whatever it hears and in whatever pieces.
fn conversation(bytes: &[u8]) -> Result<(), TestCaseError> {
    let url = url::Url::parse("https://bron.example").expect("a URL");
    let fresh = || Client::new(ClientHello::strong(&url, [7; 32]), None).0;
    let (mut whole, mut pieces) = (fresh(), fresh());
    whole.hear(bytes);
    for piece in bytes.chunks(7) {
        if !pieces.is_over() {
            pieces.hear(piece);
        }
    }
    prop_assert_eq!(whole.heard(), pieces.heard());
    prop_assert_eq!(whole.is_over(), pieces.is_over());
    prop_assert!(whole.heard().len() <= bytes.len());
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_are_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        flight(&bytes)?;
        conversation(&bytes)?;
        let _ = (Staple::parse(&bytes), Timestamp::list(&bytes));
    }

    #[test]
    fn a_flight_that_was_tampered_with_is_no_harm(bytes in mutated("tls_flight")) {
        flight(&bytes)?;
        conversation(&bytes)?;
    }

    #[test]
    fn a_staple_that_was_tampered_with_is_no_harm(bytes in mutated("tls_staple")) {
        let _ = Staple::parse(&bytes);
    }
}

#[test]
fn every_seed_is_what_its_name_says() {
    let whole = |bytes: &Vec<u8>| Flight::complete(bytes) && !Flight::read(bytes).broken;
    assert!(seeds("tls_flight").iter().all(whole));
    assert_eq!(seeds("tls_staple").iter().filter(|bytes| Staple::parse(bytes).is_some()).count(), 2);
}
