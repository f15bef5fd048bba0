//! When two addresses ask the same.

/// What an address says, whatever the order of its parameters and the case of its escapes: twins of an exam differ in
/// these, and what one fetches for all another may ask for.
pub(super) fn address(url: &str) -> String {
    let url = without_marks(url);
    let Some((path, query)) = url.split_once('?') else { return url };
    let mut parts: Vec<String> =
        query.split('&').map(|part| without_moment(upper_escapes(without_claims(part)))).collect();
    parts.sort();
    format!("{path}?{}", parts.join("&"))
}

/// A parameter without what a JWT in it claims: its ids and moments are those of then.
fn without_claims(parameter: &str) -> &str {
    let jwt = parameter.find("=eyJ").map(|at| at + "=eyJ".len());
    jwt.map_or(parameter, |end| &parameter[..end])
}

/// A parameter without the moment it ends in (RFC 3339, UTC, to the second): how far back a log is asked for makes no
/// other question.
fn without_moment(mut parameter: String) -> String {
    const FORM: &[u8] = b"0000-00-00T00%3A00%3A00Z";
    let alike = |(byte, form): (u8, &u8)| byte == *form || *form == b'0' && byte.is_ascii_digit();
    let at = parameter.len().checked_sub(FORM.len());
    if let Some(at) = at.filter(|at| parameter.bytes().skip(*at).zip(FORM).all(alike)) {
        parameter.truncate(at);
    }
    parameter
}

fn upper_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut left = 0;
    for c in text.chars() {
        if c == '%' {
            left = 3;
        }
        out.push(if left > 0 { c.to_ascii_uppercase() } else { c });
        left = usize::saturating_sub(left, 1);
    }
    out
}

/// Marks of redacted secrets differ from run to run; the place of one is enough.
fn without_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("$KEUR_") {
        let end = rest[at + 1..]
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':')))
            .map_or(rest.len(), |end| at + 1 + end);
        out.push_str(&rest[..at]);
        out.push_str("$KEUR");
        rest = &rest[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_is_the_same_whatever_a_jwt_in_it_claims() {
        let then = "https://x/token?a=%2f&assertion=eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiIxIn0.$KEUR_SIGNATURE:0a";
        let now = "https://x/token?assertion=eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiIyIn0.$KEUR_SIGNATURE:0b&a=%2F";
        assert_eq!(address(then), address(now));
        assert_ne!(address(then), address("https://x/token?a=%2F&assertion=anders"));
        assert_ne!(address(then), address("https://x/token?a=%2F&grant=eyJhbGciOiJFUzI1NiJ9.e30."));
    }

    #[test]
    fn an_address_is_the_same_however_far_back_it_looks() {
        let then = "https://x/log?since=2026-11-22T22%3A41%3A30Z&patient=1";
        assert_eq!(address(then), address("https://x/log?patient=1&since=2026-11-22T22%3a41%3a35Z"));
        assert_eq!(
            address("https://x/log?date=ge2026-11-22T22%3A41%3A30Z"),
            address("https://x/log?date=ge2025-01-02T03%3A04%3A05Z")
        );
        assert_ne!(address(then), address("https://x/log?until=2026-11-22T22%3A41%3A30Z&patient=1"));
        assert_ne!(address(then), address("https://x/log?since=gisteren&patient=1"));
    }
}
