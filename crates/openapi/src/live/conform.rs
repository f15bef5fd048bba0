//! An answer beside what the document says of it.

use std::collections::HashMap;

use jsonschema::Validator;
use serde_json::Value;

use crate::{
    document::{Document, Node, Place},
    operations::{Operation, Response, operations},
    schema::{Way, validator},
};

/// What of an answer is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// Its status.
    Status,
    /// Its media type.
    Media,
    /// Its headers and body.
    Content,
}

/// A difference between an answer and the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// Where the document says otherwise.
    pub place: Place,
    /// What, in Dutch.
    pub message: String,
}

/// Lays answers beside a document; what it makes of a schema is kept.
pub struct Conformance<'d> {
    operations: Vec<Operation<'d>>,
    validators: HashMap<(String, String), Option<Validator>>,
}

impl<'d> Conformance<'d> {
    /// For a document.
    #[must_use]
    pub fn new(document: &'d Document) -> Self {
        Self { operations: operations(document), validators: HashMap::new() }
    }

    /// What in an answer is not as documented; nothing for an operation that is not documented itself.
    pub fn deviations(
        &mut self,
        (path, method): (&str, &str),
        aspect: Aspect,
        (status, headers, body): (u16, &[(String, String)], &[u8]),
    ) -> Vec<Deviation> {
        let found = self.operations.iter().find(|one| one.path == path && one.method == method);
        let Some(operation) = found.cloned() else { return Vec::new() };
        let Some(response) = operation.response(status) else {
            let message = format!("status {status} is niet beschreven");
            let undocumented = Deviation { place: operation.node.place(), message };
            return if aspect == Aspect::Status { vec![undocumented] } else { Vec::new() };
        };
        match aspect {
            Aspect::Status => Vec::new(),
            Aspect::Media => media(&response, headers, body).into_iter().collect(),
            Aspect::Content => {
                let mut all = self.headers(&response, headers);
                all.extend(self.body(&response, headers, body));
                all
            }
        }
    }

    fn validator(&mut self, schema: &Node<'_>) -> Option<&Validator> {
        let (file, pointer) = schema.key();
        let made = self.validators.entry((file.to_owned(), pointer));
        made.or_insert_with(|| validator(schema, Way::Answer).ok()).as_ref()
    }

    fn headers(&mut self, response: &Response<'_>, headers: &[(String, String)]) -> Vec<Deviation> {
        let mut all = Vec::new();
        for (name, node) in response.node.map("headers") {
            let Ok(node) = node.resolved() else { continue };
            let value =
                headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
            let message = match value {
                None if node.flag("required") => Some(format!("de verplichte kop {name} ontbreekt")),
                None => None,
                Some(value) => node.get("schema").and_then(|schema| {
                    let fits = |value: &Value, own: &Validator| own.is_valid(value);
                    let typed: Value = serde_json::from_str(value).unwrap_or_else(|_| value.as_str().into());
                    let own = self.validator(&schema)?;
                    let fine = fits(&typed, own) || fits(&value.as_str().into(), own);
                    (!fine).then(|| format!("de kop {name} past niet bij zijn schema"))
                }),
            };
            all.extend(message.map(|message| Deviation { place: node.place(), message }));
        }
        all
    }

    fn body(
        &mut self,
        response: &Response<'_>,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Option<Deviation> {
        let sent = media_type(headers);
        let (_, node) = response.node.map("content").find(|(name, _)| matches(name, &sent))?;
        if !sent.contains("json") {
            return None;
        }
        let schema = node.get("schema")?;
        let Ok(value) = serde_json::from_slice::<Value>(body) else {
            return Some(Deviation {
                place: schema.place(),
                message: "de inhoud is geen geldige JSON".to_owned(),
            });
        };
        let error = self.validator(&schema)?.iter_errors(&value).next()?;
        let at = error.instance_path().to_string();
        let at = if at.is_empty() { "de inhoud".to_owned() } else { at };
        let message = format!("{at} past niet bij het schema ({})", error.kind().keyword());
        Some(Deviation { place: schema.place(), message })
    }
}

/// The media type of an answer, without parameters.
pub(super) fn media_type(headers: &[(String, String)]) -> String {
    let value = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let value = value.map(|(_, value)| value.as_str()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a documented media type, maybe a range, is the one that was sent.
pub(super) fn matches(documented: &str, sent: &str) -> bool {
    let documented = documented.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match documented.split_once("/*") {
        Some(("*", _)) => true,
        Some((kind, _)) => sent.split('/').next() == Some(kind),
        None => documented == sent,
    }
}

fn media(response: &Response<'_>, headers: &[(String, String)], body: &[u8]) -> Option<Deviation> {
    let documented: Vec<&str> = response.node.map("content").map(|(name, _)| name).collect();
    let sent = media_type(headers);
    let message = match (documented.as_slice(), body.is_empty()) {
        ([], true) | (_, true) => return None,
        ([], false) => format!("er is inhoud ({sent}), en er is geen beschreven"),
        _ if documented.iter().any(|name| matches(name, &sent)) => return None,
        _ => format!("de inhoud is {sent}, en beschreven is {}", documented.join(", ")),
    };
    Some(Deviation { place: response.node.place(), message })
}

/// Texts that look like a date or moment and are none by RFC 9557 and ISO 8601 together, with where they are.
#[must_use]
pub fn dates(value: &Value) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    let mut todo = vec![(String::new(), value)];
    while let Some((at, value)) = todo.pop() {
        match value {
            Value::Object(map) => todo.extend(map.iter().map(|(key, value)| (format!("{at}/{key}"), value))),
            Value::Array(items) => {
                todo.extend(items.iter().enumerate().map(|(index, value)| (format!("{at}/{index}"), value)))
            }
            Value::String(text) if looks_dated(text) && !is_date(text) => wrong.push((at, text.clone())),
            _ => {}
        }
    }
    wrong.sort();
    wrong
}

/// Begins as 2026-01-02, and goes on as a time or not at all.
fn looks_dated(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let day = digits(0..4)
        && bytes.get(4) == Some(&b'-')
        && digits(5..7)
        && bytes.get(7) == Some(&b'-')
        && digits(8..10);
    day && (bytes.len() == 10
        || matches!(bytes[10], b'T' | b't' | b' ') && digits(11..13) && bytes.get(13) == Some(&b':'))
}

fn is_date(text: &str) -> bool {
    use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};
    if text.len() == 10 {
        return Date::parse(text, format_description!("[year]-[month]-[day]")).is_ok();
    }
    // A suffix in brackets names the zone.
    let moment = text.split('[').next().unwrap_or_default();
    moment.as_bytes()[10] == b'T'
        && !moment.ends_with('z')
        && !moment.ends_with("-00:00")
        && OffsetDateTime::parse(moment, &Rfc3339).is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_are_right_or_told() {
        let wrong = dates(&json!({
            "a": ["2026-02-30", "2026-02-28"], "b": "2026-02-28t10:00:00Z", "c": "2026-02-28T10:00:00Z", "d": "2026-02-28T10:00:00z",
            "e": "2026-02-28T10:00:00-00:00", "f": "2026-02-28T10:00:00+01:00[Europe/Amsterdam]", "g": "2026-02-28 10:00", "h": "2026-1",
            "i": "2026-02-28-x",
        }));
        let places: Vec<&str> = wrong.iter().map(|(at, _)| at.as_str()).collect();
        assert_eq!(places, ["/a/0", "/b", "/d", "/e", "/g"]);
    }
}
