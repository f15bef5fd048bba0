//! The TLS identities the harness can show, and the roots it trusts.

use std::{collections::BTreeMap, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore, SupportedProtocolVersion,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

/// The name of the identity that shows no certificate.
pub const NONE: &str = "none";

/// A certificate or key from the declaration is not usable.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Not PEM, or not of the kind that is needed.
    #[error("{what}: geen bruikbare PEM: {detail}")]
    Pem {
        /// Which declared file.
        what: String,
        /// What the parser says.
        detail: String,
    },
    /// The key does not belong to the certificate, or TLS refuses the pair.
    #[error("{what}: certificaat en sleutel horen niet bij elkaar of zijn niet bruikbaar: {detail}")]
    Pair {
        /// Which identity.
        what: String,
        /// What the library says.
        detail: String,
    },
    /// The scenario asks for an identity that was not declared.
    #[error("de identiteit {0:?} staat niet in product.toml")]
    Unknown(String),
}

/// A client certificate chain with its key.
pub struct ClientIdentity {
    chain: Vec<CertificateDer<'static>>,
    /// None in a replay, where nothing is signed.
    key: Option<PrivateKeyDer<'static>>,
}

impl ClientIdentity {
    /// Reads a PEM chain (leaf first) and a PEM key.
    ///
    /// # Errors
    /// [`IdentityError::Pem`].
    pub fn from_pem(what: &str, chain: &[u8], key: &[u8]) -> Result<Self, IdentityError> {
        let pem = |detail: String| IdentityError::Pem { what: what.to_owned(), detail };
        let chain = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| pem(error.to_string()))?;
        if chain.is_empty() {
            return Err(pem("er staat geen certificaat in".to_owned()));
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| pem(error.to_string()))?;
        Ok(Self { chain, key: Some(key) })
    }

    /// The leaf certificate, DER.
    #[must_use]
    pub fn leaf(&self) -> &[u8] {
        &self.chain[0]
    }
}

impl Identities {
    /// Adds the public part of an identity: it has a certificate to look at and cannot be shown.
    pub fn add_public(&mut self, name: &str, leaf: Vec<u8>) {
        self.clients.insert(name.to_owned(), ClientIdentity { chain: vec![leaf.into()], key: None });
    }

    /// The leaf certificates by name, DER.
    pub fn leaves(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.clients.iter().map(|(name, identity)| (name.as_str(), identity.leaf()))
    }
}

/// All identities of a run and its trust roots.
#[derive(Default)]
pub struct Identities {
    clients: BTreeMap<String, ClientIdentity>,
    roots: Option<Arc<RootCertStore>>,
    trusted: Vec<CertificateDer<'static>>,
}

impl Identities {
    /// Adds trust roots from a PEM file.
    ///
    /// # Errors
    /// When it holds no usable certificate.
    pub fn trust(&mut self, what: &str, pem: &[u8]) -> Result<(), IdentityError> {
        let bad = |detail: String| IdentityError::Pem { what: what.to_owned(), detail };
        let mut store = self.roots.as_deref().cloned().unwrap_or_else(RootCertStore::empty);
        let before = store.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| bad(error.to_string()))?;
            store.add(certificate.clone()).map_err(|error| bad(error.to_string()))?;
            self.trusted.push(certificate);
        }
        if store.len() == before {
            return Err(bad("er staat geen certificaat in".to_owned()));
        }
        self.roots = Some(Arc::new(store));
        Ok(())
    }

    /// The trusted certificates, DER; a replay has none.
    pub fn trusted(&self) -> impl Iterator<Item = &[u8]> {
        self.trusted.iter().map(AsRef::as_ref)
    }

    /// Adds an identity after checking that TLS accepts the pair.
    ///
    /// # Errors
    /// [`IdentityError::Pair`] when key and certificate do not fit.
    pub fn add(&mut self, name: &str, identity: ClientIdentity) -> Result<(), IdentityError> {
        self.clients.insert(name.to_owned(), identity);
        self.client_config(name, rustls::ALL_VERSIONS).map(drop)
    }

    /// Whether the identity is declared.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        name == NONE || self.clients.contains_key(name)
    }

    /// The leaf certificate of an identity, DER.
    #[must_use]
    pub fn leaf(&self, name: &str) -> Option<&[u8]> {
        self.clients.get(name).map(ClientIdentity::leaf)
    }

    /// TLS client settings that show this identity.
    ///
    /// # Errors
    /// Unknown identity, or a pair TLS refuses.
    pub fn client_config(
        &self,
        name: &str,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<ClientConfig, IdentityError> {
        let pair =
            |error: rustls::Error| IdentityError::Pair { what: name.to_owned(), detail: error.to_string() };
        let roots = self.roots.clone().unwrap_or_else(|| Arc::new(RootCertStore::empty()));
        let builder = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(versions)
            .map_err(pair)?
            .with_root_certificates(roots);
        if name == NONE {
            return Ok(builder.with_no_client_auth());
        }
        let identity = self.clients.get(name).ok_or_else(|| IdentityError::Unknown(name.to_owned()))?;
        let key = identity.key.as_ref().ok_or_else(|| IdentityError::Unknown(name.to_owned()))?;
        builder.with_client_auth_cert(identity.chain.clone(), key.clone_key()).map_err(pair)
    }
}

/// The one cryptography provider of the harness.
#[must_use]
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

#[cfg(test)]
mod tests;
