//! TLS of the desk: our certificate, the wrong ones, and clients of any authority, whose certificate is looked at later.

use std::sync::Arc;

use rustls::{
    DigitallySignedStruct, DistinguishedName, Error, RootCertStore, ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject},
    server::{
        WebPkiClientVerifier,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
};

/// A wrong certificate that a client must turn away from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hostile {
    /// Expired.
    Expired,
    /// Of an authority nobody trusts.
    ForeignCa,
    /// Of another host.
    ForeignName,
}

impl Hostile {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Expired, Self::ForeignCa, Self::ForeignName];

    /// The key in product.toml.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::ForeignCa => "foreign_ca",
            Self::ForeignName => "foreign_name",
        }
    }
}

/// A certificate chain with its key.
#[derive(Debug)]
pub struct Certificate {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Certificate {
    /// Reads PEM.
    ///
    /// # Errors
    /// Why it is not usable.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, String> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|error| error.to_string())?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| error.to_string())?;
        if chain.is_empty() { Err("no certificate".to_owned()) } else { Ok(Self { chain, key }) }
    }

    /// The certificate itself, DER.
    #[must_use]
    pub fn leaf(&self) -> &[u8] {
        // There is one, or it would not have been read.
        self.chain.first().map_or(&[], |leaf| leaf.as_ref())
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Server settings that show this certificate.
pub(crate) fn config(certificate: Certificate) -> Result<Arc<ServerConfig>, Error> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_client_cert_verifier(Arc::new(Anyone(provider())))
        .with_single_cert(certificate.chain, certificate.key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Every connection shows its certificate anew.
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    Ok(Arc::new(config))
}

/// Who judges client certificates, when we know whom to trust.
pub(crate) fn judge(roots: &[CertificateDer<'static>]) -> Option<Arc<dyn ClientCertVerifier>> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots.iter().cloned());
    WebPkiClientVerifier::builder_with_provider(Arc::new(store), provider()).build().ok()
}

/// Lets any client in that has the key of its certificate, or shows none: a handshake that fails would leave nothing
/// to judge. Whether the certificate is right is established afterwards.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ClientCertVerifier for Anyone {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
