//! Facts of a search answer and the checks on them.

use keur_evidence::{Check, http::Answer};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use crate::http;

/// The searchset Bundle in an answer; `None` when it is something else.
#[must_use]
pub fn searchset(answer: &Answer) -> Option<&Value> {
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
        .filter_map(|entry| entry.get("resource").filter(|resource| !resource.is_null()))
}

/// Status 200, a searchset, and at least one match.
#[must_use]
pub fn served(answer: &Answer) -> Vec<Check> {
    let status = http::status(answer, 200);
    if !status.holds() {
        return vec![status];
    }
    let found = Outline::of(answer)
        .map(|outline| outline.matches())
        .or_else(|| searchset(answer).map(|bundle| matches(bundle).count()));
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

/// A searchset without what is in it. Nearly every case begins with a search that must succeed: building the whole tree
/// of each answer is what a run on stored evidence would spend most of its time on.
#[derive(Deserialize)]
struct Outline {
    #[serde(rename = "resourceType")]
    resource_type: String,
    #[serde(rename = "type")]
    kind: String,
    entry: Vec<OutlineEntry>,
}

#[derive(Deserialize)]
struct OutlineEntry {
    resource: Option<IgnoredAny>,
    search: Option<Search>,
}

#[derive(Deserialize)]
struct Search {
    mode: Option<String>,
}

impl Outline {
    /// `None` for everything out of the ordinary: the tree tells more of that.
    fn of(answer: &Answer) -> Option<Self> {
        let outline: Self = serde_json::from_slice(answer.response()?.bytes()).ok()?;
        (outline.resource_type == "Bundle" && outline.kind == "searchset").then_some(outline)
    }

    /// As many as [`matches`] gives.
    fn matches(&self) -> usize {
        let matching = |entry: &&OutlineEntry| {
            let mode = entry.search.as_ref().and_then(|search| search.mode.as_deref());
            entry.resource.is_some() && mode.unwrap_or("match") == "match"
        };
        self.entry.iter().filter(matching).count()
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test_support::answer;

    #[test]
    fn the_outline_counts_what_the_tree_counts() {
        let patient = json!({ "resourceType": "Patient", "contact": [{ "name": { "family": "x" } }] });
        let bundle = |entry: Value| json!({ "resourceType": "Bundle", "type": "searchset", "entry": entry });
        let plain = [
            (bundle(json!([])), 0),
            (bundle(json!([{ "resource": patient }])), 1),
            (
                bundle(
                    json!([{ "resource": patient, "search": { "mode": "include" } }, { "resource": patient }]),
                ),
                1,
            ),
            (bundle(json!([{ "resource": patient, "search": {} }, { "fullUrl": "urn:x" }])), 1),
            (bundle(json!([{ "resource": patient, "search": { "mode": "outcome" } }])), 0),
            (bundle(json!([{ "resource": null }])), 0),
        ];
        for (body, count) in plain {
            let answer = answer(200, &body);
            assert_eq!(Outline::of(&answer).map(|outline| outline.matches()), Some(count), "{body}");
            assert_eq!(searchset(&answer).map(|bundle| matches(bundle).count()), Some(count), "{body}");
            assert_eq!(served(&answer)[1].holds(), count > 0, "{body}");
        }
        // What the outline leaves to the tree.
        let odd = bundle(json!([{ "resource": patient, "search": { "mode": 7 } }]));
        assert!(Outline::of(&answer(200, &odd)).is_none());
        assert!(served(&answer(200, &odd))[1].holds());
        for other in [json!({ "resourceType": "Bundle", "type": "history", "entry": [] }), json!({})] {
            assert!(Outline::of(&answer(200, &other)).is_none());
            assert!(!served(&answer(200, &other))[1].holds());
        }
    }
}
