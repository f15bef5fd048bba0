//! An exchange as a curl line a reader can run, with variables where secrets were.

use keur_evidence::event::Exchange;

use crate::{
    Blobs,
    text::{cut, hidden},
};

/// Longer bodies are named, not printed.
const BODY: usize = 1_000;
/// Longer values are cut.
const VALUE: usize = 2_000;

/// Headers curl makes itself, or that only make sense on the original connection.
const OWN: [&str; 6] = ["host", "content-length", "connection", "user-agent", "transfer-encoding", "te"];

/// The request of this exchange as a shell command on one line.
pub(crate) fn command(exchange: &Exchange, blobs: &dyn Blobs) -> String {
    let mut out = String::from("curl");
    match exchange.method.as_str() {
        "GET" => {}
        "HEAD" => out.push_str(" --head"),
        method => out.push_str(&format!(" -X {}", quoted(method))),
    }
    if exchange.url.starts_with("https:") {
        out.push_str(" --cacert \"$KEUR_CA\"");
        if exchange.identity != "none" {
            out.push_str(" --cert \"$KEUR_CERT\" --key \"$KEUR_KEY\"");
        }
    }
    for (name, value) in &exchange.request_headers {
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            lower if OWN.contains(&lower) || lower.starts_with(':') => {}
            "authorization" => {
                let scheme = value.split(' ').next().unwrap_or_default();
                let known = !scheme.is_empty()
                    && scheme.len() < 16
                    && scheme.chars().all(|c| c.is_ascii_alphabetic());
                let scheme =
                    if known && scheme.len() < value.len() { format!("{scheme} ") } else { String::new() };
                out.push_str(&format!(" -H \"Authorization: {scheme}$KEUR_TOKEN\""));
            }
            "dpop" => out.push_str(" -H \"DPoP: $KEUR_DPOP\""),
            "cookie" => out.push_str(" -H \"Cookie: $KEUR_COOKIE\""),
            "accept-encoding" => {
                out.push_str(&format!(" --compressed -H {}", quoted(&format!("{name}: {value}"))));
            }
            _ => out.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}")))),
        }
    }
    if let Some(digest) = &exchange.request_body.blob {
        let text = blobs.get(digest).and_then(|bytes| String::from_utf8(bytes).ok());
        match text.filter(|text| text.len() <= BODY) {
            Some(text) => out.push_str(&format!(" --data-raw {}", quoted(&text))),
            None => {
                let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
                out.push_str(&format!(" --data-binary {}", quoted(&format!("@blobs/sha256/{hex}"))));
            }
        }
    }
    out.push(' ');
    out.push_str(&quoted(&exchange.url));
    out
}

/// A shell word: single quotes, or `$'…'` when it holds characters a reader cannot see.
fn quoted(value: &str) -> String {
    let (value, _) = cut(value, VALUE);
    if !value.chars().any(|c| c.is_control() || hidden(c)) {
        return format!("'{}'", value.replace('\'', r"'\''"));
    }
    let mut out = String::from("$'");
    for c in value.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || hidden(c) => out.push_str(&format!("\\U{:08x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn nothing_leaves_its_quotes() {
        assert_eq!(quoted("a'; rm -rf /; '"), r"'a'\''; rm -rf /; '\'''");
        assert_eq!(quoted("a\u{202e}'\n"), r"$'a\U0000202e\'\n'");
    }
}
