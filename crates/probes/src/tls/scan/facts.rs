//! What a scan found, without an opinion.

use std::collections::{BTreeMap, BTreeSet};

use keur_evidence::look::By;
use sha2::{Digest, Sha256};

use crate::tls::{
    flight::{Flight, Group},
    hello::{TLS_1_2, TLS_1_3},
    renegotiation::Renegotiated,
    server_hello::ServerHello,
};

/// Primes that are published, by SHA-256 of the number: RFC 7919, RFC 2409 and RFC 3526.
const KNOWN_PRIMES: [(&str, &str); 13] = [
    ("ffdhe2048", "9cd3b7f336872f46c09428d1bbc19877a4d440512cda8d1c1cf0cd6e33698966"),
    ("ffdhe3072", "0eaf67db3a839156d5013494a5318a772b5697d270d721f37f092efc69ea5a17"),
    ("ffdhe4096", "4648414224ac881b3d0dc59b466f96d06a558278776807797ecf1f66ff397b3e"),
    ("ffdhe6144", "227ac9066b3ddd9e193670cda2388fa884f65ba0cf98b742d1fe77a6687c79c7"),
    ("ffdhe8192", "770b14efaf6f049929c523113b3fa99a8d11dab1b18af3609590122075d19833"),
    ("modp768", "b52ba6a3026520a6c49d37e4587601801bee500123b3259b6bf03e7cecc3e63d"),
    ("modp1024", "3f35a3f5f6c4376a744acad409bb22f8d897f949d2311d885adaa890981b67a0"),
    ("modp1536", "64fcc83ec403930bf18393dbc883ccaa1fbb08ac876f77f7aa99748ca945019b"),
    ("modp2048", "d66436f79bbd6b2e38c0ffbd079be904d2641415e2e67140e09448be9a60890e"),
    ("modp3072", "48cf8b092fbce4359d9871abf74f98e25b6163379eaa15cd9087e800c6d1c55c"),
    ("modp4096", "4ee95187682bcb230ad26a95205f6920e84708f6251b3894329b09ec23919e33"),
    ("modp6144", "d1bfe6d0925ce7e4da262b62861514a7755e35831e429f343e7b864848657efd"),
    ("modp8192", "39ab4feab950a3128fb71accb9fc3965d857012e081998a85996e3ea8b3c3bcf"),
];

/// A finite-field group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prime {
    /// Its size.
    pub bits: usize,
    /// Its name, when it is a published one.
    pub known: Option<&'static str>,
}

impl Prime {
    /// The facts of a prime without leading zeros.
    #[must_use]
    pub fn of(prime: &[u8]) -> Self {
        let unused = prime.first().map_or(0, |byte| byte.leading_zeros() as usize);
        let digest: String = Sha256::digest(prime).iter().map(|byte| format!("{byte:02x}")).collect();
        let known = KNOWN_PRIMES.iter().find(|(_, known)| *known == digest).map(|(name, _)| *name);
        Self { bits: prime.len() * 8 - unused, known }
    }
}

/// What came of a hello for another name, or for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameAnswer {
    /// The same certificate.
    Same,
    /// Another certificate.
    Other,
    /// An alert.
    Refused(u8),
}

/// What a connection with a lower version than the client's highest gets, when the client says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FallbackAnswer {
    /// The alert that belongs to it, or another one.
    Refused(u8),
    /// The server goes along.
    Accepted,
}

/// Which suite a server picks when the order of the offer is turned round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Order {
    /// Its choice from the offer with the strongest first.
    pub strongest_first: Option<u16>,
    /// Its choice from the offer with the weakest first.
    pub weakest_first: Option<u16>,
}

/// What could not be found out, by what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// A version and its suites.
    Versions,
    /// Which suite comes first.
    Order,
    /// Groups and primes.
    Exchange,
    /// Signatures in the handshake.
    Schemes,
    /// Compression.
    Compression,
    /// Renegotiation begun by the client.
    Renegotiation,
    /// Names and coming back with a lower version.
    Rest,
}

/// All that a scan found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Suites per version in the order in which the server let go of them; a version it does not speak is absent.
    pub suites: BTreeMap<u16, Vec<u16>>,
    /// SSL 2.0 was answered.
    pub ssl2: bool,
    /// The order of preference per version with at least two suites.
    pub order: BTreeMap<u16, Order>,
    /// Groups per version, in the order in which the server let go of them.
    pub groups: BTreeMap<u16, Vec<u16>>,
    /// A curve of the server's own making.
    pub own_curve: bool,
    /// Finite-field groups below TLS 1.3.
    pub primes: BTreeSet<Prime>,
    /// Signature schemes of the handshake: of the key exchange in TLS 1.2, and of the proof in TLS 1.3.
    pub schemes: Vec<u16>,
    /// A compression method was chosen.
    pub compression: Option<u8>,
    /// Whether every hello below TLS 1.3 promised secure renegotiation; none when there was none.
    pub renegotiation_info: Option<bool>,
    /// Whether every hello of TLS 1.2 bound the keys to the handshake.
    pub master_secret: Option<bool>,
    /// Sessions can be resumed by id, and by ticket.
    pub resumption: (bool, bool),
    /// Whether a session was really resumed, per way in which that was tried.
    pub resumed: BTreeMap<By, bool>,
    /// Renegotiation begun by the client; none when it was not tried.
    pub renegotiated: Option<Renegotiated>,
    /// Heartbeats are answered.
    pub heartbeat: bool,
    /// SCTs in the handshake.
    pub sct: bool,
    /// Protocols chosen.
    pub protocols: BTreeSet<String>,
    /// The different chains that were sent, DER, leaf first.
    pub chains: Vec<Vec<Vec<u8>>>,
    /// The latest stapled OCSP answer.
    pub staple: Option<Vec<u8>>,
    /// A client certificate was asked for, of issuers with these names in DER.
    pub client_certificate: Option<Vec<Vec<u8>>>,
    /// Coming back with a lower version.
    pub fallback: Option<FallbackAnswer>,
    /// A hello without a name.
    pub without_name: Option<NameAnswer>,
    /// A hello for a name nobody has.
    pub foreign_name: Option<NameAnswer>,
    /// What could not be found out: what it is about, the question, and what came back.
    pub unclear: Vec<(About, String, String)>,
    /// Connections made.
    pub connections: usize,
}

impl Facts {
    /// Whether the server spoke any version.
    #[must_use]
    pub fn spoke(&self) -> bool {
        self.ssl2 || !self.suites.is_empty()
    }

    /// The highest version below TLS 1.3.
    #[must_use]
    pub fn highest_old(&self) -> Option<u16> {
        self.suites.keys().copied().filter(|version| *version <= TLS_1_2).max()
    }

    /// Takes note of a flight of the server we ask for by its right name.
    pub(super) fn take(&mut self, hello: &ServerHello, flight: &Flight) {
        let and = |before: Option<bool>, now: bool| Some(before.unwrap_or(true) && now);
        if hello.version < TLS_1_3 {
            self.renegotiation_info = and(self.renegotiation_info, hello.renegotiation_info);
            self.resumption.0 |= hello.session;
            self.resumption.1 |= hello.ticket;
        }
        if hello.version == TLS_1_2 {
            self.master_secret = and(self.master_secret, hello.master_secret);
        }
        self.heartbeat |= hello.heartbeat;
        self.sct |= hello.sct;
        self.protocols.extend(hello.protocol.clone());
        if hello.compression != 0 {
            self.compression = Some(hello.compression);
        }
        match flight.exchange.as_ref().map(|exchange| &exchange.group) {
            Some(Group::Prime(prime)) => {
                self.primes.insert(Prime::of(prime));
            }
            Some(Group::OwnCurve) => self.own_curve = true,
            Some(Group::Curve(group)) => note(self.groups.entry(hello.version).or_default(), *group),
            None => {}
        }
        if let Some(group) = hello.group {
            note(self.groups.entry(hello.version).or_default(), group);
        }
        if let Some(scheme) = flight.exchange.as_ref().and_then(|exchange| exchange.scheme) {
            note(&mut self.schemes, scheme);
        }
        let known = |chain: &Vec<Vec<u8>>| chain.first() == flight.chain.first();
        if !flight.chain.is_empty() && !self.chains.iter().any(known) {
            self.chains.push(flight.chain.clone());
        }
        if flight.staple.is_some() {
            self.staple.clone_from(&flight.staple);
        }
        if flight.request.is_some() {
            self.client_certificate.clone_from(&flight.request);
        }
    }
}

/// Adds what is not there yet.
pub(super) fn note(list: &mut Vec<u16>, item: u16) {
    if !list.contains(&item) {
        list.push(item);
    }
}
