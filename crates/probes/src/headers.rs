//! Checks on response headers: types, cookies, and what they tell about the technology.

use keur_evidence::{Check, event::Reason, http::Answer};

use crate::{fhir::canonical::Canonical, http, methods::asked};

/// Headers that only tell which software answers.
const TELLING: [&str; 10] = [
    "server",
    "x-powered-by",
    "x-powered-by-plesk",
    "x-aspnet-version",
    "x-aspnetmvc-version",
    "x-generator",
    "x-runtime",
    "x-version",
    "x-drupal-cache",
    "x-debug-token",
];
/// Types of FHIR in JSON; the last two are of older servers.
const JSON: [&str; 4] = ["application/fhir+json", "application/json", "application/json+fhir", "text/json"];
/// Types of FHIR in XML.
const XML: [&str; 4] = ["application/fhir+xml", "application/xml", "application/xml+fhir", "text/xml"];

/// A form of FHIR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON.
    Json,
    /// XML.
    Xml,
}

impl Form {
    /// The form a media type stands for.
    #[must_use]
    pub fn of(media_type: &str) -> Option<Self> {
        if JSON.contains(&media_type) {
            Some(Self::Json)
        } else if XML.contains(&media_type) {
            Some(Self::Xml)
        } else {
            None
        }
    }

    fn is_of(self, body: &[u8]) -> bool {
        let first = String::from_utf8_lossy(body).trim_start_matches('\u{feff}').trim_start().chars().next();
        matches!((self, first), (Self::Json, Some('{')) | (Self::Xml, Some('<')))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Xml => "XML",
        }
    }
}

/// The answer is in the form that was asked for; a form the product does not have is refused with 406.
#[must_use]
pub fn form(answer: &Answer, wanted: Form) -> Check {
    let expected = format!("een antwoord in {}, of status 406", wanted.name());
    let Ok(response) = &answer.reply else { return undecided(answer, expected) };
    let media = response.media_type();
    let fine = response.status == 406
        || response.status < 300 && Form::of(&media) == Some(wanted) && wanted.is_of(response.bytes());
    let media = if media.is_empty() { "geen Content-Type" } else { &media };
    let observed = format!("status {}, {media}", response.status);
    Check::that(fine, expected, observed).on([answer.id.clone()])
}

/// The media type fits the body: FHIR's own type for a FHIR resource, in UTF-8 when a character set is named.
#[must_use]
pub fn content_type(answer: &Answer) -> Check {
    let expected = format!("een Content-Type dat past bij de inhoud, op {}", asked(answer));
    let Ok(response) = &answer.reply else { return undecided(answer, expected) };
    let value = response.header("content-type").unwrap_or_default();
    if response.bytes().is_empty() {
        let observed = format!("status {} zonder inhoud", response.status);
        return Check::that(true, expected, observed).on([answer.id.clone()]);
    }
    let media = response.media_type();
    let body = [Form::Json, Form::Xml].into_iter().find(|form| form.is_of(response.bytes()));
    let fhir = Canonical::of_response(response).is_some() && body == Some(Form::Json)
        || String::from_utf8_lossy(response.bytes()).contains("xmlns=\"http://hl7.org/fhir\"");
    let (fits, needed) = match body {
        Some(Form::Json) if fhir => (media == "application/fhir+json", "application/fhir+json"),
        Some(Form::Xml) if fhir => (media == "application/fhir+xml", "application/fhir+xml"),
        Some(Form::Json) => (media.ends_with("json"), "een type voor JSON"),
        // HTML begins as XML does.
        Some(Form::Xml) => (media.ends_with("xml") || media == "text/html", "een type voor XML of HTML"),
        None => (!media.is_empty() && Form::of(&media).is_none(), "een type dat geen FHIR is"),
    };
    let shown = if value.is_empty() { "geen Content-Type" } else { value };
    let observed = if fits {
        format!("status {}, {shown}", response.status)
    } else {
        format!("status {}, {shown}; bij deze inhoud hoort {needed}", response.status)
    };
    Check::that(fits && utf8(value), expected, observed).on([answer.id.clone()])
}

fn utf8(content_type: &str) -> bool {
    let charset = content_type.split(';').skip(1).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
    });
    charset.is_none_or(|charset| charset.eq_ignore_ascii_case("utf-8"))
}

/// A request with a body of a kind the interface does not know is refused.
#[must_use]
pub fn kind_refused(answer: &Answer) -> Check {
    let expected = "weigering van invoer van een verkeerde soort, bij voorkeur met status 415";
    let Ok(response) = &answer.reply else { return undecided(answer, expected.to_owned()) };
    Check::that((400..500).contains(&response.status), expected, answer.describe()).on([answer.id.clone()])
}

/// The answer sets no cookie.
#[must_use]
pub fn no_cookie(answer: &Answer) -> Check {
    let expected = format!("geen cookie bij {}", asked(answer));
    let Ok(response) = &answer.reply else { return undecided(answer, expected) };
    let cookie = response.header("set-cookie").and_then(|value| value.split('=').next());
    let observed =
        cookie.map_or_else(|| "geen Set-Cookie".to_owned(), |name| format!("Set-Cookie: {name}=…"));
    Check::that(cookie.is_none(), expected, observed).on([answer.id.clone()])
}

/// No header names the software that answers.
#[must_use]
pub fn silent_about_technology(answer: &Answer) -> Check {
    let expected = format!("geen kop die de gebruikte software noemt bij {}", asked(answer));
    let Ok(response) = &answer.reply else { return undecided(answer, expected) };
    let found: Vec<String> = response
        .headers
        .iter()
        .filter(|(name, value)| {
            TELLING.contains(&name.to_ascii_lowercase().as_str()) && !value.trim().is_empty()
        })
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let observed = if found.is_empty() { "geen van zulke koppen".to_owned() } else { found.join(", ") };
    Check::that(found.is_empty(), expected, observed).on([answer.id.clone()])
}

fn undecided(answer: &Answer, expected: String) -> Check {
    let reason =
        answer.reply.as_ref().err().map_or(Reason::Environment, |failure| http::reason(failure.failure));
    Check::undecided(reason, expected, answer.describe()).on([answer.id.clone()])
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::{CheckOutcome, Failure};

    use super::*;
    use crate::test_support::{silent, text as answer, with_headers};

    #[test]
    fn accept_is_honoured() {
        for (status, media, body, wanted, holds) in [
            (200, "application/fhir+json; charset=utf-8", "{}", Form::Json, true),
            (200, "application/fhir+xml", "<a/>", Form::Xml, true),
            (406, "text/plain", "no", Form::Xml, true),
            (200, "application/fhir+json", "{}", Form::Xml, false),
            (200, "application/fhir+xml", "{}", Form::Xml, false),
            (500, "application/fhir+json", "{}", Form::Json, false),
        ] {
            assert_eq!(
                form(&answer(status, media, body), wanted).holds(),
                holds,
                "{status} {media} {wanted:?}"
            );
        }
        assert!(matches!(form(&silent(Failure::Connect), Form::Json).outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn the_type_must_be_right() {
        const FHIR: &str = "{\"resourceType\":\"Flag\"}";
        for (media, body, holds) in [
            ("application/fhir+json;charset=UTF-8", FHIR, true),
            ("application/fhir+xml", "<Flag xmlns=\"http://hl7.org/fhir\"/>", true),
            ("application/xml", "<Flag xmlns=\"http://hl7.org/fhir\"/>", false),
            ("application/fhir+json; charset=iso-8859-1", FHIR, false),
            ("application/json", FHIR, false),
            ("text/html", FHIR, false),
            ("application/json", "{\"detail\":\"x\"}", true),
            ("text/html", "<html>", true),
            ("application/fhir+json", "<html>", false),
            ("application/fhir+json", "not found", false),
            ("text/plain", "not found", true),
            ("", FHIR, false),
            ("", "", true),
        ] {
            assert_eq!(content_type(&answer(200, media, body)).holds(), holds, "{media}");
        }
        assert!(kind_refused(&answer(415, "", "")).holds());
        assert!(!kind_refused(&answer(200, "", "")).holds());
        assert!(!kind_refused(&answer(500, "", "")).holds());
        assert!(matches!(kind_refused(&silent(Failure::Connect)).outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn headers_can_tell_too_much() {
        assert!(silent_about_technology(&with_headers(200, &[("x-request-id", "1")], b"")).holds());
        for name in ["Server", "X-Powered-By"] {
            assert!(!silent_about_technology(&with_headers(200, &[(name, "x/1")], b"")).holds(), "{name}");
        }
        assert!(no_cookie(&with_headers(200, &[], b"")).holds());
        assert!(!no_cookie(&with_headers(200, &[("set-cookie", "SESSIE=geheim")], b"")).holds());
        assert!(
            !no_cookie(&with_headers(200, &[("set-cookie", "a=geheim")], b"")).observed.contains("geheim")
        );
        assert!(matches!(no_cookie(&silent(Failure::Connect)).outcome, CheckOutcome::NotEvaluable(_)));
    }
}
