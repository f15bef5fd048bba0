//! What several cases look at, fetched once per run.

use std::sync::Arc;

use keur_evidence::http::Answer;
use keur_probes::{
    fhir::dossier::Dossier,
    log::{Match, Sent},
    tls::{checks::Shake, findings::Finding, scan::facts::Facts},
};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::{
    contract::Contract,
    tour::{Asked, LEGS},
};

/// Facts that cost many requests. The case that comes first fetches them; every later case records that it reuses them.
#[derive(Default)]
pub struct Shared {
    /// The answers to all BgZ searches for the patient `complete`.
    pub dossier: OnceCell<Arc<Dossier>>,
    /// A search with its record in the log.
    pub logged: OnceCell<Arc<Logged>>,
    /// What the TLS probe found.
    pub scanned: OnceCell<Arc<Scanned>>,
    /// The OpenAPI document.
    pub contract: OnceCell<Arc<Contract>>,
    /// What the API was asked, by leg.
    pub tour: [OnceCell<Arc<Vec<Asked>>>; LEGS],
}

/// A scan with two whole handshakes beside it.
pub struct Scanned {
    /// What was seen.
    pub facts: Facts,
    /// The same, weighed.
    pub findings: Vec<Finding>,
    /// A handshake as party A.
    pub with: Shake,
    /// A handshake without a client certificate.
    pub without: Shake,
    /// The observation that holds the findings.
    pub evidence: String,
}

/// A request and what the log says of it.
pub struct Logged {
    /// What must be in the log.
    pub sent: Sent,
    /// The answer to the request.
    pub answer: Answer,
    /// The exchange of the last log export.
    pub export: String,
    /// The record and how it was recognised; none when it did not appear in time.
    pub record: Option<(Value, Match)>,
    /// Seconds until it was seen, or until the search for it ended.
    pub seconds: f64,
}
