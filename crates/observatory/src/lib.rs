//! Verified bundles to the national picture: a static site, open data and a yearly report.
//!
//! [`model::Picture`] is all that is published; what the policy does not allow to be told is not in it.

pub mod build;
pub mod compose;
pub mod field;
pub mod gather;
pub mod generate;
pub mod index;
pub mod model;
pub mod opendata;
pub mod output;
pub mod policy;
pub mod publish;
pub mod read;
pub mod record;
pub mod site;
pub mod suppress;
pub mod yearly;

pub use model::Picture;
pub use output::Output;
