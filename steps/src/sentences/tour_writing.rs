//! The life of a thing: made, read, replaced, removed.

use cucumber::{then, when};
use keur_evidence::{Check, Step, event::Reason};
use keur_probes::rest;

use super::tour::{each, go};
use crate::{
    World,
    tour::{Asked, Kind, Leg, Write},
};

#[when("alles wat te schrijven is, wordt gemaakt, vervangen en verwijderd")]
async fn writing(w: &mut World) -> Step {
    go(w, Leg::Writing).await
}

/// The answer to another step with the same thing: they share their path, and one comes after the other.
fn other<'t>(tour: &'t [Asked], one: &Asked, step: Write) -> Option<&'t Asked> {
    tour.iter().find(|other| other.kind == Kind::Write(step) && other.path == one.path)
}

#[then("heeft herhalen van PUT en DELETE hetzelfde gevolg als één keer")]
async fn idempotent(w: &mut World) -> Step {
    let tour = &w.kept.tour;
    each(w, "een PUT of DELETE", |one| match one.kind {
        Kind::Write(Write::ReadPutAgain) => {
            let first = other(tour, one, Write::ReadPut)?;
            Some(rest::same(
                "na twee keer dezelfde PUT hetzelfde als na één keer",
                &first.answer,
                &one.answer,
            ))
        }
        Kind::Write(Write::DeleteAgain) => {
            let expected = "status 404, 410 of die van de eerste keer op een herhaalde DELETE";
            let first = other(tour, one, Write::Delete)?.answer.response()?.status;
            let again = one.answer.response()?.status;
            let fine = matches!(again, 404 | 410) || again == first;
            Some(
                Check::that(fine, expected, format!("eerst {first}, dan {again}"))
                    .on([one.answer.id.clone()]),
            )
        }
        _ => None,
    })
}

#[then("is te lezen wat is gemaakt en vervangen, en niet meer wat is verwijderd")]
async fn lives(w: &mut World) -> Step {
    if !w.kept.tour.iter().any(|one| one.kind == Kind::Write(Write::ReadCreated)) {
        let detail =
            "wat is gemaakt, is niet terug te vinden: er is geen link, Location of veld met de naam ervan";
        let created: Vec<Check> = creations(w).collect();
        if created.is_empty() {
            return Err(w.recorder.cannot_tell(Reason::NoData, "no_question", "er is niets te maken"));
        }
        w.recorder.expect_all(created)?;
        return Err(w.recorder.cannot_tell(Reason::NoData, "no_name", detail));
    }
    each(w, "een gemaakt ding", |one| match one.kind {
        Kind::Write(Write::DeleteAgain) => None,
        Kind::Write(Write::ReadDeleted) => Some(rest::gone(&one.answer)),
        Kind::Write(_) => Some(rest::accepted(&one.answer)),
        _ => None,
    })
}

fn creations(w: &World) -> impl Iterator<Item = Check> {
    let created = w.kept.tour.iter().filter(|one| one.kind == Kind::Write(Write::Create));
    created.map(|one| rest::accepted(&one.answer))
}
