//! Writing in a sandbox: create, update, patch and delete.

use cucumber::when;
use keur_evidence::Stop;
use keur_probes::fhir::{
    outcome,
    rest::{reading, writing},
};
use serde_json::{Value, json};

use super::rest_sandbox::{DELETED, Own, clean_up, found_by, keep, mark, own, read, send, update};
use crate::{World, run::Party};

#[when("de proefpatiënt wordt verwijderd en daarna gelezen")]
async fn read_deleted(w: &mut World) -> Result<(), Stop> {
    let own = own(w)?;
    let deleted = send(w, "verwijderen", "DELETE", &own.path(), None, None).await?;
    let gone = read(w, &own.path()).await?;
    let found = send(w, "zoeken naar wat is verwijderd", "GET", &found_by(&own.mark), None, None).await?;
    keep(
        w,
        [
            writing::answered(&deleted, &DELETED, "verwijderd"),
            reading::absent(&gone, "status 410 of 404: de resource is verwijderd"),
            outcome::explained(&gone),
            writing::finds(&found, &own.mark, 0, "na verwijderen"),
        ],
    );
    Ok(())
}

#[when("de proefpatiënt wordt gewijzigd en de oude versie wordt gelezen")]
async fn old_version(w: &mut World) -> Result<(), Stop> {
    let own = own(w)?;
    let first = read(w, &own.path()).await?;
    let changed = update(w, "wijzigen", &own, false, None).await?;
    let version = reading::version(&first).unwrap_or_default();
    let old = read(w, &format!("{}/_history/{version}", own.path())).await?;
    let now = read(w, &own.path()).await?;
    keep(
        w,
        [
            writing::answered(&changed, &[200], "gewijzigd"),
            reading::same_content(&first, &old),
            writing::is_active(&now, false, "de huidige versie is de gewijzigde"),
        ],
    );
    Ok(())
}

#[when("een PUT komt met een ander id of zonder id in de inhoud")]
async fn other_id(w: &mut World) -> Result<(), Stop> {
    let own = own(w)?;
    let other = mark(w);
    let mut body = writing::changed(&own.mark, &other, false);
    let with_other = send(w, "PUT met een ander id", "PUT", &own.path(), None, Some(&body)).await?;
    body.as_object_mut().map(|fields| fields.remove("id"));
    let without = send(w, "PUT zonder id", "PUT", &own.path(), None, Some(&body)).await?;
    let now = read(w, &own.path()).await?;
    if with_other.response().is_some_and(|response| response.status < 300) {
        clean_up(w, format!("Patient/{other}"));
    }
    keep(
        w,
        [
            writing::refused(&with_other, "een ander id dan in het adres"),
            writing::refused(&without, "een inhoud zonder id"),
            writing::is_active(&now, true, "de resource is niet gewijzigd"),
        ],
    );
    Ok(())
}

#[when("een PUT komt met een versie en tijdstip van de client")]
async fn client_meta(w: &mut World) -> Result<(), Stop> {
    let own = own(w)?;
    let before = read(w, &own.path()).await?;
    let mut body = writing::changed(&own.mark, &own.id, false);
    body["meta"] = json!({ "versionId": "77", "lastUpdated": "1999-01-01T00:00:00Z" });
    let changed = send(w, "PUT met een eigen meta", "PUT", &own.path(), None, Some(&body)).await?;
    let after = read(w, &own.path()).await?;
    keep(w, [writing::answered(&changed, &[200], "gewijzigd")]);
    keep(w, writing::new_version(&before, &after, "77"));
    Ok(())
}

#[when("een PUT komt op een id dat er niet is")]
async fn new_id(w: &mut World) -> Result<(), Stop> {
    let own = Own { id: mark(w), mark: mark(w) };
    let put = update(w, "PUT op een nieuw id", &own, true, None).await?;
    let now = read(w, &own.path()).await?;
    let created = put.response().is_some_and(|response| response.status < 300);
    if created {
        clean_up(w, own.path());
    }
    let may = w.facts.get("updateCreate").and_then(Value::as_bool);
    let there = writing::is_active(&now, true, "wat is gemaakt, is te lezen");
    let absent = reading::absent(&now, "wat is geweigerd, is er niet");
    match (may, created) {
        (Some(true), _) => keep(w, [writing::answered(&put, &[201], "updateCreate is beloofd"), there]),
        (Some(false), _) => keep(w, [writing::refused(&put, "een nieuw id: updateCreate is false"), absent]),
        (None, true) => keep(w, [writing::answered(&put, &[201], "een nieuw id gemaakt"), there]),
        (None, false) => keep(w, [writing::refused(&put, "een nieuw id"), absent]),
    }
    Ok(())
}

#[when("de proefpatiënt met een goede en met een mislukkende patch wordt gewijzigd")]
async fn patch(w: &mut World) -> Result<(), Stop> {
    let own = own(w)?;
    let set = |active: bool| json!({ "op": "replace", "path": "/active", "value": active });
    let test = |active: bool| json!({ "op": "test", "path": "/active", "value": active });
    let form = Some(("Content-Type", "application/json-patch+json"));
    let good = json!([test(true), set(false)]);
    let bad = json!([set(true), test(false)]);
    let right = send(w, "patch", "PATCH", &own.path(), form, Some(&good)).await?;
    let after = read(w, &own.path()).await?;
    let wrong = send(w, "patch waarvan een test mislukt", "PATCH", &own.path(), form, Some(&bad)).await?;
    let same = read(w, &own.path()).await?;
    keep(
        w,
        [
            writing::answered(&right, &[200, 204], "de goede patch"),
            writing::is_active(&after, false, "de patch is doorgevoerd"),
            writing::refused(&wrong, "een patch waarvan een test mislukt"),
            writing::is_active(&same, false, "van de mislukte patch is niets doorgevoerd"),
        ],
    );
    Ok(())
}

#[when("wordt verwijderd wat er is, wat al weg is en wat er nooit was")]
async fn delete_all_sorts(w: &mut World) -> Result<(), Stop> {
    let own = own(w)?;
    let never = format!("Patient/{}", mark(w));
    let first = send(w, "verwijderen wat er is", "DELETE", &own.path(), None, None).await?;
    let again = send(w, "verwijderen wat al weg is", "DELETE", &own.path(), None, None).await?;
    let nothing = send(w, "verwijderen wat er nooit was", "DELETE", &never, None, None).await?;
    let stu3 = w.run.fhir == keur_catalogue::profile::FhirVersion::Stu3;
    let lenient = [&DELETED[..], &[404]].concat();
    keep(
        w,
        [
            writing::answered(&first, &DELETED, "wat er is"),
            writing::answered(&again, &[&DELETED[..], &[404, 410]].concat(), "wat al weg is"),
            writing::answered(&nothing, if stu3 { &lenient } else { &DELETED }, "wat er nooit was"),
        ],
    );
    Ok(())
}

#[when("een proefpatiënt met een eigen id en versie wordt gemaakt")]
async fn with_own_id(w: &mut World) -> Result<(), Stop> {
    let (mark, offered) = (mark(w), mark(w));
    let mut body = writing::changed(&mark, &offered, true);
    body["meta"] = json!({ "versionId": "77" });
    let made = send(w, "maken met een eigen id", "POST", "Patient", None, Some(&body)).await?;
    let id = writing::new_id(&made).unwrap_or_default();
    clean_up(w, format!("Patient/{id}"));
    keep(w, writing::created(&made, &offered));
    if let Some(place) = writing::location(&made, &w.run.product.endpoints.fhir_base) {
        let there = read(w, &place).await?;
        let what = "de Location leidt naar wat is gemaakt";
        keep(w, [writing::is(&there, &format!("Patient/{id}"), what)]);
    }
    Ok(())
}

#[when("onbruikbare inhoud wordt gestuurd om een patiënt te maken")]
async fn bad_content(w: &mut World) -> Result<(), Stop> {
    let request = w.authorised(Party::A, "maken met kapotte JSON", "POST", "Patient").await?;
    let broken = request.content("application/fhir+json", r#"{"resourceType":"Patient","active":"#).exactly();
    let broken = w.recorder.http(broken).await?;
    let observation =
        json!({ "resourceType": "Observation", "status": "final", "code": { "text": "proef" } });
    let other = send(w, "maken met een ander type", "POST", "Patient", None, Some(&observation)).await?;
    for answer in [&broken, &other] {
        if let Some(id) = writing::new_id(answer) {
            clean_up(w, format!("Patient/{id}"));
        }
    }
    keep(
        w,
        [
            writing::refused(&broken, "kapotte JSON"),
            outcome::explained(&broken),
            writing::refused(&other, "een Observation op het adres van Patient"),
        ],
    );
    Ok(())
}

#[when("proefpatiënten worden gemaakt met elke vorm van Prefer")]
async fn prefer(w: &mut World) -> Result<(), Stop> {
    for wanted in ["minimal", "representation", "OperationOutcome"] {
        let mark = mark(w);
        let value = format!("return={wanted}");
        let header = Some(("Prefer", value.as_str()));
        let body = writing::patient(&mark);
        let made = send(w, &format!("maken met {value}"), "POST", "Patient", header, Some(&body)).await?;
        if let Some(id) = writing::new_id(&made) {
            clean_up(w, format!("Patient/{id}"));
        }
        keep(w, [writing::prefers(&made, wanted)]);
    }
    Ok(())
}

#[when("de proefpatiënt wordt gewijzigd en verwijderd en de geschiedenis wordt gevraagd")]
async fn whole_life(w: &mut World) -> Result<(), Stop> {
    let own = own(w)?;
    update(w, "wijzigen", &own, false, None).await?;
    send(w, "verwijderen", "DELETE", &own.path(), None, None).await?;
    let history = read(w, &format!("{}/_history", own.path())).await?;
    keep(w, [reading::tells(&history, &["DELETE", "PUT", "POST"])]);
    Ok(())
}

#[when("inhoud wordt gestuurd die in JSON of XML van FHIR niet mag")]
async fn forbidden_forms(w: &mut World) -> Result<(), Stop> {
    let mark = mark(w);
    let own = format!(r#""identifier":[{{"system":"{}","value":"{mark}"}}]"#, writing::SYSTEM);
    let doctype = format!(
        r#"<?xml version="1.0"?><!DOCTYPE Patient [<!ENTITY e "true">]><Patient xmlns="http://hl7.org/fhir"><identifier><value value="{mark}"/></identifier><active value="&e;"/></Patient>"#
    );
    let json = "application/fhir+json";
    for (what, media, body) in [
        (
            "een sleutel die dubbel voorkomt",
            json,
            format!(r#"{{"resourceType":"Patient",{own},"active":true,"active":false}}"#),
        ),
        ("een lege lijst", json, format!(r#"{{"resourceType":"Patient",{own},"name":[]}}"#)),
        ("een DOCTYPE met een entiteit", "application/fhir+xml", doctype),
    ] {
        let request = w.authorised(Party::A, &format!("maken met {what}"), "POST", "Patient").await?;
        let answer = w.recorder.http(request.content(media, body).exactly()).await?;
        if let Some(id) = writing::new_id(&answer) {
            clean_up(w, format!("Patient/{id}"));
        }
        keep(w, [writing::refused(&answer, what)]);
    }
    Ok(())
}
