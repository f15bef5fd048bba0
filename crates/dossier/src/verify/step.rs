//! The steps, what they rest on, and the result of them all.

use std::fmt;

use keur_evidence::event::RunStarted;
use keur_verdict::{RunResult, Verdict};
use serde::Serialize;

/// Step, title, and the steps that must have passed before it means anything.
const STEPS: [(&str, &str, &[&str]); 13] = [
    ("V1", "De bundel is heel", &[]),
    ("V2", "Elk bestand is wat het manifest zegt", &["V1"]),
    ("V3", "Het journaal is een ongebroken keten", &["V2"]),
    ("V4", "De handtekeningen kloppen en zijn van wie ze mag zetten", &["V3"]),
    ("V5", "De tijden kloppen", &["V4"]),
    ("V6", "De normen en de keur zijn bekend", &["V3"]),
    ("V7", "Elke eis heeft precies één uitkomst", &["V3"]),
    ("V8", "Het register van pogingen is compleet", &["V3"]),
    ("V9", "Het oordeel volgt opnieuw uit het bewijs", &["V3", "V7"]),
    ("V10", "Verklaringen en ontheffingen gelden", &["V4"]),
    ("V11", "Verklaard is wat is getoetst", &["V3"]),
    ("V12", "Geen geheimen en geen gegevens van echte personen", &["V1"]),
    ("V13", "Het beleid van het stelsel", &["V4", "V8"]),
];

/// What a step (`V1` to `V13`) is about, in Dutch.
#[must_use]
pub fn title(step: &str) -> Option<&'static str> {
    STEPS.iter().find(|(known, ..)| *known == step).map(|(_, title, _)| *title)
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All is well.
    Passed,
    /// All is well, and there is something to know.
    Note,
    /// It is not.
    Failed,
    /// It means nothing because an earlier step failed.
    Skipped,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// `V1` to `V13`.
    pub step: &'static str,
    /// What it is about, in Dutch.
    pub title: &'static str,
    /// What became of it.
    pub outcome: Outcome,
    /// The file that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What is wrong, in Dutch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What there is to know, in Dutch.
    pub notes: Vec<String>,
}

/// The file that was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BundleRef {
    /// SHA-256 in hex.
    pub sha256: String,
    /// Length.
    pub size: u64,
}

/// The run it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunRef {
    /// Id.
    pub id: String,
    /// practice or exam.
    pub mode: String,
    /// SHA-256 (hex) of the journal's last line.
    pub journal_head: String,
    /// Profile and release.
    pub profile: String,
    /// Vendor, product and version.
    pub product: String,
}

impl RunRef {
    pub(super) fn of(started: &RunStarted, head: &str) -> Self {
        let product = &started.product;
        Self {
            id: started.run.clone(),
            mode: started.mode.clone(),
            journal_head: head.to_owned(),
            profile: format!("{} {}", started.profile, started.profile_release),
            product: format!("{} {} {}", product.vendor, product.name, product.version),
        }
    }
}

/// What verification came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// `keur/verification`.
    pub format: &'static str,
    /// `1.0`.
    pub version: &'static str,
    /// The file, when it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<BundleRef>,
    /// The run, when its journal could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunRef>,
    /// All thirteen, in order.
    pub steps: Vec<Step>,
    /// Waivers the verdict rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<usize>,
    /// The verdict in the bundle; it means something only when `valid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Every step passed.
    pub valid: bool,
}

impl Verification {
    /// The first step that failed.
    #[must_use]
    pub fn broken(&self) -> Option<&Step> {
        self.steps.iter().find(|step| step.outcome == Outcome::Failed)
    }
}

/// What is wrong, and in which file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) file: Option<String>,
    pub(super) detail: String,
}

impl Fault {
    pub(super) fn new(file: &str, detail: impl Into<String>) -> Self {
        Self { file: Some(file.to_owned()), detail: detail.into() }
    }

    pub(super) fn of(file: &str, error: &impl fmt::Display) -> Self {
        Self::new(file, error.to_string())
    }
}

/// A step that says nothing when all is well.
pub(super) type Checked = Result<(), Fault>;
/// A step that may have something to tell.
pub(super) type Noted = Result<Vec<String>, Fault>;

/// The steps so far.
#[derive(Default)]
pub(super) struct Steps(Vec<Step>);

impl Steps {
    /// Whether all that this step rests on has passed.
    fn may(&self, step: &str) -> bool {
        let needs = STEPS.iter().find(|(known, ..)| *known == step).map_or(&[][..], |(.., needs)| needs);
        let passed = |need: &&&str| {
            self.0
                .iter()
                .any(|done| done.step == **need && matches!(done.outcome, Outcome::Passed | Outcome::Note))
        };
        needs.iter().filter(passed).count() == needs.len()
    }

    pub(super) fn add(&mut self, step: &str, check: impl FnOnce() -> Checked) {
        self.add_noted(step, || check().map(|()| Vec::new()));
    }

    /// Takes a step; one that rests on a failed one is not taken, and is told as skipped at the end.
    pub(super) fn add_noted(&mut self, step: &str, check: impl FnOnce() -> Noted) {
        let Some((step, title, _)) = STEPS.iter().find(|(known, ..)| *known == step).copied() else { return };
        if !self.may(step) {
            return;
        }
        let noted = check();
        let (outcome, fault, notes) = match noted {
            Ok(notes) if notes.is_empty() => (Outcome::Passed, None, notes),
            Ok(notes) => (Outcome::Note, None, notes),
            Err(fault) => (Outcome::Failed, Some(fault), Vec::new()),
        };
        let (file, detail) = fault.map_or((None, None), |fault| (fault.file, Some(fault.detail)));
        self.0.push(Step { step, title, outcome, file, detail, notes });
    }

    pub(super) fn finish(
        self,
        file: Option<(String, u64)>,
        run: Option<RunRef>,
        result: Option<&RunResult>,
    ) -> Verification {
        let done = |step: &str| self.0.iter().find(|done| done.step == step).cloned();
        let skipped = |step, title| {
            let outcome = Outcome::Skipped;
            Step { step, title, outcome, file: None, detail: None, notes: Vec::new() }
        };
        let steps: Vec<Step> =
            STEPS.iter().map(|(step, title, _)| done(step).unwrap_or_else(|| skipped(step, title))).collect();
        let valid = steps.iter().all(|step| matches!(step.outcome, Outcome::Passed | Outcome::Note));
        let bundle = file.map(|(sha256, size)| BundleRef { sha256, size });
        let (format, version) = ("keur/verification", "1.0");
        let verdict = result.map(|result| result.verdict);
        let waived = result.map(|result| result.counts.waived).filter(|count| *count > 0);
        Verification { format, version, bundle, run, steps, waived, verdict, valid }
    }
}
