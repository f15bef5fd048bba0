//! The product sends: a referral or a nursing handover to us. What it tells us, and what we then get from it.

use std::sync::Arc;

use cucumber::{given, then, when};
use keur_counterparty::{
    oauth::Tokens,
    transfer::{NOTIFICATIONS, Receiver, Reception, TOKEN},
};
use keur_evidence::{Check, Step, Stop, event::Reason, heard::Heard, http::Answer};
use keur_probes::{
    fhir::{bundle, compartment, query::filled},
    http,
    transfer::{Kind, document, notification, report, task},
};
use serde_json::{Value, json};

use super::transfer_token::shown;
use crate::{World, desk::Said, run::Party};

/// Clinical data, beside the Patient itself.
const CLINICAL: &str = "Condition?patient.identifier={bsn}";

/// What the product sent us.
pub struct Sent {
    kind: Kind,
    bsn: String,
    said: Said,
    /// What it asked us.
    heard: Vec<Heard>,
    /// The Task as we read it last.
    task: Option<Value>,
}

/// A token endpoint of ours for the product as a client.
pub(super) fn tokens(w: &World) -> Result<Tokens, Stop> {
    let declared = w.run.product.counterparty.as_ref();
    let client = declared.and_then(|declared| declared.client_id.clone());
    let client = client.ok_or_else(|| w.recorder.not_declared("[counterparty] client_id"))?;
    if declared.is_none_or(|declared| declared.client_jwks.is_none()) {
        return Err(w.recorder.not_declared("[counterparty] client_jwks"));
    }
    let keys = w.run.client_keys.clone().unwrap_or_default();
    Ok(Tokens::new(&client, keys, &w.recorder.uuid()))
}

/// The exchange a feature names.
pub(super) fn kind(w: &World, name: &str) -> Result<Kind, Stop> {
    Kind::parse(name).ok_or_else(|| w.recorder.broken(&format!("onbekende uitwisseling {name:?}")))
}

/// The URA as which we receive and send.
pub(super) fn our_ura(w: &World) -> Result<String, Stop> {
    let party = w.run.product.identity.party_a.as_ref();
    let ura = party.and_then(|party| party.ura.clone());
    ura.ok_or_else(|| w.recorder.not_declared("[identity.party_a] ura"))
}

/// Has the product send; `None` of a notification is the caller's to judge.
async fn send(w: &mut World, kind: Kind, reception: Reception) -> Result<(), Stop> {
    if w.purpose() == "no_consent" {
        // What a referral of this patient opens must be the doing of this case alone.
        w.hold(Arc::clone(&w.run.consent)).await;
    }
    let (bsn, ura) = (w.bsn_for(w.purpose())?, our_ura(w)?);
    let script = Arc::new(Receiver::new(tokens(w)?, reception));
    let base = w.desk("ontvanger", script).await?;
    let about = json!({
        "kind": kind.name(),
        "bsn": bsn,
        "receiver_ura": ura,
        "notification": format!("{base}{NOTIFICATIONS}"),
        "token_endpoint": format!("{base}{TOKEN}"),
    });
    let what = match kind {
        Kind::Referral => "verwijs deze patiënt met een BgZ naar deze organisatie",
        Kind::Handover => "draag deze patiënt verpleegkundig over aan deze organisatie",
    };
    let said = w.trigger("send", about, what).await?;
    let heard = w.heard("de melding", |calls| calls.iter().any(notification::is_one)).await?;
    w.kept.transferred = Some(Sent { kind, bsn, said, heard, task: None });
    Ok(())
}

fn sent(w: &World) -> Result<&Sent, Stop> {
    w.kept.transferred.as_ref().ok_or_else(|| w.recorder.broken("het product heeft nog niets gestuurd"))
}

/// The notification; without one nothing about it can be told.
fn notified(w: &World) -> Result<&Heard, Stop> {
    let found = sent(w)?.heard.iter().find(|heard| notification::is_one(heard));
    let none = || w.recorder.cannot_tell(Reason::Precondition, "no_notification", "er kwam geen melding");
    found.ok_or_else(none)
}

fn task_id(w: &World) -> Result<String, Stop> {
    let id = notification::task(sent(w)?.kind, notified(w)?);
    let none = || w.recorder.cannot_tell(Reason::Precondition, "no_task", "de melding noemt geen Task");
    id.ok_or_else(none)
}

async fn ask(w: &mut World, party: Party, purpose: &str, path: &str) -> Result<(), Stop> {
    let request = w.bare(party, purpose, "GET", path)?;
    let request = shown(w, request, party).await?;
    w.send(request).await.map(drop)
}

#[given(expr = "een {word} van deze patiënt naar keur")]
#[when(expr = "het product een {word} van deze patiënt naar keur stuurt")]
async fn sends(w: &mut World, name: String) -> Step {
    let kind = kind(w, &name)?;
    send(w, kind, Reception::Taken).await?;
    notified(w).map(drop)
}

#[given(expr = "een {word} waarvan het product zegt dat de melding is aangekomen")]
async fn claims_sent(w: &mut World, name: String) -> Step {
    sends(w, name).await?;
    let check = claim(w, true)?;
    w.recorder.expect(check)
}

#[when(expr = "het product een {word} stuurt en de ontvanger {string}")]
async fn sends_in_vain(w: &mut World, name: String, reception: String) -> Step {
    let kind = kind(w, &name)?;
    let reception = match reception.as_str() {
        "een fout geeft" => Reception::Error,
        "de melding weigert" => Reception::Refused,
        "niet antwoordt" => Reception::Silent,
        other => return Err(w.recorder.broken(&format!("onbekende ontvangst {other:?}"))),
    };
    send(w, kind, reception).await
}

#[then("zegt het product dat de melding niet is aangekomen")]
async fn claims_unsent(w: &mut World) -> Step {
    notified(w)?;
    let check = claim(w, false)?;
    w.recorder.expect(check)
}

/// What the product tells of the notification: only its hook can.
fn claim(w: &World, arrived: bool) -> Result<Check, Stop> {
    let said = &sent(w)?.said;
    let Some(claimed) = said.body.as_ref().and_then(|body| body["sent"].as_bool()) else {
        let detail = "wat het product over de melding zegt, is alleen te zien als [hooks] trigger met `sent` antwoordt";
        return Err(w.recorder.cannot_tell(Reason::Precondition, "trigger_silent", detail));
    };
    let words = |arrived| if arrived { "de melding is aangekomen" } else { "de melding is niet aangekomen" };
    let check =
        Check::that(claimed == arrived, format!("het product zegt: {}", words(arrived)), words(claimed));
    Ok(check.on(said.id.clone()))
}

#[then("bevat de melding geen persoonsgegevens")]
async fn about_nobody(w: &mut World) -> Step {
    let bsn = sent(w)?.bsn.clone();
    // How else the patient can be recognised, the product itself tells the receiver.
    let search = w.patient_search(w.purpose())?;
    let request = w.authorised(Party::A, "de patiënt van de melding", "GET", &search).await?;
    let answer = w.http(request).await?;
    let marks = marks(&answer);
    let check = notification::about_nobody(notified(w)?, &bsn, &marks);
    w.recorder.expect(check)
}

/// Family names and birth date in an answer.
fn marks(answer: &Answer) -> Vec<String> {
    let patients = bundle::searchset(answer).into_iter().flat_map(bundle::matches);
    let mut marks = Vec::new();
    for patient in patients.filter(|one| one["resourceType"] == "Patient") {
        let names = patient["name"].as_array().into_iter().flatten();
        let families = names.filter_map(|name| name["family"].as_str());
        let all = families.chain(patient["birthDate"].as_str());
        marks.extend(all.filter(|mark| mark.len() > 3).map(str::to_owned));
    }
    marks
}

#[then("is de melding volledig en gericht aan keur")]
async fn complete(w: &mut World) -> Step {
    let checks = notification::complete(notified(w)?, &our_ura(w)?);
    w.recorder.expect_all(checks)
}

#[then("komt de melding met het token dat keur gaf")]
async fn with_token(w: &mut World) -> Step {
    let check = notification::with_token(notified(w)?);
    w.recorder.expect(check)
}

#[then("heeft de melding geen inhoud en noemt haar adres de Task")]
async fn empty(w: &mut World) -> Step {
    let heard = notified(w)?;
    let id = notification::task(Kind::Handover, heard);
    let named = Check::that(
        id.is_some(),
        "het nummer van de Task aan het eind van het adres",
        id.unwrap_or_else(|| heard.describe()),
    );
    let checks = [notification::empty(heard), named.on([heard.id.clone()])];
    w.recorder.expect_all(checks)
}

#[when("keur de Task leest")]
async fn reads(w: &mut World) -> Result<(), Stop> {
    let path = format!("Task/{}", task_id(w)?);
    ask(w, Party::A, "de Task lezen", &path).await?;
    let task = task::of(w.answer()?).cloned();
    if let Some(sent) = &mut w.kept.transferred {
        sent.task = task;
    }
    Ok(())
}

#[given("keur heeft de Task gelezen")]
async fn has_read(w: &mut World) -> Step {
    reads(w).await?;
    let check = http::status(w.answer()?, 200);
    w.recorder.expect(check)
}

#[then(expr = "heeft de Task het profiel en de inhoud van een {word}")]
async fn content(w: &mut World, name: String) -> Step {
    let kind = kind(w, &name)?;
    let checks = task::content(w.answer()?, kind);
    w.recorder.expect_all(checks)
}

fn known(w: &World) -> Result<Value, Stop> {
    let task = sent(w)?.task.clone();
    task.ok_or_else(|| w.recorder.cannot_tell(Reason::Precondition, "no_task", "de Task is niet te lezen"))
}

fn queries(w: &World) -> Result<Vec<String>, Stop> {
    let queries = task::queries(&known(w)?);
    if queries.is_empty() {
        let detail = "de Task noemt geen zoekvragen";
        return Err(w.recorder.cannot_tell(Reason::Precondition, "no_queries", detail));
    }
    Ok(queries)
}

#[when("keur alle zoekvragen uit de Task doet")]
async fn fetches(w: &mut World) -> Result<(), Stop> {
    let queries = queries(w)?;
    w.answers.clear();
    for query in queries {
        let purpose = format!("zoekvraag {} uit de Task", query.split('?').next().unwrap_or_default());
        ask(w, Party::A, &purpose, &query).await?;
    }
    Ok(())
}

#[then("gaat alles wat keur kreeg over deze patiënt")]
async fn only_this_patient(w: &mut World) -> Step {
    let check = compartment::only_the_asked_in(&w.answers, &sent(w)?.bsn);
    w.recorder.expect(check)
}

#[when(expr = "keur de testpatiënt {string} opvraagt, over wie de verwijzing niet gaat")]
async fn another_patient(w: &mut World, name: String) -> Result<(), Stop> {
    let purpose = super::basis::purpose(&name);
    let purpose = purpose.ok_or_else(|| w.recorder.broken(&format!("onbekende testpatiënt {name:?}")))?;
    let paths = [w.patient_search(purpose)?, filled(CLINICAL, &w.bsn_for(purpose)?)];
    w.answers.clear();
    for path in paths {
        ask(w, Party::A, "opvraging over een andere patiënt", &path).await?;
    }
    Ok(())
}

#[then("krijgt keur geen gegevens van deze patiënt")]
async fn nothing(w: &mut World) -> Step {
    let mut checks = Vec::new();
    for answer in &w.answers {
        if let Err(transport) = &answer.reply {
            let detail = format!("zonder antwoord is niets vast te stellen: {transport}");
            return Err(w.recorder.cannot_tell(http::reason(transport.failure), "unreachable", &detail));
        }
        checks.push(http::no_patient_data(answer, &[]));
    }
    w.recorder.expect_all(checks)
}

#[given("keur krijgt de gegevens van deze patiënt")]
async fn control(w: &mut World) -> Step {
    let search = w.patient_search(w.purpose())?;
    ask(w, Party::A, "positieve controle: opvraging zoals het hoort", &search).await?;
    let served = bundle::served(w.answer()?);
    w.recorder.expect_all(served)
}

#[when("keur deze patiënt opnieuw opvraagt")]
async fn asks_again(w: &mut World) -> Result<(), Stop> {
    let search = w.patient_search(w.purpose())?;
    w.answers.clear();
    ask(w, Party::A, "opvraging na het einde van de verwijzing", &search).await
}

#[when("keur deze patiënt opvraagt en daarna de Task afwijst")]
async fn asks_and_rejects(w: &mut World) -> Result<(), Stop> {
    let paths = [w.patient_search(w.purpose())?, filled(CLINICAL, &w.bsn_for(w.purpose())?)];
    w.answers.clear();
    for path in paths {
        ask(w, Party::A, "opvraging na een verwijzing", &path).await?;
    }
    let answers = std::mem::take(&mut w.answers);
    // The next case must not find this referral still open.
    gives_status(w, "rejected".to_owned()).await?;
    w.answers = answers;
    Ok(())
}

#[then("krijgt keur de gegevens van deze patiënt")]
async fn served(w: &mut World) -> Step {
    let checks: Vec<_> = w.answers.iter().flat_map(bundle::served).collect();
    w.recorder.expect_all(checks)
}

#[when(expr = "keur de Task de status {string} geeft")]
async fn gives_status(w: &mut World, status: String) -> Result<(), Stop> {
    let mut task = known(w)?;
    task["status"] = status.as_str().into();
    let path = format!("Task/{}", task_id(w)?);
    let purpose = format!("de Task de status {status} geven");
    let request = w.bare(Party::A, &purpose, "PUT", &path)?;
    let request = request.content("application/fhir+json", task.to_string());
    let request = shown(w, request, Party::A).await?;
    w.send(request).await.map(drop)
}

#[given(expr = "keur heeft de Task de status {string} gegeven")]
async fn has_given_status(w: &mut World, status: String) -> Step {
    gives_status(w, status).await?;
    let check = http::status_in(w.answer()?, &[200, 201]);
    w.recorder.expect(check)
}

#[then("neemt het product elke wijziging aan")]
async fn all_taken(w: &mut World) -> Step {
    let puts = w.answers.iter().filter(|answer| answer.request.method == "PUT");
    let checks: Vec<_> = puts.map(|answer| http::status_in(answer, &[200, 201])).collect();
    w.recorder.expect_all(checks)
}

#[then("weigert het product deze wijziging")]
async fn put_refused(w: &mut World) -> Step {
    let check = http::client_error(w.answer()?);
    w.recorder.expect(check)
}

#[then(expr = "heeft de Task daarna de status {string}")]
async fn status_after(w: &mut World, status: String) -> Step {
    reads(w).await?;
    let check = task::has_status(w.answer()?, &status);
    w.recorder.expect(check)
}

#[when("een andere organisatie de Task leest")]
async fn other_reads(w: &mut World) -> Result<(), Stop> {
    let path = format!("Task/{}", task_id(w)?);
    ask(w, Party::B, "de Task lezen als een andere organisatie", &path).await
}

#[when("keur het document van de overdracht ophaalt")]
async fn fetches_document(w: &mut World) -> Result<(), Stop> {
    ask_document(w, Party::A).await
}

#[when("een andere organisatie het document van de overdracht ophaalt")]
async fn other_fetches_document(w: &mut World) -> Result<(), Stop> {
    ask_document(w, Party::B).await
}

#[given("keur heeft het document van de overdracht gekregen")]
async fn has_document(w: &mut World) -> Step {
    ask_document(w, Party::A).await?;
    let check = http::status(w.answer()?, 200);
    w.recorder.expect(check)
}

async fn ask_document(w: &mut World, party: Party) -> Result<(), Stop> {
    let composition = task::composition(&known(w)?);
    let none =
        || w.recorder.cannot_tell(Reason::Precondition, "no_document", "de Task noemt geen Composition");
    let path = format!("{}/$document", composition.ok_or_else(none)?);
    ask(w, party, "het document van de overdracht ophalen", &path).await
}

#[then("is het document volledig")]
async fn whole_document(w: &mut World) -> Step {
    let checks = document::whole(w.answer()?, &sent(w)?.bsn);
    w.recorder.expect_all(checks)
}

#[then("heeft het document de vaste onderdelen van een overdracht")]
async fn parts(w: &mut World) -> Step {
    let checks = report::has_parts(w.answer()?);
    w.recorder.expect_all(checks)
}

#[then("krijgt keur het document")]
async fn given_document(w: &mut World) -> Step {
    let checks = document::served(w.answer()?);
    w.recorder.expect_all(checks)
}

#[then("weigert het product dit aan de andere organisatie")]
async fn refused(w: &mut World) -> Step {
    let answer = w.answer()?;
    let checks = [http::client_error(answer), http::no_patient_data(answer, &[])];
    w.recorder.expect_all(checks)
}
