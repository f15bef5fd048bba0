//! OpenAPI documents: read with the line of every part, judged by the Dutch API Design Rules, and turned into questions
//! for a live API. Nothing here opens a file or a connection.

pub mod document;
mod json;
pub mod live;
pub mod operations;
pub mod rules;
pub mod schema;
pub mod source;
mod words;
mod yaml;

pub use document::{Document, Node, Place, gather};
pub use rules::{Finding, RULES, Rule, judge};
pub use source::Fault;
