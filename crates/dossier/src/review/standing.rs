//! What was said about the dossier as a whole: the latest evaluation, the reviews of it, the decisions.

use super::Spoken;
use crate::statement::{
    Predicate, Statement,
    predicate::{Decision, Evaluation, Review},
};

/// Where a dossier stands.
#[derive(Debug, Clone, Default)]
pub struct Standing<'s> {
    /// The latest evaluation.
    pub evaluation: Option<(&'s Spoken, &'s Evaluation)>,
    /// The reviews of that evaluation.
    pub reviews: Vec<(&'s Spoken, &'s Review)>,
    /// The latest decision.
    pub decision: Option<(&'s Spoken, &'s Decision)>,
}

impl<'s> Standing<'s> {
    /// Reads it off the statements of a bundle.
    #[must_use]
    pub fn of(said: &'s [Spoken]) -> Self {
        let statement = |spoken: &'s Spoken| -> &'s Statement { &spoken.1.statement };
        let evaluation = said
            .iter()
            .filter_map(|spoken| match &statement(spoken).predicate {
                Predicate::Evaluation(evaluation) => Some((spoken, evaluation)),
                _ => None,
            })
            .max_by_key(|(_, evaluation)| evaluation.signed_at);
        let about = |spoken: &Spoken| {
            evaluation.is_some_and(|((digest, _), _)| {
                spoken.1.statement.subject.iter().any(|subject| subject.digest.sha256 == *digest)
            })
        };
        let reviews = said.iter().filter_map(|spoken| match &statement(spoken).predicate {
            Predicate::Review(review) if about(spoken) => Some((spoken, review)),
            _ => None,
        });
        let decision = said
            .iter()
            .filter_map(|spoken| match &statement(spoken).predicate {
                Predicate::Decision(decision) => Some((spoken, decision)),
                _ => None,
            })
            .max_by_key(|(_, decision)| decision.signed_at);
        Self { evaluation, reviews: reviews.collect(), decision }
    }
}
