//! The Dutch sentences, one domain concept per file. Each is glue of a few lines: facts from probes, judged by checks.

mod basis;
mod bgz;
mod client_certificate;
mod consent;
mod content;
mod kept;
mod log;
mod paging;
mod tls;
mod transport;

pub use kept::Kept;
pub use tls::Wires;
