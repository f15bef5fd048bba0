//! Redaction at capture, in one place: no secret reaches the journal, a blob, a log or a report.

mod forms;
mod scan;

use std::sync::{LazyLock, PoisonError, RwLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use ring::hmac;

use self::{
    forms::{SHORTEST, forms},
    scan::is_jwt,
};
use crate::digest::to_hex;

/// JSON members and form fields whose value is always a secret.
const SECRET_FIELDS: [&str; 6] =
    ["access_token", "refresh_token", "id_token", "client_secret", "password", "code_verifier"];
/// Private members of a JSON Web Key.
const KEY_MEMBERS: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];
/// Headers whose value is always a secret.
const SECRET_HEADERS: [&str; 3] = ["x-api-key", "api-key", "x-auth-token"];

/// What every secret that [`residue`] looks for begins with.
static SIGNS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let signs = [scan::BEGIN, scan::JOSE].into_iter().chain(scan::SCHEMES);
    // Of whichever sign: with this kind the search goes by whole words of the processor.
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(signs).ok()
});

/// Removes secrets from everything that is kept. Equal secrets stay comparable within a run: each becomes a
/// keyed hash under a key that is thrown away with the run.
pub struct Redactor {
    key: hmac::Key,
    declared: Literals,
    /// Apart from the declared ones, so that a token seen later does not cost building those again.
    learned: RwLock<Literals>,
}

#[derive(Default)]
struct Literals {
    needles: Vec<String>,
    marks: Vec<String>,
    search: Option<AhoCorasick>,
}

impl Literals {
    fn add(&mut self, forms: Vec<String>, mark: &str) {
        for form in forms {
            if !self.needles.contains(&form) {
                self.needles.push(form);
                self.marks.push(mark.to_owned());
            }
        }
    }

    fn build(&mut self) {
        self.search = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::LeftmostLongest)
            .build(&self.needles)
            .ok();
    }

    fn remove(&self, text: &str) -> String {
        match &self.search {
            Some(search) => search.replace_all(text, &self.marks),
            None => text.to_owned(),
        }
    }
}

impl Redactor {
    /// A redactor with the declared secrets; `key` is fresh per run.
    #[must_use]
    pub fn new(secrets: &[String], key: [u8; 32]) -> Self {
        let mut redactor = Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
            declared: Literals::default(),
            learned: RwLock::default(),
        };
        for secret in secrets.iter().map(|secret| secret.trim()).filter(|secret| secret.len() >= SHORTEST) {
            let mark = redactor.mark("SECRET", secret);
            redactor.declared.add(forms(secret), &mark);
        }
        redactor.declared.build();
        redactor
    }

    /// From now on removes this secret too, in every form it takes.
    pub fn learn(&self, secret: &str) {
        let secret = secret.trim();
        if secret.len() >= SHORTEST {
            self.learn_forms(forms(secret), &self.mark("SECRET", secret));
        }
    }

    /// From now on removes this issued token: an opaque one as a whole, of a JWT the signature.
    pub fn learn_token(&self, token: &str) {
        if !is_jwt(token) {
            return self.learn(token);
        }
        let signature = token.rsplit('.').next().unwrap_or_default();
        if signature.len() >= SHORTEST {
            self.learn_forms(vec![signature.to_owned()], &self.mark("SIGNATURE", signature));
        }
    }

    fn learn_forms(&self, forms: Vec<String>, mark: &str) {
        let mut learned = self.learned.write().unwrap_or_else(PoisonError::into_inner);
        let before = learned.needles.len();
        learned.add(forms, mark);
        if learned.needles.len() > before {
            learned.build();
        }
    }

    /// A header value as it may be kept.
    #[must_use]
    pub fn header(&self, name: &str, value: &str) -> String {
        match name.to_ascii_lowercase().as_str() {
            "authorization" | "proxy-authorization" => match value.split_once(' ') {
                Some((scheme, token)) if is_word(scheme) => {
                    format!("{} {}", self.literals(scheme), self.token(token))
                }
                _ => self.token(value),
            },
            "cookie" => {
                let pairs = value.split(';').map(|pair| self.cookie(pair.trim()));
                pairs.collect::<Vec<_>>().join("; ")
            }
            "set-cookie" => match value.split_once(';') {
                Some((pair, attributes)) => format!("{};{}", self.cookie(pair), self.text(attributes)),
                None => self.cookie(value),
            },
            name if SECRET_HEADERS.contains(&name) => self.token(value),
            _ => self.text(value),
        }
    }

    /// A body as it may be kept; bytes that are no text stay as they are.
    #[must_use]
    pub fn body(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            if !chunk.valid().is_empty() {
                out.extend_from_slice(self.text(chunk.valid()).as_bytes());
            }
            out.extend_from_slice(chunk.invalid());
        }
        out
    }

    /// Any text as it may be kept: URLs, messages, bodies.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let text = scan::replace(text, &scan::private_keys(text), |key| self.mark("KEY", key));
        let text = self.fields(text);
        let text = scan::replace(&text, &scan::tokens(&text), |token| self.jwt(token));
        self.literals(&text)
    }

    /// Text of others, such as a log: of tokens that nobody told us of only what stands before them shows what they are.
    #[must_use]
    pub fn foreign(&self, text: &str) -> String {
        let text = self.text(text);
        scan::replace(&text, &scan::credentials(&text), |token| self.token(token))
    }

    fn mark(&self, what: &str, secret: &str) -> String {
        let tag = hmac::sign(&self.key, secret.as_bytes());
        format!("$KEUR_{what}:{}", to_hex(&tag.as_ref()[..6]))
    }

    fn token(&self, token: &str) -> String {
        if token.starts_with("$KEUR_") {
            token.to_owned()
        } else if is_jwt(token) {
            self.jwt(token)
        } else {
            self.mark("TOKEN", token)
        }
    }

    /// A JWT keeps its header and claims and loses its signature (of an encrypted one: all that follows).
    fn jwt(&self, token: &str) -> String {
        let parts = token.split('.').enumerate().map(|(index, part)| match (index, part) {
            (0 | 1, part) => self.literals(part),
            (_, "") => String::new(),
            (_, part) => self.mark("SIGNATURE", part),
        });
        parts.collect::<Vec<_>>().join(".")
    }

    fn cookie(&self, pair: &str) -> String {
        let mark = self.mark("COOKIE", pair);
        match pair.split_once('=') {
            Some((name, _)) => format!("{}={mark}", self.literals(name)),
            None => mark,
        }
    }

    fn fields(&self, mut text: String) -> String {
        for field in SECRET_FIELDS {
            // Almost no text holds one: look before taking it apart.
            if text.contains(field) {
                text = scan::replace(&text, &scan::json_values(&text, field), |value| self.token(value));
                text = scan::replace(&text, &scan::form_values(&text, field), |value| self.token(value));
            }
        }
        if text.contains("kty") {
            for member in KEY_MEMBERS {
                text = scan::replace(&text, &scan::json_values(&text, member), |value| self.token(value));
            }
        }
        text
    }

    fn literals(&self, text: &str) -> String {
        let text = self.declared.remove(text);
        self.learned.read().unwrap_or_else(PoisonError::into_inner).remove(&text)
    }
}

/// What secret is left in bytes that should hold none, in Dutch; the last look before evidence is handed on.
#[must_use]
pub fn residue(bytes: &[u8]) -> Option<&'static str> {
    // Almost no evidence holds a sign of one: look before taking it apart.
    if SIGNS.as_ref().is_some_and(|signs| !signs.is_match(bytes)) {
        return None;
    }
    bytes.utf8_chunks().map(|chunk| chunk.valid()).find_map(|text| {
        let live = |token: &str| token.rsplit('.').next().is_some_and(|signature| !signature.is_empty());
        if !scan::private_keys(text).is_empty() {
            Some("een privésleutel")
        } else if scan::tokens(text).into_iter().any(|at| live(&text[at])) {
            Some("een token met zijn handtekening")
        } else if !scan::credentials(text).is_empty() {
            Some("een toegangstoken")
        } else {
            None
        }
    })
}

/// The name of an authentication scheme, not part of a credential.
fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests;
