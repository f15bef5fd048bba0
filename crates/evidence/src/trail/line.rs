//! One line of a log: JSON with the members of OpenTelemetry, ECS, W3C or FHIR, or plain text.

use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Members that hold a trace, without case and punctuation; the names of nested members are joined.
const TRACES: [&str; 2] = ["traceid", "traceparent"];
/// Members that hold the id of a request.
const IDS: [&str; 3] = ["xrequestid", "requestid", "httprequestid"];
/// Members that hold the status of an answer.
const STATUSES: [&str; 5] =
    ["status", "statuscode", "httpstatuscode", "httpresponsestatuscode", "httpstatus"];
/// Members that hold the moment.
const MOMENTS: [&str; 5] = ["timestamp", "time", "ts", "recorded", "datetime"];
/// Deeper is not looked.
const DEPTH: usize = 12;

/// What a line says that both sides know.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Ids of requests.
    pub ids: Vec<String>,
    /// Traces; of plain text everything that may be a mark.
    pub others: Vec<String>,
    pub status: Option<u16>,
    pub at: Option<OffsetDateTime>,
}

impl Line {
    pub(super) fn read(text: &str) -> Self {
        let mut line = Self::default();
        match serde_json::from_str::<Value>(text) {
            Ok(value @ Value::Object(_)) => line.look(&value, &mut Vec::new()),
            _ => line.look_at_text(text),
        }
        line
    }

    /// All marks.
    pub(super) fn marks(&self) -> impl Iterator<Item = &String> {
        self.ids.iter().chain(&self.others)
    }

    fn look(&mut self, value: &Value, path: &mut Vec<String>) {
        match value {
            Value::Object(members) if path.len() < DEPTH => {
                // NEN 7513 and FHIR: an entity that says by its name what its identifier is.
                let name = members.get("name").and_then(Value::as_str).map(plain).unwrap_or_default();
                let inner = ["/identifier/value", "/what/identifier/value", "/reference/identifier/value"];
                let inner = inner.iter().find_map(|pointer| value.pointer(pointer)?.as_str());
                self.mark(&name, inner.unwrap_or_default());
                for (name, member) in members {
                    path.push(plain(name));
                    self.look(member, path);
                    path.pop();
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.look(item, path)),
            Value::String(text) => self.leaf(path, text.trim()),
            Value::Number(number) => self.leaf(path, &number.to_string()),
            _ => {}
        }
    }

    fn leaf(&mut self, path: &[String], text: &str) {
        for depth in 1..=path.len().min(4) {
            let name = path[path.len() - depth..].concat();
            if STATUSES.contains(&name.as_str()) && self.status.is_none() {
                self.status = text.parse().ok().filter(|status| (100..600).contains(status));
            }
            if MOMENTS.contains(&name.as_str()) && self.at.is_none() {
                self.at = OffsetDateTime::parse(text, &Rfc3339).ok();
            }
            self.mark(&name, text);
        }
    }

    fn mark(&mut self, name: &str, value: &str) {
        let (list, mark) = if IDS.contains(&name) {
            (&mut self.ids, value)
        } else if TRACES.contains(&name) {
            (&mut self.others, trace(value).unwrap_or(value))
        } else {
            return;
        };
        if !mark.is_empty() && !list.iter().any(|known| known == mark) {
            list.push(mark.to_owned());
        }
    }

    /// In plain text nothing says what a word is: any may be a mark, and none is a strange one.
    fn look_at_text(&mut self, text: &str) {
        for word in text.split(|c: char| c.is_whitespace() || "\"'=,;[](){}<>|".contains(c)) {
            if self.at.is_none() {
                self.at = OffsetDateTime::parse(word, &Rfc3339).ok();
            }
            if word.len() >= 8 {
                self.others.push(trace(word).unwrap_or(word).to_owned());
            }
        }
    }
}

/// The trace in a `traceparent`.
pub(super) fn trace(parent: &str) -> Option<&str> {
    let mut parts = parent.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let whole = version.len() == 2 && trace.len() == 32 && hex(trace) && parts.count() >= 2;
    whole.then_some(trace)
}

/// A name without case and punctuation.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}
