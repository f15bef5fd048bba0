//! Writing on a condition: the version a client knows, or what a search finds.

use cucumber::when;
use keur_evidence::Stop;
use keur_probes::fhir::rest::{reading, writing};

use super::rest_sandbox::{DELETED, clean_up, create, found_by, keep, mark, own, read, send, update};
use crate::World;

/// Rounds of two writes at once.
const ROUNDS: usize = 3;

#[when("een PUT komt met een verouderde If-Match")]
async fn stale(w: &mut World) -> Result<(), Stop> {
    let own = own(w)?;
    let first = reading::etag(&read(w, &own.path()).await?).unwrap_or_default();
    let right = update(w, "PUT met de huidige versie", &own, false, Some(&first)).await?;
    let wrong = update(w, "PUT met de vorige versie", &own, true, Some(&first)).await?;
    let now = read(w, &own.path()).await?;
    keep(
        w,
        [
            writing::answered(&right, &[200], "met de huidige versie"),
            writing::answered(&wrong, &[412], "met een verouderde versie"),
            writing::is_active(&now, false, "de geweigerde wijziging is niet doorgevoerd"),
        ],
    );
    Ok(())
}

#[when("twee PUT's met dezelfde If-Match tegelijk komen")]
async fn at_once(w: &mut World) -> Result<(), Stop> {
    let own = own(w)?;
    for round in 0..ROUNDS {
        let tag = reading::etag(&read(w, &own.path()).await?).unwrap_or_default();
        let (one, two) = {
            let here = &*w;
            futures::try_join!(
                update(here, "eerste van twee tegelijk", &own, round % 2 == 0, Some(&tag)),
                update(here, "tweede van twee tegelijk", &own, round % 2 == 1, Some(&tag)),
            )?
        };
        keep(w, [writing::one_winner(&[&one, &two])]);
    }
    Ok(())
}

#[when("een voorwaardelijke PUT niets, één en meer dan één resource vindt")]
async fn conditional_update(w: &mut World) -> Result<(), Stop> {
    let mark = mark(w);
    let (path, body) = (found_by(&mark), writing::patient(&mark));
    let none = send(w, "voorwaardelijke PUT, niets gevonden", "PUT", &path, None, Some(&body)).await?;
    if let Some(id) = writing::new_id(&none) {
        clean_up(w, format!("Patient/{id}"));
    }
    let one = send(w, "voorwaardelijke PUT, één gevonden", "PUT", &path, None, Some(&body)).await?;
    let count = send(w, "zoeken wat er is", "GET", &path, None, None).await?;
    create(w, &mark).await?;
    let several = send(w, "voorwaardelijke PUT, meer gevonden", "PUT", &path, None, Some(&body)).await?;
    keep(
        w,
        [
            writing::answered(&none, &[201], "niets gevonden"),
            writing::answered(&one, &[200], "één gevonden"),
            writing::finds(&count, &mark, 1, "na twee keer hetzelfde"),
            writing::answered(&several, &[412], "meer dan één gevonden"),
        ],
    );
    Ok(())
}

#[when("een voorwaardelijke DELETE één en meer dan één resource vindt")]
async fn conditional_delete(w: &mut World) -> Result<(), Stop> {
    let (alone, shared) = (mark(w), mark(w));
    for mark in [&alone, &shared, &shared] {
        create(w, mark).await?;
    }
    let one =
        send(w, "voorwaardelijke DELETE, één gevonden", "DELETE", &found_by(&alone), None, None).await?;
    let none_left = send(w, "zoeken wat er nog is", "GET", &found_by(&alone), None, None).await?;
    let path = found_by(&shared);
    let several = send(w, "voorwaardelijke DELETE, meer gevonden", "DELETE", &path, None, None).await?;
    let left = send(w, "zoeken wat er nog is", "GET", &path, None, None).await?;
    let multiple = w.facts.get("conditionalDelete").is_some_and(|how| how == "multiple");
    let (wanted, count): (&[u16], usize) = if multiple { (&DELETED, 0) } else { (&[412], 2) };
    keep(
        w,
        [
            writing::answered(&one, &DELETED, "één gevonden"),
            writing::finds(&none_left, &alone, 0, "na verwijderen"),
            writing::answered(&several, wanted, "meer dan één gevonden"),
            writing::finds(&left, &shared, count, "daarna"),
        ],
    );
    Ok(())
}

#[when("een proefpatiënt met If-None-Exist wordt gemaakt bij niets, één en meer dan één")]
async fn conditional_create(w: &mut World) -> Result<(), Stop> {
    let mark = mark(w);
    let (path, body) = (found_by(&mark), writing::patient(&mark));
    let condition = path.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
    let header = Some(("If-None-Exist", condition.as_str()));
    let none = send(w, "If-None-Exist, niets gevonden", "POST", "Patient", header, Some(&body)).await?;
    let one = send(w, "If-None-Exist, één gevonden", "POST", "Patient", header, Some(&body)).await?;
    for answer in [&none, &one] {
        if let Some(id) = writing::new_id(answer) {
            clean_up(w, format!("Patient/{id}"));
        }
    }
    let count = send(w, "zoeken wat er is", "GET", &path, None, None).await?;
    create(w, &mark).await?;
    let several = send(w, "If-None-Exist, meer gevonden", "POST", "Patient", header, Some(&body)).await?;
    if let Some(id) = writing::new_id(&several) {
        clean_up(w, format!("Patient/{id}"));
    }
    keep(
        w,
        [
            writing::answered(&none, &[201], "niets gevonden"),
            writing::answered(&one, &[200], "één gevonden"),
            writing::finds(&count, &mark, 1, "zonder dubbele"),
            writing::answered(&several, &[412], "meer dan één gevonden"),
        ],
    );
    Ok(())
}
