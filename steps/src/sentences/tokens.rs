//! Asking for a token, and using it where or by whom it may not be used.

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop, event::Reason, identity::NONE};
use keur_probes::{
    oauth::{Token, TokenRequest},
    tokens,
};
use url::Url;

use crate::{World, run::Party};

/// Sends a token request and remembers the answer.
pub(super) async fn ask(w: &mut World, request: &TokenRequest, purpose: &str) -> Step {
    let answer = w.ask_token(request, purpose).await?;
    w.answers.push(answer);
    Ok(())
}

/// A right token request of a party succeeds: the positive control of every refusal at the token endpoint.
pub(super) async fn control(w: &mut World, party: Party) -> Step {
    let request = w.run.token_request(&w.recorder, party)?;
    ask(w, &request, "positieve controle: tokenaanvraag zoals het hoort").await?;
    let answer = w.answer()?;
    let (check, token) = (tokens::issued(answer), Token::from_answer(answer));
    w.token = token;
    w.recorder.expect(check)
}

/// The token of the scenario, or the run's own one of party A.
async fn token(w: &World) -> Result<Token, Stop> {
    match &w.token {
        Some(token) => Ok(token.clone()),
        None => w.token_of(Party::A).await,
    }
}

/// Notes what kind of token it is with this case, which may use one that another case asked for.
pub(super) fn noted(w: &World, token: &Token) -> Result<String, Stop> {
    let facts = serde_json::json!({
        "scheme": token.scheme, "jwt": token.jwt.is_some(), "issued_in": token.exchange,
    });
    w.recorder.observe("token", "soort van het toegangstoken", facts)
}

#[given("een geslaagde tokenaanvraag")]
async fn granted(w: &mut World) -> Step {
    control(w, Party::A).await
}

#[then("krijgt de client geen token")]
async fn withheld(w: &mut World) -> Step {
    let answer = w.answer()?;
    let check = tokens::withheld(answer);
    // A connection that is refused proves something only when the product is still there.
    if answer.reply.is_err() && check.holds() {
        let request = w.run.token_request(&w.recorder, Party::A)?;
        let again = w.ask_token(&request, "controle dat het tokenadres nog antwoordt").await?;
        if again.reply.is_err() {
            let text = format!("{}, en het tokenadres antwoordt daarna niet meer", check.observed);
            return w.recorder.expect(Check::undecided(Reason::Environment, check.expected, text));
        }
    }
    w.recorder.expect(check)
}

#[then("is het token niet langer geldig dan het profiel toestaat")]
async fn brief(w: &mut World) -> Step {
    let longest = w.run.oauth.token_lifetime_max_s;
    let longest = longest.unwrap_or_else(|| w.run.parameter("token_lifetime_max_s", 300));
    let token = token(w).await?;
    w.recorder.expect_all(tokens::brief(&token, longest))
}

/// Where there are no tokens, none can be stolen and none can be right.
fn asks_tokens(w: &World) -> Step {
    if w.run.uses_tokens() { Ok(()) } else { Err(w.recorder.not_declared("[oauth]")) }
}

#[when("dezelfde opvraging met het token maar zonder clientcertificaat wordt gedaan")]
async fn without_certificate(w: &mut World) -> Step {
    asks_tokens(w)?;
    if w.run.tls_identity(Party::A) == NONE {
        return Err(w.recorder.not_declared("[identity.party_a] certificate"));
    }
    let search = w.patient_search(w.purpose())?;
    let purpose = "opvraging met een geldig token en bewijs, zonder clientcertificaat";
    let mut request = w.authorised(Party::A, purpose, "GET", &search).await?;
    NONE.clone_into(&mut request.identity);
    w.send(request).await.map(drop)
}

/// The certificate of another organisation, which must be one of its own.
pub(super) fn other_certificate(w: &World) -> Result<&'static str, Stop> {
    let identity = w.run.tls_identity(Party::B);
    if identity == w.run.tls_identity(Party::A) {
        return Err(w.recorder.not_declared("[identity.party_b] certificate"));
    }
    Ok(identity)
}

#[when("een andere organisatie het token gebruikt met haar eigen certificaat en sleutel")]
async fn stolen_token(w: &mut World) -> Step {
    let identity = other_certificate(w)?;
    let token = token(w).await?;
    let search = w.patient_search(w.purpose())?;
    let purpose = "opvraging met het token van een ander, eigen certificaat en eigen sleutel";
    let mut request = w.bare(Party::B, purpose, "GET", &search)?;
    identity.clone_into(&mut request.identity);
    let request = w.with_token(request, &token, Party::B);
    w.send(request).await.map(drop)
}

#[when("een andere organisatie het token gebruikt met het bewijs van de eerste opvraging")]
async fn stolen_request(w: &mut World) -> Step {
    asks_tokens(w)?;
    let identity = other_certificate(w)?;
    let mut request = w.answer()?.request.clone();
    "opvraging met token en bewijs van een ander, over de eigen verbinding".clone_into(&mut request.purpose);
    identity.clone_into(&mut request.identity);
    let request = request.header("X-Request-Id", &w.recorder.uuid());
    w.send(request).await.map(drop)
}

#[given("een tweede zorgorganisatie bij hetzelfde product")]
async fn second_tenant(w: &mut World) -> Step {
    let url = other_tenant(w, "metadata")?;
    let mut request =
        w.bare(Party::A, "positieve controle: het adres van de tweede organisatie", "GET", "metadata")?;
    request.url = url;
    w.send(request).await?;
    let response = w.response()?;
    // Whether this address demands a token is not the point here; that something is there, is.
    let there = response.status < 500 && response.status != 404;
    let observed = w.answer()?.describe();
    w.recorder.expect(Check::that(there, "een antwoord van de tweede zorgorganisatie", observed))
}

#[when("hetzelfde token wordt gebruikt bij de tweede zorgorganisatie")]
async fn at_second_tenant(w: &mut World) -> Step {
    let token = token(w).await?;
    let search = w.patient_search(w.purpose())?;
    let purpose = "opvraging bij een andere zorgorganisatie dan waarvoor het token is";
    let mut request = w.bare(Party::A, purpose, "GET", &search)?;
    request.url = other_tenant(w, &search)?;
    let request = w.with_token(request, &token, Party::A);
    w.send(request).await.map(drop)
}

pub(super) fn other_tenant(w: &World, path_and_query: &str) -> Result<Url, Stop> {
    let base = w.run.product.endpoints.other_tenant_fhir_base.as_deref();
    base.and_then(|base| Url::parse(&format!("{base}/{path_and_query}")).ok())
        .ok_or_else(|| w.recorder.not_declared("[endpoints] other_tenant_fhir_base"))
}
