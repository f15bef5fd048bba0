//! L2 to L3: what one requirement came to.

use keur_catalogue::{Selected, requirement::Method};

use crate::{
    JudgeError, attested, case,
    reading::Reading,
    result::{CaseOutcome, CaseResult, Modality, Outcome, RequirementResult},
};

/// Judges one selected requirement.
pub(crate) fn judge(selected: &Selected, reading: &Reading<'_>) -> Result<RequirementResult, JudgeError> {
    let requirement = &selected.requirement;
    let cases: Vec<CaseResult> = reading
        .cases
        .iter()
        .filter(|log| log.plan.requirement == requirement.id)
        .map(|log| case::judge(log, reading))
        .collect();
    let measured = measured(&cases);
    // Read in any case, so that an unknown word is an error whatever the method.
    let stated = attested::judge(reading, &requirement.id)?;
    let (outcome, modality, attestation) = match requirement.method {
        Method::Test => (measured, Modality::Automatic, None),
        Method::Examine | Method::Interview if cases.is_empty() => {
            (stated.outcome, Modality::Attested, stated.attestation)
        }
        // What was measured can only make a statement worth less.
        Method::Examine | Method::Interview => {
            (worse(stated.outcome, measured), Modality::Attested, stated.attestation)
        }
    };
    Ok(RequirementResult {
        id: requirement.id.clone(),
        level: selected.level,
        spoor: requirement.spoor,
        method: requirement.method,
        gates: selected.gates,
        outcome,
        modality,
        remark: outcome == Outcome::NotSatisfied && !selected.gates,
        cases,
        attestation,
        waiver: None,
    })
}

/// Worst wins.
pub(crate) fn measured(cases: &[CaseResult]) -> Outcome {
    match cases.iter().map(|case| case.outcome).max() {
        None => Outcome::NotTested,
        Some(CaseOutcome::Failed) => Outcome::NotSatisfied,
        Some(CaseOutcome::Error | CaseOutcome::CantTell) => Outcome::Undetermined,
        Some(CaseOutcome::Untested) if cases.iter().all(|case| case.outcome == CaseOutcome::Untested) => {
            Outcome::NotTested
        }
        Some(CaseOutcome::Untested) => Outcome::Undetermined,
        Some(CaseOutcome::Passed) => Outcome::Satisfied,
        Some(CaseOutcome::Inapplicable) => Outcome::NotApplicable,
    }
}

fn worse(one: Outcome, other: Outcome) -> Outcome {
    let rank = |outcome| match outcome {
        Outcome::NotSatisfied => 4,
        Outcome::Undetermined => 3,
        Outcome::NotTested => 2,
        Outcome::Satisfied => 1,
        Outcome::NotApplicable => 0,
    };
    if rank(other) > rank(one) { other } else { one }
}
