//! Nonces that a server hands out for DPoP proofs (RFC 9449, sections 8 and 9).

use keur_evidence::http::Answer;

use crate::oauth::error_code;

/// The error of a server that wants its nonce in the proof.
const DEMAND: &str = "use_dpop_nonce";

/// The nonce in an answer.
#[must_use]
pub fn handed(answer: &Answer) -> Option<&str> {
    answer.response()?.header("dpop-nonce").map(str::trim).filter(|nonce| !nonce.is_empty())
}

/// The nonce of a server that refuses the request for want of it.
#[must_use]
pub fn demanded(answer: &Answer) -> Option<&str> {
    let response = answer.response().filter(|response| matches!(response.status, 400 | 401))?;
    let challenged = response.headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("www-authenticate") && value.contains(&format!("error=\"{DEMAND}\""))
    });
    let wanted = challenged || error_code(answer).as_deref() == Some(DEMAND);
    handed(answer).filter(|_| wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::with_headers;

    #[test]
    fn a_nonce_is_demanded_with_an_error_and_handed_out_with_anything() {
        let nonce = ("DPoP-Nonce", "n-1");
        let challenge = ("WWW-Authenticate", "DPoP error=\"use_dpop_nonce\", algs=\"ES256\"");
        let at_source = with_headers(401, &[nonce, challenge], b"");
        assert_eq!(demanded(&at_source), Some("n-1"));
        let at_token = with_headers(400, &[nonce], b"{\"error\":\"use_dpop_nonce\"}");
        assert_eq!(demanded(&at_token), Some("n-1"));
        let served = with_headers(200, &[nonce], b"{}");
        assert_eq!((handed(&served), demanded(&served)), (Some("n-1"), None));
        let other = with_headers(401, &[nonce, ("WWW-Authenticate", "DPoP error=\"invalid_token\"")], b"");
        assert_eq!(demanded(&other), None);
        assert_eq!(demanded(&with_headers(401, &[challenge], b"")), None);
    }
}
