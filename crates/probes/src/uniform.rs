//! Whether two answers look the same from outside, apart from what the question itself brought in.

use std::collections::BTreeMap;

use keur_evidence::{Check, http::Answer};
use serde_json::Value;

use crate::http;

/// Headers that differ between any two answers, or by the connection they came over.
const VOLATILE: [&str; 8] = [
    "date",
    "age",
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "x-request-id",
    "traceresponse",
];
/// Headers whose value counts too.
const TELLING: [&str; 3] = ["content-type", "www-authenticate", "cache-control"];
/// JSON members whose value is made for one answer.
const FRESH: [&str; 5] = ["id", "fullUrl", "versionId", "lastUpdated", "timestamp"];

/// Two answers, each to a question about another patient, are equal in status, headers and body.
/// Each answer comes with the words of its question that may return in it.
#[must_use]
pub fn same(known: (&Answer, &str), unknown: (&Answer, &str)) -> Check {
    let expected = "voor een bekende en een onbekende patiënt dezelfde status en dezelfde vorm van antwoord";
    let ids = [known.0.id.clone(), unknown.0.id.clone()];
    let check = match (&known.0.reply, &unknown.0.reply) {
        (Ok(_), Ok(_)) => match difference(&shape(known.0, known.1), &shape(unknown.0, unknown.1)) {
            None => Check::that(true, expected, format!("twee keer {}, gelijk van vorm", known.0.describe())),
            Some(text) => Check::that(false, expected, text),
        },
        (Err(one), Err(other)) if one.failure == other.failure => {
            Check::that(true, expected, format!("twee keer {}", known.0.describe()))
        }
        (Err(transport), _) | (_, Err(transport)) => {
            let observed = format!("bekend: {}; onbekend: {}", known.0.describe(), unknown.0.describe());
            Check::undecided(http::reason(transport.failure), expected, observed)
        }
    };
    check.on(ids)
}

/// Place in the answer → what stands there, without what differs anyway.
fn shape(answer: &Answer, asked: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let Some(response) = answer.response() else { return out };
    out.insert("status".to_owned(), response.status.to_string());
    for (name, value) in &response.headers {
        let name = name.to_ascii_lowercase();
        if !VOLATILE.contains(&name.as_str()) {
            let value = if TELLING.contains(&name.as_str()) { neutral(value, asked) } else { String::new() };
            out.insert(format!("kop {name}"), value);
        }
    }
    match response.json() {
        Some(json) => flatten(json, "inhoud", asked, &mut out),
        None => {
            let text = String::from_utf8_lossy(response.bytes());
            out.insert("inhoud".to_owned(), neutral(&text, asked));
        }
    }
    out
}

fn flatten(value: &Value, path: &str, asked: &str, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            out.insert(path.to_owned(), "{}".to_owned());
            for (name, value) in members {
                let path = format!("{path}.{name}");
                if FRESH.contains(&name.as_str()) && !value.is_object() {
                    out.insert(path, "…".to_owned());
                } else {
                    flatten(value, &path, asked, out);
                }
            }
        }
        Value::Array(items) => {
            out.insert(path.to_owned(), format!("{} delen", items.len()));
            for (index, item) in items.iter().enumerate() {
                flatten(item, &format!("{path}[{index}]"), asked, out);
            }
        }
        Value::String(text) => {
            out.insert(path.to_owned(), neutral(text, asked));
        }
        other => {
            out.insert(path.to_owned(), other.to_string());
        }
    }
}

/// The text without the words of the question, and without ids and times: words with a digit of eight signs or more.
fn neutral(text: &str, asked: &str) -> String {
    let text = if asked.is_empty() { text.to_owned() } else { text.replace(asked, "…") };
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    let close = |word: &mut String, out: &mut String| {
        let fresh = word.len() >= 8 && word.contains(|c: char| c.is_ascii_digit());
        out.push_str(if fresh { "…" } else { word.as_str() });
        word.clear();
    };
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || "-_:.+".contains(c) {
            word.push(c);
        } else {
            close(&mut word, &mut out);
            out.push(c);
        }
    }
    close(&mut word, &mut out);
    out
}

fn difference(known: &BTreeMap<String, String>, unknown: &BTreeMap<String, String>) -> Option<String> {
    // The status says most, so it is named first.
    let places = ["status"].into_iter().chain(known.keys().chain(unknown.keys()).map(String::as_str));
    places.into_iter().find(|place| known.get(*place) != unknown.get(*place)).map(|place| {
        let words = |side: Option<&String>| side.map_or("afwezig".to_owned(), |text| clip(text));
        let (one, other) = (words(known.get(place)), words(unknown.get(place)));
        format!("verschil in {place}: bekend {one}, onbekend {other}")
    })
}

fn clip(text: &str) -> String {
    if text.is_empty() {
        return "aanwezig".to_owned();
    }
    let mut out: String = text.chars().take(80).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::{CheckOutcome, Failure};
    use serde_json::json;

    use super::*;
    use crate::test_support::{answer, silent};

    fn bundle(bsn: &str, id: &str) -> Value {
        json!({ "resourceType": "Bundle", "id": id, "type": "searchset", "total": 0,
            "link": [{ "relation": "self", "url": format!("https://bron.example/Patient?identifier={bsn}") }] })
    }

    #[test]
    fn answers_that_differ_in_ids_and_the_question_are_the_same() {
        let known = answer(200, &bundle("999900018", "a1"));
        let unknown = answer(200, &bundle("999900029", "b2"));
        assert!(same((&known, "999900018"), (&unknown, "999900029")).holds());
        assert!(same((&silent(Failure::Closed), ""), (&silent(Failure::Closed), "")).holds());
    }

    #[test]
    fn a_difference_in_status_or_body_is_named() {
        let known = answer(403, &json!({ "resourceType": "OperationOutcome" }));
        let unknown = answer(200, &bundle("999900029", "b2"));
        let check = same((&known, "999900018"), (&unknown, "999900029"));
        assert_eq!(check.outcome, CheckOutcome::Violated);
        assert_eq!(check.observed, "verschil in status: bekend 403, onbekend 200");

        let mut more = bundle("999900018", "a1");
        more["total"] = json!(3);
        let check = same((&answer(200, &more), "999900018"), (&unknown, "999900029"));
        assert_eq!(check.observed, "verschil in inhoud.total: bekend 3, onbekend 0");

        let check = same(
            (&answer(403, &json!({ "text": "mag niet" })), ""),
            (&answer(403, &json!({ "text": "weg" })), ""),
        );
        assert!(!check.holds());
    }

    #[test]
    fn one_silent_answer_decides_nothing() {
        let unknown = answer(200, &json!({}));
        let check = same((&silent(Failure::Timeout), ""), (&unknown, ""));
        assert!(matches!(check.outcome, CheckOutcome::NotEvaluable(_)));
    }
}
