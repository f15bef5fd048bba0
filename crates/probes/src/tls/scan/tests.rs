//! The scan against servers that are a few lines long.

use keur_evidence::{event::Failure, http::Transport};

use super::{facts::Prime, *};
use crate::tls::wire::Reader;

/// The parts of a hello a server decides on.
struct Heard {
    version: u16,
    suites: Vec<u16>,
    groups: Vec<u16>,
}

fn words(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

fn heard(bytes: &[u8]) -> Option<Heard> {
    let mut reader = Reader(bytes.get(9..)?);
    let mut version = reader.word()?;
    reader.take(32)?;
    reader.prefixed8()?;
    let suites = words(reader.prefixed16()?);
    reader.prefixed8()?;
    let mut groups = Vec::new();
    let mut extensions = Reader(reader.prefixed16().unwrap_or_default());
    while let Some(kind) = extensions.word() {
        let content = extensions.prefixed16()?;
        match kind {
            10 => groups = words(&content[2..]),
            43 => version = u16::from_be_bytes([content[1], content[2]]),
            _ => {}
        }
    }
    Some(Heard { version, suites, groups })
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend(&(body.len() as u32).to_be_bytes()[1..]);
    bytes.extend(body);
    bytes
}

fn flight(version: u16, suite: u16, exchange: &[u8]) -> Vec<u8> {
    let mut hello = version.to_be_bytes().to_vec();
    hello.extend([9; 32]);
    hello.push(0);
    hello.extend(suite.to_be_bytes());
    hello.push(0);
    let mut messages = message(2, &hello);
    if !exchange.is_empty() {
        messages.extend(message(12, exchange));
    }
    messages.extend(message(14, &[]));
    let mut record = vec![22, 3, 3];
    record.extend((messages.len() as u16).to_be_bytes());
    record.extend(messages);
    record
}

fn raw(received: Result<Vec<u8>, Transport>, closed: bool) -> Raw {
    Raw { id: "o-1".to_owned(), received, closed }
}

const REFUSAL: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];

fn scanned(server: impl Fn(&[u8]) -> Raw) -> Facts {
    let mut scan = Scan::new(None, [7; 32]);
    let mut purposes = std::collections::BTreeSet::new();
    for _ in 0..2000 {
        let round = scan.round();
        if round.is_empty() {
            return scan.into_facts();
        }
        for probe in &round {
            assert!(purposes.insert(probe.purpose.clone()), "{} is asked twice", probe.purpose);
        }
        let answers: Vec<Raw> = round.iter().map(|probe| server(&probe.bytes)).collect();
        scan.learn(&answers);
    }
    panic!("the scan has no end");
}

/// TLS 1.2 with these suites in the server's order, x25519 before P-256.
fn tls12(mine: &'static [u16]) -> impl Fn(&[u8]) -> Raw {
    move |bytes| {
        let refusal = raw(Ok(REFUSAL.to_vec()), true);
        let Some(hello) = heard(bytes).filter(|hello| hello.version == TLS_1_2) else { return refusal };
        let Some(suite) = mine.iter().find(|suite| hello.suites.contains(suite)) else { return refusal };
        let curve = [0x001D_u16, 0x0017].into_iter().find(|group| hello.groups.contains(group));
        let exchange = match (suite, curve) {
            (0xC000.., Some(curve)) => [&[3][..], &curve.to_be_bytes(), &[1, 4, 4, 3, 0, 0]].concat(),
            (0xC000.., None) => return refusal,
            _ => Vec::new(),
        };
        raw(Ok(flight(TLS_1_2, *suite, &exchange)), false)
    }
}

#[test]
fn suites_groups_and_order_are_found() {
    let facts = scanned(tls12(&[0x002F, 0xC02F, 0xC013]));
    assert_eq!(facts.suites, [(TLS_1_2, vec![0x002F, 0xC02F, 0xC013])].into());
    assert_eq!(facts.groups[&TLS_1_2], [0x001D, 0x0017]);
    assert_eq!(facts.schemes, [0x0403]);
    let order = facts.order[&TLS_1_2];
    assert_eq!(order.strongest_first, Some(0x002F));
    assert_eq!(order.weakest_first, Some(0x002F));
    assert_eq!((facts.renegotiation_info, facts.master_secret), (Some(false), Some(false)));
    assert!(facts.unclear.is_empty() && !facts.ssl2);
}

#[test]
fn what_speaks_nothing_or_is_gone_is_soon_left_alone() {
    let mute = scanned(|_| raw(Ok(Vec::new()), false));
    assert!(!mute.spoke() && mute.connections < 60, "{}", mute.connections);
    assert!(mute.unclear.iter().any(|(about, ..)| *about == About::Versions));
    let refused = Transport { failure: Failure::Connect, message: "refused".to_owned() };
    let gone = scanned(|_| raw(Err(refused.clone()), false));
    assert!(!gone.spoke() && !gone.unclear.is_empty());
    let closing = scanned(|_| raw(Ok(Vec::new()), true));
    assert!(!closing.spoke() && closing.unclear.is_empty());
    let http = scanned(|_| raw(Ok(b"HTTP/1.1 400 Bad Request".to_vec()), true));
    assert!(!http.spoke() && !http.unclear.is_empty());
}

#[test]
fn a_server_that_agrees_to_everything_is_not_asked_for_ever() {
    let facts = scanned(|bytes| {
        let Some(hello) = heard(bytes) else { return raw(Ok(Vec::new()), true) };
        raw(Ok(flight(hello.version.min(TLS_1_2), hello.suites[0], &[])), false)
    });
    assert!(facts.connections <= MOST_CONNECTIONS + 64);
}

#[test]
fn a_closed_connection_is_a_refusal_only_when_the_server_is_still_there() {
    let sound = tls12(&[0xC02F]);
    let closing = |bytes: &[u8]| {
        let answer = sound(bytes);
        if answer.closed { raw(Ok(Vec::new()), true) } else { answer }
    };
    let facts = scanned(closing);
    assert_eq!(facts.suites[&TLS_1_2], [0xC02F]);
    assert!(facts.unclear.is_empty(), "{:?}", facts.unclear);
    let left = std::cell::Cell::new(16);
    let dying = scanned(|bytes| {
        left.set(left.get() - 1);
        if left.get() > 0 { closing(bytes) } else { raw(Ok(Vec::new()), true) }
    });
    assert!(!dying.unclear.is_empty());
}

#[test]
fn primes_have_a_size_and_perhaps_a_name() {
    assert_eq!(Prime::of(&[0x7F; 64]), Prime { bits: 511, known: None });
    assert_eq!(Prime::of(&[0xFF; 128]).bits, 1024);
    assert_eq!(Prime::of(&[]), Prime { bits: 0, known: None });
}
