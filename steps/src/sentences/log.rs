//! The access log, read over the hook of the test environment.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop, event::Reason, http::Answer};
use keur_probes::{fhir::bundle, log};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{
    kept::ask,
    log_hook::{self, limit, skew},
};
use crate::{World, person, run::Party, shared::Logged};

#[given("een geslaagde opvraging met de logregel die daarbij hoort")]
async fn logged_search(w: &mut World) -> Step {
    let fresh = AtomicBool::new(false);
    if !w.shared().logged.initialized() {
        w.turn().await;
    }
    let made = w.shared().logged.get_or_try_init(|| async {
        fresh.store(true, Ordering::Relaxed);
        search_and_look_up(w).await.map(Arc::new)
    });
    let logged = Arc::clone(made.await?);
    if !fresh.into_inner() {
        let purpose = "deze opvraging en haar logregel zijn in deze uitvoering al opgehaald";
        w.recorder.observe("reuse", purpose, json!({ "exchanges": [logged.answer.id, logged.export] }))?;
    }
    let found = logged.record.is_some();
    w.kept.logged = Some(logged);
    if found {
        return Ok(());
    }
    let detail = format!("de opvraging staat na {} s nog niet in het logboek", limit(w).as_secs());
    Err(w.recorder.cannot_tell(Reason::Precondition, "no_record", &detail))
}

async fn search_and_look_up(w: &World) -> Result<Logged, Stop> {
    let _all = w.recorder.for_all();
    let path = w.patient_search("complete")?;
    let request = w.authorised(Party::A, "opvraging die in het logboek hoort", "GET", &path).await?;
    let at = w.recorder.clock("gevraagd")?;
    let answer = w.http(request).await?;
    let answered = w.recorder.clock("beantwoord")?;
    w.recorder.expect_all(bundle::served(&answer))?;
    look_up(w, "complete", answer, (at, answered)).await
}

#[when("het gevonden gegeven met zijn id wordt gelezen")]
async fn read(w: &mut World) -> Result<(), Stop> {
    let bundle = bundle::searchset(w.answer()?).unwrap_or_default();
    let found = bundle::matches(bundle).next().map(keur_probes::fhir::dossier::name);
    let found = found.ok_or_else(|| w.recorder.broken("er is nog niets gevonden om te lezen"))?;
    let request = w.authorised(Party::A, "lezen van één gegeven", "GET", &found).await?;
    ask(w, request).await
}

#[given("een opvraging met een token dat het product niet kent")]
async fn unknown_token(w: &mut World) -> Step {
    let path = w.patient_search(w.purpose())?;
    let request = w.bare(Party::A, "opvraging met een onbekend token", "GET", &path)?;
    let token = w.recorder.uuid();
    let request = request.header("Authorization", &format!("DPoP {token}"));
    ask(w, request).await?;
    let check = keur_probes::http::client_error(w.answer()?);
    w.recorder.expect(check)
}

#[given("een opvraging van een patiënt die de vrager niet mag inzien")]
async fn not_allowed(w: &mut World) -> Step {
    w.patient = Some("other");
    let path = w.patient_search("other")?;
    let request = w.authorised(Party::A, "opvraging zonder recht op inzage", "GET", &path).await?;
    ask(w, request).await?;
    let check = keur_probes::http::no_patient_data(w.answer()?, &[]);
    w.recorder.expect(check)
}

#[when("het logboek daarna wordt opgevraagd")]
async fn looked_up(w: &mut World) -> Result<(), Stop> {
    let asked = w.kept.asked.ok_or_else(|| w.recorder.broken("er is nog niets gevraagd"))?;
    let answer = w.answer()?.clone();
    let logged = look_up(w, w.purpose(), answer, asked).await?;
    w.kept.logged = Some(Arc::new(logged));
    Ok(())
}

#[then("staat het verzoek binnen de afgesproken tijd in het logboek")]
async fn in_time(w: &mut World) -> Step {
    let logged = logged(w)?;
    let expected = format!("een logregel van dit verzoek binnen {} seconden", limit(w).as_secs());
    let observed = match &logged.record {
        Some((_, log::Match::RequestId)) => format!("gevonden na {:.1} s, aan X-Request-Id", logged.seconds),
        Some((_, log::Match::Circumstances)) => {
            format!("gevonden na {:.1} s, aan patiënt, organisatie en tijd", logged.seconds)
        }
        None => format!("na {:.1} s geen logregel van dit verzoek", logged.seconds),
    };
    judge(w, [Check::that(logged.record.is_some(), expected, observed)])
}

#[then("noemt de logregel de gebeurtenis, de actie en de uitkomst")]
async fn event(w: &mut World) -> Step {
    let record = record(w)?;
    judge(w, [log::event(&record), log::action(&record), log::outcome(&record)])
}

#[then("heeft de logregel een tijd met tijdzone die klopt met de klok van de test")]
async fn moment(w: &mut World) -> Step {
    let checks = log::moment(&record(w)?, &logged(w)?.sent, skew(w));
    judge(w, checks)
}

#[then("noemt de logregel de gevraagde patiënt")]
async fn patient(w: &mut World) -> Step {
    let logged = logged(w)?;
    let bundle = bundle::searchset(&logged.answer).unwrap_or_default();
    let ids: Vec<String> =
        bundle::matches(bundle).filter_map(|one| one["id"].as_str().map(str::to_owned)).collect();
    judge(w, [log::patient(&record(w)?, &logged.sent, &ids)])
}

#[then("noemt de logregel de gebruiker met een nummer en een rol")]
async fn user(w: &mut World) -> Step {
    let checks = log::user(&record(w)?, w.run.variant == person::VARIANT);
    judge(w, checks)
}

#[then("noemt de logregel de vragende organisatie als verantwoordelijke")]
async fn responsible_organisation(w: &mut World) -> Step {
    judge(w, [log::responsible(&record(w)?, None)])
}

#[then("noemt de logregel de persoon uit het token als verantwoordelijke")]
async fn responsible_person(w: &mut World) -> Step {
    judge(w, [log::responsible(&record(w)?, Some(person::NUMBER))])
}

#[then("noemt de logregel het URA-nummer waarmee is gevraagd")]
async fn organisation(w: &mut World) -> Step {
    judge(w, [log::organisation(&record(w)?, &logged(w)?.sent.ura)])
}

#[then("noemt de logregel het autorisatieprotocol")]
async fn policy(w: &mut World) -> Step {
    judge(w, [log::policy(&record(w)?)])
}

#[then("noemt de logregel een uitkomst die geen succes is")]
async fn refused(w: &mut World) -> Step {
    judge(w, [log::refused(&record(w)?)])
}

#[then("heeft de logregel van de weigering alle verplichte onderdelen")]
async fn whole_refusal(w: &mut World) -> Step {
    judge(w, log::whole_refusal(&record(w)?))
}

#[then("draagt de logregel het nummer van het verzoek")]
async fn request_id(w: &mut World) -> Step {
    judge(w, [log::numbered(logged(w)?.record.as_ref().map(|(_, how)| *how))])
}

#[then("noemt de logregel geen gebruiker")]
async fn nobody_invented(w: &mut World) -> Step {
    judge(w, [log::nobody_invented(&record(w)?, &logged(w)?.sent.ura)])
}

pub(super) fn logged(w: &World) -> Result<Arc<Logged>, Stop> {
    w.kept.logged.clone().ok_or_else(|| w.recorder.broken("het logboek is nog niet opgevraagd"))
}

/// The record; without one nothing in it can be judged.
pub(super) fn record(w: &World) -> Result<Value, Stop> {
    let record = logged(w)?.record.as_ref().map(|(record, _)| record.clone());
    let detail = "er is geen logregel van dit verzoek om naar te kijken";
    record.ok_or_else(|| w.recorder.cannot_tell(Reason::Precondition, "no_record", detail))
}

/// Checks on a record rest on the request and on the export it was found in.
pub(super) fn judge(w: &World, checks: impl IntoIterator<Item = Check>) -> Step {
    let logged = logged(w)?;
    let evidence = [logged.answer.id.clone(), logged.export.clone()];
    w.recorder.expect_all(checks.into_iter().map(|check| check.on(evidence.clone())))
}

/// Looks for the record of one request of party A.
async fn look_up(
    w: &World,
    purpose: &str,
    answer: Answer,
    asked: (OffsetDateTime, OffsetDateTime),
) -> Result<Logged, Stop> {
    let sent = log_hook::sent(w, Party::A, purpose, &answer, asked)?;
    let mut seen = log_hook::look(w, log_hook::any(w), std::slice::from_ref(&sent)).await?;
    let record = seen.found.pop().flatten();
    Ok(Logged { sent, answer, export: seen.answer.id, record, seconds: seen.seconds })
}
