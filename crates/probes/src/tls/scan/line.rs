//! A line of questions about one thing: each hello leaves out what the server chose before.

use sha2::{Digest, Sha256};

use super::facts::About;
use crate::tls::{
    hello::{ClientHello, Renegotiation, SSL_3_0, TLS_1_2, TLS_1_3, version_name},
    ncsc::{Kind, numbers},
    suites,
};

/// Servers and boxes between can choke on longer lists.
const MOST_SUITES: usize = 128;
/// A name that nobody has (RFC 6761).
const FOREIGN_NAME: &str = "keur.invalid";

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Whether SSL 2.0 is spoken.
    Ssl2,
    /// Whether the version is spoken, and its suites.
    Suites,
    /// The groups of the key exchange.
    Groups,
    /// Finite-field groups.
    Primes,
    /// The signature schemes.
    Schemes,
    /// Which suite is taken from a list with the strongest first.
    StrongestFirst,
    /// Which suite is taken from a list with the weakest first.
    WeakestFirst,
    /// Compression.
    Deflate,
    /// Coming back with a lower version.
    Fallback,
    /// No name.
    WithoutName,
    /// A name nobody has.
    ForeignName,
    /// Whether the server still answers at the end.
    Control,
}

/// A line of questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub subject: Subject,
    /// The version offered.
    pub version: u16,
    /// The suites still offered.
    pub suites: Vec<u16>,
    /// The groups still offered.
    pub groups: Vec<u16>,
    /// The schemes still offered.
    pub schemes: Vec<u16>,
    /// Which of several lines about the same it is, from 1.
    pub part: usize,
    /// How many questions were asked.
    pub asked: usize,
    /// The latest question is asked again, because nothing came back.
    pub again: bool,
    /// The curve of the certificate is offered too, as servers of old demand.
    pub anchored: bool,
}

impl Line {
    /// A line that offers everything of its version.
    #[must_use]
    pub fn new(subject: Subject, version: u16) -> Self {
        Self {
            subject,
            version,
            suites: suites_of(version),
            groups: groups_of(version),
            schemes: numbers(Kind::Scheme).collect(),
            part: 1,
            asked: 0,
            again: false,
            anchored: false,
        }
    }

    /// A line with the suites whose names fit.
    #[must_use]
    pub fn with(subject: Subject, version: u16, fits: impl Fn(&str) -> bool) -> Self {
        let mut line = Self::new(subject, version);
        line.suites.retain(|suite| fits(&suites::name(*suite)));
        line.suites.truncate(MOST_SUITES);
        line
    }

    /// The lines that find all suites of a version.
    #[must_use]
    pub fn suites(version: u16) -> Vec<Self> {
        let whole = Self::new(Subject::Suites, version);
        let parts = whole.suites.chunks(MOST_SUITES).enumerate();
        parts.map(|(at, suites)| Self { suites: suites.to_vec(), part: at + 1, ..whole.clone() }).collect()
    }

    /// What it asks, in words that no other question has.
    #[must_use]
    pub fn purpose(&self) -> String {
        let version = version_name(self.version);
        let what = match self.subject {
            Subject::Ssl2 => "SSL 2.0".to_owned(),
            Subject::Suites => format!("suites van {version}, deel {}", self.part),
            Subject::Groups => format!("groepen van {version}"),
            Subject::Primes => format!("Diffie-Hellman van {version}, deel {}", self.part),
            Subject::Schemes => format!("handtekeningen van {version}"),
            Subject::StrongestFirst => format!("volgorde van {version}, sterkste voorop"),
            Subject::WeakestFirst => format!("volgorde van {version}, zwakste voorop"),
            Subject::Deflate => format!("compressie van {version}"),
            Subject::Fallback => format!("terugval naar {version}"),
            Subject::WithoutName => "zonder servernaam".to_owned(),
            Subject::ForeignName => "met een vreemde servernaam".to_owned(),
            Subject::Control => "controle dat het product nog antwoordt".to_owned(),
        };
        let again = if self.again { ", nog eens" } else { "" };
        format!("TLS-proef: {what}, vraag {}{again}", self.asked + 1)
    }

    /// What it is about, for what could not be found out.
    #[must_use]
    pub fn about(&self) -> About {
        match self.subject {
            Subject::Ssl2 | Subject::Suites | Subject::Control => About::Versions,
            Subject::Groups | Subject::Primes => About::Exchange,
            Subject::Schemes => About::Schemes,
            Subject::StrongestFirst | Subject::WeakestFirst => About::Order,
            Subject::Deflate => About::Compression,
            Subject::Fallback | Subject::WithoutName | Subject::ForeignName => About::Rest,
        }
    }

    /// The bytes of the next question.
    #[must_use]
    pub fn bytes(&self, server_name: Option<&str>, seed: &[u8; 32]) -> Vec<u8> {
        let random = Sha256::digest([seed.as_slice(), self.purpose().as_bytes()].concat()).into();
        if self.subject == Subject::Ssl2 {
            return ssl2(&random);
        }
        let server_name = match self.subject {
            Subject::WithoutName => None,
            Subject::ForeignName => Some(FOREIGN_NAME),
            _ => server_name,
        };
        let hello = ClientHello {
            version: self.version,
            suites: self.suites.clone(),
            deflate: self.subject == Subject::Deflate,
            server_name: server_name.map(str::to_owned),
            random,
            groups: self.groups.clone(),
            schemes: self.schemes.clone(),
            fallback: self.subject == Subject::Fallback,
            extras: true,
            names_version: false,
            renegotiation: Renegotiation::First,
        };
        hello.record()
    }
}

/// The suites a version can be spoken with, best first.
fn suites_of(version: u16) -> Vec<u16> {
    let fits = |suite: &u16| {
        let modern = matches!(suite, 0x1300..=0x13FF);
        // AEAD and SHA-2 came with TLS 1.2.
        let name = suites::name(*suite);
        let late = ["GCM", "CCM", "SHA256", "SHA384", "POLY1305"].iter().any(|late| name.contains(late));
        match version {
            TLS_1_3 => modern,
            TLS_1_2 => !modern,
            _ => !modern && !late,
        }
    };
    numbers(Kind::Suite).filter(fits).collect()
}

fn groups_of(version: u16) -> Vec<u16> {
    let fits = |group: &u16| match (version, group) {
        (SSL_3_0, _) => false,
        // The hybrids, and the brainpool curves under their numbers of TLS 1.3, are of that version only.
        (TLS_1_3, group) => !matches!(group, 0x0001..=0x0016 | 0x001A..=0x001C),
        (_, group) => *group < 0x0100 && !matches!(group, 0x001F..=0x0021),
    };
    numbers(Kind::Group).filter(fits).collect()
}

/// CLIENT-HELLO of SSL 2.0 with its seven ciphers.
fn ssl2(random: &[u8; 32]) -> Vec<u8> {
    let mut body = vec![1, 0, 2, 0, 21, 0, 0, 0, 16];
    for cipher in
        [[1, 0, 0x80], [2, 0, 0x80], [3, 0, 0x80], [4, 0, 0x80], [5, 0, 0x80], [6, 0, 0x40], [7, 0, 0xC0]]
    {
        body.extend(cipher);
    }
    body.extend_from_slice(&random[..16]);
    let mut record = vec![0x80, u8::try_from(body.len()).unwrap_or(u8::MAX)];
    record.extend(body);
    record
}
