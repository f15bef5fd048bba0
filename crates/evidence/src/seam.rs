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
    pace::Pace,
    recorder::Recorder,
    redact::Redactor,
    replay::Replay,
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
    pub(crate) pace: Pace,
    end: OnceLock<RunEnd>,
    replay: Option<Replay>,
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
        Self::made(parts, cancel, None)
    }

    /// A door that opens to a record: nothing leaves the machine, and every question gets the answer of then.
    #[must_use]
    pub fn replaying(parts: SeamParts, replay: Replay) -> Arc<Self> {
        Self::made(parts, CancellationToken::new(), Some(replay))
    }

    fn made(parts: SeamParts, cancel: CancellationToken, replay: Option<Replay>) -> Arc<Self> {
        // The redaction key is independent of the seed: the seed is published, the key is thrown away.
        let mut key = [0; 32];
        if SystemRandom::new().fill(&mut key).is_err() {
            key = parts.seed;
        }
        // Ids stay unique in a run that goes on after an interruption.
        let first_id = parts.store.entries().len() as u64 + 1;
        Arc::new(Self {
            pace: Pace::new(&parts.limits, &parts.store),
            store: parts.store,
            redactor: Redactor::new(&parts.secrets, key),
            guard: parts.guard,
            identities: parts.identities,
            limits: parts.limits,
            cancel,
            health: Health::default(),
            end: OnceLock::new(),
            replay,
            seed: parts.seed,
            ids: AtomicU64::new(first_id),
            clients: Mutex::new(HashMap::new()),
        })
    }

    /// The recorder of one case.
    #[must_use]
    pub fn case(self: &Arc<Self>, case: &str) -> Recorder {
        self.attempt(case, 1)
    }

    /// The recorder of one attempt at a case, the first being 1.
    #[must_use]
    pub fn attempt(self: &Arc<Self>, case: &str, attempt: usize) -> Recorder {
        Recorder::new(Arc::clone(self), case, attempt)
    }

    /// The record that answers, when this is a replay.
    #[must_use]
    pub fn replay(&self) -> Option<&Replay> {
        self.replay.as_ref()
    }

    /// The recorder of a twin in an exam: its requests leave in another guise.
    #[must_use]
    pub fn twin(self: &Arc<Self>, case: &str, attempt: usize) -> Recorder {
        Recorder::disguised(Arc::clone(self), case, attempt)
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

    /// Ends the run. What happens from here on, such as a product that still asks us something, changes nothing about how
    /// it ended.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(&self) -> Result<(), JournalError> {
        let how = *self.end.get_or_init(|| self.end());
        self.append(Event::RunFinished { how })
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

    /// Random bytes of a case: the same for the same seed, case, attempt and position. An attempt has its own, because
    /// a product may refuse an id it has seen.
    pub(crate) fn random(&self, case: &str, attempt: usize, position: u64) -> [u8; 32] {
        let hash = digest::of_parts([
            ("seed", self.seed.as_slice()),
            ("case", case.as_bytes()),
            ("attempt", (attempt as u64).to_be_bytes().as_slice()),
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
        let own = if self.replay.is_some() { "r" } else { "" };
        format!("{prefix}-{own}{:06}", self.ids.fetch_add(1, Ordering::Relaxed))
    }

    /// A client that shows this identity. Connections are kept, because a handshake costs more than 25 requests;
    /// a fresh one is for cases about the handshake or about statelessness. It speaks HTTP/1.1: over HTTP/2 the library
    /// now and then waits forever for an answer on a connection that was refused after its handshake.
    pub(crate) fn client(&self, identity: &str, fresh: bool) -> Result<reqwest::Client, IdentityError> {
        if fresh {
            return self.build_client(identity, &[b"http/1.1"]);
        }
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(identity) {
            return Ok(client.clone());
        }
        let client = self.build_client(identity, &[b"h2", b"http/1.1"])?;
        clients.insert(identity.to_owned(), client.clone());
        Ok(client)
    }

    fn build_client(&self, identity: &str, protocols: &[&[u8]]) -> Result<reqwest::Client, IdentityError> {
        let mut tls = self.identities.client_config(identity, rustls::ALL_VERSIONS)?;
        tls.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
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
