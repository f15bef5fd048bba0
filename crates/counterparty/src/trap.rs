//! Addresses that nobody has a reason to fetch: whoever comes was led there by what a request held.

use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

/// The folder of all traps.
const FOLDER: &str = "val";

/// The traps that are set, and how often somebody came.
#[derive(Debug, Default)]
pub struct Traps(RwLock<BTreeMap<String, usize>>);

impl Traps {
    /// The path of a trap below the publisher's base.
    #[must_use]
    pub fn path(name: &str) -> String {
        format!("{FOLDER}/{name}")
    }

    /// Sets a trap.
    pub fn set(&self, name: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).entry(name.to_owned()).or_default();
    }

    /// How often somebody came, by whatever method, to the trap or to anything below it.
    #[must_use]
    pub fn visits(&self, name: &str) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(name).copied().unwrap_or_default()
    }

    /// Somebody asks for this path.
    pub(crate) fn visited(&self, path: &str) {
        let mut parts = path.split('/').skip_while(|part| *part != FOLDER);
        let Some(name) = parts.nth(1) else { return };
        if let Some(visits) = self.0.write().unwrap_or_else(PoisonError::into_inner).get_mut(name) {
            *visits += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_counts_below_a_trap_that_was_set() {
        let traps = Traps::default();
        traps.set("een");
        for path in ["/val/een", "/proef/val/een/Patient/1", "/val/twee", "/een", "/val"] {
            traps.visited(path);
        }
        assert_eq!((traps.visits("een"), traps.visits("twee")), (2, 0));
    }
}
