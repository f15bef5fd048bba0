//! Handshakes below HTTP: what the product agrees to, and what it refuses.

use cucumber::{given, then, when};
use keur_evidence::{
    Check, Step, Stop,
    event::Reason,
    wire::{Handshake, Raw, SupportedProtocolVersion, TLS12, TLS13},
};
use keur_probes::tls::{
    checks::{self, Shake},
    findings::Topic,
    hello::{self, ClientHello},
    server_hello::{Reply, complete},
    suites,
};
use url::Url;

use crate::{World, run::Party};

/// What scenarios below HTTP found.
#[derive(Default)]
pub struct Wires {
    /// Handshakes made, latest last: the observation and what came of it.
    pub handshakes: Vec<Shake>,
    /// Raw connections made, latest last.
    pub raw: Vec<Raw>,
    /// Which findings of the TLS probe the scenario looks at.
    pub topic: Option<Topic>,
}

pub(super) fn endpoint(w: &World) -> Result<Url, Stop> {
    let base = &w.run.product.endpoints.fhir_base;
    if base.is_empty() {
        return Err(w.recorder.not_declared("[endpoints] fhir_base"));
    }
    Url::parse(base).map_err(|error| w.recorder.broken(&format!("{base} is geen URL: {error}")))
}

/// Sends a hello with strong suites, changed by the case, and keeps the answer.
async fn greet(w: &mut World, purpose: &str, change: impl FnOnce(&mut ClientHello)) -> Result<(), Stop> {
    let url = endpoint(w)?;
    let mut hello = ClientHello::strong(&url, w.recorder.random());
    change(&mut hello);
    let raw = w.recorder.raw_until(purpose, &url, &hello.record(), complete).await?;
    w.wires.raw.push(raw);
    Ok(())
}

/// Makes a handshake as party A with one protocol version and keeps what came of it.
async fn shake(w: &mut World, purpose: &str, version: &'static SupportedProtocolVersion) -> Result<(), Stop> {
    let url = endpoint(w)?;
    let made = w.recorder.handshake(purpose, &url, w.run.tls_identity(Party::A), &[version]).await?;
    w.wires.handshakes.push(made);
    Ok(())
}

fn latest(w: &World) -> Result<&Raw, Stop> {
    w.wires.raw.last().ok_or_else(|| w.recorder.broken("er is nog geen TLS-groet gestuurd"))
}

fn latest_shake(w: &World) -> Result<&Shake, Stop> {
    w.wires.handshakes.last().ok_or_else(|| w.recorder.broken("er is nog geen TLS-verbinding gemaakt"))
}

/// Records the check on the latest hello. A connection closed without an alert counts only when the product still
/// answers a sound hello afterwards.
async fn expect(w: &mut World, check: Check) -> Step {
    if check.holds() && Reply::of(latest(w)?) == Reply::Closed {
        greet(w, "controle dat het product nog antwoordt", |_| {}).await?;
        if !checks::answers_hello(latest(w)?).holds() {
            let observed = format!("{}, en het product antwoordt daarna niet meer", check.observed);
            let check = Check::undecided(Reason::Environment, check.expected, observed).on(check.evidence);
            return w.recorder.expect(check);
        }
    }
    w.recorder.expect(check)
}

#[given("het product beantwoordt een TLS-groet met sterke suites")]
async fn control(w: &mut World) -> Step {
    greet(w, "positieve controle: TLS-groet met sterke suites", |_| {}).await?;
    w.recorder.expect(checks::answers_hello(latest(w)?))
}

#[when(expr = "een client verbinding zoekt met ten hoogste {string}")]
async fn old_client(w: &mut World, name: String) -> Result<(), Stop> {
    let version =
        hello::version(&name).ok_or_else(|| w.recorder.broken(&format!("onbekende TLS-versie {name:?}")))?;
    greet(w, &format!("TLS-groet met ten hoogste {name}"), |hello| {
        hello.version = version;
        // The strong ones too, so that a refusal is about the version.
        hello.suites = [suites::old(), suites::strong()].concat();
    })
    .await
}

#[then(expr = "weigert het product een verbinding met ten hoogste {string}")]
async fn old_version_refused(w: &mut World, name: String) -> Step {
    let version =
        hello::version(&name).ok_or_else(|| w.recorder.broken(&format!("onbekende TLS-versie {name:?}")))?;
    let check = checks::version_refused(latest(w)?, version);
    expect(w, check).await
}

#[when("een client verbinding zoekt met TLS 1.2 en met TLS 1.3")]
async fn modern_client(w: &mut World) -> Result<(), Stop> {
    shake(w, "verbinding met TLS 1.2", &TLS12).await?;
    shake(w, "verbinding met TLS 1.3", &TLS13).await
}

#[then("komt ten minste één van de verbindingen tot stand")]
async fn modern_version_works(w: &mut World) -> Step {
    w.recorder.expect(checks::modern_version_works(&w.wires.handshakes))
}

#[when(expr = "een client alleen zwakke suites aanbiedt: {string}")]
async fn weak_client(w: &mut World, family: String) -> Result<(), Stop> {
    let weak =
        suites::weak(&family).ok_or_else(|| w.recorder.broken(&format!("onbekende suites {family:?}")))?;
    greet(w, &format!("TLS-groet met alleen zwakke suites ({family})"), |hello| hello.suites = weak).await
}

#[then(expr = "weigert het product de zwakke suites: {string}")]
async fn weak_suites_refused(w: &mut World, family: String) -> Step {
    let check = checks::suites_refused(latest(w)?, &family);
    expect(w, check).await
}

#[when("een client TLS-compressie aanbiedt")]
async fn deflating_client(w: &mut World) -> Result<(), Stop> {
    greet(w, "TLS-groet met compressie", |hello| hello.deflate = true).await
}

#[then("gebruikt het product geen TLS-compressie")]
async fn no_compression(w: &mut World) -> Step {
    let check = checks::no_compression(latest(w)?);
    expect(w, check).await
}

#[when("een client naar veilige heronderhandeling vraagt")]
async fn renegotiating_client(w: &mut World) -> Result<(), Stop> {
    greet(w, "TLS-groet met vraag naar veilige heronderhandeling", |_| {}).await
}

#[then("staat het product alleen veilige heronderhandeling toe")]
async fn secure_renegotiation(w: &mut World) -> Step {
    w.recorder.expect(checks::secure_renegotiation(latest(w)?))
}

#[when("een client een verbinding met TLS 1.3 wil hervatten")]
async fn resuming_client(w: &mut World) -> Result<(), Stop> {
    shake(w, "verbinding met TLS 1.3, en hervatten", &TLS13).await
}

#[then("neemt het product geen vroege gegevens aan")]
async fn no_early_data(w: &mut World) -> Step {
    w.recorder.expect(checks::no_early_data(latest_shake(w)?))
}

#[when("een client het servercertificaat opvraagt")]
async fn asking_client(w: &mut World) -> Result<(), Stop> {
    let url = endpoint(w)?;
    let identity = w.run.tls_identity(Party::A);
    let made = w.recorder.handshake("servercertificaat opvragen", &url, identity, &[&TLS13, &TLS12]).await?;
    w.wires.handshakes.push(made);
    Ok(())
}

#[then("leidt het servercertificaat naar een opgegeven CA")]
async fn trusted(w: &mut World) -> Step {
    w.recorder.expect(checks::trusted(latest_shake(w)?))
}

#[then("voldoen naam, datum, sleutel en handtekening van de certificaten")]
async fn sound_certificates(w: &mut World) -> Step {
    let host = endpoint(w)?.host_str().unwrap_or_default().to_owned();
    let now = w.recorder.clock("geldigheid van het servercertificaat")?;
    let made: &Handshake = match &latest_shake(w)?.1 {
        Ok(made) => made,
        Err(transport) => {
            let reason = keur_probes::http::reason(transport.failure);
            return Err(w.recorder.cannot_tell(reason, "unreachable", &transport.to_string()));
        }
    };
    w.recorder.expect_all(checks::certificates(made, &host, now))
}
