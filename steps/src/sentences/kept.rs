//! Typed facts that pass from one sentence of a scenario to the next.

use std::sync::Arc;

use keur_evidence::{Stop, http::Request};
use keur_probes::fhir::paging::Pages;
use time::OffsetDateTime;

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
}

/// Sends a request and remembers when.
pub(super) async fn ask(w: &mut World, request: Request) -> Result<(), Stop> {
    let at = w.recorder.clock("gevraagd")?;
    w.send(request).await?;
    w.kept.asked = Some((at, w.recorder.clock("beantwoord")?));
    Ok(())
}
