//! The dossier of a run: one deterministic, signed file that anybody can verify offline.
//!
//! [`bundle::pack`] makes the file from a run's folder; [`bundle::Bundle`] reads it,
//! [`verify::verify`] proves it, and [`ledger::Ledger`] keeps count of the attempts.

pub mod archive;
pub mod bundle;
pub mod dates;
mod digest;
pub mod dsse;
pub mod keys;
pub mod ledger;
pub mod manifest;
pub mod overlay;
pub mod policy;
pub mod review;
pub mod statement;
pub mod verify;

pub use bundle::{Bundle, pack};
pub use dsse::Envelope;
pub use keys::{PublicKey, Role, SigningKey};
pub use ledger::Ledger;
pub use manifest::Manifest;
pub use policy::Policy;
pub use statement::Statement;
pub use verify::{Verification, verify};
