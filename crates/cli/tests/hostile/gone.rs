//! A product that is not there, and an operator who stops.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use keur_evidence::event::{Event, RunEnd};
use serde_json::Value;

use crate::{
    common::{Reference, command},
    support::{Place, Server, assert_exit, closed_port, ended, hold, signal},
};

/// Nothing is blamed, and every case that could not be judged says why.
#[track_caller]
fn unreachable_everywhere(result: &Value) {
    assert_eq!(result["verdict"], "incomplete");
    for requirement in result["requirements"].as_array().unwrap() {
        assert_ne!(requirement["outcome"], "not_satisfied", "{requirement}");
        if requirement["modality"] != "automatic" {
            continue;
        }
        // The declaration of conformity is a file; what it claims could not be measured.
        let cause = if requirement["id"] == "WGZ-API-018" { "not_measured" } else { "unreachable" };
        for case in requirement["cases"].as_array().unwrap() {
            assert_eq!((&case["outcome"], &case["cause"]), (&"cant_tell".into(), &cause.into()), "{case}");
        }
    }
}

#[test]
fn a_closed_port_is_unreachable_and_never_a_finding() {
    let place = Place::for_server(closed_port());
    assert_exit(&place.run(), 3);
    unreachable_everywhere(&place.result());
}

#[test]
fn an_unknown_host_is_unreachable() {
    let place = Place::for_server(closed_port());
    let text = fs::read_to_string(place.path("product.toml")).unwrap();
    let line = text.lines().find(|line| line.starts_with("fhir_base")).unwrap();
    place.declare(&text.replace(line, "fhir_base = \"http://bestaat-niet.invalid/fhir\""));
    assert_exit(&place.run(), 3);
    unreachable_everywhere(&place.result());
}

#[test]
fn a_whole_profile_against_a_product_that_went_down_ends_in_seconds() {
    let place = Place { folder: tempfile::tempdir().unwrap() };
    drop(Reference::start(&place.path("product.toml")));
    let began = Instant::now();
    let mut command =
        command(&["run", "bgz-beschikbaarstellen", "--quiet", "--product", &place.text("product.toml")]);
    let output = ended(command.args(["--out", &place.text("out")]).spawn().unwrap());
    assert_exit(&output, 3);
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    unreachable_everywhere(&place.result());
}

#[test]
fn an_operator_who_stops_leaves_a_closed_journal() {
    let place = Place::for_server(Server::start(hold).address);
    let child = place.start(&["--timeout", "60"]);
    // Only once a request is on its way does stopping prove anything.
    let deadline = Instant::now() + Duration::from_secs(60);
    let asked = || {
        let runs = fs::read_dir(place.path("out")).into_iter().flatten().flatten();
        runs.map(|run| fs::read_to_string(run.path().join("journal.ndjson")).unwrap_or_default())
            .any(|journal| journal.contains("request_sent"))
    };
    while !asked() {
        assert!(Instant::now() < deadline, "no request was made");
        thread::sleep(Duration::from_millis(20));
    }
    let stopped = Instant::now();
    signal(child.id(), "-INT");
    let output = ended(child);
    assert_exit(&output, 130);
    assert!(stopped.elapsed() < Duration::from_secs(30), "{:?}", stopped.elapsed());
    assert!(matches!(place.journal().last(), Some(Event::RunFinished { how: RunEnd::Interrupted })));
    assert_eq!(place.result()["verdict"], "incomplete");
}
