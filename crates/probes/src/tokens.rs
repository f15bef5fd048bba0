//! Checks on what a token endpoint answers: no token, a short life, no more scope than asked and allowed.

use keur_evidence::{
    Check,
    event::{Failure, Reason},
    http::Answer,
};
use serde_json::Value;

use crate::{
    http,
    jose::hash,
    oauth::{Token, error_code},
    scopes,
};

/// The token endpoint issued no token: a status of the 400 range, or a connection it does not allow.
#[must_use]
pub fn withheld(answer: &Answer) -> Check {
    let expected = "geen token, maar een foutmelding met een status van 400 tot en met 499";
    let check = match &answer.reply {
        Ok(response) => {
            let issued = response.json().is_some_and(|json| json.get("access_token").is_some());
            let holds = !issued && (400..500).contains(&response.status);
            Check::that(holds, expected, describe(answer))
        }
        Err(transport) => match transport.failure {
            Failure::TlsRefused | Failure::Closed | Failure::Tls => {
                Check::that(true, expected, answer.describe())
            }
            other => Check::undecided(http::reason(other), expected, answer.describe()),
        },
    };
    check.on([answer.id.clone()])
}

/// The token endpoint issued a token.
#[must_use]
pub fn issued(answer: &Answer) -> Check {
    let expected = "een toegangstoken";
    let check = match &answer.reply {
        Ok(_) => Check::that(Token::from_answer(answer).is_some(), expected, describe(answer)),
        Err(transport) => Check::undecided(http::reason(transport.failure), expected, answer.describe()),
    };
    check.on([answer.id.clone()])
}

/// The token endpoint issued no token, or one that is bound to this certificate (RFC 8705, `x5t#S256`).
#[must_use]
pub fn bound_to(answer: &Answer, certificate: Option<&[u8]>) -> Check {
    let Some(token) = Token::from_answer(answer) else { return withheld(answer) };
    let expected = "geen token, of een token dat aan het certificaat van de vrager is gebonden";
    let Some(jwt) = token.jwt else {
        let observed = "een token dat voor de client onleesbaar is";
        return Check::undecided(Reason::NoData, expected, observed).on([answer.id.clone()]);
    };
    let named = jwt.claims.get("cnf").and_then(|cnf| cnf.get("x5t#S256")).and_then(Value::as_str);
    let observed = match named {
        Some(_) => "een token met een x5t#S256",
        None => "een token dat aan geen sleutel en geen certificaat is gebonden",
    };
    let bound = certificate.is_some_and(|certificate| named == Some(hash(certificate).as_str()));
    Check::that(bound, expected, observed).on([answer.id.clone()])
}

/// The token says it lives at most `longest` seconds, in the answer and, for a JWT, in its own claims.
#[must_use]
pub fn brief(token: &Token, longest: i64) -> Vec<Check> {
    let claim = |name: &str| token.jwt.as_ref().and_then(|jwt| jwt.claims.get(name)).and_then(Value::as_i64);
    let own = claim("exp").zip(claim("iat")).map(|(expiry, issued)| expiry - issued);
    let stated = [("expires_in", token.expires_in), ("exp min iat in het token", own)];
    let checks: Vec<Check> = stated
        .into_iter()
        .filter_map(|(what, seconds)| seconds.map(|seconds| (what, seconds)))
        .map(|(what, seconds)| {
            let expected = format!("een token dat hooguit {longest} seconden geldig is");
            let holds = (1..=longest).contains(&seconds);
            Check::that(holds, expected, format!("{what}: {seconds} seconden")).on([token.exchange.clone()])
        })
        .collect();
    if !checks.is_empty() {
        return checks;
    }
    let expected = "een opgave van de geldigheid: expires_in, of exp en iat in het token";
    let check = Check::undecided(Reason::NoData, expected, "het antwoord noemt geen geldigheid");
    vec![check.on([token.exchange.clone()])]
}

/// Whatever was granted lies within what was asked and within what the client may have. A refusal grants nothing.
#[must_use]
pub fn narrowed(answer: &Answer, asked: &str, allowed: &str) -> Check {
    let expected =
        format!("niet meer rechten dan gevraagd ({asked}) en toegestaan ({allowed}), of een weigering");
    let Some(token) = Token::from_answer(answer) else {
        let refusal = withheld(answer);
        return Check { expected, ..refusal };
    };
    let claim = token.jwt.as_ref().and_then(|jwt| jwt.claims.get("scope")?.as_str().map(str::to_owned));
    // An answer without scope grants what was asked, says RFC 6749 section 5.1.
    let granted = token.scope.or(claim).unwrap_or_else(|| asked.to_owned());
    let holds = scopes::within(&granted, asked) && scopes::within(&granted, allowed);
    Check::that(holds, expected, format!("een token met scope {granted}")).on([answer.id.clone()])
}

fn describe(answer: &Answer) -> String {
    let status = answer.describe();
    match (Token::from_answer(answer), error_code(answer)) {
        (Some(_), _) => format!("{status} met een toegangstoken"),
        (None, Some(code)) => format!("{status}, fout {code}"),
        (None, None) => format!("{status} zonder toegangstoken"),
    }
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;
    use serde_json::json;

    use super::*;
    use crate::test_support::{answer, silent};

    fn token(expires_in: Option<i64>) -> Token {
        let body = json!({ "access_token": "opaque", "token_type": "DPoP", "expires_in": expires_in });
        Token::from_answer(&answer(200, &body)).expect("a token")
    }

    #[test]
    fn only_a_client_error_without_token_withholds() {
        assert!(withheld(&answer(401, &json!({ "error": "invalid_client" }))).holds());
        assert!(withheld(&silent(Failure::TlsRefused)).holds());
        for (status, body) in [
            (200, json!({ "access_token": "x", "token_type": "Bearer" })),
            (400, json!({ "access_token": "x" })),
            (500, json!({})),
        ] {
            assert_eq!(withheld(&answer(status, &body)).outcome, CheckOutcome::Violated, "{status}");
        }
        assert!(matches!(withheld(&silent(Failure::Timeout)).outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn a_life_is_brief_long_or_unknown() {
        assert!(brief(&token(Some(300)), 300).iter().all(Check::holds));
        assert_eq!(brief(&token(Some(301)), 300)[0].outcome, CheckOutcome::Violated);
        assert!(matches!(brief(&token(None), 300)[0].outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn a_grant_lies_within_what_was_asked_and_allowed() {
        let granted = |scope: Option<&str>| {
            answer(200, &json!({ "access_token": "x", "token_type": "DPoP", "scope": scope }))
        };
        let check = |scope: Option<&str>| narrowed(&granted(scope), "system/*.cruds", "system/*.rs");
        assert!(check(Some("system/*.rs")).holds());
        assert!(check(Some("system/Patient.r")).holds());
        assert!(!check(Some("system/*.cruds")).holds());
        assert!(!check(None).holds());
        let refusal = answer(400, &json!({ "error": "invalid_scope" }));
        assert!(narrowed(&refusal, "system/*.cruds", "system/*.rs").holds());
    }

    #[test]
    fn issued_needs_a_token() {
        assert!(issued(&answer(200, &json!({ "access_token": "x" }))).holds());
        assert!(!issued(&answer(200, &json!({}))).holds());
        assert!(matches!(issued(&silent(Failure::Connect)).outcome, CheckOutcome::NotEvaluable(_)));
    }
}
