//! Questions to and answers of an OCSP responder, RFC 6960.

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use time::OffsetDateTime;
use x509_parser::{
    asn1_rs::{Any, BitString, Class, FromDer, Oid},
    prelude::{ASN1Time, X509Certificate},
    verify::verify_signature,
    x509::AlgorithmIdentifier,
};

use super::{PkiError, Status, current, issued::certificate, issued::hex};

/// id-sha1, encoded with its parameters: the one hash every responder knows. It only names, it proves nothing.
const SHA1: [u8; 11] = [0x30, 9, 6, 5, 0x2B, 0x0E, 3, 2, 0x1A, 5, 0];
/// id-pkix-ocsp-basic.
const BASIC: &str = "1.3.6.1.5.5.7.48.1.1";
const SEQUENCE: u8 = 0x30;

/// The question about one certificate of this issuer.
///
/// # Errors
/// [`PkiError::Malformed`] when one of them is no certificate.
pub fn request(leaf: &[u8], issuer: &[u8]) -> Result<Vec<u8>, PkiError> {
    let (leaf, issuer) = (certificate(leaf)?, certificate(issuer)?);
    let named = |bytes: &[u8]| tlv(4, digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref());
    let name = named(issuer.subject().as_raw());
    let key = named(&issuer.public_key().subject_public_key.data);
    let id = tlv(SEQUENCE, &[&SHA1[..], &name, &key, &tlv(2, leaf.raw_serial())].concat());
    // One request in a list in a body in a question.
    Ok((0..4).fold(id, |inner, _| tlv(SEQUENCE, &inner)))
}

/// DER with a definite length; a question is never longer than two bytes of length can say.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let length = match (high, low) {
        (0, 0..=0x7F) => vec![low],
        (0, _) => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag][..], &length, content].concat()
}

/// What an answer says of a serial number, once it is shown to be the issuer's and current.
///
/// # Errors
/// [`PkiError`]: why the answer says nothing.
pub fn status(answer: &[u8], issuer: &[u8], serial: &str, now: OffsetDateTime) -> Result<Status, PkiError> {
    let issuer = certificate(issuer)?;
    let basic = basic(answer)?;
    let mut parts = Parts(basic);
    let (data, raw) = parts.next_raw()?;
    let (rest, algorithm) = AlgorithmIdentifier::from_der(parts.0).map_err(|_| MALFORMED)?;
    let (rest, signature) = BitString::from_der(rest).map_err(|_| MALFORMED)?;
    let signed_by = |by: &X509Certificate<'_>| {
        signature.unused_bits == 0 && verify_signature(by.public_key(), &algorithm, &signature, raw).is_ok()
    };
    if !signed_by(&issuer) && !delegate(rest, &issuer, now).is_some_and(|by| signed_by(&by)) {
        return Err(PkiError::Signature);
    }
    single(data.data, serial, now)
}

const MALFORMED: PkiError = PkiError::Malformed("geen antwoord van een OCSP-dienst");

/// The BasicOCSPResponse, without its outer tag.
fn basic(answer: &[u8]) -> Result<&[u8], PkiError> {
    let mut whole = Parts(Parts(answer).only(SEQUENCE)?);
    match whole.next()?.data {
        [0] => {}
        [refusal] => return Err(PkiError::Refused(*refusal)),
        _ => return Err(MALFORMED),
    }
    let mut bytes = Parts(Parts(whole.next()?.data).only(SEQUENCE)?);
    let (rest, kind) = Oid::from_der(bytes.0).map_err(|_| MALFORMED)?;
    (kind.to_id_string() == BASIC).then_some(()).ok_or(MALFORMED)?;
    bytes.0 = rest;
    Parts(bytes.next()?.data).only(SEQUENCE)
}

/// The certificate in the answer to which the issuer delegated answering.
fn delegate<'a>(
    rest: &'a [u8],
    issuer: &X509Certificate<'_>,
    now: OffsetDateTime,
) -> Option<X509Certificate<'a>> {
    let list = Parts(Parts(rest).next().ok()?.data).only(SEQUENCE).ok()?;
    let (_, parsed) = <X509Certificate<'_> as FromDer<_>>::from_der(list).ok()?;
    let may = parsed.extended_key_usage().ok()??.value.ocsp_signing;
    let validity = parsed.validity();
    let valid = validity.not_before.to_datetime() <= now && now <= validity.not_after.to_datetime();
    (may && valid && parsed.verify_signature(Some(issuer.public_key())).is_ok()).then_some(parsed)
}

/// The one answer about this certificate in the signed data.
fn single(data: &[u8], serial: &str, now: OffsetDateTime) -> Result<Status, PkiError> {
    let mut data = Parts(data);
    // version [0], responderID [1] or [2], producedAt, responses: only the last is a SEQUENCE.
    let responses = loop {
        let part = data.next()?;
        if part.class() == Class::Universal && part.header.is_constructed() {
            break part.data;
        }
    };
    let mut all = Parts(responses);
    while !all.0.is_empty() {
        let mut one = Parts(all.next()?.data);
        let mut id = Parts(one.next()?.data);
        let (_, _, _) = (id.next()?, id.next()?, id.next()?);
        if hex(id.next()?.data) != serial {
            continue;
        }
        let said = one.next()?;
        let from = moment(&mut one)?;
        let until = match one.next() {
            Ok(part) if part.class() == Class::ContextSpecific && part.tag().0 == 0 => {
                Some(moment(&mut Parts(part.data))?)
            }
            _ => None,
        };
        current(from, until, now)?;
        return match said.tag().0 {
            0 => Ok(Status::Good),
            1 => Ok(Status::Revoked(moment(&mut Parts(said.data))?)),
            _ => Err(PkiError::Unknown),
        };
    }
    Err(PkiError::OtherCertificate)
}

fn moment(parts: &mut Parts<'_>) -> Result<OffsetDateTime, PkiError> {
    let (rest, at) = <ASN1Time as FromDer<_>>::from_der(parts.0).map_err(|_| MALFORMED)?;
    parts.0 = rest;
    Ok(at.to_datetime())
}

/// DER elements one after the other.
struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    fn next(&mut self) -> Result<Any<'a>, PkiError> {
        self.next_raw().map(|(part, _)| part)
    }

    /// The element, and all its bytes.
    fn next_raw(&mut self) -> Result<(Any<'a>, &'a [u8]), PkiError> {
        let before = self.0;
        let (rest, part) = Any::from_der(before).map_err(|_| MALFORMED)?;
        self.0 = rest;
        Ok((part, &before[..before.len() - rest.len()]))
    }

    /// The content of the one element there is.
    fn only(mut self, tag: u8) -> Result<&'a [u8], PkiError> {
        let fits = self.0.first() == Some(&tag);
        let part = self.next()?;
        (fits && self.0.is_empty()).then_some(part.data).ok_or(MALFORMED)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;

    use super::*;
    use crate::pki::test_ca::TestCa;

    #[test]
    fn an_answer_speaks_only_when_it_is_the_issuers_and_current() {
        let (ca, other) = (TestCa::new("Uitgever"), TestCa::new("Uitgever"));
        let now = OffsetDateTime::now_utc();
        let question = request(&ca.leaf(7), ca.certificate()).expect("a question");
        let answer = |revoked| ca.ocsp(&question, revoked, now);
        assert_eq!(status(&answer(false), ca.certificate(), "7", now), Ok(Status::Good));
        assert!(matches!(status(&answer(true), ca.certificate(), "7", now), Ok(Status::Revoked(_))));
        assert_eq!(status(&answer(false), ca.certificate(), "8", now), Err(PkiError::OtherCertificate));
        assert_eq!(status(&answer(false), other.certificate(), "7", now), Err(PkiError::Signature));
        let late = now + Duration::days(30);
        assert!(matches!(status(&answer(false), ca.certificate(), "7", late), Err(PkiError::Stale(..))));
        // tryLater
        assert_eq!(status(&[0x30, 3, 10, 1, 3], ca.certificate(), "7", now), Err(PkiError::Refused(3)));
        assert_eq!(status(b"", ca.certificate(), "7", now), Err(MALFORMED));
    }

    proptest! {
        #[test]
        fn a_changed_answer_never_says_good(at in any::<prop::sample::Index>(), flip in 1_u8..) {
            static CA: std::sync::LazyLock<TestCa> = std::sync::LazyLock::new(|| TestCa::new("x"));
            let now = OffsetDateTime::now_utc();
            let question = request(&CA.leaf(7), CA.certificate()).expect("a question");
            let mut answer = CA.ocsp(&question, true, now);
            let at = at.index(answer.len());
            answer[at] ^= flip;
            prop_assert!(status(&answer, CA.certificate(), "7", now) != Ok(Status::Good));
        }

        #[test]
        fn bytes_from_outside_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            static CA: std::sync::LazyLock<TestCa> = std::sync::LazyLock::new(|| TestCa::new("x"));
            let now = OffsetDateTime::now_utc();
            prop_assert!(status(&bytes, CA.certificate(), "7", now).is_err());
            prop_assert!(request(&bytes, &bytes).is_err());
        }
    }
}
