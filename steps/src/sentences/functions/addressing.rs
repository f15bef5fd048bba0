//! Addressing: we play the directory and all addresses in it.

use std::sync::Arc;

use cucumber::{given, then, when};
use keur_counterparty::{
    Routes,
    directory::{Addresses, Directory},
    nvi,
};
use keur_evidence::{Step, heard::Heard};
use keur_probes::{functions::addressing, jose::Signer};
use serde_json::{Value, json};

use super::{dated, localisation::category};
use crate::{World, run::Party, sentences::tokens};

/// How the right endpoint is reached, and the version of FHIR it speaks.
pub(super) const CONNECTION: &str = "hl7-fhir-rest";
pub(super) const VERSION: &str = "4.0";
/// The organisation that is looked up.
const ORGANISATION: &str = "44444444";
/// The names of the addresses; neither says which is right.
const RIGHT: &str = "noord";
const OTHER: &str = "zuid";
/// What another party changes, and into what.
const RIVAL: (&str, &str) = ("name", "Gewijzigd door een ander");
/// How long the directory asks to wait: longer than any scenario lasts.
const PATIENCE_S: u32 = 120;

/// An organisation with its endpoints.
pub(super) fn organisation(ura: &str, endpoints: &[&str]) -> Value {
    let references: Vec<Value> =
        endpoints.iter().map(|id| json!({ "reference": format!("Endpoint/{id}") })).collect();
    json!({
        "resourceType": "Organization", "active": true, "name": format!("Proeforganisatie {ura}"),
        "identifier": [{ "system": nvi::URA, "value": ura }], "endpoint": references,
    })
}

/// A right endpoint.
pub(super) fn endpoint(address: &str, name: &str) -> Value {
    json!({
        "resourceType": "Endpoint", "status": "active", "name": name, "address": address,
        "connectionType": { "system": "http://terminology.hl7.org/CodeSystem/endpoint-connection-type", "code": CONNECTION },
        "payloadType": [{ "coding": [category()] }],
        "payloadMimeType": [format!("application/fhir+json; fhirVersion={VERSION}")],
        "managingOrganization": { "identifier": { "system": "http://fhir.nl/fhir/NamingSystem/kvk", "value": "00000000" } },
    })
}

/// Opens a directory with one organisation and these endpoints.
async fn open(w: &mut World, endpoints: &[&str]) -> Result<Directory, keur_evidence::Stop> {
    let directory = Directory::new(&dated(w)?);
    let routes = Routes::new().at("/adresboek", directory.clone()).at("/adres", Addresses);
    w.kept.functions.base = w.desk("adresboek", Arc::new(routes)).await?;
    w.kept.functions.directory = Some(directory.clone());
    directory.publish("Organization/1", organisation(ORGANISATION, endpoints));
    Ok(directory)
}

fn address(w: &World, name: &str) -> String {
    format!("{}/adres/{name}/fhir", w.kept.functions.base)
}

/// Has the product do something with the directory; what it asked is kept.
async fn act(
    w: &mut World,
    action: &str,
    more: Value,
    person: &str,
    enough: impl Fn(&[Heard]) -> bool,
) -> Step {
    let mut about = json!({ "directory": format!("{}/adresboek", w.kept.functions.base) });
    if let (Value::Object(about), Value::Object(more)) = (&mut about, more) {
        about.extend(more);
    }
    let said = w.trigger(action, about, person).await?;
    let heard = w.heard(person, enough).await?;
    let played = &mut w.kept.functions;
    (played.said, played.heard) = (Some(said), heard);
    Ok(())
}

async fn sync(w: &mut World) -> Step {
    let before = w.kept.functions.heard.len();
    act(w, "addressing-sync", json!({}), "werk uw kopie van dit adresboek bij", |calls| calls.len() > before)
        .await
}

async fn find(w: &mut World) -> Step {
    let before = w.kept.functions.heard.len();
    let more = json!({
        "organization": ORGANISATION, "category": category()["code"], "connection_type": CONNECTION, "fhir_version": VERSION,
    });
    let spoken =
        |calls: &[Heard]| calls.get(before..).is_some_and(|new| !addressing::contacted(new).is_empty());
    act(
        w,
        "addressing-find",
        more,
        "zoek het eindpunt van deze organisatie voor deze soort gegevens en spreek het aan",
        spoken,
    )
    .await
}

#[given(expr = "een adresboek van Keur met een goed eindpunt en een eindpunt dat {string}")]
async fn two_endpoints(w: &mut World, flaw: String) -> Step {
    // The other one comes first and has the name that fits.
    let directory = open(w, &[OTHER, RIGHT]).await?;
    let mut other = endpoint(&address(w, OTHER), "MedicationRequest, het juiste eindpunt");
    match flaw.as_str() {
        "uit staat" => other["status"] = json!("off"),
        "is verlopen" => {
            other["period"] = json!({ "start": "2020-01-01T00:00:00Z", "end": "2021-01-01T00:00:00Z" })
        }
        "nog niet geldt" => other["period"] = json!({ "start": "2120-01-01T00:00:00Z" }),
        "een andere verbinding heeft" => other["connectionType"]["code"] = json!("hl7-fhir-msg"),
        "andere inhoud heeft" => other["payloadType"][0]["coding"][0]["code"] = json!("AdvanceDirective"),
        "een andere versie heeft" => {
            other["payloadMimeType"] = json!(["application/fhir+json; fhirVersion=3.0"]);
        }
        _ => return Err(w.recorder.broken(&format!("onbekend mankement {flaw:?}"))),
    }
    directory.publish(&format!("Endpoint/{OTHER}"), other);
    directory.publish(&format!("Endpoint/{RIGHT}"), endpoint(&address(w, RIGHT), "Eindpunt 2"));
    Ok(())
}

#[when("het product het eindpunt van die organisatie opzoekt en aanspreekt")]
async fn looks_up(w: &mut World) -> Step {
    sync(w).await?;
    find(w).await
}

#[then("spreekt het product alleen het goede eindpunt aan")]
async fn only_right(w: &mut World) -> Step {
    w.recorder.expect(addressing::only(&w.kept.functions.heard, RIGHT))
}

#[given("een adresboek van Keur waarin een eindpunt is verhuisd, en een product dat dit heeft verwerkt")]
async fn moved(w: &mut World) -> Step {
    let directory = open(w, &["1"]).await?;
    directory.publish("Endpoint/1", endpoint(&address(w, OTHER), "Eindpunt"));
    sync(w).await?;
    directory.publish("Endpoint/1", endpoint(&address(w, RIGHT), "Eindpunt"));
    directory.tell(&[("Endpoint/1", 2)]);
    sync(w).await?;
    find(w).await?;
    w.recorder.expect(addressing::only(&w.kept.functions.heard, RIGHT))
}

#[when(expr = "het adresboek nog eens {string} geeft en het product die bladzijde verwerkt")]
async fn told_again(w: &mut World, page: String) -> Step {
    let page: &[(&str, usize)] = match page.as_str() {
        "de nieuwe versie" => &[("Endpoint/1", 2)],
        "de oude versie" => &[("Endpoint/1", 1)],
        _ => &[("Endpoint/1", 2), ("Endpoint/1", 1)],
    };
    if let Some(directory) = &w.kept.functions.directory {
        directory.tell(page);
    }
    sync(w).await?;
    find(w).await
}

#[given("een adresboek van Keur waarin een ander het eindpunt wijzigt net voor het product dat doet")]
async fn contested(w: &mut World) -> Step {
    let directory = open(w, &["1"]).await?;
    directory.publish("Endpoint/1", endpoint(&address(w, RIGHT), "Eindpunt"));
    directory.rival("Endpoint/1", RIVAL.0, json!(RIVAL.1));
    Ok(())
}

#[when("het product de status van dat eindpunt wijzigt")]
async fn updates(w: &mut World) -> Step {
    let more = json!({ "endpoint": "Endpoint/1", "status": "suspended" });
    let done = |calls: &[Heard]| calls.iter().any(|one| one.method == "PUT" && one.status < 300);
    act(w, "addressing-update", more, "geef dit eindpunt in het adresboek deze status", done).await
}

#[then("blijft de wijziging van de ander staan")]
async fn kept(w: &mut World) -> Step {
    w.recorder.expect_all(addressing::updates(&w.kept.functions.heard, RIVAL))
}

#[given("een adresboek van Keur dat het product heeft gelezen")]
async fn read(w: &mut World) -> Step {
    let directory = open(w, &["1"]).await?;
    directory.publish("Endpoint/1", endpoint(&address(w, RIGHT), "Eindpunt"));
    sync(w).await
}

#[when("het adresboek om geduld vraagt terwijl het product wil bijwerken")]
async fn busy(w: &mut World) -> Step {
    if let Some(directory) = &w.kept.functions.directory {
        directory.busy(PATIENCE_S);
    }
    sync(w).await
}

#[then("stelt het product dezelfde vraag niet nog eens binnen de wachttijd")]
async fn waits(w: &mut World) -> Step {
    w.recorder.expect(addressing::waits(&w.kept.functions.heard))
}

#[when(
    "die tweede organisatie een token vraagt met een sleutel die een andere organisatie heeft gepubliceerd"
)]
async fn foreign_key(w: &mut World) -> Step {
    let mut request = w.run.token_request(&w.recorder, Party::B)?;
    let key = w.run.signing_keys.get(Party::A.name());
    let key = key.ok_or_else(|| w.recorder.not_declared("[identity.party_a] signing_key"))?;
    if let Some(assertion) = &mut request.assertion {
        assertion.header.insert("kid".to_owned(), key.thumbprint().into());
    }
    request.signer = Signer::Key(key.clone());
    tokens::ask(w, &request, "tokenaanvraag met een sleutel die een andere organisatie publiceert").await
}
