//! The production-data guard: a citizen service number outside the declared test set stops the run.

use std::collections::BTreeSet;

use serde_json::Value;

/// How near "bsn" must stand to a number in free text for the number to be taken for one.
const NEAR: usize = 120;
/// Words that announce a citizen service number in text, in lower case.
const MARKERS: [&str; 3] = ["bsn", "2.16.840.1.113883.2.4.6.3", "burgerservicenummer"];
/// What announces another kind of code between such a word and a number.
const OTHER_SYSTEMS: [&str; 5] = ["http", "urn:", "sct", "loinc", "code"];
/// NamingSystem and OID of the citizen service number.
const SYSTEMS: [&str; 2] = ["NamingSystem/bsn", "2.16.840.1.113883.2.4.6.3"];

/// Whether `what` says yes to any whole run of `shortest` to `longest` digits. A plain loop, and not generic: it goes
/// over all evidence, and is optimised where it stands.
pub fn any_digits(
    bytes: &[u8],
    (shortest, longest): (usize, usize),
    what: &mut dyn FnMut(&[u8]) -> bool,
) -> bool {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let leap = shortest.max(1);
    let mut at = leap - 1;
    // A run of this length cannot lie between two leaps.
    while at < bytes.len() {
        if digit(at) {
            let start = (0..at).rev().take_while(|at| digit(*at)).last().unwrap_or(at);
            let end = (at..bytes.len()).find(|at| !digit(*at)).unwrap_or(bytes.len());
            if (shortest..=longest).contains(&(end - start)) && what(&bytes[start..end]) {
                return true;
            }
            at = end;
        }
        at += leap;
    }
    false
}

/// Whether JSON text holds a digit in the form `\u003x`.
#[must_use]
pub fn has_escaped_digit(bytes: &[u8]) -> bool {
    let mut at = 0;
    while at + 5 <= bytes.len() {
        if bytes[at] == b'\\' && &bytes[at + 1..at + 5] == b"u003" {
            return true;
        }
        at += 1;
    }
    false
}

/// Knows the declared test numbers.
pub struct Guard {
    declared: BTreeSet<String>,
}

impl Guard {
    /// A guard that lets only the declared numbers pass.
    #[must_use]
    pub fn new(declared: BTreeSet<String>) -> Self {
        Self { declared }
    }

    /// Where a number outside the declared set stands, in words without the number; `None` when there is none.
    #[must_use]
    pub fn scan(&self, headers: &[(String, String)], body: &[u8]) -> Option<String> {
        self.scan_read(headers, body, None)
    }

    /// The same for a body that was read as JSON already.
    #[must_use]
    pub fn scan_read(
        &self,
        headers: &[(String, String)],
        body: &[u8],
        json: Option<&Value>,
    ) -> Option<String> {
        for (name, value) in headers {
            if self.in_text(&format!("{name}: {value}")) {
                return Some(format!("header {}", masked(name)));
            }
        }
        let text = String::from_utf8_lossy(body);
        let mut path = Vec::new();
        let found = match json {
            Some(json) => self.in_json(json, &mut path),
            None => text.parse().is_ok_and(|json| self.in_json(&json, &mut path)),
        };
        if found {
            return Some(format!("body /{}", masked(&path.join("/"))));
        }
        self.in_text(&text).then(|| "body".to_owned())
    }

    fn foreign(&self, number: &str) -> bool {
        is_bsn(number) && !self.declared.contains(number)
    }

    /// A JSON value that is such a number; as a JSON number it has lost its leading zeros.
    fn foreign_value(&self, value: &Value) -> bool {
        match value {
            Value::String(number) => self.foreign(number.trim()),
            Value::Number(number) => self.foreign(&format!("{:0>9}", number.to_string())),
            _ => false,
        }
    }

    /// Structured data: an identifier with the system of the BSN, or a member named so.
    fn in_json(&self, value: &Value, path: &mut Vec<String>) -> bool {
        match value {
            Value::Object(members) => {
                let system = members.get("system").and_then(Value::as_str).unwrap_or_default();
                if SYSTEMS.iter().any(|known| system.contains(known))
                    && members.get("value").is_some_and(|number| self.foreign_value(number))
                {
                    path.push("value".to_owned());
                    return true;
                }
                members.iter().any(|(name, member)| {
                    path.push(name.clone());
                    let named = name.to_ascii_lowercase().contains("bsn") && self.foreign_value(member);
                    let found = named || self.in_json(member, path);
                    if !found {
                        path.pop();
                    }
                    found
                })
            }
            Value::Array(items) => items.iter().enumerate().any(|(index, item)| {
                path.push(index.to_string());
                let found = self.in_json(item, path);
                if !found {
                    path.pop();
                }
                found
            }),
            _ => false,
        }
    }

    /// Free text (XML, HTML, logs, URLs, JSON that does not parse): nine digits that pass the 11-proof and are announced
    /// as a citizen service number.
    fn in_text(&self, text: &str) -> bool {
        let lower = text.to_ascii_lowercase();
        if !MARKERS.iter().any(|marker| lower.contains(marker)) {
            return false;
        }
        let bytes = lower.as_bytes();
        let (mut at, mut last) = (0, None::<usize>);
        while at < bytes.len() {
            let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 9 && is_bsn(&lower[at..at + 9]) {
                let from = last.unwrap_or_default().max(at.saturating_sub(NEAR));
                let before = String::from_utf8_lossy(&bytes[from..at]);
                let after = String::from_utf8_lossy(&bytes[at + 9..(at + 9 + NEAR).min(bytes.len())]);
                let listed = last.is_some_and(|end| is_list(&bytes[end..at]));
                if listed || is_announced(&before) || is_explained(&after) {
                    if self.foreign(&lower[at..at + 9]) {
                        return true;
                    }
                    last = Some(at + 9);
                }
            }
            at += digits.max(1);
        }
        false
    }
}

/// The word or system of the BSN stands before the number, with no other code system in between. It announces one
/// number, or a list: what follows behind other words is about something else.
fn is_announced(before: &str) -> bool {
    MARKERS
        .iter()
        .filter_map(|marker| before.rfind(marker).map(|found| found + marker.len()))
        .max()
        .is_some_and(|end| !OTHER_SYSTEMS.iter().any(|other| before[end..].contains(other)))
}

/// Between two numbers of one list stands at most a short word.
fn is_list(between: &[u8]) -> bool {
    between.len() <= NEAR && between.iter().filter(|byte| byte.is_ascii_alphabetic()).count() <= 4
}

/// The word BSN stands right behind the number and announces no other one, or its system is that of the same JSON
/// object.
fn is_explained(after: &str) -> bool {
    let near: String = after.chars().take(20).collect();
    let named = MARKERS.iter().any(|marker| {
        near.split_once(marker).is_some_and(|(_, rest)| !rest.starts_with(['=', ':', '|', '%', '"', '\\']))
    });
    let same = after.split(['{', '}']).next().unwrap_or_default();
    let member = same.trim_start_matches('\\').starts_with('"') && same.contains("system");
    named || member && SYSTEMS.iter().any(|system| same.contains(&system.to_ascii_lowercase()))
}

/// A place without any long number: the name of a member or header can hold one too.
fn masked(place: &str) -> String {
    let mut out = String::with_capacity(place.len());
    let mut run = String::new();
    for c in place.chars().chain(['\n']) {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        out.push_str(if run.len() >= 8 { "…" } else { &run });
        run.clear();
        out.push(c);
    }
    out.pop();
    out
}

/// Nine digits, not all zero, that pass the 11-proof.
#[must_use]
pub fn is_bsn(number: &str) -> bool {
    keur_catalogue::bsn::is_valid_bsn(number)
}

#[cfg(test)]
mod tests;
