//! TLS below what a library makes: hand-made hellos, the answers to them, and certificates.

pub mod certificate;
pub mod checks;
pub mod flight;
pub mod hello;
pub mod ncsc;
pub mod server_hello;
pub mod suites;
pub mod wire;
