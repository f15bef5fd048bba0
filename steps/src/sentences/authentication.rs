//! Who may come in: the challenge, registered organisations, persons and rights.

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop};
use keur_probes::{
    fhir::query::bsn_token,
    http,
    oauth::{self, Token, TokenRequest},
    tokens,
};
use serde_json::Value;

use crate::{
    World, person,
    run::Party,
    sentences::{assertions::set_detail, tokens as asking},
};

const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

#[when(expr = "zonder token een verzoek wordt gedaan: {string}")]
async fn unauthenticated(w: &mut World, case: String) -> Step {
    let search = w.patient_search(w.purpose())?;
    let purpose = format!("zonder token: {case}");
    let request = match case.as_str() {
        "een zoekvraag" => w.bare(Party::A, &purpose, "GET", &search)?,
        "een zoekvraag als formulier" => {
            let (path, query) = search.split_once('?').unwrap_or((search.as_str(), ""));
            w.bare(Party::A, &purpose, "POST", &format!("{path}/_search"))?
                .content("application/x-www-form-urlencoded", query)
        }
        "een zoekvraag naar klinische gegevens" => {
            let path = format!("Condition?patient.identifier={}", bsn_token(&w.bsn_for(w.purpose())?));
            w.bare(Party::A, &purpose, "GET", &path)?
        }
        "het lezen van één gegeven" => w.bare(Party::A, &purpose, "GET", "Patient/1")?,
        other => return Err(w.recorder.broken(&format!("onbekend verzoek {other:?}"))),
    };
    w.send(request).await.map(drop)
}

#[then("nodigt het antwoord uit tot authenticatie")]
async fn challenged(w: &mut World) -> Step {
    let check = http::challenge(w.answer()?);
    w.recorder.expect(check)
}

#[when("een organisatie die niet is geregistreerd een token vraagt")]
async fn unregistered(w: &mut World) -> Step {
    let request = w.run.token_request(&w.recorder, Party::Unregistered)?;
    asking::ask(w, &request, "tokenaanvraag van een niet-geregistreerde organisatie").await
}

#[when("een organisatie die niet is geregistreerd haar eigen sleutel meestuurt in de kop van de verklaring")]
async fn embedded_key(w: &mut World) -> Step {
    let mut request = w.run.token_request(&w.recorder, Party::Unregistered)?;
    let key = w.run.signing_keys.get(Party::Unregistered.name());
    let jwk = key.map(keur_probes::jose::SigningKey::public_jwk);
    if let (Some(assertion), Some(jwk)) = (&mut request.assertion, jwk) {
        assertion.header.insert("jwk".to_owned(), jwk);
    }
    asking::ask(w, &request, "tokenaanvraag van een niet-geregistreerde organisatie, met jwk in de kop").await
}

#[when("een organisatie die niet is geregistreerd zich voordoet als een geregistreerde client")]
async fn impostor(w: &mut World) -> Step {
    let mut request = w.run.token_request(&w.recorder, Party::Unregistered)?;
    let declared = w.run.product.identity.party_a.as_ref().and_then(|party| party.client_id.clone());
    let client = declared.ok_or_else(|| w.recorder.not_declared("[identity.party_a] client_id"))?;
    if let Some(assertion) = &mut request.assertion {
        for claim in ["iss", "sub"] {
            assertion.claims.insert(claim.to_owned(), client.clone().into());
        }
    }
    asking::ask(w, &request, "tokenaanvraag onder de client_id van een ander").await
}

#[when(expr = "een token wordt gevraagd voor een persoon {string}")]
async fn for_a_person(w: &mut World, case: String) -> Step {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    let level = match case.as_str() {
        "met niveau laag" => Some("http://eidas.europa.eu/LoA/low"),
        "met niveau substantieel" => Some("http://eidas.europa.eu/LoA/substantial"),
        "met een onbekend niveau" => Some("hoog"),
        "zonder verklaring over de persoon" => None,
        other => return Err(w.recorder.broken(&format!("onbekende persoon {other:?}"))),
    };
    let party = w.run.product.identity.party_a.as_ref();
    let ura = party.and_then(|party| party.ura.as_deref());
    let ura = ura.ok_or_else(|| w.recorder.not_declared("[identity.party_a] ura"))?;
    let key = w.run.signing_keys.get(Party::A.name());
    let key = key.ok_or_else(|| w.recorder.not_declared("[identity.party_a] signing_key"))?;
    let claims = request.assertion.as_mut().map(|jwt| &mut jwt.claims);
    let claims = claims.ok_or_else(|| w.recorder.broken("er is geen clientverklaring"))?;
    match level {
        Some(level) => {
            let attestation = person::attestation(ura, level, key, w.run.seam.now());
            claims.insert("dezi".to_owned(), attestation.into());
        }
        None => drop(claims.remove("dezi")),
    }
    asking::ask(w, &request, &format!("tokenaanvraag voor een persoon {case}")).await
}

#[given(expr = "een aanvraag zonder persoon voor het doel {string}")]
async fn without_person(w: &mut World, code: String) -> Step {
    let request = for_purpose(w, &code)?;
    let carries = request.assertion.as_ref().is_some_and(|jwt| jwt.claims.contains_key("dezi"));
    if carries {
        return Err(w.recorder.broken("deze variant stuurt een persoon mee"));
    }
    asking::ask(w, &request, &format!("tokenaanvraag zonder persoon voor het doel {code}")).await?;
    let answer = w.answer()?;
    // A source may support fewer purposes; that is no demand for a person.
    let refused = oauth::error_code(answer).is_some_and(|error| error == "invalid_authorization_details");
    if refused && code != "TREAT" {
        let predicate = format!("het product ondersteunt het doel {code}");
        let (id, detail) =
            (answer.id.clone(), format!("het product weigert het doel {code}: {}", answer.describe()));
        return Err(w.recorder.inapplicable(&predicate, "product.toml noemt geen doelen", &id, &detail));
    }
    Ok(())
}

fn for_purpose(w: &World, code: &str) -> Result<TokenRequest, Stop> {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    set_detail(w, &mut request, "purpose_of_use", Some(Value::String(format!("{ACT_REASON}|{code}"))))?;
    Ok(request)
}

#[when("de vrager met dat token de gegevens opvraagt")]
async fn use_token(w: &mut World) -> Step {
    let Some(token) = Token::from_answer(w.answer()?) else { return Ok(()) };
    let search = w.patient_search(w.purpose())?;
    let request = w.bare(Party::A, "opvraging zonder persoon", "GET", &search)?;
    let request = w.with_token(request, &token, Party::A);
    w.send(request).await.map(drop)
}

#[then("krijgt de vrager de gegevens")]
async fn served(w: &mut World) -> Step {
    let answer = w.answer()?;
    let asked_token =
        answer.request.url.as_str() == w.run.product.endpoints.token_endpoint.as_deref().unwrap_or_default();
    let checks: Vec<Check> = if asked_token {
        // Without a token there was nothing to ask with.
        vec![tokens::issued(answer)]
    } else {
        keur_probes::fhir::bundle::served(answer)
    };
    w.recorder.expect_all(checks)
}

#[when(expr = "een token wordt gevraagd met {string} scope")]
async fn with_scope(w: &mut World, which: String) -> Step {
    let asked = scope(w, &which)?;
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    request.scope = Some(asked);
    asking::ask(w, &request, &format!("tokenaanvraag met {which} scope")).await
}

#[then(expr = "geeft het token niet meer rechten dan de {string} scope en dan is toegestaan")]
async fn narrowed(w: &mut World, which: String) -> Step {
    let asked = scope(w, &which)?;
    let allowed = w.run.product.oauth.as_ref().map(|oauth| oauth.scope.clone()).unwrap_or_default();
    let check = tokens::narrowed(w.answer()?, &asked, &allowed);
    w.recorder.expect(check)
}

fn scope(w: &World, which: &str) -> Result<String, Stop> {
    let oauth = w.run.product.oauth.as_ref().ok_or_else(|| w.recorder.not_declared("[oauth]"))?;
    let (key, scope) = match which {
        "te ruime" => ("wide_scope", oauth.wide_scope.clone()),
        "smalle" => ("narrow_scope", oauth.narrow_scope.clone()),
        other => return Err(w.recorder.broken(&format!("onbekende scope {other:?}"))),
    };
    scope.ok_or_else(|| w.recorder.not_declared(&format!("[oauth] {key}")))
}
