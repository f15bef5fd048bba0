//! Facts of a search answer and the checks on them.

use keur_evidence::{Check, http::Answer};
use serde_json::Value;

use crate::http;

/// The searchset Bundle in an answer; `None` when it is something else.
#[must_use]
pub fn searchset(answer: &Answer) -> Option<Value> {
    let json = answer.response()?.json()?;
    (json["resourceType"] == "Bundle" && json["type"] == "searchset").then_some(json)
}

/// The entries of a Bundle.
#[must_use]
pub fn entries(bundle: &Value) -> &[Value] {
    bundle.get("entry").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The resources that match the search (not the included ones, not outcomes).
pub fn matches(bundle: &Value) -> impl Iterator<Item = &Value> {
    entries(bundle)
        .iter()
        .filter(|entry| entry.pointer("/search/mode").and_then(Value::as_str).unwrap_or("match") == "match")
        .filter_map(|entry| entry.get("resource"))
}

/// Status 200, a searchset, and at least one match.
#[must_use]
pub fn served(answer: &Answer) -> Vec<Check> {
    let status = http::status(answer, 200);
    if !status.holds() {
        return vec![status];
    }
    let found = searchset(answer).map(|bundle| matches(&bundle).count());
    let observed = match found {
        Some(count) => format!("searchset met {count} resultaten"),
        None => format!("geen searchset, maar {}", describe(answer)),
    };
    let check = Check::that(
        found.is_some_and(|count| count > 0),
        "een searchset met ten minste één resultaat",
        observed,
    );
    vec![status, check.on([answer.id.clone()])]
}

/// The body in a few words: its resource type or media type.
#[must_use]
pub fn describe(answer: &Answer) -> String {
    let Some(response) = answer.response() else { return answer.describe() };
    let ty = response.json().and_then(|json| json.get("resourceType")?.as_str().map(str::to_owned));
    ty.unwrap_or_else(|| match response.media_type().as_str() {
        "" => "een leeg antwoord".to_owned(),
        media => media.to_owned(),
    })
}
