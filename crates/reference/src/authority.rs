//! The test CA after issuing: what it revoked, as a list and as answers of OCSP.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use rcgen::{
    CertificateRevocationListParams, CustomExtension, Error, KeyIdMethod, PublicKeyData, RevocationReason,
    RevokedCertParams, SerialNumber, SigningKey,
};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use rustls::pki_types::CertificateRevocationListDer;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

use x509_parser::prelude::{FromDer, X509Certificate};

use crate::pki::Ca;

/// Where the list is published.
pub(crate) const CRL_PATH: &str = "/ca.crl";
/// Where OCSP is answered.
pub(crate) const OCSP_PATH: &str = "/ocsp";

/// id-pe-authorityInfoAccess.
const ACCESS: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 1, 1];
/// id-ad-ocsp and id-pkix-ocsp-basic, encoded.
const OCSP: [u8; 8] = [0x2B, 6, 1, 5, 5, 7, 0x30, 1];
const BASIC: [u8; 9] = [0x2B, 6, 1, 5, 5, 7, 0x30, 1, 1];
/// ecdsa-with-SHA256, encoded.
const ECDSA_SHA256: [u8; 8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2];
const SEQUENCE: u8 = 0x30;
const OID: u8 = 6;

/// The CA with its administration.
#[derive(Debug)]
pub(crate) struct Authority {
    ca: Ca,
    revoked: Mutex<Revoked>,
    /// The one certificate that may be revoked and restored on request.
    revocable: u64,
    now: OffsetDateTime,
}

#[derive(Debug)]
struct Revoked {
    serials: BTreeSet<u64>,
    /// Goes up with every change.
    version: u64,
}

impl Authority {
    pub(crate) fn new(ca: Ca, serials: BTreeSet<u64>, revocable: u64, now: OffsetDateTime) -> Self {
        Self { ca, revoked: Mutex::new(Revoked { serials, version: 0 }), revocable, now }
    }

    /// Revokes or restores; `false` for a certificate that is not there for that.
    pub(crate) fn set(&self, serial: u64, revoked: bool) -> bool {
        if serial != self.revocable {
            return false;
        }
        let mut state = self.revoked.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = if revoked { state.serials.insert(serial) } else { state.serials.remove(&serial) };
        state.version += u64::from(changed);
        true
    }

    /// Whether this CA issued the certificate, and it is valid and not revoked.
    pub(crate) fn vouches_for(&self, certificate: &X509Certificate<'_>, now: OffsetDateTime) -> bool {
        let Ok((_, ca)) = X509Certificate::from_der(self.ca.der()) else { return false };
        let serial = u64::try_from(&certificate.tbs_certificate.serial).ok();
        let revoked = {
            let state = self.revoked.lock().unwrap_or_else(PoisonError::into_inner);
            serial.is_none_or(|serial| state.serials.contains(&serial))
        };
        let validity = certificate.validity();
        let valid = validity.not_before.to_datetime() <= now && now <= validity.not_after.to_datetime();
        valid && !revoked && certificate.verify_signature(Some(ca.public_key())).is_ok()
    }

    pub(crate) fn version(&self) -> u64 {
        self.revoked.lock().unwrap_or_else(PoisonError::into_inner).version
    }

    /// The current list.
    pub(crate) fn crl(&self) -> Result<CertificateRevocationListDer<'static>, Error> {
        let (serials, version) = {
            let state = self.revoked.lock().unwrap_or_else(PoisonError::into_inner);
            (state.serials.clone(), state.version)
        };
        let entry = |serial: u64| RevokedCertParams {
            serial_number: SerialNumber::from(serial),
            revocation_time: self.now - Duration::DAY,
            reason_code: Some(RevocationReason::KeyCompromise),
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: self.now - Duration::DAY,
            next_update: self.now + 365 * Duration::DAY,
            crl_number: SerialNumber::from(version + 1),
            issuing_distribution_point: None,
            revoked_certs: serials.into_iter().map(entry).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        Ok(list.signed_by(&self.ca)?.der().clone())
    }

    /// The answer to an OCSP request about one certificate; nothing for what is no such request.
    pub(crate) fn ocsp(&self, request: &[u8]) -> Option<Vec<u8>> {
        let certificate = asked(request)?;
        let serial = last_integer(certificate)?;
        let revoked = {
            let state = self.revoked.lock().unwrap_or_else(PoisonError::into_inner);
            state.serials.contains(&serial)
        };
        let then = tlv(0x18, &moment(self.now - Duration::DAY));
        let status = if revoked { tlv(0xA1, &then) } else { tlv(0x80, &[]) };
        let next = tlv(0xA0, &tlv(0x18, &moment(self.now + 365 * Duration::DAY)));
        let single = tlv(SEQUENCE, &[certificate, &status, &then, &next].concat());
        let key = self.ca.key();
        let responder = tlv(0xA2, &tlv(4, digest(&SHA1_FOR_LEGACY_USE_ONLY, key.der_bytes()).as_ref()));
        let data = tlv(SEQUENCE, &[responder, then.clone(), tlv(SEQUENCE, &single)].concat());
        let signature = key.sign(&data).ok()?;
        let algorithm = tlv(SEQUENCE, &tlv(OID, &ECDSA_SHA256));
        let basic = tlv(SEQUENCE, &[data, algorithm, tlv(3, &[&[0][..], &signature].concat())].concat());
        let bytes = tlv(SEQUENCE, &[tlv(OID, &BASIC), tlv(4, &basic)].concat());
        Some(tlv(SEQUENCE, &[tlv(10, &[0]), tlv(0xA0, &bytes)].concat()))
    }
}

/// The extension that says where OCSP is answered.
pub(crate) fn ocsp_address(url: &str) -> CustomExtension {
    let access = tlv(SEQUENCE, &[tlv(OID, &OCSP), tlv(0x86, url.as_bytes())].concat());
    CustomExtension::from_oid_content(&ACCESS, tlv(SEQUENCE, &access))
}

/// The CertID, whole, in a request: the first element of the first element, four times.
fn asked(request: &[u8]) -> Option<&[u8]> {
    let mut inner = request;
    for _ in 0..4 {
        inner = content(inner, SEQUENCE)?;
    }
    let length = inner.len() - content_and_rest(inner)?.1.len();
    content(inner, SEQUENCE)?;
    inner.get(..length)
}

/// The serial number that ends a CertID.
fn last_integer(certificate: &[u8]) -> Option<u64> {
    let mut rest = content(certificate, SEQUENCE)?;
    loop {
        let tag = *rest.first()?;
        let (value, after) = content_and_rest(rest)?;
        if after.is_empty() {
            return (tag == 2 && value.len() <= 9)
                .then(|| value.iter().fold(0_u64, |number, byte| number.wrapping_shl(8) | u64::from(*byte)));
        }
        rest = after;
    }
}

fn content(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    (*bytes.first()? == tag).then_some(())?;
    Some(content_and_rest(bytes)?.0)
}

fn content_and_rest(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match bytes.get(1..)? {
        [short @ 0..=0x7F, rest @ ..] => (usize::from(*short), rest),
        [0x81, long, rest @ ..] => (usize::from(*long), rest),
        [0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// DER: tag, length, content; nothing here is longer than two bytes of length can say.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let mut out = vec![tag];
    match (high, low) {
        (0, 0..=0x7F) => out.push(low),
        (0, _) => out.extend([0x81, low]),
        _ => out.extend([0x82, high, low]),
    }
    out.extend_from_slice(content);
    out
}

fn moment(at: OffsetDateTime) -> Vec<u8> {
    let form = format_description!("[year][month][day][hour][minute][second]Z");
    at.format(form).unwrap_or_default().into_bytes()
}
