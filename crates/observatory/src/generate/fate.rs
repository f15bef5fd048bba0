//! What happens to a file between its maker and the observatory.

/// What becomes of a bundle on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    Whole,
    /// It is sent twice, under two names.
    Twice,
    /// What stood before the certificate is sent too: the same run, packed earlier.
    Before,
    /// One bit changed.
    Flipped,
    /// Only its beginning arrives.
    Cut,
    /// Nothing of it arrives.
    Empty,
}

/// The bytes as they arrive. `at` picks the place of the damage.
#[must_use]
pub fn spoil(mut bytes: Vec<u8>, fate: Fate, at: usize) -> Vec<u8> {
    let place = at % bytes.len().max(1);
    match fate {
        Fate::Whole | Fate::Twice | Fate::Before => {}
        Fate::Flipped => {
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= 1;
            }
        }
        Fate::Cut => bytes.truncate(place),
        Fate::Empty => bytes.clear(),
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_to_be_spoilt_is() {
        let bytes = b"bundle".to_vec();
        for whole in [Fate::Whole, Fate::Twice, Fate::Before] {
            assert_eq!(spoil(bytes.clone(), whole, 9), bytes);
        }
        assert_eq!(spoil(bytes.clone(), Fate::Flipped, 7), b"btndle");
        assert_eq!(spoil(bytes.clone(), Fate::Cut, 8), b"bu");
        assert_eq!(spoil(bytes, Fate::Empty, 1), b"");
        assert_eq!(spoil(Vec::new(), Fate::Flipped, 1), b"");
    }
}
