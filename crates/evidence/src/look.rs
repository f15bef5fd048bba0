//! What a library sees of a server that a client in the clear does not: the encrypted part of TLS 1.3, and whether a
//! session is really resumed.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, HandshakeKind, SignatureScheme, SupportedProtocolVersion,
    client::{
        ResolvesClientCert, Resumption, Tls12Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};
use tokio_rustls::TlsConnector;
use url::Url;

use crate::{
    http::Transport,
    identity::provider,
    recorder::{Recorder, Stop},
    wire::{QUIET, failed, request, server_name, tcp},
};

/// What the observation of a look is called.
pub(crate) const LOOK: &str = "tls_look";
/// What the observation of a resumption is called.
pub(crate) const RESUMPTION: &str = "tls_resumption";

/// What the encrypted part of a handshake of TLS 1.3 says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// Id of the observation in the journal.
    pub id: String,
    /// The scheme with which the server proves that it has the key.
    pub scheme: Option<u16>,
    /// The chain, DER, leaf first.
    pub chain: Vec<Vec<u8>>,
    /// A stapled OCSP answer.
    pub staple: Option<Vec<u8>>,
    /// A client certificate is asked for, of issuers with these names in DER.
    pub issuers: Option<Vec<Vec<u8>>>,
}

/// How a session is resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// TLS 1.2 with the id of a session.
    Id,
    /// TLS 1.2 with a ticket.
    Ticket,
    /// TLS 1.3 with a ticket.
    Key,
}

impl By {
    /// All ways.
    pub const ALL: [Self; 3] = [Self::Id, Self::Ticket, Self::Key];

    fn version(self) -> &'static SupportedProtocolVersion {
        if self == Self::Key { &TLS13 } else { &TLS12 }
    }

    fn resumption(self) -> Resumption {
        let old = if self == Self::Id {
            Tls12Resumption::SessionIdOnly
        } else {
            Tls12Resumption::SessionIdOrTickets
        };
        Resumption::in_memory_sessions(8).tls12_resumption(old)
    }
}

impl Recorder {
    /// Makes a handshake of TLS 1.3 in which only these signature schemes are offered. Nothing is verified and nothing
    /// is asked of the server afterwards: it is a look at what the server shows to anybody.
    ///
    /// # Errors
    /// [`Stop`] as in [`Recorder::http`]; a refused handshake is a fact, not an error.
    pub async fn look(
        &self,
        purpose: &str,
        url: &Url,
        schemes: &[u16],
    ) -> Result<Result<Look, Transport>, Stop> {
        if let Some(replay) = self.seam().replay() {
            return self.replayed_look(replay, purpose);
        }
        let (eye, config) = Eye::open(schemes).map_err(|error| self.broken(&error.to_string()))?;
        let made = self.bounded(url, shake(url, config)).await?;
        self.seam().health.heard(url, made.as_ref().err().map(|transport| transport.failure));
        let look = eye.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // A server that turns away afterwards, for want of a client certificate, has been seen all the same.
        let made = if look.scheme.is_some() { Ok(look) } else { made.map(|()| look) };
        let facts = match &made {
            Ok(look) => {
                let keep =
                    |all: &[Vec<u8>]| all.iter().map(|der| self.keep(der)).collect::<Result<Vec<_>, _>>();
                let staple = look.staple.as_deref().map(|der| self.keep(der)).transpose()?.flatten();
                let issuers = look.issuers.as_deref().map(keep).transpose()?;
                json!({ "scheme": look.scheme, "chain": keep(&look.chain)?, "staple": staple, "issuers": issuers })
            }
            Err(transport) => failed(transport),
        };
        let id = self.observe(LOOK, purpose, facts)?;
        Ok(made.map(|look| Look { id, ..look }))
    }

    /// Connects twice as `identity`, and finds out whether the second handshake resumes the session of the first.
    ///
    /// # Errors
    /// [`Stop`] as in [`Recorder::http`]; a refused handshake is a fact, not an error.
    pub async fn resumption(
        &self,
        purpose: &str,
        url: &Url,
        identity: &str,
        by: By,
    ) -> Result<Result<bool, Transport>, Stop> {
        if let Some(replay) = self.seam().replay() {
            return self.replayed_resumption(replay, purpose);
        }
        let mut config = self
            .seam()
            .identities()
            .client_config(identity, &[by.version()])
            .map_err(|error| self.identity_missing(&error))?;
        // Whose certificate it is, is the question of another requirement.
        config.dangerous().set_certificate_verifier(Eye::new(
            provider().signature_verification_algorithms.supported_schemes(),
        ));
        config.resumption = by.resumption();
        let made = self.bounded(url, twice(url, config)).await?;
        self.seam().health.heard(url, made.as_ref().err().map(|transport| transport.failure));
        let facts = match &made {
            Ok(resumed) => json!({ "identity": identity, "by": by, "resumed": resumed }),
            Err(transport) => failed(transport),
        };
        self.observe(RESUMPTION, purpose, facts)?;
        Ok(made)
    }
}

async fn shake(url: &Url, config: ClientConfig) -> Result<(), Transport> {
    let connector = TlsConnector::from(Arc::new(config));
    let made = connector.connect(server_name(url)?, tcp(url).await?).await;
    made.map(drop).map_err(|error| Transport::from_io(&error))
}

async fn twice(url: &Url, config: ClientConfig) -> Result<bool, Transport> {
    let config = Arc::new(config);
    let mut resumed = false;
    for _ in 0..2 {
        let io = |error: std::io::Error| Transport::from_io(&error);
        let connector = TlsConnector::from(Arc::clone(&config));
        let mut stream = connector.connect(server_name(url)?, tcp(url).await?).await.map_err(io)?;
        // One request, so that a ticket has arrived before the second connection.
        stream.write_all(request(url).as_bytes()).await.map_err(io)?;
        let mut first = [0; 512];
        let _ = timeout(QUIET, stream.read(&mut first)).await;
        resumed = stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed);
    }
    Ok(resumed)
}

/// Sees all, believes everything and shows nothing.
#[derive(Debug)]
struct Eye(Mutex<Look>, Vec<SignatureScheme>);

impl Eye {
    fn new(schemes: Vec<SignatureScheme>) -> Arc<Self> {
        Arc::new(Self(Mutex::default(), schemes))
    }

    fn open(schemes: &[u16]) -> Result<(Arc<Self>, ClientConfig), Error> {
        let eye = Self::new(schemes.iter().copied().map(SignatureScheme::from).collect());
        let config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(eye.clone())
            .with_client_cert_resolver(eye.clone());
        Ok((eye, config))
    }

    fn note(&self, note: impl FnOnce(&mut Look)) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl ServerCertVerifier for Eye {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        staple: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.note(|look| {
            look.chain = std::iter::once(leaf).chain(rest).map(|one| one.to_vec()).collect();
            look.staple = (!staple.is_empty()).then(|| staple.to_vec());
        });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.note(|look| look.scheme = Some(signed.scheme.into()));
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.1.clone()
    }
}

impl ResolvesClientCert for Eye {
    fn resolve(&self, issuers: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.note(|look| look.issuers = Some(issuers.iter().map(|name| name.to_vec()).collect()));
        None
    }

    fn has_certs(&self) -> bool {
        true
    }
}
