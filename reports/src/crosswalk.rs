//! What poorer formats make of a result: the same rows for all of them, so that a loss is a loss towards worse
//! everywhere.

use keur_evidence::event::{Attested, Event, RunEnd};
use keur_verdict::{CaseOutcome, CaseResult, Modality, Outcome, RequirementResult, RunResult, Verdict};
use serde::Serialize;

use crate::view::View;

/// How an item fares, from harmless to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grade {
    /// It does not apply, with proof.
    Inapplicable,
    /// As demanded.
    Passed,
    /// Not as demanded, and that does not block.
    Remark,
    /// Selected, not executed.
    Untested,
    /// It cannot be told.
    CantTell,
    /// The tool's fault.
    Error,
    /// Not as demanded.
    Failed,
}

impl Grade {
    /// Whether nothing is to be said about it.
    pub(crate) fn is_clean(self) -> bool {
        matches!(self, Self::Inapplicable | Self::Passed)
    }

    /// The word in machine formats.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Inapplicable => "inapplicable",
            Self::Passed => "passed",
            Self::Remark => "remark",
            Self::Untested => "untested",
            Self::CantTell => "cant_tell",
            Self::Error => "error",
            Self::Failed => "failed",
        }
    }

    /// What a requirement as a whole came to. Open for want of execution only, it is no worse than not executed
    /// at all: a case less would otherwise look better.
    pub(crate) fn of(result: &RequirementResult) -> Self {
        let worst = result.cases.iter().map(|case| case.outcome).max();
        match result.outcome {
            Outcome::Undetermined if worst == Some(CaseOutcome::Untested) => Self::Untested,
            Outcome::Satisfied => Self::Passed,
            Outcome::NotSatisfied if result.remark => Self::Remark,
            Outcome::NotSatisfied => Self::Failed,
            Outcome::Undetermined => Self::CantTell,
            Outcome::NotApplicable => Self::Inapplicable,
            Outcome::NotTested => Self::Untested,
        }
    }

    /// What one case came to.
    pub(crate) fn of_case(result: &RequirementResult, case: &CaseResult) -> Self {
        match case.outcome {
            CaseOutcome::Passed => Self::Passed,
            CaseOutcome::Failed if result.remark => Self::Remark,
            CaseOutcome::Failed => Self::Failed,
            CaseOutcome::CantTell => Self::CantTell,
            CaseOutcome::Error => Self::Error,
            CaseOutcome::Inapplicable => Self::Inapplicable,
            CaseOutcome::Untested => Self::Untested,
        }
    }
}

/// What an item is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum About<'a> {
    /// One case.
    Case(&'a CaseResult),
    /// A requirement that a person judges; no statement when nobody made one.
    Statement(Option<&'a Attested>),
    /// A requirement that fares worse than its cases.
    Whole,
}

/// One line of a poorer format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'a> {
    pub(crate) requirement: &'a RequirementResult,
    pub(crate) about: About<'a>,
    pub(crate) grade: Grade,
}

/// The items of one requirement; together they never look better than the requirement.
pub(crate) fn items(result: &RequirementResult) -> Vec<Item<'_>> {
    let item = |about, grade| Item { requirement: result, about, grade };
    let mut items: Vec<_> =
        result.cases.iter().map(|case| item(About::Case(case), Grade::of_case(result, case))).collect();
    let whole = Grade::of(result);
    if result.modality == Modality::Attested {
        items.push(item(About::Statement(result.attestation.as_ref()), whole));
    }
    if items.iter().all(|item| item.grade < whole) {
        items.push(item(About::Whole, whole));
    }
    items
}

/// The items of all requirements, in profile order.
pub(crate) fn all(result: &RunResult) -> Vec<Item<'_>> {
    result.requirements.iter().flat_map(items).collect()
}

impl<'a> Item<'a> {
    /// The id: of the case, else of the requirement.
    pub(crate) fn id(&self) -> &'a str {
        match self.about {
            About::Case(case) => &case.id,
            About::Statement(_) | About::Whole => &self.requirement.id,
        }
    }

    /// The name for readers.
    pub(crate) fn title(&self, view: &View<'a>) -> &'a str {
        match self.about {
            About::Case(case) => &case.title,
            About::Statement(_) | About::Whole => view.title(&self.requirement.id),
        }
    }

    /// Why it is not clean, or why it does not apply; nothing when it passed.
    pub(crate) fn message(&self, view: &View<'a>) -> String {
        let About::Case(case) = self.about else {
            return match self.grade {
                Grade::Passed => String::new(),
                Grade::Remark | Grade::Failed => word(&self.requirement.outcome),
                _ => view.open(self.requirement).0.to_owned(),
            };
        };
        let words = &view.words.terminal;
        let violated = case.checks.iter().find(|check| check.holds == Some(false));
        match (violated, &case.detail, &case.proof) {
            (Some(check), _, _) => {
                format!("{}: {} | {}: {}", words.expected, check.expected, words.observed, check.observed)
            }
            (None, Some(detail), _) => detail.clone(),
            (None, None, Some(proof)) => {
                format!("{}: {} ({})", proof.predicate, proof.declared, proof.observed)
            }
            (None, None, None) => String::new(),
        }
    }

    /// The grade and, where there is one, the message.
    pub(crate) fn note(&self, view: &View<'a>) -> String {
        let message = self.message(view);
        let colon = if message.is_empty() { "" } else { ": " };
        format!("{}{colon}{message}", self.grade.word())
    }

    /// How long it took, in milliseconds.
    pub(crate) fn ms(&self) -> u64 {
        if let About::Case(case) = self.about { case.ms } else { 0 }
    }
}

/// Whether the run came to its own end.
pub(crate) fn completed(view: &View<'_>) -> bool {
    let last = view.report.entries.last().map(|entry| &entry.event);
    matches!(last, Some(Event::RunFinished { how: RunEnd::Completed }))
}

/// The verdict as a grade.
pub(crate) fn of_verdict(verdict: Verdict) -> Grade {
    match verdict {
        Verdict::Conform => Grade::Passed,
        Verdict::NotConform => Grade::Failed,
        Verdict::Incomplete => Grade::CantTell,
    }
}

/// The verdict when no item is as bad: formats without a place for a verdict need an item of its own.
pub(crate) fn hidden_verdict(result: &RunResult) -> Option<Grade> {
    let verdict = of_verdict(result.verdict);
    let hidden = all(result).iter().all(|item| item.grade < verdict);
    (verdict != Grade::Passed && hidden).then_some(verdict)
}

/// What a reader of any format must know about the run; names are fit for every format.
pub(crate) fn facts(view: &View<'_>) -> Vec<(&'static str, String)> {
    let result = view.report.result;
    let mut facts = vec![
        ("run", result.run.id.clone()),
        ("mode", result.run.mode.clone()),
        ("profile", format!("{} {}", result.profile.id, result.profile.version)),
        ("variant", result.profile.variant.clone()),
        ("verdict", word(&result.verdict)),
        ("journal-head", result.run.journal_head.clone()),
    ];
    if !completed(view) {
        facts.push(("ended", "aborted".to_owned()));
    }
    if let Some(only) = view.started.and_then(|started| started.only.clone()) {
        facts.push(("partial", only));
    }
    if result.counts.attested > 0 {
        facts.push(("attested", result.counts.attested.to_string()));
    }
    facts.into_iter().map(|(name, value)| (name, view.line(&value))).collect()
}

/// The word of our own files for a value of a closed list.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}
