//! A CA for the tests: certificates, lists and answers of OCSP that are right, to be spoiled.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer,
    CrlDistributionPoint, DnType, IsCa, KeyIdMethod, KeyPair, RevokedCertParams, SerialNumber, SigningKey,
};
use time::{Duration, OffsetDateTime};

/// Issues and revokes.
pub(super) struct TestCa(CertifiedIssuer<'static, KeyPair>);

impl TestCa {
    pub(super) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a CA"))
    }

    pub(super) fn certificate(&self) -> &[u8] {
        self.0.der()
    }

    pub(super) fn leaf(&self, serial: u64) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["bron.example".to_owned()]).expect("a name");
        params.serial_number = Some(SerialNumber::from(serial));
        params.crl_distribution_points =
            vec![CrlDistributionPoint { uris: vec!["http://127.0.0.1:1/ca.crl".to_owned()] }];
        let key = KeyPair::generate().expect("a key");
        params.signed_by(&key, &self.0).expect("a certificate").der().to_vec()
    }

    pub(super) fn crl(&self, serials: &[u64], now: OffsetDateTime) -> Vec<u8> {
        let revoked = |serial: &u64| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time: now - Duration::HOUR,
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: now - Duration::DAY,
            next_update: now + Duration::DAY,
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: serials.iter().map(revoked).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.0).expect("a list").der().to_vec()
    }

    /// The answer to a question made here: its CertID starts after four headers of two bytes.
    pub(super) fn ocsp(&self, question: &[u8], revoked: bool, now: OffsetDateTime) -> Vec<u8> {
        let id = &question[8..];
        let at = |moment: OffsetDateTime| {
            let form = time::macros::format_description!("[year][month][day][hour][minute][second]Z");
            tlv(0x18, moment.format(form).expect("a moment").as_bytes())
        };
        let (then, next) = (at(now - Duration::DAY), tlv(0xA0, &at(now + Duration::DAY)));
        let said = if revoked { tlv(0xA1, &then) } else { tlv(0x80, &[]) };
        let single = tlv(0x30, &[id, &said, &then, &next].concat());
        let data = tlv(0x30, &[tlv(0xA2, &tlv(4, b"x")), then, tlv(0x30, &single)].concat());
        let signature = tlv(3, &[&[0][..], &self.0.key().sign(&data).expect("a signature")].concat());
        let algorithm = tlv(0x30, &[6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2]);
        let basic = tlv(0x30, &[data, algorithm, signature].concat());
        let kind = [6, 9, 0x2B, 6, 1, 5, 5, 7, 0x30, 1, 1];
        let bytes = tlv(0x30, &[&kind[..], &tlv(4, &basic)].concat());
        tlv(0x30, &[vec![10, 1, 0], tlv(0xA0, &bytes)].concat())
    }
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let head = match length {
        0..=0x7F => vec![tag, length as u8],
        0x80..=0xFF => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [head, content.to_vec()].concat()
}
