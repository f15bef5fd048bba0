//! Two runs of the harness face each other: one plays the source for the other, which asks as a client; or one receives
//! what the other sends. There is no product between them that knows the exchange; what joins them is a hook. And the log
//! of a product beside a run.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

#[path = "../common/mod.rs"]
mod common;
mod declared;
mod extract;
mod glue;
mod pull;
mod push;
