//! TLS below what a library makes: hand-made hellos, the answers to them, and certificates.

pub mod certificate;
pub mod checks;
pub mod findings;
pub mod flight;
pub mod hello;
pub mod ncsc;
pub mod renegotiation;
pub mod scan;
pub mod sct;
pub mod server_hello;
pub mod staple;
pub mod suites;
pub mod verdicts;
pub mod wire;
