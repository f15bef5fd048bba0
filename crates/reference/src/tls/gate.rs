//! Which client certificates come in: a trusted issuer, valid now, not revoked.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme,
};

use crate::defects::Defects;
use crate::options::StartError;
use crate::pki::Pki;

/// The strict verifier of the product, and the ways in which a defect weakens it.
#[derive(Debug)]
pub(super) struct Gate {
    strict: Arc<dyn ClientCertVerifier>,
    asked: bool,
    mandatory: bool,
    any_issuer: bool,
    expired: bool,
    future: bool,
}

impl Gate {
    pub(super) fn new(
        pki: &Pki,
        defects: &Defects,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, StartError> {
        let mut roots = RootCertStore::empty();
        roots.add(pki.ca.clone()).map_err(|error| StartError::Tls(error.to_string()))?;
        let mut builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        if !defects.has("crl-ignored") {
            builder = builder.with_crls([pki.crl.clone()]).enforce_revocation_expiration();
        }
        Ok(Self {
            strict: builder.build().map_err(|error| StartError::Tls(error.to_string()))?,
            asked: !defects.has("single-layer-token"),
            mandatory: !defects.has("mtls-optional") && !defects.has("token-endpoint-without-mtls"),
            any_issuer: defects.has("foreign-ca-accepted"),
            expired: defects.has("expired-client-accepted"),
            future: defects.has("future-client-accepted"),
        })
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
        self.strict.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let error = match self.strict.verify_client_cert(end_entity, intermediates, now) {
            Ok(verified) => return Ok(verified),
            Err(error) => error,
        };
        if self.any_issuer && error == Error::InvalidCertificate(CertificateError::UnknownIssuer) {
            return Ok(ClientCertVerified::assertion());
        }
        match self.lenient_moment(end_entity, &error) {
            Some(moment) => self.strict.verify_client_cert(end_entity, intermediates, moment),
            None => Err(error),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.strict.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.strict.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.strict.supported_verify_schemes()
    }
}
