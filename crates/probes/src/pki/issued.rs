//! What a certificate says about its issuer and where the issuer speaks of it.

use x509_parser::{
    extensions::{DistributionPointName, ParsedExtension},
    prelude::{FromDer, GeneralName, X509Certificate},
};

use super::PkiError;

/// id-ad-ocsp.
const OCSP: &str = "1.3.6.1.5.5.7.48.1";

/// Number and addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Serial number, lower-case hex without leading zeros.
    pub serial: String,
    /// HTTP addresses of lists.
    pub lists: Vec<String>,
    /// HTTP addresses of OCSP.
    pub responders: Vec<String>,
}

/// Reads DER.
///
/// # Errors
/// [`PkiError::Malformed`].
pub fn issued(der: &[u8]) -> Result<Issued, PkiError> {
    let parsed = certificate(der)?;
    let (mut lists, mut responders) = (Vec::new(), Vec::new());
    for extension in parsed.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::CRLDistributionPoints(points) => {
                let names = points.iter().filter_map(|point| match &point.distribution_point {
                    Some(DistributionPointName::FullName(names)) => Some(names),
                    _ => None,
                });
                lists.extend(names.flatten().filter_map(address));
            }
            ParsedExtension::AuthorityInfoAccess(access) => {
                let ours = access.iter().filter(|one| one.access_method.to_id_string() == OCSP);
                responders.extend(ours.filter_map(|one| address(&one.access_location)));
            }
            _ => {}
        }
    }
    Ok(Issued { serial: hex(parsed.raw_serial()), lists, responders })
}

/// The candidate that issued this certificate: it has the issuer's name, and its key made the signature.
#[must_use]
pub fn issuer<'a>(der: &[u8], candidates: impl IntoIterator<Item = &'a [u8]>) -> Option<&'a [u8]> {
    let leaf = certificate(der).ok()?;
    candidates.into_iter().find(|candidate| {
        certificate(candidate).is_ok_and(|issuer| {
            issuer.subject().as_raw() == leaf.issuer().as_raw()
                && leaf.verify_signature(Some(issuer.public_key())).is_ok()
        })
    })
}

pub(super) fn certificate(der: &[u8]) -> Result<X509Certificate<'_>, PkiError> {
    match X509Certificate::from_der(der) {
        Ok(([], parsed)) => Ok(parsed),
        _ => Err(PkiError::Malformed("geen certificaat")),
    }
}

/// The serial number as text, so that two encodings of one number are equal.
pub(super) fn hex(serial: &[u8]) -> String {
    let text: String = serial.iter().map(|byte| format!("{byte:02x}")).collect();
    text.trim_start_matches('0').to_owned()
}

/// LDAP and others are left out: the seam speaks HTTP.
fn address(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::URI(uri) if uri.starts_with("http://") || uri.starts_with("https://") => {
            Some((*uri).to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pki::test_ca::TestCa;

    #[test]
    fn a_certificate_leads_to_its_issuer_and_its_lists() {
        let (ca, other) = (TestCa::new("Uitgever"), TestCa::new("Uitgever"));
        let leaf = ca.leaf(0x0102);
        let facts = issued(&leaf).expect("readable");
        assert_eq!(facts.serial, "102");
        assert_eq!(facts.lists, ["http://127.0.0.1:1/ca.crl"]);
        assert!(facts.responders.is_empty());
        // The same name with another key is another issuer.
        let both = [other.certificate(), ca.certificate()];
        assert_eq!(issuer(&leaf, both), Some(ca.certificate()));
        assert_eq!(issuer(&leaf, [other.certificate()]), None);
        assert!(issued(&leaf[..leaf.len() - 1]).is_err());
    }

    proptest! {
        #[test]
        fn bytes_from_outside_never_panic(at in 0_usize..400, flip in 1_u8.., tail in prop::collection::vec(any::<u8>(), 0..64)) {
            static LEAF: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| TestCa::new("x").leaf(7));
            let mut leaf = LEAF.clone();
            let at = at % leaf.len();
            leaf[at] ^= flip;
            let _ = (issued(&leaf), issuer(&leaf, [LEAF.as_slice()]));
            leaf.truncate(at);
            leaf.extend(tail);
            let _ = issued(&leaf);
        }
    }
}
