//! Who can read and change the log, what it holds as a whole, and what the patient sees of it.

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop, event::Reason, http::Request};
use keur_probes::{
    fhir::{bundle, query::filled},
    http,
    log::{self, Sent},
};
use serde_json::json;

use super::{
    kept::ask,
    log_hook::{self, Hook, Seen, address, any, authorised, readable},
};
use crate::{World, run::Party};

/// A successful search of a party for a patient, to be found in the log.
async fn asked_by(w: &mut World, party: Party, purpose: &'static str, search: &str) -> Step {
    let path = filled(search, &w.bsn_for(purpose)?);
    let request = w.authorised(party, "opvraging die in het logboek hoort", "GET", &path).await?;
    ask(w, request).await?;
    let checks = bundle::served(w.answer()?);
    w.recorder.expect_all(checks)?;
    keep(w, party, purpose)
}

/// The latest request must be in the log.
pub(super) fn keep(w: &mut World, party: Party, purpose: &str) -> Step {
    let asked = w.kept.asked.ok_or_else(|| w.recorder.broken("er is nog niets gevraagd"))?;
    let sent = log_hook::sent(w, party, purpose, w.answer()?, asked)?;
    w.kept.sent.push(sent);
    Ok(())
}

async fn look(w: &mut World, hook: Hook) -> Result<(), Stop> {
    let seen = log_hook::look(w, hook, &w.kept.sent).await?;
    w.kept.seen = Some(seen);
    Ok(())
}

pub(super) fn seen(w: &World) -> Result<&Seen, Stop> {
    w.kept.seen.as_ref().ok_or_else(|| w.recorder.broken("het logboek is nog niet opgevraagd"))
}

/// What was seen, when our own requests are in it: a log that keeps nothing hides nothing either.
fn own_there(w: &World) -> Result<&Seen, Stop> {
    let seen = seen(w)?;
    if seen.found.iter().all(Option::is_some) {
        return Ok(seen);
    }
    let detail = "de eigen opvraging staat er niet in, dus de rest zegt niets";
    Err(w.recorder.cannot_tell(Reason::Precondition, "no_record", detail))
}

fn latest_sent(w: &World) -> Result<&Sent, Stop> {
    w.kept.sent.last().ok_or_else(|| w.recorder.broken("er is nog niets gevraagd"))
}

/// The declared numbers of all patients but one.
fn others(w: &World, bsn: &str) -> Vec<String> {
    w.run.product.declared_bsns().into_iter().filter(|one| *one != bsn).map(str::to_owned).collect()
}

#[given(expr = "de zoekvraag {string} die is geslaagd")]
async fn searched(w: &mut World, search: String) -> Step {
    asked_by(w, Party::A, w.purpose(), &search).await
}

#[given(expr = "twee organisaties die elk de zoekvraag {string} hebben gedaan")]
async fn two_organisations(w: &mut World, search: String) -> Step {
    asked_by(w, Party::A, w.purpose(), &search).await?;
    asked_by(w, Party::B, w.purpose(), &search).await
}

#[given(expr = "dezelfde vrager die ook de zoekvraag {string} deed over een andere patiënt")]
async fn about_another(w: &mut World, search: String) -> Step {
    asked_by(w, Party::A, "empty", &search).await?;
    // The overview is asked for the first patient; this request may not be in it.
    w.kept.sent.pop();
    Ok(())
}

#[when(expr = "al deze zoekvragen in het logboek worden opgezocht")]
async fn look_for_all(w: &mut World) -> Step {
    let asked = w.kept.first_asked.zip(w.kept.asked.map(|(_, answered)| answered));
    let asked = asked.ok_or_else(|| w.recorder.broken("er is nog niets gevraagd"))?;
    let served = w.answers.iter().filter(|answer| answer.response().is_some_and(|one| one.status == 200));
    let sent: Result<Vec<Sent>, Stop> =
        served.map(|answer| log_hook::sent(w, Party::A, w.purpose(), answer, asked)).collect();
    w.kept.sent = sent?;
    look(w, any(w)).await
}

#[then("staat elk van deze verzoeken in het logboek")]
async fn all_there(w: &mut World) -> Step {
    let seen = seen(w)?;
    let missing = seen.found.iter().filter(|record| record.is_none()).count();
    let total = seen.found.len();
    let observed = format!("{} van {total}, na {:.1} s", total - missing, seen.seconds);
    let check =
        Check::that(missing == 0, format!("logregels van alle {total} geslaagde verzoeken"), observed);
    w.recorder.expect(check.on([seen.answer.id.clone()]))
}

#[when("het logboek wordt geëxporteerd")]
async fn exported(w: &mut World) -> Result<(), Stop> {
    look(w, any(w)).await
}

#[then("bestaat de export uit volledige logregels in de vorm AuditEvent")]
async fn structured(w: &mut World) -> Step {
    let seen = seen(w)?;
    w.recorder.expect_all(log::structured(&seen.answer, readable(w, &seen.answer)?))
}

#[when("in het logboek wordt gezocht op datum en patiënt")]
async fn log_searched(w: &mut World) -> Result<(), Stop> {
    let hooks = &w.run.product.hooks;
    if hooks.log_search.is_none() && hooks.log_export.is_some() {
        let declared = "[hooks] log_export, geen log_search";
        let id =
            w.recorder.observe("configuration", "hooks van het logboek", json!({ "declared": declared }))?;
        let predicate = "het product biedt zoeken in het logboek aan";
        return Err(w.recorder.inapplicable(
            predicate,
            declared,
            &id,
            "de export is de enige weg naar het logboek",
        ));
    }
    look(w, Hook::Search).await
}

#[then("geeft het logboek de regel van dit verzoek")]
async fn own_record(w: &mut World) -> Step {
    let (sent, seen) = (latest_sent(w)?, seen(w)?);
    let there = seen.found.iter().all(Option::is_some);
    let observed = format!("{}gevonden na {:.1} s", if there { "" } else { "niet " }, seen.seconds);
    let expected = format!("de logregel van het verzoek {}", sent.request_id);
    w.recorder.expect(Check::that(there, expected, observed).on([seen.answer.id.clone()]))
}

#[then("gaat het gevondene alleen over deze patiënt")]
async fn one_patient(w: &mut World) -> Step {
    let (sent, seen) = (latest_sent(w)?, own_there(w)?);
    let check = log::about_one(readable(w, &seen.answer)?, &others(w, &sent.bsn));
    w.recorder.expect(check.on([seen.answer.id.clone()]))
}

#[then("staan in de export geen tokens, sleutels of opgevraagde inhoud")]
async fn no_secrets(w: &mut World) -> Step {
    let seen = own_there(w)?;
    let tokens: Vec<String> = w.run.tokens.lock().await.values().map(|token| token.value.clone()).collect();
    let bytes = seen.answer.response().map(|response| response.bytes().to_vec()).unwrap_or_default();
    // The kept bytes have lost their secrets, so what was found is kept instead.
    let found = || log::secrets(&bytes, &tokens);
    let (fact, found) = w.recorder.witness("log_secrets", "geheimen in het logboek", found)?;
    w.recorder.expect(log::no_secrets(&found).on([seen.answer.id.clone(), fact]))
}

#[when("zonder het geheim van het logboek in het logboek wordt gezocht")]
async fn without_secret(w: &mut World) -> Result<(), Stop> {
    let sent = latest_sent(w)?;
    let request = log_hook::request(w, Hook::Search, sent.at, &sent.bsn)?;
    let request = numbered(w, request).without("Authorization");
    w.send(request).await.map(drop)
}

#[when("met een gewoon toegangstoken in het logboek wordt gezocht")]
async fn with_access_token(w: &mut World) -> Result<(), Stop> {
    let sent = latest_sent(w)?;
    let request = log_hook::request(w, Hook::Search, sent.at, &sent.bsn)?;
    let token = w.token_of(Party::A).await?;
    let request = w.with_token(numbered(w, request), &token, Party::A);
    w.send(request).await.map(drop)
}

#[then("weigert het logboek de inzage")]
async fn refused(w: &mut World) -> Step {
    let answer = w.answer()?;
    let shown = answer.response().and_then(|response| response.json());
    let records = shown.map_or(0, |shown| log::records(shown).len());
    let none = Check::that(records == 0, "geen logregels in het antwoord", format!("{records} logregels"));
    let checks = [http::client_error(answer), none.on([answer.id.clone()])];
    w.recorder.expect_all(checks)
}

#[given("een inzage in het logboek die is gelukt")]
async fn used(w: &mut World) -> Step {
    let sent = latest_sent(w)?;
    let request = numbered(w, log_hook::request(w, Hook::Search, sent.at, &sent.bsn)?);
    ask(w, request).await?;
    let check = http::status(w.answer()?, 200);
    w.recorder.expect(check)?;
    w.kept.sent.clear();
    keep(w, Party::A, w.purpose())
}

#[when("de inzage zelf in het logboek wordt opgezocht")]
async fn look_for_use(w: &mut World) -> Result<(), Stop> {
    look(w, any(w)).await
}

#[then("staat ook die inzage in het logboek")]
async fn use_logged(w: &mut World) -> Step {
    let seen = seen(w)?;
    let own = seen.found.first().and_then(Option::as_ref);
    let own = own.filter(|(_, how)| *how == log::Match::RequestId).map(|(record, _)| record);
    w.recorder.expect(log::log_use(own).on([seen.answer.id.clone()]))
}

/// The log searched for one's own record gives it, and with it its id.
#[given("de logregel van dit verzoek met zijn id")]
async fn own_id(w: &mut World) -> Step {
    look(w, Hook::Search).await?;
    let record = found_id(w)?;
    let check =
        Check::that(record.is_some(), "een logregel met een id", record.unwrap_or_else(|| "geen".into()));
    w.recorder.expect(check)
}

fn found_id(w: &World) -> Result<Option<String>, Stop> {
    let first = seen(w)?.found.first().and_then(Option::as_ref);
    Ok(first.and_then(|(record, _)| record["id"].as_str().map(str::to_owned)))
}

#[when(expr = "die logregel met de methode {string} wordt aangevallen via het logboek")]
async fn attacked_in_log(w: &mut World, method: String) -> Result<(), Stop> {
    let mut url = address(w, Hook::Search)?;
    let id = found_id(w)?.unwrap_or_default();
    url.path_segments_mut().map_err(|()| w.recorder.broken("geen pad"))?.pop_if_empty().push(&id);
    let request = Request::new("aanval op een logregel", &method, url, w.run.tls_identity(Party::A));
    attack(w, authorised(w, request)).await
}

#[when(expr = "die logregel met de methode {string} wordt aangevallen via het FHIR-adres")]
async fn attacked_in_fhir(w: &mut World, method: String) -> Result<(), Stop> {
    let path = format!("AuditEvent/{}", found_id(w)?.unwrap_or_default());
    let request = w.authorised(Party::A, "aanval op een logregel", &method, &path).await?;
    attack(w, request).await
}

/// Sends the record with another outcome.
async fn attack(w: &mut World, request: Request) -> Result<(), Stop> {
    let first = seen(w)?.found.first().and_then(Option::as_ref);
    let mut record = first.map(|(record, _)| record.clone()).unwrap_or_default();
    record["outcome"] = json!("8");
    let request = match request.method.as_str() {
        "DELETE" => request,
        "PATCH" => request.content(
            "application/json-patch+json",
            json!([{ "op": "replace", "path": "/outcome", "value": "8" }]).to_string(),
        ),
        _ => request.content("application/fhir+json", record.to_string()),
    };
    w.send(request).await.map(drop)
}

#[then("wordt de aanval geweigerd en staat de logregel er nog precies zo")]
async fn unharmed(w: &mut World) -> Step {
    let refused = http::client_error(w.answer()?);
    let before = seen(w)?.found.first().cloned().flatten().map(|(record, _)| record);
    let after = log_hook::look(w, Hook::Search, &w.kept.sent).await?;
    let same = after.found.first().and_then(Option::as_ref).map(|(record, _)| record) == before.as_ref();
    let observed = if same { "ongewijzigd" } else { "veranderd of verdwenen" };
    let kept = Check::that(same, "dezelfde logregel als voor de aanval", observed).on([after.answer.id]);
    w.recorder.expect_all([refused, kept])
}

#[when("het overzicht van deze patiënt wordt opgevraagd")]
async fn overview(w: &mut World) -> Result<(), Stop> {
    look(w, Hook::Overview).await
}

#[then("noemt het overzicht elke organisatie met tijdstip, soort gegevens en bron")]
async fn viewers(w: &mut World) -> Step {
    let seen = seen(w)?;
    let records = seen.found.iter().map(|found| found.as_ref().map(|(record, _)| record));
    let checks: Vec<Check> =
        w.kept.sent.iter().zip(records).flat_map(|(sent, record)| log::viewed(record, sent)).collect();
    w.recorder.expect_all(checks.into_iter().map(|check| check.on([seen.answer.id.clone()])))
}

/// The request with a number of its own, so that it can be found back.
fn numbered(w: &World, request: Request) -> Request {
    request.header("X-Request-Id", &w.recorder.uuid())
}
