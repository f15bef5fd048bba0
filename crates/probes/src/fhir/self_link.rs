//! Links of a searchset, and what the self link says of the search.

use keur_evidence::{Check, event::Reason, http::Answer};
use serde_json::Value;

use super::{bundle, query::PATIENT};

/// The address of a link.
#[must_use]
pub fn link<'a>(bundle: &'a Value, relation: &str) -> Option<&'a str> {
    let links = bundle.get("link").and_then(Value::as_array)?;
    links.iter().find(|link| link["relation"] == relation)?.get("url")?.as_str()
}

/// The self link leaves out a parameter the product cannot know. Refusing the search is allowed too.
#[must_use]
pub fn omits(answer: &Answer, parameter: &str) -> Check {
    let expected = format!("een self-link zonder de onbekende parameter {parameter}");
    if let Some(response) = answer.response()
        && (400..500).contains(&response.status)
    {
        let observed = format!("status {}: de zoekvraag is geweigerd, dat mag", response.status);
        return Check::that(true, expected, observed).on([answer.id.clone()]);
    }
    with_self(answer, &expected, |address| {
        let present = pairs(address).iter().any(|(name, _)| name == parameter);
        let observed =
            if present { "de self-link noemt de parameter" } else { "de parameter staat er niet in" };
        (!present, observed.to_owned())
    })
}

/// The self link names every parameter of the search that was used. The patient may stand in it in another form.
#[must_use]
pub fn names(answer: &Answer, search: &str) -> Check {
    let (_, query) = search.split_once('?').unwrap_or_default();
    let asked: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let expected =
        format!("een self-link met {}", asked.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "));
    with_self(answer, &expected, |address| {
        let shown = pairs(address);
        let missing: Vec<&str> = asked
            .iter()
            .filter(|(name, value)| {
                !shown.iter().any(|(known, used)| {
                    if *value == PATIENT { names_patient(known) } else { known == name && used == value }
                })
            })
            .map(|(name, _)| *name)
            .collect();
        let observed = if missing.is_empty() {
            "alle verwerkte parameters staan erin".to_owned()
        } else {
            format!("er ontbreekt: {}", missing.join(", "))
        };
        (missing.is_empty(), observed)
    })
}

fn names_patient(name: &str) -> bool {
    let stem = name.split(['.', ':']).next().unwrap_or_default();
    matches!(stem, "patient" | "subject" | "beneficiary" | "identifier" | "_id")
}

fn with_self(answer: &Answer, expected: &str, judge: impl Fn(&str) -> (bool, String)) -> Check {
    let Some(bundle) = bundle::searchset(answer) else {
        return Check::undecided(Reason::Precondition, expected, bundle::describe(answer))
            .on([answer.id.clone()]);
    };
    let (holds, observed) = match link(bundle, "self") {
        Some(address) => judge(address),
        None => (false, "het antwoord heeft geen self-link".to_owned()),
    };
    Check::that(holds, expected, observed).on([answer.id.clone()])
}

fn pairs(address: &str) -> Vec<(String, String)> {
    let query = address.split_once('?').map(|(_, query)| query).unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use keur_evidence::{
        event::{CheckOutcome, Timing},
        http::{Parsed, Request, Response},
    };
    use serde_json::json;
    use url::Url;

    use super::*;

    fn answer(status: u16, body: &Value) -> Answer {
        let url = Url::parse("https://x/fhir/Flag").expect("a URL");
        let response = Response {
            status,
            version: "HTTP/1.1".to_owned(),
            headers: Vec::new(),
            wire_bytes: 0,
            truncated: false,
            body: Ok(body.to_string().into_bytes()),
            tls: None,
            timing: Timing { head_ms: 0, total_ms: 0 },
            parsed: Parsed::default(),
        };
        Answer { id: "x1".to_owned(), request: Request::new("p", "GET", url, "none"), reply: Ok(response) }
    }

    fn with_self_link(address: &str) -> Answer {
        let link = json!([{ "relation": "self", "url": address }]);
        answer(200, &json!({ "resourceType": "Bundle", "type": "searchset", "link": link }))
    }

    #[test]
    fn an_echoed_parameter_is_seen() {
        assert!(omits(&with_self_link("https://x/fhir/Flag?patient=p"), "foo").holds());
        assert_eq!(
            omits(&with_self_link("https://x/fhir/Flag?patient=p&foo=1"), "foo").outcome,
            CheckOutcome::Violated
        );
        let outcome = json!({ "resourceType": "OperationOutcome" });
        assert!(omits(&answer(400, &outcome), "foo").holds());
        assert_eq!(
            omits(&answer(200, &outcome), "foo").outcome,
            CheckOutcome::NotEvaluable(Reason::Precondition)
        );
    }

    #[test]
    fn a_used_parameter_that_is_left_out_is_named() {
        let search = "Consent?patient.identifier={bsn}&category=s|1";
        for patient in ["patient.identifier=s%7C1", "patient=Patient/p", "patient:Patient.identifier=1"] {
            let address = format!("https://x/fhir/Consent?{patient}&category=s%7C1");
            assert!(names(&with_self_link(&address), search).holds(), "{address}");
        }
        let check = names(&with_self_link("https://x/fhir/Consent?category=s%7C2"), search);
        assert_eq!(check.outcome, CheckOutcome::Violated);
        assert_eq!(check.observed, "er ontbreekt: patient.identifier, category");
        assert!(!names(&with_self_link(""), search).holds());
    }
}
