//! Lists of revoked certificates, RFC 5280.

use time::OffsetDateTime;
use x509_parser::{prelude::FromDer, revocation_list::CertificateRevocationList};

use super::{PkiError, Status, current, issued::certificate, issued::hex};

/// What a list says of a serial number, once it is shown to be the issuer's and current.
///
/// # Errors
/// [`PkiError`]: why the list says nothing.
pub fn status(list: &[u8], issuer: &[u8], serial: &str, now: OffsetDateTime) -> Result<Status, PkiError> {
    let Ok(([], parsed)) = CertificateRevocationList::from_der(list) else {
        return Err(PkiError::Malformed("geen lijst van ingetrokken certificaten"));
    };
    let issuer = certificate(issuer)?;
    if parsed.issuer().as_raw() != issuer.subject().as_raw() {
        return Err(PkiError::OtherIssuer);
    }
    let signed =
        parsed.signature_value.unused_bits == 0 && parsed.verify_signature(issuer.public_key()).is_ok();
    signed.then_some(()).ok_or(PkiError::Signature)?;
    let until = parsed.next_update().map(|at| at.to_datetime());
    current(parsed.last_update().to_datetime(), until, now)?;
    let entry = parsed.iter_revoked_certificates().find(|one| hex(one.raw_serial()) == serial);
    Ok(entry.map_or(Status::Good, |one| Status::Revoked(one.revocation_date.to_datetime())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;

    use super::*;
    use crate::pki::test_ca::TestCa;

    #[test]
    fn a_list_speaks_only_when_it_is_the_issuers_and_current() {
        let (ca, other) = (TestCa::new("Uitgever"), TestCa::new("Uitgever"));
        let now = OffsetDateTime::now_utc();
        let list = ca.crl(&[7], now);
        assert_eq!(status(&list, ca.certificate(), "8", now), Ok(Status::Good));
        assert!(matches!(status(&list, ca.certificate(), "7", now), Ok(Status::Revoked(_))));
        assert_eq!(status(&list, other.certificate(), "8", now), Err(PkiError::Signature));
        let stranger = TestCa::new("Vreemde");
        assert_eq!(status(&list, stranger.certificate(), "8", now), Err(PkiError::OtherIssuer));
        for moment in [now - Duration::days(30), now + Duration::days(30)] {
            assert!(matches!(status(&list, ca.certificate(), "8", moment), Err(PkiError::Stale(..))));
        }
        assert!(matches!(status(b"<html>", ca.certificate(), "8", now), Err(PkiError::Malformed(_))));
    }

    proptest! {
        #[test]
        fn a_changed_list_never_says_good(at in any::<prop::sample::Index>(), flip in 1_u8..) {
            static CA: std::sync::LazyLock<TestCa> = std::sync::LazyLock::new(|| TestCa::new("x"));
            let now = OffsetDateTime::now_utc();
            let mut list = CA.crl(&[7], now);
            let at = at.index(list.len());
            list[at] ^= flip;
            prop_assert!(status(&list, CA.certificate(), "7", now) != Ok(Status::Good));
        }
    }
}
