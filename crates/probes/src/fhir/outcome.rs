//! Errors as FHIR tells them: OperationOutcome.

use keur_evidence::{
    Check,
    event::Reason,
    http::{Answer, Response},
};
use serde_json::Value;

use crate::{fhir::bundle, http, methods::asked};

const SEVERITIES: [&str; 4] = ["fatal", "error", "warning", "information"];
/// The issue types of STU3 and R4.
const CODES: [&str; 31] = [
    "invalid",
    "structure",
    "required",
    "value",
    "invariant",
    "security",
    "login",
    "unknown",
    "expired",
    "forbidden",
    "suppressed",
    "processing",
    "not-supported",
    "duplicate",
    "not-found",
    "deleted",
    "too-long",
    "code-invalid",
    "extension",
    "too-costly",
    "business-rule",
    "conflict",
    "incomplete",
    "transient",
    "lock-error",
    "no-store",
    "exception",
    "timeout",
    "throttled",
    "informational",
    "multiple-matches",
];

/// The first issue code in an answer, in JSON or XML.
#[must_use]
pub fn code(answer: &Answer) -> Option<String> {
    issues(answer.response()?)?.into_iter().find_map(|(_, code)| code)
}

/// Severity and code of each issue; `None` when the body is no OperationOutcome.
fn issues(response: &Response) -> Option<Vec<(Option<String>, Option<String>)>> {
    let json = response.json()?;
    if json["resourceType"] != "OperationOutcome" {
        return None;
    }
    let text = |issue: &Value, name: &str| issue.get(name).and_then(Value::as_str).map(str::to_owned);
    let list = json.get("issue").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    Some(list.iter().map(|issue| (text(issue, "severity"), text(issue, "code"))).collect())
}

/// The body is an OperationOutcome that says how bad it is and what it is.
#[must_use]
pub fn explained(answer: &Answer) -> Check {
    let expected = format!("een OperationOutcome met severity en code op {}", asked(answer));
    let Ok(response) = &answer.reply else { return undecided(answer, expected) };
    let check = match issues(response) {
        None => {
            Check::that(false, expected, format!("status {}, {}", response.status, bundle::describe(answer)))
        }
        Some(issues) => {
            let known = |value: &Option<String>, list: &[&str]| {
                value.as_deref().is_some_and(|value| list.contains(&value))
            };
            let fine =
                issues.iter().all(|(severity, code)| known(severity, &SEVERITIES) && known(code, &CODES));
            let words: Vec<String> = issues
                .iter()
                .map(|(severity, code)| {
                    let severity = severity.as_deref().unwrap_or("geen severity");
                    format!("{severity}/{}", code.as_deref().unwrap_or("geen code"))
                })
                .collect();
            let observed = if words.is_empty() {
                "een OperationOutcome zonder issue".to_owned()
            } else {
                format!("een OperationOutcome met {}", words.join(", "))
            };
            Check::that(fine && !issues.is_empty(), expected, observed)
        }
    };
    check.on([answer.id.clone()])
}

/// The product does not do what was asked: an error of the server, or "there is no such thing" rather than "not here"
/// or "not allowed".
#[must_use]
pub fn unsupported(answer: &Answer) -> bool {
    let Some(response) = answer.response() else { return false };
    let code = code(answer);
    let says_so = response.status >= 400 && code.as_deref() == Some("not-supported");
    // 404 for a search says that the type is unknown; for a read it may say that the id is.
    let searched = answer.request.url.query().is_some();
    says_so || response.status >= 500 || response.status == 405 || response.status == 404 && searched
}

/// What the product never promised is refused.
#[must_use]
pub fn refuses(answer: &Answer) -> Check {
    let expected = format!("weigering van {}: dit staat niet in de beschrijving", asked(answer));
    let Ok(response) = &answer.reply else { return undecided(answer, expected) };
    let refused = (400..500).contains(&response.status) || response.status == 501;
    // A wrong status on an error is judged elsewhere: an error in the body is a refusal here.
    let error = response.status < 300 && issues(response).is_some();
    let observed = format!("status {}, {}", response.status, bundle::describe(answer));
    Check::that(refused || error, expected, observed).on([answer.id.clone()])
}

fn undecided(answer: &Answer, expected: String) -> Check {
    let reason =
        answer.reply.as_ref().err().map_or(Reason::Environment, |failure| http::reason(failure.failure));
    Check::undecided(reason, expected, answer.describe()).on([answer.id.clone()])
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::{CheckOutcome, Failure};

    use super::*;
    use crate::test_support::{asked as with, silent, text as answer};

    fn outcome(status: u16, issue: &str) -> Answer {
        let body = format!("{{\"resourceType\":\"OperationOutcome\",\"issue\":[{issue}]}}");
        answer(status, "application/fhir+json", &body)
    }

    #[test]
    fn an_error_says_what_it_is() {
        assert!(explained(&outcome(404, r#"{"severity":"error","code":"not-found"}"#)).holds());
        for issue in [
            "",
            r#"{"severity":"error"}"#,
            r#"{"severity":"bad","code":"not-found"}"#,
            r#"{"severity":"error","code":"x"}"#,
        ] {
            assert!(!explained(&outcome(404, issue)).holds(), "{issue}");
        }
        assert!(!explained(&answer(404, "text/html", "<html>")).holds());
        assert!(matches!(explained(&silent(Failure::Connect)).outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn support_and_refusal_are_told_apart() {
        let not_supported = outcome(400, r#"{"severity":"error","code":"not-supported"}"#);
        let not_found = outcome(404, r#"{"severity":"error","code":"not-found"}"#);
        assert!(unsupported(&not_supported));
        assert!(unsupported(&with(not_found.clone(), "GET", "Flag?code=x")), "a search on an unknown type");
        assert!(!unsupported(&with(not_found, "GET", "Flag/1")));
        assert!(!unsupported(&outcome(403, r#"{"severity":"error","code":"forbidden"}"#)));
        assert!(unsupported(&outcome(500, "")));
        assert!(!unsupported(&silent(Failure::Connect)));
        assert!(refuses(&not_supported).holds());
        assert!(!refuses(&answer(200, "application/fhir+json", r#"{"resourceType":"Bundle"}"#)).holds());
        assert!(refuses(&outcome(200, r#"{"severity":"error","code":"invalid"}"#)).holds());
        assert!(!refuses(&outcome(500, "")).holds());
        assert!(matches!(refuses(&silent(Failure::Connect)).outcome, CheckOutcome::NotEvaluable(_)));
    }
}
