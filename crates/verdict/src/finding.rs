//! One thing that decides what a case came to.

use std::collections::BTreeSet;

use keur_evidence::event::{CheckOutcome, CheckRecord, Phase, PlannedCase, Reason, StopKind, Stopped};

use crate::{
    reading::Reading,
    result::{CaseOutcome, Proof},
};

/// The cause of every fault of the tool; it stays visible when the case failed as well.
pub(crate) const FAULT: &str = "harness_error";

/// One thing that decides an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) outcome: CaseOutcome,
    pub(crate) reason: Option<Reason>,
    pub(crate) cause: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) proof: Option<Proof>,
}

impl Finding {
    pub(crate) fn of(outcome: CaseOutcome) -> Self {
        Self { outcome, reason: None, cause: None, detail: None, proof: None }
    }

    pub(crate) fn cant_tell(reason: Reason, cause: Option<&str>, detail: String) -> Self {
        let cause = cause.map(str::to_owned);
        Self { reason: Some(reason), cause, detail: Some(detail), ..Self::of(CaseOutcome::CantTell) }
    }

    pub(crate) fn error(detail: &str) -> Self {
        let cause = Some(FAULT.to_owned());
        Self { cause, detail: Some(detail.to_owned()), ..Self::of(CaseOutcome::Error) }
    }
}

/// What a check says; nothing when it holds.
pub(crate) fn of_check(plan: &PlannedCase, check: &CheckRecord, reading: &Reading<'_>) -> Option<Finding> {
    if plan.steps.get(check.step).map(|step| step.phase) != Some(check.phase) {
        return Some(Finding::error("een controle hoort bij geen stap van het scenario"));
    }
    let unreachable = check.evidence.iter().any(|id| reading.unanswered.contains(id.as_str()));
    let unreachable = unreachable.then_some("unreachable");
    let words = || format!("verwacht: {}; waargenomen: {}", check.expected, check.observed);
    match (check.phase, check.outcome) {
        (Phase::Then, CheckOutcome::Violated) => Some(Finding::of(CaseOutcome::Failed)),
        (_, CheckOutcome::Holds) => check
            .evidence
            .iter()
            .any(|id| !reading.observed.contains(id.as_str()))
            .then(|| Finding::error("een controle verwijst naar bewijs dat er niet is")),
        (Phase::Given | Phase::When, CheckOutcome::Violated) => {
            Some(Finding::cant_tell(Reason::Precondition, None, words()))
        }
        (Phase::Given, CheckOutcome::NotEvaluable(reason)) => {
            Some(Finding::cant_tell(Reason::Precondition, unreachable.or(Some(word(reason))), words()))
        }
        (Phase::When | Phase::Then, CheckOutcome::NotEvaluable(reason)) => {
            Some(Finding::cant_tell(reason, unreachable, words()))
        }
    }
}

/// What an early end says; `own` are the ids of what the attempt observed.
pub(crate) fn of_stop(stopped: &Stopped, own: &BTreeSet<&str>) -> Finding {
    match &stopped.stop {
        StopKind::Error => Finding::error(&stopped.detail),
        StopKind::CantTell { reason, cause } => Finding::cant_tell(
            *reason,
            Some(cause.as_str()).filter(|cause| !cause.is_empty()),
            stopped.detail.clone(),
        ),
        StopKind::Inapplicable { predicate, declared, observed } => {
            let spoken = [predicate, declared, observed].iter().all(|text| !text.trim().is_empty());
            if !spoken || !own.contains(observed.as_str()) {
                return Finding::error(
                    "\"niet van toepassing\" is niet bewezen met een waarneming uit dit scenario",
                );
            }
            let proof = Proof {
                predicate: predicate.clone(),
                declared: declared.clone(),
                observed: observed.clone(),
            };
            Finding {
                detail: Some(stopped.detail.clone()),
                proof: Some(proof),
                ..Finding::of(CaseOutcome::Inapplicable)
            }
        }
    }
}

/// The worst finding; the first of equals.
pub(crate) fn worst(findings: Vec<Finding>) -> Option<Finding> {
    findings.into_iter().reduce(|held, next| if next.outcome > held.outcome { next } else { held })
}

/// In words, when the tool was at fault anywhere.
pub(crate) fn fault(findings: &[Finding]) -> Option<String> {
    let faulty = findings.iter().find(|finding| finding.cause.as_deref() == Some(FAULT))?;
    Some(faulty.detail.clone().unwrap_or_default())
}

/// A fault is never hidden by what is worse: otherwise a failure would clear the run of it.
pub(crate) fn with(fault: Option<String>, finding: Finding) -> Finding {
    match fault {
        Some(detail) => {
            Finding { cause: Some(FAULT.to_owned()), detail: finding.detail.or(Some(detail)), ..finding }
        }
        None => finding,
    }
}

/// The word for a reason in files.
fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::Precondition => "precondition",
        Reason::NoData => "no_data",
        Reason::Timeout => "timeout",
        Reason::ServiceDown => "service_down",
        Reason::Environment => "environment",
        Reason::Configuration => "configuration",
        Reason::Aborted => "aborted",
        Reason::NormAmbiguous => "norm_ambiguous",
    }
}
