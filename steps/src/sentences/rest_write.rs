//! Writing, in a sandbox the declaration opens for it: only with patients of our own, who are removed afterwards.

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop, draw::Draw, http::Answer};
use keur_probes::fhir::{
    capability, outcome,
    rest::{reading, writing},
};
use serde_json::{Value, json};

use super::rest::{described, not_promised, promise};
use crate::{World, run::Party};

/// Statuses of a deletion that succeeded.
const DELETED: [u16; 3] = [200, 202, 204];
/// Rounds of two writes at once.
const ROUNDS: usize = 3;

/// What was written, and what a `Dan` will judge.
#[derive(Default)]
pub struct Trial {
    /// Paths to remove.
    made: Vec<String>,
    checks: Vec<Check>,
}

/// A resource of our own.
pub(super) struct Own {
    pub(super) id: String,
    pub(super) mark: String,
}

impl Own {
    pub(super) fn path(&self) -> String {
        format!("Patient/{}", self.id)
    }
}

/// A mark to recognise our own by; letters only, so that nobody takes it for a number of a person.
pub(super) fn mark(w: &World) -> String {
    Draw::new([w.recorder.random().as_slice()]).letters(16)
}

pub(super) fn found_by(mark: &str) -> String {
    format!("Patient?identifier={}%7C{mark}", writing::SYSTEM)
}

pub(super) fn keep(w: &mut World, checks: impl IntoIterator<Item = Check>) {
    w.kept.trial.checks.extend(checks);
}

pub(super) fn clean_up(w: &mut World, path: String) {
    w.kept.trial.made.push(path);
}

/// One request to the sandbox.
pub(super) async fn send(
    w: &World,
    purpose: &str,
    method: &str,
    path: &str,
    header: Option<(&str, &str)>,
    body: Option<&Value>,
) -> Result<Answer, Stop> {
    let mut request = w.authorised(Party::A, purpose, method, path).await?;
    if let Some(body) = body {
        request = request.content("application/fhir+json", body.to_string());
    }
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    w.recorder.http(request.exactly()).await
}

/// Creates a patient of our own, and remembers to remove it.
pub(super) async fn create(w: &mut World, mark: &str) -> Result<(Answer, Option<Own>), Stop> {
    let body = writing::patient(mark);
    let answer = send(w, "proefpatiënt maken", "POST", "Patient", None, Some(&body)).await?;
    let own = writing::new_id(&answer).map(|id| Own { id, mark: mark.to_owned() });
    if let Some(own) = &own {
        clean_up(w, own.path());
    }
    Ok((answer, own))
}

pub(super) async fn read(w: &World, path: &str) -> Result<Answer, Stop> {
    send(w, "teruglezen", "GET", path, None, None).await
}

async fn update(
    w: &World,
    purpose: &str,
    own: &Own,
    active: bool,
    tag: Option<&str>,
) -> Result<Answer, Stop> {
    let body = writing::changed(&own.mark, &own.id, active);
    send(w, purpose, "PUT", &own.path(), tag.map(|tag| ("If-Match", tag)), Some(&body)).await
}

/// The patient of our own that the scenario began with.
fn own(w: &World) -> Result<Own, Stop> {
    let text = |name: &str| w.facts.get(name).and_then(Value::as_str).map(str::to_owned);
    match (text("own"), text("mark")) {
        (Some(id), Some(mark)) => Ok(Own { id, mark }),
        _ => Err(w.recorder.broken("er is nog geen proefpatiënt")),
    }
}

#[given(expr = "een proefomgeving die {string} belooft")]
async fn sandbox(w: &mut World, claims: String) -> Result<(), Stop> {
    if w.run.product.claims.get("write").is_none_or(|claim| claim != "sandbox") {
        return Err(w.recorder.not_declared("[claims] write = \"sandbox\""));
    }
    let (statement, exchange) = described(w).await?;
    let offered = promise(&statement, "Patient");
    for claim in claims.split(", ") {
        let said = capability::said(&statement, "Patient", claim);
        let holds = match claim {
            "batch" | "transaction" => capability::offers_system(&statement, claim),
            "versioned-update" => {
                capability::said(&statement, "Patient", "versioning").is_some_and(|how| how == claim)
            }
            "conditionalDelete" => said.is_some_and(|how| how == "single" || how == "multiple"),
            "conditionalCreate" | "conditionalUpdate" => said == Some(&Value::Bool(true)),
            _ => offered.as_ref().is_some_and(|promise| promise.offers(claim)),
        };
        if !holds {
            return Err(not_promised(w, &format!("{claim} voor Patient"), &exchange));
        }
    }
    for name in ["updateCreate", "conditionalDelete"] {
        let said = capability::said(&statement, "Patient", name).cloned();
        w.facts.insert(name, said.unwrap_or_default());
    }
    Ok(())
}

#[given("een eigen proefpatiënt")]
async fn own_patient(w: &mut World) -> Step {
    let mark = mark(w);
    let (answer, own) = create(w, &mark).await?;
    w.recorder.expect(writing::answered(&answer, &[201], "een proefpatiënt gemaakt"))?;
    let Some(own) = own else { return Err(w.recorder.broken("de proefpatiënt heeft geen id")) };
    w.facts.insert("own", json!(own.id));
    w.facts.insert("mark", json!(own.mark));
    Ok(())
}

#[then("ging elke stap zoals FHIR vraagt")]
async fn as_fhir_asks(w: &mut World) -> Step {
    for path in std::mem::take(&mut w.kept.trial.made) {
        send(w, "opruimen van wat is gemaakt", "DELETE", &path, None, None).await?;
    }
    let checks = std::mem::take(&mut w.kept.trial.checks);
    w.recorder.expect_all(checks)
}

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

#[when("een PUT komt met een verouderde If-Match")]
async fn stale(w: &mut World) -> Result<(), Stop> {
    let own = own(w)?;
    let first = reading::etag(&read(w, &own.path()).await?).unwrap_or_default();
    let right = update(w, "PUT met de huidige versie", &own, false, Some(&first)).await?;
    let wrong = update(w, "PUT met de vorige versie", &own, true, Some(&first)).await?;
    let now = read(w, &own.path()).await?;
    keep(
        w,
        [
            writing::answered(&right, &[200], "met de huidige versie"),
            writing::answered(&wrong, &[412], "met een verouderde versie"),
            writing::is_active(&now, false, "de geweigerde wijziging is niet doorgevoerd"),
        ],
    );
    Ok(())
}

#[when("twee PUT's met dezelfde If-Match tegelijk komen")]
async fn at_once(w: &mut World) -> Result<(), Stop> {
    let own = own(w)?;
    for round in 0..ROUNDS {
        let tag = reading::etag(&read(w, &own.path()).await?).unwrap_or_default();
        let (one, two) = {
            let here = &*w;
            futures::try_join!(
                update(here, "eerste van twee tegelijk", &own, round % 2 == 0, Some(&tag)),
                update(here, "tweede van twee tegelijk", &own, round % 2 == 1, Some(&tag)),
            )?
        };
        keep(w, [writing::one_winner(&[&one, &two])]);
    }
    Ok(())
}

#[when("een voorwaardelijke PUT niets, één en meer dan één resource vindt")]
async fn conditional_update(w: &mut World) -> Result<(), Stop> {
    let mark = mark(w);
    let (path, body) = (found_by(&mark), writing::patient(&mark));
    let none = send(w, "voorwaardelijke PUT, niets gevonden", "PUT", &path, None, Some(&body)).await?;
    if let Some(id) = writing::new_id(&none) {
        clean_up(w, format!("Patient/{id}"));
    }
    let one = send(w, "voorwaardelijke PUT, één gevonden", "PUT", &path, None, Some(&body)).await?;
    let count = send(w, "zoeken wat er is", "GET", &path, None, None).await?;
    create(w, &mark).await?;
    let several = send(w, "voorwaardelijke PUT, meer gevonden", "PUT", &path, None, Some(&body)).await?;
    keep(
        w,
        [
            writing::answered(&none, &[201], "niets gevonden"),
            writing::answered(&one, &[200], "één gevonden"),
            writing::finds(&count, &mark, 1, "na twee keer hetzelfde"),
            writing::answered(&several, &[412], "meer dan één gevonden"),
        ],
    );
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

#[when("een voorwaardelijke DELETE één en meer dan één resource vindt")]
async fn conditional_delete(w: &mut World) -> Result<(), Stop> {
    let (alone, shared) = (mark(w), mark(w));
    for mark in [&alone, &shared, &shared] {
        create(w, mark).await?;
    }
    let one =
        send(w, "voorwaardelijke DELETE, één gevonden", "DELETE", &found_by(&alone), None, None).await?;
    let none_left = send(w, "zoeken wat er nog is", "GET", &found_by(&alone), None, None).await?;
    let path = found_by(&shared);
    let several = send(w, "voorwaardelijke DELETE, meer gevonden", "DELETE", &path, None, None).await?;
    let left = send(w, "zoeken wat er nog is", "GET", &path, None, None).await?;
    let multiple = w.facts.get("conditionalDelete").is_some_and(|how| how == "multiple");
    let (wanted, count): (&[u16], usize) = if multiple { (&DELETED, 0) } else { (&[412], 2) };
    keep(
        w,
        [
            writing::answered(&one, &DELETED, "één gevonden"),
            writing::finds(&none_left, &alone, 0, "na verwijderen"),
            writing::answered(&several, wanted, "meer dan één gevonden"),
            writing::finds(&left, &shared, count, "daarna"),
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

#[when("een proefpatiënt met If-None-Exist wordt gemaakt bij niets, één en meer dan één")]
async fn conditional_create(w: &mut World) -> Result<(), Stop> {
    let mark = mark(w);
    let (path, body) = (found_by(&mark), writing::patient(&mark));
    let condition = path.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
    let header = Some(("If-None-Exist", condition.as_str()));
    let none = send(w, "If-None-Exist, niets gevonden", "POST", "Patient", header, Some(&body)).await?;
    let one = send(w, "If-None-Exist, één gevonden", "POST", "Patient", header, Some(&body)).await?;
    for answer in [&none, &one] {
        if let Some(id) = writing::new_id(answer).map(|id| format!("Patient/{id}"))
            && !w.kept.trial.made.contains(&id)
        {
            clean_up(w, id);
        }
    }
    let count = send(w, "zoeken wat er is", "GET", &path, None, None).await?;
    create(w, &mark).await?;
    let several = send(w, "If-None-Exist, meer gevonden", "POST", "Patient", header, Some(&body)).await?;
    if let Some(id) = writing::new_id(&several) {
        clean_up(w, format!("Patient/{id}"));
    }
    keep(
        w,
        [
            writing::answered(&none, &[201], "niets gevonden"),
            writing::answered(&one, &[200], "één gevonden"),
            writing::finds(&count, &mark, 1, "zonder dubbele"),
            writing::answered(&several, &[412], "meer dan één gevonden"),
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
