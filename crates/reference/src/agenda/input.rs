//! What the consulting hours take: every fault is told, not only the first.

use serde_json::Value;
use time::format_description::well_known::{Iso8601, Rfc3339};
use time::{Date, OffsetDateTime};

use crate::defects::Defects;

const KINDS: [&str; 2] = ["huisarts", "tandarts"];
const FIELDS: [&str; 5] = ["spreekuurId", "dag", "aankomsttijd", "personen", "toelichting"];
const MAX_TEXT: usize = 200;
const NO_MAXIMUM: &str = "maximum is geen getal van 1 tot en met 100";

/// What is asked of the list.
pub(super) struct Asked {
    pub(super) day: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) most: usize,
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && Date::parse(text, &Iso8601::DATE).is_ok()
}

/// How many are asked for at most, 100 when that is not said.
pub(super) fn most(query: &str) -> Result<usize, Vec<String>> {
    let asked = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "maximum");
    asked.map_or(Ok(100), |(_, value)| bounded(&value, 100).ok_or_else(|| vec![NO_MAXIMUM.to_owned()]))
}

fn bounded(text: &str, limit: usize) -> Option<usize> {
    text.parse().ok().filter(|most| (1..=limit).contains(most))
}

pub(super) fn hours(query: &str, defects: &Defects) -> Result<Asked, Vec<String>> {
    let mut asked = Asked { day: None, kind: None, most: 100 };
    let mut faults = Vec::new();
    let limit = if defects.has("api-small-limit") { 99 } else { 100 };
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "dag" if is_day(&value) => asked.day = Some(value.into_owned()),
            "dag" => faults.push("dag is geen datum".to_owned()),
            "soortZorg" if KINDS.contains(&value.as_ref()) || defects.has("api-any-kind") => {
                asked.kind = Some(value.into_owned());
            }
            "soortZorg" => faults.push("soortZorg is onbekend".to_owned()),
            "maximum" => match bounded(&value, limit) {
                Some(most) => asked.most = most,
                None => faults.push(NO_MAXIMUM.to_owned()),
            },
            _ => {}
        }
    }
    if faults.is_empty() { Ok(asked) } else { Err(faults) }
}

pub(super) fn booking(body: &[u8], hours: &[String]) -> Result<Value, Vec<String>> {
    let value: Value = serde_json::from_slice(body).map_err(|_| vec!["de inhoud is geen JSON".to_owned()])?;
    let Some(object) = value.as_object() else { return Err(vec!["de inhoud is geen object".to_owned()]) };
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let mut faults = Vec::new();
    let mut check = |holds: bool, fault: &str| faults.extend((!holds).then(|| fault.to_owned()));
    check(
        text("spreekuurId").is_some_and(|id| hours.iter().any(|hour| hour == id)),
        "spreekuurId is geen spreekuur",
    );
    check(text("dag").is_some_and(is_day), "dag is geen datum");
    let moment = text("aankomsttijd").is_some_and(|moment| OffsetDateTime::parse(moment, &Rfc3339).is_ok());
    check(moment, "aankomsttijd is geen tijdstip");
    let persons = object.get("personen").and_then(Value::as_u64);
    check(persons.is_some_and(|count| (1..=4).contains(&count)), "personen is geen getal van 1 tot en met 4");
    let note = object
        .get("toelichting")
        .is_none_or(|note| note.as_str().is_some_and(|note| note.chars().count() <= MAX_TEXT));
    check(note, "toelichting is geen tekst van ten hoogste 200 tekens");
    let known = object.keys().all(|key| FIELDS.contains(&key.as_str()));
    check(known, "er is een veld dat niet bestaat");
    if faults.is_empty() { Ok(value) } else { Err(faults) }
}
