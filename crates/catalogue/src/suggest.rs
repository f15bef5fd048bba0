//! "Did you mean": the nearest known word.

/// The candidate most like `needle`, if any is like it enough to be worth suggesting.
#[must_use]
pub fn suggest<'a>(needle: &str, haystack: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let needle = needle.to_lowercase();
    haystack
        .into_iter()
        .filter_map(|candidate| {
            let lower = candidate.to_lowercase();
            let likeness = strsim::jaro_winkler(&needle, &lower);
            // Fewest edits first: likeness alone prefers WGZ-SEC-001 to WGZ-SEC-010 for WGZ-SEC-10.
            let begun = needle.len() >= 3 && lower.starts_with(&needle);
            (likeness >= 0.8 || begun)
                .then(|| (strsim::damerau_levenshtein(&needle, &lower), likeness, candidate))
        })
        // The first of equals: the order of the haystack decides, so the advice is stable.
        .reduce(|held, next| {
            let nearer = next.0 < held.0 || (next.0 == held.0 && next.1 > held.1);
            if nearer { next } else { held }
        })
        .map(|(_, _, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn the_nearest_word_is_suggested() {
        assert_eq!(suggest("WGZ-SEC-01", ["WGZ-LOG-001", "WGZ-SEC-010"]), Some("WGZ-SEC-010"));
        assert_eq!(suggest("WGZ-SEC-10", ["WGZ-SEC-001", "WGZ-SEC-010"]), Some("WGZ-SEC-010"));
        assert_eq!(suggest("bgz", ["fhir-rest", "bgz-beschikbaarstellen"]), Some("bgz-beschikbaarstellen"));
        assert_eq!(suggest("fhirbase", ["jwks", "fhir_base"]), Some("fhir_base"));
    }

    #[test]
    fn nothing_alike_yields_nothing() {
        assert_eq!(suggest("qqq", ["fhir_base", "jwks"]), None);
        assert_eq!(suggest("qqq", []), None);
    }
}
