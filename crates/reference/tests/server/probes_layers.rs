//! The layers behind the connection: token, binding, tenant.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{World, b64, body, now};
use crate::key::Key;
use crate::net::http;

fn hs256(key: &[u8], text: &str) -> Vec<u8> {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key);
    ring::hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

fn target(world: &World) -> String {
    world.conditions(&world.bsn("complete"))
}

pub async fn sec_010(world: &World) -> bool {
    let answer = world.a.http.get(target(world)).send().await.expect("an answer");
    answer.status() == 401
}

pub async fn sec_011(world: &World) -> bool {
    let (token, address) = (world.token(&world.a).await, target(world));
    let proof = world.a.proof.proof(&world.proof_claims("GET", &address, &token));
    let request = http(&world.running, None).get(&address).header("dpop", proof);
    let answer = request.header("authorization", format!("DPoP {token}")).send().await;
    !answer.is_ok_and(|answer| answer.status() == 200)
}

pub async fn sec_012(world: &World) -> bool {
    let token = world.token(&world.a).await;
    world.get(&world.b, &token, &target(world)).await.0 == 401
}

async fn refused_proof(world: &World, token: &str, key: &Key, change: impl FnOnce(&mut Value)) -> bool {
    let address = target(world);
    let mut claims = world.proof_claims("GET", &address, token);
    change(&mut claims);
    let request = world.request_with(&world.a, Method::GET, &address, token, &key.proof(&claims));
    let answer = request.send().await.expect("an answer");
    let challenge = answer.headers().get("www-authenticate").and_then(|value| value.to_str().ok());
    answer.status() == 401 && challenge.is_some_and(|text| text.contains("invalid_dpop_proof"))
}

pub async fn sec_013(world: &World) -> bool {
    let token = world.token(&world.a).await;
    let key = &world.a.proof;
    let other = format!("{}/Patient", world.base());
    let missing = world.a.http.get(target(world)).header("authorization", format!("DPoP {token}")).send();
    missing.await.expect("an answer").status() == 401
        && refused_proof(world, &token, key, |claims| claims["htu"] = json!(other)).await
        && refused_proof(world, &token, key, |claims| claims["htm"] = json!("POST")).await
        && refused_proof(world, &token, key, |claims| claims["iat"] = json!(now() - 120)).await
        && refused_proof(world, &token, key, |claims| claims["ath"] = json!(b64("other"))).await
        && refused_proof(world, &token, &Key::new(), |_| ()).await
        && refused_kind(world, &token).await
}

/// A right proof of another kind of JWT.
async fn refused_kind(world: &World, token: &str) -> bool {
    let (key, address) = (&world.a.proof, target(world));
    let header = json!({ "typ": "JWT", "alg": "ES256", "jwk": key.jwk() });
    let proof = key.sign(&header, &world.proof_claims("GET", &address, token));
    let request = world.request_with(&world.a, Method::GET, &address, token, &proof);
    request.send().await.expect("an answer").status() == 401
}

pub async fn sec_014(world: &World) -> bool {
    let (token, address) = (world.token(&world.a).await, target(world));
    let proof = world.a.proof.proof(&world.proof_claims("GET", &address, &token));
    let send = async || {
        let request = world.request_with(&world.a, Method::GET, &address, &token, &proof);
        request.send().await.expect("an answer").status().as_u16()
    };
    let proof_once = send().await == 200 && send().await == 401;
    let form = world.form(&world.a, &crate::client::Change::default());
    let ask = async || world.post_form(&world.a.http, &world.a, &form, None).await.expect("an answer").0;
    proof_once && ask().await == 200 && ask().await == 401
}

pub async fn sec_015(world: &World) -> bool {
    let token = world.token(&world.a).await;
    let parts: Vec<&str> = token.split('.').collect();
    let (header, claims) = (parts[0], parts[1]);
    let none = format!("{}.{claims}.", b64(json!({ "alg": "none", "typ": "at+jwt" }).to_string()));
    let flipped = format!("{header}.{claims}.{}", b64([7; 64]));
    let (_, jwks) = body(world.a.http.get(world.text("endpoints.jwks")).send().await.expect("keys")).await;
    let symmetric =
        b64(json!({ "alg": "HS256", "typ": "at+jwt", "kid": jwks["keys"][0]["kid"] }).to_string());
    let symmetric = format!("{symmetric}.{claims}");
    let symmetric = format!("{symmetric}.{}", b64(hs256(&point(&jwks["keys"][0]), &symmetric)));
    for forged in [none, flipped, symmetric] {
        if world.get(&world.a, &forged, &target(world)).await.0 != 401 {
            return false;
        }
    }
    let assertion = world.assertion(&world.a, &crate::client::Change::default());
    let (signed, _) = assertion.rsplit_once('.').expect("three parts");
    let forged = format!("{signed}.{}", b64([7; 64]));
    let change = |form: &mut crate::client::Fields| {
        form.insert("client_assertion".to_owned(), forged.clone());
    };
    let change = crate::client::Change { form: Some(&change), ..Default::default() };
    if world.ask_token(&world.a, change).await.0 != 401 {
        return false;
    }
    let critical = |header: &mut Value| {
        header["crit"] = json!(["https://example.org/x"]);
        header["https://example.org/x"] = json!(true);
    };
    let change = crate::client::Change { header: Some(&critical), ..Default::default() };
    world.ask_token(&world.a, change).await.0 == 401
}

fn point(jwk: &Value) -> Vec<u8> {
    use base64::Engine;
    let part = |name: &str| {
        let text = jwk[name].as_str().expect("a coordinate");
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).expect("base64url")
    };
    [vec![4], part("x"), part("y")].concat()
}

pub async fn sec_022(world: &World) -> bool {
    let token = world.token(&world.a).await;
    let (known, known_body) = world.get(&world.a, &token, &world.conditions(&world.bsn("other"))).await;
    let (unknown, unknown_body) = world.get(&world.a, &token, &world.conditions(&world.bsn("unknown"))).await;
    let shape = |body: &Value| body.as_object().map(|body| body.keys().cloned().collect::<Vec<_>>());
    known == unknown && shape(&known_body) == shape(&unknown_body)
}

pub async fn sec_023(world: &World) -> bool {
    let token = world.token(&world.a).await;
    let bsn = world.bsn("complete");
    let address =
        world.conditions(&bsn).replace(&world.base(), &world.text("endpoints.other_tenant_fhir_base"));
    world.get(&world.a, &token, &address).await.0 == 401
}

pub async fn atn_001(world: &World) -> bool {
    let answer = world.a.http.get(target(world)).send().await.expect("an answer");
    answer.status() == 401 && answer.headers().contains_key("www-authenticate")
}
