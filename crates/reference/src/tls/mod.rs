//! TLS of the one port: versions, suites, client certificates.

mod flight;
mod gate;
pub(crate) mod hello;
pub(crate) mod renegotiation;
pub(crate) mod replayed;
mod staple;

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoClientAuth, NoServerSessionStorage, ServerSessionMemoryCache};
use rustls::{CipherSuite, ServerConfig, SupportedCipherSuite};
use time::OffsetDateTime;

use crate::defects::Defects;
use crate::options::StartError;
use crate::pki::{Pki, SERVER_SERIAL};

/// Early data a product with the `zero-rtt` defect takes.
const EARLY_DATA: u32 = 16 * 1024;
/// A certificate in the name of the test CA, with an RSA key of 1024 bits, valid from 2020 to 2120.
const WEAK_ISSUER: &[u8] = include_bytes!("../../data/weak-issuer.der");

/// The crypto provider; passed explicitly so that several products can live in one process without a global.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    let mut provider = rustls::crypto::ring::default_provider();
    provider.cipher_suites.retain(good);
    Arc::new(provider)
}

/// All suites of rustls are AEAD with ephemeral keys; the list pins that.
fn good(suite: &SupportedCipherSuite) -> bool {
    matches!(
        suite.suite(),
        CipherSuite::TLS13_AES_128_GCM_SHA256
            | CipherSuite::TLS13_AES_256_GCM_SHA384
            | CipherSuite::TLS13_CHACHA20_POLY1305_SHA256
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
    )
}

/// The server configuration for these certificates.
pub(crate) fn config(
    pki: &Pki,
    defects: &Defects,
    now: OffsetDateTime,
) -> Result<Arc<ServerConfig>, StartError> {
    let gate = gate::Gate::new(pki, defects, provider())?;
    make(pki, defects, now, Arc::new(gate))
}

/// The same without asking a client for a certificate.
pub(crate) fn config_for_all(
    pki: &Pki,
    defects: &Defects,
    now: OffsetDateTime,
) -> Result<Arc<ServerConfig>, StartError> {
    make(pki, defects, now, Arc::new(NoClientAuth))
}

fn make(
    pki: &Pki,
    defects: &Defects,
    now: OffsetDateTime,
    clients: Arc<dyn ClientCertVerifier>,
) -> Result<Arc<ServerConfig>, StartError> {
    let refuse = |error: &dyn std::fmt::Display| StartError::Tls(error.to_string());
    let provider = provider();
    let revoked = defects.has("revoked-staple");
    let stapled = revoked || defects.has("unsigned-staple");
    let staple = if stapled { staple::answer(SERVER_SERIAL, revoked, now) } else { Vec::new() };
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(pki.server_key.clone()));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| refuse(&error))?
        .with_client_cert_verifier(clients)
        .with_single_cert_with_ocsp(chain(pki, defects), key, staple)
        .map_err(|error| refuse(&error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.enable_secret_extraction = defects.has("client-renegotiation");
    if defects.has("zero-rtt") {
        config.session_storage = ServerSessionMemoryCache::new(256);
        config.max_early_data_size = EARLY_DATA;
    } else {
        // Without resumption every connection shows its certificate anew, so revocation works at once.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
    }
    Ok(Arc::new(config))
}

/// The server's certificate, and what a defect sends along with it.
fn chain(pki: &Pki, defects: &Defects) -> Vec<CertificateDer<'static>> {
    let mut chain = vec![pki.server.clone()];
    if defects.has("weak-issuer") {
        chain.push(CertificateDer::from(WEAK_ISSUER));
    }
    if defects.has("stray-certificate") {
        chain.push(pki.foreign_ca_root.clone());
    }
    chain
}
