//! V5: times only go forward, nothing is from the future, and nobody signed with a key that was not valid.

use time::{Duration, OffsetDateTime};

use super::{
    facts::Facts,
    signatures::Statements,
    step::{Fault, Noted},
};
use crate::{bundle::JOURNAL, dates::instant_text, statement::Predicate};

/// How far two clocks may differ.
const TOLERANCE: Duration = Duration::minutes(5);

pub(super) fn check(facts: &Facts, people: &Statements, now: OffsetDateTime) -> Noted {
    if let Some(seq) = facts.odd_time {
        return Err(Fault::new(
            &format!("{JOURNAL}:{}", seq + 1),
            "het tijdstip is geen tijdstip of gaat terug",
        ));
    }
    if facts.last > now + TOLERANCE {
        return Err(Fault::new(JOURNAL, future(facts.last)));
    }
    for (path, signed) in &people.all {
        let statement = &signed.statement;
        let at = statement.signed_at();
        statement.check_day(&signed.key).map_err(|error| Fault::of(path, &error))?;
        if at > now + TOLERANCE {
            return Err(Fault::new(path, future(at)));
        }
        // A declaration and a waiver may be older than the run.
        let earlier = matches!(statement.predicate, Predicate::Declaration(_) | Predicate::Waiver(_));
        if !earlier && at < facts.last {
            return Err(Fault::new(path, "is getekend voordat de run klaar was"));
        }
        let (from, until) = match &statement.predicate {
            Predicate::Attestation(said) | Predicate::PracticeAttestation(said) => (said.date, said.expires),
            Predicate::Waiver(waiver) => (waiver.granted, waiver.expires),
            _ => continue,
        };
        if until < from {
            return Err(Fault::new(path, "vervalt voordat zij ingaat"));
        }
        if from > at.date() {
            return Err(Fault::new(path, "gaat in na de dag waarop zij is getekend"));
        }
    }
    Ok(Vec::new())
}

fn future(at: OffsetDateTime) -> String {
    format!(
        "het tijdstip {} ligt in de toekomst\n  help: controleer de klok van deze computer",
        instant_text(at)
    )
}
