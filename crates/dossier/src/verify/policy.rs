//! V13: what the scheme demands beyond a sound bundle.

use keur_verdict::{Modality, Outcome, RunResult};

use super::{
    facts::Facts,
    signatures::Statements,
    step::{Fault, Noted},
};
use crate::{
    bundle::{Bundle, JOURNAL, LEDGER, RESULT, STATEMENTS},
    ledger,
    policy::{Attestations, Flaky, Mode, Policy},
    statement::{Predicate, predicate::Found},
};

pub(super) fn check(
    bundle: &Bundle,
    facts: &Facts,
    result: &RunResult,
    people: &Statements,
    policy: Option<&Policy>,
) -> Noted {
    let Some(policy) = policy else {
        return Ok(vec![
            "er is geen beleid opgegeven: er gelden geen eisen boven die aan elke bundel".to_owned(),
        ]);
    };
    if policy.mode == Mode::Exam && facts.started.mode != "exam" {
        return Err(Fault::new(JOURNAL, "het beleid vraagt een examen; dit is een oefening"));
    }
    if policy.attestations == Attestations::Signed
        && let Some(unsigned) = unsigned(result, people)
    {
        let message = format!("het beleid vraagt een getekende verklaring; die is er niet voor {unsigned}");
        return Err(Fault::new(RESULT, message));
    }
    for required in &policy.require {
        if people.of(required.kind()).next().is_none() {
            let message = format!("het beleid vraagt een {}; die zit niet in de bundel", required.kind());
            return Err(Fault::new(STATEMENTS, message));
        }
    }
    let bytes = bundle.ledger().map_err(|error| Fault::of(LEDGER, &error))?;
    let summary = ledger::verify(&bytes).map_err(|error| Fault::of(LEDGER, &error))?;
    if let Some(most) = policy.max_attempts.filter(|most| summary.attempts > *most) {
        let message =
            format!("het beleid staat {most} pogingen toe; het register telt er {}", summary.attempts);
        return Err(Fault::new(LEDGER, message));
    }
    if policy.flaky == Flaky::Refuse && !summary.flaky.is_empty() {
        let ids = summary.flaky.join(", ");
        let message = format!("het beleid staat geen wisselende uitkomsten toe; die zijn er bij {ids}");
        return Err(Fault::new(LEDGER, message));
    }
    Ok(Vec::new())
}

/// The first attested requirement for which nobody signed the same outcome.
fn unsigned<'r>(result: &'r RunResult, people: &Statements) -> Option<&'r str> {
    let signed = |id: &str, outcome: Outcome| {
        people.of("attestation").any(|(_, signed)| match &signed.statement.predicate {
            Predicate::Attestation(said) => said.requirement == id && outcome_of(said.outcome) == outcome,
            _ => false,
        })
    };
    let attested = result.requirements.iter().filter(|requirement| {
        requirement.modality == Modality::Attested && requirement.outcome != Outcome::NotTested
    });
    attested
        .map(|requirement| (requirement.id.as_str(), requirement.outcome))
        .find(|(id, outcome)| !signed(id, *outcome))
        .map(|(id, _)| id)
}

fn outcome_of(found: Found) -> Outcome {
    match found {
        Found::Satisfied => Outcome::Satisfied,
        Found::NotSatisfied => Outcome::NotSatisfied,
        Found::NotApplicable => Outcome::NotApplicable,
    }
}
