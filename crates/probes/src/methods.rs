//! Checks on HTTP methods: which exist, and what repeating a request does.

use keur_evidence::{Check, http::Answer};

use crate::{fhir::canonical::Canonical, http};

/// Method and path of a request below the FHIR base, without values: `GET Patient/…`.
#[must_use]
pub fn asked(answer: &Answer) -> String {
    let url = &answer.request.url;
    let segments: Vec<&str> = url.path_segments().into_iter().flatten().collect();
    // The base is not known here; FHIR names below it begin with a capital, or are one of these.
    let fhir = |segment: &&str| {
        // `R4` in a base is no resource type.
        let mut letters = segment.chars();
        let named = letters.next().is_some_and(|letter| letter.is_ascii_uppercase());
        named && letters.next().is_some_and(|letter| letter.is_ascii_lowercase()) || *segment == "metadata"
    };
    let from = segments.iter().position(fhir).unwrap_or(segments.len().saturating_sub(1));
    let mut path = segments[from..].join("/");
    let names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    if !names.is_empty() {
        path.push_str(&format!("?{}", names.join("&")));
    }
    format!("{} {path}", answer.request.method)
}

/// A method that no standard knows is refused, with 405 or 501 or another refusal; a 405 names what is allowed.
#[must_use]
pub fn not_implemented(answer: &Answer) -> Vec<Check> {
    let expected = format!(
        "weigering van de methode {} (status 405 of 501, of een andere 4xx-status)",
        answer.request.method
    );
    let Some(response) = answer.response() else {
        let mut check = http::refused(answer);
        check.expected = expected;
        return vec![check];
    };
    let refused = (400..500).contains(&response.status) || response.status == 501;
    let mut checks = vec![Check::that(refused, expected, answer.describe()).on([answer.id.clone()])];
    if response.status == 405 {
        checks.push(allows(answer));
    }
    checks
}

/// A 405 carries `Allow`, as HTTP demands.
fn allows(answer: &Answer) -> Check {
    let allow = answer.response().and_then(|response| response.header("allow"));
    let observed = allow.map_or_else(|| "geen kop Allow".to_owned(), |value| format!("Allow: {value}"));
    let named = allow.is_some_and(|value| !value.trim().is_empty());
    Check::that(named, "bij status 405 een kop Allow met de methoden die wel mogen", observed)
        .on([answer.id.clone()])
}

/// Two reads carry the same version: `ETag` and `meta.versionId`.
#[must_use]
pub fn same_version(first: &Answer, second: &Answer) -> Check {
    let expected = "bij elk leesverzoek dezelfde versie (ETag en meta.versionId)";
    let evidence = [first.id.clone(), second.id.clone()];
    let check = match (first.response(), second.response()) {
        (Some(left), Some(right)) => {
            let version = |response: &keur_evidence::http::Response| {
                let etag = response.header("etag").map(str::to_owned);
                let json = response.json();
                let id = json.and_then(|json| json.pointer("/meta/versionId")?.as_str().map(str::to_owned));
                (etag, id)
            };
            let (left, right) = (version(left), version(right));
            let words = |(etag, id): &(Option<String>, Option<String>)| {
                let etag = etag.as_deref().unwrap_or("geen ETag");
                format!("{etag}, versionId {}", id.as_deref().unwrap_or("ontbreekt"))
            };
            let observed = if left == right {
                format!("twee keer {}", words(&left))
            } else {
                format!("eerst {}, daarna {}", words(&left), words(&right))
            };
            Check::that(left == right, expected, observed)
        }
        (None, _) => undecided(first, expected),
        (_, None) => undecided(second, expected),
    };
    check.on(evidence)
}

/// HEAD tells the same version as GET; a product that has no HEAD refuses it, with whatever status.
#[must_use]
pub fn head_like_get(get: &Answer, head: &Answer) -> Check {
    let expected = "op HEAD dezelfde ETag als op GET, of een weigering zonder serverfout";
    let evidence = [get.id.clone(), head.id.clone()];
    let check = match (get.response(), head.response()) {
        (Some(get), Some(head)) => {
            let refused = (400..500).contains(&head.status) || head.status == 501;
            let etag = head.header("etag").is_none() || head.header("etag") == get.header("etag");
            let observed = format!(
                "GET status {} en ETag {}, HEAD status {} en ETag {}",
                get.status,
                get.header("etag").unwrap_or("geen"),
                head.status,
                head.header("etag").unwrap_or("geen")
            );
            Check::that(refused || head.status == get.status && etag, expected, observed)
        }
        (None, _) => undecided(get, expected),
        (_, None) => undecided(head, expected),
    };
    check.on(evidence)
}

/// The second of two equal changing requests had the effect of the first.
#[must_use]
pub fn idempotent(first: &Answer, second: &Answer) -> Check {
    let method = &first.request.method;
    let expected = format!(
        "de tweede {method} heeft hetzelfde gevolg als de eerste, zonder serverfout (of twee keer geweigerd)"
    );
    let evidence = [first.id.clone(), second.id.clone()];
    let check = match (first.response(), second.response()) {
        (Some(one), Some(two)) => {
            let fault = |status: u16| status >= 500 && status != 501;
            let refused = |status: u16| status >= 400;
            // What is gone stays gone: 404 and 410 are the effect of a DELETE that succeeded.
            let gone = *method == "DELETE" && matches!(two.status, 404 | 410);
            let fine = !fault(one.status)
                && !fault(two.status)
                && (refused(one.status) == refused(two.status) || gone);
            let observed = format!("eerst status {}, daarna status {}", one.status, two.status);
            Check::that(fine, expected, observed)
        }
        (None, _) => undecided(first, &expected),
        (_, None) => undecided(second, &expected),
    };
    check.on(evidence)
}

/// Two reads after equal PUTs show the same state; the version may have moved on.
#[must_use]
pub fn same_state(first: &Answer, second: &Answer) -> Check {
    let expected = "na de tweede PUT dezelfde inhoud als na de eerste";
    let form = |answer: &Answer| {
        let mut json = answer.response()?.json()?.clone();
        json.as_object_mut()?.remove("meta");
        Canonical::of_json(&json)
    };
    let check = match (form(first), form(second)) {
        (Some(left), Some(right)) => {
            let found = left.differences("de eerste", &right, "de tweede");
            let observed =
                if found.is_empty() { "twee keer dezelfde inhoud".to_owned() } else { found.join("; ") };
            Check::that(found.is_empty(), expected, observed)
        }
        _ => {
            let text = format!("eerst {}, daarna {}", first.describe(), second.describe());
            Check::that(false, expected, text)
        }
    };
    check.on([first.id.clone(), second.id.clone()])
}

fn undecided(answer: &Answer, expected: &str) -> Check {
    let reason = answer
        .reply
        .as_ref()
        .err()
        .map_or(keur_evidence::event::Reason::Environment, |failure| http::reason(failure.failure));
    Check::undecided(reason, expected, answer.describe())
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::{CheckOutcome, Failure};

    use super::*;
    use crate::test_support::{asked as with, silent, text as answer, with_headers};

    fn status(status: u16, method: &str) -> Answer {
        with(answer(status, "application/fhir+json", "{}"), method, "Patient/1")
    }

    #[test]
    fn unknown_methods_are_refused() {
        let holds = |answer: &Answer| not_implemented(answer).iter().all(Check::holds);
        for code in [400, 404, 501] {
            assert!(holds(&status(code, "FOO")), "{code}");
        }
        assert!(!holds(&status(200, "FOO")));
        assert!(!holds(&status(500, "FOO")));
        assert!(!holds(&status(405, "FOO")), "no Allow");
        assert!(holds(&with_headers(405, &[("allow", "GET")], b"")));
        assert!(matches!(
            not_implemented(&silent(Failure::Connect))[0].outcome,
            CheckOutcome::NotEvaluable(_)
        ));
    }

    #[test]
    fn reading_leaves_the_version() {
        let read = |etag: &str, version: &str| {
            let body = format!("{{\"resourceType\":\"Patient\",\"meta\":{{\"versionId\":\"{version}\"}}}}");
            with_headers(200, &[("etag", etag)], body.as_bytes())
        };
        assert!(same_version(&read("W/\"1\"", "1"), &read("W/\"1\"", "1")).holds());
        assert!(!same_version(&read("W/\"1\"", "1"), &read("W/\"2\"", "1")).holds());
        assert!(!same_version(&read("W/\"1\"", "1"), &read("W/\"1\"", "2")).holds());
        assert!(matches!(
            same_version(&silent(Failure::Connect), &silent(Failure::Connect)).outcome,
            CheckOutcome::NotEvaluable(_)
        ));
        assert!(head_like_get(&read("a", "1"), &read("a", "1")).holds());
        assert!(head_like_get(&read("a", "1"), &status(405, "HEAD")).holds());
        assert!(head_like_get(&read("a", "1"), &status(404, "HEAD")).holds());
        assert!(!head_like_get(&read("a", "1"), &read("b", "1")).holds());
        assert!(!head_like_get(&read("a", "1"), &status(500, "HEAD")).holds());
    }

    #[test]
    fn repeating_changes_nothing() {
        for (method, first, second, holds) in [
            ("DELETE", 405, 405, true),
            ("DELETE", 204, 404, true),
            ("DELETE", 404, 204, false),
            ("DELETE", 405, 500, false),
            ("DELETE", 501, 501, true),
            ("PUT", 201, 200, true),
            ("PUT", 201, 409, false),
            ("PUT", 500, 500, false),
        ] {
            let check = idempotent(&status(first, method), &status(second, method));
            assert_eq!(check.holds(), holds, "{method} {first} {second}");
        }
        let patient = |version: &str, active: bool| {
            let meta = format!("{{\"versionId\":\"{version}\"}}");
            let body = format!("{{\"resourceType\":\"Patient\",\"meta\":{meta},\"active\":{active}}}");
            answer(200, "application/fhir+json", &body)
        };
        assert!(same_state(&patient("1", true), &patient("2", true)).holds());
        assert!(!same_state(&patient("1", true), &patient("2", false)).holds());
        assert!(!same_state(&patient("1", true), &status(404, "GET")).holds());
    }

    #[test]
    fn requests_are_named_without_values() {
        let one = with(answer(200, "", ""), "GET", "Patient?identifier=secret&_count=1");
        assert_eq!(asked(&one), "GET Patient?identifier&_count");
        assert_eq!(asked(&with(one.clone(), "GET", "metadata")), "GET metadata");
        assert_eq!(asked(&with(one, "GET", "R4/Patient/1")), "GET Patient/1");
    }
}
