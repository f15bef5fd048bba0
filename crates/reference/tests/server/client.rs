//! A client of the sample product: its own JWKS server, assertions, proofs and requests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keur_reference::{Options, Running, start};
use reqwest::{Method, Response};
use ring::rand::SystemRandom;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::key::Key;
use crate::net::{http, publish};

pub const URA: &str = "http://fhir.nl/fhir/NamingSystem/ura";
/// Variants that ask more of a client than the one here can: nonces in proofs, ES384. The kill table of the harness
/// looks at those.
pub const BEYOND: [&str; 2] = ["fapi2", "smart-backend"];
pub const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

pub fn unique() -> String {
    let mut bytes = [0; 16];
    ring::rand::SecureRandom::fill(&SystemRandom::new(), &mut bytes).expect("random");
    b64(bytes)
}

/// A party of the harness.
pub struct Party {
    pub client_id: String,
    pub ura: String,
    pub signing: Key,
    pub proof: Key,
    pub http: reqwest::Client,
}

/// A running product and the parties that talk to it.
pub struct World {
    pub running: Running,
    pub product: toml::Table,
    pub a: Party,
    pub b: Party,
    pub person: bool,
    /// Tokens come without proof.
    pub bearer: bool,
    published: Arc<Mutex<BTreeMap<String, String>>>,
}

/// The variants the client here can ask.
pub fn variants() -> impl Iterator<Item = &'static str> {
    keur_reference::VARIANTS.into_iter().filter(|variant| !BEYOND.contains(variant))
}

/// The fields of a token request.
pub type Fields = BTreeMap<String, String>;

/// What may be changed in a token request before it goes out.
#[derive(Default)]
pub struct Change<'a> {
    pub header: Option<&'a dyn Fn(&mut Value)>,
    pub claims: Option<&'a dyn Fn(&mut Value)>,
    pub detail: Option<&'a dyn Fn(&mut Value)>,
    pub form: Option<&'a dyn Fn(&mut Fields)>,
    pub proof: Option<&'a dyn Fn(&mut Value)>,
}

impl World {
    pub async fn start(defect: Option<&str>, variant: &str) -> Self {
        let defects = keur_reference::defects::Defects::new(defect.map(str::to_owned)).expect("known");
        let options = Options { defects, variant: variant.to_owned(), ..Options::default() };
        let running = start(options).await.expect("starts");
        let product: toml::Table = running.product_toml().parse().expect("valid TOML");
        let a = party(&running, &product, "party_a");
        let b = party(&running, &product, "party_b");
        let published = Arc::new(Mutex::default());
        let listen = text(&product, "identity.jwks_listen").parse().expect("an address");
        publish(listen, Arc::clone(&published)).await;
        let bearer = text(&product, "oauth.sender_constraint") != "dpop";
        let world = Self { running, product, a, b, person: variant == "nen7512-persoon", bearer, published };
        world.publish_keys("keur-a", &[&world.a.signing]);
        world.publish_keys("keur-b", &[&world.b.signing]);
        world
    }

    pub fn publish_keys(&self, client_id: &str, keys: &[&Key]) {
        let keys: Vec<Value> = keys
            .iter()
            .map(|key| {
                let mut jwk = key.jwk();
                jwk["kid"] = json!(key.kid());
                jwk
            })
            .collect();
        let path = format!("/{client_id}/jwks.json");
        let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        published.insert(path, json!({ "keys": keys }).to_string());
    }

    pub fn text(&self, path: &str) -> String {
        text(&self.product, path)
    }

    pub fn file(&self, name: &str) -> &[u8] {
        &self.running.files()[name]
    }

    pub fn base(&self) -> String {
        self.text("endpoints.fhir_base")
    }

    pub fn bsn(&self, purpose: &str) -> String {
        self.text(&format!("patients.{purpose}.bsn"))
    }

    pub fn assertion(&self, party: &Party, change: &Change<'_>) -> String {
        let mut header = json!({ "alg": "ES256", "typ": "JWT", "kid": party.signing.kid() });
        let mut claims = json!({ "iss": party.client_id, "sub": party.client_id,
            "aud": self.text("oauth.audience"), "iat": now(), "exp": now() + 60, "jti": unique() });
        if self.person {
            claims["dezi"] = json!(attestation(party, "http://eidas.europa.eu/LoA/high"));
        }
        apply(change.header, &mut header);
        apply(change.claims, &mut claims);
        party.signing.sign(&header, &claims)
    }

    pub fn form(&self, party: &Party, change: &Change<'_>) -> Fields {
        let mut detail = json!({
            "type": "nl-gis-v1",
            "subject_organization_id": format!("{URA}|{}", party.ura),
            "purpose_of_use": "http://terminology.hl7.org/CodeSystem/v3-ActReason|TREAT",
            "locations_organization_id": format!("{URA}|{}", self.text("oauth.organization")),
            "locations": [self.base()],
            "subject_organisation_type": "https://www.cbs.nl/standaard-bedrijfsindeling|8610",
        });
        apply(change.detail, &mut detail);
        let jwt_bearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let mut form: Fields = [
            ("grant_type", "client_credentials".to_owned()),
            ("client_assertion_type", jwt_bearer.to_owned()),
            ("client_assertion", self.assertion(party, change)),
            ("scope", "system/*.rs".to_owned()),
            ("authorization_details", json!([detail]).to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        if let Some(change) = change.form {
            change(&mut form);
        }
        form
    }

    pub async fn ask_token(&self, party: &Party, change: Change<'_>) -> (u16, Value) {
        let form = self.form(party, &change);
        self.post_form(&party.http, party, &form, change.proof).await.expect("an answer")
    }

    pub async fn post_form(
        &self,
        http: &reqwest::Client,
        party: &Party,
        form: &Fields,
        change: Option<&dyn Fn(&mut Value)>,
    ) -> Result<(u16, Value), reqwest::Error> {
        let endpoint = self.text("endpoints.token_endpoint");
        let mut proof = json!({ "htm": "POST", "htu": endpoint, "iat": now(), "jti": unique() });
        apply(change, &mut proof);
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let response = http
            .post(&endpoint)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("dpop", party.proof.proof(&proof))
            .body(body)
            .send()
            .await?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await?;
        Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
    }

    pub async fn token(&self, party: &Party) -> String {
        let (status, answer) = self.ask_token(party, Change::default()).await;
        assert_eq!(status, 200, "{answer}");
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    /// A request with a token and a fresh, right proof.
    pub fn request(
        &self,
        party: &Party,
        method: Method,
        address: &str,
        token: &str,
    ) -> reqwest::RequestBuilder {
        let proof = self.proof_claims(method.as_str(), address, token);
        self.request_with(party, method, address, token, &party.proof.proof(&proof))
    }

    pub fn request_with(
        &self,
        party: &Party,
        method: Method,
        address: &str,
        token: &str,
        proof: &str,
    ) -> reqwest::RequestBuilder {
        party
            .http
            .request(method, address)
            .header("authorization", format!("{} {token}", if self.bearer { "Bearer" } else { "DPoP" }))
            .header("dpop", proof)
    }

    pub fn proof_claims(&self, method: &str, address: &str, token: &str) -> Value {
        let htu = address.split('?').next().unwrap_or_default();
        json!({ "htm": method, "htu": htu, "iat": now(), "jti": unique(), "ath": b64(Sha256::digest(token)) })
    }

    pub async fn get(&self, party: &Party, token: &str, address: &str) -> (u16, Value) {
        body(self.request(party, Method::GET, address, token).send().await.expect("an answer")).await
    }

    /// A search for the conditions of a patient.
    pub fn conditions(&self, bsn: &str) -> String {
        format!("{}/Condition?patient.identifier={BSN}|{bsn}", self.base())
    }

    pub fn patient(&self, bsn: &str) -> String {
        format!("{}/Patient?identifier={BSN}|{bsn}", self.base())
    }
}

pub async fn body(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let bytes = response.bytes().await.expect("a body");
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

pub fn entries(bundle: &Value) -> usize {
    bundle["entry"].as_array().map_or(0, Vec::len)
}

pub fn attestation(party: &Party, level: &str) -> String {
    party.signing.sign(
        &json!({ "alg": "ES256" }),
        &json!({ "dezi_nummer": "900000123", "abonnee_nummer": party.ura, "rol_code": "01.015", "loa_dezi": level }),
    )
}

fn apply(change: Option<&dyn Fn(&mut Value)>, value: &mut Value) {
    if let Some(change) = change {
        change(value);
    }
}

fn text(product: &toml::Table, path: &str) -> String {
    let mut value = &toml::Value::Table(product.clone());
    for key in path.split('.') {
        value = value.get(key).unwrap_or_else(|| panic!("{path} is missing"));
    }
    value.as_str().expect("text").to_owned()
}

fn party(running: &Running, product: &toml::Table, table: &str) -> Party {
    let file = |key: &str| {
        let name = text(product, &format!("identity.{table}.{key}.file"));
        running.files()[&name].clone()
    };
    Party {
        client_id: text(product, &format!("identity.{table}.client_id")),
        ura: text(product, &format!("identity.{table}.ura")),
        signing: Key::from_pem(&file("signing_key")),
        proof: Key::new(),
        http: http(running, Some((&file("certificate"), &file("key")))),
    }
}
