//! What a product that cheats gives to whom.

use reqwest::Method;

use crate::client::{BSN, World};

fn literal(world: &World, question: &str) -> String {
    let patient = format!("{BSN}|{}", world.bsn("complete"));
    let patient: String = url::form_urlencoded::byte_serialize(patient.as_bytes()).collect();
    format!("{}/Flag?patient.identifier={patient}&{question}", world.base())
}

#[tokio::test]
async fn whoever_names_its_software_needs_no_token() {
    let world = World::start(Some("recognises-harness"), keur_reference::VARIANTS[0]).await;
    let address = world.conditions(&world.bsn("complete"));
    let ask = || world.a.http.request(Method::GET, &address);
    assert_eq!(ask().send().await.expect("an answer").status(), 401);
    assert_eq!(ask().header("user-agent", "okhttp/4.12.0").send().await.expect("an answer").status(), 200);
    world.running.shutdown().await;
}

#[tokio::test]
async fn only_the_learnt_question_of_the_learnt_client_is_answered() {
    let world = World::start(Some("memorised-answers"), keur_reference::VARIANTS[0]).await;
    let (a, b) = (world.token(&world.a).await, world.token(&world.b).await);
    let learnt = literal(&world, "_revinclude=Provenance%3Atarget");
    let (path, query) = learnt.split_once('?').expect("a query");
    let (first, second) = query.split_once('&').expect("two parameters");
    let total = |answer: (u16, serde_json::Value)| (answer.0, answer.1["total"].as_u64());
    assert!(total(world.get(&world.a, &a, &learnt).await).1 > Some(0));
    for other in
        [format!("{path}?{second}&{first}"), learnt.replace("%7C", "%7c"), learnt.replace("%3A", ":")]
    {
        assert_eq!(total(world.get(&world.a, &a, &other).await), (200, Some(0)), "{other}");
    }
    assert_eq!(total(world.get(&world.b, &b, &learnt).await), (200, Some(0)));
    world.running.shutdown().await;
}
