//! What the product must do before a test can begin: tokens, its description, the test patient, the hooks.

use keur_catalogue::{Profile, profile::FhirVersion};
use keur_counterparty::keys::KeyPublisher;
use keur_evidence::{Stop, http::Request};
use keur_probes::fhir::bundle;
use serde_json::json;
use time::format_description::well_known::Rfc3339;
use url::Url;

use super::{Diagnosis, Found, State, fine, misconfigured, skipped, unfit};
use crate::{World, run::Party, session::SessionError};

pub(super) async fn examine(
    w: &mut World,
    keys: Result<Option<KeyPublisher>, SessionError>,
    profile: Option<&Profile>,
    diagnosis: &mut Diagnosis,
) {
    // The publisher lives until the end: the product fetches our keys while it answers.
    let (_keys, found) = published(w, keys);
    diagnosis.add("jwks", "eigen sleutels", found);
    let found = tokens(w).await;
    let no_token = found.state == State::Unfit;
    diagnosis.add("token", "toegangstoken", found);
    let found = metadata(w, profile.map(|profile| profile.fhir)).await;
    diagnosis.add("metadata", "beschrijving", settled(found));
    let found = if no_token {
        skipped("zonder toegangstoken is er niets op te vragen")
    } else {
        settled(complete_patient(w).await)
    };
    diagnosis.add("patient", "testpatiënt `complete`", found);
    let found = log_export(w).await;
    diagnosis.add("log_export", "inzage in het logboek", settled(found));
    let found = consent(w).await;
    diagnosis.add("consent", "instellen van toestemming", settled(found));
}

/// What stopped a point is what is wrong with it.
fn settled(found: Result<Found, Stop>) -> Found {
    found.unwrap_or_else(|stop| unfit(stop.to_string(), "herstel eerst de punten hierboven"))
}

fn published(w: &World, keys: Result<Option<KeyPublisher>, SessionError>) -> (Option<KeyPublisher>, Found) {
    match keys {
        Ok(Some(keys)) => {
            let base = w.run.product.identity.jwks_base.as_deref().unwrap_or_default();
            let found = fine(format!("te vinden op {base}/<client_id>/jwks.json zolang keur draait"));
            (Some(keys), found)
        }
        Ok(None) => (
            None,
            skipped("[identity] jwks_listen is niet opgegeven: het product moet de sleutels al kennen"),
        ),
        Err(error) => {
            let text = error.to_string();
            let (detail, remedy) = text.split_once("\n  help: ").unwrap_or((&text, "kies een andere poort"));
            (None, misconfigured(detail, remedy))
        }
    }
}

async fn tokens(w: &World) -> Found {
    if !w.run.uses_tokens() {
        return skipped("[oauth] of [endpoints] token_endpoint is niet opgegeven");
    }
    let mut issued = Vec::new();
    for party in [Party::A, Party::B] {
        let Some(declared) = party.of(&w.run.product) else { continue };
        match w.token_of(party).await {
            Ok(token) => {
                let life = token.expires_in.map_or_else(String::new, |life| format!(" voor {life} s"));
                issued.push(format!("{}: {}-token{life}", party.name(), token.scheme));
            }
            Err(stop) => {
                let client = declared.client_id.as_deref().unwrap_or("de client");
                let ura = declared.ura.as_deref().unwrap_or("onbekend");
                let base = w.run.product.identity.jwks_base.as_deref().unwrap_or("<jwks_base>");
                let remedy = format!(
                    "controleer [endpoints] token_endpoint en [oauth], en registreer {client} bij het product met URA {ura} en jwks_uri {base}/{client}/jwks.json"
                );
                return unfit(format!("{}: {stop}", party.name()), remedy);
            }
        }
    }
    if issued.is_empty() { skipped("[identity.party_a] is niet opgegeven") } else { fine(issued.join("; ")) }
}

async fn metadata(w: &mut World, wanted: Option<FhirVersion>) -> Result<Found, Stop> {
    if w.run.product.endpoints.fhir_base.is_empty() {
        return Ok(skipped("[endpoints] fhir_base is niet opgegeven"));
    }
    let request = w.bare(Party::A, "beschrijving van het product", "GET", "metadata")?;
    let answer = w.send(request).await?;
    let remedy = "controleer [endpoints] fhir_base, en laat /metadata een CapabilityStatement geven";
    let body =
        answer.response().filter(|response| response.status == 200).and_then(|response| response.json());
    let Some(body) = body.filter(|body| body["resourceType"] == "CapabilityStatement") else {
        return Ok(unfit(format!("geen CapabilityStatement, maar {}", answer.describe()), remedy));
    };
    let found = body["fhirVersion"].as_str().unwrap_or("onbekend");
    let (prefix, name) = match wanted {
        Some(FhirVersion::Stu3) => ("3.0.", "STU3 (3.0.x)"),
        Some(FhirVersion::R4) => ("4.0.", "R4 (4.0.x)"),
        None => ("", ""),
    };
    Ok(if found.starts_with(prefix) {
        fine(format!("FHIR {found}"))
    } else {
        let remedy = format!("het profiel toetst FHIR {name}: wijs met fhir_base dat eindpunt aan");
        unfit(format!("FHIR {found}"), remedy)
    })
}

async fn complete_patient(w: &mut World) -> Result<Found, Stop> {
    if w.run.product.patients.complete.is_none() {
        return Ok(skipped("[patients.complete] is niet opgegeven"));
    }
    if w.run.product.endpoints.fhir_base.is_empty() {
        return Ok(skipped("[endpoints] fhir_base is niet opgegeven"));
    }
    let search = w.patient_search("complete")?;
    let request = w.authorised(Party::A, "testpatiënt zoeken", "GET", &search).await?;
    let answer = w.send(request).await?;
    let wrong = bundle::served(answer).into_iter().find(|check| !check.holds());
    Ok(match wrong {
        None => fine("gevonden"),
        Some(check) => {
            let remedy =
                "zet de testpatiënt in het product, met een verwijzing naar de organisatie van party_a";
            unfit(format!("{}, {}", answer.describe(), check.observed), remedy)
        }
    })
}

async fn log_export(w: &mut World) -> Result<Found, Stop> {
    let Some(mut url) = hook(w.run.product.hooks.log_export.as_deref()) else {
        return Ok(skipped("[hooks] log_export is niet opgegeven: eisen aan het logboek blijven onbeslist"));
    };
    let since = w.run.seam.now().format(&Rfc3339).unwrap_or_default();
    url.query_pairs_mut().append_pair("since", &since);
    let request = authorised_hook(w, "inzage in het logboek", "GET", url);
    let answer = w.send(request).await?;
    let bundle =
        answer.response().filter(|response| response.status == 200).and_then(|response| response.json());
    Ok(if bundle.is_some_and(|bundle| bundle["resourceType"] == "Bundle") {
        fine("geeft een Bundle")
    } else {
        unfit(
            answer.describe(),
            "laat [hooks] log_export een Bundle met AuditEvents geven, en controleer [hooks] token",
        )
    })
}

/// Sets the state the patient has at the start anyway.
async fn consent(w: &mut World) -> Result<Found, Stop> {
    let Some(url) = hook(w.run.product.hooks.consent.as_deref()) else {
        return Ok(match &w.run.product.counterparty {
            // Who has no such hook asks us, when a profile is about that.
            Some(declared) => fine(format!("het product vraagt keur: {}/dienst/mitz", declared.desk.base)),
            None => skipped("[hooks] consent is niet opgegeven: eisen aan toestemming blijven onbeslist"),
        });
    };
    let patient = w.run.product.patients.no_consent.as_ref();
    let Some(bsn) = patient.and_then(|patient| patient.bsn()).map(str::to_owned) else {
        return Ok(skipped("[patients.no_consent] bsn is niet opgegeven"));
    };
    let body = json!({ "bsn": bsn, "state": "deny" }).to_string();
    let request =
        authorised_hook(w, "instellen van toestemming", "PUT", url).content("application/json", body);
    let answer = w.send(request).await?;
    let done = answer.response().is_some_and(|response| (200..300).contains(&response.status));
    let remedy = "laat [hooks] consent een PUT met bsn en state aannemen, en controleer [hooks] token";
    Ok(if done { fine(answer.describe()) } else { unfit(answer.describe(), remedy) })
}

/// The declaration was read, so every URL in it parses.
fn hook(url: Option<&str>) -> Option<Url> {
    Url::parse(url?).ok()
}

fn authorised_hook(w: &World, purpose: &str, method: &str, url: Url) -> Request {
    let request = Request::new(purpose, method, url, w.run.tls_identity(Party::A));
    match &w.run.hook_token {
        Some(token) => request.header("Authorization", &format!("Bearer {token}")),
        None => request,
    }
}
