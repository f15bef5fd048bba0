//! Checks on writing, in a sandbox, with resources of our own.

use keur_evidence::{Check, http::Answer};
use serde_json::Value;

use super::super::{bundle, outcome};
use super::reading::{identity, judge, version};

/// Identifier system of everything we make.
pub const SYSTEM: &str = "urn:keur:proef";

/// A patient of our own: no data about anybody, only a mark to find it by.
#[must_use]
pub fn patient(mark: &str) -> Value {
    serde_json::json!({
        "resourceType": "Patient",
        "identifier": [{ "system": SYSTEM, "value": mark }],
        "active": true,
        "name": [{ "family": "Keurproef" }]
    })
}

/// The same with other content, as the resource with this id.
#[must_use]
pub fn changed(mark: &str, id: &str, active: bool) -> Value {
    let mut patient = patient(mark);
    patient["id"] = Value::from(id);
    patient["active"] = Value::from(active);
    patient
}

/// The id in the answer to a creation: of the resource, or in `Location`.
#[must_use]
pub fn new_id(answer: &Answer) -> Option<String> {
    let response = answer.response().filter(|response| matches!(response.status, 200 | 201))?;
    let body =
        response.json().filter(|json| json["resourceType"] == "Patient").and_then(|json| json["id"].as_str());
    body.map(str::to_owned).or_else(|| {
        let path = response.header("location")?.split("/_history").next()?.to_owned();
        Some(path.rsplit('/').next()?.to_owned()).filter(|id| !id.is_empty())
    })
}

/// The address of the version in `Location`, below the base.
#[must_use]
pub fn location(answer: &Answer, base: &str) -> Option<String> {
    let value = answer.response()?.header("location")?;
    let path = value.strip_prefix(base).unwrap_or(value).trim_start_matches('/').to_owned();
    (!path.contains(':')).then_some(path)
}

/// Created: 201 with a Location of the version, and an id the server chose.
#[must_use]
pub fn created(answer: &Answer, offered: &str) -> Vec<Check> {
    let status =
        judge(answer, "status 201 met een Location naar [type]/[id]/_history/[versie]", |response| {
            let place = response.header("location").unwrap_or_default();
            let good = response.status == 201 && place.contains("Patient/");
            (
                good,
                format!(
                    "status {}, Location: {}",
                    response.status,
                    if place.is_empty() { "ontbreekt" } else { place }
                ),
            )
        });
    let id = judge(answer, "een id dat de server kiest, niet dat van de client", |_| match new_id(answer) {
        Some(id) => (
            id != offered,
            if id == offered { "het id van de client".to_owned() } else { format!("id {id}") },
        ),
        None => (false, "geen id".to_owned()),
    });
    vec![status, id]
}

/// One of these statuses.
#[must_use]
pub fn answered(answer: &Answer, wanted: &[u16], what: &str) -> Check {
    let words: Vec<String> = wanted.iter().map(ToString::to_string).collect();
    judge(answer, format!("{what}: status {}", words.join(" of ")), |response| {
        (
            wanted.contains(&response.status),
            format!("status {}, {}", response.status, bundle::describe(answer)),
        )
    })
}

/// Refused as a mistake of the client.
#[must_use]
pub fn refused(answer: &Answer, what: &str) -> Check {
    judge(answer, format!("weigering van {what} met een status van 400 tot en met 499"), |response| {
        let code = outcome::code(answer).map(|code| format!(" ({code})")).unwrap_or_default();
        ((400..500).contains(&response.status), format!("status {}{code}", response.status))
    })
}

/// Read back, `active` has this value.
#[must_use]
pub fn is_active(answer: &Answer, active: bool, what: &str) -> Check {
    judge(answer, what.to_owned(), |response| {
        let found = response.json().and_then(|json| json["active"].as_bool());
        let words = found.map_or("ontbreekt".to_owned(), |flag| flag.to_string());
        (
            response.status == 200 && found == Some(active),
            format!("status {}, active {words}", response.status),
        )
    })
}

/// An update made a new version, with the server's own `meta`.
#[must_use]
pub fn new_version(before: &Answer, after: &Answer, offered: &str) -> Vec<Check> {
    let moved =
        judge(after, "een nieuwe versie van de server", |_| match (version(before), version(after)) {
            (old, Some(new)) => {
                let good = old.as_ref() != Some(&new) && new != offered;
                (good, format!("eerst {}, daarna {new}", old.unwrap_or_else(|| "geen versie".to_owned())))
            }
            (_, None) => (false, "geen versionId".to_owned()),
        });
    let dated = judge(after, "een tijdstip van de server, niet dat van de client", |response| {
        let found =
            response.json().and_then(|json| json.pointer("/meta/lastUpdated")?.as_str().map(str::to_owned));
        match found {
            Some(at) => (!at.starts_with("1999"), format!("lastUpdated {at}")),
            None => (true, "geen lastUpdated, dat mag".to_owned()),
        }
    });
    vec![moved, dated]
}

/// How many of our own with this mark a search found. A server may have passed over the condition, so each is looked at.
#[must_use]
pub fn count(answer: &Answer, mark: &str) -> Option<usize> {
    let own = |one: &&Value| {
        let identifiers = one["identifier"].as_array().into_iter().flatten();
        identifiers.into_iter().any(|identifier| identifier["value"] == mark)
    };
    bundle::searchset(answer).map(|set| bundle::matches(set).filter(own).count())
}

/// A search finds this many of our own.
#[must_use]
pub fn finds(answer: &Answer, mark: &str, wanted: usize, what: &str) -> Check {
    judge(answer, format!("{what}: {wanted} gevonden"), |_| match count(answer, mark) {
        Some(found) => (found == wanted, format!("{found} gevonden")),
        None => (false, format!("{}, {}", answer.describe(), bundle::describe(answer))),
    })
}

/// `Prefer: return=` was followed.
#[must_use]
pub fn prefers(answer: &Answer, wanted: &str) -> Check {
    judge(
        answer,
        format!("na return={wanted}: {}", if wanted == "minimal" { "geen inhoud" } else { wanted }),
        |response| {
            let kind = response.json().and_then(|json| json["resourceType"].as_str().map(str::to_owned));
            let good = match wanted {
                "minimal" => response.bytes().is_empty(),
                "representation" => kind.as_deref() == Some("Patient"),
                _ => kind.as_deref() == Some("OperationOutcome"),
            };
            let seen = kind.unwrap_or_else(|| format!("{} bytes", response.bytes().len()));
            (good && response.status < 300, format!("status {}, {seen}", response.status))
        },
    )
}

/// Exactly one of several writes with the same `If-Match` succeeded.
#[must_use]
pub fn one_winner(answers: &[&Answer]) -> Check {
    let expected = "precies één van de gelijktijdige PUT's met dezelfde If-Match slaagt";
    let statuses: Vec<Option<u16>> =
        answers.iter().map(|answer| answer.response().map(|one| one.status)).collect();
    let evidence: Vec<String> = answers.iter().map(|answer| answer.id.clone()).collect();
    if let Some(failure) = answers.iter().find_map(|answer| answer.reply.as_ref().err()) {
        return Check::undecided(crate::http::reason(failure.failure), expected, failure.to_string())
            .on(evidence);
    }
    let won = statuses.iter().flatten().filter(|status| **status < 300).count();
    let words: Vec<String> = statuses.iter().flatten().map(ToString::to_string).collect();
    Check::that(won == 1, expected, format!("statussen {}", words.join(" en "))).on(evidence)
}

/// The resource in an answer is this one.
#[must_use]
pub fn is(answer: &Answer, path: &str, what: &str) -> Check {
    judge(answer, what.to_owned(), |response| {
        let found = identity(answer).unwrap_or_else(|| bundle::describe(answer));
        (response.status == 200 && found == path, format!("status {}, {found}", response.status))
    })
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::{CheckOutcome, Failure};
    use serde_json::json;

    use super::*;
    use crate::test_support::{answer, silent, with_headers};

    fn made(location: &str, id: &str) -> Answer {
        let body = json!({"resourceType": "Patient", "id": id}).to_string();
        with_headers(201, &[("location", location)], body.as_bytes())
    }

    #[test]
    fn a_creation_has_an_address_and_an_id() {
        let good = made("http://x/fhir/Patient/7/_history/1", "7");
        assert!(created(&good, "mine").iter().all(Check::holds));
        assert!(!created(&made("", "7"), "mine").iter().all(Check::holds));
        assert!(!created(&made("http://x/fhir/Patient/mine", "mine"), "mine").iter().all(Check::holds));
        assert_eq!(location(&good, "http://x/fhir").as_deref(), Some("Patient/7/_history/1"));
        assert_eq!(location(&made("http://y/Patient/7", "7"), "http://x/fhir"), None);
        assert_eq!(
            new_id(&with_headers(201, &[("location", "Patient/9/_history/1")], b"")).as_deref(),
            Some("9")
        );
        assert_eq!(new_id(&answer(400, &json!({}))), None);
    }

    #[test]
    fn versions_move() {
        let of = |version: &str, at: &str| {
            answer(200, &json!({"meta": {"versionId": version, "lastUpdated": at}}))
        };
        let holds =
            |before: &Answer, after: &Answer| new_version(before, after, "77").iter().all(Check::holds);
        assert!(holds(&of("1", ""), &of("2", "2026-01-01T00:00:00Z")));
        assert!(!holds(&of("1", ""), &of("1", "2026-01-01T00:00:00Z")));
        assert!(!holds(&of("1", ""), &of("77", "2026-01-01T00:00:00Z")));
        assert!(!holds(&of("1", ""), &of("2", "1999-01-01T00:00:00Z")));
    }

    #[test]
    fn outcomes_of_writes() {
        assert!(answered(&answer(412, &json!({})), &[412], "x").holds());
        assert!(
            !refused(&answer(200, &json!({})), "x").holds() && refused(&answer(400, &json!({})), "x").holds()
        );
        assert!(is_active(&answer(200, &json!({"active": true})), true, "x").holds());
        assert!(prefers(&with_headers(200, &[], b""), "minimal").holds());
        assert!(!prefers(&answer(200, &json!({"resourceType": "Patient"})), "minimal").holds());
        let (won, lost) = (answer(200, &json!({})), answer(412, &json!({})));
        assert!(one_winner(&[&won, &lost]).holds() && !one_winner(&[&won, &won]).holds());
        assert!(matches!(
            one_winner(&[&won, &silent(Failure::Closed)]).outcome,
            CheckOutcome::NotEvaluable(_)
        ));
        let entry = json!([{"resource": patient("m"), "search": {"mode": "match"}}]);
        let set = answer(200, &json!({"resourceType": "Bundle", "type": "searchset", "entry": entry}));
        assert!(finds(&set, "m", 1, "x").holds() && !finds(&set, "m", 0, "x").holds());
        assert!(finds(&set, "n", 0, "x").holds());
        assert!(is(&answer(200, &patient("m")), "Patient/", "x").observed.contains("status 200"));
    }
}
