//! The token endpoint as an endpoint: how it must be asked, what it says when it refuses, and what it says of itself.

use cucumber::{given, then, when};
use keur_evidence::{Step, Stop, http::Request};
use keur_probes::{jwks, metadata, token_errors};
use serde_json::json;
use url::Url;

use crate::{World, run::Party};

#[when(expr = "het tokenverzoek wordt gedaan {string}")]
async fn asked_otherwise(w: &mut World, case: String) -> Step {
    let request = w.run.token_request(&w.recorder, Party::A)?;
    let mut request = request.request(&format!("tokenaanvraag {case}"));
    let form = String::from_utf8_lossy(&request.body).into_owned();
    match case.as_str() {
        "met GET" => {
            "GET".clone_into(&mut request.method);
            request.url.set_query(Some(&form));
            request.body.clear();
            request = request.without("Content-Type");
        }
        "met de velden in het adres" => {
            request.url.set_query(Some(&form));
            request.body.clear();
        }
        "met een dubbel veld" => request.body = format!("{form}&grant_type=client_credentials").into_bytes(),
        "met een wachtwoord als grant" => {
            let password = form.replacen("grant_type=client_credentials", "grant_type=password", 1);
            request.body = format!("{password}&username=keur&password=keur").into_bytes();
        }
        "met een onleesbare verklaring" => {
            request.body = form.replacen("client_assertion=", "client_assertion=x", 1).into_bytes();
        }
        other => return Err(w.recorder.broken(&format!("onbekend tokenverzoek {other:?}"))),
    }
    w.send(request.exactly()).await.map(drop)
}

#[then("is de foutmelding van het tokenadres zoals OAuth die voorschrijft")]
async fn clean_error(w: &mut World) -> Step {
    let checks = token_errors::clean(w.answer()?);
    w.recorder.expect_all(checks)
}

/// A declared endpoint; a product that declares none is not asked.
pub(super) fn declared(w: &World, name: &str, url: Option<&String>) -> Result<Url, Stop> {
    let Some(url) = url else {
        let facts = json!({ "declared": format!("geen [endpoints] {name}") });
        let id = w.recorder.observe("configuration", "adressen van het product", facts)?;
        let predicate = format!("het product heeft een adres {name}");
        let detail = "het product geeft op dat het dit niet heeft";
        return Err(w.recorder.inapplicable(&predicate, &format!("geen [endpoints] {name}"), &id, detail));
    };
    Url::parse(url).map_err(|error| w.recorder.broken(&error.to_string()))
}

#[given("een product dat zijn OAuth-gegevens publiceert")]
async fn publishes(w: &mut World) -> Step {
    declared(w, "oauth_metadata", w.run.product.endpoints.oauth_metadata.as_ref()).map(drop)
}

#[when("die OAuth-gegevens en de sleutelset daarin worden opgehaald")]
async fn fetched(w: &mut World) -> Step {
    let url = declared(w, "oauth_metadata", w.run.product.endpoints.oauth_metadata.as_ref())?;
    let identity = w.run.tls_identity(Party::A);
    let get = |purpose: &str, url: Url| {
        Request::new(purpose, "GET", url, identity).header("Accept", "application/json")
    };
    w.send(get("OAuth-gegevens van het product", url)).await?;
    if let Some(keys) = metadata::jwks_uri(w.answer()?) {
        w.send(get("sleutelset die in de OAuth-gegevens staat", keys)).await?;
    }
    Ok(())
}

#[then("kloppen de OAuth-gegevens en is de sleutelset veilig")]
async fn sound(w: &mut World) -> Step {
    let product = &w.run.product;
    let known = metadata::Known {
        issuer: product.oauth.as_ref().and_then(|oauth| oauth.issuer.as_deref()),
        token_endpoint: product.endpoints.token_endpoint.as_deref(),
    };
    let [.., published, keys] = w.answers.as_slice() else {
        let checks = metadata::sound(w.answer()?, known);
        return w.recorder.expect_all(checks);
    };
    let checks = metadata::sound(published, known).into_iter().chain(jwks::published(keys));
    let checks: Vec<_> = checks.chain(metadata::large_enough(keys)).collect();
    w.recorder.expect_all(checks)
}
