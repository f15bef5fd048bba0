//! Consent: what the national facility answers, set over the hook of the test environment, or by us when we play it.

use cucumber::{given, then, when};
use keur_evidence::{Step, Stop, event::Reason, http::Request};
use keur_probes::{
    fhir::{bundle, query::filled},
    http,
};
use serde_json::json;
use url::Url;

use super::functions::mitz;
use crate::{World, run::Party};

/// The state a patient without referral starts in and is left in.
const REFUSAL: &str = "deny";
/// Clinical data, beside the Patient itself.
const CLINICAL: &str = "Condition?patient.identifier={bsn}";

/// What the facility answers, by its Dutch name in the features.
fn state(name: &str) -> Option<&'static str> {
    Some(match name {
        "toestemming" => "permit",
        "weigering" => REFUSAL,
        "onbepaald" => "indeterminate",
        "een fout" => "fault",
        "niets binnen de tijd" => "timeout",
        "iets onleesbaars" => "malformed",
        "geen keuze" => "unregistered",
        _ => return None,
    })
}

#[given("een geslaagde opvraging na een verwijzing")]
async fn served_after_referral(w: &mut World) -> Step {
    // A product that asks after a referral too, gets an answer.
    if mitz::is_ours(w) {
        mitz::answers(w, REFUSAL).await?;
    }
    w.control(Party::B).await
}

#[given(expr = "de toestemmingsvoorziening antwoordt {string}")]
async fn facility_answers(w: &mut World, name: String) -> Step {
    hold(w).await;
    set(w, &name).await
}

#[when(
    expr = "een organisatie zonder verwijzing deze patiënt opvraagt terwijl de toestemmingsvoorziening {string} antwoordt"
)]
async fn asked_while(w: &mut World, name: String) -> Result<(), Stop> {
    hold(w).await;
    set(w, &name).await?;
    let asked = ask(w, Party::A, "opvraging zonder verwijzing").await;
    // Whatever came of it, the next case finds the state this patient starts in.
    set(w, "weigering").await?;
    asked
}

#[when("een organisatie met een verwijzing deze patiënt opvraagt")]
async fn asked_after_referral(w: &mut World) -> Result<(), Stop> {
    ask(w, Party::B, "opvraging na een verwijzing").await
}

#[given("een patiënt die toestemming geeft en daarna een geslaagde opvraging")]
async fn permitted(w: &mut World) -> Step {
    hold(w).await;
    set(w, "toestemming").await?;
    let served = w.control(Party::A).await;
    if served.is_err() {
        set(w, "weigering").await?;
    }
    served
}

#[when("de patiënt de toestemming intrekt en dezelfde opvraging opnieuw wordt gedaan")]
async fn withdrawn(w: &mut World) -> Result<(), Stop> {
    set(w, "weigering").await?;
    w.answers.clear();
    ask(w, Party::A, "opvraging na het intrekken van de toestemming").await
}

#[then("krijgt de organisatie geen gegevens van deze patiënt")]
async fn nothing(w: &mut World) -> Step {
    let mut checks = Vec::new();
    for answer in &w.answers[w.answers.len().saturating_sub(2)..] {
        if let Err(transport) = &answer.reply {
            let detail = format!("zonder antwoord is niets vast te stellen: {transport}");
            return Err(w.recorder.cannot_tell(http::reason(transport.failure), "unreachable", &detail));
        }
        checks.push(http::no_patient_data(answer, &[]));
    }
    w.recorder.expect_all(checks)
}

#[then("krijgt de organisatie de gegevens van deze patiënt")]
async fn served(w: &mut World) -> Step {
    let checks: Vec<_> =
        w.answers[w.answers.len().saturating_sub(2)..].iter().flat_map(bundle::served).collect();
    w.recorder.expect_all(checks)
}

/// Searches for the chosen patient and for clinical data; two answers.
async fn ask(w: &mut World, party: Party, purpose: &str) -> Result<(), Stop> {
    let patient = w.patient_search(w.purpose())?;
    let clinical = filled(CLINICAL, &w.bsn_for(w.purpose())?);
    for path in [patient, clinical] {
        let request = w.authorised(party, purpose, "GET", &path).await?;
        w.send(request).await?;
    }
    Ok(())
}

/// Cases that set consent take turns.
pub(super) async fn hold(w: &mut World) {
    if w.held.is_empty() {
        w.hold(w.run.consent.clone()).await;
    }
}

pub(super) async fn set(w: &mut World, name: &str) -> Step {
    let state = state(name).ok_or_else(|| w.recorder.broken(&format!("onbekend antwoord {name:?}")))?;
    if mitz::is_ours(w) {
        return mitz::answers(w, state).await;
    }
    let missing = || w.recorder.not_declared("[hooks] consent");
    let hook = w.run.product.hooks.consent.as_deref().ok_or_else(missing)?;
    let url = Url::parse(hook).map_err(|_| missing())?;
    let body = json!({ "bsn": w.bsn_for(w.purpose())?, "state": state });
    let purpose = format!("toestemmingsvoorziening antwoordt voortaan: {name}");
    let identity = w.run.tls_identity(Party::A);
    let mut request =
        Request::new(&purpose, "PUT", url, identity).content("application/json", body.to_string());
    if let Some(token) = &w.run.hook_token {
        request = request.header("Authorization", &format!("Bearer {token}"));
    }
    let answer = w.http(request).await?;
    if answer.response().is_some_and(|response| (200..300).contains(&response.status)) {
        return Ok(());
    }
    let detail = format!("het antwoord over toestemming is niet in te stellen: {}", answer.describe());
    Err(w.recorder.cannot_tell(Reason::Precondition, "consent_hook", &detail))
}
