//! Opaque page cursors.
//!
//! A cursor holds the whole search, sealed with a key of this service: nobody can read the patient in it or change it,
//! and the service keeps no state. The same page always has the same cursor.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};

use super::params::Pairs;

/// Where a page starts, in which search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    /// Path below the base, e.g. `Condition` or `Observation/$lastn`.
    pub path: String,
    pub pairs: Pairs,
    pub offset: usize,
}

/// Seals and opens cursors.
pub(crate) struct Pager {
    seal: LessSafeKey,
    mac: hmac::Key,
}

impl std::fmt::Debug for Pager {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Pager")
    }
}

impl Pager {
    /// A pager with fresh keys.
    pub(crate) fn new() -> Self {
        let mut keys = [0_u8; 64];
        SystemRandom::new().fill(&mut keys).expect("the system has random numbers");
        let (first, second) = keys.split_at(32);
        let seal = UnboundKey::new(&AES_256_GCM, first).expect("the key has the length of the algorithm");
        Self { seal: LessSafeKey::new(seal), mac: hmac::Key::new(hmac::HMAC_SHA256, second) }
    }

    pub(crate) fn seal(&self, position: &Position) -> String {
        let mut text = serde_json::to_vec(position).expect("a position is plain text");
        // The nonce follows from the content, so equal pages get equal cursors and different ones never share a nonce.
        let tag = hmac::sign(&self.mac, &text);
        let nonce: [u8; NONCE_LEN] = std::array::from_fn(|index| tag.as_ref()[index]);
        self.seal
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
            .expect("a position is short");
        let mut cursor = nonce.to_vec();
        cursor.append(&mut text);
        URL_SAFE_NO_PAD.encode(cursor)
    }

    /// The position in a cursor; `None` when it was not made by this service.
    pub(crate) fn open(&self, cursor: &str) -> Option<Position> {
        let mut bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        if bytes.len() <= NONCE_LEN {
            return None;
        }
        let mut text = bytes.split_off(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(&bytes).ok()?;
        let text = self.seal.open_in_place(nonce, Aad::empty(), &mut text).ok()?;
        serde_json::from_slice(text).ok()
    }

    /// A stable identifier in the shape of a UUID that says nothing of its source.
    pub(crate) fn identifier(&self, source: &str) -> String {
        let tag = hmac::sign(&self.mac, source.as_bytes());
        let hex: String = tag.as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(offset: usize) -> Position {
        let pairs = vec![("patient.identifier".to_owned(), "x|999900006".to_owned())];
        Position { path: "Condition".to_owned(), pairs, offset }
    }

    #[test]
    fn a_cursor_is_opaque_stable_and_sealed() {
        let pager = Pager::new();
        let cursor = pager.seal(&position(10));
        assert_eq!(cursor, pager.seal(&position(10)));
        assert_ne!(cursor, pager.seal(&position(20)));
        assert_eq!(pager.open(&cursor), Some(position(10)));
        let bytes = URL_SAFE_NO_PAD.decode(&cursor).expect("base64url");
        assert!(!String::from_utf8_lossy(&bytes).contains("9999"));
        assert_eq!(Pager::new().open(&cursor), None);
        for other in ["", "AAAA", "%%%", &cursor[1..]] {
            assert_eq!(pager.open(other), None, "{other}");
        }
    }

    #[test]
    fn identifiers_have_the_shape_of_a_uuid() {
        let id = Pager::new().identifier("x");
        assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
    }
}
