//! The one door to the outside of a run: what passes through it is bounded, redacted and recorded.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use ring::rand::{SecureRandom, SystemRandom};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use crate::{
    digest,
    event::{Event, RunEnd},
    guard::Guard,
    health::Health,
    identity::{Identities, IdentityError},
    journal::{JournalError, Store},
    limits::Limits,
    recorder::Recorder,
    redact::Redactor,
};

/// All contact of one run with the outside.
pub struct Seam {
    pub(crate) store: Store,
    pub(crate) redactor: Redactor,
    pub(crate) guard: Guard,
    pub(crate) identities: Identities,
    pub(crate) limits: Limits,
    pub(crate) cancel: CancellationToken,
    pub(crate) health: Health,
    end: OnceLock<RunEnd>,
    seed: [u8; 32],
    ids: AtomicU64,
    clients: Mutex<HashMap<String, reqwest::Client>>,
}

/// What a seam is made of.
pub struct SeamParts {
    /// Where evidence goes.
    pub store: Store,
    /// Declared secrets, to be removed from all evidence.
    pub secrets: Vec<String>,
    /// The production-data guard.
    pub guard: Guard,
    /// TLS identities and roots.
    pub identities: Identities,
    /// Bounds.
    pub limits: Limits,
    /// Seed of the run's randomness.
    pub seed: [u8; 32],
}

impl Seam {
    /// Opens the door. The cancellation token stops every wait of the run.
    #[must_use]
    pub fn new(parts: SeamParts, cancel: CancellationToken) -> Arc<Self> {
        // The redaction key is independent of the seed: the seed is published, the key is thrown away.
        let mut key = [0; 32];
        if SystemRandom::new().fill(&mut key).is_err() {
            key = parts.seed;
        }
        Arc::new(Self {
            store: parts.store,
            redactor: Redactor::new(&parts.secrets, key),
            guard: parts.guard,
            identities: parts.identities,
            limits: parts.limits,
            cancel,
            health: Health::default(),
            end: OnceLock::new(),
            seed: parts.seed,
            ids: AtomicU64::new(1),
            clients: Mutex::new(HashMap::new()),
        })
    }

    /// The recorder of one case.
    #[must_use]
    pub fn case(self: &Arc<Self>, case: &str) -> Recorder {
        Recorder::new(Arc::clone(self), case)
    }

    /// The recorder of a twin in an exam: its requests leave in another guise.
    #[must_use]
    pub fn twin(self: &Arc<Self>, case: &str) -> Recorder {
        Recorder::disguised(Arc::clone(self), case)
    }

    /// The journal and blobs.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The declared identities.
    #[must_use]
    pub fn identities(&self) -> &Identities {
        &self.identities
    }

    /// The redactor.
    #[must_use]
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// The bounds.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The clock of the run.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    /// Writes an event.
    ///
    /// # Errors
    /// When evidence would be lost.
    pub fn append(&self, event: Event) -> Result<(), JournalError> {
        self.store.append(event)
    }

    /// Stops the run; the first reason stands.
    pub fn stop(&self, end: RunEnd) {
        let _ = self.end.set(end);
        self.cancel.cancel();
    }

    /// How the run ends: what stopped it, or completed.
    #[must_use]
    pub fn end(&self) -> RunEnd {
        self.end.get().copied().unwrap_or(if self.cancel.is_cancelled() {
            RunEnd::Interrupted
        } else {
            RunEnd::Completed
        })
    }

    /// Resolves when the run is stopped.
    pub async fn stopped(&self) {
        self.cancel.cancelled().await;
    }

    /// Whether the run is stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Random bytes of a case: the same for the same seed, case and position.
    pub(crate) fn random(&self, case: &str, position: u64) -> [u8; 32] {
        let hash = digest::of_parts([
            ("seed", self.seed.as_slice()),
            ("case", case.as_bytes()),
            ("position", position.to_be_bytes().as_slice()),
        ]);
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            let hex = &hash["sha256:".len() + 2 * index..][..2];
            *byte = u8::from_str_radix(hex, 16).unwrap_or_default();
        }
        bytes
    }

    pub(crate) fn next_id(&self, prefix: &str) -> String {
        format!("{prefix}-{:06}", self.ids.fetch_add(1, Ordering::Relaxed))
    }

    /// A client that shows this identity. Connections are kept, because a handshake costs more than 25 requests;
    /// a fresh one is for cases about the handshake or about statelessness.
    pub(crate) fn client(&self, identity: &str, fresh: bool) -> Result<reqwest::Client, IdentityError> {
        if fresh {
            return self.build_client(identity);
        }
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(identity) {
            return Ok(client.clone());
        }
        let client = self.build_client(identity)?;
        clients.insert(identity.to_owned(), client.clone());
        Ok(client)
    }

    fn build_client(&self, identity: &str) -> Result<reqwest::Client, IdentityError> {
        let mut tls = self.identities.client_config(identity, rustls::ALL_VERSIONS)?;
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .tls_info(true)
            .no_proxy()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.limits.connect)
            .build()
            .map_err(|error| IdentityError::Pair { what: identity.to_owned(), detail: error.to_string() })
    }
}

/// A fresh seed from the operating system; `None` when it gives none.
#[must_use]
pub fn fresh_seed() -> Option<[u8; 32]> {
    let mut seed = [0; 32];
    SystemRandom::new().fill(&mut seed).ok().map(|()| seed)
}
