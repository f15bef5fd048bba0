//! V8: the ledger is whole, and this run stands in it as it ended.

use keur_evidence::event::RunEnd;
use keur_verdict::RunResult;

use super::{
    facts::Facts,
    step::{Fault, Noted},
};
use crate::{
    bundle::{Bundle, LEDGER},
    ledger::{self, Finished, How, Started},
};

pub(super) fn check(bundle: &Bundle, facts: &Facts, result: &RunResult, previous: Option<&Bundle>) -> Noted {
    let wrong = |message: &str| Fault::new(LEDGER, message);
    let bytes = bundle.ledger().map_err(|error| Fault::of(LEDGER, &error))?;
    let summary = ledger::verify(&bytes).map_err(|error| Fault::of(LEDGER, &error))?;
    let Some((started, end)) = summary.runs.last().filter(|(started, _)| started.run == facts.started.run)
    else {
        return Err(wrong("deze run is niet de laatste poging in het register"));
    };
    let seed_commitment = started.seed_commitment.clone();
    let expected = Started { attempt: started.attempt, seed_commitment, ..Started::of(&facts.started) };
    if *started != expected {
        return Err(wrong("het begin van deze run staat anders in het register dan in het journaal"));
    }
    let how = facts.end.map_or(How::Aborted, |end: RunEnd| end.into());
    // A statement or waiver added after the run changes the verdict, and nothing else of what stands here.
    let as_it_ended = |end: &Finished| Finished { verdict: end.verdict, ..Finished::of(how, result) };
    let stated = bundle.statements().is_ok_and(|statements| !statements.is_empty());
    let agrees = |end: &Finished| {
        // Closed by the next attempt, which knew only that this one never told.
        if how == How::Aborted && end.how == How::Aborted && end.journal_head.is_none() {
            return true;
        }
        *end == as_it_ended(end) && (stated || end.verdict == Some(result.verdict))
    };
    if !end.as_ref().is_some_and(agrees) {
        return Err(wrong(
            "het einde van deze run staat niet of anders in het register dan in journaal en oordeel",
        ));
    }
    let mut notes = Vec::new();
    if summary.attempts > 1 {
        notes.push(format!(
            "dit is poging {}: {} afgerond, {} afgebroken; {} keer herhaald met hetzelfde product en profiel",
            summary.attempts, summary.completed, summary.aborted, summary.retries
        ));
    }
    if !summary.flaky.is_empty() {
        notes.push(format!("de uitkomst verschilt tussen pogingen: {}", summary.flaky.join(", ")));
    }
    match previous {
        None => {}
        Some(previous) => {
            let old = previous.ledger().map_err(|error| Fault::of(LEDGER, &error))?;
            if !ledger::extends(&old, &bytes) {
                return Err(wrong(
                    "het register is geen voortzetting van dat van de vorige bundel: er zijn pogingen weggelaten of veranderd",
                ));
            }
        }
    }
    Ok(notes)
}
