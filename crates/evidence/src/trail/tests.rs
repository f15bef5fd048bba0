//! Lines of every known form are found, and what is missing, strange or different is told.

use serde_json::json;

use super::*;
use crate::event::{Body, Timing};

const IDS: [&str; 3] = [
    "11111111-1111-4111-8111-111111111111",
    "22222222-2222-4222-8222-222222222222",
    "33333333-3333-4333-8333-333333333333",
];
const BASE: &str = "https://bron.test/fhir";

fn trace_of(index: usize) -> String {
    format!("{index:x}").repeat(32)
}

/// Three answered requests with their marks.
fn journal() -> Vec<Entry> {
    let entry = |index: usize| {
        let exchange = Exchange {
            id: format!("x-{index}"),
            case: "a".into(),
            purpose: "proef".into(),
            method: "GET".into(),
            url: format!("{BASE}/Patient?identifier=999900006"),
            request_headers: vec![
                ("X-Request-Id".into(), IDS[index].into()),
                ("traceparent".into(), format!("00-{}-1111111111111111-01", trace_of(index + 10))),
            ],
            request_body: Body::default(),
            identity: "none".into(),
            reply: Reply::Response {
                status: 200,
                version: "HTTP/1.1".into(),
                headers: vec![],
                body: Body::default(),
                tls: None,
            },
            timing: Timing::default(),
            inbound: None,
        };
        Entry {
            seq: index as u64,
            at: format!("2026-11-22T10:00:0{index}.000Z"),
            prev: String::new(),
            event: Event::Exchange(Box::new(exchange)),
        }
    };
    (0..3).map(entry).collect()
}

fn joined(log: &str) -> Trail {
    join(&journal(), &[BASE.to_owned()], "log", log.as_bytes())
}

#[test]
fn every_known_form_of_line_is_found() {
    let (id, trace) = (IDS[1], trace_of(11));
    let parent = format!("00-{trace}-2222222222222222-01");
    for line in [
        json!({ "traceId": trace, "attributes": { "http.response.status_code": 200 } }).to_string(),
        json!({ "trace_id": trace }).to_string(),
        json!({ "trace.id": trace, "@timestamp": "2026-11-22T10:00:01Z" }).to_string(),
        json!({ "trace": { "id": trace } }).to_string(),
        json!({ "http": { "request": { "id": id }, "response": { "status_code": 200 } } }).to_string(),
        json!({ "headers": { "X-Request-Id": [id] } }).to_string(),
        json!({ "request_id": id, "status": "ok" }).to_string(),
        json!({ "traceparent": parent }).to_string(),
        json!({ "resourceType": "AuditEvent", "recorded": "2026-11-22T11:00:01+01:00",
            "entity": [{ "name": "X-Request-Id", "identifier": { "value": id } }] })
        .to_string(),
        format!("10.0.0.1 - - [22/Nov/2026] \"GET /fhir\" 200 id={id}"),
        format!("2026-11-22T10:00:01Z INFO traceparent: {parent}"),
    ] {
        let trail = joined(&line);
        assert_eq!((trail.found, trail.exchanges, trail.gaps.count), (1, 3, 2), "{line}");
        assert_eq!((trail.strange.count, trail.differing.count), (0, 0), "{line}");
        assert!(trail.gaps.first.iter().all(|gap| gap.exchange != "x-1"), "{line}");
    }
}

#[test]
fn what_is_missing_strange_or_different_is_told() {
    let mine = trace_of(10);
    let log = [
        json!({ "traceId": mine, "requestId": "99999999-9999-4999-8999-999999999999" }),
        json!({ "requestId": IDS[1], "status": 503, "time": "2026-11-22T10:09:00Z" }),
        json!({ "requestId": "van-een-ander", "status": 200 }),
    ]
    .map(|line| line.to_string())
    .join("\n");
    let trail = joined(&log);
    assert_eq!((trail.lines, trail.found, trail.gaps.count), (3, 2, 1));
    assert_eq!(trail.gaps.first[0].mark, IDS[2]);
    assert!(!trail.gaps.first[0].what.contains("999900006"), "{:?}", trail.gaps);
    assert_eq!(trail.strange.first[0].line, Some(1));
    assert!(trail.strange.first[0].mark.starts_with("9999"));
    let words: Vec<&str> = trail.differing.first.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(words.len(), 2, "{words:?}");
    assert!(words[0].contains("503") && words[1].contains("60 s"), "{words:?}");
}

#[test]
fn an_empty_a_long_and_a_damaged_log_are_no_crash() {
    assert_eq!(joined("").gaps.count, 3);
    let mut log =
        format!("{{\"requestId\":\"{}\",\"x\":\"{}\"}}\n", IDS[0], "x".repeat(MAX_LINE)).into_bytes();
    log.extend([0xff, 0xfe, b'\n', b'{', b'\n']);
    log.extend(("[".repeat(20_000) + "\n").into_bytes());
    let trail = join(&journal(), &[BASE.to_owned()], "log", &log);
    assert_eq!((trail.lines, trail.skipped, trail.found), (4, 2, 0));
}

#[test]
fn only_what_was_asked_of_the_product_belongs_in_its_log() {
    assert_eq!(join(&journal(), &["https://bron.test/fhirplus".into()], "log", b"").exchanges, 0);
    assert_eq!(join(&journal(), &[], "log", b"").exchanges, 0);
}
