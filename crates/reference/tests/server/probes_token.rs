//! The token endpoint.

use serde_json::{Value, json};

use crate::client::{Change, Fields, Party, URA, World, attestation, body, now};
use crate::key::Key;
use crate::net::http;

async fn status(world: &World, party: &Party, change: Change<'_>) -> u16 {
    world.ask_token(party, change).await.0
}

async fn refused_claims(world: &World, change: &dyn Fn(&mut Value)) -> bool {
    status(world, &world.a, Change { claims: Some(change), ..Change::default() }).await == 401
}

pub async fn sec_016(world: &World) -> bool {
    refused_claims(world, &|claims| claims["aud"] = json!("https://example.org/token")).await
        && refused_claims(world, &|claims| claims["aud"] = Value::Null).await
        && refused_claims(world, &|claims| claims["exp"] = json!(now() - 120)).await
        && refused_claims(world, &|claims| claims["exp"] = Value::Null).await
        && refused_claims(world, &|claims| claims["exp"] = json!(now() + 3600)).await
        && refused_claims(world, &|claims| claims["iss"] = json!("keur-b")).await
        && refused_claims(world, &|claims| claims["jti"] = Value::Null).await
}

pub async fn sec_017(world: &World) -> bool {
    let (_, answer) = world.ask_token(&world.a, Change::default()).await;
    answer["expires_in"].as_i64().is_some_and(|life| life <= 300)
}

pub async fn sec_018(world: &World) -> bool {
    let secret = |form: &mut Fields| {
        form.retain(|name, _| !name.starts_with("client_assertion"));
        form.insert("client_id".to_owned(), "keur-a".to_owned());
        form.insert("client_secret".to_owned(), "geheim".to_owned());
    };
    let nothing = |form: &mut Fields| {
        form.retain(|name, _| !name.starts_with("client_assertion"));
        form.insert("client_id".to_owned(), "keur-a".to_owned());
    };
    status(world, &world.a, Change { form: Some(&secret), ..Change::default() }).await == 401
        && status(world, &world.a, Change { form: Some(&nothing), ..Change::default() }).await == 401
}

pub async fn sec_019(world: &World) -> bool {
    let (_, jwks) = body(world.a.http.get(world.text("endpoints.jwks")).send().await.expect("keys")).await;
    let keys = jwks["keys"].as_array().expect("keys");
    let public = !keys.is_empty() && keys.iter().all(|key| key["kty"] == "EC" && key.get("d").is_none());

    let rotating = |file: &str| Party {
        client_id: "keur-rotatie".to_owned(),
        ura: world.a.ura.clone(),
        signing: Key::from_pem(world.file(file)),
        proof: Key::new(),
        http: world.a.http.clone(),
    };
    let (old, new) = (rotating("rotating-1.key"), rotating("rotating-2.key"));
    world.publish_keys("keur-rotatie", &[&old.signing]);
    let before = status(world, &old, Change::default()).await == 200;
    world.publish_keys("keur-rotatie", &[&new.signing]);
    let after = status(world, &new, Change::default()).await == 200;
    public && before && after && status(world, &old, Change::default()).await == 401
}

pub async fn sec_021(world: &World) -> bool {
    let broken = |form: &mut Fields| {
        form.insert("authorization_details".to_owned(), "{".to_owned());
    };
    let (status, answer) =
        world.ask_token(&world.a, Change { form: Some(&broken), ..Change::default() }).await;
    let text = answer.to_string();
    status == 400
        && !["Exception", "at nl.", ".java", "panicked", "/opt/"].iter().any(|leak| text.contains(leak))
}

pub async fn sec_024(world: &World) -> bool {
    let other = |detail: &mut Value| detail["subject_organization_id"] = json!(format!("{URA}|90000222"));
    status(world, &world.a, Change { detail: Some(&other), ..Change::default() }).await == 400
}

pub async fn atn_002(world: &World) -> bool {
    let stranger = Party {
        client_id: "keur-onbekend".to_owned(),
        ura: "90000333".to_owned(),
        signing: Key::from_pem(world.file("unregistered-signing.key")),
        proof: Key::new(),
        http: http(&world.running, Some((world.file("unregistered.pem"), world.file("unregistered.key")))),
    };
    let (status, answer) = world.ask_token(&stranger, Change::default()).await;
    status == 401 && answer["error"] == "invalid_client"
}

pub async fn atn_003(world: &World) -> bool {
    let low = attestation(&world.a, "http://eidas.europa.eu/LoA/low");
    let low = |claims: &mut Value| claims["dezi"] = json!(low);
    let absent = |claims: &mut Value| claims["dezi"] = Value::Null;
    status(world, &world.a, Change { claims: Some(&low), ..Change::default() }).await == 400
        && status(world, &world.a, Change { claims: Some(&absent), ..Change::default() }).await == 400
}

fn purpose(code: &'static str) -> impl Fn(&mut Value) {
    move |detail| {
        detail["purpose_of_use"] =
            json!(format!("http://terminology.hl7.org/CodeSystem/v3-ActReason|{code}"));
    }
}

pub async fn atn_004(world: &World) -> bool {
    status(world, &world.a, Change { detail: Some(&purpose("TREAT")), ..Change::default() }).await == 200
        && status(world, &world.a, Change { detail: Some(&purpose("COC")), ..Change::default() }).await == 200
}

pub async fn atn_005(world: &World) -> bool {
    let wide = |form: &mut Fields| {
        form.insert("scope".to_owned(), "system/*.cruds".to_owned());
    };
    let nothing = |form: &mut Fields| {
        form.insert("scope".to_owned(), "user/*.rs".to_owned());
    };
    let (_, answer) = world.ask_token(&world.a, Change { form: Some(&wide), ..Change::default() }).await;
    let (refused, error) =
        world.ask_token(&world.a, Change { form: Some(&nothing), ..Change::default() }).await;
    answer["scope"] == "system/*.rs" && refused == 400 && error["error"] == "invalid_scope"
}

pub async fn atz_001(world: &World) -> bool {
    let absent = |detail: &mut Value| detail["purpose_of_use"] = Value::Null;
    status(world, &world.a, Change { detail: Some(&purpose("HMARKT")), ..Change::default() }).await == 400
        && status(world, &world.a, Change { detail: Some(&absent), ..Change::default() }).await == 400
}
