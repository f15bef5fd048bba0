//! The built binary against products that misbehave, are gone, or are declared wrongly: it always ends, within its
//! bounds, with the right exit code, and never blames a product for what it could not see.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

mod canary;
#[path = "../common/mod.rs"]
mod common;
mod declarations;
mod documents;
mod endpoints;
mod gone;
mod support;
