//! JSON by the letter of RFC 8259. Lenient parsers each read a doubtful text in their own way, so none is used here.

use std::collections::HashSet;

use keur_evidence::{Check, http::Answer};

/// Deeper nesting than any resource has.
const MAX_DEPTH: usize = 250;

/// Where a text is not JSON, and why, in Dutch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Byte position.
    pub at: usize,
    /// Why.
    pub what: String,
}

/// The body of an answer is JSON: UTF-8 without byte order mark, no duplicate keys, nothing behind the value.
#[must_use]
pub fn strict(answer: &Answer) -> Check {
    let expected = format!("geldige JSON in het antwoord op {}", crate::methods::asked(answer));
    let check = match answer.response() {
        Some(response) if !response.truncated => match examine(response.bytes()) {
            Ok(()) => Check::that(true, expected, format!("{} bytes geldige JSON", response.bytes().len())),
            Err(fault) => Check::that(false, expected, format!("{} op byte {}", fault.what, fault.at)),
        },
        Some(_) => {
            let text = "het antwoord is te groot om in zijn geheel te lezen";
            Check::undecided(keur_evidence::event::Reason::Environment, expected, text)
        }
        None => Check::undecided(keur_evidence::event::Reason::Environment, expected, answer.describe()),
    };
    check.on([answer.id.clone()])
}

/// Reads a text to its end.
///
/// # Errors
/// The first fault.
pub fn examine(bytes: &[u8]) -> Result<(), Fault> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Fault { at: error.valid_up_to(), what: "tekens die geen UTF-8 zijn".to_owned() })?;
    if text.starts_with('\u{feff}') {
        return Err(Fault { at: 0, what: "een byte order mark (BOM)".to_owned() });
    }
    let mut scanner = Scanner { bytes, at: 0 };
    scanner.space();
    scanner.value(0)?;
    scanner.space();
    match scanner.peek() {
        None => Ok(()),
        Some(_) => Err(scanner.fault("tekst na het einde van de JSON")),
    }
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn fault(&self, what: &str) -> Fault {
        Fault { at: self.at, what: what.to_owned() }
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err(self.fault("te diep geneste JSON"));
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => {
                for word in ["true", "false", "null"] {
                    if self.bytes[self.at..].starts_with(word.as_bytes()) {
                        self.at += word.len();
                        return Ok(());
                    }
                }
                Err(self.fault("een waarde die geen JSON is"))
            }
            None => Err(self.fault("het einde van de tekst waar een waarde hoort")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), Fault> {
        self.at += 1;
        let mut keys = HashSet::new();
        self.space();
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.fault("een sleutel zonder aanhalingstekens"));
            }
            let key = self.string()?;
            if !keys.insert(key.clone()) {
                return Err(Fault { at: start, what: format!("de sleutel \"{key}\" staat er dubbel") });
            }
            self.space();
            if !self.take(b':') {
                return Err(self.fault("geen dubbele punt na een sleutel"));
            }
            self.space();
            self.value(depth + 1)?;
            self.space();
            if self.take(b'}') {
                return Ok(());
            }
            if !self.take(b',') {
                return Err(self.fault("geen komma of sluithaakje in een object"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), Fault> {
        self.at += 1;
        self.space();
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.space();
            self.value(depth + 1)?;
            self.space();
            if self.take(b']') {
                return Ok(());
            }
            if !self.take(b',') {
                return Err(self.fault("geen komma of sluithaakje in een lijst"));
            }
        }
    }

    /// The text of a string, with escapes resolved: `"a"` and `"\u0061"` are the same key.
    fn string(&mut self) -> Result<String, Fault> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(self.fault("een tekst zonder sluitend aanhalingsteken")),
                Some(b'"') => {
                    self.at += 1;
                    let text = &self.bytes[start..self.at];
                    return serde_json::from_slice(text).map_err(|_| Fault {
                        at: start,
                        what: "een tekst met een onmogelijk teken".to_owned(),
                    });
                }
                Some(b'\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
                        Some(b'u') => {
                            let digits = self.bytes.get(self.at + 1..self.at + 5);
                            if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                                return Err(self.fault("een onvolledige \\u-code"));
                            }
                            self.at += 5;
                        }
                        _ => return Err(self.fault("een onbekende code na een backslash")),
                    }
                }
                Some(0..=0x1f) => return Err(self.fault("een stuurteken in een tekst")),
                Some(_) => self.at += 1,
            }
        }
    }

    fn number(&mut self) -> Result<(), Fault> {
        self.take(b'-');
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.fault("een getal zonder cijfers")),
        }
        if self.take(b'.') {
            self.some_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits()?;
        }
        if self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            return Err(self.fault("een getal dat geen JSON is"));
        }
        Ok(())
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Result<(), Fault> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.fault("een getal zonder cijfers"));
        }
        self.digits();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::Failure;

    use super::*;
    use crate::test_support::{silent, text as answer};

    #[test]
    fn json_is_json() {
        for text in [
            "{}",
            " [1, -0.5e+3, true, null, \"\\u00e9\\n\"] \n",
            "{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}",
            "\"é\"",
            "0",
        ] {
            assert_eq!(examine(text.as_bytes()), Ok(()), "{text}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        for (text, what) in [
            ("", "einde"),
            ("\u{feff}{}", "BOM"),
            ("{\"a\":1,\"a\":2}", "dubbel"),
            ("{\"a\":1,\"\\u0061\":2}", "dubbel"),
            ("{} x", "na het einde"),
            ("[1,]", "geen JSON"),
            ("{\"a\":NaN}", "geen JSON"),
            ("01", "geen JSON"),
            ("[1 2]", "komma"),
            ("{a:1}", "aanhalingstekens"),
            ("\"\t\"", "stuurteken"),
            ("\"\\x\"", "backslash"),
            ("\"\\ud800\"", "onmogelijk"),
            ("1.", "cijfers"),
            ("[\"a", "sluitend"),
        ] {
            let fault = examine(text.as_bytes()).expect_err(text);
            assert!(fault.what.contains(what), "{text}: {}", fault.what);
        }
        assert!(examine(&[b'"', 0xff, b'"']).is_err());
        assert!(examine("[".repeat(10_000).as_bytes()).is_err());
    }

    #[test]
    fn an_answer_is_judged() {
        assert!(strict(&answer(200, "application/json", "{}")).holds());
        assert!(!strict(&answer(200, "application/json", "{\"a\":1,\"a\":1}")).holds());
        assert!(matches!(
            strict(&silent(Failure::Connect)).outcome,
            keur_evidence::event::CheckOutcome::NotEvaluable(_)
        ));
    }
}
