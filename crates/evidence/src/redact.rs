//! Redaction at capture, in one place: no secret reaches the journal, a blob, a log or a report.

use std::sync::{PoisonError, RwLock};

use aho_corasick::AhoCorasick;
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use ring::hmac;

use crate::digest::to_hex;

/// Secrets shorter than this are not searched for: they would match everywhere.
const SHORTEST: usize = 8;

/// JSON members and form fields whose value is always a secret.
const SECRET_FIELDS: [&str; 6] =
    ["access_token", "refresh_token", "id_token", "client_secret", "password", "code_verifier"];

/// Removes secrets from everything that is kept. Equal secrets stay comparable within a run: each becomes a
/// keyed hash under a key that is thrown away with the run.
pub struct Redactor {
    key: hmac::Key,
    literals: RwLock<Literals>,
}

#[derive(Default)]
struct Literals {
    needles: Vec<String>,
    marks: Vec<String>,
    search: Option<AhoCorasick>,
}

impl Redactor {
    /// A redactor with the declared secrets; `key` is fresh per run.
    #[must_use]
    pub fn new(secrets: &[String], key: [u8; 32]) -> Self {
        let redactor =
            Self { key: hmac::Key::new(hmac::HMAC_SHA256, &key), literals: RwLock::new(Literals::default()) };
        for secret in secrets {
            redactor.learn(secret);
        }
        redactor
    }

    /// From now on removes this secret too, also in its base64 and percent-encoded forms.
    pub fn learn(&self, secret: &str) {
        let secret = secret.trim();
        if secret.len() < SHORTEST {
            return;
        }
        let mut literals = self.literals.write().unwrap_or_else(PoisonError::into_inner);
        if literals.needles.iter().any(|needle| needle == secret) {
            return;
        }
        let mark = self.mark("SECRET", secret);
        let percent: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let escaped = serde_json::to_string(secret).unwrap_or_default();
        let escaped = escaped.trim_matches('"').to_owned();
        let forms = [
            secret.to_owned(),
            BASE64_STANDARD.encode(secret),
            BASE64_URL_SAFE_NO_PAD.encode(secret),
            percent,
            escaped,
        ];
        for form in forms {
            if !literals.needles.contains(&form) {
                literals.needles.push(form);
                literals.marks.push(mark.clone());
            }
        }
        literals.search = AhoCorasick::builder()
            .match_kind(aho_corasick::MatchKind::LeftmostLongest)
            .build(&literals.needles)
            .ok();
    }

    /// A header value as it may be kept.
    #[must_use]
    pub fn header(&self, name: &str, value: &str) -> String {
        match name.to_ascii_lowercase().as_str() {
            "authorization" | "proxy-authorization" => match value.split_once(' ') {
                Some((scheme, token)) => format!("{scheme} {}", self.token(token)),
                None => self.token(value),
            },
            "cookie" | "set-cookie" => self.cookie(value),
            _ => self.text(value),
        }
    }

    /// A body as it may be kept.
    #[must_use]
    pub fn body(&self, bytes: &[u8]) -> Vec<u8> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.text(text).into_bytes(),
            Err(_) => self.literal_bytes(bytes),
        }
    }

    /// Any text as it may be kept: URLs, messages, bodies.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let text = self.private_keys(text);
        let text = self.secret_fields(&text);
        let text = self.jwts(&text);
        String::from_utf8(self.literal_bytes(text.as_bytes())).unwrap_or(text)
    }

    fn mark(&self, what: &str, secret: &str) -> String {
        let tag = hmac::sign(&self.key, secret.as_bytes());
        format!("$KEUR_{what}:{}", to_hex(&tag.as_ref()[..6]))
    }

    fn token(&self, token: &str) -> String {
        if is_jwt(token) { self.jwt(token) } else { self.mark("TOKEN", token) }
    }

    /// A JWT keeps its header and claims and loses its signature.
    fn jwt(&self, token: &str) -> String {
        match token.rsplit_once('.') {
            Some((_, "")) | None => self.literal(token),
            Some((signed, signature)) => {
                format!("{}.{}", self.literal(signed), self.mark("SIGNATURE", signature))
            }
        }
    }

    fn cookie(&self, value: &str) -> String {
        let (pair, attributes) = value.split_once(';').map_or((value, ""), |(pair, rest)| (pair, rest));
        let name = pair.split('=').next().unwrap_or_default();
        let mark = self.mark("COOKIE", pair);
        if attributes.is_empty() { format!("{name}={mark}") } else { format!("{name}={mark};{attributes}") }
    }

    fn jwts(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("eyJ") {
            let (before, from) = rest.split_at(start);
            out.push_str(before);
            let end = from
                .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
                .unwrap_or(from.len());
            let (token, after) = from.split_at(end);
            out.push_str(&if is_jwt(token) { self.jwt(token) } else { token.to_owned() });
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// `"access_token":"…"` in JSON and `access_token=…` in forms and URLs; and the private members of a JWK.
    fn secret_fields(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for field in SECRET_FIELDS {
            out = self.replace_values(&out, &format!("\"{field}\""), json_value);
            out = self.replace_values(&out, &format!("{field}="), form_value);
        }
        if out.contains("\"kty\"") {
            for member in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                out = self.replace_values(&out, &format!("\"{member}\""), json_value);
            }
        }
        out
    }

    fn replace_values(&self, text: &str, label: &str, value: fn(&str) -> Option<(usize, usize)>) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(label) {
            let after = at + label.len();
            out.push_str(&rest[..after]);
            rest = &rest[after..];
            if let Some((start, end)) = value(rest) {
                out.push_str(&rest[..start]);
                let secret = &rest[start..end];
                out.push_str(&if secret.starts_with("$KEUR_") {
                    secret.to_owned()
                } else {
                    self.token(secret)
                });
                rest = &rest[end..];
            }
        }
        out.push_str(rest);
        out
    }

    fn private_keys(&self, text: &str) -> String {
        const END: &str = "PRIVATE KEY-----";
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("-----BEGIN ") {
            let head_end = rest[start..].find('\n').map_or(rest.len(), |at| start + at);
            if !rest[start..head_end].contains(END) {
                out.push_str(&rest[..head_end]);
                rest = &rest[head_end..];
                continue;
            }
            out.push_str(&rest[..start]);
            let tail = &rest[head_end..];
            let end = tail.find(END).map_or(tail.len(), |at| at + END.len());
            out.push_str(&self.mark("KEY", &tail[..end]));
            rest = &tail[end..];
        }
        out.push_str(rest);
        out
    }

    fn literal(&self, text: &str) -> String {
        String::from_utf8(self.literal_bytes(text.as_bytes())).unwrap_or_default()
    }

    fn literal_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let literals = self.literals.read().unwrap_or_else(PoisonError::into_inner);
        match &literals.search {
            Some(search) => search.replace_all_bytes(bytes, &literals.marks),
            None => bytes.to_vec(),
        }
    }
}

fn is_jwt(token: &str) -> bool {
    token.starts_with("eyJ") && (2..=4).contains(&token.matches('.').count())
}

/// Start and end of a JSON string value after its member name.
fn json_value(after: &str) -> Option<(usize, usize)> {
    let colon = after.find(|c: char| !c.is_whitespace()).filter(|at| after[*at..].starts_with(':'))? + 1;
    let quote = colon + after[colon..].find(|c: char| !c.is_whitespace())?;
    let start = after[quote..].starts_with('"').then_some(quote + 1)?;
    let end = start + after[start..].find('"')?;
    (end > start).then_some((start, end))
}

/// Start and end of a form value after `name=`.
fn form_value(after: &str) -> Option<(usize, usize)> {
    let end = after.find(|c: char| matches!(c, '&' | '"' | '#') || c.is_whitespace()).unwrap_or(after.len());
    (end > 0).then_some((0, end))
}
