//! The citizen service number (BSN): its check and the range for tests.

/// Whether this is nine digits that pass the 11-proof (weights 9…2 and −1) and not all zeros.
#[must_use]
pub fn is_valid_bsn(text: &str) -> bool {
    if text.len() != 9 || text == "000000000" || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let sum: i32 = text
        .bytes()
        .zip([9, 8, 7, 6, 5, 4, 3, 2, -1])
        .map(|(digit, weight)| i32::from(digit - b'0') * weight)
        .sum();
    sum % 11 == 0
}

/// Whether this lies in the range that is never given to a person: 9999xxxxx.
#[must_use]
pub fn in_test_range(text: &str) -> bool {
    text.len() == 9 && text.starts_with("9999") && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The sound numbers of that range in a text.
pub fn test_numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| is_valid_bsn(run) && in_test_range(run))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_11_proof_decides() {
        assert!(is_valid_bsn("999900006"));
        assert!(is_valid_bsn("999911120"));
        assert!(!is_valid_bsn("999900007"));
        assert!(!is_valid_bsn("000000000"));
        assert!(!is_valid_bsn("99990000"));
        assert!(!is_valid_bsn("9999O0006"));
        assert!(!is_valid_bsn(""));
    }

    #[test]
    fn only_9999_is_for_tests() {
        assert!(in_test_range("999900006"));
        assert!(!in_test_range("999800006"));
        assert!(!in_test_range("9999"));
        assert!(!in_test_range("9999é0000"));
    }

    #[test]
    fn test_numbers_are_found_whole() {
        let text = "999900006,9999000061 999900007 a999911120b";
        assert_eq!(test_numbers(text).collect::<Vec<_>>(), ["999900006", "999911120"]);
    }
}
