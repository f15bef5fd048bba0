//! Revocation: what the issuer says of the product's certificate, and whether the product listens to what the issuer
//! says of ours.

use std::time::Duration;

use cucumber::{given, then, when};
use keur_catalogue::product::SenderConstraint;
use keur_evidence::{Step, Stop, event::Reason, http::Request, identity::NONE};
use keur_probes::{
    fhir::bundle,
    http,
    oauth::Token,
    pki::{self, PkiError, Status, crl, ocsp},
};
use serde_json::json;
use time::OffsetDateTime;
use url::Url;

use super::log_hook::authorised;
use crate::{World, run::Party};

/// The certificate that the test CA revokes on request.
const REVOCABLE: &str = "revocable";
/// Between two attempts with a revoked certificate.
const PAUSE: Duration = Duration::from_millis(500);
/// The longest time that is waited for: a step is bounded too.
const PATIENCE_S: u64 = 45;

#[when("de uitgever van het servercertificaat naar intrekking wordt gevraagd")]
async fn ask_issuer(w: &mut World) -> Step {
    let chain = match w.wires.handshakes.last() {
        Some((_, Ok(made))) => made.chain.clone(),
        Some((_, Err(transport))) => {
            let reason = http::reason(transport.failure);
            return Err(w.recorder.cannot_tell(reason, "unreachable", &transport.to_string()));
        }
        None => return Err(w.recorder.broken("er is nog geen TLS-verbinding gemaakt")),
    };
    let leaf = chain.first().map(Vec::as_slice).unwrap_or_default();
    let undecided = |w: &World, error: &PkiError| {
        w.recorder.cannot_tell(
            Reason::Environment,
            "certificate",
            &format!("het servercertificaat is {error}"),
        )
    };
    let facts = pki::issued(leaf).map_err(|error| undecided(w, &error))?;
    let addresses = json!({ "serial": facts.serial, "crl": facts.lists, "ocsp": facts.responders });
    let id = w.recorder.observe("revocation_addresses", "adressen in het servercertificaat", addresses)?;
    if facts.lists.is_empty() && facts.responders.is_empty() {
        let predicate = "het servercertificaat noemt een adres voor intrekking";
        let detail = "het certificaat noemt geen CRL en geen OCSP over HTTP";
        return Err(w.recorder.inapplicable(predicate, "geen adres", &id, detail));
    }
    let issuer = issuer(w, &chain)?;
    let now = w.recorder.clock("geldigheid van de intrekkingsgegevens")?;
    let serial = facts.serial.as_str();
    let mut found = Vec::new();
    for address in &facts.lists {
        let bytes = fetch(w, "lijst van ingetrokken certificaten", address, None).await?;
        found.push((address.clone(), bytes.and_then(|list| crl::status(&list, &issuer, serial, now))));
    }
    for address in &facts.responders {
        let question = ocsp::request(leaf, &issuer).map_err(|error| undecided(w, &error))?;
        let bytes = fetch(w, "OCSP-vraag over het servercertificaat", address, Some(question)).await?;
        found.push((address.clone(), bytes.and_then(|answer| ocsp::status(&answer, &issuer, serial, now))));
    }
    w.kept.revocation = found;
    Ok(())
}

/// The issuer's certificate, without which nothing can be said of revocation.
fn issuer(w: &World, chain: &[Vec<u8>]) -> Result<Vec<u8>, Stop> {
    known_issuer(w, chain)?.ok_or_else(|| {
        let detail = "de uitgever van het servercertificaat staat niet in de keten en niet in [trust] ca";
        w.recorder.cannot_tell(Reason::Precondition, "no_issuer", detail)
    })
}

/// The issuer's certificate, from the chain or from what the declaration trusts.
pub(super) fn known_issuer(w: &World, chain: &[Vec<u8>]) -> Result<Option<Vec<u8>>, Stop> {
    let leaf = chain.first().map(Vec::as_slice).unwrap_or_default();
    let candidates = || chain.iter().skip(1).map(Vec::as_slice).chain(w.run.seam.identities().trusted());
    let find = || pki::issuer(leaf, candidates()).map(<[u8]>::to_vec);
    // What is trusted is not among the evidence, so what was found is.
    w.recorder.witness("issuer", "uitgever van het servercertificaat", find).map(|(_, found)| found)
}

/// Fetches revocation data; that there are none is data too.
async fn fetch(
    w: &World,
    purpose: &str,
    address: &str,
    question: Option<Vec<u8>>,
) -> Result<Result<Vec<u8>, PkiError>, Stop> {
    let Ok(url) = Url::parse(address) else { return Ok(Err(PkiError::Malformed("geen adres"))) };
    let request = match question {
        None => Request::new(purpose, "GET", url, NONE),
        Some(bytes) => Request::new(purpose, "POST", url, NONE).content("application/ocsp-request", bytes),
    };
    let answer = w.recorder.http(request.exactly()).await?;
    let bytes = answer.response().filter(|response| response.status == 200).map(|one| one.bytes().to_vec());
    Ok(bytes.ok_or_else(|| PkiError::Unreachable(answer.describe())))
}

#[then("heeft de uitgever het servercertificaat niet ingetrokken")]
async fn not_revoked(w: &mut World) -> Step {
    w.recorder.expect(pki::not_revoked(&w.kept.revocation))
}

#[given("een clientcertificaat waarmee eerst een opvraging slaagt")]
async fn used_first(w: &mut World) -> Step {
    w.hold(w.run.revocation.clone()).await;
    if !w.run.seam.identities().has(REVOCABLE) {
        return Err(w.recorder.not_declared("[identity.revocable] certificate"));
    }
    set(w, false).await?;
    w.kept.revocable_token = token_bound_to_it(w).await?;
    let limit = limit(w)?;
    let began = w.recorder.clock("eerste gebruik van het certificaat")?;
    // A product that still remembers an earlier revocation gets the same time to forget it.
    while !attempt(w, "opvraging met een certificaat dat geldig is").await? && !over(w, began, limit)? {
        w.recorder.pause(PAUSE).await;
    }
    let checks = bundle::served(w.answer()?);
    w.recorder.expect_all(checks)
}

#[when("de uitgever dat certificaat intrekt")]
async fn revoked(w: &mut World) -> Step {
    set(w, true).await
}

#[when("de opvraging wordt herhaald tot het product weigert of de afgesproken tijd voorbij is")]
async fn repeated(w: &mut World) -> Step {
    let limit = limit(w)?;
    let began = w.recorder.clock("intrekking van het certificaat")?;
    loop {
        let late = over(w, began, limit)?;
        let served = attempt(w, "opvraging met een certificaat dat is ingetrokken").await?;
        if !served || late {
            break;
        }
        w.recorder.pause(PAUSE).await;
    }
    // The next one to use it finds it as it was; what came of the attempt is already known.
    set(w, false).await
}

/// A token that is bound to the certificate; none where the token of party A works with any certificate of its own.
async fn token_bound_to_it(w: &World) -> Result<Option<Token>, Stop> {
    let constraint = w.run.product.oauth.as_ref().map(|oauth| oauth.sender_constraint);
    if constraint != Some(SenderConstraint::Mtls) {
        return Ok(None);
    }
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    request.identity = REVOCABLE.to_owned();
    let answer = w.ask_token(&request, "toegangstoken aanvragen met het certificaat").await?;
    let refused = || {
        let detail =
            format!("het product geeft met dit certificaat geen toegangstoken: {}", answer.describe());
        w.recorder.cannot_tell(Reason::Precondition, "no_token", &detail)
    };
    Token::from_answer(&answer).map(Some).ok_or_else(refused)
}

/// One search with the certificate on a connection of its own: whether it was served.
async fn attempt(w: &mut World, purpose: &str) -> Result<bool, Stop> {
    let search = w.patient_search(w.purpose())?;
    let mut request = match &w.kept.revocable_token {
        Some(token) => w.with_token(w.bare(Party::A, purpose, "GET", &search)?, token, Party::A),
        None => w.authorised(Party::A, purpose, "GET", &search).await?,
    };
    request.identity = REVOCABLE.to_owned();
    request.fresh = true;
    w.send(request).await?;
    Ok(w.answer()?.response().is_some_and(|response| response.status == 200))
}

fn over(w: &World, began: OffsetDateTime, limit: Duration) -> Result<bool, Stop> {
    Ok(w.recorder.clock("afgesproken tijd voor intrekking")? - began >= limit)
}

/// How long the product may go by what it already has.
fn limit(w: &World) -> Result<Duration, Stop> {
    let declared = w.run.product.identity.revocation_max_age_s;
    if declared <= PATIENCE_S {
        return Ok(Duration::from_secs(declared));
    }
    let detail =
        format!("[identity] revocation_max_age_s is {declared}; de test wacht hoogstens {PATIENCE_S} s");
    Err(w.recorder.cannot_tell(Reason::Configuration, "too_long", &detail))
}

/// Has the test CA revoke or restore the certificate.
async fn set(w: &World, revoked: bool) -> Step {
    let missing = || w.recorder.not_declared("[hooks] revocation");
    let hook = w.run.product.hooks.revocation.as_deref().ok_or_else(missing)?;
    let url = Url::parse(hook).map_err(|_| missing())?;
    let leaf = w.run.seam.identities().leaf(REVOCABLE).unwrap_or_default();
    let serial = pki::issued(leaf).map_err(|error| w.recorder.broken(&error.to_string()))?.serial;
    let purpose = if revoked { "certificaat laten intrekken" } else { "certificaat laten herstellen" };
    let body = json!({ "serial": serial, "revoked": revoked }).to_string();
    let request = Request::new(purpose, "PUT", url, w.run.tls_identity(Party::A));
    let answer = w.recorder.http(authorised(w, request.content("application/json", body))).await?;
    if answer.response().is_some_and(|response| (200..300).contains(&response.status)) {
        return Ok(());
    }
    let detail = format!("de test-CA doet niet wat is gevraagd ({purpose}): {}", answer.describe());
    Err(w.recorder.cannot_tell(Reason::Precondition, "revocation_hook", &detail))
}

/// What the issuer said of the server certificate, by address.
pub type Said = Vec<(String, Result<Status, PkiError>)>;
