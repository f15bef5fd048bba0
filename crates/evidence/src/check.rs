//! What a pure check returns: expected, observed, and whether it holds.

use crate::event::{CheckOutcome, Reason};

/// One assertion, not yet recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What should be there, in Dutch.
    pub expected: String,
    /// What is there, in Dutch.
    pub observed: String,
    /// Whether it holds.
    pub outcome: CheckOutcome,
    /// Ids of the evidence; empty means: the latest exchange or observation of the case.
    pub evidence: Vec<String>,
}

impl Check {
    /// Holds or is violated.
    #[must_use]
    pub fn that(holds: bool, expected: impl Into<String>, observed: impl Into<String>) -> Self {
        let outcome = if holds { CheckOutcome::Holds } else { CheckOutcome::Violated };
        Self { expected: expected.into(), observed: observed.into(), outcome, evidence: Vec::new() }
    }

    /// Cannot be decided.
    #[must_use]
    pub fn undecided(reason: Reason, expected: impl Into<String>, observed: impl Into<String>) -> Self {
        let outcome = CheckOutcome::NotEvaluable(reason);
        Self { expected: expected.into(), observed: observed.into(), outcome, evidence: Vec::new() }
    }

    /// Names the evidence it rests on.
    #[must_use]
    pub fn on<I: IntoIterator<Item = String>>(mut self, evidence: I) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.outcome == CheckOutcome::Holds
    }
}
