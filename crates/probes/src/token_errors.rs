//! What a token endpoint may say when it refuses (RFC 6749, section 5.2).

use keur_evidence::{Check, http::Answer};

use crate::oauth::error_code;

/// Error codes that are registered for a token endpoint.
const REGISTERED: [&str; 11] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "invalid_target",
    "invalid_dpop_proof",
    "use_dpop_nonce",
    "invalid_authorization_details",
    "server_error",
];
/// A piece of what was sent that is this long is an echo.
const ECHO: usize = 40;

/// The refusal has the form of OAuth: status, a registered code, kept by nobody, and nothing of what was sent.
#[must_use]
pub fn clean(answer: &Answer) -> Vec<Check> {
    let Some(response) = answer.response() else { return vec![crate::http::client_error(answer)] };
    let code = error_code(answer);
    let registered = code.as_deref().is_some_and(|code| REGISTERED.contains(&code));
    let no_store = response.header("cache-control").unwrap_or_default().to_ascii_lowercase();
    let said = String::from_utf8_lossy(response.bytes());
    let echo = echoed(&answer.request.body, &said) || echoed(answer.request.url.as_str().as_bytes(), &said);
    let checks = [
        crate::http::status_in(answer, &[400, 401]),
        Check::that(
            registered && response.media_type() == "application/json",
            "JSON met een geregistreerde foutcode in error",
            format!("{}, error {}", response.media_type(), code.as_deref().unwrap_or("ontbreekt")),
        ),
        Check::that(
            no_store.split(',').any(|one| one.trim() == "no-store"),
            "Cache-Control: no-store",
            if no_store.is_empty() { "geen Cache-Control".to_owned() } else { no_store.clone() },
        ),
        Check::that(
            !echo,
            "niets van het verzoek in de foutmelding",
            if echo { "een stuk van het verzoek" } else { "niets van het verzoek" },
        ),
    ];
    checks.into_iter().map(|check| check.on([answer.id.clone()])).collect()
}

/// Whether a long field of a form stands in the answer.
fn echoed(form: &[u8], said: &str) -> bool {
    url::form_urlencoded::parse(form).any(|(_, value)| value.len() >= ECHO && said.contains(value.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::with_headers;

    fn violated(status: u16, headers: &[(&str, &str)], body: &str, sent: &str) -> usize {
        let mut answer = with_headers(status, headers, body.as_bytes());
        answer.request.body = sent.as_bytes().to_vec();
        clean(&answer).iter().filter(|check| !check.holds()).count()
    }

    #[test]
    fn each_fault_of_an_error_is_seen() {
        let json = ("content-type", "application/json");
        let right = [json, ("cache-control", "private, no-store")];
        let body = r#"{"error":"invalid_client"}"#;
        let assertion = "a".repeat(50);
        let sent = format!("client_assertion={assertion}");
        assert_eq!(violated(401, &right, body, &sent), 0);
        assert_eq!(violated(500, &right, body, &sent), 1);
        assert_eq!(violated(401, &[json], body, &sent), 1);
        assert_eq!(violated(401, &right, r#"{"error":"nope"}"#, &sent), 1);
        let echo = format!(r#"{{"error":"invalid_client","error_description":"{assertion}"}}"#);
        assert_eq!(violated(401, &right, &echo, &sent), 1);
    }
}
