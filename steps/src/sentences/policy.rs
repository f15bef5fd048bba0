//! The decision of the source: who is excluded by law, and the whole policy, row by row.

use cucumber::{then, when};
use keur_evidence::{Check, Step, Stop, http::Answer};
use keur_probes::{
    fhir::query::filled,
    functions::authorisation::{self, Relation, Request},
    http, oauth, scopes, tokens,
};

use super::{
    consent,
    purposes::{self, Otherwise, claim, needed},
};
use crate::World;

/// Clinical data, beside the Patient itself.
const CLINICAL: &str = "Condition?patient.identifier={bsn}";
/// What was asked, and what came of it.
pub struct Decision {
    request: Request,
    what: String,
    answer: Answer,
}

/// The type of organisation as which the product knows a party.
fn party<'w>(w: &'w World, name: &str) -> Result<&'w str, Stop> {
    match name {
        "ziekenhuis" => Ok(oauth::HOSPITAL),
        "zorgverzekeraar" => needed(w, "insurer_type"),
        "bedrijfsarts" => needed(w, "company_doctor_type"),
        other => Err(w.recorder.broken(&format!("onbekende partij {other:?}"))),
    }
}

#[when(expr = "de vrager een {string} is en dezelfde gegevens opvraagt")]
async fn asks_as(w: &mut World, name: String) -> Result<(), Stop> {
    let kind = party(w, &name)?.to_owned();
    w.answers.clear();
    let otherwise = Otherwise { organisation: Some(&kind), ..Otherwise::default() };
    let Some(token) = purposes::token(w, otherwise, &format!("als {name}")).await? else { return Ok(()) };
    w.answers.clear();
    for path in [w.patient_search(w.purpose())?, filled(CLINICAL, &w.bsn_for(w.purpose())?)] {
        purposes::search(w, &token, &format!("opvraging als {name}"), &path).await?;
    }
    Ok(())
}

#[then("krijgt deze partij geen token, of met dat token geen gegevens")]
async fn excluded(w: &mut World) -> Step {
    let endpoint = w.run.product.endpoints.token_endpoint.as_deref().unwrap_or_default();
    let mut checks = Vec::new();
    for answer in &w.answers {
        if answer.request.url.as_str() == endpoint {
            checks.push(tokens::withheld(answer));
        } else if let Err(transport) = &answer.reply {
            let detail = format!("zonder antwoord is niets vast te stellen: {transport}");
            return Err(w.recorder.cannot_tell(http::reason(transport.failure), "unreachable", &detail));
        } else {
            checks.push(http::no_patient_data(answer, &[]));
        }
    }
    w.recorder.expect_all(checks)
}

#[when(
    expr = "een {string} voor het doel {string} met een {string} scope gegevens vraagt van patiënten met en zonder verwijzing en toestemming"
)]
async fn row(w: &mut World, name: String, purpose: String, width: String) -> Step {
    // Consent decides here, and others change it too.
    consent::hold(w).await;
    let kind = party(w, &name)?.to_owned();
    let oauth = w.run.product.oauth.as_ref().ok_or_else(|| w.recorder.not_declared("[oauth]"))?;
    let scope = match width.as_str() {
        "ruime" => Some(oauth.scope.clone()),
        _ => oauth.narrow_scope.clone(),
    };
    let scope = scope.ok_or_else(|| w.recorder.not_declared("[oauth] narrow_scope"))?;
    w.answers.clear();
    let otherwise = Otherwise { purpose: Some(&purpose), organisation: Some(&kind), scope: Some(&scope) };
    let token = purposes::token(w, otherwise, &format!("als {name} voor {purpose}")).await?;
    let allowed = match claim(w, "purposes") {
        Some(declared) => declared.split_ascii_whitespace().any(|one| one == purpose),
        // Care is always a purpose; of coordination of care a source may have none.
        None => purpose == "TREAT" || purpose == "COC" && token.is_some(),
    };
    // The refusal last: what a source remembers of a consent shows then, and is gone when the next row begins.
    for (patient, relation, said) in [
        ("complete", Relation::Referred, None),
        ("no_consent", Relation::Consented, Some("toestemming")),
        ("no_consent", Relation::Refused, Some("weigering")),
    ] {
        w.patient = Some(patient);
        if let (Some(said), Some(_)) = (said, &token) {
            consent::set(w, said).await?;
        }
        for resource in ["Patient", "Condition"] {
            let request = Request {
                allowed_purpose: allowed,
                care_provider: name == "ziekenhuis",
                relation,
                in_scope: scopes::shows(&scope, resource),
            };
            let what = format!("{resource}, {}", described(relation));
            if let Some(token) = &token {
                let path = match resource {
                    "Patient" => w.patient_search(patient)?,
                    _ => filled(CLINICAL, &w.bsn_for(patient)?),
                };
                purposes::search(w, token, &format!("opvraging van {what}"), &path).await?;
            }
            let answer = w.answer()?.clone();
            w.kept.decisions.push(Decision { request, what, answer });
        }
    }
    Ok(())
}

fn described(relation: Relation) -> &'static str {
    match relation {
        Relation::Referred => "na een verwijzing",
        Relation::Consented => "zonder verwijzing, met toestemming",
        Relation::Refused => "zonder verwijzing, na een weigering",
    }
}

#[then("is elke beslissing gelijk aan het beleid")]
async fn as_decided(w: &mut World) -> Step {
    let made = w.kept.decisions.iter();
    let checks: Vec<Check> =
        made.map(|one| authorisation::follows(&one.answer, &one.request, &one.what)).collect();
    w.recorder.expect_all(checks)
}
