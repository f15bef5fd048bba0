//! Certificates and keys that are not usable are named before anything is sent.

use rcgen::{CertificateParams, KeyPair};

use super::*;

fn pair(name: &str) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
    (certificate.pem(), key.serialize_pem())
}

fn add(chain: &str, key: &str) -> Result<Identities, IdentityError> {
    let mut identities = Identities::default();
    let identity = ClientIdentity::from_pem("[identity.party_a]", chain.as_bytes(), key.as_bytes())?;
    identities.add("party_a", identity)?;
    Ok(identities)
}

#[test]
fn a_pair_that_fits_is_shown() {
    let (certificate, key) = pair("a.example");
    let identities = add(&certificate, &key).unwrap();
    assert!(identities.has("party_a") && identities.has(NONE) && !identities.has("party_b"));
    assert!(identities.leaf("party_a").is_some_and(|der| der.len() > 100));
    assert!(
        identities
            .client_config("party_a", rustls::ALL_VERSIONS)
            .unwrap()
            .client_auth_cert_resolver
            .has_certs()
    );
    assert!(
        !identities.client_config(NONE, rustls::ALL_VERSIONS).unwrap().client_auth_cert_resolver.has_certs()
    );
    // A chain before or behind the key makes no difference.
    assert!(add(&format!("{certificate}{certificate}"), &format!("{certificate}{key}")).is_ok());
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let (certificate, key) = pair("a.example");
    let (_, other) = pair("b.example");
    let pem = |result: Result<Identities, IdentityError>| matches!(result, Err(IdentityError::Pem { what, .. }) if what == "[identity.party_a]");
    assert!(matches!(add(&certificate, &other), Err(IdentityError::Pair { what, .. }) if what == "party_a"));
    assert!(pem(add("", &key)));
    assert!(pem(add(&key, &key)));
    assert!(pem(add(&certificate, "")));
    assert!(pem(add(&certificate, &certificate)));
    assert!(pem(add("-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n", &key)));
    assert!(add("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", &key).is_err());
    let unknown = add(&certificate, &key).unwrap().client_config("party_b", rustls::ALL_VERSIONS);
    assert!(matches!(unknown, Err(IdentityError::Unknown(name)) if name == "party_b"));
}

#[test]
fn roots_must_be_certificates() {
    let (certificate, key) = pair("ca.example");
    let mut identities = Identities::default();
    for nothing in ["", key.as_str(), "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"] {
        assert!(
            matches!(identities.trust("ca.pem", nothing.as_bytes()), Err(IdentityError::Pem { what, .. }) if what == "ca.pem")
        );
    }
    identities.trust("ca.pem", certificate.as_bytes()).unwrap();
}
