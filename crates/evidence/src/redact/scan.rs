//! Where secrets stand in a text: values of telling names, private keys, tokens.

use std::ops::Range;

/// What a PEM block begins with.
pub(super) const BEGIN: &str = "-----BEGIN ";
/// What a token in compact JOSE form begins with: `{"` in base64url.
pub(super) const JOSE: &str = "eyJ";
/// Names of schemes behind which a token stands.
pub(super) const SCHEMES: [&str; 4] = ["Bearer ", "bearer ", "DPoP ", "dpop "];
/// Shorter texts behind the name of a scheme are words.
const SHORTEST_TOKEN: usize = 16;

/// The string values of a JSON member, also in JSON that is itself a string in JSON. A value without an end (a body
/// that was cut) runs to the end of the text.
pub(super) fn json_values(text: &str, member: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(member) {
        let Some(level) = text[..at].strip_suffix('"').map(trailing_backslashes) else { continue };
        // Level 0 is `"`, level 1 `\"`, level 2 `\\\"`.
        if !(level + 1).is_power_of_two() {
            continue;
        }
        let quote = format!("{}\"", "\\".repeat(level));
        let value = text[at + member.len()..]
            .strip_prefix(quote.as_str())
            .and_then(|rest| rest.trim_start().strip_prefix(':'))
            .and_then(|rest| rest.trim_start().strip_prefix(quote.as_str()));
        let Some(value) = value else { continue };
        let start = text.len() - value.len();
        let end = value
            .match_indices('"')
            .find(|(at, _)| {
                let backslashes = trailing_backslashes(&value[..*at]);
                backslashes >= level && ((backslashes - level) / (level + 1)).is_multiple_of(2)
            })
            .map_or(text.len(), |(at, _)| start + at - level);
        if end > start {
            found.push(start..end);
        }
    }
    found
}

fn trailing_backslashes(text: &str) -> usize {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count()
}

/// The values of a form or query field.
pub(super) fn form_values(text: &str, field: &str) -> Vec<Range<usize>> {
    let label = format!("{field}=");
    let mut found = Vec::new();
    for (at, _) in text.match_indices(&label) {
        let start = at + label.len();
        let ends =
            |c: char| matches!(c, '&' | ';' | '"' | '\'' | '<' | '>' | '#' | '\\') || c.is_whitespace();
        let end = text[start..].find(ends).map_or(text.len(), |length| start + length);
        if end > start {
            found.push(start..end);
        }
    }
    found
}

/// PEM blocks that hold a private key, also with escaped line ends; one without an end runs to the end of the text.
pub(super) fn private_keys(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (start, _) in text.match_indices(BEGIN) {
        if found.last().is_some_and(|before| start < before.end) {
            continue;
        }
        let Some((label, _)) = text[start + BEGIN.len()..].split_once("-----") else { continue };
        if !label.ends_with("PRIVATE KEY") {
            continue;
        }
        let last = format!("-----END {label}-----");
        let end = text[start..].find(&last).map_or(text.len(), |at| start + at + last.len());
        found.push(start..end);
    }
    found
}

/// Tokens in compact JOSE form.
pub(super) fn tokens(text: &str) -> Vec<Range<usize>> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(JOSE) {
        let start = from + at;
        // What begins later in the same run has fewer parts, so a run is looked at once.
        from = text[start..].find(|c| !inside(c)).map_or(text.len(), |length| start + length);
        if is_jwt(&text[start..from]) {
            found.push(start..from);
        }
    }
    found
}

/// Opaque tokens behind the name of their scheme. Words and parameters of a challenge (`Bearer error="…"`) are none: a
/// token is long and holds letters and digits.
pub(super) fn credentials(text: &str) -> Vec<Range<usize>> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '+' | '/' | '=');
    let is_token = |token: &str| {
        token.len() >= SHORTEST_TOKEN
            && !token.starts_with(JOSE)
            && !token.trim_end_matches('=').contains('=')
            && token.bytes().any(|byte| byte.is_ascii_digit())
            && token.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    let mut found: Vec<Range<usize>> = SCHEMES
        .iter()
        .flat_map(|scheme| text.match_indices(scheme).map(|(at, _)| at + scheme.len()))
        .map(|start| {
            let rest = &text[start..];
            start..start + rest.find(|c| !inside(c)).unwrap_or(rest.len())
        })
        .filter(|range| is_token(&text[range.clone()]))
        .collect();
    found.sort_by_key(|range| range.start);
    found
}

/// Header, claims, and a signature that may be empty.
pub(super) fn is_jwt(token: &str) -> bool {
    token.starts_with(JOSE) && token.matches('.').count() >= 2
}

/// The text with every range (in order, apart) replaced.
pub(super) fn replace(text: &str, ranges: &[Range<usize>], mark: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for range in ranges.iter().filter(|range| !range.is_empty()) {
        if range.start < from {
            continue;
        }
        out.push_str(&text[from..range.start]);
        out.push_str(&mark(&text[range.clone()]));
        from = range.end;
    }
    out.push_str(&text[from..]);
    out
}
