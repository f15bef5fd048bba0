//! Published keys: those of the product, and those of a client that replaces its own.

use std::time::Duration;

use cucumber::{given, then, when};
use keur_evidence::{Step, Stop, event::Reason, http::Request};
use keur_probes::{
    jose::{Signer, SigningKey},
    jwks,
    oauth::TokenRequest,
    tokens,
};
use serde_json::{Value, json};
use url::Url;

use crate::{World, person, run::Party, sentences::tokens as tokens_asked};

/// The longest cache time that is waited for: a step is bounded too.
pub(super) const PATIENCE_S: u64 = 45;

#[when("de sleutelset van het product wordt opgehaald")]
async fn fetch(w: &mut World) -> Step {
    let url = w.run.product.endpoints.jwks.as_deref().and_then(|url| Url::parse(url).ok());
    let url = url.ok_or_else(|| w.recorder.not_declared("[endpoints] jwks"))?;
    let request = Request::new("sleutelset van het product", "GET", url, w.run.tls_identity(Party::A));
    w.send(request.header("Accept", "application/json")).await.map(drop)
}

#[then("staan daarin alleen publieke, asymmetrische sleutels")]
async fn published(w: &mut World) -> Step {
    let checks = jwks::published(w.answer()?);
    w.recorder.expect_all(checks)
}

#[then("is het token met een van die sleutels ondertekend")]
async fn signed(w: &mut World) -> Step {
    let token = w.token.clone().ok_or_else(|| w.recorder.broken("er is nog geen token"))?;
    let answer = w.answer()?;
    let (id, keys) = (answer.id.clone(), jwks::keys(answer));
    if token.jwt.is_none() {
        let detail = "het toegangstoken is voor de client onleesbaar";
        return Err(w.recorder.inapplicable(
            "het toegangstoken is een JWT",
            "toegangstoken",
            &token.exchange,
            detail,
        ));
    }
    let keys = keys.ok_or_else(|| {
        w.recorder.cannot_tell(Reason::NoData, "no_keys", "het product publiceert geen sleutelset")
    })?;
    let (fact, verified) =
        w.recorder.witness("token_signature", "handtekening van het toegangstoken", || {
            jwks::verify_with(&token.value, &keys)
        })?;
    w.recorder.expect(jwks::verifies(&verified).on([token.exchange, id, fact]))
}

/// The two keys of the client that replaces its key.
fn keys(w: &World) -> Result<(SigningKey, SigningKey), Stop> {
    let key = |name: &str| w.run.signing_keys.get(name).cloned();
    key("rotating")
        .zip(key("rotating.next"))
        .ok_or_else(|| w.recorder.not_declared("[identity.rotating] signing_key en next_signing_key"))
}

/// From now on these are the published keys of that client.
pub(super) fn publish(w: &World, keys: &[&SigningKey]) -> Step {
    let declared = Party::Rotating.of(&w.run.product).and_then(|party| party.client_id.as_deref());
    let client = declared.ok_or_else(|| w.recorder.not_declared("[identity.rotating] client_id"))?;
    let all: Vec<Value> = keys.iter().map(|key| key.key_set()["keys"][0].clone()).collect();
    let kids: Vec<String> = keys.iter().map(|key| key.thumbprint()).collect();
    match &w.run.keys {
        Some(publisher) => publisher.publish(client, json!({ "keys": all })),
        // In a replay nobody fetches them.
        None if w.run.seam.replay().is_some() && w.run.product.identity.jwks_listen.is_some() => {}
        None => return Err(w.recorder.not_declared("[identity] jwks_listen")),
    }
    w.recorder.observe(
        "jwks_published",
        "sleutelset van de client",
        json!({ "client_id": client, "kid": kids }),
    )?;
    Ok(())
}

/// A token request of that client, signed with one of its keys.
pub(super) fn request(w: &World, key: &SigningKey) -> Result<TokenRequest, Stop> {
    let mut request = w.run.token_request(&w.recorder, Party::Rotating)?;
    if let Some(jwt) = &mut request.assertion {
        jwt.header.insert("kid".to_owned(), key.thumbprint().into());
        jwt.header.insert("alg".to_owned(), key.algorithm().name().into());
        // The person's attestation stands in for one by a third party; here the client's key signs it.
        if let Some(claims) =
            jwt.claims.get("dezi").and_then(Value::as_str).and_then(keur_probes::jose::Jwt::parse)
        {
            let ura = claims.claims.get("abonnee_nummer").and_then(Value::as_str).unwrap_or_default();
            let attestation = person::attestation(ura, person::LOA_HIGH, key, w.run.seam.now());
            jwt.claims.insert("dezi".to_owned(), attestation.into());
        }
    }
    request.signer = Signer::Key(key.clone());
    Ok(request)
}

pub(super) async fn ask(w: &mut World, key: &SigningKey, purpose: &str) -> Step {
    let request = request(w, key)?;
    tokens_asked::ask(w, &request, purpose).await
}

#[given("een client die met zijn eerste sleutel een token krijgt")]
async fn first_key(w: &mut World) -> Step {
    w.hold(w.run.rotation.clone()).await;
    let (first, _) = keys(w)?;
    publish(w, &[&first])?;
    ask(w, &first, "tokenaanvraag met de eerste sleutel").await?;
    let check = tokens::issued(w.answer()?);
    w.recorder.expect(check)
}

#[when("de client een nieuwe sleutel publiceert en de eerste intrekt")]
async fn rotate(w: &mut World) -> Step {
    let (_, next) = keys(w)?;
    publish(w, &[&next])
}

#[then("krijgt de client een token met de nieuwe sleutel")]
async fn next_key(w: &mut World) -> Step {
    let (_, next) = keys(w)?;
    until(w, &next, "tokenaanvraag met de nieuwe sleutel", |w| Ok(tokens::issued(w.answer()?).holds()))
        .await?;
    let check = tokens::issued(w.answer()?);
    w.recorder.expect(check)
}

#[then("krijgt de client met de eerste sleutel geen token meer")]
async fn first_key_withdrawn(w: &mut World) -> Step {
    let (first, _) = keys(w)?;
    until(w, &first, "tokenaanvraag met de ingetrokken sleutel", |w| {
        Ok(tokens::withheld(w.answer()?).holds())
    })
    .await?;
    let check = tokens::withheld(w.answer()?);
    w.recorder.expect(check)
}

/// Asks until it goes as it should, or until the declared cache time of the product is over.
pub(super) async fn until(
    w: &mut World,
    key: &SigningKey,
    purpose: &str,
    done: impl Fn(&World) -> Result<bool, Stop>,
) -> Step {
    let cache = w.run.product.oauth.as_ref().map_or(0, |oauth| oauth.jwks_max_age_s);
    if cache > PATIENCE_S {
        let detail = format!(
            "[oauth] jwks_max_age_s is {cache}; stel de bewaartijd in de testomgeving in op hooguit {PATIENCE_S} seconden"
        );
        return Err(w.recorder.cannot_tell(Reason::Configuration, "jwks_max_age", &detail));
    }
    let wait = "wachten op de bewaartijd van de sleutelset";
    let end = w.recorder.clock(wait)? + Duration::from_secs(cache);
    loop {
        ask(w, key, purpose).await?;
        let left = Duration::try_from(end - w.recorder.clock(wait)?).unwrap_or_default();
        if done(w)? || left.is_zero() {
            return Ok(());
        }
        // The product may keep the old set this long; the last attempt falls after it.
        w.recorder.pause(left.min(Duration::from_secs(2))).await;
    }
}
