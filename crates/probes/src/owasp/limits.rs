//! What is too much, and what must not come back.

use keur_evidence::{
    Check,
    event::Failure,
    http::{Answer, Response},
};
use serde_json::Value;

use super::{on, text};
use crate::http;

/// Too much of something is refused as a fault of the client, or by closing the connection.
#[must_use]
pub fn bounded(answer: &Answer) -> Check {
    let mut check = http::refused(answer);
    check.observed = format!("{}: {}", answer.request.purpose, check.observed);
    check
}

/// More than the declared number of bytes is not taken.
#[must_use]
pub fn too_large(answer: &Answer, most: usize) -> Check {
    let expected =
        format!("weigering van meer dan {most} bytes: status 413 of 400, of een verbroken verbinding");
    let observed = format!("{}: {}", answer.request.purpose, answer.describe());
    let check = match &answer.reply {
        Ok(response) => Check::that(matches!(response.status, 400 | 413), expected, observed),
        Err(transport) if matches!(transport.failure, Failure::Closed | Failure::Protocol) => {
            Check::that(true, expected, observed)
        }
        Err(transport) => Check::undecided(http::reason(transport.failure), expected, observed),
    };
    check.on([answer.id.clone()])
}

/// A huge number is refused, or gives no more than the limit.
#[must_use]
pub fn counted(answer: &Answer, most: u64) -> Check {
    on(answer, &format!("een weigering, of hooguit {most} dingen"), |response| {
        let count = items(response);
        let fine = match response.status {
            200..300 => count.is_some_and(|count| count as u64 <= most),
            status => (400..500).contains(&status),
        };
        let count = count.map_or_else(|| "geen lijst".to_owned(), |count| format!("{count} dingen"));
        (fine, format!("status {}, {count}", response.status))
    })
}

/// The things in a list, or in the longest list of an object.
fn items(response: &Response) -> Option<usize> {
    match response.json()? {
        Value::Array(items) => Some(items.len()),
        Value::Object(members) => members.values().filter_map(Value::as_array).map(Vec::len).max(),
        _ => None,
    }
}

/// TRACE is refused, and repeats nothing of what was sent.
#[must_use]
pub fn echoes_nothing(answer: &Answer, marker: &str) -> Check {
    on(answer, "weigering van TRACE, zonder de koppen van het verzoek", |response| {
        let echoed = text(response).contains(marker);
        let seen = if echoed { "met" } else { "zonder" };
        let refused = (400..=501).contains(&response.status) && response.status != 500;
        (refused && !echoed, format!("status {}, {seen} de koppen van het verzoek", response.status))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test_support::{answer, silent};

    #[test]
    fn too_much_is_refused_and_no_fault_of_the_server() {
        let with = |status| answer(status, &json!({}));
        assert!(bounded(&with(400)).holds() && !bounded(&with(500)).holds() && !bounded(&with(201)).holds());
        assert!(too_large(&with(413), 9).holds() && too_large(&silent(Failure::Closed), 9).holds());
        assert!(!too_large(&with(201), 9).holds() && !too_large(&with(500), 9).holds());
    }

    #[test]
    fn a_page_is_counted() {
        assert!(counted(&answer(400, &json!({})), 2).holds());
        assert!(counted(&answer(200, &json!([1, 2])), 2).holds());
        assert!(!counted(&answer(200, &json!({ "items": [1, 2, 3] })), 2).holds());
        assert!(!counted(&answer(200, &json!(7)), 2).holds());
    }

    #[test]
    fn trace_repeats_nothing() {
        assert!(echoes_nothing(&answer(405, &json!({})), "merk").holds());
        assert!(!echoes_nothing(&answer(405, &json!("merk")), "merk").holds());
        assert!(!echoes_nothing(&answer(200, &json!({})), "merk").holds());
    }
}
