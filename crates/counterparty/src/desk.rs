//! The desk: one HTTPS address per run, and a second one that shows wrong certificates.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use rustls::{ServerConfig, pki_types::CertificateDer, server::danger::ClientCertVerifier};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    call::Call,
    registry::{Clerk, Place, Registry},
    serve,
    tls::{self, Certificate, Hostile},
};

/// What a desk is opened with.
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How a product reaches that: scheme, host and port.
    pub base: String,
    /// What it shows.
    pub certificate: Certificate,
    /// The authorities whose client certificates are trusted, DER.
    pub roots: Vec<Vec<u8>>,
    /// The second address.
    pub hostile: Option<HostileSettings>,
}

/// The address that shows wrong certificates.
pub struct HostileSettings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How a product reaches that.
    pub base: String,
    /// What it shows, when asked to.
    pub certificates: BTreeMap<Hostile, Certificate>,
}

/// Why a desk could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The address is taken, or not of this machine.
    #[error("{address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// A certificate and its key do not fit.
    #[error("{what}: {detail}")]
    Certificate {
        /// Which.
        what: String,
        /// Why.
        detail: String,
    },
}

/// Hears of requests that belong to no case, and of clients that turn away at the door (no request), with the reason.
pub(crate) type Stray = Arc<dyn Fn(Option<&Call>, &str) + Send + Sync>;

/// What connections share.
pub(crate) struct Hall {
    pub(crate) registry: Arc<Registry>,
    pub(crate) judge: Option<Arc<dyn ClientCertVerifier>>,
    pub(crate) stray: Stray,
}

/// What the second address shows at the moment, and who hears of it.
type Shown = Arc<Mutex<Option<(Arc<ServerConfig>, Arc<dyn Clerk>)>>>;

/// The open desk; dropping it closes it.
pub struct Desk {
    address: SocketAddr,
    base: String,
    registry: Arc<Registry>,
    hostile: Option<HostileSide>,
    tasks: Vec<JoinHandle<()>>,
}

struct HostileSide {
    base: String,
    right: Arc<ServerConfig>,
    configs: BTreeMap<Hostile, Arc<ServerConfig>>,
    shown: Shown,
}

/// While it lives, the second address is open, for one case.
pub struct HostileDoor(Shown);

impl Drop for HostileDoor {
    fn drop(&mut self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Desk {
    /// Opens it. `stray` hears of requests that belong to no case.
    ///
    /// # Errors
    /// [`DeskError`].
    pub async fn open(
        settings: Settings,
        stray: impl Fn(Option<&Call>, &str) + Send + Sync + 'static,
    ) -> Result<Self, DeskError> {
        let listener = listen(settings.listen).await?;
        let address = listener.local_addr().unwrap_or(settings.listen);
        let config = configured("certificate", settings.certificate)?;
        let roots: Vec<CertificateDer<'static>> =
            settings.roots.into_iter().map(CertificateDer::from).collect();
        let registry = Arc::new(Registry::default());
        let hall = Arc::new(Hall {
            registry: Arc::clone(&registry),
            judge: tls::judge(&roots),
            stray: Arc::new(stray),
        });
        let base = settings.base.trim_end_matches('/').to_owned();
        let mut tasks = Vec::new();
        let right = Arc::clone(&config);
        let shows = Arc::new(move || Some((Arc::clone(&config), None)));
        tasks.push(tokio::spawn(serve::listen(listener, base.clone(), shows, Arc::clone(&hall))));
        let hostile = match settings.hostile {
            None => None,
            Some(side) => {
                let listener = listen(side.listen).await?;
                let shown = Shown::default();
                let shows = {
                    let shown = Arc::clone(&shown);
                    Arc::new(move || {
                        let shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
                        shown.clone().map(|(config, clerk)| (config, Some(clerk)))
                    })
                };
                let base = side.base.trim_end_matches('/').to_owned();
                tasks.push(tokio::spawn(serve::listen(listener, base.clone(), shows, hall)));
                let configs = side.certificates.into_iter();
                let configs = configs.map(|(kind, one)| Ok((kind, configured(kind.name(), one)?)));
                Some(HostileSide { base, right, configs: configs.collect::<Result<_, DeskError>>()?, shown })
            }
        };
        Ok(Self { address, base, registry, hostile, tasks })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How a product reaches it.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Opens a place with an address of its own, below [`Desk::base`] and below the other one.
    #[must_use]
    pub fn place(&self, key: &str, clerk: Arc<dyn Clerk>) -> Place {
        self.registry.keyed(key, clerk)
    }

    /// Opens a place at a service that has one address for all cases, for requests that speak of `content`; as soon as
    /// no other owner has that content.
    pub async fn place_at(&self, owner: &str, service: &str, content: &str, clerk: Arc<dyn Clerk>) -> Place {
        self.registry.service(owner, service, content, clerk).await
    }

    /// Opens the second address, showing a wrong certificate, or the right one when no kind is given: then it is merely
    /// another origin. One at a time: the caller keeps others out. `None` when it was not declared.
    #[must_use]
    pub fn hostile(&self, kind: Option<Hostile>, clerk: Arc<dyn Clerk>) -> Option<(String, HostileDoor)> {
        let side = self.hostile.as_ref()?;
        let config = match kind {
            Some(kind) => side.configs.get(&kind)?,
            None => &side.right,
        };
        let config = Arc::clone(config);
        *side.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some((config, clerk));
        Some((side.base.clone(), HostileDoor(Arc::clone(&side.shown))))
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, DeskError> {
    TcpListener::bind(address).await.map_err(|source| DeskError::Listen { address, source })
}

fn configured(what: &str, certificate: Certificate) -> Result<Arc<ServerConfig>, DeskError> {
    tls::config(certificate)
        .map_err(|error| DeskError::Certificate { what: what.to_owned(), detail: error.to_string() })
}
