//! Remembers which one-time identifiers were used.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// The most identifiers that are remembered.
const CAPACITY: usize = 100_000;

/// A bounded memory of used identifiers; forgets them after they expired anyhow.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    until: HashMap<[u8; 32], i64>,
    order: VecDeque<([u8; 32], i64)>,
}

impl Seen {
    /// True the first time an identifier is shown; it is remembered until the given moment.
    pub(crate) fn first_time(&self, issuer: &str, id: &str, now: i64, until: i64) -> bool {
        // A digest keeps the memory small whatever a client sends.
        let key: [u8; 32] = Sha256::digest(format!("{}:{issuer}:{id}", issuer.len())).into();
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while memory.order.front().is_some_and(|(_, until)| *until < now) {
            memory.forget_oldest();
        }
        if memory.until.contains_key(&key) {
            return false;
        }
        if memory.order.len() >= CAPACITY {
            memory.forget_oldest();
        }
        memory.until.insert(key, until);
        memory.order.push_back((key, until));
        true
    }
}

impl Memory {
    fn forget_oldest(&mut self) {
        if let Some((key, _)) = self.order.pop_front() {
            self.until.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_works_once_until_it_expires() {
        let seen = Seen::default();
        assert!(seen.first_time("a", "1", 100, 160));
        assert!(!seen.first_time("a", "1", 150, 210));
        assert!(seen.first_time("b", "1", 150, 210));
        assert!(seen.first_time("a", "1", 161, 220));
    }
}
