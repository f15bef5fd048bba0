//! What people's statements say about a requirement, at the day of the run.

use keur_evidence::event::Attested;

use crate::{
    JudgeError,
    reading::{Reading, Statement},
    result::Outcome,
};

/// What the statements about one requirement come to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stated {
    pub(crate) outcome: Outcome,
    /// The statement it rests on: the latest valid one, or else the latest.
    pub(crate) attestation: Option<Attested>,
    pub(crate) standing: Standing,
}

/// Why the outcome is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nobody stated anything.
    None,
    /// None of the statements is valid on the day of the run.
    NotValid,
    /// Valid statements contradict each other.
    Contradictory,
    /// Valid and unanimous.
    Valid,
}

/// Statements about the requirement.
pub(crate) fn about<'r, 'j>(reading: &'r Reading<'j>, requirement: &str) -> Vec<&'r Statement<'j>> {
    let about = |statement: &&Statement<'j>| statement.attested.requirement == requirement;
    let all: Vec<_> = reading.statements.iter().filter(about).collect();
    // What an assessor signs outweighs what the vendor declares.
    let signed: Vec<_> = all.iter().copied().filter(|statement| statement.signed).collect();
    if signed.is_empty() { all } else { signed }
}

/// Judges the statements about a requirement.
pub(crate) fn judge(reading: &Reading<'_>, requirement: &str) -> Result<Stated, JudgeError> {
    let all = about(reading, requirement);
    let outcomes = all.iter().map(|statement| outcome(statement)).collect::<Result<Vec<_>, _>>()?;
    let valid: Vec<_> = all
        .iter()
        .zip(&outcomes)
        .filter(|(statement, _)| {
            let day = if statement.signed { reading.added_day } else { reading.day };
            statement.from <= day && day <= statement.until
        })
        .collect();
    let (standing, outcome) = match valid.split_first() {
        None if all.is_empty() => (Standing::None, Outcome::NotTested),
        None => (Standing::NotValid, Outcome::Undetermined),
        Some(((_, first), rest)) if rest.iter().all(|(_, other)| other == first) => {
            (Standing::Valid, **first)
        }
        Some(_) => (Standing::Contradictory, Outcome::Undetermined),
    };
    let shown = valid
        .iter()
        .map(|(statement, _)| **statement)
        .max_by_key(|statement| (statement.from, statement.seq));
    let shown = shown.or_else(|| all.iter().copied().max_by_key(|statement| (statement.from, statement.seq)));
    Ok(Stated { outcome, attestation: shown.map(|statement| statement.attested.clone()), standing })
}

fn outcome(statement: &Statement<'_>) -> Result<Outcome, JudgeError> {
    match statement.attested.outcome.as_str() {
        "satisfied" => Ok(Outcome::Satisfied),
        "not_satisfied" => Ok(Outcome::NotSatisfied),
        "not_applicable" => Ok(Outcome::NotApplicable),
        other => Err(JudgeError::UnknownWord {
            seq: statement.seq,
            what: "attested outcome",
            found: other.to_owned(),
        }),
    }
}
