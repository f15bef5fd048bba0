//! Options of a product: what is declared, what is advertised, and what was seen. Facts and the check on them.

use keur_evidence::{Check, http::Answer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One option, and what each source says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Whose option.
    pub subject: String,
    /// The option.
    pub option: String,
    /// Whether the vendor declares it.
    pub declared: Option<bool>,
    /// Whether the product advertises it.
    pub advertised: Option<bool>,
    /// Whether it was seen to work.
    pub observed: Option<bool>,
    /// What was seen.
    pub seen: String,
    /// The requirement under which a disagreement is judged.
    pub requirement: Option<String>,
    /// The exchange it was seen in.
    #[serde(skip)]
    pub evidence: Option<String>,
}

impl Row {
    /// An option that is advertised or not.
    #[must_use]
    pub fn new(subject: &str, option: &str, advertised: Option<bool>, requirement: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            option: option.to_owned(),
            declared: None,
            advertised,
            observed: None,
            seen: "niet geprobeerd".to_owned(),
            requirement: Some(requirement.to_owned()),
            evidence: None,
        }
    }

    /// What the vendor declares of it.
    #[must_use]
    pub fn declared(self, declared: Option<bool>) -> Self {
        Self { declared, ..self }
    }

    /// What was seen of it: a success that `fits` is done, a refusal is not; a refusal of access tells nothing.
    #[must_use]
    pub fn tried(self, answer: &Answer, fits: impl FnOnce(&Answer) -> bool) -> Self {
        let observed = answer.response().and_then(|response| match response.status {
            200..300 => Some(fits(answer)),
            401 | 403 | 429 => None,
            400..=499 | 501 => Some(false),
            _ => None,
        });
        Self { observed, seen: answer.describe(), evidence: Some(answer.id.clone()), ..self }
    }
}

/// Whether an answer is a Bundle of this type (`searchset`, `history`): a server that reads `_history` as the name of a
/// resource type answers with an empty searchset.
#[must_use]
pub fn is_bundle(answer: &Answer, kind: &str) -> bool {
    let json = answer.response().and_then(|response| response.json());
    json.is_some_and(|json| json["resourceType"] == "Bundle" && json["type"] == kind)
}

/// Whether the advertised formats hold one of this kind (`json`, `xml`); none when there is no list.
#[must_use]
pub fn format(statement: &Value, kind: &str) -> Option<bool> {
    let formats = statement["format"].as_array()?;
    Some(formats.iter().filter_map(Value::as_str).any(|format| format.contains(kind)))
}

/// Whether a list in metadata holds a word; none when the metadata has no such list.
#[must_use]
pub fn listed(metadata: &Value, list: &str, word: &str) -> Option<bool> {
    let words = metadata.get(list)?.as_array()?;
    Some(words.iter().any(|known| known == word))
}

/// Nothing is done, or declared, that is not advertised. What is advertised and not done is judged elsewhere.
#[must_use]
pub fn advertised(rows: &[Row], described: &str) -> Vec<Check> {
    let expected = |row: &Row| format!("{}: {} staat in de beschrijving", row.subject, row.option);
    let silent = |row: &&Row| {
        row.advertised == Some(false) && (row.observed == Some(true) || row.declared == Some(true))
    };
    let mut checks: Vec<Check> = rows
        .iter()
        .filter(silent)
        .map(|row| {
            let how = if row.observed == Some(true) { "werkt" } else { "is opgegeven" };
            let observed = format!("{how} en staat er niet ({})", row.seen);
            let evidence = row.evidence.clone().unwrap_or_else(|| described.to_owned());
            Check::that(false, expected(row), observed).on([evidence])
        })
        .collect();
    if checks.is_empty() {
        let told = rows.iter().filter(|row| row.observed.is_some()).count();
        let expected = "alles wat werkt of is opgegeven, staat in de beschrijving";
        let observed = format!("{} opties, waarvan {told} geprobeerd; geen die ontbreekt", rows.len());
        checks.push(Check::that(told > 0, expected, observed).on([described.to_owned()]));
    }
    checks
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;
    use serde_json::json;

    use super::*;

    fn outcome(declared: Option<bool>, said: Option<bool>, observed: Option<bool>) -> CheckOutcome {
        let row = Row { observed, ..Row::new("Patient", "search-type", said, "X") }.declared(declared);
        let tried = Row { observed: Some(true), ..Row::new("Flag", "read", Some(true), "X") };
        advertised(&[row, tried], "x-1")[0].outcome
    }

    #[test]
    fn what_is_done_or_declared_must_be_advertised() {
        let rows = [
            (None, Some(false), Some(true), false),
            (Some(true), Some(false), None, false),
            (None, Some(false), Some(false), true),
            (None, Some(true), Some(false), true),
            (None, None, Some(true), true),
            (Some(false), Some(false), None, true),
        ];
        for (declared, said, observed, holds) in rows {
            let found = outcome(declared, said, observed) == CheckOutcome::Holds;
            assert_eq!(found, holds, "{declared:?} {said:?} {observed:?}");
        }
    }

    #[test]
    fn without_anything_tried_nothing_holds() {
        let checks = advertised(&[Row::new("Patient", "read", Some(true), "X")], "x-1");
        assert_eq!(checks[0].outcome, CheckOutcome::Violated);
    }

    #[test]
    fn lists_are_read_as_they_stand() {
        let statement = json!({ "format": ["application/fhir+json"] });
        assert_eq!((format(&statement, "json"), format(&statement, "xml")), (Some(true), Some(false)));
        assert_eq!(format(&json!({}), "json"), None);
        let metadata = json!({ "grant_types_supported": ["client_credentials"] });
        assert_eq!(listed(&metadata, "grant_types_supported", "client_credentials"), Some(true));
        assert_eq!(listed(&metadata, "token_endpoint_auth_methods_supported", "x"), None);
    }
}
