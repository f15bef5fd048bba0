//! A ClientHello made by hand: no library still offers what a product must refuse.

use super::suites::{self, RENEGOTIATION_INFO};

/// SSL 3.0.
pub const SSL_3_0: u16 = 0x0300;
/// TLS 1.0.
pub const TLS_1_0: u16 = 0x0301;
/// TLS 1.1.
pub const TLS_1_1: u16 = 0x0302;
/// TLS 1.2.
pub const TLS_1_2: u16 = 0x0303;
/// TLS 1.3.
pub const TLS_1_3: u16 = 0x0304;

/// x25519, P-256, P-384, P-521, ffdhe2048, ffdhe3072.
const GROUPS: [u16; 6] = [0x001D, 0x0017, 0x0018, 0x0019, 0x0100, 0x0101];
/// ECDSA, RSA-PSS and RSA with SHA-2; then SHA-1, so that a weak server is not kept from showing itself.
const SCHEMES: [u16; 11] =
    [0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201];
/// Says that the client comes back with less than it can (RFC 7507); not a suite.
const FALLBACK: u16 = 0x5600;

/// A version's number by its name in the features.
#[must_use]
pub fn version(name: &str) -> Option<u16> {
    [SSL_3_0, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3].into_iter().find(|version| version_name(*version) == name)
}

/// A version's name.
#[must_use]
pub fn version_name(version: u16) -> String {
    match version {
        SSL_3_0 => "SSL 3.0".to_owned(),
        TLS_1_0 => "TLS 1.0".to_owned(),
        TLS_1_1 => "TLS 1.1".to_owned(),
        TLS_1_2 => "TLS 1.2".to_owned(),
        TLS_1_3 => "TLS 1.3".to_owned(),
        other => format!("versie 0x{other:04X}"),
    }
}

/// What a hello says of an earlier handshake on the same connection (RFC 5746).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Renegotiation {
    /// There was none.
    First,
    /// There was one, and this was the client's end of it.
    Bound(Vec<u8>),
}

/// A ClientHello. One of TLS 1.3 shows no key share, so that the server asks for the group it wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientHello {
    /// The highest version the client speaks.
    pub version: u16,
    /// The suites offered, in order of preference.
    pub suites: Vec<u16>,
    /// Whether DEFLATE compression is offered beside none.
    pub deflate: bool,
    /// The name of the server; none for an address.
    pub server_name: Option<String>,
    /// The client random.
    pub random: [u8; 32],
    /// The groups for the key exchange, in order of preference.
    pub groups: Vec<u16>,
    /// The signature schemes, in order of preference.
    pub schemes: Vec<u16>,
    /// Whether the client says that it came back with a lower version.
    pub fallback: bool,
    /// Whether to ask for all a server may add: a stapled OCSP answer, SCTs, a protocol, a ticket, heartbeats.
    pub extras: bool,
    /// Whether it names its version in an extension too, as every client of today does; one of TLS 1.3 must.
    pub names_version: bool,
    /// Whether it begins the connection.
    pub renegotiation: Renegotiation,
}

impl ClientHello {
    /// An offer of strong suites at TLS 1.2, to be weakened by a negative case.
    #[must_use]
    pub fn strong(url: &url::Url, random: [u8; 32]) -> Self {
        let server_name = url.domain().map(str::to_owned);
        Self {
            version: TLS_1_2,
            suites: suites::strong(),
            deflate: false,
            server_name,
            random,
            groups: GROUPS.to_vec(),
            schemes: SCHEMES.to_vec(),
            fallback: false,
            extras: false,
            names_version: false,
            renegotiation: Renegotiation::First,
        }
    }

    /// The bytes of the record.
    #[must_use]
    pub fn record(&self) -> Vec<u8> {
        // TLS 1.3 is asked for in an extension.
        let mut hello = self.version.min(TLS_1_2).to_be_bytes().to_vec();
        hello.extend_from_slice(&self.random);
        hello.push(0);
        let first = (self.renegotiation == Renegotiation::First).then_some(RENEGOTIATION_INFO);
        let signals = first.into_iter().chain(self.fallback.then_some(FALLBACK));
        let suites = self.suites.iter().copied().chain(signals);
        hello.extend(prefixed16(&suites.flat_map(u16::to_be_bytes).collect::<Vec<_>>()));
        hello.extend_from_slice(if self.deflate { &[2, 1, 0] } else { &[1, 0] });
        if self.version > SSL_3_0 {
            hello.extend(prefixed16(&self.extensions()));
        }
        let mut message = vec![1];
        message.extend_from_slice(&length(hello.len())[1..]);
        message.extend(hello);
        // Servers of every age read a first record of the oldest version the client speaks.
        let mut record = vec![22, 3, u8::from(self.version > SSL_3_0)];
        record.extend(prefixed16(&message));
        record
    }

    fn extensions(&self) -> Vec<u8> {
        let mut all = Vec::new();
        if let Some(name) = &self.server_name {
            let mut entry = vec![0];
            entry.extend(prefixed16(name.as_bytes()));
            all.extend(extension(0, &prefixed16(&entry)));
        }
        if !self.groups.is_empty() {
            all.extend(extension(10, &words(&self.groups)));
        }
        // Uncompressed points.
        all.extend(extension(11, &[1, 0]));
        if self.version >= TLS_1_2 {
            all.extend(extension(13, &words(&self.schemes)));
        }
        if self.version >= TLS_1_3 || self.names_version {
            let mut versions = vec![2];
            versions.extend(self.version.to_be_bytes());
            all.extend(extension(43, &versions));
        }
        if self.version >= TLS_1_3 {
            all.extend(extension(51, &prefixed16(&[])));
        }
        if self.extras {
            all.extend(extension(5, &[1, 0, 0, 0, 0]));
            all.extend(extension(15, &[1]));
            all.extend(extension(16, &prefixed16(b"\x02h2\x08http/1.1")));
            all.extend(extension(18, &[]));
            all.extend(extension(35, &[]));
        }
        if let Renegotiation::Bound(verify) = &self.renegotiation {
            let mut content = vec![length(verify.len())[3]];
            content.extend_from_slice(verify);
            all.extend(extension(0xFF01, &content));
        }
        // Extended master secret, which strict servers demand.
        all.extend(extension(23, &[]));
        all
    }
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_be_bytes().to_vec();
    bytes.extend(prefixed16(content));
    bytes
}

fn words(values: &[u16]) -> Vec<u8> {
    prefixed16(&values.iter().copied().flat_map(u16::to_be_bytes).collect::<Vec<_>>())
}

/// The content after its length in two bytes. A hello is far below that bound.
fn prefixed16(content: &[u8]) -> Vec<u8> {
    let mut bytes = length(content.len())[2..].to_vec();
    bytes.extend_from_slice(content);
    bytes
}

fn length(of: usize) -> [u8; 4] {
    u32::try_from(of).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(version: u16) -> ClientHello {
        let url = url::Url::parse("https://bron.example/fhir").expect("a URL");
        ClientHello { version, ..ClientHello::strong(&url, [7; 32]) }
    }

    /// A library's reading of our bytes is the judge of the codec.
    #[test]
    fn a_library_reads_the_hello() {
        let bytes = hello(TLS_1_2).record();
        let mut acceptor = rustls::server::Acceptor::default();
        acceptor.read_tls(&mut bytes.as_slice()).expect("bytes");
        let accepted = acceptor.accept().map_err(|(error, _)| error).expect("a hello").expect("all of it");
        let read = accepted.client_hello();
        assert_eq!(read.server_name(), Some("bron.example"));
        let suites: Vec<u16> = read.cipher_suites().iter().map(|suite| u16::from(*suite)).collect();
        assert_eq!(suites[..8], suites::strong()[..]);
        assert_eq!(suites[8], RENEGOTIATION_INFO);
        assert_eq!(read.signature_schemes().len(), 11);
        assert_eq!(read.named_groups().map(<[_]>::len), Some(6));
    }

    #[test]
    fn a_library_reads_the_hello_of_tls_1_3() {
        let modern =
            ClientHello { suites: vec![0x1301, 0x1302], extras: true, fallback: true, ..hello(TLS_1_3) };
        let bytes = modern.record();
        let mut acceptor = rustls::server::Acceptor::default();
        acceptor.read_tls(&mut bytes.as_slice()).expect("bytes");
        let accepted = acceptor.accept().map_err(|(error, _)| error).expect("a hello").expect("all of it");
        let read = accepted.client_hello();
        let protocols: Vec<&[u8]> = read.alpn().expect("protocols").collect();
        assert_eq!(protocols, [b"h2".as_slice(), b"http/1.1"]);
        let suites: Vec<u16> = read.cipher_suites().iter().map(|suite| u16::from(*suite)).collect();
        assert_eq!(suites, [0x1301, 0x1302, RENEGOTIATION_INFO, FALLBACK]);
    }

    #[test]
    fn ssl_3_has_no_extensions_and_its_own_record_version() {
        let old = hello(SSL_3_0).record();
        assert_eq!(old[..3], [22, 3, 0]);
        let suites = 2 * (suites::strong().len() + 1);
        assert_eq!(old.len(), 5 + 4 + 2 + 32 + 1 + 2 + suites + 2);
        assert_eq!(hello(TLS_1_0).record()[..3], [22, 3, 1]);
    }

    #[test]
    fn versions_have_names() {
        for known in [SSL_3_0, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3] {
            assert_eq!(version(&version_name(known)), Some(known));
        }
        assert_eq!(version("TLS 1.4"), None);
    }
}
