//! Verdict to bytes, one format per file. A report is a pure function of the result, the catalogue and the
//! journal: the same bytes at the vendor, the certification body and the ministry.

mod curl;
mod html;
mod json;
mod junit;
mod labels;
pub mod read;
pub mod terminal;
mod text;
mod view;

use std::collections::BTreeMap;

use keur_catalogue::{Lang, profile::Profile, requirement::Requirement};
use keur_evidence::event::Entry;
use keur_verdict::RunResult;

pub use html::Html;
pub use json::Json;
pub use junit::Junit;

/// All a report is made of.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// The verdict.
    pub result: &'a RunResult,
    /// The profile it was judged against.
    pub profile: &'a Profile,
    /// The requirements of the profile, in order.
    pub requirements: &'a [Requirement],
    /// The journal.
    pub entries: &'a [Entry],
    /// The bodies of the exchanges.
    pub blobs: &'a dyn Blobs,
    /// The reader's language.
    pub lang: Lang,
    /// Requirement id → number of built-in defects of the reference product that turn it red, when known.
    pub kill_scores: Option<&'a BTreeMap<String, usize>>,
}

/// Content-addressed bodies. How much of one is shown is the format's business.
pub trait Blobs {
    /// The bytes with this digest (`sha256:…`), when kept.
    fn get(&self, digest: &str) -> Option<Vec<u8>>;
}

/// No bodies at all: for formats and places that show none.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoBlobs;

impl Blobs for NoBlobs {
    fn get(&self, _digest: &str) -> Option<Vec<u8>> {
        None
    }
}

/// A report format.
pub trait Format {
    /// What `--report NAME=PATH` and `--format NAME` call it.
    fn name(&self) -> &'static str;
    /// The file in the folder of a run.
    fn file_name(&self) -> &'static str;
    /// The report as bytes; the same input gives the same bytes.
    ///
    /// # Errors
    /// When the result cannot be written in this format.
    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError>;
}

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The result does not serialise.
    #[error("the result cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A format of another crate says why.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

/// Every format there is.
pub const FORMATS: &[&dyn Format] = &[&Html, &Junit, &Json];

/// The format with this name.
#[must_use]
pub fn format(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}
