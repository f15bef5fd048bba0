//! Probes (facts out, no opinion) and pure checks (facts to expected and observed).

pub mod disclosure;
pub mod fhir;
pub mod http;
pub mod jose;
pub mod jwks;
pub mod leakage;
pub mod log;
pub mod oauth;
pub mod scopes;
pub mod tls;
pub mod tokens;
pub mod transport;
pub mod uniform;

#[cfg(test)]
mod test_support;
