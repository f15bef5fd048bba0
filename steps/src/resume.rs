//! An interrupted run, to be gone on with: what was finished stands, what was open is executed again.

use std::{collections::BTreeMap, path::Path};

use keur_evidence::{
    event::{EXAM, Entry, Event, Reason, Resumed, RunEnd, RunStarted, StopKind},
    journal::{JournalError, Store},
};

use crate::{engine::Attempt, features::Case};

/// An interrupted run.
pub struct Interrupted {
    pub(crate) store: Store,
    entries: Vec<Entry>,
    torn_bytes: u64,
}

/// Why a run cannot be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// It does not begin as a run.
    #[error("het journaal begint niet met run_started")]
    NoStart,
    /// It was not interrupted.
    #[error("deze uitvoering is al afgesloten; er is niets om te hervatten")]
    Closed,
    /// It is an exam.
    #[error(
        "een examen is een geheel en wordt niet hervat\n  help: begin een nieuw examen; deze poging blijft in het register staan"
    )]
    Exam,
    /// It was made with something else.
    #[error(
        "de onderbroken uitvoering heeft een andere waarde voor {what}: toen {then}, nu {now}\n  help: hervat met dezelfde keur, hetzelfde profiel en dezelfde product.toml, of begin een nieuwe uitvoering"
    )]
    Other {
        /// What differs.
        what: &'static str,
        /// Then.
        then: String,
        /// Now.
        now: String,
    },
}

impl Interrupted {
    /// Opens the folder of an interrupted run; a half-written last line is cut off.
    ///
    /// # Errors
    /// [`ResumeError`].
    pub fn open(folder: &Path) -> Result<Self, ResumeError> {
        let (store, torn_bytes) = Store::resume(folder)?;
        let entries = store.entries();
        let interrupted = Self { store, entries, torn_bytes };
        if interrupted.started()?.mode == EXAM {
            return Err(ResumeError::Exam);
        }
        match interrupted.entries.last().map(|entry| &entry.event) {
            Some(Event::RunFinished { how: RunEnd::Completed | RunEnd::Guarded }) => Err(ResumeError::Closed),
            _ => Ok(interrupted),
        }
    }

    /// How it began.
    ///
    /// # Errors
    /// When it does not begin as a run.
    pub fn started(&self) -> Result<&RunStarted, ResumeError> {
        match self.entries.first().map(|entry| &entry.event) {
            Some(Event::RunStarted(started)) => Ok(started),
            _ => Err(ResumeError::NoStart),
        }
    }

    /// Checks that the run can go on as `now`, and says how. `embedded` is the sample product, which cannot be the
    /// same one twice: with it everything is executed again.
    pub(crate) fn as_now(&self, now: &RunStarted, embedded: bool) -> Result<Resumed, ResumeError> {
        let then = self.started()?;
        let digest = |run: &RunStarted| run.product.declaration_digest.clone();
        let all = embedded && digest(then) != digest(now);
        let facts = |run: &RunStarted| {
            [
                ("de uitvoerbare keur", run.harness_digest.clone()),
                ("het profiel", run.profile_digest.clone()),
                ("de catalogus", run.catalogue_digest.clone()),
                ("de features", run.features_digest.clone()),
                ("de variant", run.variant.clone()),
                ("de selectie", run.only.clone().unwrap_or_default()),
                ("de soort uitvoering", run.mode.clone()),
                ("product.toml", if all { String::new() } else { digest(run) }),
                ("het product", format!("{} {}", run.product.vendor, run.product.name)),
            ]
        };
        for ((what, then), (_, now)) in facts(then).into_iter().zip(facts(now)) {
            if then != now {
                return Err(ResumeError::Other { what, then, now });
            }
        }
        Ok(Resumed {
            declaration_digest: digest(now),
            endpoint: now.product.endpoint.clone(),
            all,
            torn_bytes: self.torn_bytes,
        })
    }

    /// The cases that are still open, each with the number of the attempt to come.
    pub(crate) fn open_cases<'c>(&self, cases: &'c [Case], all: bool) -> Vec<Attempt<'c>> {
        let mut attempts = BTreeMap::<&str, (usize, bool)>::new();
        for entry in &self.entries {
            match &entry.event {
                Event::CaseStarted { case } => {
                    let (count, done) = attempts.entry(case).or_default();
                    (*count, *done) = (*count + 1, false);
                }
                Event::CaseFinished { case, .. } => {
                    if let Some((_, done)) = attempts.get_mut(case.as_str()) {
                        *done = true;
                    }
                }
                _ => {}
            }
        }
        // An attempt that was stopped from outside has an end, and is open all the same.
        for entry in &self.entries {
            if let Event::Stopped(stopped) = &entry.event
                && matches!(stopped.stop, StopKind::CantTell { reason: Reason::Aborted, .. })
                && let Some((_, done)) = attempts.get_mut(stopped.case.as_str())
            {
                *done = false;
            }
        }
        cases
            .iter()
            .filter_map(|case| {
                let (count, done) = attempts.get(case.planned.case.as_str()).copied().unwrap_or_default();
                (all || !done).then_some((case, count + 1))
            })
            .collect()
    }
}
