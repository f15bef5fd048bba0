//! Scope, consent, and the properties every answer has.

use std::io::Read;

use flate2::read::{GzDecoder, ZlibDecoder};
use reqwest::Method;

use crate::client::{Change, Fields, World, entries};

pub async fn atz_004(world: &World) -> bool {
    let narrow = |form: &mut Fields| {
        form.insert("scope".to_owned(), "system/Patient.rs".to_owned());
    };
    let (_, answer) = world.ask_token(&world.a, Change { form: Some(&narrow), ..Change::default() }).await;
    let token = answer["access_token"].as_str().expect("a token");
    let bsn = world.bsn("complete");
    world.get(&world.a, token, &world.patient(&bsn)).await.0 == 200
        && world.get(&world.a, token, &world.conditions(&bsn)).await.0 == 403
}

async fn served(world: &World, token: &str, purpose: &str) -> bool {
    let (status, bundle) = world.get(&world.a, token, &world.conditions(&world.bsn(purpose))).await;
    status == 200 && entries(&bundle) > 0
}

pub async fn cns_001(world: &World) -> bool {
    let token = world.token(&world.a).await;
    let referred = world.token(&world.b).await;
    let (_, bundle) = world.get(&world.b, &referred, &world.conditions(&world.bsn("no_consent"))).await;
    !served(world, &token, "no_consent").await && entries(&bundle) > 0
}

pub async fn cns_002(world: &World) -> bool {
    let (token, bsn) = (world.token(&world.a).await, world.bsn("no_consent"));
    let mut closed = true;
    for state in ["indeterminate", "fault", "timeout", "malformed"] {
        world.set_consent(&bsn, "permit").await;
        assert!(served(world, &token, "no_consent").await, "control");
        world.set_consent(&bsn, state).await;
        closed &= !served(world, &token, "no_consent").await;
    }
    world.set_consent(&bsn, "deny").await;
    closed
}

pub async fn cns_005(world: &World) -> bool {
    let (token, bsn) = (world.token(&world.a).await, world.bsn("no_consent"));
    world.set_consent(&bsn, "permit").await;
    let before = served(world, &token, "no_consent").await;
    world.set_consent(&bsn, "deny").await;
    before && !served(world, &token, "no_consent").await
}

pub async fn api_004(world: &World) -> bool {
    let token = world.token(&world.a).await;
    let request = world.request(&world.a, Method::GET, &world.patient(&world.bsn("complete")), &token);
    !request.send().await.expect("an answer").headers().contains_key("set-cookie")
}

pub async fn api_006(world: &World) -> bool {
    let token = world.token(&world.a).await;
    let address = format!("{}/metadata", world.base());
    let get = async |coding: &'static str| {
        let request =
            world.request(&world.a, Method::GET, &address, &token).header("accept-encoding", coding);
        let answer = request.send().await.expect("an answer");
        let named =
            answer.headers().get("content-encoding").map(|name| name.to_str().unwrap_or("?").to_owned());
        (named, answer.bytes().await.expect("a body"))
    };
    let (_, plain) = get("identity").await;
    let (gzip, zipped) = get("gzip").await;
    let (deflate, deflated) = get("deflate").await;
    let (mut first, mut second) = (Vec::new(), Vec::new());
    gzip.as_deref() == Some("gzip")
        && deflate.as_deref() == Some("deflate")
        && GzDecoder::new(&zipped[..]).read_to_end(&mut first).is_ok()
        && ZlibDecoder::new(&deflated[..]).read_to_end(&mut second).is_ok()
        && first == plain
        && second == plain
}

pub async fn api_011(world: &World) -> bool {
    let token = world.token(&world.a).await;
    let request = world.request(&world.a, Method::GET, &world.patient(&world.bsn("complete")), &token);
    let answer = request.send().await.expect("an answer");
    !answer.headers().contains_key("server") && !answer.headers().contains_key("x-powered-by")
}
