//! Conducts one run and judges it: shared by `run` and `killtable`.

use std::{path::Path, sync::Arc};

use keur_catalogue::{Catalogue, Profile, Selection};
use keur_evidence::{Seam, digest, event::Entry, limits::Limits};
use keur_steps::{
    engine::Progress,
    features::Features,
    session::{Session, SessionError, run_id},
};
use keur_verdict::{RunResult, judge};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use crate::{exit::Failure, product::Target};

/// What every run of a process shares.
pub struct Setup {
    /// The catalogue.
    pub catalogue: Catalogue,
    /// The profile.
    pub profile: Profile,
    /// The requirements to judge.
    pub selection: Selection,
    /// The features.
    pub features: Features,
    /// Cases at once.
    pub jobs: usize,
    /// Bounds.
    pub limits: Limits,
    /// SHA-256 of the running executable.
    pub harness_digest: String,
    /// An exam instead of practice.
    pub exam: bool,
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
    /// Runs the profile against the target and judges what was seen. `parent` is where the run's folder is made; none
    /// keeps the evidence in memory.
    pub async fn conduct(
        &self,
        target: Target,
        parent: Option<&Path>,
        cancel: CancellationToken,
        progress: &dyn Progress,
    ) -> Result<Conducted, Failure> {
        let seed = seed()?;
        let id = run_id(OffsetDateTime::now_utc(), &seed);
        let folder = parent.map(|parent| parent.join(&id));
        let session = Session {
            catalogue: &self.catalogue,
            profile: &self.profile,
            selection: &self.selection,
            features: &self.features,
            product: target.product,
            material: target.material,
            jobs: self.jobs,
            limits: self.limits,
            harness_digest: self.harness_digest.clone(),
            harness_version: env!("CARGO_PKG_VERSION").to_owned(),
            id,
            seed,
            exam: self.exam,
        };
        let seam = session.run(folder.as_deref(), cancel, progress).await.map_err(|error| match error {
            SessionError::Publish { .. } => Failure::usage(error),
            _ => Failure::harness(error),
        })?;
        if let Some(product) = target.embedded {
            product.shutdown().await;
        }
        let entries = seam.store().entries();
        let result = judge(&self.selection, &self.profile, &entries).map_err(Failure::harness)?;
        Ok(Conducted { seam, entries, result })
    }
}

/// SHA-256 of the executable that runs.
pub fn own_digest() -> String {
    let path = std::env::current_exe().and_then(std::fs::read);
    path.map_or_else(|_| "unknown".to_owned(), |bytes| digest::sha256(&bytes))
}

fn seed() -> Result<[u8; 32], Failure> {
    keur_evidence::seam::fresh_seed()
        .ok_or_else(|| Failure::harness("het systeem geeft geen toevalsgetallen"))
}
