//! Verified bundles to the national picture: a static site, open data and a yearly report.
//!
//! [`model::Picture`] is all that is published; what the policy does not allow to be told is not in it.

pub mod model;
pub mod output;
pub mod site;
pub mod yearly;

pub use model::Picture;
pub use output::Output;
