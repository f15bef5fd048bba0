//! Typed facts that pass from one sentence of a scenario to the next.

use std::sync::Arc;

use keur_evidence::{Stop, http::Request};
use keur_probes::{fhir::paging::Pages, log::Sent};
use time::OffsetDateTime;

use super::{log_hook::Seen, revocation::Said};
use crate::{World, shared::Logged};

/// What a scenario keeps.
#[derive(Default)]
pub struct Kept {
    /// Searches with all their pages, latest last.
    pub pages: Vec<Pages>,
    /// When the latest request was sent and answered.
    pub asked: Option<(OffsetDateTime, OffsetDateTime)>,
    /// A request with its record.
    pub logged: Option<Arc<Logged>>,
    /// Requests that must be in the log, in order.
    pub sent: Vec<Sent>,
    /// What the log, or the overview of the patient, held of them.
    pub seen: Option<Seen>,
    /// What issuers said of the server certificate.
    pub revocation: Said,
}

/// Sends a request and remembers when.
pub(super) async fn ask(w: &mut World, request: Request) -> Result<(), Stop> {
    let at = w.recorder.clock("gevraagd")?;
    w.send(request).await?;
    w.kept.asked = Some((at, w.recorder.clock("beantwoord")?));
    Ok(())
}
