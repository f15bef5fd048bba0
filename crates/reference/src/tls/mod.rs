//! TLS of the one port: versions, suites, client certificates.

mod gate;
pub(crate) mod hello;
pub(crate) mod replayed;

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{NoServerSessionStorage, ServerSessionMemoryCache};
use rustls::{CipherSuite, ServerConfig, SupportedCipherSuite};

use crate::defects::Defects;
use crate::options::StartError;
use crate::pki::Pki;

/// Early data a product with the `zero-rtt` defect takes.
const EARLY_DATA: u32 = 16 * 1024;

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
pub(crate) fn config(pki: &Pki, defects: &Defects) -> Result<Arc<ServerConfig>, StartError> {
    let refuse = |error: &dyn std::fmt::Display| StartError::Tls(error.to_string());
    let provider = provider();
    let gate = gate::Gate::new(pki, defects, Arc::clone(&provider))?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(pki.server_key.clone()));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| refuse(&error))?
        .with_client_cert_verifier(Arc::new(gate))
        .with_single_cert(vec![pki.server.clone()], key)
        .map_err(|error| refuse(&error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
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
