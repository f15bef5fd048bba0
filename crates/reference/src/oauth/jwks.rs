//! The key sets that clients publish, fetched over http with bounds on time and size.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::defects::Defects;
use crate::oauth::keys::PublicKey;
use crate::options::StartError;

const TIMEOUT: Duration = Duration::from_secs(3);
const MAX_BODY: usize = 64 * 1024;
const MAX_KEYS: usize = 32;

/// Why a client's keys are not available; fit for an error description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JwksError {
    #[error("the client's key set cannot be fetched")]
    Fetch,
    #[error("the client's key set is too large")]
    Size,
    #[error("the client's key set is not a JWK Set")]
    Content,
}

/// Public keys by key id.
type Keys = BTreeMap<String, PublicKey>;

/// Fetches key sets; the set as published now is what counts.
#[derive(Debug)]
pub(crate) struct JwksClient {
    http: reqwest::Client,
    /// Keys that a product with the `stale-keys` defect goes on trusting, by address.
    stale: Option<Mutex<BTreeMap<String, Keys>>>,
    /// How often a set is fetched once more for a key that is not in it.
    again: usize,
}

impl JwksClient {
    pub(crate) fn new(defects: &Defects) -> Result<Self, StartError> {
        let tls = rustls::ClientConfig::builder_with_provider(crate::tls::provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| StartError::Tls(error.to_string()))?
            .with_root_certificates(Arc::new(rustls::RootCertStore::empty()))
            .with_no_client_auth();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| StartError::Tls(error.to_string()))?;
        let again = if defects.has("jwks-fetched-again") { 3 } else { 0 };
        Ok(Self { http, stale: defects.has("stale-keys").then(Mutex::default), again })
    }

    /// The key a client publishes under this id.
    pub(crate) async fn key(&self, address: &str, kid: &str) -> Result<Option<PublicKey>, JwksError> {
        let known = |stale: &Mutex<BTreeMap<String, Keys>>| {
            let stale = stale.lock().unwrap_or_else(PoisonError::into_inner);
            stale.get(address).and_then(|keys| keys.get(kid)).cloned()
        };
        if let Some(key) = self.stale.as_ref().and_then(known) {
            return Ok(Some(key));
        }
        let mut keys = self.fetch(address).await?;
        for _ in 0..self.again {
            if keys.contains_key(kid) {
                break;
            }
            keys = self.fetch(address).await?;
        }
        let key = keys.get(kid).cloned();
        if let Some(stale) = &self.stale {
            let mut stale = stale.lock().unwrap_or_else(PoisonError::into_inner);
            stale.entry(address.to_owned()).or_default().extend(keys);
        }
        Ok(key)
    }

    async fn fetch(&self, address: &str) -> Result<Keys, JwksError> {
        parse(&self.body(address).await?)
    }

    /// What is published at an address, as text.
    pub(crate) async fn text(&self, address: &str) -> Option<String> {
        String::from_utf8(self.body(address).await.ok()?).ok()
    }

    async fn body(&self, address: &str) -> Result<Vec<u8>, JwksError> {
        let mut response = self.http.get(address).send().await.map_err(|_| JwksError::Fetch)?;
        if !response.status().is_success() {
            return Err(JwksError::Fetch);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| JwksError::Fetch)? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(JwksError::Size);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

fn parse(body: &[u8]) -> Result<Keys, JwksError> {
    let set: Value = serde_json::from_slice(body).map_err(|_| JwksError::Content)?;
    let keys = set["keys"].as_array().ok_or(JwksError::Content)?;
    let usable = |jwk: &Value| {
        let signs = jwk.get("use").is_none_or(|usage| usage == "sig");
        let kid = jwk["kid"].as_str().filter(|_| signs)?;
        PublicKey::from_jwk(jwk).ok().map(|key| (kid.to_owned(), key))
    };
    Ok(keys.iter().take(MAX_KEYS).filter_map(usable).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::oauth::keys::tests::key;

    #[test]
    fn keys_that_cannot_be_used_are_left_out() {
        let (good, secret) = (key(), key());
        let set = json!({ "keys": [good.jwk(false), secret.jwk(true), { "kty": "RSA", "kid": "r" }] });
        let keys = parse(set.to_string().as_bytes()).expect("a set");
        assert_eq!(keys.into_keys().collect::<Vec<_>>(), [good.kid()]);
        assert_eq!(parse(b"[]"), Err(JwksError::Content));
        assert_eq!(parse(b"no"), Err(JwksError::Content));
    }
}
