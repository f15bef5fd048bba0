//! The consent facility, played by us: what it answers is set here, and what it was asked is looked at.

use std::sync::Arc;

use cucumber::{given, then, when};
use keur_counterparty::mitz::{self, Answer, Mitz, Question, attribute};
use keur_evidence::{Step, Stop, event::Reason};
use keur_probes::{
    fhir::{bundle, query::filled},
    functions::consent::{Demand, Value, complete},
};
use serde_json::json;

use super::register;
use crate::{World, run::Party, sentences::consent};

const BSN: &str = "2.16.840.1.113883.2.4.6.3";
const URA: &str = "2.16.528.1.1007.3.3";
const ROLES: &str = "2.16.840.1.113883.2.4.15.111";
const PURPOSES: &str = "2.16.840.1.113883.1.11.20448";

/// Whether the product asks us: when it offers no hook to set an answer with.
pub(in crate::sentences) fn is_ours(w: &World) -> bool {
    w.run.product.hooks.consent.is_none() && w.run.product.counterparty.is_some()
}

/// The facility answers like this about the chosen patient, whatever the category.
pub(in crate::sentences) async fn answers(w: &mut World, state: &str) -> Step {
    let answer = match state {
        "permit" => Answer::Permit,
        "deny" => Answer::Deny,
        "indeterminate" => Answer::Indeterminate,
        "fault" => Answer::Fault,
        "timeout" => Answer::Silence,
        "unregistered" => Answer::NoChoice,
        _ => Answer::Garbage,
    };
    if register::is_asked(w) {
        return register::answers(w, answer).await;
    }
    facility(w).await?.set(answer);
    noted(w, &[("alle", &[answer])])
}

async fn facility(w: &mut World) -> Result<Mitz, Stop> {
    if let Some(mitz) = &w.kept.functions.mitz {
        return Ok(mitz.clone());
    }
    consent::hold(w).await;
    let mitz = Mitz::new(Answer::Deny);
    let bsn = w.bsn_for(w.purpose())?;
    w.desk_at("mitz", &bsn, Arc::new(mitz.clone())).await?;
    w.kept.functions.mitz = Some(mitz.clone());
    Ok(mitz)
}

/// What the facility answers from now on is evidence too.
fn noted(w: &World, choices: &[(&str, &[Answer])]) -> Step {
    let facts = choices.iter().map(|(category, answers)| {
        let answers: Vec<String> = answers.iter().map(|answer| format!("{answer:?}")).collect();
        ((*category).to_owned(), json!(answers))
    });
    let facts = serde_json::Value::Object(facts.collect());
    w.recorder
        .observe("consent_facility", "wat de toestemmingsvoorziening voortaan antwoordt", facts)
        .map(drop)
}

/// Category and searches of a kind of data.
fn kind(w: &World, name: &str) -> Result<(&'static str, [&'static str; 2]), Stop> {
    Ok(match name {
        "medicatie" => (
            mitz::MEDICATION,
            ["MedicationRequest?patient.identifier={bsn}", "MedicationStatement?patient.identifier={bsn}"],
        ),
        "laboratorium" => (
            mitz::LABORATORY,
            [
                "Observation?patient.identifier={bsn}&category=http://snomed.info/sct|49581000146104",
                "Observation?patient.identifier={bsn}&category=http://snomed.info/sct|49581000146104&_count=5",
            ],
        ),
        "aandoeningen" => {
            (mitz::GENERAL, ["Condition?patient.identifier={bsn}", "Procedure?patient.identifier={bsn}"])
        }
        _ => return Err(w.recorder.broken(&format!("onbekende soort gegevens {name:?}"))),
    })
}

async fn choose(w: &mut World, otherwise: Answer, category: &str, answers: &[Answer]) -> Step {
    if !is_ours(w) {
        let detail = "per soort gegevens antwoorden kan alleen de Mitz die keur speelt; laat [hooks] consent weg en geef [counterparty] op";
        return Err(w.recorder.cannot_tell(Reason::Precondition, "not_declared", detail));
    }
    if register::is_asked(w) {
        return register::choose(w, otherwise, category, answers).await;
    }
    let mitz = facility(w).await?;
    mitz.set(otherwise);
    mitz.set_for(category, answers);
    noted(w, &[("overige", &[otherwise]), (category, answers)])
}

#[given(expr = "de patiënt geeft alleen toestemming voor {string}")]
async fn only(w: &mut World, name: String) -> Step {
    let (category, _) = kind(w, &name)?;
    choose(w, Answer::Deny, category, &[Answer::Permit]).await
}

#[given(expr = "de patiënt geeft toestemming, maar niet voor {string}")]
async fn all_but(w: &mut World, name: String) -> Step {
    let (category, _) = kind(w, &name)?;
    choose(w, Answer::Permit, category, &[Answer::Deny]).await
}

#[given(expr = "de patiënt heeft voor medicatie een toestemming en een bezwaar, {string}")]
async fn both(w: &mut World, order: String) -> Step {
    let answers = match order.as_str() {
        "met de toestemming als eerste" => [Answer::Permit, Answer::Deny],
        _ => [Answer::Deny, Answer::Permit],
    };
    choose(w, Answer::Deny, mitz::MEDICATION, &answers).await
}

#[given(expr = "een geslaagde opvraging van {string} zonder verwijzing")]
async fn served_without_referral(w: &mut World, name: String) -> Step {
    ask(w, &name, "positieve controle").await?;
    let checks: Vec<_> = w.answers.iter().flat_map(bundle::served).collect();
    w.recorder.expect_all(checks)
}

#[when(expr = "een organisatie zonder verwijzing van deze patiënt {string} opvraagt")]
async fn asks(w: &mut World, name: String) -> Result<(), Stop> {
    w.answers.clear();
    ask(w, &name, "opvraging zonder verwijzing").await
}

/// Two searches of a kind.
async fn ask(w: &mut World, name: &str, purpose: &str) -> Result<(), Stop> {
    let (_, searches) = kind(w, name)?;
    let bsn = w.bsn_for(w.purpose())?;
    for search in searches {
        let request =
            w.authorised(Party::A, &format!("{purpose}: {name}"), "GET", &filled(search, &bsn)).await?;
        w.send(request).await?;
    }
    Ok(())
}

#[then("noemt elke toestemmingsvraag de patiënt, de bron, de vrager, de rol, het doel en de soort gegevens")]
async fn questions(w: &mut World) -> Step {
    if !is_ours(w) {
        let detail = "de vraag is alleen te zien als het product haar aan keur stelt; laat [hooks] consent weg en geef [counterparty] op";
        return Err(w.recorder.cannot_tell(Reason::Precondition, "not_declared", detail));
    }
    let heard =
        w.heard("een toestemmingsvraag", |calls| calls.iter().any(|one| one.service == "mitz")).await?;
    let bsn = w.bsn_for(w.purpose())?;
    let custodian = w.run.product.oauth.as_ref().and_then(|oauth| oauth.organization.clone());
    let custodian = custodian.ok_or_else(|| w.recorder.not_declared("[oauth] organization"))?;
    let asking = Party::A.of(&w.run.product).and_then(|party| party.ura.clone());
    let asking = asking.ok_or_else(|| w.recorder.not_declared("[identity.party_a] ura"))?;
    let demand = |name, attribute, system, value| Demand { name, attribute, system, value };
    let demands = [
        demand("BSN", attribute::PATIENT, BSN, Some(bsn.as_str())),
        demand("URA-nummer van de bron", attribute::CUSTODIAN, URA, Some(custodian.as_str())),
        demand("URA-nummer van de vrager", attribute::ASKING, URA, Some(asking.as_str())),
        demand("rol", attribute::ROLE, ROLES, None),
        demand("doel", attribute::PURPOSE, PURPOSES, Some("TREAT")),
        demand("soort gegevens", attribute::CATEGORY, mitz::CATEGORIES, Some(mitz::GENERAL)),
    ];
    let mut checks = Vec::new();
    for one in heard.iter().filter(|one| one.service == "mitz") {
        let question = Question::read(&one.body).map(|question| question.0).unwrap_or_default();
        let values: Vec<Value> = question
            .into_iter()
            .map(|one| Value { attribute: one.id, value: one.value, system: one.system })
            .collect();
        checks.extend(complete(&values, &demands, &one.id));
    }
    w.recorder.expect_all(checks)
}
