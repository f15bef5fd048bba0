//! TLS below what a library makes: hand-made hellos, the answers to them, and certificates.

pub mod certificate;
pub mod checks;
pub mod hello;
pub mod server_hello;
pub mod suites;
