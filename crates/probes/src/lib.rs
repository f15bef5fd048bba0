//! Probes (facts out, no opinion) and pure checks (facts to expected and observed).

pub mod fhir;
pub mod http;
pub mod jose;
pub mod log;
pub mod oauth;
pub mod tls;
pub mod transport;
