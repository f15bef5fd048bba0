//! A product that goes where its input points: every address in the input leads to a trap of ours.

use std::time::Duration;

use cucumber::{given, then, when};
use keur_counterparty::{keys::KeyPublisher, trap::Traps};
use keur_evidence::{Check, Step, Stop, event::Reason};
use keur_openapi::{
    live::{self, Question, json_body},
    operations::operations,
};
use keur_probes::fhir::query::BSN_SYSTEM;
use serde_json::json;
use url::form_urlencoded::byte_serialize;

use super::owasp::ask;
use crate::{
    World,
    contract::contract,
    run::Party,
    tour::{may_write, plain, readable},
};

/// How long a visitor is waited for.
const BOUND: Duration = Duration::from_secs(2);
/// How often is looked in that time.
const LOOKS: u32 = 10;
/// Operations that are sent addresses.
const MAX_ASKED: usize = 20;

fn address(w: &World) -> Result<String, Stop> {
    let known = w.facts.get("trap").and_then(|trap| trap.as_str()).map(str::to_owned);
    known.ok_or_else(|| w.recorder.broken("er is nog geen adres gezet"))
}

/// The positive control: a product that never came for our keys might be unable to come at all.
#[given("een adres van keur waar het product wel kan komen")]
async fn reachable(w: &mut World) -> Step {
    let base = w.run.product.identity.jwks_base.clone();
    let base = base.ok_or_else(|| w.recorder.not_declared("[identity] jwks_base"))?;
    w.token_of(Party::A).await?;
    let client = Party::A.of(&w.run.product).and_then(|party| party.client_id.clone()).unwrap_or_default();
    let fetched = || w.run.keys.as_ref().map_or(0, |keys| keys.fetches(&client));
    let (id, times) =
        w.recorder.witness("key_fetches", "ophalingen van onze sleutels door het product", fetched)?;
    let name = w.recorder.uuid();
    if let Some(keys) = &w.run.keys {
        keys.traps().set(&name);
    }
    w.facts.insert("trap", json!(format!("{}/{}", base.trim_end_matches('/'), Traps::path(&name))));
    w.facts.insert("trap_name", json!(name));
    let expected = "het product heeft in deze uitvoering onze sleutels opgehaald op hetzelfde adres";
    w.recorder.expect(Check::that(times > 0, expected, format!("{times} keer opgehaald")).on([id]))
}

#[when("dat adres in elk veld voor een adres wordt gezet")]
async fn everywhere(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let address = address(w)?;
    w.hold(w.run.touring.clone()).await;
    let mut asked = Vec::new();
    let mut lacking = false;
    for one in operations(document).iter().filter(|one| !one.path.contains('{')) {
        if let Some((media, schema)) = json_body(one)
            && let Some(sound) = live::sample(&schema, keur_openapi::schema::Way::Request)
            && let Some((body, names)) = live::addresses(&schema, &sound, &address)
        {
            lacking |= !may_write(w);
            let about = format!("{}, met ons adres in {}", one.name(), names.join(" en "));
            let body = Some((media.to_owned(), body.to_string().into_bytes()));
            asked.push(Question { body, ..plain(one.path, one.method, about, one.path.to_owned()) });
        }
        for parameter in one.parameters().iter().filter(|parameter| parameter.place == "query") {
            let format = parameter.schema().and_then(|schema| schema.text("format"));
            if one.method == "get" && matches!(format, Some("uri" | "url" | "iri")) {
                let value: String = byte_serialize(address.as_bytes()).collect();
                let target = format!("{}?{}={value}", one.path, parameter.name);
                let about = format!("{}, met ons adres in {}", one.name(), parameter.name);
                asked.push(plain(one.path, "get", about, target));
            }
        }
    }
    let names: Vec<&str> = asked.iter().map(|one| one.about.as_str()).collect();
    let seen = w.recorder.observe("openapi", "velden voor een adres", json!({ "questions": names }))?;
    if asked.is_empty() {
        let detail = "de beschrijving noemt geen veld voor een adres";
        return Err(w.recorder.inapplicable(
            "de beschrijving noemt een veld voor een adres",
            detail,
            &seen,
            detail,
        ));
    }
    if lacking {
        return Err(w.recorder.not_declared("[claims] api_writes = \"test-data\""));
    }
    for question in asked.into_iter().take(MAX_ASKED) {
        let answer = ask(w, &question, Some(Party::A)).await?;
        w.answers.push(answer);
    }
    Ok(())
}

#[when(expr = "de bron dat adres krijgt als {string}")]
async fn at_the_source(w: &mut World, how: String) -> Step {
    let address = address(w)?;
    let value: String = byte_serialize(address.as_bytes()).collect();
    let purpose = format!("opvraging met ons adres als {how}");
    let request = match how.as_str() {
        "verwijzing naar een patiënt" => {
            w.authorised(Party::A, &purpose, "GET", &format!("Condition?patient={value}")).await?
        }
        "profiel" => {
            let search = w.patient_search("complete")?;
            w.authorised(Party::A, &purpose, "GET", &format!("{search}&_profile={value}")).await?
        }
        "externe entiteit in XML" => {
            let system = format!("<!DOCTYPE Parameters [<!ENTITY keur SYSTEM \"{address}\">]>");
            let body = format!(
                "<?xml version=\"1.0\"?>\n{system}\n<Parameters xmlns=\"http://hl7.org/fhir\"><parameter><name value=\"identifier\"/><valueString value=\"{BSN_SYSTEM}|&keur;\"/></parameter></Parameters>"
            );
            let request = w.authorised(Party::A, &purpose, "POST", "Patient/_search").await?;
            request.content("application/fhir+xml", body)
        }
        other => return Err(w.recorder.broken(&format!("onbekende plaats voor een adres {other:?}"))),
    };
    w.send(request.exactly()).await.map(drop)
}

#[then("is er niemand op dat adres geweest")]
async fn nobody(w: &mut World) -> Step {
    let name = w.facts.get("trap_name").and_then(|name| name.as_str()).unwrap_or_default();
    let visits = || w.run.keys.as_ref().map_or(0, |keys: &KeyPublisher| keys.traps().visits(name));
    // Without an answer the request may not have been read at all.
    if w.answers.iter().all(|answer| answer.reply.is_err()) {
        let detail = "het product gaf op geen van deze vragen antwoord";
        return Err(w.recorder.cannot_tell(Reason::Environment, "no_answer", detail));
    }
    for _ in 0..LOOKS {
        if visits() > 0 {
            break;
        }
        w.recorder.pause(BOUND / LOOKS).await;
    }
    let (id, times) = w.recorder.witness("trap_visits", "bezoek aan ons adres", visits)?;
    let expected = format!("geen bezoek binnen {} seconden", BOUND.as_secs());
    w.recorder.expect(Check::that(times == 0, expected, format!("{times} keer bezocht")).on([id]))
}
