//! What others notified: by the id of their Task, and whether it was dealt with.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::defects::Defects;

/// The most notifications that are kept.
const CAPACITY: usize = 10_000;

/// What was notified.
#[derive(Debug)]
pub(crate) struct Inbox {
    dealt_with: Mutex<BTreeMap<String, bool>>,
    defects: Defects,
}

impl Inbox {
    pub(crate) fn new(defects: Defects) -> Self {
        Self { dealt_with: Mutex::default(), defects }
    }

    /// Keeps a notification; one that is known already changes nothing. False when there is no room.
    pub(crate) fn keep(&self, id: &str) -> bool {
        let mut all = self.all();
        let busy = self.defects.has("notification-one-at-a-time")
            && all.iter().any(|(one, done)| one != id && !done);
        if busy || (all.len() >= CAPACITY && !all.contains_key(id)) {
            return false;
        }
        all.entry(id.to_owned()).or_insert(false);
        true
    }

    /// Whether this was notified.
    pub(crate) fn waits(&self, id: &str) -> bool {
        self.all().contains_key(id)
    }

    /// From now on this is dealt with; false when it was already.
    pub(crate) fn take(&self, id: &str) -> bool {
        let mut all = self.all();
        let before = all.insert(id.to_owned(), true);
        before == Some(false)
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, bool>> {
        self.dealt_with.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_is_dealt_with_once() {
        let inbox = Inbox::new(Defects::default());
        assert!(inbox.keep("t") && inbox.waits("t") && inbox.take("t"));
        assert!(inbox.keep("t") && !inbox.take("t"));
        assert!(!inbox.waits("u"));
    }
}
