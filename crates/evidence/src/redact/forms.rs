//! The forms a declared secret takes on its way: plain, base64 at every alignment, percent-encoded, JSON-escaped, hex.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};

use crate::digest::to_hex;

/// Shorter texts would match everywhere.
pub(super) const SHORTEST: usize = 8;

/// Every form to look for.
pub(super) fn forms(secret: &str) -> Vec<String> {
    let json = json_escaped(secret);
    let percent = percent_encoded(secret);
    let mut forms = vec![
        secret.to_owned(),
        BASE64_STANDARD.encode(secret),
        json.replace('/', "\\/"),
        json,
        lower_hex_digits(&percent),
        percent.replace("%20", "+"),
        percent,
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        to_hex(secret.as_bytes()),
    ];
    for offset in 0..3 {
        forms.push(inner_base64(&BASE64_STANDARD_NO_PAD, secret, offset));
        forms.push(inner_base64(&BASE64_URL_SAFE_NO_PAD, secret, offset));
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms.sort();
    forms.dedup();
    forms
}

/// What base64 of a longer text shows of the secret when it begins `offset` bytes into a group of three: the
/// characters that depend on the secret alone.
fn inner_base64(engine: &impl Engine, secret: &str, offset: usize) -> String {
    let mut bytes = vec![0; offset];
    bytes.extend_from_slice(secret.as_bytes());
    let first = (offset * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    engine.encode(&bytes).get(first..last).unwrap_or_default().to_owned()
}

fn json_escaped(secret: &str) -> String {
    let quoted = serde_json::to_string(secret).unwrap_or_default();
    quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default().to_owned()
}

/// Everything but RFC 3986's unreserved characters.
fn percent_encoded(secret: &str) -> String {
    let mut out = String::new();
    for byte in secret.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn lower_hex_digits(percent: &str) -> String {
    let mut out = String::with_capacity(percent.len());
    let mut escape = 0;
    for c in percent.chars() {
        out.push(if escape > 0 { c.to_ascii_lowercase() } else { c });
        escape = if c == '%' { 2_u8 } else { escape.saturating_sub(1) };
    }
    out
}
