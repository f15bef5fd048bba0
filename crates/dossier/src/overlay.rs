//! What signed statements do to a judgement: attestations and waivers in scope, as the verdict knows them.

use keur_evidence::event::{Attested, RunStarted};
use keur_verdict::{Overlays, Waiver};

use crate::{
    dates::day_text,
    statement::{
        Predicate, Statement,
        predicate::{Artefact, Attestation, Basis, By, Found, Scope},
    },
};

/// The attestations and waivers among these statements that are about this run's product and profile. Each comes with
/// the SHA-256 (hex) of its envelope.
pub fn overlays<'s>(
    statements: impl IntoIterator<Item = (&'s str, &'s Statement)>,
    run: &RunStarted,
) -> Overlays {
    let mut overlays = Overlays::default();
    for (digest, statement) in statements {
        match &statement.predicate {
            Predicate::Attestation(said) | Predicate::PracticeAttestation(said)
                if covers(&said.scope, run, false) =>
            {
                overlays.attested.push(attested(said));
            }
            Predicate::Waiver(waiver) if covers(&waiver.scope, run, true) => {
                overlays.waivers.push(Waiver {
                    requirement: waiver.requirement.clone(),
                    reason: waiver.reason.clone(),
                    by: words(&waiver.by),
                    granted: day_text(waiver.granted),
                    expires: day_text(waiver.expires),
                    digest: format!("sha256:{digest}"),
                });
            }
            _ => {}
        }
    }
    overlays
}

/// Whether something said for this scope is about the run; a waiver may be for every version.
#[must_use]
pub fn covers(scope: &Scope, run: &RunStarted, any_version: bool) -> bool {
    let product = &run.product;
    let version = scope.version == product.version || any_version && scope.version == "*";
    version && (&scope.vendor, &scope.name, &scope.profile) == (&product.vendor, &product.name, &run.profile)
}

fn attested(said: &Attestation) -> Attested {
    let artefact = |one: &Artefact| format!("{} (sha256:{})", one.title, one.sha256);
    Attested {
        requirement: said.requirement.clone(),
        outcome: match said.outcome {
            Found::Satisfied => "satisfied",
            Found::NotSatisfied => "not_satisfied",
            Found::NotApplicable => "not_applicable",
        }
        .to_owned(),
        statement: said.statement.clone(),
        basis: match said.basis {
            Basis::Certificate => "certificate",
            Basis::Document => "document",
            Basis::Demonstration => "demonstration",
            Basis::Interview => "interview",
        }
        .to_owned(),
        by: words(&said.by),
        date: day_text(said.date),
        expires: day_text(said.expires),
        artefact: said.artefacts.iter().map(artefact).collect::<Vec<_>>().join("; "),
    }
}

fn words(by: &By) -> String {
    let parts = [&by.name, &by.organisation, &by.role];
    parts.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ")
}
