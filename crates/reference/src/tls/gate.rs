//! Which client certificates come in: a trusted issuer, valid now, not revoked.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme,
};

use crate::authority::Authority;
use crate::defects::Defects;
use crate::options::StartError;
use crate::pki::Pki;

/// The strict verifier of the product, and the ways in which a defect weakens it.
#[derive(Debug)]
pub(super) struct Gate {
    /// With the list as it was when last read, and the version of that list.
    strict: Mutex<(u64, Arc<dyn ClientCertVerifier>)>,
    /// For what does not depend on the list.
    first: Arc<dyn ClientCertVerifier>,
    source: Source,
    /// What was accepted before, for the defect that does not look again.
    accepted: Option<Mutex<BTreeSet<Vec<u8>>>>,
    /// Whether a certificate is asked for at all.
    asked: bool,
    mandatory: bool,
    any_issuer: bool,
    expired: bool,
    future: bool,
}

/// What a verifier is made of.
#[derive(Debug)]
struct Source {
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
    /// None when the list is ignored.
    authority: Option<Arc<Authority>>,
}

impl Source {
    fn verifier(&self) -> Result<Arc<dyn ClientCertVerifier>, StartError> {
        let (roots, provider) = (Arc::clone(&self.roots), Arc::clone(&self.provider));
        let mut builder = WebPkiClientVerifier::builder_with_provider(roots, provider);
        if let Some(authority) = &self.authority {
            builder = builder.with_crls([authority.crl()?]).enforce_revocation_expiration();
        }
        builder.build().map_err(|error| StartError::Tls(error.to_string()))
    }
}

impl Gate {
    pub(super) fn new(
        pki: &Pki,
        defects: &Defects,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, StartError> {
        let mut roots = RootCertStore::empty();
        roots.add(pki.ca.clone()).map_err(|error| StartError::Tls(error.to_string()))?;
        let authority = (!defects.has("crl-ignored")).then(|| Arc::clone(&pki.authority));
        let source = Source { roots: Arc::new(roots), provider, authority };
        let first = source.verifier()?;
        Ok(Self {
            strict: Mutex::new((pki.authority.version(), Arc::clone(&first))),
            first,
            source,
            accepted: defects.has("revocation-cached").then(Mutex::default),
            asked: !defects.has("single-layer-token"),
            mandatory: !defects.has("mtls-optional") && !defects.has("token-endpoint-without-mtls"),
            any_issuer: defects.has("foreign-ca-accepted"),
            expired: defects.has("expired-client-accepted"),
            future: defects.has("future-client-accepted"),
        })
    }

    /// The verifier with the list as it is now.
    fn strict(&self) -> Result<Arc<dyn ClientCertVerifier>, Error> {
        let Some(authority) = &self.source.authority else { return Ok(Arc::clone(&self.first)) };
        let mut known = self.strict.lock().unwrap_or_else(PoisonError::into_inner);
        let version = authority.version();
        if known.0 != version {
            let fresh = self.source.verifier().map_err(|error| Error::General(error.to_string()))?;
            *known = (version, fresh);
        }
        Ok(Arc::clone(&known.1))
    }

    /// The defect: what was accepted once is not looked at again.
    fn was_accepted(&self, certificate: &CertificateDer<'_>) -> bool {
        self.accepted.as_ref().is_some_and(|accepted| {
            accepted.lock().unwrap_or_else(PoisonError::into_inner).contains(certificate.as_ref())
        })
    }

    fn accept(&self, certificate: &CertificateDer<'_>, verified: ClientCertVerified) -> ClientCertVerified {
        if let Some(accepted) = &self.accepted {
            accepted.lock().unwrap_or_else(PoisonError::into_inner).insert(certificate.to_vec());
        }
        verified
    }

    /// The moment at which a certificate outside its validity would be accepted by a lenient product.
    fn lenient_moment(&self, certificate: &CertificateDer<'_>, error: &Error) -> Option<UnixTime> {
        use x509_parser::prelude::{FromDer, X509Certificate};
        let Error::InvalidCertificate(reason) = error else { return None };
        let expired = matches!(reason, CertificateError::Expired | CertificateError::ExpiredContext { .. });
        let future =
            matches!(reason, CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. });
        if !(expired && self.expired || future && self.future) {
            return None;
        }
        let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
        let start = u64::try_from(parsed.validity().not_before.timestamp()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(start + 1)))
    }
}

impl ClientCertVerifier for Gate {
    fn offer_client_auth(&self) -> bool {
        self.asked
    }

    fn client_auth_mandatory(&self) -> bool {
        self.asked && self.mandatory
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.first.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if self.was_accepted(end_entity) {
            return Ok(ClientCertVerified::assertion());
        }
        let strict = self.strict()?;
        let error = match strict.verify_client_cert(end_entity, intermediates, now) {
            Ok(verified) => return Ok(self.accept(end_entity, verified)),
            Err(error) => error,
        };
        if self.any_issuer && error == Error::InvalidCertificate(CertificateError::UnknownIssuer) {
            return Ok(ClientCertVerified::assertion());
        }
        match self.lenient_moment(end_entity, &error) {
            Some(moment) => strict.verify_client_cert(end_entity, intermediates, moment),
            None => Err(error),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.first.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.first.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.first.supported_verify_schemes()
    }
}
