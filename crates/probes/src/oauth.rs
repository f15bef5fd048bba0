//! Token requests and DPoP proofs as data, so that a negative case changes one member and nothing else
//! (RFC 6749, 7523, 9396, 9449).

use base64::{Engine, prelude::BASE64_STANDARD};
use keur_evidence::http::{Answer, Request};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use url::Url;

use crate::jose::{Jwt, Signer, SigningKey, hash};

/// `client_assertion_type` of RFC 7523.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// A client assertion lives this long, in seconds.
const ASSERTION_LIFE: i64 = 60;

/// NamingSystem of the URA.
pub const URA_SYSTEM: &str = "http://fhir.nl/fhir/NamingSystem/ura";
/// Purpose of use: treatment.
pub const TREAT: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason|TREAT";
/// Organisation type of a hospital in the Dutch standard business classification.
pub const HOSPITAL: &str = "https://www.cbs.nl/standaard-bedrijfsindeling|8610";

/// A DPoP proof before signing.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Header and claims.
    pub jwt: Jwt,
    /// Who signs it.
    pub signer: Signer,
}

impl Proof {
    /// A right proof for one request.
    #[must_use]
    pub fn new(key: &SigningKey, method: &str, url: &Url, now: OffsetDateTime, jti: &str) -> Self {
        let mut target = url.clone();
        target.set_query(None);
        target.set_fragment(None);
        let header = object(json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.public_jwk() }));
        let claims =
            object(json!({ "htm": method, "htu": target.as_str(), "iat": now.unix_timestamp(), "jti": jti }));
        Self { jwt: Jwt { header, claims }, signer: Signer::Key(key.clone()) }
    }

    /// Bound to an access token.
    #[must_use]
    pub fn for_token(mut self, token: &str) -> Self {
        self.jwt.claims.insert("ath".to_owned(), Value::String(hash(token)));
        self
    }

    /// With a nonce of the server, when it handed one out.
    #[must_use]
    pub fn with_nonce(mut self, nonce: Option<&str>) -> Self {
        if let Some(nonce) = nonce {
            self.jwt.claims.insert("nonce".to_owned(), nonce.into());
        }
        self
    }

    /// The value of the `DPoP` header.
    #[must_use]
    pub fn sign(&self) -> String {
        self.jwt.sign(&self.signer)
    }
}

/// A `client_credentials` token request before it is sent.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// Token endpoint.
    pub endpoint: Url,
    /// TLS identity.
    pub identity: String,
    /// The client assertion; `None` leaves it out.
    pub assertion: Option<Jwt>,
    /// What the request says the assertion is.
    pub assertion_type: String,
    /// Who signs the assertion.
    pub signer: Signer,
    /// Scope; `None` leaves it out.
    pub scope: Option<String>,
    /// RFC 9396 details; `None` leaves them out.
    pub details: Option<Value>,
    /// DPoP proof; `None` leaves it out.
    pub proof: Option<Proof>,
    /// More form fields.
    pub extra: Vec<(String, String)>,
    /// More headers.
    pub headers: Vec<(String, String)>,
}

/// The asking client.
#[derive(Debug, Clone)]
pub struct ClientFacts<'a> {
    /// OAuth client id.
    pub client_id: &'a str,
    /// URA of the asking organisation.
    pub ura: &'a str,
    /// TLS identity.
    pub identity: &'a str,
    /// Signs assertions.
    pub key: &'a SigningKey,
    /// Signs proofs; `None` when tokens are not bound by DPoP.
    pub dpop: Option<&'a SigningKey>,
}

/// The source that is asked.
#[derive(Debug, Clone)]
pub struct SourceFacts<'a> {
    /// Token endpoint.
    pub endpoint: &'a Url,
    /// Audience of the assertion.
    pub audience: &'a str,
    /// Scope to ask for.
    pub scope: &'a str,
    /// URA of the source, when known.
    pub organization: Option<&'a str>,
    /// FHIR base.
    pub fhir_base: &'a str,
}

impl TokenRequest {
    /// A right request. `ids` are two fresh unique ids, for the assertion and the proof.
    #[must_use]
    pub fn new(
        client: &ClientFacts<'_>,
        source: &SourceFacts<'_>,
        now: OffsetDateTime,
        ids: [&str; 2],
    ) -> Self {
        let issued = now.unix_timestamp();
        let header = object(json!({
            "alg": client.key.algorithm().name(), "typ": "JWT", "kid": client.key.thumbprint(),
        }));
        let claims = object(json!({
            "iss": client.client_id, "sub": client.client_id, "aud": source.audience,
            "iat": issued, "exp": issued + ASSERTION_LIFE, "jti": ids[0],
        }));
        let mut details = json!({
            "type": "nl-gis-v1",
            "subject_organization_id": format!("{URA_SYSTEM}|{}", client.ura),
            "subject_organisation_type": HOSPITAL,
            "purpose_of_use": TREAT,
            "locations": [source.fhir_base],
        });
        if let Some(ura) = source.organization {
            details["locations_organization_id"] = json!(format!("{URA_SYSTEM}|{ura}"));
        }
        Self {
            endpoint: source.endpoint.clone(),
            identity: client.identity.to_owned(),
            assertion: Some(Jwt { header, claims }),
            assertion_type: ASSERTION_TYPE.to_owned(),
            signer: Signer::Key(client.key.clone()),
            scope: Some(source.scope.to_owned()),
            details: Some(json!([details])),
            proof: client.dpop.map(|key| Proof::new(key, "POST", source.endpoint, now, ids[1])),
            extra: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// The same request with a nonce the server demands, and with fresh ids where it had ids; `None` when it has no
    /// proof to carry the nonce.
    #[must_use]
    pub fn renewed(&self, nonce: &str, ids: [&str; 2]) -> Option<Self> {
        let mut again = self.clone();
        again.proof = Some(again.proof?.with_nonce(Some(nonce)));
        let proof = again.proof.as_mut().map(|proof| &mut proof.jwt.claims);
        let assertion = again.assertion.as_mut().map(|jwt| &mut jwt.claims);
        for (claims, id) in assertion.into_iter().chain(proof).zip(ids) {
            if let Some(jti) = claims.get_mut("jti") {
                *jti = id.into();
            }
        }
        Some(again)
    }

    fn authenticate(&self, form: &mut url::form_urlencoded::Serializer<'_, String>) {
        if let Some(assertion) = &self.assertion {
            form.append_pair("client_assertion_type", &self.assertion_type);
            form.append_pair("client_assertion", &assertion.sign(&self.signer));
        }
    }

    /// A question of the same client about a token, at another endpoint (RFC 7009, 7662).
    #[must_use]
    pub fn about(&self, purpose: &str, endpoint: Url, token: &str) -> Request {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", token);
        self.authenticate(&mut form);
        Request::new(purpose, "POST", endpoint, &self.identity)
            .header("Accept", "application/json")
            .content("application/x-www-form-urlencoded", form.finish())
    }

    /// The HTTP request.
    #[must_use]
    pub fn request(&self, purpose: &str) -> Request {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        self.authenticate(&mut form);
        if let Some(scope) = &self.scope {
            form.append_pair("scope", scope);
        }
        if let Some(details) = &self.details {
            form.append_pair("authorization_details", &details.to_string());
        }
        for (name, value) in &self.extra {
            form.append_pair(name, value);
        }
        let mut request = Request::new(purpose, "POST", self.endpoint.clone(), &self.identity)
            .header("Accept", "application/json")
            .content("application/x-www-form-urlencoded", form.finish());
        if let Some(proof) = &self.proof {
            request = request.header("DPoP", &proof.sign());
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request
    }
}

/// An issued token.
#[derive(Debug, Clone)]
pub struct Token {
    /// The token.
    pub value: String,
    /// `DPoP` or `Bearer`.
    pub scheme: String,
    /// Lifetime in seconds, when stated.
    pub expires_in: Option<i64>,
    /// Granted scope, when stated.
    pub scope: Option<String>,
    /// Its parts, when it is a JWT.
    pub jwt: Option<Jwt>,
    /// The exchange that issued it.
    pub exchange: String,
}

impl Token {
    /// The token in an answer of the token endpoint; `None` when it holds none.
    #[must_use]
    pub fn from_answer(answer: &Answer) -> Option<Self> {
        let response = answer.response().filter(|response| response.status == 200)?;
        let json = response.json()?;
        let value = json.get("access_token")?.as_str()?.to_owned();
        let text = |name: &str| json.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            jwt: Jwt::parse(&value),
            scheme: text("token_type").unwrap_or_else(|| "Bearer".to_owned()),
            expires_in: json.get("expires_in").and_then(Value::as_i64),
            scope: text("scope"),
            exchange: answer.id.clone(),
            value,
        })
    }
}

/// The value of an `Authorization` header with a client's password (RFC 7617).
#[must_use]
pub fn basic(client: &str, secret: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{client}:{secret}")))
}

/// The `error` member of a token endpoint's refusal.
#[must_use]
pub fn error_code(answer: &Answer) -> Option<String> {
    answer.response()?.json()?.get("error")?.as_str().map(str::to_owned)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
