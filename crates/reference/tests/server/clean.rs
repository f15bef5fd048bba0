//! The product without defects.

use std::time::{Duration, Instant};

use keur_reference::{Options, StartError, start, write_product};
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{BSN, Change, World, body, entries, variants};
use crate::net::http;
use crate::searches::SEARCHES;

const DEFAULT: &str = "gisa-2026-b";

#[tokio::test]
async fn every_bgz_search_is_answered_in_every_variant() {
    for variant in variants() {
        let world = World::start(None, variant).await;
        let token = world.token(&world.a).await;
        let patient = world.bsn("complete");
        assert_eq!(SEARCHES.len(), 27);
        for search in SEARCHES {
            let identifier = format!("{BSN}|{patient}");
            let named = search.replace("{p}", &format!("patient.identifier={identifier}"));
            let address = format!("{}/{}", world.base(), named.replace("{b}", &identifier));
            let (status, bundle) = world.get(&world.a, &token, &address).await;
            assert_eq!((status, bundle["type"].as_str()), (200, Some("searchset")), "{search}");
            assert!(entries(&bundle) > 0, "{search}");
        }
        world.running.shutdown().await;
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers_and_no_product_name() {
    let world = World::start(None, DEFAULT).await;
    let token = world.token(&world.a).await;
    let good = world.request(&world.a, Method::GET, &world.patient(&world.bsn("complete")), &token);
    let answers = [
        good.header("x-request-id", "abc-1").send().await.expect("an answer"),
        world.a.http.get(world.base()).send().await.expect("an answer"),
        world.a.http.get(world.text("endpoints.jwks")).send().await.expect("an answer"),
        world.a.http.get(world.text("hooks.log_export")).send().await.expect("an answer"),
        world.a.http.get(world.text("endpoints.token_endpoint")).send().await.expect("an answer"),
    ];
    assert_eq!(answers[0].headers()["x-request-id"], "abc-1");
    for answer in answers {
        let headers = answer.headers();
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["x-frame-options"], "DENY");
        assert!(headers.contains_key("strict-transport-security"));
        assert!(headers.contains_key("content-security-policy"));
        assert!(!headers.contains_key("server") && !headers.contains_key("set-cookie"));
    }
}

#[tokio::test]
async fn http1_and_http2_are_spoken_and_head_has_no_body() {
    let world = World::start(None, DEFAULT).await;
    let token = world.token(&world.a).await;
    let address = world.patient(&world.bsn("complete"));
    let answer = world.request(&world.a, Method::GET, &address, &token).send().await.expect("an answer");
    assert_eq!(answer.version(), http::Version::HTTP_2);
    let head = world.request(&world.a, Method::HEAD, &address, &token).send().await.expect("an answer");
    assert_eq!(head.status(), 200);
    assert!(head.bytes().await.expect("no body").is_empty());
}

#[tokio::test]
async fn a_restart_leaves_no_trace_and_shutdown_is_quick() {
    let world = World::start(None, DEFAULT).await;
    let (token, addr) = (world.token(&world.a).await, world.running.addr());
    let started = Instant::now();
    world.running.shutdown().await;
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(TcpStream::connect(addr).await.is_err());

    let other = World::start(None, DEFAULT).await;
    let (status, _) = other.get(&other.a, &token, &other.patient("999900018")).await;
    assert_eq!(status, 401);
}

#[tokio::test]
async fn hostile_bytes_do_not_bring_the_server_down() {
    let world = World::start(None, DEFAULT).await;
    let addr = world.running.addr();
    for bytes in [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".as_slice(),
        &[22, 3, 1, 0xFF, 0xFF, 1, 2, 3],
        &[22, 3, 1, 0, 5, 1, 0xFF, 0xFF, 0xFF, 0],
        &[0; 64],
    ] {
        let mut stream = TcpStream::connect(addr).await.expect("connects");
        stream.write_all(bytes).await.expect("sent");
        stream.shutdown().await.expect("half closed");
        let mut answer = Vec::new();
        // A reset is as good as a close.
        let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer))
            .await
            .expect("the server lets go");
        assert!(!answer.starts_with(b"HTTP"));
    }
    let token = world.token(&world.a).await;
    let large = "a=".to_owned() + &"x".repeat(300 * 1024);
    let address = format!("{}/Patient/_search", world.base());
    let request = world.request(&world.a, Method::POST, &address, &token).body(large);
    let refused = request.send().await.map_or(413, |answer| answer.status().as_u16());
    assert_eq!(refused, 413);
    let (status, _) = world.get(&world.a, &token, &world.patient(&world.bsn("complete"))).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn the_hooks_are_for_party_a_with_the_secret() {
    let world = World::start(None, DEFAULT).await;
    let address = format!("{}?since=2026-01-01T00:00:00Z", world.text("hooks.log_export"));
    let secret = String::from_utf8_lossy(world.file("hook.token")).into_owned();
    let with = async |party: &crate::client::Party, secret: &str, address: &str| {
        let answer = party.http.get(address).bearer_auth(secret).send().await.expect("an answer");
        body(answer).await.0
    };
    assert_eq!(with(&world.a, &secret, &address).await, 200);
    assert_eq!(with(&world.a, "wrong", &address).await, 401);
    assert_eq!(with(&world.b, &secret, &address).await, 403);
    assert_eq!(with(&world.a, &secret, &world.text("hooks.log_export")).await, 400);
    for bad in ["{}", "no", r#"{"bsn":"1","state":"permit"}"#, r#"{"bsn":"999900018","state":"maybe"}"#] {
        let request = world.a.http.put(world.text("hooks.consent")).bearer_auth(&secret).body(bad);
        assert_eq!(request.send().await.expect("an answer").status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn the_patients_answer_by_what_they_are_for() {
    let world = World::start(None, DEFAULT).await;
    let (a, b) = (world.token(&world.a).await, world.token(&world.b).await);
    let count = async |party, token: &str, purpose: &str| {
        let (status, bundle) = world.get(party, token, &world.conditions(&world.bsn(purpose))).await;
        assert_eq!(status, 200, "{purpose}");
        entries(&bundle)
    };
    for (purpose, for_a, for_b) in [
        ("complete", true, true),
        ("restricted", true, true),
        ("other", false, false),
        ("no_consent", false, true),
        ("empty", false, false),
        ("unknown", false, false),
    ] {
        assert_eq!(count(&world.a, &a, purpose).await > 0, for_a, "{purpose} for A");
        assert_eq!(count(&world.b, &b, purpose).await > 0, for_b, "{purpose} for B");
    }
}

#[tokio::test]
async fn a_person_is_needed_in_one_variant_and_the_type_in_another() {
    let person = World::start(None, "nen7512-persoon").await;
    let without =
        Change { claims: Some(&|claims| claims["dezi"] = serde_json::Value::Null), ..Change::default() };
    let (status, answer) = person.ask_token(&person.a, without).await;
    assert_eq!((status, answer["error"].as_str()), (400, Some("invalid_grant")));

    let no_type =
        |detail: &mut serde_json::Value| detail["subject_organisation_type"] = serde_json::Value::Null;
    for (variant, expected) in [("gisa-2026-a", 400), (DEFAULT, 200)] {
        let world = World::start(None, variant).await;
        let change = Change { detail: Some(&no_type), ..Change::default() };
        assert_eq!(world.ask_token(&world.a, change).await.0, expected, "{variant}");
    }
}

#[tokio::test]
async fn the_written_product_is_complete_and_private() {
    let world = World::start(None, DEFAULT).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mijn.toml");
    for _ in 0..2 {
        write_product(&world.running, &path).expect("written");
    }
    let text = std::fs::read_to_string(&path).expect("readable");
    assert!(text.contains(r#"attestations = "mijn-bestanden/attestaties.toml""#));
    for name in world.running.files().keys() {
        let file = folder.path().join("mijn-bestanden").join(name);
        let metadata = file.metadata().expect("exists");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777, 0o600);
        assert!(metadata.len() > 0);
        assert!(text.contains(&format!("mijn-bestanden/{name}")), "{name}");
    }
    assert!(!text.contains("PRIVATE KEY"));
}

#[tokio::test]
async fn wrong_options_are_refused_with_the_reason() {
    let unknown = Options { variant: "gisa".to_owned(), ..Options::default() };
    assert!(matches!(start(unknown).await, Err(StartError::UnknownVariant(_))));
    let world = World::start(None, DEFAULT).await;
    let taken = Options { listen: world.running.addr(), ..Options::default() };
    assert!(matches!(start(taken).await, Err(StartError::Listen { .. })));
    let folder = tempfile::tempdir().expect("a folder");
    let empty = Options { data: Some(folder.path().to_owned()), ..Options::default() };
    assert!(start(empty).await.is_err());
}

#[tokio::test]
async fn a_folder_of_resources_is_served_to_both_parties() {
    let folder = tempfile::tempdir().expect("a folder");
    let patient = |id: &str, bsn: &str| serde_json::json!({ "resourceType": "Patient", "id": id, "identifier": [{ "system": BSN, "value": bsn }] });
    let condition = serde_json::json!({ "resourceType": "Condition", "id": "c1", "subject": { "reference": "Patient/p1" } });
    for (name, resource) in [
        ("p1.json", patient("p1", "999900018")),
        ("p2.json", patient("p2", "999900109")),
        ("c1.json", condition),
    ] {
        std::fs::write(folder.path().join(name), resource.to_string()).expect("written");
    }
    let options = Options { data: Some(folder.path().to_owned()), ..Options::default() };
    let running = start(options).await.expect("starts");
    let product: toml::Table = running.product_toml().parse().expect("valid TOML");
    assert_eq!(product["patients"]["complete"]["bsn"].as_str(), Some("999900018"));
    assert_eq!(product["patients"]["also_present"].as_array().map(Vec::len), Some(2));
    let answer = http(&running, None).get(format!("https://{}/", running.addr())).send().await;
    assert!(answer.is_err());
}
