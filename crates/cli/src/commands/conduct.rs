//! Conducts one run and judges it: shared by `run` and `killtable`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use keur_catalogue::Selection;
use keur_dossier::{
    Ledger,
    ledger::{Finished, Started},
};
use keur_evidence::{
    Seam, digest,
    event::{Entry, RunStarted},
    limits::Limits,
};
use keur_steps::{
    engine::Progress,
    norms::Norms,
    resume::Interrupted,
    session::{Place, Session, SessionError, run_id},
};
use keur_verdict::{RunResult, judge};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use crate::{exit::Failure, product::Target};

/// What every run of a process shares.
pub struct Setup {
    /// Catalogue, profile and features.
    pub norms: Norms,
    /// The requirements to judge.
    pub selection: Selection,
    /// Cases at once.
    pub jobs: usize,
    /// Bounds.
    pub limits: Limits,
    /// SHA-256 of the running executable.
    pub harness_digest: String,
    /// An exam instead of practice.
    pub exam: bool,
}

/// What becomes of the evidence.
pub enum Keeping<'a> {
    /// It is thrown away.
    Memory,
    /// It goes in a new folder below this one.
    Below(&'a Path),
    /// It goes on where an interrupted run ended.
    Resumed(Box<Resumable>),
}

/// An interrupted run to go on with.
pub struct Resumable {
    /// The run.
    pub run: Interrupted,
    /// How it began.
    pub started: RunStarted,
    /// Where it stands.
    pub folder: PathBuf,
}

/// A conducted and judged run.
pub struct Conducted {
    /// The seam with all evidence.
    pub seam: Arc<Seam>,
    /// The journal.
    pub entries: Vec<Entry>,
    /// The verdict.
    pub result: RunResult,
}

impl Setup {
    /// Runs the profile against the target and judges what was seen.
    pub async fn conduct(
        &self,
        target: Target,
        keeping: Keeping<'_>,
        cancel: CancellationToken,
        progress: &dyn Progress,
    ) -> Result<Conducted, Failure> {
        let (id, seed) = match &keeping {
            Keeping::Resumed(resumable) => (resumable.started.run.clone(), of_hex(&resumable.started.seed)?),
            _ => {
                let seed = seed()?;
                (run_id(OffsetDateTime::now_utc(), &seed), seed)
            }
        };
        let about = &target.product.about;
        let ledger = |out: &Path| Ledger::of(out, &about.vendor, &about.name, &self.norms.profile.id);
        let folder;
        let (place, norms, attempts) = match keeping {
            Keeping::Memory => (Place::Memory, &[][..], None),
            Keeping::Below(parent) => {
                folder = parent.join(&id);
                (Place::New(&folder), &self.norms.files[..], Some((ledger(parent), folder.clone())))
            }
            Keeping::Resumed(resumable) => {
                let Resumable { run, folder, .. } = *resumable;
                let ledger = ledger(folder.parent().unwrap_or(Path::new("")));
                (Place::Resumed(run), &self.norms.files[..], Some((ledger, folder)))
            }
        };
        let note = |started: &RunStarted, again: bool| match &attempts {
            None => Ok(()),
            Some((ledger, _)) if again => ledger.resume(&started.run).map_err(|error| error.to_string()),
            Some((ledger, _)) => {
                ledger.start(Started::of(started)).map(drop).map_err(|error| error.to_string())
            }
        };
        let session = Session {
            catalogue: &self.norms.catalogue,
            profile: &self.norms.profile,
            selection: &self.selection,
            features: &self.norms.features,
            norms,
            product: target.product,
            material: target.material,
            jobs: self.jobs,
            limits: self.limits,
            harness_digest: self.harness_digest.clone(),
            harness_version: env!("CARGO_PKG_VERSION").to_owned(),
            id,
            seed,
            embedded: target.embedded.is_some(),
            begin: Box::new(note),
            exam: self.exam,
        };
        let seam = session.run(place, cancel, progress).await.map_err(|error| match error {
            SessionError::Publish { .. }
            | SessionError::Desk(_)
            | SessionError::Resume(_)
            | SessionError::Begin(_) => Failure::usage(error),
            _ => Failure::harness(error),
        })?;
        if let Some(product) = target.embedded {
            product.shutdown().await;
        }
        let entries = seam.store().entries();
        let result = judge(&self.selection, &self.norms.profile, &entries).map_err(Failure::harness)?;
        if let Some((ledger, folder)) = &attempts {
            let finished = Finished::of(seam.end().into(), &result);
            ledger
                .finish(finished)
                .and_then(|()| ledger.copy_into(folder, &result.run.id))
                .map_err(Failure::harness)?;
        }
        Ok(Conducted { seam, entries, result })
    }
}

/// SHA-256 of the executable that runs.
pub fn own_digest() -> String {
    let path = std::env::current_exe().and_then(std::fs::read);
    path.map_or_else(|_| "unknown".to_owned(), |bytes| digest::sha256(&bytes))
}

fn of_hex(seed: &str) -> Result<[u8; 32], Failure> {
    keur_steps::replay::seed(seed).map_err(Failure::usage)
}

fn seed() -> Result<[u8; 32], Failure> {
    keur_evidence::seam::fresh_seed()
        .ok_or_else(|| Failure::harness("het systeem geeft geen toevalsgetallen"))
}
