//! What a case leaves behind, whatever the peer does.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{
    event::{Failure, Reply},
    guard::Guard,
    http::Request,
    identity::{Identities, NONE},
    journal::Store,
    limits::Limits,
    replay::{Blobs, Replay},
    seam::SeamParts,
};

const TOKEN: &str = "haak-token-van-de-leverancier";

fn seam(seed: u8) -> Arc<Seam> {
    let limits = Limits {
        connect: Duration::from_millis(500),
        request: Duration::from_millis(700),
        ..Limits::default()
    };
    let parts = SeamParts {
        store: Store::in_memory(),
        secrets: vec![TOKEN.to_owned()],
        guard: Guard::new(BTreeSet::from(["999900006".to_owned()])),
        identities: Identities::default(),
        limits,
        seed: [seed; 32],
    };
    Seam::new(parts, CancellationToken::new())
}

/// Answers every connection with these bytes, and closes.
async fn server(answer: impl Into<Vec<u8>>) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/fhir", listener.local_addr().unwrap())).unwrap();
    let answer = answer.into();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(&answer).await;
        }
    });
    url
}

fn response(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn get(url: &Url) -> Request {
    Request::new("proef", "GET", url.clone(), NONE)
}

fn events(seam: &Seam) -> Vec<Event> {
    seam.store().entries().into_iter().map(|entry| entry.event).collect()
}

/// Everything that was kept, as text.
fn kept(seam: &Seam) -> String {
    let mut text = serde_json::to_string(&seam.store().entries()).unwrap();
    let mut blobs: Vec<String> = Vec::new();
    for event in events(seam) {
        match event {
            Event::Exchange(exchange) => {
                blobs.extend(exchange.request_body.blob);
                let Reply::Response { body, .. } = exchange.reply else { continue };
                blobs.extend(body.blob);
            }
            Event::Observation(observation) => {
                let named =
                    ["sent", "received"].map(|name| observation.facts[name].as_str().map(str::to_owned));
                blobs.extend(named.into_iter().flatten());
            }
            _ => {}
        }
    }
    for blob in blobs {
        text.push_str(&String::from_utf8_lossy(&seam.store().get(&blob).unwrap()));
    }
    text
}

#[tokio::test]
async fn the_request_is_on_record_before_the_answer_and_secrets_are_not() {
    let seam = seam(1);
    let body = format!("{{\"access_token\":\"opaak-t0ken-1\",\"echo\":\"{TOKEN}\"}}");
    let url = server(response("Content-Type: application/json\r\n", body.as_bytes())).await;
    let request = get(&url).header("Authorization", &format!("Bearer {TOKEN}")).content("text/plain", TOKEN);
    let recorder = seam.case("a");
    let answer = recorder.http(request).await.unwrap();
    assert_eq!(answer.response().unwrap().json().unwrap()["echo"], TOKEN);
    let events = events(&seam);
    assert!(matches!(&events[0], Event::RequestSent { id, .. } if *id == answer.id));
    assert!(matches!(&events[1], Event::Exchange(exchange) if exchange.id == answer.id));
    let form = get(&url).content("text/plain", "bsn=999911120").header("X-Bsn", "999900006");
    seam.case("b").http(form).await.unwrap();
    let asked = self::events(&seam).into_iter().find_map(|event| match event {
        Event::RequestSent { case, numbers, .. } if case == "b" => Some(numbers),
        _ => None,
    });
    assert_eq!(asked.as_deref(), Some(&["999900006".to_owned(), "999911120".to_owned()][..]));
    assert!(!kept(&seam).contains(TOKEN) && !kept(&seam).contains("opaak"), "{}", kept(&seam));
    assert!(!seam.redactor().text("de opaak-t0ken-1").contains("t0ken"));
}

#[tokio::test]
async fn every_request_carries_marks_and_they_disturb_no_draw() {
    let url = server(response("", b"")).await;
    let marks = |answer: &crate::http::Answer| -> Vec<String> {
        let of = |name: &str| answer.request.headers.iter().find(|(known, _)| known == name);
        ["X-Request-Id", "traceparent"].into_iter().filter_map(of).map(|(_, value)| value.clone()).collect()
    };
    let seam = seam(1);
    let recorder = seam.case("a");
    let first = marks(&recorder.http(get(&url)).await.unwrap());
    let second = marks(&recorder.http(get(&url)).await.unwrap());
    assert_eq!((first.len(), second.len()), (2, 2));
    assert!(first.iter().all(|mark| !second.contains(mark)));
    assert!(first[1].starts_with("00-") && first[1].len() == 55, "{first:?}");
    let own = recorder.http(get(&url).header("x-request-id", "mijn")).await.unwrap();
    assert_eq!(
        own.request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("x-request-id")).count(),
        1
    );
    let browser = recorder.http(get(&url).header("Origin", "https://voorbeeld.nl")).await.unwrap();
    assert!(marks(&browser).is_empty(), "a browser sends none of its own accord");
    assert_eq!(recorder.uuid(), self::seam(1).case("a").uuid());
    let again = replaying(&seam).case("a").http(get(&url)).await.unwrap();
    assert_eq!(marks(&again), first, "a replay has the marks of then");
}

#[tokio::test]
async fn a_foreign_number_stops_the_run_and_leaves_nothing() {
    let seam = seam(2);
    let recorder = seam.case("a");
    let url = server(response("", b"{\"bsn\":\"123456782\",\"naam\":\"Jansen\"}")).await;
    assert!(recorder.http(get(&url)).await.is_err());
    assert!(recorder.has_stopped() && seam.is_stopped());
    assert_eq!(seam.end(), RunEnd::Guarded);
    assert!(events(&seam).iter().any(|event| matches!(event, Event::GuardTripped { .. })));
    assert!(!kept(&seam).contains("123456782") && !kept(&seam).contains("Jansen"));
    assert!(recorder.http(get(&url)).await.is_err(), "nothing is asked after a stop");
}

#[tokio::test]
async fn a_foreign_number_over_a_raw_connection_stops_the_run_too() {
    let seam = seam(3);
    let url = server("HTTP/1.1 200 OK\r\n\r\nbsn 123456782").await;
    assert!(seam.case("a").raw("proef", &url, b"GET / HTTP/1.0\r\n\r\n").await.is_err());
    assert_eq!(seam.end(), RunEnd::Guarded);
    assert!(!kept(&seam).contains("123456782"));
}

#[tokio::test]
async fn raw_bytes_are_kept_without_secrets() {
    let seam = seam(3);
    let url = server(format!("220 welkom {TOKEN}")).await;
    let raw = seam.case("a").raw("proef", &url, TOKEN.as_bytes()).await.unwrap();
    assert_eq!(raw.received.unwrap(), format!("220 welkom {TOKEN}").as_bytes());
    assert!(!kept(&seam).contains(TOKEN));
    assert!(kept(&seam).contains("220 welkom "));
}

#[tokio::test]
async fn of_a_packed_body_only_what_was_looked_into_is_kept() {
    let seam = seam(4);
    let recorder = seam.case("a");
    let url = server(response("Content-Encoding: br\r\n", b"\x0b\x02\x80onbekend ingepakt\x03")).await;
    let answer = recorder.http(get(&url)).await.unwrap();
    assert!(answer.response().unwrap().body.is_err());
    assert!(!kept(&seam).contains("ingepakt"));
    let Some(Event::Exchange(exchange)) = events(&seam).pop() else { panic!("no exchange") };
    let Reply::Response { body, .. } = exchange.reply else { panic!("no response") };
    assert!(body.truncated && body.blob.is_none() && body.wire_bytes > 10);
}

#[tokio::test]
async fn a_peer_without_an_answer_is_evidence_too() {
    let seam = seam(5);
    let recorder = seam.case("a");
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = Url::parse(&format!("http://{free}/")).unwrap();
    let failure = |answer: Result<crate::http::Answer, Stop>| answer.unwrap().reply.unwrap_err().failure;
    assert_eq!(failure(recorder.http(get(&url)).await), Failure::Connect);
    assert_eq!(failure(recorder.http(get(&server("").await)).await), Failure::Closed);
    assert_eq!(
        failure(recorder.http(get(&server("\x00\x01geen http\r\n\r\n").await)).await),
        Failure::Protocol
    );
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", silent.local_addr().unwrap())).unwrap();
    assert_eq!(failure(recorder.http(get(&url)).await), Failure::Timeout);
    assert!(!recorder.has_stopped());
    assert_eq!(events(&seam).iter().filter(|event| matches!(event, Event::Exchange(_))).count(), 4);
}

#[tokio::test]
async fn a_peer_that_is_gone_is_not_asked_for_ever() {
    let seam = seam(6);
    let recorder = seam.case("a");
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = Url::parse(&format!("http://{free}/")).unwrap();
    for _ in 0..PATIENCE {
        assert!(recorder.http(get(&url)).await.is_ok());
    }
    let before = events(&seam).len();
    assert!(recorder.http(get(&url)).await.is_err());
    assert!(recorder.raw("proef", &url, b"x").await.is_err());
    let after = events(&seam);
    assert_eq!(after.len(), before + 2);
    for event in &after[before..] {
        let Event::Stopped(Stopped { stop: StopKind::CantTell { reason, cause }, .. }) = event else {
            panic!("{event:?}")
        };
        assert_eq!((*reason, cause.as_str()), (Reason::Environment, "unreachable"));
    }
    // Another peer is asked as ever.
    assert!(recorder.http(get(&server(response("", b"ok")).await)).await.is_ok());
}

#[tokio::test]
async fn a_stopped_run_waits_for_nobody() {
    let seam = seam(7);
    let recorder = seam.case("a");
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", silent.local_addr().unwrap())).unwrap();
    let stopping = Arc::clone(&seam);
    let (answer, ()) =
        tokio::join!(recorder.http(get(&url)), async move { stopping.stop(RunEnd::Interrupted) });
    assert!(answer.is_err());
    seam.stop(RunEnd::Guarded);
    assert_eq!(seam.end(), RunEnd::Interrupted, "the first reason stands");
}

#[test]
fn a_step_that_checks_nothing_is_our_fault() {
    let seam = seam(8);
    let recorder = seam.case("a");
    recorder.at_step(2, Phase::Then);
    assert!(recorder.expect_all([]).is_err());
    let Some(Event::Stopped(stopped)) = events(&seam).pop() else { panic!("not stopped") };
    assert_eq!((stopped.stop, stopped.step, stopped.phase), (StopKind::Error, 2, Phase::Then));
}

#[test]
fn every_stop_has_its_evidence() {
    for (index, end) in [
        |recorder: &Recorder| recorder.expect(Check::that(false, "a", "b")).unwrap_err(),
        |recorder: &Recorder| recorder.expect(Check::undecided(Reason::NoData, "a", "b")).unwrap_err(),
        |recorder: &Recorder| recorder.cannot_tell(Reason::Environment, "x", "y"),
        |recorder: &Recorder| recorder.inapplicable("p", "d", "o-000001", "y"),
        |recorder: &Recorder| recorder.broken("y"),
        |recorder: &Recorder| recorder.not_declared("[hooks]"),
    ]
    .into_iter()
    .enumerate()
    {
        let seam = seam(9);
        let recorder = seam.case("a");
        assert!(!recorder.has_stopped());
        let _: Stop = end(&recorder);
        assert!(recorder.has_stopped(), "{index}");
        let events = events(&seam);
        assert_eq!(events.len(), 1, "{index}");
        assert!(matches!(events[0], Event::Check(_) | Event::Stopped(_)));
    }
}

#[test]
fn all_checks_of_a_step_are_kept_and_rest_on_the_latest_fact() {
    let seam = seam(10);
    let recorder = seam.case("a");
    let id = recorder.observe("proef", "proef", json!({ "token": TOKEN })).unwrap();
    let checks = [
        Check::that(false, "eerste", TOKEN),
        Check::that(true, "tweede", "b").on(["x-000009".to_owned()]),
        Check::that(true, "derde", "c"),
    ];
    assert!(recorder.expect_all(checks).is_err());
    let records: Vec<CheckRecord> = events(&seam)
        .into_iter()
        .filter_map(|event| if let Event::Check(record) = event { Some(record) } else { None })
        .collect();
    assert_eq!(records.len(), 3);
    assert_eq!(records[0].evidence, std::slice::from_ref(&id));
    assert_eq!(records[1].evidence, ["x-000009"]);
    assert_eq!(records[2].evidence, [id]);
    assert!(!kept(&seam).contains(TOKEN));
}

#[test]
fn randomness_repeats_by_seed_case_and_position() {
    let draw = |seed: u8, case: &str| {
        let recorder = seam(seed).case(case);
        [recorder.random(), recorder.random()]
    };
    assert_eq!(draw(1, "a"), draw(1, "a"));
    let mut all: Vec<[u8; 32]> = [draw(1, "a"), draw(1, "b"), draw(2, "a")].concat();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 6);
    let uuid = seam(1).case("a").uuid();
    assert_eq!(uuid.len(), 36);
    assert_eq!(&uuid[14..15], "4");
    assert!(matches!(uuid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
}

/// The evidence of a store, for a replay.
struct Kept(BTreeMap<String, Vec<u8>>);

impl Blobs for Kept {
    fn get(&self, digest: &str) -> Option<Vec<u8>> {
        self.0.get(digest).cloned()
    }
}

/// A seam that answers from what another recorded.
fn replaying(recorded: &Seam) -> Arc<Seam> {
    let mut blobs = BTreeMap::new();
    for event in events(recorded) {
        let Event::Exchange(exchange) = event else { continue };
        let Reply::Response { body, .. } = exchange.reply else { continue };
        for blob in body.blob.into_iter().chain(exchange.request_body.blob) {
            blobs.insert(blob.clone(), recorded.store().get(&blob).unwrap());
        }
    }
    let replay = Replay::new(&recorded.store().entries(), Box::new(Kept(blobs)));
    let parts = SeamParts {
        store: Store::of_replay("2026-11-22T08:00:00.000Z"),
        secrets: Vec::new(),
        guard: Guard::new(BTreeSet::new()),
        identities: Identities::default(),
        limits: Limits::default(),
        seed: [1; 32],
    };
    Seam::replaying(parts, replay)
}

#[tokio::test]
async fn a_replay_answers_what_was_recorded_and_nothing_else() {
    let seam = seam(1);
    let url = server(response("Content-Type: text/plain\r\n", b"hallo")).await;
    seam.append(Event::CaseStarted { case: "a".to_owned() }).unwrap();
    let recorder = seam.case("a");
    let live = recorder.http(get(&url)).await.unwrap();
    let moment = recorder.clock("nu").unwrap();
    let (_, fact) = recorder.witness("handtekening", "proef", || true).unwrap();

    let replaying = replaying(&seam);
    let recorder = replaying.case("a");
    let again = recorder.http(get(&url)).await.unwrap();
    assert_eq!(again.id, live.id);
    assert_eq!(again.response().unwrap().bytes(), b"hallo");
    assert_eq!(recorder.clock("nu").unwrap(), moment);
    // What takes a secret is read back, not found again.
    assert_eq!(recorder.witness("handtekening", "proef", || false).unwrap().1, fact);
    assert!(replaying.replay().unwrap().missing().is_empty());

    assert!(recorder.http(get(&url)).await.is_err(), "it was asked once");
    assert!(replaying.case("b").http(get(&url)).await.is_err(), "another case recorded nothing");
    assert!(recorder.clock("straks").is_err());
    assert_eq!(replaying.replay().unwrap().missing().len(), 2);
}

/// Says that it is busy so many times, and then answers.
async fn busy(times: usize, wait: &'static str) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/fhir", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        for turn in 0.. {
            let Ok((mut stream, _)) = listener.accept().await else { return };
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let head = if turn < times {
                format!("HTTP/1.1 429 Too Many Requests\r\nRetry-After: {wait}\r\n")
            } else {
                "HTTP/1.1 200 OK\r\n".to_owned()
            };
            let _ = stream
                .write_all(format!("{head}Connection: close\r\nContent-Length: 0\r\n\r\n").as_bytes())
                .await;
        }
    });
    url
}

fn statuses(seam: &Seam) -> Vec<u16> {
    let status = |event| match event {
        Event::Exchange(exchange) => match exchange.reply {
            Reply::Response { status, .. } => Some(status),
            Reply::Failure { .. } => None,
        },
        _ => None,
    };
    events(seam).into_iter().filter_map(status).collect()
}

#[tokio::test]
async fn a_busy_product_is_waited_for_and_a_replay_waits_for_nobody() {
    let seam = seam(1);
    let url = busy(2, "0").await;
    seam.append(Event::CaseStarted { case: "a".to_owned() }).unwrap();
    let live = seam.case("a").http(get(&url)).await.unwrap();
    assert_eq!(live.response().map(|response| response.status), Some(200));
    assert_eq!(statuses(&seam), [429, 429, 200]);

    let replaying = replaying(&seam);
    let again = replaying.case("a").http(get(&url)).await.unwrap();
    assert_eq!(again.response().map(|response| response.status), Some(200));
    assert_eq!(again.id, live.id);
    assert_eq!(statuses(&replaying), [429, 429, 200]);
    assert!(replaying.replay().unwrap().missing().is_empty());
}

#[tokio::test]
async fn who_stays_busy_or_asks_too_much_patience_is_not_judged() {
    for (times, wait, asked) in [(9, "0", 4), (1, "3600", 1), (1, "18446744073709551615", 1)] {
        let seam = seam(1);
        let url = busy(times, wait).await;
        seam.append(Event::CaseStarted { case: "a".to_owned() }).unwrap();
        let stop = seam.case("a").http(get(&url)).await.unwrap_err();
        assert!(stop.to_string().contains("te druk"), "{stop}");
        assert_eq!(statuses(&seam).len(), asked);
        let replaying = replaying(&seam);
        let again = replaying.case("a").http(get(&url)).await.unwrap_err();
        assert_eq!(again.to_string(), stop.to_string());
    }
    // A proof that holds once is not sent twice.
    let seam = seam(1);
    let url = busy(1, "0").await;
    assert!(seam.case("a").http(get(&url).header("DPoP", "bewijs")).await.is_err());
    assert_eq!(statuses(&seam), [429]);
}

#[tokio::test]
async fn an_older_record_in_which_nothing_was_repeated_still_answers() {
    let seam = seam(1);
    let url = busy(1, "0").await;
    seam.append(Event::CaseStarted { case: "a".to_owned() }).unwrap();
    seam.case("a").http(get(&url)).await.unwrap();
    // As it would have been written by a keur that did not wait.
    let entries = seam.store().entries();
    let first = |entry: &crate::event::Entry| !matches!(&entry.event, Event::Exchange(exchange) if exchange.purpose.contains("herhaald"));
    let old: Vec<_> = entries.into_iter().filter(first).collect();
    let parts = SeamParts {
        store: Store::of_replay("2026-11-22T08:00:00.000Z"),
        secrets: Vec::new(),
        guard: Guard::new(BTreeSet::new()),
        identities: Identities::default(),
        limits: Limits::default(),
        seed: [1; 32],
    };
    let replaying = Seam::replaying(parts, Replay::new(&old, Box::new(Kept(BTreeMap::new()))));
    let again = replaying.case("a").http(get(&url)).await.unwrap();
    assert_eq!(again.response().map(|response| response.status), Some(429));
}

#[tokio::test]
async fn a_run_asks_no_more_than_its_budget() {
    let parts = SeamParts {
        store: Store::in_memory(),
        secrets: Vec::new(),
        guard: Guard::new(BTreeSet::new()),
        identities: Identities::default(),
        limits: Limits { requests: 2, ..Limits::default() },
        seed: [1; 32],
    };
    let seam = Seam::new(parts, CancellationToken::new());
    let url = server(response("", b"")).await;
    seam.append(Event::CaseStarted { case: "a".to_owned() }).unwrap();
    let recorder = seam.case("a");
    recorder.http(get(&url)).await.unwrap();
    recorder.raw("proef", &url, b"GET").await.unwrap();
    let stop = recorder.http(get(&url)).await.unwrap_err();
    assert!(stop.to_string().contains("al 2 keer"), "{stop}");
    let told = events(&seam).into_iter().rev().find_map(|event| match event {
        Event::Stopped(stopped) => Some(stopped.stop),
        _ => None,
    });
    let budget = StopKind::CantTell { reason: Reason::Environment, cause: "budget".to_owned() };
    assert_eq!(told, Some(budget));
}

#[test]
fn what_comes_after_the_end_changes_nothing_about_it() {
    let seam = seam(1);
    seam.finish().expect("written");
    let written = events(&seam).len();
    assert!(seam.case("").observe("desk_stray", "te laat", json!({})).is_err());
    assert_eq!((seam.end(), events(&seam).len()), (RunEnd::Completed, written));
}
