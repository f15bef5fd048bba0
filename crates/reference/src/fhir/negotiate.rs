//! Content negotiation: `Accept`, `_format` and the type of a request body.

use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};

/// The two wire formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
}

impl Format {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/fhir+json; charset=utf-8",
            Self::Xml => "application/fhir+xml; charset=utf-8",
        }
    }
}

/// The format to answer in; `None` when nothing that is asked for can be given. Another FHIR version is another format:
/// `major` is the one there is, or nothing for a server that does not look.
pub(crate) fn choose(headers: &HeaderMap, format: Option<&str>, major: Option<char>) -> Option<Format> {
    if let Some(format) = format.filter(|text| !text.is_empty()) {
        // A plus sign in a query arrives as a space.
        return named(&format.replace(' ', "+"), major);
    }
    let ranges: Vec<&str> = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .collect();
    if ranges.is_empty() {
        return Some(Format::Json);
    }
    let mut best: Option<(f32, Format)> = None;
    for range in ranges {
        let quality = quality(range);
        if let Some(format) = named(range, major)
            && quality > 0.0
            && best.is_none_or(|(highest, _)| quality > highest)
        {
            best = Some((quality, format));
        }
    }
    best.map(|(_, format)| format)
}

/// Whether a request body has one of the given media types; `None` when there is no Content-Type.
pub(crate) fn body_is(headers: &HeaderMap, types: &[&str]) -> Option<bool> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    Some(types.contains(&essence.as_str()))
}

fn quality(range: &str) -> f32 {
    parameter(range, "q").and_then(|text| text.parse().ok()).unwrap_or(1.0)
}

fn parameter<'a>(range: &'a str, name: &str) -> Option<&'a str> {
    range.split(';').skip(1).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

/// Whether a FHIR version is asked for.
pub(crate) fn names_version(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values.any(|value| parameter(value, "fhirVersion").is_some())
}

fn named(range: &str, major: Option<char>) -> Option<Format> {
    let other = |version: &str| major.is_some_and(|major| !version.starts_with(major));
    if parameter(range, "fhirVersion").is_some_and(other) {
        return None;
    }
    match range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "*/*"
        | "application/*"
        | "json"
        | "application/fhir+json"
        | "application/json"
        | "application/json+fhir"
        | "text/json" => Some(Format::Json),
        "xml" | "application/fhir+xml" | "application/xml" | "application/xml+fhir" | "text/xml" => {
            Some(Format::Xml)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, value.parse().expect("a header value"));
        headers
    }

    #[test]
    fn accept_decides() {
        let cases = [
            ("application/fhir+json", Some(Format::Json)),
            ("application/fhir+xml;charset=utf-8", Some(Format::Xml)),
            ("application/fhir+json;q=0.5, application/fhir+xml", Some(Format::Xml)),
            ("image/png", None),
            ("image/png, */*;q=0.1", Some(Format::Json)),
            ("application/fhir+json; fhirVersion=3.0", Some(Format::Json)),
            ("application/fhir+json; fhirVersion=4.0", None),
            ("application/fhir+json;q=0", None),
        ];
        for (value, expected) in cases {
            assert_eq!(choose(&accept(value), None, Some('3')), expected, "{value}");
        }
        assert_eq!(choose(&HeaderMap::new(), None, Some('3')), Some(Format::Json));
    }

    #[test]
    fn the_format_parameter_wins() {
        assert_eq!(choose(&accept("application/fhir+json"), Some("xml"), Some('3')), Some(Format::Xml));
        assert_eq!(
            choose(&accept("image/png"), Some("application/fhir json"), Some('3')),
            Some(Format::Json)
        );
        assert_eq!(choose(&accept("application/fhir+json"), Some("turtle"), Some('3')), None);
    }
}
