//! What people do with a bundle: the laboratory evaluates, a second person looks again, the certification body decides.

mod decision;
mod earlier;
mod error;
mod items;
mod point;
mod standing;
mod worksheet;

pub use self::{
    decision::{decide, evaluate, second},
    earlier::{Earlier, earlier},
    error::ReviewError,
    items::{Item, items},
    point::Point,
    standing::Standing,
    worksheet::{Filled, blank, fill_in},
};

use crate::statement::Signed;

/// A signed statement with the SHA-256 (hex) of its envelope.
pub type Spoken = (String, Signed);

/// Text of somebody else on one line, without control characters.
fn line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}
