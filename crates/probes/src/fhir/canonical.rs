//! One form for a resource in JSON and in XML: every value under its path, so that two answers can be compared.

use std::collections::BTreeMap;

use keur_evidence::{
    Check,
    event::Reason,
    http::{Answer, Response},
};
use serde_json::{Map, Value};

use super::xml;

/// Values that differ between two good answers: identity and time of the answer itself.
const VOLATILE: [&str; 7] = [
    "Bundle.id[0]",
    "Bundle.meta[0]",
    "Bundle.link[",
    "Bundle.timestamp[0]",
    "CapabilityStatement.date[0]",
    "CapabilityStatement.meta[0]",
    "OperationOutcome.id[0]",
];
/// Most differences named in one report line.
const NAMED: usize = 3;

/// A value; JSON numbers are compared by value, because XML has only text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Leaf {
    Text(String),
    Number(f64, String),
}

impl Leaf {
    fn same(&self, other: &Self) -> bool {
        let number = |text: &str, number: f64| text.trim().parse::<f64>().is_ok_and(|value| value == number);
        match (self, other) {
            (Self::Text(left), Self::Text(right)) => words(left).eq(words(right)),
            (Self::Number(left, _), Self::Number(right, _)) => left == right,
            (Self::Text(text), Self::Number(value, _)) | (Self::Number(value, _), Self::Text(text)) => {
                number(text, *value)
            }
        }
    }

    fn text(&self) -> &str {
        let (Self::Text(text) | Self::Number(_, text)) = self;
        text
    }
}

/// White space in an XML attribute is not told apart by parsers, so runs of it count as one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

/// All values of a resource under their paths.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Canonical(pub(super) BTreeMap<String, Leaf>);

impl Canonical {
    /// Of a resource in JSON; `None` when it is no resource.
    #[must_use]
    pub fn of_json(resource: &Value) -> Option<Self> {
        let members = resource.as_object()?;
        let root = members.get("resourceType")?.as_str()?;
        let mut form = Self::default();
        form.members(root, members);
        Some(form)
    }

    /// Of what an answer carries; `None` when that is no resource.
    #[must_use]
    pub fn of_response(response: &Response) -> Option<Self> {
        let text = std::str::from_utf8(response.bytes()).ok()?;
        if is_xml(response.bytes()) {
            return xml::canonical(text);
        }
        Self::of_json(response.json()?)
    }

    pub(super) fn insert(&mut self, path: String, leaf: Leaf) {
        if !VOLATILE.iter().any(|known| path.starts_with(known)) {
            self.0.insert(path, leaf);
        }
    }

    fn members(&mut self, path: &str, members: &Map<String, Value>) {
        for (name, value) in members {
            // `resourceType` is in the path; comments of old JSON carry no data.
            if matches!(name.as_str(), "resourceType" | "fhir_comments") {
                continue;
            }
            let name = name.strip_prefix('_').unwrap_or(name);
            match value {
                Value::Array(items) => {
                    for (index, item) in items.iter().enumerate() {
                        self.item(format!("{path}.{name}[{index}]"), name, item);
                    }
                }
                item => self.item(format!("{path}.{name}[0]"), name, item),
            }
        }
    }

    fn item(&mut self, path: String, name: &str, value: &Value) {
        match value {
            Value::Object(members) => match members.get("resourceType").and_then(Value::as_str) {
                Some(inner) => self.members(&format!("{path}.{inner}[0]"), members),
                None => self.members(&path, members),
            },
            Value::String(text) if name == "div" => self.insert(path, Leaf::Text(xml::narrative(text))),
            Value::String(text) => self.insert(path, Leaf::Text(text.clone())),
            Value::Number(number) => {
                let text = number.to_string();
                self.insert(path, Leaf::Number(number.as_f64().unwrap_or(f64::NAN), text));
            }
            Value::Bool(flag) => self.insert(path, Leaf::Text(flag.to_string())),
            // A null only keeps a place in a list.
            Value::Null | Value::Array(_) => {}
        }
    }

    /// Where two forms differ, in words, with the names of both; empty when they are the same.
    #[must_use]
    pub fn differences(&self, own: &str, other: &Self, others: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (path, leaf) in &self.0 {
            match other.0.get(path) {
                None => found.push(format!("{} ontbreekt in {others}", readable(path))),
                Some(theirs) if !leaf.same(theirs) => {
                    let (left, right) = (short(leaf.text()), short(theirs.text()));
                    let path = readable(path);
                    found.push(format!("{path} is \"{left}\" in {own} en \"{right}\" in {others}"));
                }
                Some(_) => {}
            }
        }
        let absent = other.0.keys().filter(|path| !self.0.contains_key(*path));
        found.extend(absent.map(|path| format!("{} ontbreekt in {own}", readable(path))));
        found
    }
}

fn readable(path: &str) -> String {
    path.replace("[0]", "")
}

fn short(text: &str) -> String {
    let mut out: String = text.chars().take(60).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

/// Two answers carry the same: the same status, and the same values.
#[must_use]
pub fn same(expected: &str, (own, first): (&str, &Answer), (others, second): (&str, &Answer)) -> Check {
    let evidence = [first.id.clone(), second.id.clone()];
    let (left, right) = match (&first.reply, &second.reply) {
        (Ok(left), Ok(right)) => (left, right),
        (Err(failure), _) | (_, Err(failure)) => {
            let reason = crate::http::reason(failure.failure);
            return Check::undecided(reason, expected, failure.to_string()).on(evidence);
        }
    };
    if left.truncated || right.truncated {
        let text = "een antwoord is te groot om te vergelijken";
        return Check::undecided(Reason::Environment, expected, text).on(evidence);
    }
    if left.status != right.status {
        let text = format!("status {} in {own}, status {} in {others}", left.status, right.status);
        return Check::that(false, expected, text).on(evidence);
    }
    match (Canonical::of_response(left), Canonical::of_response(right)) {
        (Some(left), Some(right)) => {
            let found = left.differences(own, &right, others);
            let text = if found.is_empty() {
                format!("{} waarden, alle gelijk", left.0.len())
            } else {
                let more = found.len().saturating_sub(NAMED);
                let more = if more > 0 { format!("; en nog {more} verschillen") } else { String::new() };
                format!("{}{more}", found[..found.len().min(NAMED)].join("; "))
            };
            Check::that(found.is_empty(), expected, text)
        }
        (None, None) => {
            let same = left.bytes() == right.bytes();
            let text = if same { "twee gelijke antwoorden" } else { "twee verschillende antwoorden" };
            Check::that(same, expected, text)
        }
        (left, _) => {
            let which = if left.is_none() { own } else { others };
            Check::that(false, expected, format!("het antwoord in {which} is geen leesbare FHIR-resource"))
        }
    }
    .on(evidence)
}

/// The XML holds what the JSON holds; an answer that is no XML at all holds nothing.
#[must_use]
pub fn same_in_xml(json: &Answer, xml: &Answer) -> Check {
    let expected = "in XML dezelfde waarden als in JSON";
    match &xml.reply {
        Ok(response) if response.status == 200 && !is_xml(response.bytes()) => {
            let observed = format!("status 200, {}: het antwoord is geen XML", response.media_type());
            Check::that(false, expected, observed).on([xml.id.clone()])
        }
        _ => same(expected, ("JSON", json), ("XML", xml)),
    }
}

fn is_xml(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).trim_start_matches('\u{feff}').trim_start().starts_with('<')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use keur_evidence::event::Failure;

    use super::*;
    use crate::test_support::{silent, text as answer};

    const JSON: &str = r#"{"resourceType":"Patient","id":"p","active":true,"name":[{"id":"n","given":["A","B"],
        "_given":[null,{"extension":[{"url":"u","valueDecimal":1.50}]}]}],
        "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a <b>b</b></div>"},
        "contained":[{"resourceType":"Organization","id":"o","name":"O & P"}]}"#;
    const XML: &str = r#"<?xml version="1.0"?><Patient xmlns="http://hl7.org/fhir"><id value="p"/>
        <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">a  <b>b</b></div></text>
        <contained><Organization><id value="o"/><name value="O &amp; P"/></Organization></contained>
        <active value="true"/><name id="n"><given value="A"/><given value="B"><extension url="u">
        <valueDecimal value="1.5"/></extension></given></name></Patient>"#;

    fn check(xml: &str) -> Check {
        let json = answer(200, "application/fhir+json", JSON);
        same("gelijk", ("JSON", &json), ("XML", &answer(200, "application/fhir+xml", xml)))
    }

    #[test]
    fn the_same_resource_in_both_forms() {
        let check = check(XML);
        assert!(check.holds(), "{}", check.observed);
    }

    #[test]
    fn json_is_no_xml() {
        let json = answer(200, "application/fhir+json", JSON);
        assert!(!same_in_xml(&json, &json).holds());
        assert!(same_in_xml(&json, &answer(200, "application/fhir+xml", XML)).holds());
        assert!(!same_in_xml(&json, &answer(406, "application/fhir+json", JSON)).holds());
    }

    #[test]
    fn a_lost_or_changed_value_is_named() {
        let lost = check(&XML.replace("<active value=\"true\"/>", ""));
        assert_eq!(lost.observed, "Patient.active ontbreekt in XML");
        let changed = check(&XML.replace("value=\"B\"", "value=\"C\""));
        assert_eq!(changed.observed, "Patient.name.given[1] is \"B\" in JSON en \"C\" in XML");
        assert!(!check("<Patient").holds());
        assert!(!check(&XML.replace("1.5", "1.6")).holds());
    }

    #[test]
    fn volatile_members_of_a_bundle_do_not_count() {
        let bundle = |id: &str, value: &str| {
            let entry = json!([{"resource": {"resourceType": "Flag", "id": value}}]);
            json!({"resourceType": "Bundle", "id": id, "meta": {"lastUpdated": id}, "entry": entry})
        };
        let form = |value: &Value| Canonical::of_json(value).expect("a resource");
        assert!(form(&bundle("1", "x")).differences("a", &form(&bundle("2", "x")), "b").is_empty());
        assert_eq!(form(&bundle("1", "x")).differences("a", &form(&bundle("1", "y")), "b").len(), 1);
    }

    #[test]
    fn no_answer_leaves_it_undecided() {
        let one = answer(200, "application/fhir+json", JSON);
        let check = same("gelijk", ("a", &one), ("b", &silent(Failure::Connect)));
        assert!(matches!(check.outcome, keur_evidence::event::CheckOutcome::NotEvaluable(_)));
    }
}
