//! The Dutch sentences, one domain concept per file. Each is glue of a few lines: facts from probes, judged by checks.

mod api;
mod assertions;
mod attacks;
mod authentication;
mod authorisation;
mod basis;
mod bgz;
mod capability;
mod client_certificate;
mod consent;
mod content;
mod errors;
mod forgeries;
mod formats;
mod identification;
mod kept;
mod keysets;
mod leakage;
mod log;
mod log_access;
mod log_hook;
mod messages;
mod openapi;
mod paging;
mod presenting;
mod proofs;
mod rest;
mod rest_writing;
mod revocation;
mod tls;
mod tls_scan;
mod tokens;
mod transport;

pub use kept::Kept;
pub use tls::Wires;
