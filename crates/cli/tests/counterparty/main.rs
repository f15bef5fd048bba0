//! The built binary as the other party of a product that a person operates, and of products that do odd things there.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

#[path = "../common/mod.rs"]
mod common;
mod doctor;
mod odd;
mod person;
mod support;
