//! The order in which cases reach what they share, when a record is executed again by several threads at once: that of
//! the record, so that what one fetched for all is looked for by the same one again.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use tokio::sync::watch;

/// Cases in their order, and how far they are.
pub struct Turns {
    places: BTreeMap<String, usize>,
    done: Mutex<Vec<bool>>,
    /// The first case that is not done.
    first: watch::Sender<usize>,
}

impl Turns {
    /// Nothing is done yet.
    pub fn new<'c>(cases: impl IntoIterator<Item = &'c str>) -> Self {
        let places: BTreeMap<String, usize> =
            cases.into_iter().enumerate().map(|(place, case)| (case.to_owned(), place)).collect();
        let done = Mutex::new(vec![false; places.len()]);
        Self { places, done, first: watch::Sender::new(0) }
    }

    /// Waits until all cases before this one are done. One that waits must hold nothing that another may wait for.
    pub async fn of(&self, case: &str) {
        let Some(place) = self.places.get(case) else { return };
        // The sender lives as long as this waits.
        let _ = self.first.subscribe().wait_for(|first| first >= place).await;
    }

    /// Marks this case as done when what it returns is dropped, however the case ends.
    pub fn begin(&self, case: &str) -> impl Drop + use<'_> {
        Begun(self, self.places.get(case).copied())
    }
}

struct Begun<'t>(&'t Turns, Option<usize>);

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        let (turns, Some(place)) = (self.0, self.1) else { return };
        let mut done = turns.done.lock().unwrap_or_else(PoisonError::into_inner);
        done[place] = true;
        let first = done.iter().position(|done| !done).unwrap_or(done.len());
        turns.first.send_replace(first);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_case_waits_for_all_before_it() {
        let turns = Turns::new(["a", "b", "c"]);
        assert!(turns.of("a").now_or_never().is_some() && turns.of("unknown").now_or_never().is_some());
        let (a, b) = (turns.begin("a"), turns.begin("b"));
        drop(b);
        assert!(turns.of("c").now_or_never().is_none());
        drop(a);
        assert!(turns.of("c").now_or_never().is_some());
    }
}
