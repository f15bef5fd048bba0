//! What several cases look at, fetched once per run.

use std::sync::Arc;

use keur_evidence::http::Answer;
use keur_probes::{
    fhir::dossier::Dossier,
    log::{Match, Sent},
};
use serde_json::Value;
use tokio::sync::OnceCell;

/// Facts that cost many requests. The case that comes first fetches them; every later case records that it reuses them.
#[derive(Default)]
pub struct Shared {
    /// The answers to all BgZ searches for the patient `complete`.
    pub dossier: OnceCell<Arc<Dossier>>,
    /// A search with its record in the log.
    pub logged: OnceCell<Arc<Logged>>,
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
