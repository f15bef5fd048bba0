//! Facts of one X.509 certificate.

use std::net::IpAddr;

use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use x509_parser::{
    prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate},
    public_key::PublicKey,
    signature_algorithm::SignatureAlgorithm,
};

/// Type-id of the otherName in which UZI certificates carry their string.
const UZI_NAME: &str = "2.5.5.5";
/// SHA-256, SHA-384 and SHA-512, as hash and as signature over RSA or ECDSA; and EdDSA, which implies one.
const SHA2: [&str; 11] = [
    "2.16.840.1.101.3.4.2.1",
    "2.16.840.1.101.3.4.2.2",
    "2.16.840.1.101.3.4.2.3",
    "1.2.840.113549.1.1.11",
    "1.2.840.113549.1.1.12",
    "1.2.840.113549.1.1.13",
    "1.2.840.10045.4.3.2",
    "1.2.840.10045.4.3.3",
    "1.2.840.10045.4.3.4",
    "1.3.101.112",
    "1.3.101.113",
];
const ED25519: &str = "1.3.101.112";
const ED448: &str = "1.3.101.113";
/// SHA-224, as hash and as signature over RSA or ECDSA.
const SHA224: [&str; 3] = ["2.16.840.1.101.3.4.2.4", "1.2.840.113549.1.1.14", "1.2.840.10045.4.3.1"];
/// Features of TLS that the certificate demands (RFC 7633); in practice: a stapled OCSP answer.
const TLS_FEATURE: &str = "1.3.6.1.5.5.7.1.24";
/// Signed certificate timestamps (RFC 6962).
const SCT_LIST: &str = "1.3.6.1.4.1.11129.2.4.2";
const OCSP: &str = "1.3.6.1.5.5.7.48.1";

/// The public key's kind and size in bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// RSA.
    Rsa(usize),
    /// An elliptic curve.
    Curve(usize),
    /// Anything else, by its object identifier.
    Other(String),
}

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Subject, in one line.
    pub subject: String,
    /// Issuer, in one line.
    pub issuer: String,
    /// Valid from.
    pub not_before: OffsetDateTime,
    /// Valid until.
    pub not_after: OffsetDateTime,
    /// DNS names in the SAN, lower case.
    pub names: Vec<String>,
    /// Addresses in the SAN.
    pub addresses: Vec<IpAddr>,
    /// Texts of UZI otherNames in the SAN.
    pub uzi: Vec<String>,
    /// The public key.
    pub key: Key,
    /// Object identifier of the signature algorithm.
    pub signature: String,
    /// The signature is over a SHA-2 hash of at least 256 bits.
    pub sha2: bool,
    /// The signature is over SHA-224.
    pub sha224: bool,
    /// The serial number.
    pub serial: Vec<u8>,
    /// It says where OCSP answers.
    pub ocsp: bool,
    /// It demands a stapled OCSP answer.
    pub must_staple: bool,
    /// The signed certificate timestamps it holds, as a list of RFC 6962.
    pub scts: Option<Vec<u8>>,
}

impl Certificate {
    /// Reads DER; `None` when it is no certificate.
    #[must_use]
    pub fn parse(der: &[u8]) -> Option<Self> {
        let (_, parsed) = X509Certificate::from_der(der).ok()?;
        let (mut names, mut addresses, mut uzi) = (Vec::new(), Vec::new(), Vec::new());
        for name in
            parsed.subject_alternative_name().ok().flatten().iter().flat_map(|san| &san.value.general_names)
        {
            match name {
                GeneralName::DNSName(name) => names.push(name.to_ascii_lowercase()),
                GeneralName::IPAddress(bytes) => addresses.extend(address(bytes)),
                GeneralName::OtherName(oid, value) if oid.to_id_string() == UZI_NAME => {
                    uzi.extend(text(value))
                }
                _ => {}
            }
        }
        let signature = parsed.signature_algorithm.algorithm.to_id_string();
        let hash = match SignatureAlgorithm::try_from(&parsed.signature_algorithm) {
            Ok(SignatureAlgorithm::RSASSA_PSS(parameters)) => parameters.hash_algorithm_oid().to_id_string(),
            _ => signature.clone(),
        };
        let has = |oid: &str| parsed.extensions().iter().any(|extension| extension.oid.to_id_string() == oid);
        Some(Self {
            subject: parsed.subject().to_string(),
            issuer: parsed.issuer().to_string(),
            not_before: parsed.validity().not_before.to_datetime(),
            not_after: parsed.validity().not_after.to_datetime(),
            names,
            addresses,
            uzi,
            key: key(&parsed),
            sha2: SHA2.contains(&hash.as_str()),
            sha224: SHA224.contains(&hash.as_str()),
            serial: parsed.raw_serial().to_vec(),
            ocsp: parsed.extensions().iter().any(|extension| points_to_ocsp(extension.parsed_extension())),
            must_staple: has(TLS_FEATURE),
            scts: parsed
                .extensions()
                .iter()
                .find(|one| one.oid.to_id_string() == SCT_LIST)
                .map(|one| one.value.to_vec()),
            signature,
        })
    }

    /// Issuer and subject are the same: a root.
    #[must_use]
    pub fn self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whether the moment lies within the validity.
    #[must_use]
    pub fn valid_at(&self, now: OffsetDateTime) -> bool {
        self.not_before <= now && now <= self.not_after
    }

    /// The validity in words.
    #[must_use]
    pub fn period(&self) -> String {
        let instant = |at: OffsetDateTime| at.format(&Rfc3339).unwrap_or_else(|_| at.to_string());
        format!("geldig van {} tot {}", instant(self.not_before), instant(self.not_after))
    }

    /// Whether the SAN holds this host; a leftmost `*` stands for one label.
    #[must_use]
    pub fn fits(&self, host: &str) -> bool {
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        if let Ok(address) = host.parse::<IpAddr>() {
            return self.addresses.contains(&address);
        }
        self.names.iter().any(|name| match name.strip_prefix("*.") {
            Some(rest) => host.split_once('.').is_some_and(|(_, parent)| parent == rest),
            None => *name == host,
        })
    }

    /// The URA in the UZI string of a server certificate: `…-S-<URA>-…`.
    #[must_use]
    pub fn ura(&self) -> Option<String> {
        self.uzi.iter().find_map(|text| {
            let mut parts = text.rsplit('-').skip(2);
            let (ura, card) = (parts.next()?, parts.next()?);
            let digits = ura.len() == 8 && ura.bytes().all(|byte| byte.is_ascii_digit());
            (card == "S" && digits).then(|| ura.to_owned())
        })
    }
}

fn key(parsed: &X509Certificate<'_>) -> Key {
    let oid = parsed.public_key().algorithm.algorithm.to_id_string();
    match parsed.public_key().parsed() {
        Ok(PublicKey::RSA(rsa)) => {
            let modulus: Vec<u8> = rsa.modulus.iter().copied().skip_while(|byte| *byte == 0).collect();
            let unused = modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
            Key::Rsa(modulus.len() * 8 - unused)
        }
        Ok(PublicKey::EC(point)) => Key::Curve(point.key_size()),
        _ if oid == ED25519 => Key::Curve(256),
        _ if oid == ED448 => Key::Curve(448),
        _ => Key::Other(oid),
    }
}

fn points_to_ocsp(extension: &ParsedExtension<'_>) -> bool {
    match extension {
        ParsedExtension::AuthorityInfoAccess(access) => {
            access.accessdescs.iter().any(|one| one.access_method.to_id_string() == OCSP)
        }
        _ => false,
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// The text inside `[0] { IA5String | UTF8String | PrintableString }`; its length fits the short form.
fn text(value: &[u8]) -> Option<String> {
    let value = match value {
        [0xA0, _, inner @ ..] => inner,
        other => other,
    };
    match value {
        [0x0C | 0x13 | 0x16, length, text @ ..] if usize::from(*length) == text.len() => {
            std::str::from_utf8(text).ok().map(str::to_owned)
        }
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use rcgen::{CertificateParams, KeyPair, SanType};

    use super::*;

    /// A self-signed certificate with these names.
    pub fn made(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Certificate {
        let names = names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let mut params = CertificateParams::new(names).expect("names");
        change(&mut params);
        let der = params.self_signed(&KeyPair::generate().expect("a key")).expect("a certificate");
        Certificate::parse(der.der()).expect("readable")
    }

    #[test]
    fn names_addresses_key_and_signature() {
        let read = made(&["bron.example", "*.zorg.example", "127.0.0.1", "::1"], |_| {});
        assert!(read.fits("BRON.example") && read.fits("127.0.0.1") && read.fits("[::1]"));
        assert!(read.fits("a.zorg.example"));
        assert!(!read.fits("a.b.zorg.example") && !read.fits("zorg.example") && !read.fits("127.0.0.2"));
        assert_eq!(read.key, Key::Curve(256));
        assert!(read.sha2 && read.self_issued());
        assert!(read.valid_at(OffsetDateTime::now_utc()));
        assert!(!read.valid_at(OffsetDateTime::UNIX_EPOCH - time::Duration::days(365 * 100)));
    }

    #[test]
    fn the_ura_stands_in_the_uzi_string() {
        let with = |text: &str| {
            let name = SanType::OtherName((vec![2, 5, 5, 5], text.into()));
            made(&[], |params| params.subject_alt_names.push(name)).ura()
        };
        let ura = with("2.16.528.1.1007.99.2110-1-11111111-S-90000111-00.000-00000000");
        assert_eq!(ura.as_deref(), Some("90000111"));
        // A card of a person is no server certificate.
        assert_eq!(with("2.16.528.1.1007.99.2110-1-11111111-N-90000111-00.000-00000000"), None);
        assert_eq!(with("90000111"), None);
        assert_eq!(made(&["bron.example"], |_| {}).ura(), None);
    }

    #[test]
    fn what_is_no_certificate_is_none() {
        assert_eq!(Certificate::parse(&[]), None);
        assert_eq!(Certificate::parse(b"-----BEGIN CERTIFICATE-----"), None);
    }
}
