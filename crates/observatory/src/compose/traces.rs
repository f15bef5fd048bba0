//! What a reader learns from two moments side by side. The listed bundles of two years tell how many products were tested
//! in between, and a cell moves by no more than that: where this would give a small cell away, the earlier list is not
//! published.

use std::collections::BTreeSet;

use super::cells::{Moment, Seen};
use crate::model::Count;

/// A profile at a moment: the bundles of products that are not named, and every cell with what is told of it and how many
/// products that are not named it has.
pub(crate) struct Trace {
    bundles: BTreeSet<String>,
    cells: Vec<(Count, u64)>,
}

impl Trace {
    pub(super) fn new(runs: &[Seen<'_, '_>], cells: Vec<(Count, u64)>) -> Self {
        let unnamed = runs.iter().filter(|(.., named)| !named);
        Self { bundles: unnamed.map(|(_, run, _)| run.digest.to_owned()).collect(), cells }
    }

    /// Whether a small cell is known too well from the same cell here and there, when at most so many products moved.
    fn tells(&self, other: &Self, moved: u64, threshold: u64) -> bool {
        let pairs = || self.cells.iter().zip(&other.cells);
        let both = pairs().chain(pairs().map(|(own, other)| (other, own)).collect::<Vec<_>>());
        both.into_iter().any(|((few, _), (told, number))| {
            let bounded = *few == Count::Few && told.number().is_some();
            let least = number.saturating_sub(moved).max(1);
            let most = number.saturating_add(moved).min(threshold.saturating_sub(1));
            bounded && (most + 1).saturating_sub(least) < threshold / 2
        })
    }
}

/// Withholds lists of bundles. The newest list of a profile stays, and of the earlier ones those that tell nothing beside
/// the lists that stay.
pub(super) fn protect(moments: &mut [Moment], threshold: u64) {
    let profiles = moments.first().map_or(0, |moment| moment.traces.len());
    for at in 0..profiles {
        let mut kept: Option<usize> = None;
        for earlier in (0..moments.len()).rev() {
            if moments[earlier].digests[at].is_none() {
                continue;
            }
            let tells = kept.is_some_and(|later| {
                let traces = || moments[earlier..=later].iter().map(|moment| &moment.traces[at]);
                let ends = (&moments[earlier].traces[at].bundles, &moments[later].traces[at].bundles);
                let moved = ends.1.difference(ends.0).count() as u64;
                // What happens between two lists is part of what happened between them.
                traces().any(|one| traces().any(|other| one.tells(other, moved, threshold)))
            });
            if tells {
                moments[earlier].digests[at] = None;
            } else {
                kept = Some(earlier);
            }
        }
    }
}
