//! What an earlier evaluation asked for, and whether it was done since.

use std::collections::BTreeSet;

use keur_verdict::{Outcome, RunResult};
use serde::Serialize;

use super::{Spoken, Standing};
use crate::statement::{
    Predicate,
    predicate::{Action, Remark},
};

/// A remark that asked for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Earlier {
    /// The remark.
    #[serde(flatten)]
    pub remark: Remark,
    /// It was done.
    pub met: bool,
    /// What was found, in Dutch.
    pub found: &'static str,
}

/// The remarks of the previous evaluation that asked for a run or an answer, held to the statements and result of now.
#[must_use]
pub fn earlier(previous: &[Spoken], was: &RunResult, said: &[Spoken], is: &RunResult) -> Vec<Earlier> {
    let Some((_, evaluation)) = Standing::of(previous).evaluation else { return Vec::new() };
    let known: BTreeSet<&str> = previous.iter().map(|(digest, _)| digest.as_str()).collect();
    let again = was.run.id != is.run.id;
    let asked = evaluation.remarks.iter().filter(|remark| remark.action != Action::Accept);
    asked
        .map(|remark| {
            let id = &remark.requirement;
            let decided = is.requirements.iter().any(|one| {
                one.id == *id && !matches!(one.outcome, Outcome::Undetermined | Outcome::NotTested)
            });
            let answered = said.iter().any(|(digest, signed)| {
                !known.contains(digest.as_str()) && about(&signed.statement.predicate, id)
            });
            let (met, found) = match remark.action {
                Action::ReRun if !again => (false, "dit is dezelfde toets"),
                Action::ReRun if !decided => (false, "opnieuw getoetst, maar nog niet beslist"),
                Action::ReRun => (true, "opnieuw getoetst"),
                _ if answered => (true, "er is een nieuwe ondertekende verklaring of ontheffing"),
                _ => (false, "er is geen nieuwe ondertekende verklaring over deze eis"),
            };
            Earlier { remark: remark.clone(), met, found }
        })
        .collect()
}

fn about(predicate: &Predicate, id: &str) -> bool {
    match predicate {
        Predicate::Attestation(said) | Predicate::PracticeAttestation(said) => said.requirement == id,
        Predicate::Waiver(waiver) => waiver.requirement == id,
        _ => false,
    }
}
