//! What every report for people says, apart from how it looks: also for formats in crates of their own.

mod claims;
mod layers;
mod matrix;
mod overview;
mod said;
mod todo;
mod wording;

pub use crate::{
    labels::{Words, words},
    view::{Section, View, feature},
};
pub use claims::{agreement_word, harmony_word, said_word, summary, told, unmeasured};
pub use layers::{Attempt, Lock, attempts};
pub use matrix::{BrokenSet, attacks_of, broken_sets, layer_names, layer_word};
pub use overview::{Subject, host, legal_at, sources, subjects, took, variant, variant_source};
pub use said::{Said, not_said};
pub use todo::{TODO, Todo, todo};
pub use wording::{attested_outcome, basis, day, mode, moment, source};
