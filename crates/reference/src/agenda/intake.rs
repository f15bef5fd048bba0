//! The part of the consulting hours that asks for a token: registrations, each of the organisation that made it, and the
//! settings, for administrators alone.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Agenda, BASE, invalid, json_body, missing, problem};
use crate::oauth::access::{self, Access, Denied, Presented};
use crate::oauth::nonces::Server;
use crate::outbound;
use crate::server::{Call, Reply};

/// Registrations kept; the oldest go first.
const MAX_KEPT: usize = 200;
const FIELDS: [&str; 2] = ["kenmerk", "terugmeldadres"];
/// What the server fills in itself.
const OWN: [&str; 2] = ["eigenaar", "status"];
const MAX_TEXT: usize = 60;
/// What a token must hold for the settings; nobody is given it here.
pub(super) const ADMINISTRATOR: &str = "beheer";

/// The registrations of all organisations.
#[derive(Debug, Default)]
pub(super) struct Intake {
    held: BTreeMap<u64, Value>,
    next: u64,
}

/// Answers a request to the secured part.
pub(super) fn answer(agenda: &Agenda, call: &Call, template: &str, segments: &[&str]) -> Reply {
    let defects = &call.product.defects;
    let open = (defects.has("owa-open-list") || defects.has("api-open-list")) && call.method != "POST";
    let reply = match (template, granted(call)) {
        ("/aanmeldingen", Err(_)) if open => Reply::json(200, "application/json", &json!([])),
        ("/beheer/instellingen", Err(_)) if defects.has("owa-open-settings") => settings(),
        (_, Err(denied)) => refused(call, denied),
        ("/aanmeldingen", Ok(access)) if call.method == "POST" => make(agenda, call, &access),
        ("/aanmeldingen", Ok(access)) => list(agenda, call, &access),
        ("/beheer/instellingen", Ok(access)) => {
            let allowed = access.scopes.iter().any(|scope| scope == ADMINISTRATOR);
            if allowed || defects.has("owa-scope-unchecked") {
                settings()
            } else {
                problem(call, 403, "Geen recht", "Dit kan alleen een beheerder.", &[])
            }
        }
        (_, Ok(access)) => one(agenda, call, segments.last().copied().unwrap_or_default(), &access),
    };
    reply.with_nonce(call.product.nonces(Server::Resource))
}

fn granted(call: &Call) -> Result<Access, Denied> {
    let product = &call.product;
    let presented = Presented {
        headers: &call.headers,
        method: &call.method,
        origin: &product.open_origin,
        path: &call.path,
        certificate_ura: call.peer.ura.as_deref(),
        certificate: call.peer.certificate.as_deref(),
        query_token: None,
        now: OffsetDateTime::now_utc().unix_timestamp(),
    };
    let tenant = product.tenants.first().ok_or(Denied::NoToken)?;
    access::check(product, tenant, presented)
}

fn refused(call: &Call, denied: Denied) -> Reply {
    let reply = problem(call, 401, "Geen token", "Voor deze vraag is een geldig token nodig.", &[]);
    reply.with("www-authenticate", denied.challenge(call.product.variant))
}

fn settings() -> Reply {
    Reply::json(200, "application/json", &json!({ "onderhoud": false }))
}

fn list(agenda: &Agenda, call: &Call, access: &Access) -> Reply {
    let most = match super::input::most(&call.query) {
        Ok(most) => most,
        Err(faults) => return invalid(call, &faults),
    };
    let all = call.product.defects.has("owa-list-all");
    let state = agenda.state();
    let own = state.intake.held.values().filter(|held| all || held["eigenaar"] == *access.ura);
    let own: Vec<Value> = own.take(most).map(|held| shown(call, held)).collect();
    Reply::json(200, "application/json", &Value::Array(own))
}

/// What goes out of a registration.
fn shown(call: &Call, held: &Value) -> Value {
    let mut shown = held.clone();
    if call.product.defects.has("owa-extra-member") {
        shown["interneNotitie"] = json!("nog controleren");
    }
    shown
}

fn make(agenda: &Agenda, call: &Call, access: &Access) -> Reply {
    let mut new = match read(call) {
        Ok(new) => new,
        Err(refusal) => return refusal,
    };
    let mut state = agenda.state();
    state.intake.next += 1;
    let number = state.intake.next;
    complete(&mut new, &format!("a{number}"), &access.ura);
    state.intake.held.insert(number, new.clone());
    if state.intake.held.len() > MAX_KEPT {
        state.intake.held.pop_first();
    }
    let reply = Reply::json(201, "application/json", &shown(call, &new));
    reply.with("location", format!("{BASE}/aanmeldingen/a{number}"))
}

/// Fills in what the server owns, unless a defect let it in.
fn complete(new: &mut Value, id: &str, owner: &str) {
    new["id"] = json!(id);
    for (name, value) in OWN.into_iter().zip([owner, "nieuw"]) {
        if new.get(name).is_none() {
            new[name] = json!(value);
        }
    }
}

fn one(agenda: &Agenda, call: &Call, id: &str, access: &Access) -> Reply {
    let defects = &call.product.defects;
    let number = id.strip_prefix('a').and_then(|number| number.parse::<u64>().ok()).unwrap_or_default();
    let Some(held) = agenda.state().intake.held.get(&number).cloned() else { return missing(call) };
    if held["eigenaar"] != *access.ura && !defects.has("owa-owner-unchecked") {
        return if defects.has("owa-foreign-403") {
            problem(call, 403, "Geen recht", "Dit is van een ander.", &[])
        } else {
            missing(call)
        };
    }
    match call.method.as_str() {
        "PUT" => {
            let mut new = match read(call) {
                Ok(new) => new,
                Err(refusal) => return refusal,
            };
            complete(&mut new, id, held["eigenaar"].as_str().unwrap_or_default());
            agenda.state().intake.held.insert(number, new.clone());
            Reply::json(200, "application/json", &shown(call, &new))
        }
        "DELETE" => {
            agenda.state().intake.held.remove(&number);
            Reply::empty(204)
        }
        _ => Reply::json(200, "application/json", &shown(call, &held)),
    }
}

/// The registration in the body, or the refusal.
fn read(call: &Call) -> Result<Value, Reply> {
    let body = json_body(call)?;
    let defects = &call.product.defects;
    if defects.has("owa-deep-500") && body.windows(150).any(|part| part.iter().all(|byte| *byte == b'[')) {
        return Err(problem(call, 500, "Fout", "Er ging iets mis.", &[]));
    }
    let lax: &[&str] = if defects.has("owa-owner-writable") { &OWN } else { &[] };
    let value = checked(body, lax).map_err(|faults| invalid(call, &faults))?;
    if defects.has("owa-callback-fetched")
        && let Some(address) = value["terugmeldadres"].as_str()
    {
        outbound::fetch(address);
    }
    Ok(value)
}

fn checked(body: &[u8], lax: &[&str]) -> Result<Value, Vec<String>> {
    let value: Value = serde_json::from_slice(body).map_err(|_| vec!["de inhoud is geen JSON".to_owned()])?;
    let Some(object) = value.as_object() else { return Err(vec!["de inhoud is geen object".to_owned()]) };
    let mut faults = Vec::new();
    let mut check = |holds: bool, fault: &str| faults.extend((!holds).then(|| fault.to_owned()));
    let short = |text: &str| (1..=MAX_TEXT).contains(&text.chars().count());
    check(
        object.get("kenmerk").and_then(Value::as_str).is_some_and(short),
        "kenmerk is geen tekst van 1 tot en met 60 tekens",
    );
    let address = object
        .get("terugmeldadres")
        .is_none_or(|address| address.as_str().is_some_and(|address| url::Url::parse(address).is_ok()));
    check(address, "terugmeldadres is geen adres");
    let known = object.keys().all(|key| FIELDS.contains(&key.as_str()) || lax.contains(&key.as_str()));
    check(known, "er is een veld dat niet bestaat");
    if faults.is_empty() { Ok(value) } else { Err(faults) }
}
