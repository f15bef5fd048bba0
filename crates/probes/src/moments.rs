//! Moments: whether what is read back is the instant that was sent.

use keur_evidence::{Check, http::Answer};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::http;

/// The member holds the instant that was sent, in whatever offset.
#[must_use]
pub fn same_instant(answer: &Answer, member: &str, sent: &str) -> Check {
    let expected = format!("in `{member}` hetzelfde tijdstip als {sent}");
    let check = match &answer.reply {
        Ok(response) => {
            let read = response.json().and_then(|json| json.get(member)).and_then(Value::as_str);
            let moment = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
            let same = read.and_then(moment).is_some_and(|read| Some(read) == moment(sent));
            Check::that(
                same,
                expected,
                format!("status {}, {}", response.status, read.unwrap_or("geen tijdstip")),
            )
        }
        Err(transport) => Check::undecided(http::reason(transport.failure), expected, transport.to_string()),
    };
    check.on([answer.id.clone()])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test_support::answer;

    #[test]
    fn another_offset_is_the_same_instant() {
        let read = |text: &str| answer(200, &json!({ "op": text }));
        let sent = "2026-03-02T09:30:00+01:00";
        assert!(same_instant(&read("2026-03-02T08:30:00Z"), "op", sent).holds());
        assert!(same_instant(&read(sent), "op", sent).holds());
        assert!(!same_instant(&read("2026-03-02T09:30:00Z"), "op", sent).holds());
        assert!(!same_instant(&answer(404, &json!({})), "op", sent).holds());
    }
}
