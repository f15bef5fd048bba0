//! Citizen service numbers.

/// The naming system of the BSN.
pub(crate) const SYSTEM: &str = "http://fhir.nl/fhir/NamingSystem/bsn";

/// Whether the text is nine digits that pass the 11-proof.
pub(crate) fn is_valid(text: &str) -> bool {
    let digits: Vec<i32> =
        text.bytes().filter(u8::is_ascii_digit).map(|digit| i32::from(digit - b'0')).collect();
    if text.len() != 9 || digits.len() != 9 {
        return false;
    }
    let sum: i32 =
        digits.iter().zip([9, 8, 7, 6, 5, 4, 3, 2, -1]).map(|(digit, weight)| digit * weight).sum();
    sum != 0 && sum % 11 == 0
}

/// In how many positions two numbers differ; unequal lengths are far apart.
pub(crate) fn distance(left: &str, right: &str) -> usize {
    if left.len() == right.len() {
        left.bytes().zip(right.bytes()).filter(|(a, b)| a != b).count()
    } else {
        usize::MAX
    }
}

/// A test number that passes the 11-proof and is far from all given ones.
pub(crate) fn unused(taken: &[String]) -> Option<String> {
    (0..100_000_u32)
        .rev()
        .map(|tail| format!("9999{tail:05}"))
        .find(|bsn| is_valid(bsn) && taken.iter().all(|other| distance(bsn, other) > 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleven_proof_holds() {
        assert!(is_valid("999900006"));
        for wrong in ["999900007", "000000000", "99990000", "9999000060", "99990000a", ""] {
            assert!(!is_valid(wrong), "{wrong}");
        }
    }

    #[test]
    fn an_unused_number_is_valid_and_not_similar() {
        let taken = vec!["999999990".to_owned()];
        let found = unused(&taken).expect("there is one");
        assert!(is_valid(&found) && distance(&found, &taken[0]) > 3, "{found}");
    }
}
