//! Checks on what happens with and without TLS.

use keur_evidence::{
    Check,
    event::{Failure, Reason},
    http::Answer,
};

use crate::{fhir::bundle, http::reason};

/// There is an answer, whatever it says: shows that the product is there.
#[must_use]
pub fn answers(answer: &Answer) -> Check {
    let expected = "een antwoord van het product";
    match &answer.reply {
        Ok(_) => Check::that(true, expected, answer.describe()),
        Err(transport) => Check::undecided(reason(transport.failure), expected, answer.describe()),
    }
    .on([answer.id.clone()])
}

/// The address starts with https.
#[must_use]
pub fn https(url: &str) -> Check {
    Check::that(url.starts_with("https://"), "een FHIR-adres dat met https begint", url)
}

/// A request without TLS yields nothing: no connection, no answer, a refusal, or a redirect to https. On the port of the
/// service itself something must be listening, so there the absence of a connection tells nothing.
#[must_use]
pub fn nothing_in_the_clear(answer: &Answer, own_port: bool) -> Check {
    let expected =
        "zonder TLS geen gegevens: geen verbinding, een weigering of een doorverwijzing naar https";
    let observed = answer.describe();
    let check = match &answer.reply {
        Ok(response) => match response.status {
            300..=399 => {
                let target = response.header("location").unwrap_or_default();
                let safe = target.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
                let target = if target.is_empty() { "nergens" } else { target };
                Check::that(safe, expected, format!("{observed}, doorverwijzing naar {target}"))
            }
            400..=499 => Check::that(true, expected, observed),
            500.. => Check::undecided(Reason::Environment, expected, observed),
            _ => Check::that(false, expected, format!("{observed} met {}", bundle::describe(answer))),
        },
        Err(transport) => match transport.failure {
            Failure::TlsRefused | Failure::Closed | Failure::Tls | Failure::Protocol => {
                Check::that(true, expected, observed)
            }
            Failure::Connect | Failure::Timeout if !own_port => Check::that(true, expected, observed),
            other => Check::undecided(reason(other), expected, observed),
        },
    };
    check.on([answer.id.clone()])
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;

    use super::*;
    use crate::test_support::{silent as failed, with_headers};

    fn status(status: u16, location: Option<&str>) -> Answer {
        let headers: Vec<_> = location.map(|to| ("location", to)).into_iter().collect();
        with_headers(status, &headers, b"")
    }

    #[test]
    fn only_an_answer_with_content_is_a_finding() {
        let on_own_port = |answer: &Answer| nothing_in_the_clear(answer, true).outcome;
        assert_eq!(on_own_port(&status(200, None)), CheckOutcome::Violated);
        assert_eq!(on_own_port(&status(400, None)), CheckOutcome::Holds);
        assert_eq!(on_own_port(&status(301, Some("HTTPS://bron.example/"))), CheckOutcome::Holds);
        assert_eq!(on_own_port(&status(302, Some("http://bron.example/login"))), CheckOutcome::Violated);
        assert_eq!(on_own_port(&status(302, None)), CheckOutcome::Violated);
        assert_eq!(on_own_port(&status(503, None)), CheckOutcome::NotEvaluable(Reason::Environment));
        assert_eq!(on_own_port(&failed(Failure::Closed)), CheckOutcome::Holds);
    }

    #[test]
    fn no_connection_tells_something_on_another_port_only() {
        let refused = failed(Failure::Connect);
        assert_eq!(nothing_in_the_clear(&refused, false).outcome, CheckOutcome::Holds);
        let own = nothing_in_the_clear(&refused, true);
        assert_eq!(own.outcome, CheckOutcome::NotEvaluable(Reason::Environment));
        let dropped = nothing_in_the_clear(&failed(Failure::Timeout), true);
        assert_eq!(dropped.outcome, CheckOutcome::NotEvaluable(Reason::Timeout));
    }

    #[test]
    fn an_answer_is_an_answer_and_https_is_https() {
        assert!(answers(&status(500, None)).holds());
        assert_eq!(answers(&failed(Failure::Dns)).outcome, CheckOutcome::NotEvaluable(Reason::Environment));
        assert!(https("https://bron.example/fhir").holds());
        assert_eq!(https("http://bron.example/fhir").outcome, CheckOutcome::Violated);
    }
}
