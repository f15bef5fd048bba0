//! Client certificates: none, and those the product must refuse.

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop, identity::NONE};
use keur_probes::{oauth::Token, pki::uzi::UziName, tls::certificate::Certificate};

use crate::{World, run::Party};

/// The identity by what is wrong with its certificate.
fn identity(flaw: &str) -> Option<&'static str> {
    Some(match flaw {
        "van een onbekende uitgever" => "hostile.foreign_ca",
        "dat is ingetrokken" => "hostile.revoked",
        "dat is verlopen" => "hostile.expired",
        "dat nog niet geldig is" => "hostile.not_yet_valid",
        _ => return None,
    })
}

/// The declared certificate, which must have the flaw and no other: the product may refuse it for this reason only.
#[given(expr = "een clientcertificaat {string}")]
async fn flawed(w: &mut World, flaw: String) -> Step {
    let name = identity(&flaw).ok_or_else(|| w.recorder.broken(&format!("onbekend gebrek {flaw:?}")))?;
    let identities = w.run.seam.identities();
    let leaf = |name: &str| identities.leaf(name).and_then(Certificate::parse);
    let hostile =
        leaf(name).ok_or_else(|| w.recorder.not_declared(&format!("[identity.{name}] certificate")))?;
    let ours = leaf("party_a").ok_or_else(|| w.recorder.not_declared("[identity.party_a] certificate"))?;
    w.facts.insert("client_certificate", name.into());
    w.recorder.observe(
        "configuration",
        "opgegeven clientcertificaat",
        serde_json::json!({
            "identity": name, "subject": hostile.subject, "issuer": hostile.issuer, "ura": hostile.ura(),
            "period": hostile.period(), "uzi": hostile.uzi.iter().map(|text| uzi(text)).collect::<Vec<_>>(),
        }),
    )?;
    let now = w.recorder.clock("geldigheid van het clientcertificaat")?;
    let (timely, expected) = match name {
        "hostile.expired" => (hostile.not_after < now, "een certificaat dat is verlopen"),
        "hostile.not_yet_valid" => (hostile.not_before > now, "een certificaat dat nog niet geldig is"),
        _ => (hostile.valid_at(now), "een certificaat dat nu geldig is"),
    };
    let number = |certificate: &Certificate| certificate.ura().unwrap_or_else(|| "geen".to_owned());
    w.recorder.expect_all([
        Check::that(timely, expected, hostile.period()),
        Check::that(
            hostile.ura() == ours.ura(),
            format!("hetzelfde URA-nummer als party_a: {}", number(&ours)),
            number(&hostile),
        ),
    ])
}

/// The UZI name as facts, or why it is none.
fn uzi(text: &str) -> serde_json::Value {
    match UziName::parse(text) {
        Ok(name) => serde_json::json!({
            "oid_ca": name.oid_ca, "version": name.version, "number": name.number,
            "card": format!("{:?}", name.card), "ura": name.ura, "role": name.role, "agb": name.agb,
        }),
        Err(error) => serde_json::json!({ "unreadable": error.to_string() }),
    }
}

#[when("dezelfde opvraging met dat clientcertificaat wordt gedaan")]
async fn with_flawed(w: &mut World) -> Result<(), Stop> {
    let name = w.facts.get("client_certificate").and_then(|name| name.as_str()).map(str::to_owned);
    let name = name.ok_or_else(|| w.recorder.broken("er is geen clientcertificaat gekozen"))?;
    search_as(w, "opvraging met token en een onjuist clientcertificaat", &name).await
}

#[when("dezelfde opvraging op een verbinding zonder clientcertificaat wordt gedaan")]
async fn without(w: &mut World) -> Result<(), Stop> {
    search_as(w, "opvraging met token, zonder clientcertificaat", NONE).await
}

/// The authorised search over a connection of its own that shows another identity.
async fn search_as(w: &mut World, purpose: &str, identity: &str) -> Result<(), Stop> {
    let search = w.patient_search(w.purpose())?;
    let mut request = w.authorised(Party::A, purpose, "GET", &search).await?;
    request.identity = identity.to_owned();
    request.fresh = true;
    w.send(request).await.map(drop)
}

#[when("een toegangstoken op een verbinding zonder clientcertificaat wordt gevraagd")]
async fn token_without(w: &mut World) -> Result<(), Stop> {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    request.identity = NONE.to_owned();
    let mut request = request.request("toegangstoken aanvragen zonder clientcertificaat");
    request.fresh = true;
    w.send(request).await.map(drop)
}

#[then("geeft het product zonder clientcertificaat geen toegangstoken")]
async fn no_token(w: &mut World) -> Step {
    let answer = w.answer()?;
    let issued = Token::from_answer(answer).is_some();
    let observed = if issued { "een toegangstoken".to_owned() } else { answer.describe() };
    let check = Check::that(!issued, "geen toegangstoken", observed).on([answer.id.clone()]);
    w.recorder.expect(check)?;
    w.expect_refused().await
}
