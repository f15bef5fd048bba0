//! Which keys a product fetches, and how often: nothing a stranger points at, and no more than it needs.

use cucumber::{then, when};
use keur_evidence::{Check, Step, Stop};
use keur_probes::{
    jose::{Jwt, Signer, SigningKey},
    oauth::Token,
    tokens as checks,
};
use serde_json::json;

use super::{keysets, tokens};
use crate::{World, run::Party};

/// Requests with a key that is published nowhere.
const STRANGE_KEYS: usize = 3;
/// The fact that names the stranger's key set.
const STRANGER: &str = "stranger";

/// Points the header of a token at a key of a stranger, whose set is there for whoever fetches it.
fn point(w: &mut World, jwt: &mut Jwt, how: &str) -> Result<SigningKey, Stop> {
    let key = SigningKey::generate().map_err(|error| w.recorder.broken(&error.to_string()))?;
    let name = format!("vreemd-{}", w.recorder.uuid());
    let base = w.run.product.identity.jwks_base.as_deref();
    let base = base.ok_or_else(|| w.recorder.not_declared("[identity] jwks_base"))?;
    let address = format!("{base}/{name}/jwks.json");
    if let Some(publisher) = &w.run.keys {
        publisher.publish(&name, key.key_set());
    }
    let member = match how {
        "een jku naar een vreemde sleutelset" => "jku",
        "een x5u naar een vreemd adres" => "x5u",
        other => return Err(w.recorder.broken(&format!("onbekende kop {other:?}"))),
    };
    jwt.header.insert(member.to_owned(), address.into());
    jwt.header.insert("alg".to_owned(), key.algorithm().name().into());
    jwt.header.insert("kid".to_owned(), key.thumbprint().into());
    w.facts.insert(STRANGER, name.into());
    Ok(key)
}

fn fetches(w: &World, name: &str) -> usize {
    w.run.keys.as_ref().map_or(0, |publisher| publisher.fetches(name))
}

#[when(expr = "een token wordt gevraagd met in de kop van de clientverklaring {string}")]
async fn assertion_points(w: &mut World, how: String) -> Step {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    let mut jwt = request.assertion.take().ok_or_else(|| w.recorder.broken("er is geen clientverklaring"))?;
    request.signer = Signer::Key(point(w, &mut jwt, &how)?);
    request.assertion = Some(jwt);
    tokens::ask(w, &request, &format!("tokenaanvraag met in de kop van de verklaring {how}")).await
}

#[when(expr = "de opvraging wordt gedaan met in de kop van het toegangstoken {string}")]
async fn token_points(w: &mut World, how: String) -> Step {
    let token = w.token_of(Party::A).await?;
    let mut jwt = token.jwt.clone().ok_or_else(|| w.recorder.broken("het toegangstoken is geen JWT"))?;
    let key = point(w, &mut jwt, &how)?;
    let search = w.patient_search(w.purpose())?;
    let purpose = format!("opvraging met in de kop van het toegangstoken {how}");
    let request = w.bare(Party::A, &purpose, "GET", &search)?;
    let request = w.with_token(request, &Token { value: jwt.sign(&Signer::Key(key)), ..token }, Party::A);
    w.send(request).await.map(drop)
}

#[then("is dat vreemde adres niet opgevraagd")]
async fn not_fetched(w: &mut World) -> Step {
    let name = w.facts.get(STRANGER).and_then(|name| name.as_str()).unwrap_or_default();
    let (id, times) =
        w.recorder.witness("strange_fetches", "ophalingen van het vreemde adres", || fetches(w, name))?;
    let check = Check::that(times == 0, "geen enkele ophaling", format!("{times} keer opgehaald"));
    w.recorder.expect(check.on([id]))
}

#[when("met drie sleutels die nergens staan een token wordt gevraagd")]
async fn strange_keys(w: &mut World) -> Step {
    let client = Party::Rotating.of(&w.run.product).and_then(|party| party.client_id.clone());
    let client = client.ok_or_else(|| w.recorder.not_declared("[identity.rotating] client_id"))?;
    let before = fetches(w, &client);
    for _ in 0..STRANGE_KEYS {
        let key = SigningKey::generate().map_err(|error| w.recorder.broken(&error.to_string()))?;
        keysets::ask(w, &key, "tokenaanvraag met een sleutel die nergens staat").await?;
    }
    let purpose = "ophalingen van de sleutelset van de client";
    let (id, times) = w.recorder.witness("jwks_fetches", purpose, || fetches(w, &client) - before)?;
    w.facts.insert("jwks_fetches", json!([id, times]));
    Ok(())
}

#[then("krijgt de client geen token en wordt de sleutelset per verzoek hooguit één keer opgehaald")]
async fn bounded(w: &mut World) -> Step {
    let fact = w.facts.get("jwks_fetches").cloned().unwrap_or_default();
    let times = fact[1].as_u64().ok_or_else(|| w.recorder.broken("de ophalingen zijn niet geteld"))?;
    let expected = format!("hooguit {STRANGE_KEYS} ophalingen bij {STRANGE_KEYS} verzoeken");
    let holds = times <= STRANGE_KEYS as u64;
    let fetched = Check::that(holds, expected, format!("{times} ophalingen"));
    let fetched = fetched.on(fact[0].as_str().map(str::to_owned));
    let asked = w.answers.len().saturating_sub(STRANGE_KEYS);
    let withheld: Vec<Check> = w.answers[asked..].iter().map(checks::withheld).collect();
    w.recorder.expect_all(withheld.into_iter().chain([fetched]))
}
