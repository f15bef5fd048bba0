//! Checks on answers of an API that follows the Dutch API Design Rules.

use std::collections::BTreeSet;

use keur_evidence::{
    Check,
    event::Reason,
    http::{Answer, Response},
};
use serde_json::Value;

use crate::http;

/// Judges a response; without one nothing can be told.
fn on(answer: &Answer, expected: String, judge: impl FnOnce(&Response) -> (bool, String)) -> Check {
    let asked = format!("{} {}", answer.request.method, answer.request.url.path());
    let check = match &answer.reply {
        Ok(response) => {
            let (holds, observed) = judge(response);
            Check::that(holds, expected, format!("{asked}: {observed}"))
        }
        Err(transport) => {
            Check::undecided(http::reason(transport.failure), expected, format!("{asked}: {transport}"))
        }
    };
    check.on([answer.id.clone()])
}

/// What it is called is not there, and no redirect leads elsewhere.
#[must_use]
pub fn unknown(answer: &Answer) -> Check {
    on(answer, "status 404, zonder doorverwijzing".to_owned(), |response| {
        (response.status == 404, format!("status {}", response.status))
    })
}

/// A method the path does not have is refused, and those it has are named.
#[must_use]
pub fn method_refused(answer: &Answer, documented: &BTreeSet<String>) -> Check {
    let names = documented.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    on(answer, format!("status 405, en in Allow precies {names}; HEAD en OPTIONS mogen erbij"), |response| {
        let allow = response.header("allow").unwrap_or_default();
        let named: BTreeSet<String> = allow
            .split(',')
            .map(|name| name.trim().to_ascii_uppercase())
            .filter(|name| !name.is_empty())
            .collect();
        let extra = named.difference(documented).all(|name| matches!(name.as_str(), "HEAD" | "OPTIONS"));
        let fine = response.status == 405 && documented.is_subset(&named) && extra;
        (
            fine,
            format!(
                "status {}, Allow: {}",
                response.status,
                if allow.is_empty() { "ontbreekt" } else { allow }
            ),
        )
    })
}

/// An error explains itself as RFC 9457 says, with the members the design rules ask for.
#[must_use]
pub fn problem(answer: &Answer) -> Check {
    let expected =
        "application/problem+json of +xml, met status (dezelfde als van het antwoord), title en detail";
    on(answer, expected.to_owned(), |response| {
        let (status, media) = (response.status, response.media_type());
        if media == "application/problem+xml" {
            let text = String::from_utf8_lossy(response.bytes()).into_owned();
            let fine = text.contains(&format!("<status>{status}</status>"))
                && text.contains("<title>")
                && text.contains("<detail>");
            return (fine, format!("status {status}, {media}"));
        }
        let member = |name: &str| response.json().and_then(|json| json.get(name));
        let texts = ["title", "detail"].map(|name| (name, member(name).is_some_and(Value::is_string)));
        let lacking: Vec<&str> = texts.iter().filter(|(_, there)| !there).map(|(name, _)| *name).collect();
        let own = member("status").map_or_else(|| "ontbreekt".to_owned(), Value::to_string);
        let fine = media == "application/problem+json" && lacking.is_empty() && own == status.to_string();
        let media = if media.is_empty() { "geen Content-Type" } else { &media };
        let lacking =
            if lacking.is_empty() { String::new() } else { format!(", zonder {}", lacking.join(" en ")) };
        (fine, format!("status {status}, {media}, `status` {own}{lacking}"))
    })
}

/// Wrong input is answered as wrong input.
#[must_use]
pub fn bad_request(answer: &Answer) -> Check {
    on(answer, "status 400 op onjuiste invoer".to_owned(), |response| {
        (response.status == 400, format!("{}: status {}", answer.request.purpose, response.status))
    })
}

/// Wrong input is refused, and is no fault of the server.
#[must_use]
pub fn refused(answer: &Answer) -> Check {
    on(answer, "weigering van onjuiste invoer met een status van 400 tot en met 499".to_owned(), |response| {
        let fine = (400..500).contains(&response.status);
        (fine, format!("{}: status {}", answer.request.purpose, response.status))
    })
}

/// Right input is taken.
#[must_use]
pub fn accepted(answer: &Answer) -> Check {
    on(answer, "een status van 200 tot en met 299 op wat de beschrijving toelaat".to_owned(), |response| {
        let fine = (200..300).contains(&response.status);
        (fine, format!("{}: status {}", answer.request.purpose, response.status))
    })
}

/// One answer tells of at least three of the faults in a body with `faults`.
#[must_use]
pub fn all_faults(answer: &Answer, faults: usize) -> Check {
    on(answer, format!("één antwoord dat ten minste drie van de {faults} fouten noemt"), |response| {
        let lists = response.json().map(lists).unwrap_or_default();
        let most = lists.into_iter().max().unwrap_or_default();
        (response.status >= 400 && most >= 3, format!("status {}, {most} fouten genoemd", response.status))
    })
}

/// The lengths of the lists in an object, and of the objects in it.
fn lists(json: &Value) -> Vec<usize> {
    let Value::Object(map) = json else { return Vec::new() };
    map.values()
        .flat_map(|value| match value {
            Value::Array(items) => vec![items.len()],
            Value::Object(_) => lists(value),
            _ => Vec::new(),
        })
        .collect()
}

/// The version of the document is on the answer.
#[must_use]
pub fn version(answer: &Answer, version: &str) -> Check {
    on(answer, format!("de kop API-Version: {version}"), |response| {
        let shown = response.header("api-version");
        let observed =
            shown.map_or_else(|| "zonder API-Version".to_owned(), |shown| format!("API-Version: {shown}"));
        (shown.map(str::trim) == Some(version), format!("status {}, {observed}", response.status))
    })
}

/// The headers the design rules list for every answer.
#[must_use]
pub fn security_headers(answer: &Answer) -> Check {
    type Fits = fn(&str) -> bool;
    let demands: [(&str, Fits); 5] = [
        ("Cache-Control", |value| value.to_ascii_lowercase().contains("no-store")),
        ("Content-Security-Policy", |value| value.contains("frame-ancestors 'none'")),
        ("Strict-Transport-Security", |value| value.to_ascii_lowercase().contains("max-age=")),
        ("X-Content-Type-Options", |value| value.trim().eq_ignore_ascii_case("nosniff")),
        ("X-Frame-Options", |value| value.trim().eq_ignore_ascii_case("deny")),
    ];
    on(answer, "de koppen die een API beveiligen, en Content-Type bij inhoud".to_owned(), |response| {
        let unfit = |(name, fits): &(&str, Fits)| !response.header(name).is_some_and(fits);
        let mut lacking: Vec<&str> =
            demands.iter().filter(|demand| unfit(demand)).map(|(name, _)| *name).collect();
        if !response.bytes().is_empty() && response.header("content-type").is_none() {
            lacking.push("Content-Type");
        }
        let words = if lacking.is_empty() {
            "alle koppen".to_owned()
        } else {
            format!("niet of anders: {}", lacking.join(", "))
        };
        (lacking.is_empty(), format!("status {}, {words}", response.status))
    })
}

/// The document is there for everybody, as JSON, and says the same as the one that is tested.
#[must_use]
pub fn published(answer: &Answer, document: &Value) -> Check {
    on(answer, "status 200 met hetzelfde document, als JSON".to_owned(), |response| {
        let same = response.json() == Some(document);
        let observed = match response.json() {
            Some(_) if same => "hetzelfde document",
            Some(_) => "een ander document",
            None => "geen JSON",
        };
        (response.status == 200 && same, format!("status {}, {observed}", response.status))
    })
}

/// A web page of anybody may read the answer.
#[must_use]
pub fn open_to_all(answer: &Answer) -> Check {
    let origin =
        answer.request.headers.iter().find(|(name, _)| name == "Origin").map(|(_, value)| value.as_str());
    on(answer, "de kop Access-Control-Allow-Origin: *, of het gevraagde adres".to_owned(), |response| {
        let allowed = response.header("access-control-allow-origin");
        let fine = allowed == Some("*") || allowed.is_some() && allowed == origin;
        let observed = allowed.map_or_else(
            || "zonder die kop".to_owned(),
            |value| format!("Access-Control-Allow-Origin: {value}"),
        );
        (fine, format!("status {}, {observed}", response.status))
    })
}

/// A form the API does not have is refused, and not named as the type of something else.
#[must_use]
pub fn form_refused(answer: &Answer) -> Check {
    let wanted =
        answer.request.headers.iter().find(|(name, _)| name == "Accept").map(|(_, value)| value.as_str());
    on(answer, "status 406, en geen Content-Type die alleen is overgenomen".to_owned(), |response| {
        let media = response.media_type();
        let fine = response.status == 406 && Some(media.as_str()) != wanted;
        (fine, format!("status {}, {media}", response.status))
    })
}

/// A body of a type the operation does not take is refused as such.
#[must_use]
pub fn type_refused(answer: &Answer) -> Check {
    on(answer, "status 415 of 406".to_owned(), |response| {
        (matches!(response.status, 406 | 415), format!("status {}", response.status))
    })
}

/// What was removed is gone.
#[must_use]
pub fn gone(answer: &Answer) -> Check {
    on(answer, "status 404 of 410 op wat is verwijderd".to_owned(), |response| {
        (matches!(response.status, 404 | 410), format!("status {}", response.status))
    })
}

/// Two answers say the same; `what` is why they should.
#[must_use]
pub fn same(what: &str, first: &Answer, second: &Answer) -> Check {
    let asked = format!("{} {}", second.request.method, second.request.url.path());
    let check = match (first.response(), second.response()) {
        (Some(one), Some(two)) => {
            let equal = one.status == two.status && (one.json() == two.json() || one.bytes() == two.bytes());
            let observed = if equal { "hetzelfde" } else { "een ander antwoord" };
            Check::that(equal, what, format!("{asked}: {observed}"))
        }
        _ => Check::undecided(Reason::Environment, what, format!("{asked}: geen antwoord")),
    };
    check.on([first.id.clone(), second.id.clone()])
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::{CheckOutcome, Failure};

    use super::*;
    use crate::test_support::{silent, text, with_headers};

    const PROBLEM: &str = "application/problem+json";

    #[test]
    fn a_problem_has_its_type_and_members() {
        let sound = r#"{"status":404,"title":"weg","detail":"er is niets"}"#;
        assert!(problem(&text(404, PROBLEM, sound)).holds());
        assert!(!problem(&text(404, "application/json", sound)).holds());
        assert!(!problem(&text(400, PROBLEM, sound)).holds());
        assert!(!problem(&text(404, PROBLEM, r#"{"status":"404","title":"x","detail":"y"}"#)).holds());
        assert!(!problem(&text(404, PROBLEM, r#"{"status":404,"title":"x"}"#)).holds());
        assert!(matches!(problem(&silent(Failure::Timeout)).outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn allow_names_exactly_what_is_documented() {
        let documented: BTreeSet<String> = ["GET", "POST"].map(str::to_owned).into();
        let check = |status, allow: &str| {
            method_refused(&with_headers(status, &[("Allow", allow)], b""), &documented).holds()
        };
        assert!(check(405, "GET, POST") && check(405, "post,get, HEAD, OPTIONS"));
        assert!(
            !check(405, "GET")
                && !check(405, "GET, POST, DELETE")
                && !check(404, "GET, POST")
                && !check(405, "")
        );
    }

    #[test]
    fn statuses_are_told_apart() {
        let status = |status| text(status, "text/plain", "x");
        assert!(
            unknown(&status(404)).holds() && !unknown(&status(301)).holds() && !unknown(&status(200)).holds()
        );
        assert!(bad_request(&status(400)).holds() && !bad_request(&status(422)).holds());
        assert!(
            refused(&status(422)).holds() && !refused(&status(500)).holds() && !refused(&status(201)).holds()
        );
        assert!(accepted(&status(204)).holds() && !accepted(&status(404)).holds());
        assert!(type_refused(&status(415)).holds() && !type_refused(&status(400)).holds());
        assert!(form_refused(&status(406)).holds() && !form_refused(&status(200)).holds());
        assert!(gone(&status(410)).holds() && !gone(&status(200)).holds());
    }

    #[test]
    fn faults_are_counted_wherever_their_list_is() {
        let body = r#"{"status":400,"errors":[{},{},{}]}"#;
        assert!(all_faults(&text(400, PROBLEM, body), 3).holds());
        assert!(!all_faults(&text(400, PROBLEM, r#"{"errors":[{}]}"#), 3).holds());
        assert!(!all_faults(&text(200, PROBLEM, body), 3).holds());
    }

    #[test]
    fn headers_are_all_needed() {
        let all = [
            ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("strict-transport-security", "max-age=31536000"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ];
        assert!(security_headers(&with_headers(200, &all, b"")).holds());
        for index in 0..all.len() {
            let mut some = all.to_vec();
            some.remove(index);
            assert!(!security_headers(&with_headers(200, &some, b"")).holds(), "{}", all[index].0);
        }
        assert!(!security_headers(&with_headers(200, &all, b"{}")).holds());
        assert!(version(&with_headers(200, &[("api-version", "1.2.3")], b""), "1.2.3").holds());
        assert!(!version(&with_headers(200, &[("api-version", "v1.2.3")], b""), "1.2.3").holds());
        assert!(open_to_all(&with_headers(200, &[("Access-Control-Allow-Origin", "*")], b"")).holds());
        assert!(
            !open_to_all(&with_headers(200, &[("Access-Control-Allow-Origin", "https://a.nl")], b"")).holds()
        );
    }

    #[test]
    fn the_document_is_compared_by_what_it_says() {
        let document = serde_json::json!({ "openapi": "3.0.3", "info": {} });
        let reordered = text(200, "application/json", r#"{ "info": {}, "openapi": "3.0.3" }"#);
        assert!(published(&reordered, &document).holds());
        assert!(!published(&text(200, "application/json", "{}"), &document).holds());
        assert!(
            !published(&text(401, "application/json", r#"{"openapi":"3.0.3","info":{}}"#), &document).holds()
        );
    }
}
