//! Verdict to bytes, one format per file. A report is a pure function of the result, the catalogue and the
//! journal: the same bytes at the vendor, the certification body and the ministry.

mod crosswalk;
mod csv;
mod ctrf;
mod curl;
mod declaration;
mod earl;
mod html;
mod ident;
mod intoto;
mod json;
mod junit;
mod labels;
mod options;
mod oscal;
pub mod read;
pub mod terminal;
mod testreport;
pub mod text;
mod view;

use std::collections::BTreeMap;

use keur_catalogue::{Lang, conformity::Conformity, profile::Profile, requirement::Requirement};
use keur_evidence::event::Entry;
pub use keur_evidence::replay::Blobs;
use keur_verdict::RunResult;

pub use csv::Csv;
pub use ctrf::Ctrf;
pub use declaration::Declaration;
pub use earl::Earl;
pub use html::{BASE_STYLE, Html};
pub use intoto::InToto;
pub use json::Json;
pub use junit::Junit;
pub use options::Options;
pub use oscal::Oscal;
pub use testreport::TestReport;

/// All a report is made of.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// The verdict.
    pub result: &'a RunResult,
    /// The profile it was judged against.
    pub profile: &'a Profile,
    /// The requirements of the profile, in order.
    pub requirements: &'a [Requirement],
    /// The keys of the declaration of conformity.
    pub conformity: &'a Conformity,
    /// The journal.
    pub entries: &'a [Entry],
    /// The bodies of the exchanges.
    pub blobs: &'a dyn Blobs,
    /// The reader's language.
    pub lang: Lang,
    /// Requirement id → number of built-in defects of the reference product that turn it red, when known.
    pub kill_scores: Option<&'a BTreeMap<String, usize>>,
    /// What whoever made the report must say of how it was used; told with the caveats, and no part of the result.
    pub stamps: &'a [String],
    /// Of a bundle: the files by which the result is signed (result, manifest, envelope), by name. A format that can
    /// enclose files encloses these.
    pub signed: &'a [(String, Vec<u8>)],
}

impl<'a> Report<'a> {
    /// What a reader must know beside the verdict.
    #[must_use]
    pub fn caveats(&self) -> Vec<&'a str> {
        self.stamps.iter().chain(&self.result.caveats).map(String::as_str).collect()
    }
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
    /// Whether every run leaves it in its folder; others are written when asked for.
    fn in_folder(&self) -> bool {
        false
    }
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

/// Indented JSON with a newline at its end.
fn pretty(value: &impl serde::Serialize) -> Result<Vec<u8>, RenderError> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Every format that tells the verdict.
pub const FORMATS: &[&dyn Format] = &[&Html, &Junit, &Json, &Ctrf, &Csv, &Earl, &InToto, &Oscal, &TestReport];

/// What can be taken out of a run beside its verdict.
pub const EXTRACTS: &[&dyn Format] = &[&Declaration, &Options];

/// All of both.
pub fn formats() -> impl Iterator<Item = &'static dyn Format> {
    FORMATS.iter().chain(EXTRACTS).copied()
}

/// The format with this name.
#[must_use]
pub fn format(name: &str) -> Option<&'static dyn Format> {
    formats().find(|format| format.name() == name)
}
