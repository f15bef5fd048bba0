//! V10: attestations and waivers hold on the day of the run, for this product and profile, and their artefacts are there.

use keur_verdict::RunResult;
use time::OffsetDateTime;

use super::{
    facts::Facts,
    signatures::Statements,
    step::{Fault, Noted},
};
use crate::{
    bundle::{Bundle, artefacts},
    dates::day_text,
    overlay::covers,
    statement::Predicate,
};

pub(super) fn check(
    bundle: &Bundle,
    facts: &Facts,
    result: &RunResult,
    people: &Statements,
    now: OffsetDateTime,
) -> Noted {
    let mut notes = Vec::new();
    let day = facts.first.date();
    for (path, signed) in &people.all {
        let (requirement, scope, until, kind) = match &signed.statement.predicate {
            Predicate::Attestation(said) | Predicate::PracticeAttestation(said) => {
                (&said.requirement, &said.scope, said.expires, "verklaring")
            }
            Predicate::Waiver(waiver) => (&waiver.requirement, &waiver.scope, waiver.expires, "ontheffing"),
            _ => continue,
        };
        let waiver = kind == "ontheffing";
        if !covers(scope, &facts.started, waiver) {
            return Err(Fault::new(path, "geldt voor een ander product of profiel dan dat van deze run"));
        }
        if !result.requirements.iter().any(|judged| judged.id == *requirement) {
            return Err(Fault::new(path, format!("{requirement} is geen eis die in deze run is beoordeeld")));
        }
        if until < day {
            return Err(Fault::new(
                path,
                format!("was op de dag van de run ({}) al vervallen", day_text(day)),
            ));
        }
        for artefact in artefacts(&signed.statement).iter().filter(|artefact| artefact.blob) {
            if bundle.blob(&format!("sha256:{}", artefact.sha256)).is_none() {
                return Err(Fault::new(
                    path,
                    format!("het bewijsstuk `{}` zit niet in de bundel", artefact.title),
                ));
            }
        }
        if waiver {
            notes.push(format!("ontheffing voor {requirement} tot en met {}", day_text(until)));
        }
        if until < now.date() {
            notes.push(format!("de {kind} over {requirement} is sinds {} vervallen", day_text(until)));
        }
    }
    Ok(notes)
}
