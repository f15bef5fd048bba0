//! The product receives: we tell it that a referral or a handover is there, and it fetches it from us.

use std::sync::Arc;

use cucumber::{given, then, when};
use keur_counterparty::{
    bgz::Failing,
    oauth::Tokens,
    transfer::{FHIR, Kind as Playing, Sender, State, TOKEN, composition, notification, queries, workflow},
};
use keur_evidence::{Check, Step, Stop, event::Reason, heard::Heard, http::Request};
use keur_probes::{
    http,
    transfer::{Kind, receiving},
};
use serde_json::{Value, json};
use url::Url;

use super::transfer::{kind, our_ura, tokens};
use crate::{World, desk::Said, run::Party};

/// The service under whose address the product finds us as a sender.
const SENDER: &str = "verzender";
/// What every token request speaks of: cases that play the sender wait for each other.
const TOKEN_REQUEST: &str = "client_credentials";

/// What is there for the product.
pub struct Offered {
    kind: Kind,
    id: String,
    bsn: String,
    task: Value,
    base: String,
    /// What the product asked so far.
    heard: Vec<Heard>,
    /// How much of that came before the latest notification.
    before: usize,
    /// What the product tells of it.
    said: Option<Said>,
    script: Arc<Sender>,
}

fn playing(kind: Kind) -> Playing {
    match kind {
        Kind::Referral => Playing::Referral,
        Kind::Handover => Playing::Handover,
    }
}

fn product_ura(w: &World) -> Result<String, Stop> {
    let declared = w.run.product.counterparty.as_ref();
    let ura = declared.and_then(|declared| declared.client_ura.clone());
    ura.ok_or_else(|| w.recorder.not_declared("[counterparty] client_ura"))
}

/// A product may use a token as long as it lives, also when the next case has begun. Nothing of it is on record but what
/// the desk notes, so a replay needs no order here.
fn lasting(w: &World) -> Result<Arc<Tokens>, Stop> {
    let own = tokens(w)?;
    Ok(Arc::clone(w.run.sender_tokens.get_or_init(|| Arc::new(own))))
}

async fn offer(w: &mut World, kind: Kind, state: State) -> Result<(), Stop> {
    let (bsn, from, to) = (w.bsn_for("complete")?, our_ura(w)?, product_ura(w)?);
    let id = w.recorder.uuid();
    let parties = [from.as_str(), to.as_str()];
    let tokens = lasting(w)?;
    let script: Arc<Sender> = Arc::new(Sender::new(tokens, playing(kind), &id, &bsn, parties, state));
    let status = match (state, kind) {
        (State::Closed(status), _) => status,
        (_, Kind::Referral) => "requested",
        (_, Kind::Handover) => "in-progress",
    };
    let task = workflow(playing(kind), &id, &bsn, parties, status);
    let mut base = String::new();
    for content in [TOKEN_REQUEST, &id, &bsn] {
        base = w.desk_at(SENDER, content, script.clone()).await?;
    }
    w.kept.offered =
        Some(Offered { kind, id, bsn, task, base, heard: Vec::new(), before: 0, said: None, script });
    Ok(())
}

fn offered(w: &World) -> Result<&Offered, Stop> {
    w.kept.offered.as_ref().ok_or_else(|| w.recorder.broken("er is nog niets voor het product"))
}

#[given(expr = "een {word} van keur voor het product")]
async fn open(w: &mut World, name: String) -> Step {
    let kind = kind(w, &name)?;
    offer(w, kind, State::Open).await
}

#[given(expr = "een {word} van keur {string}")]
async fn otherwise(w: &mut World, name: String, how: String) -> Step {
    let kind = kind(w, &name)?;
    let state = match how.as_str() {
        "die al is afgerond" => State::Closed("completed"),
        "die is ingetrokken" => State::Closed("cancelled"),
        "die er niet is" => State::Gone,
        "waarvan een antwoord een fout is" => State::Failing(Failing::Error),
        "waarvan een antwoord halverwege afbreekt" => State::Failing(Failing::Half),
        "waarvan een antwoord uitblijft" => State::Failing(Failing::Silent),
        other => return Err(w.recorder.broken(&format!("onbekende toestand {other:?}"))),
    };
    offer(w, kind, state).await
}

/// Posts the notification; with a token, unless its absence is the test.
async fn notify(w: &mut World, with_token: bool, purpose: &str) -> Result<(), Stop> {
    let Offered { kind, id, .. } = offered(w)?;
    let (kind, id) = (*kind, id.clone());
    let address = w.run.product.endpoints.notification.clone();
    let address = address.ok_or_else(|| w.recorder.not_declared("[endpoints] notification"))?;
    let below = if kind == Kind::Referral { "Task" } else { id.as_str() };
    let url = Url::parse(&format!("{address}/{below}"));
    let url = url.map_err(|_| w.recorder.not_declared("[endpoints] notification"))?;
    let request = Request::new(purpose, "POST", url, w.run.tls_identity(Party::A))
        .header("Accept", "application/fhir+json")
        .header("X-Request-Id", &w.recorder.uuid());
    let request = if kind == Kind::Referral {
        let (from, to) = (our_ura(w)?, product_ura(w)?);
        let ids = [w.recorder.uuid(), w.recorder.uuid(), w.recorder.uuid()];
        let body = notification(&id, [&from, &to], [&ids[0], &ids[1], &ids[2]]);
        request.content("application/fhir+json", body.to_string())
    } else {
        request
    };
    let request = if with_token && w.run.uses_tokens() {
        let token = w.token_of(Party::A).await?;
        w.with_token(request, &token, Party::A)
    } else {
        request
    };
    w.send(request).await.map(drop)
}

/// Posts the notification and has the product act on it.
async fn deliver(w: &mut World) -> Step {
    notify(w, true, "melden dat er iets klaarstaat").await?;
    let accepted = http::status_in(w.answer()?, &[200, 201, 202]);
    if !accepted.holds() {
        let detail = format!("het product neemt de melding niet aan: {}", w.answer()?.describe());
        return Err(w.recorder.cannot_tell(Reason::Precondition, "notification_refused", &detail));
    }
    act(w).await
}

/// Has the product act on the notification.
async fn act(w: &mut World) -> Step {
    let Offered { kind, id, base, .. } = offered(w)?;
    let about = json!({
        "kind": kind.name(),
        "task": id,
        "sender_ura": our_ura(w)?,
        "fhir_base": format!("{base}{FHIR}"),
        "token_endpoint": format!("{base}{TOKEN}"),
    });
    let said = w.trigger("receive", about, "haal op wat er is gemeld en rond het af").await?;
    if let Some(offered) = &mut w.kept.offered {
        offered.said = Some(said);
    }
    Ok(())
}

fn keep(w: &mut World, heard: Vec<Heard>) {
    if let Some(offered) = &mut w.kept.offered {
        offered.before = offered.heard.len();
        offered.heard = heard;
    }
}

#[given("het product heeft haar ontvangen en afgerond")]
#[when("keur meldt dat zij klaarstaat")]
async fn delivered(w: &mut World) -> Step {
    deliver(w).await?;
    let id = offered(w)?.id.clone();
    let done = |calls: &[Heard]| receiving::statuses(calls, &id).iter().any(|status| status == "completed");
    let heard = w.heard("het ophalen door het product", done).await?;
    keep(w, heard);
    Ok(())
}

/// The product may do little or nothing: only it can say that it is done.
#[when("keur meldt dat zij klaarstaat en het product klaar is")]
#[when("keur hetzelfde nog eens meldt")]
async fn delivered_perhaps(w: &mut World) -> Step {
    deliver(w).await?;
    let heard = w.heard_any("het ophalen door het product").await?;
    keep(w, heard.calls);
    Ok(())
}

#[when("keur meldt dat zij klaarstaat, zonder token")]
async fn notified_without_token(w: &mut World) -> Result<(), Stop> {
    notify(w, false, "melden zonder token").await
}

#[when("keur nog iets anders meldt voordat het eerste is opgehaald")]
async fn another(w: &mut World) -> Step {
    notify(w, true, "de eerste melding").await?;
    // Nothing lies behind the second one; the product finds that out when it looks.
    let (first, second) = (offered(w)?.id.clone(), w.recorder.uuid());
    let script = Arc::clone(&offered(w)?.script);
    w.desk_at(SENDER, &second, script).await?;
    for id in [&second, &first] {
        if let Some(offered) = &mut w.kept.offered {
            offered.id.clone_from(id);
        }
        if *id == second {
            notify(w, true, "een tweede melding, van iets anders").await?;
        }
        // So that nothing stays open; a person need not be troubled with it.
        if w.run.product.hooks.trigger.is_some() {
            act(w).await?;
        }
    }
    Ok(())
}

#[then("neemt het product elke melding aan")]
async fn taken(w: &mut World) -> Step {
    let own = w.run.product.endpoints.notification.clone().unwrap_or_default();
    let posted = w.answers.iter().filter(|answer| answer.request.url.as_str().starts_with(&own));
    let checks: Vec<Check> = posted.map(|answer| http::status_in(answer, &[200, 201, 202])).collect();
    w.recorder.expect_all(checks)
}

#[then("weigert het product de melding zonder token")]
async fn refused(w: &mut World) -> Step {
    let check = http::status_in(w.answer()?, &[401, 403]);
    w.recorder.expect(check)
}

#[then("haalt het product de Task op en precies wat daarin staat")]
async fn as_listed(w: &mut World) -> Step {
    let Offered { kind, id, bsn, heard, .. } = offered(w)?;
    let listed = match kind {
        Kind::Referral => queries(bsn),
        Kind::Handover => vec![format!("{}/$document", composition(id))],
    };
    let checks = [receiving::fetched(heard, id), receiving::as_listed(heard, &listed)];
    w.recorder.expect_all(checks)
}

#[then("draagt elk verzoek het token dat keur gaf")]
async fn with_token(w: &mut World) -> Step {
    let check = receiving::with_token(&offered(w)?.heard);
    w.recorder.expect(check)
}

#[then("doorloopt de Task de statussen tot en met afgerond")]
async fn completed(w: &mut World) -> Step {
    let Offered { kind, id, task, heard, .. } = offered(w)?;
    let from = task["status"].as_str().unwrap_or_default();
    let checks = receiving::completed(heard, id, *kind, from);
    w.recorder.expect_all(checks)
}

#[then("blijft de rest van de Task zoals zij was")]
async fn kept(w: &mut World) -> Step {
    let Offered { id, task, heard, .. } = offered(w)?;
    let check = receiving::kept(heard, id, task);
    w.recorder.expect(check)
}

#[then("leidt de tweede melding niet tot een tweede overdracht")]
async fn once(w: &mut World) -> Step {
    let Offered { id, heard, before, .. } = offered(w)?;
    let (first, again) = heard.split_at((*before).min(heard.len()));
    let check = receiving::once(first, again, id);
    w.recorder.expect(check)
}

#[then("laat het product de Task verder met rust")]
async fn left_alone(w: &mut World) -> Step {
    let Offered { id, heard, .. } = offered(w)?;
    if !receiving::read(heard, id) {
        let detail = "het product heeft de Task niet gelezen en kon dus niet weten dat er niets te halen is";
        return Err(w.recorder.cannot_tell(Reason::Precondition, "task_unread", detail));
    }
    let check = receiving::left_alone(heard, id);
    w.recorder.expect(check)
}

#[then("meldt het product de overdracht niet als geslaagd")]
async fn not_completed(w: &mut World) -> Step {
    let Offered { id, heard, said, .. } = offered(w)?;
    if receiving::data(heard).next().is_none() {
        let detail = "het product heeft niets opgevraagd, dus er kon niets mislukken";
        return Err(w.recorder.cannot_tell(Reason::Precondition, "nothing_asked", detail));
    }
    let mut checks = vec![receiving::not_completed(heard, id)];
    let told = said.as_ref().and_then(|said| Some((said.id.clone(), said.body.as_ref()?)));
    if let Some((exchange, body)) = told {
        let error = body["error"].as_str().filter(|error| !error.is_empty());
        let observed = error.map_or_else(|| "geen fout".to_owned(), |error| format!("fout: {error}"));
        let check =
            Check::that(error.is_some(), "het product zegt dat de overdracht niet volledig is", observed);
        checks.push(check.on(exchange));
    }
    w.recorder.expect_all(checks)
}
