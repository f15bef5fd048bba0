//! What a server says to a hand-made ClientHello. The reference product reads hellos with code of its own, on purpose: one
//! reader for both would agree with its own mistakes.

use keur_evidence::{http::Transport, wire::Raw};

use super::{flight::Flight, hello::version_name, wire::Reader};

const OCSP: u16 = 5;
const HEARTBEAT: u16 = 15;
const ALPN: u16 = 16;
const SCT: u16 = 18;
/// Extended master secret (RFC 7627).
const MASTER_SECRET: u16 = 23;
const TICKET: u16 = 35;
const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;
/// Secure renegotiation (RFC 5746).
const RENEGOTIATION_INFO: u16 = 0xFF01;
/// The random by which a hello says that it is a request to try again (RFC 8446), its first bytes.
const RETRY: [u8; 8] = [0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11];
/// The server speaks none of the offered versions.
pub const PROTOCOL_VERSION: u8 = 70;

/// The server goes along.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerHello {
    /// The chosen version.
    pub version: u16,
    /// The chosen suite.
    pub suite: u16,
    /// The chosen compression method; 0 is none.
    pub compression: u8,
    /// The server promises secure renegotiation.
    pub renegotiation_info: bool,
    /// It asks for another hello (TLS 1.3), and so names the group it wants.
    pub retry: bool,
    /// The group of TLS 1.3.
    pub group: Option<u16>,
    /// It binds the keys to the whole handshake.
    pub master_secret: bool,
    /// It gives a session that can be resumed by its id.
    pub session: bool,
    /// It will give a ticket.
    pub ticket: bool,
    /// It will staple an OCSP answer.
    pub ocsp: bool,
    /// It answers heartbeats.
    pub heartbeat: bool,
    /// It shows SCTs in the handshake.
    pub sct: bool,
    /// The chosen protocol.
    pub protocol: Option<String>,
}

/// The server's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It goes along.
    Hello(ServerHello),
    /// It refuses with an alert.
    Alert(u8),
    /// It closed the connection without an alert.
    Closed,
    /// It did not answer within the time limit.
    Silent,
    /// There was no connection at all.
    Unreachable(Transport),
    /// It sent something that is not TLS.
    Foreign,
}

impl Reply {
    /// Reads the answer.
    #[must_use]
    pub fn of(raw: &Raw) -> Self {
        let bytes = match &raw.received {
            Ok(bytes) => bytes,
            Err(_) if raw.closed => return Self::Closed,
            Err(transport) => return Self::Unreachable(transport.clone()),
        };
        match read(bytes) {
            Some(reply) => reply,
            None if raw.closed => Self::Closed,
            None => Self::Silent,
        }
    }

    /// In words, for the reader.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Hello(hello) => {
                format!("het product gaat mee met {}", version_name(hello.version))
            }
            Self::Alert(description) => match alert_name(*description) {
                "" => format!("TLS-alert {description}"),
                name => format!("TLS-alert {description} ({name})"),
            },
            Self::Closed => "het product verbreekt de verbinding".to_owned(),
            Self::Silent => "geen antwoord binnen de tijd".to_owned(),
            Self::Unreachable(transport) => transport.to_string(),
            Self::Foreign => "een antwoord dat geen TLS is".to_owned(),
        }
    }
}

/// Whether the bytes tell enough: a refusal, or a whole ServerHello.
#[must_use]
pub fn complete(bytes: &[u8]) -> bool {
    read(bytes).is_some()
}

/// `None` as long as more bytes could tell.
fn read(bytes: &[u8]) -> Option<Reply> {
    let flight = Flight::read(bytes);
    match (flight.hello, flight.alert) {
        (Some(hello), _) => Some(Reply::Hello(hello)),
        (None, Some(alert)) => Some(Reply::Alert(alert)),
        (None, None) => (flight.foreign || flight.broken).then_some(Reply::Foreign),
    }
}

impl ServerHello {
    /// Reads the body of the message.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let mut hello = Self { version: reader.word()?, ..Self::default() };
        hello.retry = reader.take(32)?.starts_with(&RETRY);
        hello.session = !reader.prefixed8()?.is_empty();
        hello.suite = reader.word()?;
        hello.compression = reader.byte()?;
        // Before TLS 1.2 the extensions may be absent.
        let length = reader.word().unwrap_or(0);
        let mut extensions = Reader(reader.take(length.into())?);
        while let Some(kind) = extensions.word() {
            let mut content = Reader(extensions.prefixed16()?);
            match kind {
                RENEGOTIATION_INFO => hello.renegotiation_info = true,
                SUPPORTED_VERSIONS => hello.version = content.word()?,
                KEY_SHARE => hello.group = Some(content.word()?),
                MASTER_SECRET => hello.master_secret = true,
                TICKET => hello.ticket = true,
                OCSP => hello.ocsp = true,
                HEARTBEAT => hello.heartbeat = true,
                SCT => hello.sct = true,
                ALPN => {
                    let chosen = Reader(content.prefixed16()?).prefixed8()?;
                    hello.protocol = Some(String::from_utf8_lossy(chosen).into_owned());
                }
                _ => {}
            }
        }
        Some(hello)
    }
}

fn alert_name(description: u8) -> &'static str {
    match description {
        0 => "close_notify",
        10 => "unexpected_message",
        40 => "handshake_failure",
        47 => "illegal_parameter",
        50 => "decode_error",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        112 => "unrecognized_name",
        116 => "certificate_required",
        _ => "",
    }
}

#[cfg(test)]
pub(super) mod tests {
    use keur_evidence::event::Failure;

    use super::*;

    /// The record with a ServerHello.
    pub fn hello_record(version: u16, suite: u16, compression: u8, extensions: &[u8]) -> Vec<u8> {
        let mut body = version.to_be_bytes().to_vec();
        body.extend([9; 32]);
        body.push(0);
        body.extend(suite.to_be_bytes());
        body.push(compression);
        if !extensions.is_empty() {
            body.extend((extensions.len() as u16).to_be_bytes());
            body.extend(extensions);
        }
        let mut record = vec![22, 3, 3];
        record.extend((body.len() as u16 + 4).to_be_bytes());
        record.extend([2, 0]);
        record.extend((body.len() as u16).to_be_bytes());
        record.extend(body);
        record
    }

    pub fn raw(received: &[u8], closed: bool) -> Raw {
        Raw { id: "o-1".to_owned(), received: Ok(received.to_vec()), closed }
    }

    #[test]
    fn a_hello_is_read_whole_or_not_at_all() {
        let bytes = hello_record(0x0303, 0xC02B, 1, &[0xFF, 0x01, 0, 1, 0]);
        let hello = ServerHello {
            version: 0x0303,
            suite: 0xC02B,
            compression: 1,
            renegotiation_info: true,
            ..Default::default()
        };
        assert_eq!(Reply::of(&raw(&bytes, false)), Reply::Hello(hello));
        for length in 0..bytes.len() {
            assert!(!complete(&bytes[..length]), "{length} bytes are not enough");
        }
        let modern = hello_record(0x0303, 0x1301, 0, &[0, 43, 0, 2, 3, 4]);
        assert!(matches!(Reply::of(&raw(&modern, false)), Reply::Hello(hello) if hello.version == 0x0304));
    }

    #[test]
    fn a_hello_in_two_records_is_put_together() {
        let whole = hello_record(0x0301, 0x002F, 0, &[]);
        let body = &whole[5..];
        let mut split = vec![22, 3, 1, 0, 10];
        split.extend(&body[..10]);
        split.extend([22, 3, 1, 0, (body.len() - 10) as u8]);
        split.extend(&body[10..]);
        assert!(matches!(Reply::of(&raw(&split, false)), Reply::Hello(hello) if hello.suite == 0x002F));
    }

    #[test]
    fn refusals_and_silence_are_told_apart() {
        assert_eq!(Reply::of(&raw(&[21, 3, 3, 0, 2, 2, 70], true)), Reply::Alert(70));
        assert_eq!(Reply::of(&raw(&[], true)), Reply::Closed);
        assert_eq!(Reply::of(&raw(&[], false)), Reply::Silent);
        assert_eq!(Reply::of(&raw(b"HTTP/1.1 400 Bad Request", true)), Reply::Foreign);
        let reset = Transport { failure: Failure::Closed, message: "reset".to_owned() };
        assert_eq!(Reply::of(&Raw { received: Err(reset), ..raw(&[], true) }), Reply::Closed);
        let refused = Transport { failure: Failure::Connect, message: "refused".to_owned() };
        let unreachable = Raw { received: Err(refused.clone()), ..raw(&[], false) };
        assert_eq!(Reply::of(&unreachable), Reply::Unreachable(refused));
    }

    #[test]
    fn a_warning_does_not_hide_the_hello() {
        let mut bytes = vec![21, 3, 3, 0, 2, 1, 112];
        assert!(!complete(&bytes));
        bytes.extend(hello_record(0x0303, 0xC02B, 0, &[]));
        assert!(matches!(Reply::of(&raw(&bytes, false)), Reply::Hello(_)));
    }
}
