//! The dossier: archive, keys, statements, bundles, and what happens when somebody changes them.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

mod arbitrary;
mod archive;
mod bundle;
mod ledger;
mod mixed;
mod policy;
mod review;
mod statement;
mod support;
mod verify;
