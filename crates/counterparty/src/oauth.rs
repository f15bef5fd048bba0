//! Our token endpoint: who the client is by its signed assertion, and which tokens are ours.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ring::{digest, signature};
use serde_json::{Value, json};

use crate::{
    call::Call,
    reply::{Reply, Script},
};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How long a token lives, in seconds.
pub const LIFE_S: u64 = 300;

/// Issues opaque tokens and recognises them. Notes `client`: `right`, or what is wrong with the assertion.
pub struct Tokens {
    client: String,
    keys: Value,
    secret: String,
    issued: Mutex<BTreeMap<String, Issued>>,
}

/// What a token was issued to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Issued {
    scope: String,
    certificate: Option<Vec<u8>>,
    proof_key: Option<Value>,
}

impl Tokens {
    /// For the client with this id and these public keys (a JWK Set); `secret` makes the tokens unguessable.
    #[must_use]
    pub fn new(client: &str, keys: Value, secret: &str) -> Self {
        Self { client: client.to_owned(), keys, secret: secret.to_owned(), issued: Mutex::default() }
    }

    /// What is to be said of the token a request shows: `right`, `missing`, `unknown`, or `stolen` when whoever shows
    /// it is not who it was issued to.
    #[must_use]
    pub fn recognise(&self, call: &Call) -> &'static str {
        let Some(token) = call.bearer() else { return "missing" };
        let issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(issued) = issued.get(token) else { return "unknown" };
        let leaf = call.peer.as_ref().map(|peer| &peer.leaf);
        let same_key = issued.proof_key.is_none() || issued.proof_key == proof_key(call);
        if issued.certificate.as_ref() == leaf && same_key { "right" } else { "stolen" }
    }

    /// The scope a right token was issued for.
    #[must_use]
    pub fn scope(&self, call: &Call) -> Option<String> {
        let issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        Some(issued.get(call.bearer()?)?.scope.clone())
    }

    /// What is to be said of the assertion in a token request: `right` or what is wrong.
    fn client(&self, call: &Call, form: &BTreeMap<String, String>) -> &'static str {
        let Some(assertion) = form.get("client_assertion") else { return "missing" };
        if form.get("client_assertion_type").map(String::as_str) != Some(ASSERTION) {
            return "assertion_type";
        }
        let Some((header, claims)) = parts(assertion) else { return "unreadable" };
        let key = self.keys["keys"].as_array().into_iter().flatten().find(|key| key["kid"] == header["kid"]);
        let Some(key) = key.filter(|_| header["kid"].is_string()) else { return "unknown_key" };
        if !verified(assertion, &header, key) {
            return "signature";
        }
        if claims["iss"] != self.client.as_str() || claims["sub"] != self.client.as_str() {
            return "other_client";
        }
        let ours = format!("{}{}", call.base, call.path);
        let for_us = match &claims["aud"] {
            Value::Array(all) => all.iter().any(|one| *one == ours.as_str()),
            one => *one == ours.as_str(),
        };
        if for_us { "right" } else { "audience" }
    }
}

impl Script for Tokens {
    fn answer(&self, call: &Call) -> Reply {
        if call.method != "POST" {
            return Reply::empty(405).header("allow", "POST");
        }
        let form: BTreeMap<String, String> = call.form().into_iter().collect();
        let client = self.client(call, &form);
        let error = match (client, form.get("grant_type").map(String::as_str)) {
            ("right", Some("client_credentials")) => None,
            ("right", _) => Some((400, "unsupported_grant_type")),
            _ => Some((401, "invalid_client")),
        };
        if let Some((status, error)) = error {
            let body = json!({ "error": error });
            return Reply::json(status, "application/json", &body).note("client", client.into());
        }
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let token = format!("{}-{}", self.secret, issued.len());
        let token = BASE64.encode(digest::digest(&digest::SHA256, token.as_bytes()));
        let scope = form.get("scope").cloned().unwrap_or_default();
        let proof_key = proof_key(call);
        let kind = if proof_key.is_some() { "DPoP" } else { "Bearer" };
        let certificate = call.peer.as_ref().map(|peer| peer.leaf.clone());
        issued.insert(token.clone(), Issued { scope: scope.clone(), certificate, proof_key });
        let body = json!({ "access_token": token, "token_type": kind, "expires_in": LIFE_S, "scope": scope });
        Reply::json(200, "application/json", &body)
            .header("cache-control", "no-store")
            .note("client", "right".into())
    }
}

/// The key of a proof of possession (RFC 9449) whose signature is right and that is about this request.
fn proof_key(call: &Call) -> Option<Value> {
    let proof = call.header("dpop")?;
    let (header, claims) = parts(proof)?;
    let key = header["jwk"].clone();
    let here = format!("{}{}", call.base, call.path);
    let about = claims["htm"] == call.method.as_str() && claims["htu"] == here.as_str();
    (about && verified(proof, &header, &key)).then_some(key)
}

/// Header and claims of a signed token.
fn parts(token: &str) -> Option<(Value, Value)> {
    let mut parts = token.split('.').map(|part| BASE64.decode(part).ok());
    let mut json = || serde_json::from_slice::<Value>(&parts.next()??).ok();
    Some((json()?, json()?))
}

/// Whether the signature is of this key, by an algorithm that fits it.
fn verified(token: &str, header: &Value, key: &Value) -> bool {
    let Some((signed, mark)) = token.rsplit_once('.') else { return false };
    let Ok(mark) = BASE64.decode(mark) else { return false };
    let member = |name: &str| BASE64.decode(key[name].as_str().unwrap_or_default()).unwrap_or_default();
    let point = || [vec![4], member("x"), member("y")].concat();
    let by_curve = |algorithm: &'static signature::EcdsaVerificationAlgorithm| {
        signature::UnparsedPublicKey::new(algorithm, point()).verify(signed.as_bytes(), &mark).is_ok()
    };
    let by_rsa = |parameters: &'static signature::RsaParameters| {
        let key = signature::RsaPublicKeyComponents { n: member("n"), e: member("e") };
        key.verify(parameters, signed.as_bytes(), &mark).is_ok()
    };
    match header["alg"].as_str() {
        Some("ES256") => by_curve(&signature::ECDSA_P256_SHA256_FIXED),
        Some("ES384") => by_curve(&signature::ECDSA_P384_SHA384_FIXED),
        Some("PS256") => by_rsa(&signature::RSA_PSS_2048_8192_SHA256),
        Some("RS256") => by_rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use ring::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
    };
    use url::form_urlencoded;

    use super::*;

    struct Key(EcdsaKeyPair);

    impl Key {
        fn new() -> Self {
            let random = SystemRandom::new();
            let pkcs8 =
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random);
            Self(pair.expect("a key"))
        }

        fn set(&self) -> Value {
            let point = self.0.public_key().as_ref();
            let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]));
            json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": "k", "x": x, "y": y }] })
        }

        fn sign(&self, claims: &Value) -> String {
            let header = json!({ "alg": "ES256", "kid": "k" });
            let text = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
            let mark = self.0.sign(&SystemRandom::new(), text.as_bytes()).expect("a signature");
            format!("{text}.{}", BASE64.encode(mark))
        }
    }

    fn ask(assertion: &str) -> Call {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("scope", "s")
            .append_pair("client_assertion_type", ASSERTION)
            .append_pair("client_assertion", assertion)
            .finish();
        Call::test("POST", "/oauth/token").sending(form)
    }

    #[test]
    fn a_right_assertion_gives_a_token_that_is_known_again() {
        let key = Key::new();
        let tokens = Tokens::new("epd", key.set(), "geheim");
        let claims = json!({ "iss": "epd", "sub": "epd", "aud": "https://keur.test/plek/oauth/token" });
        let reply = tokens.answer(&ask(&key.sign(&claims)));
        let body: Value = serde_json::from_slice(&reply.body).expect("JSON");
        let shown = format!("Bearer {}", body["access_token"].as_str().expect("a token"));
        let call = Call::test("GET", "/fhir/Patient").with("Authorization", &shown);
        assert_eq!((reply.status, tokens.recognise(&call)), (200, "right"));
        assert_eq!(tokens.scope(&call).as_deref(), Some("s"));
        let stolen = Call { peer: Some(crate::Peer { leaf: vec![1], trusted: true }), ..call };
        assert_eq!(tokens.recognise(&stolen), "stolen");
        assert_eq!(tokens.recognise(&Call::test("GET", "/")), "missing");
    }

    #[test]
    fn each_fault_in_an_assertion_is_named() {
        let (key, other) = (Key::new(), Key::new());
        let tokens = Tokens::new("epd", key.set(), "geheim");
        let said = |call: &Call| {
            let reply = tokens.answer(call);
            (reply.status, reply.notes["client"].as_str().unwrap_or_default().to_owned())
        };
        let claims = json!({ "iss": "epd", "sub": "epd", "aud": "https://keur.test/plek/oauth/token" });
        assert_eq!(said(&ask(&other.sign(&claims))), (401, "signature".to_owned()));
        let elsewhere = json!({ "iss": "epd", "sub": "epd", "aud": "https://elders/oauth/token" });
        assert_eq!(said(&ask(&key.sign(&elsewhere))), (401, "audience".to_owned()));
        assert_eq!(said(&ask("x")), (401, "unreadable".to_owned()));
        assert_eq!(said(&Call::test("POST", "/oauth/token")), (401, "missing".to_owned()));
    }
}
