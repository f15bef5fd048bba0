//! What is somebody else's, or the server's own.

use keur_evidence::{Check, http::Answer};
use serde_json::Value;

use super::{on, text};

/// A thing of somebody else is neither shown nor changed.
#[must_use]
pub fn withheld(answer: &Answer, marker: &str) -> Check {
    on(
        answer,
        "weigering met status 401, 403, 404, 405 of 410, zonder het merkteken van de ander",
        |response| {
            let seen = text(response).contains(marker);
            let refused = matches!(response.status, 401 | 403 | 404 | 405 | 410);
            (refused && !seen, format!("status {}{}", response.status, with_marker(seen)))
        },
    )
}

/// Whatever the answer, the marker is not in it.
#[must_use]
pub fn unseen(answer: &Answer, marker: &str) -> Check {
    on(answer, "geen merkteken van de ander in het antwoord", |response| {
        let seen = text(response).contains(marker)
            || response.headers.iter().any(|(_, value)| value.contains(marker));
        (!seen, format!("status {}{}", response.status, with_marker(seen)))
    })
}

fn with_marker(seen: bool) -> &'static str {
    if seen { ", met het merkteken van de ander" } else { ", zonder merkteken" }
}

/// The owner still has the thing, with its marker.
#[must_use]
pub fn unchanged(answer: &Answer, marker: &str) -> Check {
    on(answer, "de eigenaar leest het ding zoals het was", |response| {
        let there = (200..300).contains(&response.status) && text(response).contains(marker);
        let observed = if there { "met het eigen merkteken" } else { "zonder het eigen merkteken" };
        (there, format!("status {}, {observed}", response.status))
    })
}

/// None of the values a client sent for members of the server stands in what is read back.
#[must_use]
pub fn not_taken(answer: &Answer, sent: &[(String, Value)]) -> Check {
    on(answer, "geen waarde van de client in een veld dat van de server is", |response| {
        let read = response.json();
        let taken = |(name, value): &&(String, Value)| read.and_then(|json| json.get(name)) == Some(value);
        let names: Vec<&str> = sent.iter().filter(taken).map(|(name, _)| name.as_str()).collect();
        let seen = if names.is_empty() { "geen".to_owned() } else { names.join(", ") };
        (names.is_empty(), format!("status {}, overgenomen: {seen}", response.status))
    })
}

/// A token without the right is told so.
#[must_use]
pub fn lacks_right(answer: &Answer) -> Check {
    on(answer, "status 403: het token geeft hier geen recht op", |response| {
        (response.status == 403, format!("status {}", response.status))
    })
}

/// Without a valid token there is no answer.
#[must_use]
pub fn wants_token(answer: &Answer) -> Check {
    on(answer, "status 401 of 403, zoals de beschreven beveiliging vraagt", |response| {
        (matches!(response.status, 401 | 403), format!("status {}", response.status))
    })
}

/// A path for whoever runs the API is closed to a stranger.
#[must_use]
pub fn closed(answer: &Answer) -> Check {
    on(answer, "status 401, 403 of 404 op een beheerpad zonder token", |response| {
        (matches!(response.status, 401 | 403 | 404), format!("status {}", response.status))
    })
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::{CheckOutcome, Failure};
    use serde_json::json;

    use super::*;
    use crate::test_support::{answer, silent};

    #[test]
    fn a_thing_of_another_is_refused_and_unseen() {
        let (own, other) = (json!({ "kenmerk": "merk-7" }), json!({ "status": 404 }));
        assert!(withheld(&answer(404, &other), "merk-7").holds());
        assert!(!withheld(&answer(404, &own), "merk-7").holds());
        assert!(!withheld(&answer(200, &other), "merk-7").holds());
        assert!(
            unseen(&answer(200, &json!([])), "merk-7").holds()
                && !unseen(&answer(200, &own), "merk-7").holds()
        );
        assert!(
            unchanged(&answer(200, &own), "merk-7").holds()
                && !unchanged(&answer(404, &own), "merk-7").holds()
        );
        let gone = withheld(&silent(Failure::Timeout), "merk-7");
        assert!(matches!(gone.outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn what_the_server_owns_is_not_taken_from_a_client() {
        let sent = [("eigenaar".to_owned(), json!("ik")), ("isAdmin".to_owned(), json!(true))];
        assert!(not_taken(&answer(200, &json!({ "eigenaar": "jij", "isAdmin": false })), &sent).holds());
        assert!(!not_taken(&answer(200, &json!({ "eigenaar": "ik" })), &sent).holds());
    }

    #[test]
    fn doors_are_told_apart() {
        let with = |status| answer(status, &json!({}));
        assert!(lacks_right(&with(403)).holds() && !lacks_right(&with(401)).holds());
        assert!(wants_token(&with(401)).holds() && !wants_token(&with(404)).holds());
        assert!(closed(&with(404)).holds() && !closed(&with(200)).holds());
    }
}
