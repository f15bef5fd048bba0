//! What a live API is asked, and how its answers are laid beside the document.

mod conform;
mod mutants;
mod planted;
mod questions;
mod sample;
mod secured;
mod strict;

pub use conform::{Aspect, Conformance, Deviation, dates};
pub use planted::{addresses, marked, moment, page_sizes, server_owned};
pub use questions::{
    Item, Known, Question, asking, invalid, item_path, items, json_body, missing, reading, undocumented,
};
pub use sample::sample;
pub use secured::{is_managing, is_secured, needs_more};
pub use strict::surplus;
