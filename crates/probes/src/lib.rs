//! Probes (facts out, no opinion) and pure checks (facts to expected and observed).

pub mod cors;
pub mod credentials;
pub mod disclosure;
pub mod encoding;
pub mod exposure;
pub mod fhir;
pub mod functions;
pub mod headers;
pub mod http;
pub mod jose;
pub mod json_strict;
pub mod jwks;
pub mod jws;
pub mod leakage;
pub mod log;
pub mod metadata;
pub mod methods;
pub mod moments;
pub mod nonces;
pub mod oauth;
pub mod options;
pub mod owasp;
pub mod pki;
pub mod rest;
pub mod retrieval;
pub mod scopes;
#[cfg(test)]
mod test_support;
pub mod tls;
pub mod token_errors;
pub mod tokens;
pub mod transfer;
pub mod transport;
pub mod uniform;
