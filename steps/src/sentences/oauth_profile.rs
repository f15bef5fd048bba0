//! Where OAuth profiles contradict each other: what the profile of the variant demands, tried at the token endpoint.

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop};
use keur_probes::{
    jose::{Algorithm, Signer, SigningKey},
    tokens as checks,
};
use serde_json::{Value, json};

use super::{keysets, tokens};
use crate::{World, run::Party};

/// Within the skew every profile that speaks of it allows, in seconds.
const AHEAD_S: i64 = 8;
/// Beyond the skew any profile allows, in seconds.
const FAR_AHEAD_S: i64 = 120;
/// Beyond the life any profile allows an assertion, skew included, in seconds.
const LONG_LIFE_S: i64 = 900;
/// The fact that says whether the profile wants this accepted.
const WANTED: &str = "oauth_profile";

/// Writes down which profile holds, for what a case concludes from it.
fn named(w: &World) -> Result<String, Stop> {
    let profile = &w.run.oauth;
    let facts = serde_json::to_value(profile).unwrap_or_default();
    w.recorder.observe("oauth_profile", "OAuth-profiel van deze variant", facts)
}

fn silent(w: &World, predicate: &str) -> Result<Stop, Stop> {
    let seen = named(w)?;
    let profile = &w.run.oauth;
    let declared = format!("OAuth-profiel {}", profile.id);
    let detail = format!("{} vraagt dit niet", profile.title.nl);
    Ok(w.recorder.inapplicable(predicate, &declared, &seen, &detail))
}

/// Goes on only where the profile allows no token that is bound to nothing.
pub(super) fn sender_constrained(w: &World) -> Step {
    if w.run.oauth.sender_constrained {
        return Ok(());
    }
    Err(silent(w, "het OAuth-profiel vraagt gebonden tokens")?)
}

/// Keeps what the profile wants of this value; where it is silent, the case does not apply.
fn want(w: &mut World, wanted: Option<bool>, about: &str) -> Step {
    let Some(accepted) = wanted else {
        return Err(silent(w, &format!("het OAuth-profiel zegt iets over {about}"))?);
    };
    named(w)?;
    w.facts.insert(WANTED, accepted.into());
    Ok(())
}

#[given(expr = "een OAuth-profiel dat iets zegt over het algoritme {string}")]
async fn about_algorithm(w: &mut World, name: String) -> Step {
    want(w, w.run.oauth.algorithm.of(&name), &format!("het algoritme {name}"))
}

/// The product has fetched the set before the algorithm is tried: a key it does not know is no finding about that.
#[given(expr = "een client met een sleutel voor {string}, die ook met een andere sleutel een token krijgt")]
async fn published(w: &mut World, name: String) -> Step {
    w.hold(w.run.rotation.clone()).await;
    let key = key_for(w, &name)?;
    let usual = w.run.signing_keys.get(Party::Rotating.name());
    let usual = usual.ok_or_else(|| w.recorder.not_declared("[identity.rotating] signing_key"))?;
    let other = generate(w, usual.algorithm())?;
    keysets::publish(w, &[&other, &key])?;
    w.kept.client_key = Some(key);
    let purpose = "positieve controle: tokenaanvraag met de andere sleutel";
    keysets::until(w, &other, purpose, |w| Ok(checks::issued(w.answer()?).holds())).await?;
    let check = checks::issued(w.answer()?);
    w.recorder.expect(check)
}

fn generate(w: &World, algorithm: Algorithm) -> Result<SigningKey, Stop> {
    SigningKey::generate_for(algorithm).map_err(|error| w.recorder.broken(&error.to_string()))
}

fn key_for(w: &World, name: &str) -> Result<SigningKey, Stop> {
    let algorithm = Algorithm::named(name);
    let algorithm = algorithm.ok_or_else(|| w.recorder.broken(&format!("onbekend algoritme {name:?}")))?;
    if !algorithm.is_rsa() {
        return generate(w, algorithm);
    }
    let declared = w.run.signing_keys.get("rotating.rsa").map(|key| key.using(algorithm));
    declared.ok_or_else(|| w.recorder.not_declared("[identity.rotating] rsa_signing_key"))
}

#[when(expr = "de client een token vraagt met een verklaring onder {string}")]
async fn under_algorithm(w: &mut World, name: String) -> Step {
    let key =
        w.kept.client_key.clone().ok_or_else(|| w.recorder.broken("er is geen sleutel gepubliceerd"))?;
    let mut request = keysets::request(w, &key)?;
    request.signer = Signer::Key(key);
    tokens::ask(w, &request, &format!("tokenaanvraag met een clientverklaring onder {name}")).await
}

#[given(expr = "een OAuth-profiel dat iets zegt over een verklaring voor {string}")]
async fn about_audience(w: &mut World, whom: String) -> Step {
    let value = match whom.as_str() {
        "het tokenadres" => "token-endpoint",
        "de uitgever" => "issuer",
        "beide" => "list",
        other => return Err(w.recorder.broken(&format!("onbekende ontvanger {other:?}"))),
    };
    want(w, w.run.oauth.audience.of(value), &format!("een verklaring voor {whom}"))
}

#[when(expr = "een token wordt gevraagd met een verklaring die is bedoeld voor {string}")]
async fn for_audience(w: &mut World, whom: String) -> Step {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    let oauth = w.run.product.oauth.as_ref();
    let issuer = oauth.and_then(|oauth| oauth.issuer.clone());
    let issuer = issuer.ok_or_else(|| w.recorder.not_declared("[oauth] issuer"))?;
    let endpoint = request.endpoint.as_str().to_owned();
    let audience = match whom.as_str() {
        "het tokenadres" => json!(endpoint),
        "de uitgever" => json!(issuer),
        _ => json!([issuer, endpoint]),
    };
    set(w, &mut request.assertion, &[("aud", audience)])?;
    tokens::ask(w, &request, &format!("tokenaanvraag met een verklaring voor {whom}")).await
}

#[given(expr = "een OAuth-profiel dat iets zegt over een verklaring {string}")]
async fn about_times(w: &mut World, case: String) -> Step {
    let value = match case.as_str() {
        "van een paar seconden vooruit" => "ahead",
        "van twee minuten vooruit" => "far-ahead",
        "die een kwartier geldig is" => "long-lived",
        other => return Err(w.recorder.broken(&format!("onbekende tijd {other:?}"))),
    };
    want(w, w.run.oauth.times.of(value), &format!("een verklaring {case}"))
}

#[when(expr = "een token wordt gevraagd met die verklaring {string}")]
async fn at_times(w: &mut World, case: String) -> Step {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    let now = w.run.seam.now().unix_timestamp();
    let (begin, end) = match case.as_str() {
        "van een paar seconden vooruit" => (now + AHEAD_S, now + AHEAD_S + 60),
        "van twee minuten vooruit" => (now + FAR_AHEAD_S, now + FAR_AHEAD_S + 60),
        _ => (now, now + LONG_LIFE_S),
    };
    let times = [("iat", json!(begin)), ("nbf", json!(begin)), ("exp", json!(end))];
    set(w, &mut request.assertion, &times)?;
    tokens::ask(w, &request, &format!("tokenaanvraag met een verklaring {case}")).await
}

fn set(w: &World, assertion: &mut Option<keur_probes::jose::Jwt>, claims: &[(&str, Value)]) -> Step {
    let jwt = assertion.as_mut().ok_or_else(|| w.recorder.broken("er is geen clientverklaring"))?;
    jwt.claims.extend(claims.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    Ok(())
}

#[then("doet het tokenadres wat het OAuth-profiel vraagt")]
async fn as_wanted(w: &mut World) -> Step {
    let accepted = w.facts.get(WANTED).and_then(Value::as_bool);
    let accepted = accepted.ok_or_else(|| w.recorder.broken("het OAuth-profiel is nog niet bekeken"))?;
    let answer = w.answer()?;
    let check = if accepted { checks::issued(answer) } else { checks::withheld(answer) };
    w.recorder.expect(check)
}

#[then("heeft het toegangstoken de onderdelen die het OAuth-profiel vraagt")]
async fn token_claims(w: &mut World) -> Step {
    if w.run.oauth.token_claims.is_empty() {
        return Err(silent(w, "het OAuth-profiel noemt onderdelen van een toegangstoken")?);
    }
    let token = w.token.clone().ok_or_else(|| w.recorder.broken("er is nog geen token"))?;
    let Some(jwt) = &token.jwt else {
        let seen = tokens::noted(w, &token)?;
        let detail = "het toegangstoken is voor de client onleesbaar";
        return Err(w.recorder.inapplicable("het toegangstoken is een JWT", "toegangstoken", &seen, detail));
    };
    let wanted = &w.run.oauth.token_claims;
    let missing: Vec<&str> =
        wanted.iter().map(String::as_str).filter(|name| !jwt.claims.contains_key(*name)).collect();
    let expected = format!("een token met {}", wanted.join(", "));
    let observed = if missing.is_empty() {
        expected.clone()
    } else {
        format!("een token zonder {}", missing.join(", "))
    };
    w.recorder.expect(Check::that(missing.is_empty(), expected, observed).on([token.exchange.clone()]))
}
