//! The Dutch sentences, one domain concept per file. Each is glue of a few lines: facts from probes, judged by checks.

mod basis;
mod tls;

pub use tls::Wires;
