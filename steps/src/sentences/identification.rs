//! Which numbers name patients and organisations, and whom a number finds.

use cucumber::{then, when};
use keur_evidence::{Check, Step, Stop, event::Reason};
use keur_probes::{
    fhir::{bundle, identifiers, query::bsn_token},
    http,
};
use serde_json::json;

use super::api::ask;
use crate::World;

/// Most organisations of a patient that are read.
const ORGANIZATIONS: usize = 3;

async fn search(w: &mut World, purpose: &str, bsn: &str) -> Result<(), Stop> {
    w.facts.insert("bsn", json!(bsn));
    let path = format!("Patient?identifier={}", bsn_token(bsn));
    ask(w, purpose, "GET", &path, None).await.map(drop)
}

fn asked(w: &World) -> Result<String, Stop> {
    let found = w.facts.get("bsn").and_then(|bsn| bsn.as_str());
    found.map(str::to_owned).ok_or_else(|| w.recorder.broken("er is nog niet op een BSN gezocht"))
}

#[when(expr = "op het BSN van de patiënt wordt gezocht {string}")]
async fn search_spoilt(w: &mut World, how: String) -> Result<(), Stop> {
    let bsn = w.bsn_for(w.purpose())?;
    let step = w.made_up("1", |draw| (1 + draw.below(9)).to_string());
    let letter = w.made_up("X", |draw| draw.letters(1).to_ascii_uppercase());
    let spoilt = match how.as_str() {
        "met een ander laatste cijfer" => identifiers::broken_bsn(&bsn, step.parse().unwrap_or(1)),
        "met een letter erin" => bsn.get(..8).map(|head| format!("{head}{letter}")),
        _ => None,
    };
    let spoilt = spoilt.ok_or_else(|| w.recorder.broken(&format!("onbekende verandering: {how:?}")))?;
    search(w, "zoeken op een BSN dat niet kan bestaan", &spoilt).await
}

#[then("weigert het product het BSN met status 400 of 422")]
async fn bsn_refused(w: &mut World) -> Step {
    let check = http::status_in(w.answer()?, &[400, 422]);
    w.recorder.expect(check)
}

#[when("op het BSN van de patiënt wordt gezocht")]
async fn search_own(w: &mut World) -> Result<(), Stop> {
    let bsn = w.bsn_for(w.purpose())?;
    search(w, "zoeken op BSN", &bsn).await
}

#[when("op een BSN wordt gezocht dat het product niet kent")]
async fn search_unknown(w: &mut World) -> Result<(), Stop> {
    let bsn = w.bsn_for("unknown")?;
    search(w, "zoeken op een onbekend BSN", &bsn).await
}

#[when("op een geldig BSN wordt gezocht dat op dat van de patiënt lijkt")]
async fn search_similar(w: &mut World) -> Result<(), Stop> {
    let similar = w.run.similar_bsn.clone();
    let similar =
        similar.ok_or_else(|| w.recorder.broken("er is geen BSN dat lijkt en toch niet is opgegeven"))?;
    search(w, "zoeken op een BSN dat erop lijkt", &similar).await
}

#[then("geeft het product precies die ene patiënt")]
async fn exactly_one(w: &mut World) -> Step {
    let bsn = asked(w)?;
    let answer = w.answer()?;
    let checks = [identifiers::found(answer, 1), identifiers::nobody_else(answer, &bsn)];
    w.recorder.expect_all(checks)
}

#[then("geeft het product niemand")]
async fn nobody(w: &mut World) -> Step {
    let check = identifiers::found(w.answer()?, 0);
    w.recorder.expect(check)
}

#[then("draagt de patiënt het gevraagde BSN met de landelijke systeemnaam")]
async fn has_bsn(w: &mut World) -> Step {
    let bsn = asked(w)?;
    let check = identifiers::patient_has_bsn(w.answer()?, &bsn);
    w.recorder.expect(check)
}

#[when("de organisaties bij deze patiënt worden gelezen")]
async fn read_organizations(w: &mut World) -> Result<(), Stop> {
    let set = bundle::searchset(w.answer()?).unwrap_or_default();
    let paths: Vec<String> = bundle::matches(set).flat_map(identifiers::organizations_of).collect();
    if paths.is_empty() {
        let detail = "de patiënt verwijst niet naar een organisatie";
        return Err(w.recorder.cannot_tell(Reason::NoData, "no_organization", detail));
    }
    w.answers.clear();
    for path in paths.iter().take(ORGANIZATIONS) {
        ask(w, "organisatie bij de patiënt", "GET", path, None).await?;
    }
    Ok(())
}

#[then("draagt elke organisatie een URA-nummer met de landelijke systeemnaam")]
async fn has_ura(w: &mut World) -> Step {
    let checks: Vec<Check> = w.answers.iter().map(identifiers::organization_has_ura).collect();
    w.recorder.expect_all(checks)
}
