//! A recorded run to look at again: the folder of a run, or a bundle.

use std::path::{Path, PathBuf};

use keur_catalogue::Selection;
use keur_evidence::{
    event::{Entry, Event, RunStarted},
    journal::{self, JournalError},
    replay::Blobs,
};
use keur_steps::{
    norms::Norms,
    replay::{self, Replayed},
};
use keur_verdict::{RunResult, judge};

use crate::{
    content,
    exit::{Exit, Failure},
};

/// A recorded run.
pub struct Evidence {
    /// The journal.
    pub entries: Vec<Entry>,
    folder: PathBuf,
}

/// Bodies from a run's folder.
struct Folder(PathBuf);

impl Blobs for Folder {
    fn get(&self, digest: &str) -> Option<Vec<u8>> {
        journal::read_blob(&self.0, digest)
    }
}

impl Evidence {
    /// Opens the folder of a run and checks the journal's chain.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let entries = journal::read(path).map_err(|error| match error {
            JournalError::Chain { .. } | JournalError::Entry { .. } => damaged(error),
            JournalError::Io { .. } => Failure::usage(format!(
                "{error}\n  help: geef de map van een uitvoering, met journal.ndjson erin"
            )),
        })?;
        let evidence = Self { entries, folder: path.to_owned() };
        evidence.started().map(drop)?;
        Ok(evidence)
    }

    /// How the run began.
    pub fn started(&self) -> Result<&RunStarted, Failure> {
        match self.entries.first().map(|entry| &entry.event) {
            Some(Event::RunStarted(started)) => Ok(started),
            _ => Err(damaged("het journaal begint niet met run_started")),
        }
    }

    /// The bodies.
    pub fn blobs(&self) -> Box<dyn Blobs> {
        Box::new(Folder(self.folder.clone()))
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

    /// The selection of the run, by these norms.
    pub fn selection(&self, norms: &Norms) -> Result<Selection, Failure> {
        let started = self.started()?;
        let variant = Some(started.variant.as_str());
        content::selection(&norms.catalogue, &norms.profile, variant, started.only.as_deref())
    }

    /// The verdict by what the journal says was seen.
    pub fn judged(&self, norms: &Norms, selection: &Selection) -> Result<RunResult, Failure> {
        judge(selection, &norms.profile, &self.entries).map_err(damaged)
    }

    /// The run executed again on its own evidence, by these norms, and the verdict on that.
    pub fn judged_again(&self, norms: &Norms) -> Result<(RunResult, Replayed), Failure> {
        let selection = self.selection(norms)?;
        // One thread is enough: nothing waits.
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::harness)?;
        let replayed = runtime
            .block_on(replay::replay(&self.entries, self.blobs(), norms, &selection))
            .map_err(damaged)?;
        let result = judge(&selection, &norms.profile, &replayed.entries).map_err(Failure::harness)?;
        Ok((result, replayed))
    }
}

fn damaged(message: impl std::fmt::Display) -> Failure {
    Failure { exit: Exit::VerifyFailed, message: message.to_string() }
}
