//! The built binary as the other party of a product that a person operates, and of products that do odd things there.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

mod doctor;
mod odd;
mod person;
mod support;
