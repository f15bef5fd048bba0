//! What the resources of the BgZ look like inside.

use cucumber::then;
use keur_evidence::{Check, Step};
use keur_probes::fhir::{content, dossier::Found, schema};

use super::bgz::known;
use crate::World;

fn judge(w: &World, rule: fn(&[Found<'_>]) -> Check) -> Step {
    let dossier = known(w)?;
    w.recorder.expect(rule(&dossier.distinct()))
}

#[then("heeft elke resource de verplichte elementen en vaste codes van haar profiel")]
async fn conform(w: &mut World) -> Step {
    let dossier = known(w)?;
    w.recorder.expect_all(schema::conform(&dossier.distinct()))
}

#[then("heeft elke code een codestelsel en een waarde")]
async fn codings(w: &mut World) -> Step {
    judge(w, content::codings)
}

#[then("is geen codestelsel in werkelijkheid een waardelijst")]
async fn code_systems(w: &mut World) -> Step {
    judge(w, content::code_systems)
}

#[then("heeft elk begrip een leesbare omschrijving")]
async fn concepts(w: &mut World) -> Step {
    judge(w, content::concepts)
}

#[then("heeft elk nummer een stelsel of soort en een waarde")]
async fn identifiers(w: &mut World) -> Step {
    judge(w, content::identifiers)
}

#[then("heeft elke verwijzing een leesbare naam")]
async fn references(w: &mut World) -> Step {
    judge(w, content::references)
}

#[then("noemt elke resource haar profiel")]
async fn profiles(w: &mut World) -> Step {
    judge(w, content::profiles)
}
