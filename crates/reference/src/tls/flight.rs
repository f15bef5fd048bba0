//! The first flight of a TLS server up to TLS 1.2, by hand: what a library no longer says, a defect does.

use rustls::pki_types::CertificateDer;

/// The parts of a ServerHello, Certificate, ServerKeyExchange and ServerHelloDone.
pub(super) struct Flight {
    pub(super) version: u16,
    pub(super) suite: u16,
    pub(super) compression: u8,
    pub(super) renegotiation_info: bool,
    pub(super) master_secret: bool,
    pub(super) exchange: Exchange,
}

/// The server's half of the key exchange, with the scheme of its signature. The signature itself is not one: whoever
/// would verify it must also finish the handshake.
pub(super) enum Exchange {
    /// The client makes the secret.
    None,
    /// A named curve.
    Curve { group: u16, scheme: u16 },
    /// A prime of the server's own, this many bytes long.
    Prime { bytes: usize, scheme: u16 },
}

impl Flight {
    /// The bytes of the record.
    pub(super) fn record(&self, certificate: &CertificateDer<'_>) -> Vec<u8> {
        let mut chain = length24(certificate.len() + 3);
        chain.extend(length24(certificate.len()));
        chain.extend_from_slice(certificate);

        let mut messages = message(2, &self.hello());
        messages.extend(message(11, &chain));
        if let Some(exchange) = self.exchange.body() {
            messages.extend(message(12, &exchange));
        }
        messages.extend(message(14, &[]));

        let mut record = vec![22];
        record.extend_from_slice(&self.version.to_be_bytes());
        record.extend(prefixed16(&messages));
        record
    }

    fn hello(&self) -> Vec<u8> {
        let mut hello = self.version.to_be_bytes().to_vec();
        hello.extend_from_slice(&crate::random::bytes::<32>());
        hello.push(0);
        hello.extend_from_slice(&self.suite.to_be_bytes());
        hello.push(self.compression);
        let mut extensions = Vec::new();
        if self.renegotiation_info {
            extensions.extend([0xFF, 0x01, 0, 1, 0]);
        }
        if self.master_secret {
            extensions.extend([0, 23, 0, 0]);
        }
        if !extensions.is_empty() {
            hello.extend(prefixed16(&extensions));
        }
        hello
    }
}

impl Exchange {
    fn body(&self) -> Option<Vec<u8>> {
        let (mut body, scheme) = match self {
            Self::None => return None,
            Self::Curve { group, scheme } => {
                let mut body = vec![3];
                body.extend(group.to_be_bytes());
                // An uncompressed point of 32 bytes a side.
                body.extend([65, 4]);
                body.extend(crate::random::bytes::<64>());
                (body, scheme)
            }
            Self::Prime { bytes, scheme } => {
                let mut body = prefixed16(&vec![0xC5; *bytes]);
                body.extend(prefixed16(&[2]));
                body.extend(prefixed16(&vec![0x5C; *bytes]));
                (body, scheme)
            }
        };
        body.extend(scheme.to_be_bytes());
        body.extend(prefixed16(&crate::random::bytes::<64>()));
        Some(body)
    }
}

pub(super) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut message = vec![kind];
    message.extend(length24(body.len()));
    message.extend_from_slice(body);
    message
}

fn prefixed16(content: &[u8]) -> Vec<u8> {
    let mut bytes = length24(content.len()).split_off(1);
    bytes.extend_from_slice(content);
    bytes
}

fn length24(length: usize) -> Vec<u8> {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()[1..].to_vec()
}
