//! V10: attestations and waivers hold on the day of the run, for this product and profile, and their artefacts are there.

use keur_verdict::RunResult;
use time::{Date, OffsetDateTime};

use super::{
    facts::Facts,
    signatures::Statements,
    step::{Fault, Noted},
};
use crate::{
    bundle::{Bundle, artefacts},
    dates::day_text,
    statement::{Predicate, predicate::Scope},
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
        if !covers(scope, facts, waiver) {
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
        in_force(&signed.statement.predicate, day).map_err(|message| Fault::new(path, message))?;
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

/// A waiver must hold when the run is made; an attestation may be made afterwards, about what was run.
fn in_force(predicate: &Predicate, day: Date) -> Result<(), &'static str> {
    match predicate {
        Predicate::Waiver(waiver) if waiver.granted > day => Err("ging pas in na de dag van de run"),
        _ => Ok(()),
    }
}

fn covers(scope: &Scope, facts: &Facts, waiver: bool) -> bool {
    let product = &facts.started.product;
    let version = scope.version == product.version || waiver && scope.version == "*";
    version
        && (&scope.vendor, &scope.name, &scope.profile)
            == (&product.vendor, &product.name, &facts.started.profile)
}
