//! TLS of the product as a client: whom it trusts, who it shows it is, and the defects that trust too much.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::defects::Defects;
use crate::options::StartError;
use crate::pki::Pki;

/// The certificate the product shows as a client, and the root it trusts.
#[derive(Debug)]
pub(super) struct Identity {
    certificate: String,
    key: String,
    root: CertificateDer<'static>,
}

impl Identity {
    pub(super) fn new(pki: &Pki) -> Self {
        let own = &pki.desk.client;
        Self { certificate: own.certificate.clone(), key: own.key.clone(), root: pki.ca.clone() }
    }

    pub(super) fn config(&self, defects: &Defects) -> Result<ClientConfig, StartError> {
        let refuse = |error: &dyn std::fmt::Display| StartError::Tls(error.to_string());
        let provider = crate::tls::provider();
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).map_err(|error| refuse(&error))?;
        let strict = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(|error| refuse(&error))?;
        let verifier = Lax {
            strict,
            expired: defects.has("client-trusts-expired"),
            issuer: defects.has("client-trusts-any-issuer"),
            name: defects.has("client-trusts-any-name"),
        };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| refuse(&error))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        if defects.has("client-without-certificate") {
            return Ok(builder.with_no_client_auth());
        }
        let chain = CertificateDer::pem_slice_iter(self.certificate.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| refuse(&error))?;
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).map_err(|error| refuse(&error))?;
        builder.with_client_auth_cert(chain, key).map_err(|error| refuse(&error))
    }
}

/// The strict verifier, and what a defect forgives.
#[derive(Debug)]
struct Lax {
    strict: Arc<WebPkiServerVerifier>,
    expired: bool,
    issuer: bool,
    name: bool,
}

impl ServerCertVerifier for Lax {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let judged = self.strict.verify_server_cert(leaf, between, name, ocsp, now);
        let forgiven = match &judged {
            Err(Error::InvalidCertificate(error)) => match error {
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => self.expired,
                CertificateError::UnknownIssuer | CertificateError::BadSignature => self.issuer,
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                    self.name
                }
                _ => false,
            },
            _ => false,
        };
        if forgiven { Ok(ServerCertVerified::assertion()) } else { judged }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.strict.verify_tls12_signature(message, leaf, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.strict.verify_tls13_signature(message, leaf, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.strict.supported_verify_schemes()
    }
}
