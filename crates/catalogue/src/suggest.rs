//! "Did you mean": the nearest known word.

/// The candidate most like `needle`, if any is like it enough to be worth suggesting.
#[must_use]
pub fn suggest<'a>(needle: &str, haystack: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let needle = needle.to_lowercase();
    haystack
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&needle, &candidate.to_lowercase()), candidate))
        .filter(|(score, _)| *score >= 0.8)
        // The first of equals: the order of the haystack decides, so the advice is stable.
        .fold(None, |best: Option<(f64, &str)>, next| match best {
            Some(held) if held.0 >= next.0 => Some(held),
            _ => Some(next),
        })
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn the_nearest_word_is_suggested() {
        assert_eq!(suggest("WGZ-SEC-01", ["WGZ-LOG-001", "WGZ-SEC-010"]), Some("WGZ-SEC-010"));
        assert_eq!(suggest("fhirbase", ["jwks", "fhir_base"]), Some("fhir_base"));
    }

    #[test]
    fn nothing_alike_yields_nothing() {
        assert_eq!(suggest("qqq", ["fhir_base", "jwks"]), None);
        assert_eq!(suggest("qqq", []), None);
    }
}
