//! The private test PKI, shaped like UZI server certificates: who the product trusts and who it must refuse.

mod desk;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CrlDistributionPoint, DistinguishedName, DnType,
    Error, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, SanType, SerialNumber,
};
use rustls::pki_types::CertificateDer;
use time::{Duration, OffsetDateTime};

use crate::authority::{Authority, CRL_PATH, OCSP_PATH, ocsp_address};
use crate::defects::Defects;
pub(crate) use desk::DeskPki;

/// URA of the source itself.
pub(crate) const URA_SOURCE: &str = "90000382";
/// URA of the second tenant on the same server.
pub(crate) const URA_OTHER_TENANT: &str = "90000383";
/// URA of asking party A.
pub(crate) const URA_PARTY_A: &str = "90000111";
/// URA of asking party B.
pub(crate) const URA_PARTY_B: &str = "90000222";
/// URA of a party with a valid certificate that the product does not know.
pub(crate) const URA_UNREGISTERED: &str = "90000333";

/// Serial number of the server's certificate.
pub(crate) const SERVER_SERIAL: u8 = 100;

/// Type-id of the otherName that carries the UZI string.
const OTHER_NAME_TYPE: [u64; 4] = [2, 5, 5, 5];

/// A certificate with its private key, as PEM.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// Everything made at start.
#[derive(Debug)]
pub(crate) struct Pki {
    pub(crate) ca_pem: String,
    pub(crate) ca: CertificateDer<'static>,
    /// The root of another CA.
    pub(crate) foreign_ca_root: CertificateDer<'static>,
    pub(crate) server: CertificateDer<'static>,
    pub(crate) server_key: Vec<u8>,
    pub(crate) party_a: Credential,
    pub(crate) party_b: Credential,
    pub(crate) unregistered: Credential,
    pub(crate) foreign_ca: Credential,
    pub(crate) expired: Credential,
    pub(crate) not_yet_valid: Credential,
    pub(crate) revoked: Credential,
    pub(crate) revocable: Credential,
    pub(crate) desk: DeskPki,
    pub(crate) authority: Arc<Authority>,
}

/// The serial numbers that say something about revocation.
const REVOKED: u64 = 7;
const REVOCABLE: u64 = 8;

pub(crate) type Ca = CertifiedIssuer<'static, KeyPair>;

impl Pki {
    /// Everything, with the CA publishing what it revoked at this address.
    pub(crate) fn generate(
        now: OffsetDateTime,
        published: SocketAddr,
        defects: &Defects,
    ) -> Result<Self, Error> {
        let day = Duration::DAY;
        let current = (now - day, now + 365 * day);
        let ca = authority("Keur Test Root CA", now)?;
        let foreign = authority("Vreemde Test Root CA", now)?;

        let (server, server_key) = server_certificate(&ca, current, published, defects)?;
        let server_revoked = defects.has("server-certificate-revoked").then_some(SERVER_SERIAL.into());
        Ok(Self {
            party_a: party(&ca, 1, "11111111", URA_PARTY_A, current)?,
            party_b: party(&ca, 2, "22222222", URA_PARTY_B, current)?,
            unregistered: party(&ca, 3, "33333333", URA_UNREGISTERED, current)?,
            foreign_ca: party(&foreign, 1, "11111111", URA_PARTY_A, current)?,
            expired: party(&ca, 5, "11111111", URA_PARTY_A, (now - 60 * day, now - day))?,
            not_yet_valid: party(&ca, 6, "11111111", URA_PARTY_A, (now + 30 * day, now + 60 * day))?,
            revoked: party(&ca, REVOKED, "11111111", URA_PARTY_A, current)?,
            revocable: party(&ca, REVOCABLE, "11111111", URA_PARTY_A, current)?,
            desk: DeskPki::generate(&ca, &foreign, now)?,
            ca_pem: ca.pem(),
            ca: ca.der().clone(),
            foreign_ca_root: foreign.der().clone(),
            server,
            server_key,
            authority: Arc::new(Authority::new(
                ca,
                [REVOKED].into_iter().chain(server_revoked).collect(),
                REVOCABLE,
                now,
            )),
        })
    }
}

fn authority(name: &str, now: OffsetDateTime) -> Result<Ca, Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject(name, None);
    (params.not_before, params.not_after) = (now - 730 * Duration::DAY, now + 3650 * Duration::DAY);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

fn server_certificate(
    ca: &Ca,
    validity: (OffsetDateTime, OffsetDateTime),
    published: SocketAddr,
    defects: &Defects,
) -> Result<(CertificateDer<'static>, Vec<u8>), Error> {
    let mut names = vec!["localhost".to_owned()];
    if defects.has("wildcard-certificate") {
        names.push("*.bron.example".to_owned());
    }
    let mut params = leaf(SERVER_SERIAL.into(), validity, names)?;
    params.crl_distribution_points =
        vec![CrlDistributionPoint { uris: vec![format!("http://{published}{CRL_PATH}")] }];
    params.custom_extensions = vec![ocsp_address(&format!("http://{published}{OCSP_PATH}"))];
    params.distinguished_name = subject("localhost", Some(URA_SOURCE));
    let addresses = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    params.subject_alt_names.extend(addresses.map(SanType::IpAddress));
    params.subject_alt_names.push(uzi_name("99999999", URA_SOURCE));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, ca)?;
    Ok((certificate.der().clone(), key.serialize_der()))
}

fn party(
    ca: &Ca,
    serial: u64,
    uzi: &str,
    ura: &str,
    validity: (OffsetDateTime, OffsetDateTime),
) -> Result<Credential, Error> {
    let mut params = leaf(serial, validity, Vec::new())?;
    params.distinguished_name = subject(&format!("Testpartij {ura}"), Some(ura));
    params.subject_alt_names.push(uzi_name(uzi, ura));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, ca)?;
    Ok(Credential { certificate: certificate.pem(), key: key.serialize_pem() })
}

fn leaf(
    serial: u64,
    validity: (OffsetDateTime, OffsetDateTime),
    names: Vec<String>,
) -> Result<CertificateParams, Error> {
    let mut params = CertificateParams::new(names)?;
    (params.not_before, params.not_after) = validity;
    params.serial_number = Some(SerialNumber::from(serial));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn subject(common_name: &str, ura: Option<&str>) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, "NL");
    name.push(DnType::OrganizationName, "Keur testgebruik");
    if let Some(ura) = ura {
        name.push(DnType::OrganizationalUnitName, format!("URA {ura}"));
    }
    name.push(DnType::CommonName, common_name);
    name
}

/// The UZI string of a server certificate (card type S) in an otherName.
fn uzi_name(uzi: &str, ura: &str) -> SanType {
    let text = format!("2.16.528.1.1007.99.2110-1-{uzi}-S-{ura}-00.000-00000000");
    SanType::OtherName((OTHER_NAME_TYPE.to_vec(), text.into()))
}

/// The URA in a UZI server certificate, if it has one.
pub(crate) fn ura_of(certificate: &CertificateDer<'_>) -> Option<String> {
    use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let names = parsed.subject_alternative_name().ok()??;
    names.value.general_names.iter().find_map(|name| match name {
        GeneralName::OtherName(oid, value) if oid.to_id_string() == "2.5.5.5" => {
            let text = other_name_text(value)?;
            let mut parts = text.split('-').skip(3);
            let (card, ura) = (parts.next()?, parts.next()?);
            (card == "S" && ura.len() == 8 && ura.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| ura.to_owned())
        }
        _ => None,
    })
}

/// The text inside `[0] { IA5String | UTF8String }`; both lengths are short-form in this string.
fn other_name_text(value: &[u8]) -> Option<&str> {
    let value = match value {
        [0xA0, _, inner @ ..] => inner,
        other => other,
    };
    match value {
        [0x0C | 0x16, length, text @ ..] if usize::from(*length) == text.len() => {
            std::str::from_utf8(text).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::pem::PemObject;

    use super::*;

    #[test]
    fn the_ura_of_a_party_is_read_back() -> Result<(), Box<dyn std::error::Error>> {
        let pki = Pki::generate(
            OffsetDateTime::now_utc(),
            SocketAddr::from((Ipv4Addr::LOCALHOST, 1)),
            &Defects::default(),
        )?;
        for (credential, ura) in
            [(&pki.party_a, URA_PARTY_A), (&pki.party_b, URA_PARTY_B), (&pki.foreign_ca, URA_PARTY_A)]
        {
            let der = CertificateDer::from_pem_slice(credential.certificate.as_bytes())?;
            assert_eq!(ura_of(&der).as_deref(), Some(ura));
        }
        assert_eq!(ura_of(&pki.ca), None);
        Ok(())
    }
}
