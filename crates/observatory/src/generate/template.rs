//! A recorded run, ready to be told of others: what stays the same is compressed, hashed and written as JSON once.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use keur_catalogue::{Profile, Selection};
use keur_dossier::{
    archive::{ArchiveError, Prepared, prepare},
    bundle::{BLOBS, BundleError, blobs_of},
    dates::parse_instant,
    keys::KeyError,
};
use keur_evidence::{
    digest,
    event::{Entry, Event},
    journal::{self, JournalError},
};
use keur_verdict::{JudgeError, Outcome, Verdict, judge};
use time::OffsetDateTime;

use super::people::SayError;

/// A recorded run of the reference product.
pub struct Template {
    pub(super) entries: Vec<Entry>,
    /// By entry: its event as JSON, where that stays the same.
    pub(super) events: Vec<Option<String>>,
    /// All but the declaration, as they are stored, in order of their paths.
    pub(super) blobs: Vec<(Prepared, Vec<u8>)>,
    pub(super) product_toml: String,
    pub(super) began: OffsetDateTime,
    pub(super) profile: Profile,
    pub(super) selection: Selection,
    pub(super) verdict: Verdict,
    /// What keeps it from being conform.
    pub(super) failing: Vec<String>,
}

/// A run that cannot be told anew.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file system refused.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The recorded run.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// It is no whole run of a declared product.
    #[error("{0}: dit is geen hele uitvoering met een opgave")]
    NoRun(PathBuf),
    /// The verdict.
    #[error(transparent)]
    Judge(#[from] JudgeError),
    /// The bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// What goes in it.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The signature of the run.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// What people say of it.
    #[error(transparent)]
    Say(#[from] SayError),
    /// A part is not JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl Template {
    /// Reads the folder of a recorded run, with the norms it was judged by.
    ///
    /// # Errors
    /// When it is not a whole run.
    pub fn open(folder: &Path, profile: Profile, selection: Selection) -> Result<Self, TemplateError> {
        let entries = journal::read(folder)?;
        let no_run = || TemplateError::NoRun(folder.to_owned());
        let began = entries.first().and_then(|entry| parse_instant(&entry.at)).ok_or_else(no_run)?;
        let declared = entries.iter().find_map(declaration).ok_or_else(no_run)?;
        let bytes = journal::read_blob(folder, &declared).ok_or_else(no_run)?;
        let product_toml = String::from_utf8(bytes).map_err(|_| no_run())?;
        let result = judge(&selection, &profile, &entries)?;
        let open = |outcome| matches!(outcome, Outcome::NotSatisfied | Outcome::Undetermined);
        let failing = result.requirements.iter().filter(|one| one.gates && open(one.outcome));
        let event = |entry: &Entry| -> Result<Option<String>, serde_json::Error> {
            (!changes(&entry.event)).then(|| serde_json::to_string(&entry.event)).transpose()
        };
        Ok(Self {
            events: entries.iter().map(event).collect::<Result<_, _>>()?,
            blobs: blobs(folder, &entries, declared.trim_start_matches("sha256:"))?,
            failing: failing.map(|one| one.id.clone()).collect(),
            verdict: result.verdict,
            entries,
            product_toml,
            began,
            profile,
            selection,
        })
    }

    /// What came of it.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// With one or two waivers it would be conform.
    #[must_use]
    pub fn is_waivable(&self) -> bool {
        self.verdict == Verdict::NotConform && self.failing.len() <= 2
    }
}

/// The address of the declaration that is enclosed here.
fn declaration(entry: &Entry) -> Option<String> {
    match &entry.event {
        Event::Enclosed(enclosed) if enclosed.what == "declaration" => {
            let file = enclosed.files.iter().find(|file| file.name == "product.toml");
            file.map(|file| file.blob.clone())
        }
        _ => None,
    }
}

/// Whether an event says whose run it is or on which day.
fn changes(event: &Event) -> bool {
    match event {
        Event::RunStarted(_) | Event::Attested(_) => true,
        Event::Enclosed(enclosed) => enclosed.what == "declaration",
        _ => false,
    }
}

/// Every blob of the run but one, compressed.
fn blobs(folder: &Path, entries: &[Entry], without: &str) -> Result<Vec<(Prepared, Vec<u8>)>, TemplateError> {
    let mut wanted: Vec<String> = entries.iter().flat_map(blobs_of).collect();
    wanted.sort();
    wanted.dedup();
    wanted.retain(|hex| hex != without);
    let one = |hex: &String| {
        let path = folder.join("blobs").join("sha256").join(hex);
        let bytes = fs::read(&path).map_err(|source| TemplateError::Io { path: path.clone(), source })?;
        if digest::hex(&bytes) != *hex {
            return Err(TemplateError::NoRun(path));
        }
        let (prepared, stored) = prepare(&format!("{BLOBS}{hex}"), &bytes)?;
        Ok((prepared, stored.into_owned()))
    };
    wanted.iter().map(one).collect()
}
