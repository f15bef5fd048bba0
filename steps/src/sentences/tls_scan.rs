//! The TLS probe: one scan per run, of which each requirement looks at its own findings.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use cucumber::{given, then, when};
use keur_evidence::{
    Step, Stop,
    http::Request,
    identity::NONE,
    wire::{TLS12, TLS13},
};
use keur_probes::tls::{
    findings::{self, Topic},
    ncsc::Edition,
    scan, verdicts,
};
use serde_json::json;

use super::{revocation::known_issuer, tls::endpoint};
use crate::{World, run::Party, shared::Scanned};

const TOPICS: [Topic; 12] = [
    Topic::Versions,
    Topic::Suites,
    Topic::Order,
    Topic::Exchange,
    Topic::Schemes,
    Topic::Certificates,
    Topic::Chain,
    Topic::Staple,
    Topic::Compression,
    Topic::Renegotiation,
    Topic::ClientRenegotiation,
    Topic::MasterSecret,
];

/// How far the probe goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// As older records hold it: little more than the first flight.
    Hello,
    /// What takes a whole handshake is tried too.
    Whole,
}

/// What the scan found; the case that comes first makes it.
async fn scanned(w: &World, depth: Depth) -> Result<Arc<Scanned>, Stop> {
    let fresh = AtomicBool::new(false);
    if !w.shared().scanned.initialized() {
        w.turn().await;
    }
    let made = w.shared().scanned.get_or_try_init(|| async {
        fresh.store(true, Ordering::Relaxed);
        make(w, depth).await.map(Arc::new)
    });
    let scanned = Arc::clone(made.await?);
    if !fresh.into_inner() {
        let purpose = "de TLS-proef is in deze uitvoering al gedaan";
        w.recorder.observe("reuse", purpose, json!({ "exchanges": [scanned.evidence] }))?;
    }
    Ok(scanned)
}

async fn make(w: &World, depth: Depth) -> Result<Scanned, Stop> {
    let _all = w.recorder.for_all();
    let url = endpoint(w)?;
    let now = w.recorder.clock("TLS-proef")?;
    let (mut facts, mut connections) = scan::run(&w.recorder, &url).await?;
    let versions = [&TLS13, &TLS12];
    let (sound, bare) =
        ("TLS-proef: verbinding zoals het hoort", "TLS-proef: verbinding zonder clientcertificaat");
    let with = w.recorder.handshake(sound, &url, w.run.tls_identity(Party::A), &versions).await?;
    let without = w.recorder.handshake(bare, &url, NONE, &versions).await?;
    let chain = with.1.as_ref().ok().map(|shake| shake.chain.as_slice());
    let mut issuer = None;
    if depth == Depth::Whole {
        let identity = w.run.tls_identity(Party::A);
        connections.extend(scan::whole::run(&w.recorder, &url, identity, &mut facts).await?);
        let shown = facts.chains.first().map(Vec::as_slice).or(chain).unwrap_or_default();
        issuer = known_issuer(w, shown)?;
    }
    let findings = findings::all(&facts, chain, issuer.as_deref(), url.host_str().unwrap_or_default(), now);
    let table: Vec<_> = findings
        .iter()
        .map(|finding| {
            let level = |edition: Edition| finding.level(edition);
            let [latest, former] = Edition::ALL;
            json!({
                "topic": finding.topic, "finding": finding.text,
                latest.name(): level(latest), former.name(): level(former),
            })
        })
        .collect();
    let record = json!({ "findings": table, "unclear": facts.unclear.len(), "connections": connections });
    let evidence = w.recorder.fact("tls_findings", "bevindingen van de TLS-proef", record)?;
    Ok(Scanned { facts, findings, with, without, evidence })
}

fn found(w: &World) -> Result<Arc<Scanned>, Stop> {
    let scanned = w.shared().scanned.get().cloned();
    scanned.ok_or_else(|| w.recorder.broken("de TLS-proef is nog niet gedaan"))
}

#[given("het product beantwoordt de TLS-proef")]
async fn control(w: &mut World) -> Step {
    answered(w, Depth::Hello).await
}

#[given("het product beantwoordt de TLS-proef tot en met hele handshakes")]
async fn whole_control(w: &mut World) -> Step {
    answered(w, Depth::Whole).await
}

async fn answered(w: &World, depth: Depth) -> Step {
    let scanned = scanned(w, depth).await?;
    w.recorder.expect(verdicts::answered(&scanned.facts).on([scanned.evidence.clone()]))
}

#[when(expr = "de bevindingen over {string} naast de richtlijn worden gelegd")]
async fn about(w: &mut World, name: String) -> Result<(), Stop> {
    let topic = TOPICS.into_iter().find(|topic| topic.word() == name);
    w.wires.topic = Some(
        topic.ok_or_else(|| w.recorder.broken(&format!("onbekend onderwerp van de TLS-proef {name:?}")))?,
    );
    w.wires.handshakes.push(found(w)?.with.clone());
    Ok(())
}

#[then("is daarvan niets onvoldoende")]
async fn sufficient(w: &mut World) -> Step {
    let scanned = found(w)?;
    let topic = w.wires.topic.ok_or_else(|| w.recorder.broken("er is nog geen onderwerp gekozen"))?;
    let edition = Edition::of_variant(&w.run.variant);
    let check = verdicts::sufficient(&scanned.facts, &scanned.findings, topic, edition);
    w.recorder.expect(check.on([scanned.evidence.clone()]))
}

#[when("alle bevindingen naast de richtlijn worden gelegd")]
async fn all(w: &mut World) -> Result<(), Stop> {
    found(w).map(drop)
}

#[then("is van alle bevindingen niets uit te faseren")]
async fn lasting(w: &mut World) -> Step {
    let scanned = found(w)?;
    let edition = Edition::of_variant(&w.run.variant);
    let check = verdicts::lasting(&scanned.facts, &scanned.findings, edition);
    w.recorder.expect(check.on([scanned.evidence.clone()]))
}

#[when("de client de verbinding uit de TLS-proef wil hervatten")]
async fn resume(w: &mut World) -> Result<(), Stop> {
    w.wires.handshakes.push(found(w)?.with.clone());
    Ok(())
}

#[when("een client zonder certificaat verbinding zoekt")]
async fn without(w: &mut World) -> Result<(), Stop> {
    w.wires.handshakes.push(found(w)?.without.clone());
    Ok(())
}

#[then("is een gevraagd clientcertificaat ook verplicht")]
async fn demanded(w: &mut World) -> Step {
    let scanned = found(w)?;
    w.recorder.expect(verdicts::demanded(&scanned.facts, &scanned.without))
}

#[when("een client het adres van de dienst opvraagt")]
async fn asked(w: &mut World) -> Result<(), Stop> {
    let url = endpoint(w)?;
    let identity = w.run.tls_identity(Party::A);
    w.send(Request::new("het adres van de dienst opvragen", "GET", url, identity)).await.map(drop)
}

#[then("vraagt het antwoord om voortaan alleen TLS te gebruiken")]
async fn strict_transport(w: &mut World) -> Step {
    w.recorder.expect(verdicts::strict_transport(w.answer()?))
}
