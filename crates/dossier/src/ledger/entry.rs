//! The lines of a ledger: a closed, versioned set.

use keur_verdict::Verdict;
use serde::{Deserialize, Serialize};

/// The format of a ledger, named where an attempt starts.
pub const FORMAT: &str = "keur/ledger/1";

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Position, from 0.
    pub seq: u64,
    /// SHA-256 (hex) of the previous line's bytes without newline; 64 zeros at the start.
    pub prev: String,
    /// RFC 3339 instant in UTC, milliseconds.
    pub at: String,
    /// Before this line a line was cut off that had not been written to its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub torn: bool,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// An attempt began.
    Started(Started),
    /// An interrupted or aborted attempt went on.
    Resumed {
        /// The run.
        run: String,
    },
    /// An attempt ended.
    Finished(Finished),
}

impl Event {
    /// The run it is about.
    #[must_use]
    pub fn run(&self) -> &str {
        match self {
            Self::Started(started) => &started.run,
            Self::Resumed { run } => run,
            Self::Finished(finished) => &finished.run,
        }
    }
}

/// An attempt began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Started {
    /// [`FORMAT`].
    pub format: String,
    /// From 1; [`super::Ledger::start`] fills it in.
    pub attempt: u64,
    /// Run id.
    pub run: String,
    /// practice or exam.
    pub mode: String,
    /// Version of the product.
    pub product_version: String,
    /// SHA-256 of product.toml, `sha256:…`.
    pub declaration_digest: String,
    /// SHA-256 of the profile, `sha256:…`.
    pub profile_digest: String,
    /// The committed seed of an exam.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed_commitment: Option<String>,
}

impl Started {
    /// The attempt of the run that this journal event begins.
    #[must_use]
    pub fn of(run: &keur_evidence::event::RunStarted) -> Self {
        Self {
            format: FORMAT.to_owned(),
            attempt: 0,
            run: run.run.clone(),
            mode: run.mode.clone(),
            product_version: run.product.version.clone(),
            declaration_digest: run.product.declaration_digest.clone(),
            profile_digest: run.profile_digest.clone(),
            seed_commitment: run.seed_commitment.clone(),
        }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// All selected cases were executed.
    Completed,
    /// The operator stopped it.
    Interrupted,
    /// The production-data guard stopped it.
    Guarded,
    /// It never told.
    Aborted,
}

impl From<keur_evidence::event::RunEnd> for How {
    fn from(end: keur_evidence::event::RunEnd) -> Self {
        use keur_evidence::event::RunEnd;
        match end {
            RunEnd::Completed => Self::Completed,
            RunEnd::Interrupted => Self::Interrupted,
            RunEnd::Guarded => Self::Guarded,
        }
    }
}

/// An attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finished {
    /// The run.
    pub run: String,
    /// How.
    pub how: How,
    /// SHA-256 (hex) of the journal's last line; unknown for an aborted one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal_head: Option<String>,
    /// What came of it; unknown for an aborted one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Measured requirements not satisfied.
    pub not_satisfied: Vec<String>,
    /// Measured requirements undetermined.
    pub undetermined: Vec<String>,
}

impl Finished {
    /// The end of the run with this result.
    #[must_use]
    pub fn of(how: How, result: &keur_verdict::RunResult) -> Self {
        use keur_verdict::{Modality, Outcome};
        // What people state can be added later; what was measured stands.
        let measured = || result.requirements.iter().filter(|one| one.modality == Modality::Automatic);
        let with = |outcome: Outcome| {
            let found = measured().filter(|requirement| requirement.outcome == outcome);
            found.map(|requirement| requirement.id.clone()).collect()
        };
        Self {
            run: result.run.id.clone(),
            how,
            journal_head: Some(result.run.journal_head.clone()),
            verdict: Some(result.verdict),
            not_satisfied: with(Outcome::NotSatisfied),
            undetermined: with(Outcome::Undetermined),
        }
    }

    /// The end of a run that never told.
    pub(super) fn aborted(run: &str) -> Self {
        let (not_satisfied, undetermined) = (Vec::new(), Vec::new());
        Self {
            run: run.to_owned(),
            how: How::Aborted,
            journal_head: None,
            verdict: None,
            not_satisfied,
            undetermined,
        }
    }
}

impl Line {
    /// Its only form, without newline.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Strings and numbers always become JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
