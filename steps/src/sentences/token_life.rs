//! A token after it was issued: what introspection says of it (RFC 7662), and that a revoked one is dead (RFC 7009).

use std::time::Duration;

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop, event::Reason, http::Request};
use keur_probes::{fhir::bundle, http, jose::flip_signature, oauth::Token};
use serde_json::{Value, json};
use url::Url;

use super::{keysets::PATIENCE_S, token_endpoint::declared, tokens};
use crate::{World, run::Party};

fn introspection(w: &World) -> Result<Url, Stop> {
    declared(w, "introspection", w.run.product.endpoints.introspection.as_ref())
}

fn revocation(w: &World) -> Result<Url, Stop> {
    declared(w, "revocation", w.run.product.endpoints.revocation.as_ref())
}

#[given("een product met een adres voor introspectie")]
async fn introspects(w: &mut World) -> Step {
    introspection(w).map(drop)
}

#[given("een product met een adres voor het intrekken van tokens")]
async fn revokes(w: &mut World) -> Step {
    revocation(w).map(drop)
}

/// The token of this scenario alone: nobody else is hurt when it dies.
fn own(w: &World) -> Result<Token, Stop> {
    w.token.clone().ok_or_else(|| w.recorder.broken("er is nog geen token"))
}

/// A question about a token, by party A, authenticated as at the token endpoint.
fn about(w: &World, purpose: &str, url: Url, token: &str) -> Result<Request, Stop> {
    Ok(w.run.token_request(&w.recorder, Party::A)?.about(purpose, url, token))
}

/// The same without saying who asks.
fn anonymous(w: &World, purpose: &str, url: Url, token: &str) -> Result<Request, Stop> {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    request.assertion = None;
    Ok(request.about(purpose, url, token))
}

#[given("een geslaagde introspectie van een eigen token")]
async fn active(w: &mut World) -> Step {
    tokens::control(w, Party::A).await?;
    let request = about(w, "positieve controle: introspectie", introspection(w)?, &own(w)?.value)?;
    w.send(request).await?;
    let said = w.response()?.json().and_then(|json| json.get("active")).cloned().unwrap_or_default();
    let observed = format!("{}, active {said}", w.answer()?.describe());
    let check = Check::that(said == Value::Bool(true), "een geldig token is active", observed);
    w.recorder.expect(check.on([w.answer()?.id.clone()]))
}

#[when(expr = "introspectie wordt gevraagd {string}")]
async fn introspected(w: &mut World, case: String) -> Step {
    let (url, token) = (introspection(w)?, own(w)?.value);
    let purpose = format!("introspectie {case}");
    let request = match case.as_str() {
        "zonder aanmelden" => anonymous(w, &purpose, url, &token)?,
        "van een verzonnen token" => about(w, &purpose, url, &w.recorder.uuid())?,
        "van een token met een veranderde handtekening" => about(w, &purpose, url, &flip_signature(&token))?,
        other => return Err(w.recorder.broken(&format!("onbekende introspectie {other:?}"))),
    };
    w.send(request).await.map(drop)
}

#[then("zegt het antwoord niets over het token")]
async fn closed(w: &mut World) -> Step {
    let answer = w.answer()?;
    let said = answer.response().and_then(|response| response.json()).and_then(|json| json.get("active"));
    let observed = said.map_or_else(|| "geen active".to_owned(), |said| format!("active {said}"));
    let mute = Check::that(said.is_none(), "een antwoord zonder active", observed).on([answer.id.clone()]);
    let checks = [http::client_error(answer), mute];
    w.recorder.expect_all(checks)
}

#[then("zegt het antwoord alleen dat het token niet geldt")]
async fn mute(w: &mut World) -> Step {
    let answer = w.answer()?;
    let said = answer.response().and_then(|response| response.json()).cloned().unwrap_or_default();
    let observed = match said.as_object() {
        Some(members) => members.keys().cloned().collect::<Vec<_>>().join(", "),
        None => "geen JSON".to_owned(),
    };
    let only =
        Check::that(said == json!({ "active": false }), "alleen active, met de waarde false", observed);
    let checks = [http::status(answer, 200), only.on([answer.id.clone()])];
    w.recorder.expect_all(checks)
}

/// A search with the token of this scenario.
async fn search(w: &mut World, purpose: &str) -> Step {
    let path = w.patient_search(w.purpose())?;
    let request = w.bare(Party::A, purpose, "GET", &path)?;
    let request = w.with_token(request, &own(w)?, Party::A);
    w.send(request).await.map(drop)
}

#[given("een eigen token waarmee een opvraging slaagt")]
async fn works(w: &mut World) -> Step {
    tokens::control(w, Party::A).await?;
    search(w, "positieve controle: opvraging met een eigen token").await?;
    let checks = bundle::served(w.answer()?);
    w.recorder.expect_all(checks)
}

#[when("de client dat token intrekt")]
async fn revoked(w: &mut World) -> Step {
    let request = about(w, "token intrekken", revocation(w)?, &own(w)?.value)?;
    w.send(request).await?;
    let answer = w.answer()?;
    if answer.response().is_some_and(|response| response.status == 200) {
        return Ok(());
    }
    let detail = format!("het token is niet ingetrokken: {}", answer.describe());
    Err(w.recorder.cannot_tell(Reason::Precondition, "not_revoked", &detail))
}

#[when("iemand zonder zich aan te melden dat token intrekt")]
async fn revoked_by_nobody(w: &mut World) -> Step {
    let request = anonymous(w, "token intrekken zonder aanmelden", revocation(w)?, &own(w)?.value)?;
    w.send(request).await.map(drop)
}

#[then("wordt het intrekken geweigerd en werkt het token nog")]
async fn still_works(w: &mut World) -> Step {
    let refused = http::client_error(w.answer()?);
    search(w, "opvraging na de weigering om het token in te trekken").await?;
    let checks: Vec<Check> = std::iter::once(refused).chain(bundle::served(w.answer()?)).collect();
    w.recorder.expect_all(checks)
}

/// A product may go by what it knew as long as it declares, and for half the life of the token at most.
#[then("werkt dat token niet meer")]
async fn dead(w: &mut World) -> Step {
    let declared = w.run.product.oauth.as_ref().map_or(0, |oauth| oauth.introspection_max_age_s);
    let half = own(w)?.expires_in.and_then(|life| u64::try_from(life / 2).ok()).unwrap_or(declared);
    let patience = declared.min(half);
    if patience > PATIENCE_S {
        let detail = format!(
            "[oauth] introspection_max_age_s is {declared}; stel de bewaartijd in de testomgeving in op hooguit {PATIENCE_S} seconden"
        );
        return Err(w.recorder.cannot_tell(Reason::Configuration, "introspection_max_age", &detail));
    }
    let wait = "wachten tot het product weet dat het token is ingetrokken";
    let end = w.recorder.clock(wait)? + Duration::from_secs(patience);
    loop {
        search(w, "opvraging met een ingetrokken token").await?;
        let check = http::refused(w.answer()?);
        let left = Duration::try_from(end - w.recorder.clock(wait)?).unwrap_or_default();
        if check.holds() || left.is_zero() {
            return w.recorder.expect(check);
        }
        w.recorder.pause(left.min(Duration::from_secs(5))).await;
    }
}
