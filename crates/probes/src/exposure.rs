//! What an attack brought out: data about a patient, or that the patient exists.

use keur_evidence::{Check, event::Failure, http::Answer};

use crate::{http, oauth::Token, uniform};

/// The answer exposes nothing about the patient. Nothing at all within the time limit proves nothing.
#[must_use]
pub fn nothing(answer: &Answer, marks: &[String]) -> Check {
    match &answer.reply {
        Err(transport) if !turned_away(transport.failure) => {
            let reason = http::reason(transport.failure);
            Check::undecided(reason, "geen patiëntgegevens", answer.describe()).on([answer.id.clone()])
        }
        _ => http::no_patient_data(answer, marks),
    }
}

/// The same attack on a patient who is there and on one who is not looks the same from outside. Each answer comes with
/// the words of its question that may return in it.
#[must_use]
pub fn existence_hidden(known: (&Answer, &str), unknown: Option<(&Answer, &str)>) -> Check {
    let expected = "geen verschil tussen een bekende en een onbekende patiënt";
    let Some(unknown) = unknown else {
        let withheld = Token::from_answer(known.0).is_none();
        let observed = format!("{}: geen token, dus over geen patiënt is iets te vragen", known.0.describe());
        return Check::that(withheld, expected, observed).on([known.0.id.clone()]);
    };
    match (&known.0.reply, &unknown.0.reply) {
        // A door that stays shut looks alike, whichever way it was shut.
        (Err(one), Err(other)) if turned_away(one.failure) && turned_away(other.failure) => {
            Check::that(true, expected, "twee keer geen verbinding")
                .on([known.0.id.clone(), unknown.0.id.clone()])
        }
        _ => uniform::same(known, unknown),
    }
}

/// The other side ended the connection itself.
fn turned_away(failure: Failure) -> bool {
    matches!(failure, Failure::TlsRefused | Failure::Closed | Failure::Tls | Failure::Protocol)
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;
    use serde_json::json;

    use super::*;
    use crate::test_support::{answer, silent};

    #[test]
    fn data_and_their_marks_are_exposed() {
        assert!(nothing(&answer(401, &json!({ "resourceType": "OperationOutcome" })), &[]).holds());
        let patient = answer(200, &json!({ "resourceType": "Patient" }));
        assert_eq!(nothing(&patient, &[]).outcome, CheckOutcome::Violated);
        let marked = answer(403, &json!({ "error": "999900018 is hier patiënt" }));
        assert_eq!(nothing(&marked, &["999900018".to_owned()]).outcome, CheckOutcome::Violated);
    }

    #[test]
    fn a_closed_door_exposes_nothing_and_silence_proves_nothing() {
        assert!(nothing(&silent(Failure::TlsRefused), &[]).holds());
        assert!(matches!(nothing(&silent(Failure::Timeout), &[]).outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn a_difference_tells_that_the_patient_exists() {
        let (no, gone) = (answer(403, &json!({})), answer(404, &json!({})));
        assert_eq!(existence_hidden((&no, ""), Some((&gone, ""))).outcome, CheckOutcome::Violated);
        assert!(existence_hidden((&no, ""), Some((&no, ""))).holds());
        let (alert, closed) = (silent(Failure::TlsRefused), silent(Failure::Closed));
        assert!(existence_hidden((&alert, ""), Some((&closed, ""))).holds());
    }

    #[test]
    fn without_a_token_nothing_could_be_asked() {
        assert!(existence_hidden((&answer(400, &json!({ "error": "invalid_client" })), ""), None).holds());
        let issued = answer(200, &json!({ "access_token": "a.b.c", "token_type": "DPoP" }));
        assert_eq!(existence_hidden((&issued, ""), None).outcome, CheckOutcome::Violated);
    }
}
