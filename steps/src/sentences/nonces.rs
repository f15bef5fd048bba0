//! Nonces for DPoP proofs: a server that hands them out demands them.

use std::time::Duration;

use cucumber::{given, when};
use keur_evidence::{Step, Stop, event::Reason, http::Request};
use keur_probes::{nonces, oauth::TokenRequest};
use serde_json::Value;

use super::keysets::PATIENCE_S;
use crate::{World, run::Party};

/// The control came before. A product that neither hands out a nonce nor misses one has none.
async fn handed_out(w: &mut World, request: Request, predicate: &str) -> Step {
    let shown = w.answers.iter().any(|answer| nonces::handed(answer).is_some());
    w.send(request).await?;
    let answer = w.answer()?;
    if let Some(nonce) = nonces::handed(answer) {
        let nonce = nonce.to_owned();
        w.facts.insert("dpop_nonce", nonce.into());
        return Ok(());
    }
    if shown {
        return Ok(());
    }
    let detail = "een bewijs zonder nonce is beantwoord zonder om een nonce te vragen";
    Err(w.recorder.inapplicable(predicate, "kop DPoP-Nonce", &answer.id.clone(), detail))
}

#[given("een product dat nonces uitgeeft voor bewijzen")]
async fn at_source(w: &mut World) -> Step {
    let request = shown(w, "opvraging om te zien of het product een nonce wil", "zonder nonce").await?;
    handed_out(w, request, "het product geeft nonces uit").await
}

#[given("een tokenadres dat nonces uitgeeft voor bewijzen")]
async fn at_token_endpoint(w: &mut World) -> Step {
    let request = asking(w, "zonder nonce")?;
    let request = request.request("tokenaanvraag om te zien of het tokenadres een nonce wil");
    handed_out(w, request, "het tokenadres geeft nonces uit").await
}

#[when(expr = "de opvraging wordt gedaan met een bewijs met nonce: {string}")]
async fn at_source_with(w: &mut World, case: String) -> Step {
    expire(w, &case).await?;
    let request = shown(w, &format!("opvraging met een bewijs {case}"), &case).await?;
    w.send(request).await.map(drop)
}

#[when(expr = "een token wordt gevraagd met een bewijs met nonce: {string}")]
async fn at_token_endpoint_with(w: &mut World, case: String) -> Step {
    expire(w, &case).await?;
    let request = asking(w, &case)?.request(&format!("tokenaanvraag met een bewijs {case}"));
    w.send(request).await.map(drop)
}

/// The search for the chosen patient, right but for the nonce.
async fn shown(w: &World, purpose: &str, case: &str) -> Result<Request, Stop> {
    let search = w.patient_search(w.purpose())?;
    let token = w.token_of(Party::A).await?;
    let request = w.authorised(Party::A, purpose, "GET", &search).await?;
    let proof = w.proof(&request, &token, Party::A);
    let mut proof = proof.ok_or_else(|| w.recorder.broken("er is geen DPoP-bewijs om te veranderen"))?;
    put(w, &mut proof.jwt.claims, case)?;
    Ok(request.header("DPoP", &proof.sign()))
}

/// A token request, right but for the nonce.
fn asking(w: &World, case: &str) -> Result<TokenRequest, Stop> {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    let proof = request.proof.as_mut();
    let proof = proof.ok_or_else(|| w.recorder.broken("er is geen DPoP-bewijs om te veranderen"))?;
    put(w, &mut proof.jwt.claims, case)?;
    Ok(request)
}

fn put(w: &World, claims: &mut serde_json::Map<String, Value>, case: &str) -> Step {
    match case {
        "zonder nonce" => drop(claims.remove("nonce")),
        "met een verzonnen nonce" => drop(claims.insert("nonce".to_owned(), w.recorder.uuid().into())),
        "met een verlopen nonce" => {
            let old = w.facts.get("dpop_nonce").cloned().ok_or_else(|| {
                let detail = "het product gaf geen nonce toen die ontbrak";
                w.recorder.cannot_tell(Reason::NoData, "no_nonce", detail)
            })?;
            claims.insert("nonce".to_owned(), old);
        }
        other => return Err(w.recorder.broken(&format!("onbekende nonce {other:?}"))),
    }
    Ok(())
}

/// Waits until the nonce that was handed out counts no more.
async fn expire(w: &World, case: &str) -> Step {
    if case != "met een verlopen nonce" {
        return Ok(());
    }
    let declared = w.run.product.oauth.as_ref().and_then(|oauth| oauth.dpop_nonce_max_age_s);
    let seconds = declared.ok_or_else(|| w.recorder.not_declared("[oauth] dpop_nonce_max_age_s"))?;
    if seconds > PATIENCE_S {
        let detail = format!(
            "[oauth] dpop_nonce_max_age_s is {seconds}; stel de geldigheid in de testomgeving in op hooguit {PATIENCE_S} seconden"
        );
        return Err(w.recorder.cannot_tell(Reason::Configuration, "dpop_nonce_max_age", &detail));
    }
    w.recorder.pause(Duration::from_secs(seconds + 1)).await;
    Ok(())
}
