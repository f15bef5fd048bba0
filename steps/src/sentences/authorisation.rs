//! What the asking party may see: purpose, scope, patient, and one patient at a time.

use cucumber::{given, then, when};
use keur_evidence::{Step, Stop, event::Reason};
use keur_probes::{
    disclosure,
    fhir::{bundle, query::bsn_token},
    http,
    oauth::Token,
};
use serde_json::Value;

use crate::{
    World,
    run::Party,
    sentences::{
        assertions::{elsewhere, set_detail},
        tokens,
    },
};

#[when(expr = "een token wordt gevraagd {string}")]
async fn with_purpose(w: &mut World, case: String) -> Step {
    const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
    let value = match case.as_str() {
        "zonder doel" => None,
        "met een leeg doel" => Some(String::new()),
        "met een code die niet bestaat" => Some(format!(
            "{ACT_REASON}|{}",
            w.made_up("BESTAATNIET", |draw| format!("XQ{}", draw.letters(6)))
        )),
        "met een doel buiten de zorg" => Some(format!("{ACT_REASON}|HMARKT")),
        "met een doel uit een ander codestelsel" => Some(format!("{}/doelen|TREAT", elsewhere(w))),
        other => return Err(w.recorder.broken(&format!("onbekend doel {other:?}"))),
    };
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    set_detail(w, &mut request, "purpose_of_use", value.map(Value::String))?;
    tokens::ask(w, &request, &format!("tokenaanvraag {case}")).await
}

#[when(expr = "een organisatie een token vraagt met {string}")]
async fn with_type(w: &mut World, case: String) -> Step {
    let value = (case != "geen soort organisatie").then(|| format!("{}/soorten|8610", elsewhere(w)));
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    set_detail(w, &mut request, "subject_organisation_type", value.map(Value::String))?;
    tokens::ask(w, &request, &format!("tokenaanvraag met {case}")).await
}

/// A clinical search for the chosen patient.
fn clinical(w: &World, kind: &str) -> Result<String, Stop> {
    Ok(format!("{kind}?patient.identifier={}", bsn_token(&w.bsn_for(w.purpose())?)))
}

#[given(expr = "een geslaagde opvraging van {string}")]
async fn clinical_control(w: &mut World, kind: String) -> Step {
    let search = clinical(w, &kind)?;
    let purpose = format!("positieve controle: opvraging van {kind}");
    let request = w.authorised(Party::A, &purpose, "GET", &search).await?;
    w.send(request).await?;
    let checks = bundle::served(w.answer()?);
    w.recorder.expect_all(checks)
}

fn narrow_scope(w: &World) -> Result<String, Stop> {
    let declared = w.run.product.oauth.as_ref().and_then(|oauth| oauth.narrow_scope.clone());
    declared.ok_or_else(|| w.recorder.not_declared("[oauth] narrow_scope"))
}

fn narrow_token(w: &World) -> Result<Token, Stop> {
    w.token.clone().ok_or_else(|| w.recorder.broken("er is nog geen token met een smalle scope"))
}

#[given("een token dat alleen de patiënt zelf laat zien en geen klinische gegevens")]
async fn narrow(w: &mut World) -> Step {
    let token = w.token_with_scope(Party::A, Some(&narrow_scope(w)?)).await?;
    w.token = Some(token);
    let search = w.patient_search(w.purpose())?;
    ask(w, "positieve controle: opvraging binnen de smalle scope", &search).await?;
    let checks = bundle::served(w.answer()?);
    w.recorder.expect_all(checks)
}

/// Asks with the narrow token.
async fn ask(w: &mut World, purpose: &str, path_and_query: &str) -> Step {
    let token = narrow_token(w)?;
    let request = w.bare(Party::A, purpose, "GET", path_and_query)?;
    let request = w.with_token(request, &token, Party::A);
    w.send(request).await.map(drop)
}

#[when(expr = "met dat token {string} wordt opgevraagd")]
async fn outside_scope(w: &mut World, kind: String) -> Step {
    let search = clinical(w, &kind)?;
    ask(w, &format!("opvraging van {kind} buiten de scope"), &search).await
}

/// The same, with its times: evidence of before there was this sentence has none.
#[when(expr = "met dat token {string} wordt opgevraagd en het tijdstip wordt genoteerd")]
async fn outside_scope_noted(w: &mut World, kind: String) -> Step {
    let at = w.recorder.clock("gevraagd")?;
    outside_scope(w, kind).await?;
    w.kept.asked = Some((at, w.recorder.clock("beantwoord")?));
    Ok(())
}

#[when(expr = "met dat token een gevonden {string} wordt gelezen")]
async fn read_outside_scope(w: &mut World, kind: String) -> Step {
    // The control with the full token came first, so its answer is the one that holds the id.
    let found = w.answers.iter().filter_map(bundle::searchset).find_map(|found| {
        let resource = bundle::matches(found).find(|resource| resource["resourceType"] == kind.as_str())?;
        resource["id"].as_str().map(str::to_owned)
    });
    let id = found.ok_or_else(|| {
        w.recorder.cannot_tell(Reason::NoData, "no_id", &format!("geen {kind} met een id gevonden"))
    })?;
    ask(w, &format!("lezen van {kind} buiten de scope"), &format!("{kind}/{id}")).await
}

#[when(expr = "met dat token de patiënt wordt opgevraagd met {string}")]
async fn include_escape(w: &mut World, parameter: String) -> Step {
    let search = format!("{}&{parameter}", w.patient_search(w.purpose())?);
    ask(w, &format!("opvraging met {parameter} buiten de scope"), &search).await
}

#[then("bevat het antwoord alleen gegevens binnen de scope van dat token")]
async fn within_scope(w: &mut World) -> Step {
    let check = disclosure::within_scope(w.answer()?, &narrow_scope(w)?);
    w.recorder.expect(check)
}

#[when(expr = "{string} wordt opgevraagd van een patiënt voor wie de vrager geen recht heeft")]
async fn other_patient(w: &mut World, kind: String) -> Step {
    // Another case may be changing consent, which is what decides here.
    w.hold(w.run.consent.clone()).await;
    let search = if kind == "Patient" {
        w.patient_search("other")?
    } else {
        format!("{kind}?patient.identifier={}", bsn_token(&w.bsn_for("other")?))
    };
    let purpose = format!("opvraging van {kind} van een patiënt zonder recht");
    let request = w.authorised(Party::A, &purpose, "GET", &search).await?;
    w.send(request).await.map(drop)
}

#[then("bevat het antwoord geen gegevens van welke patiënt ook")]
async fn no_data(w: &mut World) -> Step {
    w.response()?;
    let check = http::no_patient_data(w.answer()?, &[]);
    w.recorder.expect(check)
}

#[when(
    expr = "in één zoekvraag naar {string} twee BSN's staan: die van de testpatiënten {string} en {string}"
)]
async fn two_patients(w: &mut World, kind: String, one: String, other: String) -> Step {
    let mut values = Vec::new();
    for name in [one, other] {
        let purpose = super::basis::purpose(&name)
            .ok_or_else(|| w.recorder.broken(&format!("onbekende testpatiënt {name:?}")))?;
        values.push(bsn_token(&w.bsn_for(purpose)?));
    }
    let parameter = if kind == "Patient" { "identifier" } else { "patient.identifier" };
    let search = format!("{kind}?{parameter}={}", values.join(","));
    let request =
        w.authorised(Party::A, &format!("zoekvraag naar {kind} met twee BSN's"), "GET", &search).await?;
    w.send(request).await.map(drop)
}

#[when(expr = "zonder patiënt wordt gezocht met {string}")]
async fn no_patient(w: &mut World, search: String) -> Step {
    let request = w.authorised(Party::A, "zoekvraag zonder patiënt", "GET", &search).await?;
    w.send(request).await.map(drop)
}

#[then("bevat het antwoord gegevens van hooguit één patiënt")]
async fn one_patient(w: &mut World) -> Step {
    let check = disclosure::one_patient(w.answer()?);
    w.recorder.expect(check)
}

#[when(expr = "een export wordt gevraagd met {string}")]
async fn export(w: &mut World, path: String) -> Step {
    let request = w.authorised(Party::A, "verzoek om een export", "GET", &path).await?;
    w.send(request.header("Prefer", "respond-async")).await.map(drop)
}

#[then("begint het product geen export")]
async fn no_export(w: &mut World) -> Step {
    let check = disclosure::no_export(w.answer()?);
    w.recorder.expect(check)
}
