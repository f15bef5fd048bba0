//! The dossier of a run: one deterministic, signed file that anybody can verify offline.
//!
//! [`bundle::pack`] makes the file from a run's folder; [`bundle::Bundle`] reads it.

pub mod archive;
pub mod bundle;
pub mod dates;
mod digest;
pub mod dsse;
pub mod keys;
pub mod manifest;
pub mod statement;

pub use bundle::{Bundle, pack};
pub use dsse::Envelope;
pub use keys::{PublicKey, Role, SigningKey};
pub use manifest::Manifest;
pub use statement::Statement;
