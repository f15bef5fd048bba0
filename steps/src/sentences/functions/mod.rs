//! The services behind the generic functions, which we play: consent, localisation, addressing.

mod addressing;
mod localisation;
pub(super) mod mitz;
mod register;

use keur_counterparty::{consents::Register, directory::Directory, mitz::Mitz, nvi};
use keur_evidence::{Stop, event::Reason, heard::Heard};
use serde_json::Value;

use crate::{World, desk::Said};

/// What of it passes from one sentence to the next.
#[derive(Default)]
pub struct Played {
    mitz: Option<Mitz>,
    register: Option<Register>,
    index: Option<nvi::Index>,
    pseudonyms: Option<nvi::Pseudonyms>,
    sources: Option<nvi::Sources>,
    directory: Option<Directory>,
    /// Our address in this scenario.
    base: String,
    said: Option<Said>,
    heard: Vec<Heard>,
    /// How many sources have something, and whether something was down.
    expected: (Vec<&'static str>, u64, bool),
}

/// What the product tells of an action; without that nothing about what it shows can be told.
fn told(w: &World) -> Result<&Value, Stop> {
    let said = w.kept.functions.said.as_ref().and_then(|said| said.body.as_ref());
    said.filter(|said| said["sources"].is_array()).ok_or_else(|| {
        let detail = "wat het product toont, is alleen vast te stellen als [hooks] trigger dat met `sources` en `warnings` vertelt";
        w.recorder.cannot_tell(Reason::Precondition, "trigger_missing", detail)
    })
}

/// The moment from which a directory dates its versions: without fraction and zone, in UTC.
fn dated(w: &World) -> Result<String, Stop> {
    let now = w.recorder.clock("het adresboek dateert vanaf")?;
    let text = keur_evidence::journal::instant(now);
    Ok(text.chars().take("2026-11-22T10:00:00".len()).collect())
}
