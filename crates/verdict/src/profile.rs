//! L3 to L4: the verdict, per track, and the counts.

use keur_catalogue::{Selection, requirement::Spoor};
use keur_evidence::event::RunEnd;

use crate::{
    finding::FAULT,
    reading::Reading,
    result::{CaseOutcome, CaseResult, Counts, Modality, Outcome, RequirementResult, SpoorVerdicts, Verdict},
};

/// Whether the run is all it should be; anything less can never be conform.
pub(crate) fn is_whole(selection: &Selection, reading: &Reading<'_>, results: &[RequirementResult]) -> bool {
    selection.only.is_none()
        && reading.started.only.is_none()
        && reading.end == Some(RunEnd::Completed)
        && reading.guarded.is_empty()
        && reading.seed.is_some()
        && reading.without_twin() == 0
        && errors(results) == 0
}

/// How many cases met a fault of the tool, failed ones included.
pub(crate) fn errors(results: &[RequirementResult]) -> usize {
    let at_fault =
        |case: &&CaseResult| case.outcome == CaseOutcome::Error || case.cause.as_deref() == Some(FAULT);
    results.iter().flat_map(|result| &result.cases).filter(at_fault).count()
}

/// Conform iff every gating requirement is satisfied or not applicable, and there is at least one.
pub(crate) fn verdict<'r>(results: impl Iterator<Item = &'r RequirementResult>, whole: bool) -> Verdict {
    let gating: Vec<&RequirementResult> = results.filter(|result| result.gates).collect();
    let fails =
        |result: &&RequirementResult| result.outcome == Outcome::NotSatisfied && result.waiver.is_none();
    if gating.iter().any(fails) {
        return Verdict::NotConform;
    }
    let met = |result: &&RequirementResult| {
        matches!(result.outcome, Outcome::Satisfied | Outcome::NotApplicable) || result.waiver.is_some()
    };
    if whole && !gating.is_empty() && gating.iter().all(met) { Verdict::Conform } else { Verdict::Incomplete }
}

/// The same per track of the law.
pub(crate) fn per_spoor(results: &[RequirementResult], whole: bool) -> SpoorVerdicts {
    let of = |spoor: Spoor| verdict(results.iter().filter(|result| result.spoor == spoor), whole);
    SpoorVerdicts { one: of(Spoor::One), two: of(Spoor::Two) }
}

/// How many requirements have which outcome.
pub(crate) fn counts(results: &[RequirementResult]) -> Counts {
    let mut counts = Counts::default();
    for result in results {
        *match result.outcome {
            Outcome::Satisfied => &mut counts.satisfied,
            Outcome::NotSatisfied => &mut counts.not_satisfied,
            Outcome::Undetermined => &mut counts.undetermined,
            Outcome::NotApplicable => &mut counts.not_applicable,
            Outcome::NotTested => &mut counts.not_tested,
        } += 1;
        counts.waived += usize::from(result.waiver.is_some());
        counts.remarks += usize::from(result.remark);
        counts.attested +=
            usize::from(result.outcome == Outcome::Satisfied && result.modality == Modality::Attested);
    }
    counts
}
