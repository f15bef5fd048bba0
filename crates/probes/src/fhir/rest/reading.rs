//! Checks on reading: the current version, an old one, on a condition, and what happened to a resource.

use keur_evidence::{
    Check,
    event::Reason,
    http::{Answer, Response},
};
use serde_json::Value;

use super::super::{bundle, canonical::Canonical};
use super::dates;
use crate::http;

/// Judges a response, or leaves it undecided when there is none.
pub(super) fn judge(
    answer: &Answer,
    expected: impl Into<String>,
    holds: impl FnOnce(&Response) -> (bool, String),
) -> Check {
    let expected = expected.into();
    match &answer.reply {
        Ok(response) => {
            let (holds, observed) = holds(response);
            Check::that(holds, expected, observed)
        }
        Err(failure) => Check::undecided(http::reason(failure.failure), expected, failure.to_string()),
    }
    .on([answer.id.clone()])
}

/// `meta.versionId` of the resource in an answer.
#[must_use]
pub fn version(answer: &Answer) -> Option<String> {
    let json = answer.response()?.json()?;
    Some(json.pointer("/meta/versionId")?.as_str()?.to_owned())
}

/// The version a client names in `If-Match`: what the ETag must be, or else what it is.
#[must_use]
pub fn etag(answer: &Answer) -> Option<String> {
    let tag = answer.response()?.header("etag").map(str::to_owned);
    version(answer).map(|version| format!("W/\"{version}\"")).or(tag)
}

/// Type and id of the resource in an answer.
#[must_use]
pub fn identity(answer: &Answer) -> Option<String> {
    let json = answer.response()?.json()?;
    Some(format!("{}/{}", json["resourceType"].as_str()?, json["id"].as_str()?))
}

/// A read returns what was asked for, and an ETag is the version.
#[must_use]
pub fn is_read(answer: &Answer, path: &str) -> Vec<Check> {
    let own = judge(answer, format!("status 200 en de resource {path}"), |response| {
        let found = identity(answer).unwrap_or_else(|| bundle::describe(answer));
        (response.status == 200 && found == path, format!("status {}, {found}", response.status))
    });
    let tag = judge(answer, "een ETag gelijk aan meta.versionId, als er een ETag is", |response| {
        match (response.header("etag"), version(answer)) {
            (None, _) => (true, "geen ETag, dat mag".to_owned()),
            (Some(tag), Some(version)) => {
                let plain = tag.trim_start_matches("W/").trim_matches('"');
                (plain == version, format!("ETag {tag}, versionId {version}"))
            }
            (Some(tag), None) => (false, format!("ETag {tag}, geen versionId")),
        }
    });
    vec![own, tag]
}

/// The client already had this version: 304 without content, or the resource after all.
#[must_use]
pub fn not_modified(answer: &Answer, path: &str) -> Check {
    judge(answer, "status 304 zonder inhoud, of de resource", |response| match response.status {
        304 => (response.bytes().is_empty(), format!("status 304, {} bytes", response.bytes().len())),
        status => {
            let found = identity(answer).unwrap_or_else(|| bundle::describe(answer));
            (status == 200 && found == path, format!("status {status}, {found}"))
        }
    })
}

/// The client had another version: the resource must come.
#[must_use]
pub fn modified(answer: &Answer, path: &str) -> Check {
    judge(answer, "status 200 met de resource: de client kent een andere versie", |response| {
        let found = identity(answer).unwrap_or_else(|| bundle::describe(answer));
        (response.status == 200 && found == path, format!("status {}, {found}", response.status))
    })
}

/// One version holds what was read when it was current.
#[must_use]
pub fn same_content(then: &Answer, now: &Answer) -> Check {
    judge(now, "dezelfde versie met dezelfde inhoud als toen zij de huidige was", |response| {
        let form = |answer: &Answer| Some(Canonical::of_json(answer.response()?.json()?));
        match (form(then), form(now)) {
            (Some(Some(left)), Some(Some(right))) if response.status == 200 => {
                let found = left.differences("toen", &right, "nu");
                (found.is_empty(), if found.is_empty() { "gelijk".to_owned() } else { found.join("; ") })
            }
            _ => (false, format!("{}, {}", now.describe(), bundle::describe(now))),
        }
    })
}

/// There is no such thing, or no longer.
#[must_use]
pub fn absent(answer: &Answer, expected: &str) -> Check {
    judge(answer, expected, |response| {
        (
            matches!(response.status, 404 | 410),
            format!("status {}, {}", response.status, bundle::describe(answer)),
        )
    })
}

/// HEAD is GET without the body; a server may also say that it has no HEAD.
#[must_use]
pub fn bodiless(get: &Answer, head: &Answer) -> Check {
    let expected = "op HEAD de status en het Content-Type van GET, zonder inhoud (of status 405 of 501)";
    judge(head, expected, |response| {
        if matches!(response.status, 405 | 501) {
            return (true, format!("status {}: het product kent HEAD niet, dat mag", response.status));
        }
        let of_get = get.response();
        let same = of_get.is_some_and(|get| {
            get.status == response.status
                && (response.header("content-type").is_none() || get.media_type() == response.media_type())
        });
        let (left, right) = (get.describe(), head.describe());
        (
            same && response.bytes().is_empty(),
            format!("GET {left}, HEAD {right} met {} bytes", response.bytes().len()),
        )
    })
}

/// The entries of a history, newest first.
#[must_use]
pub fn history(answer: &Answer) -> Option<&[Value]> {
    let json = answer.response().filter(|response| response.status == 200)?.json()?;
    (json["resourceType"] == "Bundle" && json["type"] == "history").then(|| bundle::entries(json))
}

/// A history of one resource: each entry says what happened, the newest first.
#[must_use]
pub fn is_history(answer: &Answer, path: &str) -> Vec<Check> {
    let form = judge(
        answer,
        format!("een geschiedenis van {path}, met bij elk onderdeel een request of een resource"),
        |_| {
            let Some(entries) = history(answer) else {
                return (false, format!("{}, {}", answer.describe(), bundle::describe(answer)));
            };
            let wrong = entries.iter().filter(|entry| {
                let resource = &entry["resource"];
                let own = format!(
                    "{}/{}",
                    resource["resourceType"].as_str().unwrap_or_default(),
                    resource["id"].as_str().unwrap_or_default()
                );
                let named = entry["request"]["method"].is_string();
                !(named || resource.is_object()) || resource.is_object() && own != path
            });
            let wrong = wrong.count();
            (wrong == 0 && !entries.is_empty(), format!("{} onderdelen, {wrong} niet goed", entries.len()))
        },
    );
    let order = judge(answer, "de nieuwste versie eerst", |_| {
        let times: Vec<_> = history(answer).unwrap_or_default().iter().filter_map(moment).collect();
        let sorted = times.windows(2).all(|pair| pair[0].before(&pair[1]) != Some(true));
        (
            sorted,
            if sorted {
                "van nieuw naar oud".to_owned()
            } else {
                "een oudere versie staat voor een nieuwere".to_owned()
            },
        )
    });
    vec![form, order]
}

fn moment(entry: &Value) -> Option<dates::Range> {
    let at =
        entry.pointer("/resource/meta/lastUpdated").or_else(|| entry.pointer("/response/lastModified"))?;
    dates::parse(at.as_str()?)
}

/// What happened to a resource of our own, newest first: the methods.
#[must_use]
pub fn tells(answer: &Answer, wanted: &[&str]) -> Check {
    let expected = format!("een geschiedenis met {}, en de verwijdering zonder inhoud", wanted.join(", "));
    judge(answer, expected, |_| {
        let Some(entries) = history(answer) else {
            return (false, format!("{}, {}", answer.describe(), bundle::describe(answer)));
        };
        let methods: Vec<&str> =
            entries.iter().map(|entry| entry["request"]["method"].as_str().unwrap_or("onbekend")).collect();
        let bare =
            entries.iter().all(|entry| entry["request"]["method"] != "DELETE" || entry["resource"].is_null());
        // A server may write down a creation as the PUT it became.
        let alike = methods.len() == wanted.len()
            && methods
                .iter()
                .zip(wanted)
                .all(|(own, wanted)| own == wanted || *wanted == "POST" && *own == "PUT");
        (alike && bare, methods.join(", "))
    })
}

/// The description of the server has a version that moves only with its content.
#[must_use]
pub fn steady(first: &Answer, second: &Answer) -> Check {
    let expected = "twee keer dezelfde ETag op een ongewijzigde beschrijving";
    let (Some(one), Some(two)) = (first.response(), second.response()) else {
        return Check::undecided(Reason::Environment, expected, second.describe()).on([second.id.clone()]);
    };
    let observed = match (one.header("etag"), two.header("etag")) {
        (Some(left), Some(right)) if left == right => {
            return Check::that(true, expected, format!("ETag {left}"))
                .on([first.id.clone(), second.id.clone()]);
        }
        (None, None) => "geen ETag".to_owned(),
        (left, right) => format!("eerst {}, daarna {}", left.unwrap_or("geen"), right.unwrap_or("geen")),
    };
    let moved = one.bytes() != two.bytes() && one.header("etag").is_some();
    let observed = if moved { format!("{observed}; ook de inhoud verschilt") } else { observed };
    Check::that(false, expected, observed).on([first.id.clone(), second.id.clone()])
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::{CheckOutcome, Failure};
    use serde_json::json;

    use super::*;
    use crate::test_support::{answer, silent, with_headers};

    fn read(tag: &str, version: &str) -> Answer {
        let body = json!({"resourceType": "Patient", "id": "1", "meta": {"versionId": version}}).to_string();
        with_headers(200, &[("etag", tag)], body.as_bytes())
    }

    #[test]
    fn a_read_is_what_was_asked() {
        let holds = |answer: &Answer, path: &str| is_read(answer, path).iter().all(Check::holds);
        assert!(holds(&read("W/\"1\"", "1"), "Patient/1"));
        assert!(!holds(&read("W/\"2\"", "1"), "Patient/1"));
        assert!(!holds(&read("W/\"1\"", "1"), "Patient/2"));
        assert!(!holds(&answer(404, &json!({})), "Patient/1"));
        assert!(matches!(is_read(&silent(Failure::Timeout), "x")[0].outcome, CheckOutcome::NotEvaluable(_)));
        assert_eq!(etag(&read("W/\"7\"", "1")).as_deref(), Some("W/\"1\""));
        assert_eq!(etag(&answer(200, &json!({"meta": {"versionId": "3"}}))).as_deref(), Some("W/\"3\""));
    }

    #[test]
    fn conditions_on_a_read() {
        let current = read("W/\"1\"", "1");
        assert!(not_modified(&with_headers(304, &[], b""), "Patient/1").holds());
        assert!(!not_modified(&with_headers(304, &[], b"x"), "Patient/1").holds());
        assert!(not_modified(&current, "Patient/1").holds() && modified(&current, "Patient/1").holds());
        assert!(!modified(&with_headers(304, &[], b""), "Patient/1").holds());
        assert!(same_content(&current, &current).holds());
        assert!(!same_content(&current, &answer(404, &json!({}))).holds());
        assert!(absent(&answer(410, &json!({})), "weg").holds() && !absent(&current, "weg").holds());
        assert!(bodiless(&current, &with_headers(200, &[], b"")).holds());
        assert!(bodiless(&current, &with_headers(405, &[], b"")).holds());
        assert!(!bodiless(&current, &with_headers(404, &[], b"")).holds());
    }

    #[test]
    fn a_history_goes_back_in_time() {
        let entry = |method: &str, at: &str| json!({"request": {"method": method}, "resource": {"resourceType": "Patient", "id": "1", "meta": {"lastUpdated": at}}});
        let of = |entries: Vec<Value>| {
            answer(200, &json!({"resourceType": "Bundle", "type": "history", "entry": entries}))
        };
        let good = of(vec![
            json!({"request": {"method": "DELETE"}}),
            entry("PUT", "2021-01-02T00:00:00Z"),
            entry("POST", "2021-01-01T00:00:00Z"),
        ]);
        assert!(is_history(&good, "Patient/1").iter().all(Check::holds));
        assert!(tells(&good, &["DELETE", "PUT", "POST"]).holds());
        assert!(!tells(&good, &["PUT", "POST"]).holds());
        let turned = of(vec![entry("POST", "2021-01-01T00:00:00Z"), entry("PUT", "2021-01-02T00:00:00Z")]);
        assert!(!is_history(&turned, "Patient/1").iter().all(Check::holds));
        assert!(!is_history(&answer(404, &json!({})), "Patient/1")[0].holds());
    }

    #[test]
    fn a_description_keeps_its_version() {
        assert!(steady(&read("a", "1"), &read("a", "1")).holds());
        assert!(!steady(&read("a", "1"), &read("b", "1")).holds());
        assert!(!steady(&answer(200, &json!({})), &answer(200, &json!({}))).holds());
    }
}
