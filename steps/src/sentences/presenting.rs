//! How a token is shown: in the right place, under the right scheme, once, and bound to who shows it.

use cucumber::{then, when};
use keur_evidence::Step;
use keur_probes::{jose::flip_signature, tokens};
use serde_json::{Value, json};

use crate::{
    World,
    run::Party,
    sentences::{assertions::set_detail, oauth_profile, proofs::bound, tokens as asking},
};

#[when(expr = "het token wordt meegegeven {string}")]
async fn elsewhere(w: &mut World, place: String) -> Step {
    let search = w.patient_search(w.purpose())?;
    let token = w.token_of(Party::A).await?;
    let purpose = format!("opvraging met het token {place}");
    let request = match place.as_str() {
        "in het adres" => {
            let request = w.authorised(Party::A, &purpose, "GET", &search).await?;
            let mut request = request.without("Authorization");
            request.url.query_pairs_mut().append_pair("access_token", &token.value);
            request
        }
        "in het formulier van een zoekvraag" => {
            let (path, query) = search.split_once('?').unwrap_or((search.as_str(), ""));
            let request = w.authorised(Party::A, &purpose, "POST", &format!("{path}/_search")).await?;
            let form = format!("{query}&access_token={}", token.value);
            request.without("Authorization").content("application/x-www-form-urlencoded", form)
        }
        other => return Err(w.recorder.broken(&format!("onbekende plaats {other:?}"))),
    };
    w.send(request).await.map(drop)
}

#[when(expr = "de opvraging wordt gedaan met een kop {string}")]
async fn other_header(w: &mut World, form: String) -> Step {
    let search = w.patient_search(w.purpose())?;
    let token = w.token_of(Party::A).await?;
    let mut request = w.authorised(Party::A, &format!("opvraging met {form}"), "GET", &search).await?;
    let scheme = if token.scheme.eq_ignore_ascii_case("dpop") { "DPoP" } else { "Bearer" };
    let parts: Vec<&str> = token.value.split('.').collect();
    let value = match form.as_str() {
        "met het schema Basic" => format!("Basic {}", token.value),
        "zonder schema" => token.value.clone(),
        "met het schema Bearer en zonder bewijs" => {
            bound(w).await?;
            request = request.without("DPoP");
            format!("Bearer {}", token.value)
        }
        "met twee tokens" => {
            let second = format!("{scheme} {}", flip_signature(&token.value));
            request.headers.push(("Authorization".to_owned(), second));
            return w.send(request).await.map(drop);
        }
        "met een token van twee delen" => format!("{scheme} {}", parts[..parts.len().min(2)].join(".")),
        "met een token van vier delen" => format!("{scheme} {}.e30", token.value),
        "met een token dat geen base64 is" => format!("{scheme} {}.!!.**", parts[0]),
        other => return Err(w.recorder.broken(&format!("onbekende kop {other:?}"))),
    };
    w.send(request.header("Authorization", &value)).await.map(drop)
}

#[when("een token wordt gevraagd zonder bewijs van een sleutel")]
async fn unproven(w: &mut World) -> Step {
    oauth_profile::sender_constrained(w)?;
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    request.proof = None;
    asking::ask(w, &request, "tokenaanvraag zonder DPoP-bewijs").await
}

#[then("is er geen token, of is het aan het certificaat van de vrager gebonden")]
async fn bound_or_none(w: &mut World) -> Step {
    let leaf = w.run.seam.identities().leaf(w.run.tls_identity(Party::A));
    let check = tokens::bound_to(w.answer()?, leaf);
    w.recorder.expect(check)
}

#[when(expr = "een token wordt gevraagd met authorization_details {string}")]
async fn other_details(w: &mut World, case: String) -> Step {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    let unknown = w.made_up("nl-onbekend-v1", |draw| format!("x-{}", draw.letters(8)));
    match case.as_str() {
        "van een onbekende soort" => set_detail(w, &mut request, "type", Some(unknown.into()))?,
        "met een tweede onderdeel van een onbekende soort" => {
            let all = request.details.as_mut().and_then(Value::as_array_mut);
            let all = all.ok_or_else(|| w.recorder.broken("er zijn geen authorization_details"))?;
            all.push(json!({ "type": unknown }));
        }
        "voor het adres van een andere bron" => {
            let other = w.run.product.endpoints.other_tenant_fhir_base.clone();
            let other = other.ok_or_else(|| w.recorder.not_declared("[endpoints] other_tenant_fhir_base"))?;
            set_detail(w, &mut request, "locations", Some(json!([other])))?;
        }
        other => return Err(w.recorder.broken(&format!("onbekende authorization_details {other:?}"))),
    }
    asking::ask(w, &request, &format!("tokenaanvraag met authorization_details {case}")).await
}
