//! The log.

use reqwest::Method;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::client::{BSN, URA, World, body, entries, unique};

/// Does a search and returns its one record.
async fn record(world: &World) -> Value {
    let (token, id) = (world.token(&world.a).await, unique());
    let request = world.request(&world.a, Method::GET, &world.conditions(&world.bsn("complete")), &token);
    let (status, _) = body(request.header("x-request-id", &id).send().await.expect("an answer")).await;
    assert_eq!(status, 200);
    let records = world.records(&id).await;
    assert_eq!(records.len(), 1, "one record for one search");
    records[0].clone()
}

pub async fn log_001(world: &World) -> bool {
    let token = world.token(&world.a).await;
    let (_, bundle) = world.get(&world.a, &token, &world.conditions(&world.bsn("complete"))).await;
    assert!(entries(&bundle) > 0);
    let address = bundle["entry"][0]["fullUrl"].as_str().expect("an address");
    let id = unique();
    let request = world.request(&world.a, Method::GET, address, &token).header("x-request-id", &id);
    let (status, _) = body(request.send().await.expect("an answer")).await;
    assert_eq!(status, 200, "{address}");
    world.records(&id).await.len() == 1
}

pub async fn log_002(world: &World) -> bool {
    let record = record(world).await;
    record["type"]["code"] == "110112" && record["action"] == "R" && record["outcome"] == "0"
}

pub async fn log_003(world: &World) -> bool {
    let record = record(world).await;
    let recorded = record["recorded"].as_str().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    recorded.is_some_and(|moment| (OffsetDateTime::now_utc() - moment).abs() < time::Duration::seconds(10))
}

pub async fn log_004(world: &World) -> bool {
    let record = record(world).await;
    let patient = |entity: &Value| {
        entity["identifier"]["system"] == BSN
            && entity["identifier"]["value"] == world.bsn("complete").as_str()
    };
    record["entity"].as_array().is_some_and(|entities| entities.iter().any(patient))
}

pub async fn log_005(world: &World) -> bool {
    let record = record(world).await;
    let user = &record["agent"][0];
    user["requestor"] == true && user["userId"]["value"].is_string() && user["role"][0].is_object()
}

pub async fn log_006(world: &World) -> bool {
    let record = record(world).await;
    let system = if world.person { "http://fhir.nl/fhir/NamingSystem/uzi-nr-pers" } else { URA };
    record["agent"][1]["userId"]["system"] == system
}

pub async fn log_007(world: &World) -> bool {
    let record = record(world).await;
    let agents = record["agent"].as_array().expect("agents");
    let mut uras = agents.iter().filter(|agent| agent["userId"]["system"] == URA).peekable();
    uras.peek().is_some() && uras.all(|agent| agent["userId"]["value"] == world.a.ura.as_str())
}

pub async fn log_008(world: &World) -> bool {
    record(world).await["agent"][0]["policy"][0].is_string()
}

pub async fn log_010(world: &World) -> bool {
    let id = unique();
    let request = world.a.http.get(world.conditions(&world.bsn("complete"))).header("x-request-id", &id);
    let answer = request.header("authorization", "DPoP x.y.z").send().await.expect("an answer");
    assert_eq!(answer.status(), 401);
    let records = world.records(&id).await;
    let [record] = records.as_slice() else { return false };
    let unknown = |agent: &Value| agent.get("userId").is_none() && agent.get("name").is_none();
    record["outcome"] != "0"
        && record["agent"].as_array().is_some_and(|agents| agents.iter().all(unknown))
        && (world.bearer || refused_proof_logged(world).await)
}

async fn refused_proof_logged(world: &World) -> bool {
    let (id, token) = (unique(), world.token(&world.a).await);
    let address = world.conditions(&world.bsn("complete"));
    let request = world.request_with(&world.a, Method::GET, &address, &token, "x.y.z");
    let answer = request.header("x-request-id", &id).send().await.expect("an answer");
    // What is let through is another fault than a refusal that is not in the log.
    answer.status() != 401 || !world.records(&id).await.is_empty()
}
