//! The access log, read over the hook of the test environment.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use cucumber::{given, then, when};
use keur_evidence::{
    Check, Step, Stop,
    event::Reason,
    http::{Answer, Request},
};
use keur_probes::{
    fhir::bundle,
    log::{self, Sent},
};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use url::Url;

use super::kept::ask;
use crate::{World, person, run::Party, shared::Logged};

/// Between two looks in the log.
const PAUSE: Duration = Duration::from_millis(150);
/// How far the last look goes back: a log with a clock far behind holds the record, but not since the request.
const FAR: time::Duration = time::Duration::hours(25);

fn skew(w: &World) -> time::Duration {
    time::Duration::seconds(w.run.parameter("clock_skew_max_s", 5))
}

fn limit(w: &World) -> Duration {
    Duration::from_secs(u64::try_from(w.run.parameter("log_within_s", 10)).unwrap_or(10))
}

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
    let answer = w.recorder.http(request).await?;
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

#[then("noemt de logregel geen gebruiker")]
async fn nobody_invented(w: &mut World) -> Step {
    judge(w, [log::nobody_invented(&record(w)?, &logged(w)?.sent.ura)])
}

fn logged(w: &World) -> Result<Arc<Logged>, Stop> {
    w.kept.logged.clone().ok_or_else(|| w.recorder.broken("het logboek is nog niet opgevraagd"))
}

/// The record; without one nothing in it can be judged.
fn record(w: &World) -> Result<Value, Stop> {
    let record = logged(w)?.record.as_ref().map(|(record, _)| record.clone());
    let detail = "er is geen logregel van dit verzoek om naar te kijken";
    record.ok_or_else(|| w.recorder.cannot_tell(Reason::Precondition, "no_record", detail))
}

/// Checks on a record rest on the request and on the export it was found in.
fn judge(w: &World, checks: impl IntoIterator<Item = Check>) -> Step {
    let logged = logged(w)?;
    let evidence = [logged.answer.id.clone(), logged.export.clone()];
    w.recorder.expect_all(checks.into_iter().map(|check| check.on(evidence.clone())))
}

/// Looks in the log until the record of the request is there, or the agreed time is over.
async fn look_up(
    w: &World,
    purpose: &str,
    answer: Answer,
    (at, answered): (OffsetDateTime, OffsetDateTime),
) -> Result<Logged, Stop> {
    let declared = w.run.product.identity.party_a.as_ref();
    let request_id = answer.request.headers.iter().find(|(name, _)| name == "X-Request-Id");
    let sent = Sent {
        request_id: request_id.map(|(_, value)| value.clone()).unwrap_or_default(),
        bsn: w.bsn_for(purpose)?,
        ura: declared.and_then(|party| party.ura.clone()).unwrap_or_default(),
        at,
        answered,
    };
    let wait = "wachten op de logregel";
    let (began, limit) = (w.recorder.clock(wait)?, limit(w));
    loop {
        let waited = w.recorder.clock(wait)? - began;
        let over = waited >= limit;
        let since = at - if over { FAR } else { skew(w) };
        let export = w.recorder.http(export_request(w, since)?).await?;
        let record = found(w, &export, &sent)?;
        if record.is_some() || over {
            let seconds = (w.recorder.clock(wait)? - began).as_seconds_f64();
            return Ok(Logged { sent, answer, export: export.id, record, seconds });
        }
        w.recorder.pause(PAUSE).await;
    }
}

fn found(w: &World, export: &Answer, sent: &Sent) -> Result<Option<(Value, log::Match)>, Stop> {
    let json =
        export.response().filter(|response| response.status == 200).and_then(|response| response.json());
    let Some(json) = json else {
        let detail = format!("het logboek is niet uit te lezen: {}", export.describe());
        return Err(w.recorder.cannot_tell(Reason::Precondition, "log_export", &detail));
    };
    let records = log::records(json);
    Ok(log::find(&records, sent, skew(w)).map(|(record, how)| (record.clone(), how)))
}

fn export_request(w: &World, since: OffsetDateTime) -> Result<Request, Stop> {
    let missing = || w.recorder.not_declared("[hooks] log_export");
    let hook = w.run.product.hooks.log_export.as_deref().ok_or_else(missing)?;
    let mut url = Url::parse(hook).map_err(|_| missing())?;
    let since = since.replace_nanosecond(0).unwrap_or(since).format(&Rfc3339).unwrap_or_default();
    url.query_pairs_mut().append_pair("since", &since);
    let identity = w.run.tls_identity(Party::A);
    let request =
        Request::new("logboek uitlezen", "GET", url, identity).header("Accept", "application/fhir+json");
    Ok(match &w.run.hook_token {
        Some(token) => request.header("Authorization", &format!("Bearer {token}")),
        None => request,
    })
}
