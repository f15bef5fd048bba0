//! The first flight of a server: all that it says in the clear before a client must answer.

use super::{
    server_hello::ServerHello,
    wire::{Reader, Records, messages},
};

pub(super) const HELLO_REQUEST: u8 = 0;
pub(super) const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
pub(super) const SERVER_KEY_EXCHANGE: u8 = 12;
pub(super) const CERTIFICATE_REQUEST: u8 = 13;
pub(super) const SERVER_HELLO_DONE: u8 = 14;
const CERTIFICATE_STATUS: u8 = 22;
/// More certificates than this are not a chain but an attempt to keep us busy.
pub const MOST_CERTIFICATES: usize = 32;
const TLS_1_2: u16 = 0x0303;

/// What the server said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flight {
    /// Its choice.
    pub hello: Option<ServerHello>,
    /// Its certificates as sent, leaf first; only below TLS 1.3, where they are in the clear.
    pub chain: Vec<Vec<u8>>,
    /// A stapled OCSP answer.
    pub staple: Option<Vec<u8>>,
    /// Its part of the key exchange.
    pub exchange: Option<KeyExchange>,
    /// It asks for a client certificate, of these issuers (their names in DER).
    pub request: Option<Vec<Vec<u8>>>,
    /// It has said all.
    pub done: bool,
    /// It refuses.
    pub alert: Option<u8>,
    /// It speaks something else.
    pub foreign: bool,
    /// A message has no meaning, or is longer than any may be.
    pub broken: bool,
}

/// The server's part of an ephemeral key exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyExchange {
    /// The group.
    pub group: Group,
    /// The scheme of the signature; only in TLS 1.2, and not of an anonymous server.
    pub scheme: Option<u16>,
}

/// The group of a key exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// A curve by its number.
    Curve(u16),
    /// A curve of the server's own making.
    OwnCurve,
    /// A prime, without leading zeros.
    Prime(Vec<u8>),
}

impl Flight {
    /// Reads what came in so far.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let records = Records::read(bytes);
        let (messages, endless) = messages(&records.handshake);
        let mut flight =
            Self { alert: records.alert, foreign: records.foreign, broken: endless, ..Self::default() };
        for (kind, body) in messages {
            if flight.message(kind, body).is_none() {
                flight.broken = true;
                break;
            }
        }
        // In TLS 1.3 what follows the hello is encrypted.
        flight.done |= records.more || flight.hello.as_ref().is_some_and(|hello| hello.version > TLS_1_2);
        flight
    }

    /// Whether waiting for more is of no use.
    #[must_use]
    pub fn complete(bytes: &[u8]) -> bool {
        let flight = Self::read(bytes);
        flight.done || flight.alert.is_some() || flight.foreign || flight.broken
    }

    fn message(&mut self, kind: u8, body: &[u8]) -> Option<()> {
        let hello = match (kind, &self.hello) {
            (SERVER_HELLO, None) => {
                self.hello = Some(ServerHello::read(body)?);
                return Some(());
            }
            // Something before the hello, or a second one.
            (_, None) | (SERVER_HELLO, Some(_)) => return None,
            (_, Some(hello)) => hello,
        };
        let mut reader = Reader(body);
        match kind {
            CERTIFICATE => {
                let mut list = Reader(reader.prefixed24()?);
                while !list.0.is_empty() {
                    if self.chain.len() == MOST_CERTIFICATES {
                        return None;
                    }
                    self.chain.push(list.prefixed24()?.to_vec());
                }
            }
            CERTIFICATE_STATUS => {
                reader.byte()?;
                self.staple = Some(reader.prefixed24()?.to_vec());
            }
            SERVER_KEY_EXCHANGE => self.exchange = key_exchange(hello, reader),
            CERTIFICATE_REQUEST => {
                reader.prefixed8()?;
                if hello.version == TLS_1_2 {
                    reader.prefixed16()?;
                }
                let (mut names, mut list) = (Vec::new(), Reader(reader.prefixed16()?));
                while !list.0.is_empty() {
                    names.push(list.prefixed16()?.to_vec());
                }
                self.request = Some(names);
            }
            SERVER_HELLO_DONE => self.done = true,
            // A ticket or another message that says nothing here.
            _ => {}
        }
        Some(())
    }
}

/// `None` for the exchanges without a group of their own, such as that of an RSA export key.
fn key_exchange(hello: &ServerHello, mut reader: Reader<'_>) -> Option<KeyExchange> {
    let name = super::suites::name(hello.suite);
    let group = if name.contains("ECDH") {
        match reader.byte()? {
            3 => {
                let curve = reader.word()?;
                reader.prefixed8()?;
                Group::Curve(curve)
            }
            _ => return Some(KeyExchange { group: Group::OwnCurve, scheme: None }),
        }
    } else if name.contains("DHE") || name.contains("DH_anon") {
        let prime = reader.prefixed16()?;
        reader.prefixed16()?;
        reader.prefixed16()?;
        Group::Prime(prime.iter().copied().skip_while(|byte| *byte == 0).collect())
    } else {
        return None;
    };
    let signed = hello.version == TLS_1_2 && !name.contains("anon");
    Some(KeyExchange { group, scheme: if signed { reader.word() } else { None } })
}
