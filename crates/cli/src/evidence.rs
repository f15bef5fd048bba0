//! A recorded run to look at again: the folder of a run, or a bundle.

use std::{
    num::NonZero,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use keur_catalogue::Selection;
use keur_dossier::{
    Bundle,
    bundle::{self, added_statements},
    manifest, overlay,
};
use keur_evidence::{
    event::{EXAM, Entry, Event, RunStarted},
    journal::{self, JournalError},
    replay::Blobs,
};
use keur_steps::{
    norms::Norms,
    replay::{self, Replayed},
};
use keur_verdict::{Overlays, RunResult, judge_with};

use crate::{
    content,
    exit::{Exit, Failure},
};

/// A recorded run.
pub struct Evidence {
    /// The journal.
    pub entries: Vec<Entry>,
    source: Source,
}

enum Source {
    Folder(PathBuf),
    Bundle(Arc<Bundle>),
}

/// Bodies from a run's folder.
struct Folder(PathBuf);

/// Bodies from a bundle.
struct Packed(Arc<Bundle>);

impl Blobs for Packed {
    fn get(&self, digest: &str) -> Option<Vec<u8>> {
        self.0.blob(digest)
    }
}

impl Blobs for Folder {
    fn get(&self, digest: &str) -> Option<Vec<u8>> {
        journal::read_blob(&self.0, digest)
    }
}

impl Evidence {
    /// Opens the folder of a run, or a bundle, and checks the journal's chain.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        if path.is_file() {
            return Self::of_bundle(Arc::new(Bundle::open(path).map_err(damaged)?));
        }
        Self::of(path, journal::read(path))
    }

    /// Opens the folder of a run that may have been cut off while it wrote: the journal up to its last whole line.
    pub fn open_torn(path: &Path) -> Result<Self, Failure> {
        Self::of(path, journal::read_whole(path))
    }

    fn of(path: &Path, entries: Result<Vec<Entry>, JournalError>) -> Result<Self, Failure> {
        let entries = entries.map_err(|error| match error {
            JournalError::Chain { .. } | JournalError::Entry { .. } => damaged(error),
            JournalError::Io { .. } => Failure::usage(format!(
                "{error}\n  help: geef de map van een uitvoering, met journal.ndjson erin"
            )),
        })?;
        Self { entries, source: Source::Folder(path.to_owned()) }.checked()
    }

    /// The evidence of an opened bundle.
    pub fn of_bundle(bundle: Arc<Bundle>) -> Result<Self, Failure> {
        let entries = bundle.journal().map_err(damaged)?;
        Self { entries, source: Source::Bundle(bundle) }.checked()
    }

    /// The evidence of a bundle whose journal was read already.
    pub fn of_entries(entries: Vec<Entry>, bundle: Arc<Bundle>) -> Self {
        Self { entries, source: Source::Bundle(bundle) }
    }

    fn checked(self) -> Result<Self, Failure> {
        self.started().map(drop)?;
        Ok(self)
    }

    /// How the run began.
    pub fn started(&self) -> Result<&RunStarted, Failure> {
        match self.entries.first().map(|entry| &entry.event) {
            Some(Event::RunStarted(started)) => Ok(started),
            _ => Err(damaged("het journaal begint niet met run_started")),
        }
    }

    /// An exam that was cut off before it revealed its seed; it can never be conform.
    pub fn seed_is_secret(&self) -> bool {
        let revealed = |entry: &Entry| matches!(entry.event, Event::SeedRevealed { .. });
        self.started().is_ok_and(|started| started.mode == EXAM) && !self.entries.iter().any(revealed)
    }

    /// The bodies.
    pub fn blobs(&self) -> Box<dyn Blobs> {
        match &self.source {
            Source::Folder(folder) => Box::new(Folder(folder.clone())),
            Source::Bundle(bundle) => Box::new(Packed(Arc::clone(bundle))),
        }
    }

    /// The files by which the result of a bundle is signed: the envelope signs the manifest, which has the result's
    /// digest. None for a folder.
    pub fn signed(&self) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        let Source::Bundle(bundle) = &self.source else { return Ok(Vec::new()) };
        let read = |(path, name): (&str, &str)| {
            bundle.archive().read(path).map(|bytes| (name.to_owned(), bytes)).map_err(damaged)
        };
        [(bundle::RESULT, "result.json"), (manifest::PATH, "manifest.json"), (bundle::RUN, "run.dsse.json")]
            .into_iter()
            .map(read)
            .collect()
    }

    /// What people added, as far as it is about this run's product and profile.
    pub fn overlays(&self) -> Result<Overlays, Failure> {
        let said = match &self.source {
            Source::Folder(folder) => added_statements(folder, &journal::head(&self.entries)),
            Source::Bundle(bundle) => bundle.said(),
        }
        .map_err(damaged)?;
        let said = said.iter().map(|(digest, statement)| (digest.as_str(), statement));
        Ok(overlay::overlays(said, self.started()?))
    }

    /// The norms the run was made with: those enclosed, or the embedded ones when these are the same.
    pub fn norms(&self) -> Result<Norms, Failure> {
        let started = self.started()?;
        let norms = match replay::enclosed_norms(&self.entries, self.blobs().as_ref()) {
            Some(files) => Norms::of_files(files).map_err(damaged)?,
            None => content::norms(&started.profile, None)?,
        };
        let digests = [
            (&norms.catalogue.digest, &started.catalogue_digest),
            (&norms.profile.digest, &started.profile_digest),
            (&norms.features.digest, &started.features_digest),
        ];
        if digests.iter().all(|(found, stated)| found == stated) {
            return Ok(norms);
        }
        Err(damaged("de normen bij het bewijs zijn niet die waarmee de uitvoering is gemaakt"))
    }

    /// What makes the norms of two records the same: the names and addresses of the enclosed files.
    pub fn norms_key(&self) -> String {
        let enclosed = self.entries.iter().rev().find_map(|entry| match &entry.event {
            Event::Enclosed(enclosed) if enclosed.what == "norms" => Some(enclosed),
            _ => None,
        });
        let files = enclosed.into_iter().flat_map(|enclosed| &enclosed.files);
        let files: Vec<String> = files.map(|file| format!("{}={}", file.name, file.blob)).collect();
        let started = self.started().map(|started| {
            [&started.profile, &started.profile_digest, &started.catalogue_digest, &started.features_digest]
                .map(String::as_str)
                .join(" ")
        });
        format!("{} {}", started.unwrap_or_default(), files.join(" "))
    }

    /// The selection of the run, by these norms.
    pub fn selection(&self, norms: &Norms) -> Result<Selection, Failure> {
        let started = self.started()?;
        let variant = Some(started.variant.as_str());
        content::selection(&norms.catalogue, &norms.profile, variant, started.only.as_deref())
    }

    /// The verdict by what the journal says was seen.
    pub fn judged(&self, norms: &Norms, selection: &Selection) -> Result<RunResult, Failure> {
        judge_with(selection, &norms.profile, &self.entries, &self.overlays()?).map_err(damaged)
    }

    /// The run executed again on its own evidence, by these norms, on so many threads, and the verdict on that.
    pub fn judged_again(
        &self,
        norms: &Norms,
        threads: NonZero<usize>,
    ) -> Result<(RunResult, Replayed), Failure> {
        let selection = self.selection(norms)?;
        let replayed =
            replay::replay(&self.entries, self.blobs(), norms, &selection, threads).map_err(damaged)?;
        let result = judge_with(&selection, &norms.profile, &replayed.entries, &self.overlays()?)
            .map_err(Failure::harness)?;
        Ok((result, replayed))
    }
}

/// As many threads as this machine executes at once.
pub fn processors() -> NonZero<usize> {
    thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN)
}

fn damaged(message: impl std::fmt::Display) -> Failure {
    Failure { exit: Exit::VerifyFailed, message: message.to_string() }
}
