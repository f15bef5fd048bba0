//! Proof of possession, RFC 9449.

use crate::defects::Defects;
use crate::oauth::jose::{Jws, sha256};
use crate::oauth::keys::PublicKey;
use crate::oauth::nonces::Nonces;
use crate::oauth::replay::Seen;

/// Oldest proof that is accepted, in seconds.
const MAX_AGE_S: i64 = 60;
/// How far ahead of our clock a proof may be.
const MAX_AHEAD_S: i64 = 5;

/// What a proof must be about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) method: &'a str,
    /// Absolute address of the request without query.
    pub(crate) address: &'a str,
    /// The access token the proof goes with; absent at the token endpoint.
    pub(crate) token: Option<&'a str>,
    /// The nonces that count, when the server hands them out.
    pub(crate) nonces: Option<&'a Nonces>,
    pub(crate) now: i64,
}

/// The reason for a refusal that a new proof with a nonce repairs.
pub(crate) const NO_NONCE: &str = "proof has no nonce of this server that still counts";

/// Checks a proof and returns the thumbprint of its key.
pub(crate) fn check(
    proof: &str,
    expected: Expected<'_>,
    seen: &Seen,
    defects: &Defects,
) -> Result<String, &'static str> {
    let jws = Jws::parse(proof).map_err(|_| "proof is not a JWS")?;
    if jws.header_text("typ") != Some("dpop+jwt") && !defects.has("proof-typ-unchecked") {
        return Err("proof has the wrong typ");
    }
    let jwk = jws.header.get("jwk").ok_or("proof has no jwk")?;
    let key = PublicKey::from_jwk(jwk).map_err(|_| "proof key is not a public P-256 key")?;
    jws.verify(&key).map_err(|_| "proof signature does not match")?;
    if jws.text("htm") != Some(expected.method) && !defects.has("proof-htm-unchecked") {
        return Err("htm differs from the method of the request");
    }
    if defects.has("htu-compared-as-text") && jws.text("htu") != Some(expected.address) {
        return Err("htu differs from the address of the request");
    }
    let about = jws.text("htu").and_then(canonical);
    if (about.is_none() || about != canonical(expected.address)) && !defects.has("proof-htu-unchecked") {
        return Err("htu differs from the address of the request");
    }
    let issued = jws.seconds("iat").ok_or("proof has no iat")?;
    let age = expected.now - issued;
    if !(-MAX_AHEAD_S..=MAX_AGE_S).contains(&age) && !defects.has("proof-iat-unchecked") {
        return Err("proof is too old or from the future");
    }
    if let Some(token) = expected.token {
        let right = jws.text("ath") == Some(sha256(token.as_bytes()).as_str());
        if !right && !defects.has("proof-ath-unchecked") {
            return Err("ath differs from the access token");
        }
    }
    if let Some(nonces) = expected.nonces
        && !nonces.accept(jws.text("nonce").unwrap_or_default(), expected.now, defects)
    {
        return Err(NO_NONCE);
    }
    let id = jws.text("jti").ok_or("proof has no jti")?;
    let thumbprint = key.thumbprint();
    let until = expected.now + MAX_AGE_S + MAX_AHEAD_S;
    if !seen.first_time(&thumbprint, id, expected.now, until) && !defects.has("proof-replay-accepted") {
        return Err("proof was used before");
    }
    Ok(thumbprint)
}

/// Scheme, authority and decoded path; two spellings of one address compare equal.
fn canonical(address: &str) -> Option<(String, Vec<u8>)> {
    let url = url::Url::parse(address).ok()?;
    let host = match url.host_str()? {
        "127.0.0.1" | "[::1]" => "localhost",
        other => other,
    };
    let authority = format!("{}://{host}:{}", url.scheme(), url.port_or_known_default()?);
    Some((authority, percent_decode(url.path())))
}

fn percent_decode(path: &str) -> Vec<u8> {
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped = path.get(at + 1..at + 3).filter(|_| *byte == b'%');
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(value) => {
                decoded.push(value);
                at += 3;
            }
            None => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::oauth::keys::tests::key;

    const ADDRESS: &str = "https://127.0.0.1:8443/90000382/fhir/Observation/$lastn";

    fn expected() -> Expected<'static> {
        Expected { method: "GET", address: ADDRESS, token: Some("token"), nonces: None, now: 1_000 }
    }

    fn claims(change: impl FnOnce(&mut Value)) -> Value {
        let mut claims =
            json!({ "htm": "GET", "htu": ADDRESS, "iat": 1_000, "jti": "1", "ath": sha256(b"token") });
        change(&mut claims);
        claims
    }

    fn run(claims: &Value, defect: Option<&str>) -> Result<String, &'static str> {
        let key = key();
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.jwk(false) });
        let proof = key.sign(&header, claims).expect("signed");
        let defects = Defects::new(defect.map(str::to_owned)).expect("known");
        check(&proof, expected(), &Seen::default(), &defects)
    }

    #[test]
    fn a_right_proof_is_accepted_in_any_spelling_of_the_address() {
        assert!(run(&claims(|_| ()), None).is_ok());
        let other = "https://localhost:8443/90000382/fhir/Observation/%24lastn";
        assert!(run(&claims(|claims| claims["htu"] = json!(other)), None).is_ok());
    }

    #[test]
    fn each_wrong_claim_is_refused_unless_its_defect_is_on() {
        let wrong: [(&str, Value, &str); 5] = [
            ("htm", json!("POST"), "proof-htm-unchecked"),
            ("htu", json!("https://127.0.0.1:8443/90000383/fhir/Observation/$lastn"), "proof-htu-unchecked"),
            ("iat", json!(900), "proof-iat-unchecked"),
            ("iat", json!(1_010), "proof-iat-unchecked"),
            ("ath", json!(sha256(b"other")), "proof-ath-unchecked"),
        ];
        for (claim, value, defect) in wrong {
            let claims = claims(|claims| claims[claim] = value);
            assert!(run(&claims, None).is_err(), "{claim}");
            assert!(run(&claims, Some(defect)).is_ok(), "{claim} with {defect}");
        }
    }

    #[test]
    fn a_proof_works_once() {
        let key = key();
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.jwk(false) });
        let proof = key.sign(&header, &claims(|_| ())).expect("signed");
        let (seen, none) = (Seen::default(), Defects::default());
        assert_eq!(check(&proof, expected(), &seen, &none), Ok(key.public().thumbprint()));
        assert_eq!(check(&proof, expected(), &seen, &none), Err("proof was used before"));
        let lax = Defects::new(["proof-replay-accepted".to_owned()]).expect("known");
        assert!(check(&proof, expected(), &seen, &lax).is_ok());
    }

    #[test]
    fn a_nonce_of_the_server_counts_for_a_while() {
        let key = key();
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.jwk(false) });
        let nonces = Nonces::default();
        let run = |nonce: Option<String>, now: i64, defect: Option<&str>| {
            let claims = claims(|claims| {
                claims["iat"] = json!(now);
                claims["nonce"] = json!(nonce);
            });
            let proof = key.sign(&header, &claims).expect("signed");
            let defects = Defects::new(defect.map(str::to_owned)).expect("known");
            let expected = Expected { nonces: Some(&nonces), now, ..expected() };
            check(&proof, expected, &Seen::default(), &defects).map(drop)
        };
        let fresh = nonces.fresh(1_000);
        assert_eq!(run(Some(fresh.clone()), 1_001, None), Ok(()));
        assert_eq!(run(Some(fresh.clone()), 1_010, None), Err(NO_NONCE));
        assert_eq!(run(Some(fresh), 1_010, Some("nonce-forever")), Ok(()));
        assert_eq!(run(Some("made up".to_owned()), 1_001, None), Err(NO_NONCE));
        assert_eq!(run(None, 1_001, None), Err(NO_NONCE));
        assert_eq!(run(None, 1_001, Some("nonce-unchecked")), Ok(()));
    }

    #[test]
    fn claims_that_are_missing_are_refused() {
        for claim in ["htm", "htu", "iat", "jti", "ath"] {
            let claims = claims(|claims| claims[claim] = Value::Null);
            assert!(run(&claims, None).is_err(), "{claim}");
        }
    }
}
