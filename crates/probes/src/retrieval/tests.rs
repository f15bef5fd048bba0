//! Tests of the checks on a retrieving product.

use serde_json::{Value, json};

use super::*;
use crate::fhir::query::filled;

const BSN: &str = "999900018";
const HERE: &str = "https://keur.test:8443";

fn call(id: usize, target: &str, notes: Value) -> Heard {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Heard {
        id: format!("x-{id}"),
        service: "bgz".to_owned(),
        method: "GET".to_owned(),
        origin: HERE.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: vec![("traceparent".to_owned(), "00".to_owned())],
        body: Vec::new(),
        whole: true,
        certificate: None,
        trusted: None,
        status: 200,
        delivery: "whole".to_owned(),
        notes,
    }
}

fn retrieval() -> Vec<Heard> {
    let one = |(at, section): (usize, &crate::fhir::query::Section)| {
        let notes = json!({ "section": section.name, "token": "right", "total": 2, "ms": at });
        call(at, &format!("/fhir/{}", filled(section.search, BSN)), notes)
    };
    SECTIONS.iter().enumerate().map(one).collect()
}

#[test]
fn a_missing_search_and_a_strange_one_are_seen() {
    let mut calls = retrieval();
    assert!(whole(&calls).iter().all(Check::holds));
    assert_eq!(sections_asked(&calls), 27);
    calls.push(call(99, "/fhir/Basic?x=1", json!({ "section": null })));
    assert_eq!(whole(&calls).iter().map(Check::holds).collect::<Vec<_>>(), [true, false]);
    calls.remove(3);
    assert!(!whole(&calls)[0].holds());
}

#[test]
fn another_system_or_patient_is_seen() {
    let mut calls = retrieval();
    assert!(one_patient(&calls, BSN).holds());
    assert!(!one_patient(&calls, "999900024").holds());
    calls[5].query.push_str("&patient=1");
    assert_eq!(one_patient(&calls, BSN).evidence, ["x-5"]);
}

#[test]
fn a_product_that_does_not_wait_is_seen() {
    let busy = |ms: u64, status: u16| {
        let mut one = call(1, "/fhir/Condition", json!({ "section": "Probleem", "ms": ms }));
        one.status = status;
        one
    };
    let holds = |calls: &[Heard]| waited(calls, 2).iter().all(Check::holds);
    assert!(holds(&[busy(0, 429), busy(2_000, 200)]) && !holds(&[busy(0, 429), busy(400, 200)]));
    assert!(!holds(&[busy(0, 429)]) && !holds(&[busy(0, 200)]));
}

#[test]
fn a_token_elsewhere_is_seen() {
    let mut calls = retrieval();
    assert!(tokens(&calls).iter().all(Check::holds));
    calls[3].origin = "https://elders.test".to_owned();
    assert!(token_only_here(&calls, "https://elders.test").holds());
    calls[3].headers.push(("authorization".to_owned(), "Bearer $KEUR_TOKEN:1".to_owned()));
    assert!(!token_only_here(&calls, "https://elders.test").holds());
    assert!(!nothing_asked(&calls, "https://elders.test", 1).holds());
    assert!(nothing_asked(&[], "https://elders.test", 1).holds());
    assert!(!nothing_asked(&[], "https://elders.test", 0).holds());
}

#[test]
fn an_outage_shown_as_nothing_is_seen() {
    let mut sections: Vec<Value> =
        SECTIONS.iter().map(|one| json!({ "name": one.name, "count": 2, "complete": true })).collect();
    let shown = |sections: &[Value], warnings: Value| {
        Shown::of(&json!({ "sections": sections, "warnings": warnings, "error": null }))
            .expect("what it shows")
    };
    let whole = shown(&sections, json!([]));
    assert!(told(&whole, &retrieval(), None).iter().all(Check::holds));
    assert!(!incomplete(&whole, "Probleem").holds());
    sections[6] = json!({ "name": "Probleem", "count": 0, "complete": false });
    let warned = shown(&sections, json!(["Probleem"]));
    assert!(incomplete(&warned, "Probleem").holds());
    assert!(!incomplete(&shown(&sections, json!([])), "Probleem").holds());
    assert!(!told(&warned, &retrieval(), None).iter().all(Check::holds));
    assert!(told(&warned, &retrieval(), Some("Probleem")).iter().all(Check::holds));
    assert_eq!(Shown::of(&json!({ "sections": [{ "name": "x" }] })), None);
}

#[test]
fn what_is_wrong_with_an_assertion_is_told() {
    let token = |client: &str| call(1, "/oauth/token", json!({ "client": client }));
    assert!(!assertion(&[token("signature")])[0].holds() && assertion(&[token("right")])[0].holds());
    assert!(!assertion(&[]).iter().all(Check::holds));
    assert!(!certificates(&retrieval(), None).holds());
    assert!(traceable(&retrieval()).holds());
}
