//! Acute care, and breaking the glass: what a source gives in an emergency, and what it writes down of it.

use cucumber::{given, then, when};
use keur_evidence::{Step, Stop, event::Reason};
use keur_probes::{
    fhir::{bundle, query::filled},
    http, log,
    oauth::Token,
};

use super::{
    consent,
    log::{judge, logged, record},
    log_access,
    purposes::{self, Otherwise, claim},
};
use crate::{World, person, run::Party};

/// Clinical data, beside the Patient itself.
const CLINICAL: &str = "Condition?patient.identifier={bsn}";

/// A way of asking that a product may have.
struct Way {
    /// The claim that names its purpose.
    claim: &'static str,
    /// The purpose that is tried when none is declared.
    usual: &'static str,
    /// In Dutch, what a product that has it does.
    does: &'static str,
}

const ACUTE: Way =
    Way { claim: "acute_purpose", usual: "ETREAT", does: "het product geeft gegevens bij spoed" };
const OVERRIDE: Way =
    Way { claim: "override_purpose", usual: "BTG", does: "het product heeft een noodprocedure" };

/// The requirement does not apply to a product that does not declare this way, and does not have it either.
fn without(w: &World, way: &Way) -> Result<(), Stop> {
    if claim(w, way.claim).is_some() {
        return Ok(());
    }
    let answer = w.answer()?;
    if answer.response().is_none_or(|response| response.status >= 500 || response.status == 429) {
        // An outage says nothing of what the product has.
        return Ok(());
    }
    let detail = format!("het doel {} levert geen gegevens op: {}", way.usual, answer.describe());
    let declared = format!("geen [claims] {}", way.claim);
    Err(w.recorder.inapplicable(way.does, &declared, &answer.id, &detail))
}

/// A token for this way of asking.
async fn enter(w: &mut World, way: &Way) -> Result<Token, Stop> {
    let code = claim(w, way.claim).unwrap_or(way.usual).to_owned();
    let otherwise = Otherwise { purpose: Some(&code), ..Otherwise::default() };
    let token = purposes::token(w, otherwise, &format!("voor het doel {code}")).await?;
    w.kept.emergency = Some(code);
    if let Some(token) = token {
        return Ok(token);
    }
    without(w, way)?;
    let detail = format!("het product geeft geen token: {}", w.answer()?.describe());
    Err(w.recorder.cannot_tell(Reason::Precondition, "no_token", &detail))
}

async fn ask_acutely(w: &mut World, what: &str) -> Result<(), Stop> {
    let token = match w.token.clone() {
        Some(token) => token,
        None => enter(w, &ACUTE).await?,
    };
    w.token = Some(token.clone());
    for path in [w.patient_search(w.purpose())?, filled(CLINICAL, &w.bsn_for(w.purpose())?)] {
        purposes::search(w, &token, what, &path).await?;
    }
    Ok(())
}

/// The state of the facility is put back, whatever came of the question.
async fn acutely_while(w: &mut World, name: &str, what: &str) -> Result<(), Stop> {
    consent::hold(w).await;
    consent::set(w, name).await?;
    w.answers.clear();
    let asked = ask_acutely(w, what).await;
    consent::set(w, "weigering").await?;
    asked
}

#[given(expr = "een geslaagde opvraging bij spoed terwijl de toestemmingsvoorziening {string} antwoordt")]
async fn served_acutely(w: &mut World, name: String) -> Step {
    acutely_while(w, &name, "positieve controle: opvraging bij spoed").await?;
    let searches = &w.answers[w.answers.len().saturating_sub(2)..];
    let checks: Vec<_> = searches.iter().flat_map(bundle::served).collect();
    if checks.iter().any(|check| !check.holds()) {
        without(w, &ACUTE)?;
    }
    w.recorder.expect_all(checks)
}

#[when(
    expr = "deze patiënt bij spoed wordt opgevraagd terwijl de toestemmingsvoorziening {string} antwoordt"
)]
async fn asked_acutely(w: &mut World, name: String) -> Result<(), Stop> {
    acutely_while(w, &name, &format!("opvraging bij spoed: {name}")).await
}

#[given("een noodinzage bij een patiënt van wie de vrager anders niets krijgt")]
async fn overridden(w: &mut World) -> Step {
    consent::hold(w).await;
    w.patient = Some("other");
    let path = w.patient_search("other")?;
    let usual = w.authorised(Party::A, "opvraging zonder noodprocedure", "GET", &path).await?;
    w.send(usual).await?;
    w.response()?;
    let check = http::no_patient_data(w.answer()?, &[]);
    w.recorder.expect(check)?;
    let token = enter(w, &OVERRIDE).await?;
    purposes::search_noted(w, &token, "opvraging volgens de noodprocedure", &path).await?;
    let checks = bundle::served(w.answer()?);
    if checks.iter().any(|check| !check.holds()) {
        without(w, &OVERRIDE)?;
    }
    w.recorder.expect_all(checks)?;
    log_access::keep(w, Party::A, "other")
}

/// The purpose the emergency was asked under.
fn code(w: &World) -> Result<&str, Stop> {
    w.kept.emergency.as_deref().ok_or_else(|| w.recorder.broken("er is nog geen noodinzage"))
}

#[then("noemt de logregel de noodinzage")]
async fn recorded(w: &mut World) -> Step {
    let record = logged(w)?.record.as_ref().map(|(record, _)| record.clone());
    judge(w, [log::under_purpose(record.as_ref(), code(w)?)])
}

#[then("noemt het overzicht de noodinzage")]
async fn visible(w: &mut World) -> Step {
    let seen = log_access::seen(w)?;
    let found = seen.found.first().and_then(Option::as_ref).map(|(record, _)| record);
    let check = log::under_purpose(found, code(w)?).on([seen.answer.id.clone()]);
    w.recorder.expect(check)
}

#[then("noemt de logregel de organisatie, de gebruiker, de soort gegevens, het tijdstip en de herkomst")]
async fn five_facts(w: &mut World) -> Step {
    let person = (w.run.variant == person::VARIANT).then_some(person::NUMBER);
    let checks = log::access(&record(w)?, &logged(w)?.sent, person);
    judge(w, checks)
}
