//! Draws from a seed: the same parts give the same choices, on every machine.

use sha2::{Digest, Sha256};

/// A stream of choices: SplitMix64, started by a digest, so that nobody can go back from the choices to the seed.
#[derive(Debug, Clone)]
pub struct Draw(u64);

impl Draw {
    /// The stream of these parts; no two lists of parts are taken for each other.
    #[must_use]
    pub fn new<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().iter().take(8).fold(0, |state, byte| state << 8 | u64::from(*byte)))
    }

    /// A number below `bound`; 0 when there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        // 64 bits over a bound of thousands: the bias is not worth a loop.
        usize::try_from(mixed % (bound as u64).max(1)).unwrap_or_default()
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// Lower-case letters: never digits, which might be taken for a number of somebody.
    pub fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'a' + u8::try_from(self.below(26)).unwrap_or_default())).collect()
    }

    /// Fisher–Yates.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_draw_the_same_and_others_differ() {
        let drawn = |parts: [&[u8]; 2]| Draw::new(parts).letters(20);
        assert_eq!(drawn([b"a", b"bc"]), drawn([b"a", b"bc"]));
        assert_ne!(drawn([b"a", b"bc"]), drawn([b"ab", b"c"]));
        assert!(drawn([b"a", b"b"]).bytes().all(|byte| byte.is_ascii_lowercase()));
    }

    #[test]
    fn a_shuffle_keeps_everything_and_reaches_every_order() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..200_u8 {
            let mut items = [1, 2, 3];
            Draw::new([[seed].as_slice()]).shuffle(&mut items);
            let mut sorted = items;
            sorted.sort_unstable();
            assert_eq!(sorted, [1, 2, 3]);
            seen.insert(items);
        }
        assert_eq!(seen.len(), 6);
    }

    #[test]
    fn nothing_to_draw_from_is_no_panic() {
        let mut draw = Draw::new([b"x".as_slice()]);
        assert_eq!(draw.below(0), 0);
        assert_eq!(draw.pick::<u8>(&[]), None);
        assert!((0..100).all(|_| draw.below(7) < 7));
    }
}
