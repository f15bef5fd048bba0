//! What a live API is asked, and how its answers are laid beside the document.

mod conform;
mod mutants;
mod questions;
mod sample;

pub use conform::{Aspect, Conformance, Deviation, dates};
pub use questions::{
    Item, Known, Question, invalid, item_path, items, json_body, missing, reading, undocumented,
};
pub use sample::sample;
