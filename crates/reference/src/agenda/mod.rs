//! A small open API beside FHIR: consulting hours with free places, and bookings. It follows the API Design Rules, and
//! describes itself in OpenAPI.

mod document;
mod input;
mod intake;
mod intake_document;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::defects::Defects;
use crate::server::{Call, Reply};

/// Where its versions are.
pub(crate) const FOLDER: &str = "/agenda/";
/// Where it is.
pub(crate) const BASE: &str = "/agenda/v1";
/// Bookings kept; the oldest go first.
const MAX_BOOKINGS: usize = 200;
/// The only website that may read what is here.
pub(crate) const ORIGIN: &str = "https://portaal.voorbeeld.nl";
const PROBLEM: &str = "application/problem+json";

/// The API with what it remembers.
#[derive(Debug)]
pub(crate) struct Agenda {
    document: Value,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    bookings: BTreeMap<u64, Value>,
    next: u64,
    reads: u64,
    intake: intake::Intake,
}

impl Agenda {
    pub(crate) fn new(defects: &Defects, token_endpoint: &str) -> Self {
        let first = json!({
            "id": "r1", "spreekuurId": "s1", "dag": "2026-12-01", "aankomsttijd": "2026-12-01T08:55:00Z", "personen": 1,
        });
        let state = State {
            bookings: BTreeMap::from([(1, first)]),
            next: 2,
            reads: 0,
            intake: intake::Intake::default(),
        };
        Self { document: document::document(defects, token_endpoint), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers a request below [`BASE`].
pub(crate) fn answer(call: &Call) -> Reply {
    let agenda = &call.product.agenda;
    let defects = &call.product.defects;
    let other = || ["/agenda/v0", "/agenda/v2"].iter().find_map(|base| call.path.strip_prefix(base));
    let other = || other().filter(|_| defects.has("api-many-majors"));
    let path = call.path.strip_prefix(BASE).or_else(other).unwrap_or_default();
    let mut reply = route(agenda, call, path);
    if defects.has("api-html-list") && reply.status == 200 && path == "/spreekuren" {
        reply.headers.retain(|(name, _)| name != "content-type");
        reply = reply.with("content-type", "text/json");
    }
    if !(defects.has("api-error-without-version") && reply.status == 404) {
        let version = agenda.document["info"]["version"].as_str().unwrap_or_default();
        reply = reply.with("api-version", version);
    }
    let allowed = |origin: &str| origin == ORIGIN || defects.has("api-cors-reflects");
    if let Some(origin) = call.header("origin").filter(|origin| path != "/openapi.json" && allowed(origin)) {
        reply = reply.with("access-control-allow-origin", origin);
    }
    if defects.has("api-cookie") {
        reply = reply.with("set-cookie", "sessie=1; Secure; HttpOnly");
    }
    if defects.has("api-banner") {
        reply = reply.with("x-powered-by", "Agenda/4.2");
    }
    reply
}

fn route(agenda: &Agenda, call: &Call, path: &str) -> Reply {
    let defects = &call.product.defects;
    if call.method == "TRACE" && defects.has("owa-trace") {
        let sent: Vec<String> = call
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default()))
            .collect();
        return Reply { status: 200, headers: Vec::new(), body: sent.join("\r\n").into_bytes() }
            .with("content-type", "message/http");
    }
    let paths = &agenda.document["paths"];
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let template = match segments.as_slice() {
        ["spreekuren", id] if !id.is_empty() => "/spreekuren/{spreekuurId}",
        ["reserveringen", id] if !id.is_empty() => "/reserveringen/{reserveringId}",
        ["aanmeldingen", id] if !id.is_empty() => "/aanmeldingen/{aanmeldingId}",
        _ => path,
    };
    let Some(item) = paths.get(template) else {
        if defects.has("api-slash-redirect") && path.len() > 1 && path.ends_with('/') {
            return Reply::empty(301).with("location", format!("{BASE}{}", path.trim_end_matches('/')));
        }
        return problem(call, 404, "Niet gevonden", "Dit adres is er niet.", &[]);
    };
    let methods: Vec<String> = item
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key.to_uppercase())
        .filter(|key| key != "PARAMETERS")
        .collect();
    let method = if call.method == "HEAD" { "GET" } else { call.method.as_str() };
    if !methods.iter().any(|own| own == method) {
        if defects.has("api-method-404") {
            return problem(call, 404, "Niet gevonden", "Dit kan hier niet.", &[]);
        }
        let refusal = problem(call, 405, "Methode onbekend", "Deze methode kan hier niet.", &[]);
        return refusal.with("allow", methods.join(", "));
    }
    let json = call.header("accept").is_none_or(|accept| {
        accept.contains("json") || accept.contains("*/*") || accept.contains("application/*")
    });
    if !json && !defects.has("api-any-accept") {
        return problem(call, 406, "Vorm onbekend", "Alleen application/json is er.", &[]);
    }
    match (method, template) {
        ("GET", "/openapi.json") => described(agenda, call),
        ("GET", "/spreekuren/{spreekuurId}") => hour(agenda, call, segments[1]),
        (_, "/aanmeldingen" | "/aanmeldingen/{aanmeldingId}" | "/beheer/instellingen") => {
            intake::answer(agenda, call, template, &segments)
        }
        (_, "/reserveringen") => bookings(agenda, call),
        (_, "/reserveringen/{reserveringId}") => booking(agenda, call, segments[1]),
        // The list, by whatever path the document names.
        _ => hours(call),
    }
}

fn described(agenda: &Agenda, call: &Call) -> Reply {
    let (defects, foreign) = (&call.product.defects, call.header("origin").is_some());
    let mut document = agenda.document.clone();
    if foreign && defects.has("api-stale-document") {
        document["info"]["description"] = json!("Een oude kopie.");
    }
    let reply = Reply::json(200, "application/json", &document);
    if defects.has("api-no-cors") { reply } else { reply.with("access-control-allow-origin", "*") }
}

fn all_hours(defects: &Defects) -> Vec<Value> {
    let hour = |id: &str, day: &str, kind: &str, places: Value| json!({ "id": id, "dag": day, "soortZorg": kind, "plaatsen": places, "gelezen": 0, "bijgewerkt": "2026-11-02T10:00:00Z" });
    let places = if defects.has("api-places-text") { json!("3") } else { json!(3) };
    let mut hours =
        vec![hour("s1", "2026-12-01", "huisarts", places), hour("s2", "2026-12-02", "tandarts", json!(0))];
    if defects.has("api-lower-case-moment") {
        hours[0]["bijgewerkt"] = json!("2026-11-02t10:00:00Z");
    }
    hours
}

fn hours(call: &Call) -> Reply {
    let defects = &call.product.defects;
    let asked = match input::hours(&call.query, defects) {
        Ok(asked) => asked,
        Err(faults) => return invalid(call, &faults),
    };
    let mut hours = all_hours(defects);
    hours.retain(|hour| {
        let fits =
            |key: &str, wanted: &Option<String>| wanted.as_ref().is_none_or(|wanted| hour[key] == **wanted);
        fits("dag", &asked.day) && fits("soortZorg", &asked.kind)
    });
    hours.truncate(asked.most);
    Reply::json(200, "application/json", &Value::Array(hours))
}

fn hour(agenda: &Agenda, call: &Call, id: &str) -> Reply {
    let Some(mut hour) = all_hours(&call.product.defects).into_iter().find(|hour| hour["id"] == id) else {
        return missing(call);
    };
    if call.product.defects.has("api-counts-reads") {
        let mut state = agenda.state();
        state.reads += 1;
        hour["gelezen"] = json!(state.reads);
    }
    Reply::json(200, "application/json", &hour)
}

fn bookings(agenda: &Agenda, call: &Call) -> Reply {
    if call.method != "POST" {
        let all: Vec<Value> = agenda.state().bookings.values().cloned().collect();
        return Reply::json(200, "application/json", &Value::Array(all));
    }
    let mut new = match body(call) {
        Ok(new) => new,
        Err(refusal) => return refusal,
    };
    if call.product.defects.has("api-offset-dropped")
        && let Some(clock) = new["aankomsttijd"].as_str().and_then(|moment| moment.get(..19))
    {
        new["aankomsttijd"] = json!(format!("{clock}Z"));
    }
    let mut state = agenda.state();
    let number = state.next;
    state.next += 1;
    new["id"] = json!(format!("r{number}"));
    state.bookings.insert(number, new.clone());
    if state.bookings.len() > MAX_BOOKINGS {
        state.bookings.pop_first();
    }
    let status = if call.product.defects.has("api-created-200") { 200 } else { 201 };
    Reply::json(status, "application/json", &new).with("location", format!("{BASE}/reserveringen/r{number}"))
}

fn booking(agenda: &Agenda, call: &Call, id: &str) -> Reply {
    let number = id.strip_prefix('r').and_then(|number| number.parse::<u64>().ok()).unwrap_or_default();
    let Some(held) = agenda.state().bookings.get(&number).cloned() else { return missing(call) };
    let defects = &call.product.defects;
    match call.method.as_str() {
        "PUT" => {
            let mut new = match body(call) {
                Ok(new) => new,
                Err(refusal) => return refusal,
            };
            new["id"] = held["id"].clone();
            if defects.has("api-put-appends") {
                let before = held["toelichting"].as_str().unwrap_or_default();
                new["toelichting"] = json!(format!("{before}!"));
            }
            agenda.state().bookings.insert(number, new.clone());
            Reply::json(200, "application/json", &new)
        }
        "DELETE" => {
            if !defects.has("api-undead") {
                agenda.state().bookings.remove(&number);
            }
            Reply::empty(204)
        }
        _ => Reply::json(200, "application/json", &held),
    }
}

/// The booking in the body, or the refusal.
fn body(call: &Call) -> Result<Value, Reply> {
    let body = json_body(call)?;
    let hours: Vec<String> = all_hours(&call.product.defects)
        .iter()
        .filter_map(|hour| hour["id"].as_str().map(str::to_owned))
        .collect();
    input::booking(body, &hours).map_err(|faults| invalid(call, &faults))
}

/// The body when it says that it is JSON, or the refusal.
fn json_body(call: &Call) -> Result<&[u8], Reply> {
    let kind = call.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(problem(call, 415, "Soort onbekend", "Alleen application/json kan.", &[]));
    }
    Ok(&call.body)
}

fn invalid(call: &Call, faults: &[String]) -> Reply {
    let defects = &call.product.defects;
    let faults = if defects.has("api-first-fault") { &faults[..faults.len().min(1)] } else { faults };
    let status = if defects.has("api-422") { 422 } else { 400 };
    problem(call, status, "Ongeldige invoer", "De invoer klopt niet.", faults)
}

fn missing(call: &Call) -> Reply {
    problem(call, 404, "Niet gevonden", "Dit is er niet.", &[])
}

fn problem(call: &Call, status: u16, title: &str, detail: &str, faults: &[String]) -> Reply {
    let mut problem = json!({ "status": status, "title": title, "detail": detail });
    if !faults.is_empty() {
        problem["fouten"] = json!(faults);
    }
    if call.product.defects.has("api-error-without-detail") && status == 404 {
        problem.as_object_mut().map(|problem| problem.remove("detail"));
    }
    Reply::json(status, PROBLEM, &problem)
}
