//! The product as a client: on request it asks another party something and tells what it would show its user.

mod addressing;
mod bgz;
pub(crate) mod consents;
mod localisation;
pub(crate) mod mitz;
mod receipt;
mod searches;
mod tls;
mod transfer;

pub(crate) use addressing::Replicas;
pub(crate) use localisation::Registrations;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::defects::Defects;
use crate::oauth::keys::SigningKey;
use crate::options::StartError;
use crate::pki::Pki;
use crate::random;
use crate::state::Product;

/// As which client the product asks for tokens.
pub(crate) const CLIENT_ID: &str = "referentie-epd";

/// A request takes no longer.
const PATIENCE: Duration = Duration::from_secs(3);
/// The largest answer that is taken.
const MAX_BODY: usize = 8 << 20;
/// How long an assertion counts, in seconds.
const ASSERTION_S: i64 = 60;

/// What the product is as a client.
#[derive(Debug)]
pub(crate) struct Own {
    identity: tls::Identity,
    pub(crate) signing: SigningKey,
}

impl Own {
    pub(crate) fn new(pki: &Pki) -> Result<Self, StartError> {
        Ok(Self { identity: tls::Identity::new(pki), signing: SigningKey::generate()? })
    }
}

/// Does what is asked; `None` when the action is not known.
pub(crate) async fn act(product: &Arc<Product>, asked: &Value) -> Option<Value> {
    let client = match Client::new(product) {
        Ok(client) => client,
        Err(error) => return Some(json!({ "error": error.to_string() })),
    };
    Some(match asked["action"].as_str()? {
        "ping" => client.ping(asked).await,
        "addressing-find" => addressing::find(&client, asked).await,
        "addressing-sync" => addressing::sync(&client, asked).await,
        "addressing-update" => addressing::update(&client, asked).await,
        "bgz" => bgz::act(&client, asked).await,
        "localisation-find" => localisation::find(&client, asked).await,
        "localisation-register" => localisation::register(&client, asked).await,
        "localisation-withdraw" => localisation::withdraw(&client, asked).await,
        "receive" => receipt::act(&client, asked).await,
        "send" => transfer::act(&client, asked).await,
        _ => return None,
    })
}

/// One action of the product as a client.
pub(crate) struct Client {
    pub(crate) product: Arc<Product>,
    pub(crate) defects: Defects,
    http: reqwest::Client,
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl Client {
    fn new(product: &Arc<Product>) -> Result<Self, StartError> {
        let defects = product.defects.clone();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(product.caller.identity.config(&defects)?)
            .no_proxy()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|error| StartError::Tls(error.to_string()))?;
        Ok(Self { product: Arc::clone(product), defects, http })
    }

    /// A request with the ids by which both sides find it again in their logs.
    pub(crate) fn request(&self, method: http::Method, url: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, url);
        if self.defects.has("client-without-request-id") {
            return request;
        }
        let trace = random::uuid().replace('-', "");
        request
            .header("X-Request-Id", random::uuid())
            .header("traceparent", format!("00-{trace}-{}-01", &trace[..16]))
    }

    /// Sends a request and reads the answer whole; the text says why there is none.
    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer, String> {
        let mut response = request.send().await.map_err(|error| error.to_string())?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| error.to_string())? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err("the answer is too large".to_owned());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }

    /// A token of the other party, by a signed assertion (RFC 7523).
    pub(crate) async fn token(&self, endpoint: &str, scope: &str) -> Result<String, String> {
        let now = OffsetDateTime::now_utc().unix_timestamp();
        let life = if self.defects.has("client-assertion-long-lived") { 86_400 } else { ASSERTION_S };
        let signing = &self.product.caller.signing;
        let header = json!({ "typ": "JWT", "alg": "ES256", "kid": signing.kid() });
        let claims = json!({
            "iss": CLIENT_ID, "sub": CLIENT_ID, "aud": endpoint, "jti": random::uuid(),
            "iat": now, "exp": now + life,
        });
        let assertion = signing.sign(&header, &claims).map_err(|error| error.to_string())?;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("scope", scope)
            .append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            .append_pair("client_assertion", &assertion)
            .finish();
        let request = self
            .request(http::Method::POST, endpoint)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let answer = self.send(request).await?;
        let token = answer.json().and_then(|body| body["access_token"].as_str().map(str::to_owned));
        token.ok_or_else(|| format!("no token: status {}", answer.status))
    }

    /// Shows that the product can reach the other party.
    async fn ping(&self, asked: &Value) -> Value {
        let url = asked["url"].as_str().unwrap_or(&self.product.desk);
        match self.send(self.request(http::Method::GET, url)).await {
            Ok(answer) => json!({ "status": answer.status, "error": null }),
            Err(error) => json!({ "error": error }),
        }
    }
}
