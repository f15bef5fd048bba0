//! The form of a search and its answer: GET and POST, nothing found, and what the product does not know.

use cucumber::{then, when};
use keur_evidence::{Step, Stop};
use keur_probes::fhir::{rest::results, searchset, self_link};
use serde_json::{Value, json};

use super::api::{ask, no_such_id, search_with};
use super::rest::{described, not_promised, promise};
use crate::{World, run::Party};

#[when("dezelfde zoekvraag met GET en met POST wordt gedaan")]
async fn both_ways(w: &mut World) -> Result<(), Stop> {
    w.answers.clear();
    let search = w.patient_search(w.purpose())?;
    ask(w, "zoekvraag met GET", "GET", &search, None).await?;
    let (kind, query) = search.split_once('?').unwrap_or((&search, ""));
    let path = format!("{kind}/_search");
    let request = w.authorised(Party::A, "dezelfde zoekvraag met POST", "POST", &path).await?;
    let form = request.content("application/x-www-form-urlencoded", query);
    w.send(form.exactly()).await.map(drop)
}

#[then("geven beide dezelfde resultaten")]
async fn same(w: &mut World) -> Step {
    match w.answers.as_slice() {
        [get, post] => w.recorder.expect(results::same(get, post)),
        _ => Err(w.recorder.broken("er zijn nog geen twee antwoorden om te vergelijken")),
    }
}

#[when("een zoekvraag wordt gedaan waar iets aan voldoet")]
async fn hit(w: &mut World) -> Result<(), Stop> {
    let search = w.patient_search(w.purpose())?;
    ask(w, "zoekvraag waar iets aan voldoet", "GET", &search, None).await.map(drop)
}

#[then("heeft elk onderdeel een adres en een search.mode")]
async fn well_formed(w: &mut World) -> Step {
    // Of the media type another requirement judges.
    let check = searchset::answered(w.answer()?).pop();
    w.recorder.expect_all(check)
}

#[when("naar een id wordt gezocht dat er niet is")]
async fn nobody(w: &mut World) -> Result<(), Stop> {
    let path = format!("Patient?_id={}", no_such_id(w));
    ask(w, "zoekvraag waar niets aan voldoet", "GET", &path, None).await.map(drop)
}

#[then("is het antwoord een lege searchset")]
async fn empty(w: &mut World) -> Step {
    let check = results::empty(w.answer()?);
    w.recorder.expect(check)
}

/// Asks with a parameter that nobody knows.
async fn unknown(w: &mut World, handling: &str) -> Result<(), Stop> {
    let name = w.made_up("keurproef", |draw| draw.letters(9));
    w.facts.insert("unknown", json!(name));
    let path = search_with(w, &format!("{name}=1"))?;
    let prefer = format!("handling={handling}");
    let request =
        w.authorised(Party::A, "zoekvraag met een parameter die niemand kent", "GET", &path).await?;
    w.send(request.header("Prefer", &prefer).exactly()).await.map(drop)
}

#[when("streng wordt gezocht met een parameter die niemand kent")]
async fn unknown_strict(w: &mut World) -> Result<(), Stop> {
    unknown(w, "strict").await
}

#[when("soepel wordt gezocht met een parameter die niemand kent")]
async fn unknown_lenient(w: &mut World) -> Result<(), Stop> {
    unknown(w, "lenient").await
}

#[then("is aan het antwoord te zien dat de parameter niet is gebruikt")]
async fn visibly_ignored(w: &mut World) -> Step {
    let name = w.facts.get("unknown").and_then(Value::as_str).unwrap_or_default().to_owned();
    let check = self_link::omits(w.answer()?, &name);
    w.recorder.expect(check)
}

#[when("wordt gezocht met een toevoeging die niet bestaat")]
async fn no_such_modifier(w: &mut World) -> Result<(), Stop> {
    let (statement, exchange) = described(w).await?;
    let known = promise(&statement, "Patient").map(|promise| promise.parameters).unwrap_or_default();
    let usable = |name: &&str| known.iter().any(|(own, _)| own == name);
    let Some(name) = ["family", "name", "gender", "identifier", "_id"].into_iter().find(usable) else {
        return Err(not_promised(w, "een zoekparameter van Patient", &exchange));
    };
    let modifier = w.made_up("keurproef", |draw| draw.letters(9));
    let path = format!("Patient?{name}:{modifier}=x");
    let request =
        w.authorised(Party::A, "zoekvraag met een toevoeging die niet bestaat", "GET", &path).await?;
    w.send(request.exactly()).await.map(drop)
}
