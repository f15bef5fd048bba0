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
        for (name, value) in headers {
            if self.in_text(value) {
                return Some(format!("header {name}"));
            }
        }
        let text = String::from_utf8_lossy(body);
        if let Ok(json) = serde_json::from_str::<Value>(&text) {
            let mut path = Vec::new();
            if self.in_json(&json, &mut path) {
                return Some(format!("body /{}", path.join("/")));
            }
        }
        self.in_text(&text).then(|| "body".to_owned())
    }

    fn foreign(&self, number: &str) -> bool {
        is_bsn(number) && !self.declared.contains(number)
    }

    /// Structured data: an identifier with the system of the BSN, or a member named so.
    fn in_json(&self, value: &Value, path: &mut Vec<String>) -> bool {
        match value {
            Value::Object(members) => {
                let system = members.get("system").and_then(Value::as_str).unwrap_or_default();
                if SYSTEMS.iter().any(|known| system.contains(known))
                    && members.get("value").and_then(Value::as_str).is_some_and(|number| self.foreign(number))
                {
                    path.push("value".to_owned());
                    return true;
                }
                members.iter().any(|(name, member)| {
                    path.push(name.clone());
                    let named = name.to_ascii_lowercase().contains("bsn")
                        && match member {
                            Value::String(number) => self.foreign(number),
                            Value::Number(number) => self.foreign(&format!("{:0>9}", number.to_string())),
                            _ => false,
                        };
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

    /// Free text (XML, HTML, logs, URLs): nine digits that pass the 11-proof, with the word or system of the BSN
    /// shortly before and no other code system in between.
    fn in_text(&self, text: &str) -> bool {
        let lower = text.to_ascii_lowercase();
        if !MARKERS.iter().any(|marker| lower.contains(marker)) {
            return false;
        }
        let bytes = lower.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 9 && self.foreign(&lower[at..at + 9]) {
                let before = String::from_utf8_lossy(&bytes[at.saturating_sub(NEAR)..at]).into_owned();
                let after = String::from_utf8_lossy(&bytes[at + 9..(at + 29).min(bytes.len())]).into_owned();
                let marked = MARKERS
                    .iter()
                    .filter_map(|marker| before.rfind(marker).map(|found| found + marker.len()))
                    .max()
                    .is_some_and(|from| !OTHER_SYSTEMS.iter().any(|other| before[from..].contains(other)));
                if marked || MARKERS.iter().any(|marker| after.contains(marker)) {
                    return true;
                }
            }
            at += digits.max(1);
        }
        false
    }
}

/// Nine digits, not all zero, that pass the 11-proof.
#[must_use]
pub fn is_bsn(number: &str) -> bool {
    keur_catalogue::bsn::is_valid_bsn(number)
}
