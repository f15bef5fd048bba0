//! V12: no number that could be a person's, no private key, no token that still works.

use std::collections::BTreeSet;

use keur_catalogue::Product;
use keur_evidence::{
    guard::{Guard, any_digits, has_escaped_digit, is_bsn},
    redact::residue,
};
use serde_json::Value;

use super::{
    declaration,
    facts::Facts,
    step::{Checked, Fault},
};
use crate::{
    bundle::{BLOBS, Bundle},
    digest,
    dsse::Envelope,
};

/// Knows which numbers may be there.
pub(super) struct Privacy {
    guard: Guard,
    allowed: BTreeSet<String>,
    /// Hex addresses of the enclosed norms: public texts with examples of what is forbidden; V6 knows their digests.
    norms: BTreeSet<String>,
}

impl Privacy {
    /// Allowed are the numbers of the enclosed declarations, and those of the test range that keur itself asked for.
    pub(super) fn new(bundle: &Bundle, facts: Option<&Facts>) -> Self {
        let mut allowed: BTreeSet<String> = facts.map(|facts| facts.asked.clone()).unwrap_or_default();
        let products = facts.map(|facts| declaration::products(bundle, facts)).unwrap_or_default();
        allowed.extend(products.iter().flat_map(Product::declared_bsns).map(str::to_owned));
        let norms = facts.iter().flat_map(|facts| &facts.norms);
        let norms = norms.filter_map(|file| digest::address(&file.blob)).map(str::to_owned).collect();
        Self { guard: Guard::new(allowed.clone()), allowed, norms }
    }

    /// One file of the bundle other than the journal.
    pub(super) fn file(&self, path: &str, bytes: &[u8]) -> Checked {
        if let Some(hex) = path.strip_prefix(BLOBS) {
            return if self.norms.contains(hex) { Ok(()) } else { self.bytes(path, bytes) };
        }
        match Envelope::parse(bytes) {
            Ok(envelope) => self.json(path, &envelope.payload),
            Err(_) => bytes.split_inclusive(|byte| *byte == b'\n').try_for_each(|line| self.json(path, line)),
        }
    }

    /// JSON of our own making: each text by itself, because a digest behind a word can look like a number.
    pub(super) fn json(&self, place: &str, bytes: &[u8]) -> Checked {
        let left = residue(bytes).map(str::to_owned);
        let number = || {
            self.may_hold_number(bytes)
                && match serde_json::from_slice::<Value>(bytes) {
                    Ok(value) => self.value(&value),
                    Err(_) => self.guard.scan(&[], bytes).is_some(),
                }
        };
        match left.or_else(|| number().then(|| NUMBER.to_owned())) {
            None => Ok(()),
            Some(what) => Err(found(place, &what)),
        }
    }

    fn bytes(&self, path: &str, bytes: &[u8]) -> Checked {
        if let Some(what) = residue(bytes) {
            return Err(found(path, what));
        }
        match self.may_hold_number(bytes).then(|| self.guard.scan(&[], bytes)).flatten() {
            None => Ok(()),
            Some(place) => Err(found(path, &format!("{NUMBER} ({place})"))),
        }
    }

    /// Whether there is any run of digits that could be a number the guard does not know: almost no evidence has one,
    /// and taking it apart costs far more than this look. A JSON number has lost its leading zero (none has two); escaped
    /// digits show only when the JSON is read.
    fn may_hold_number(&self, bytes: &[u8]) -> bool {
        any_digits(bytes, (8, 9), &mut |run| {
            let number = format!("{:0>9}", String::from_utf8_lossy(run));
            is_bsn(&number) && !self.allowed.contains(&number)
        }) || has_escaped_digit(bytes)
    }

    fn value(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => {
                !digest::is_hex(text)
                    && digest::address(text).is_none()
                    && self.guard.scan(&[], text.as_bytes()).is_some()
            }
            Value::Array(items) => match items.as_slice() {
                // A header.
                [Value::String(name), Value::String(text)] => {
                    self.guard.scan(&[(name.clone(), text.clone())], b"").is_some()
                }
                items => items.iter().any(|item| self.value(item)),
            },
            Value::Object(members) => {
                let identifier = members.contains_key("system") && members.contains_key("value");
                identifier && self.guard.scan(&[], value.to_string().as_bytes()).is_some()
                    || members.iter().any(|(name, member)| {
                        let named = name.to_ascii_lowercase().contains("bsn") && !member.is_object();
                        let alone = || serde_json::json!({ name: member }).to_string();
                        named && self.guard.scan(&[], alone().as_bytes()).is_some() || self.value(member)
                    })
            }
            _ => false,
        }
    }
}

const NUMBER: &str = "een BSN dat niet in de opgegeven testset staat";

fn found(place: &str, what: &str) -> Fault {
    Fault::new(place, format!("hierin staat {what}; deel deze bundel niet verder"))
}
