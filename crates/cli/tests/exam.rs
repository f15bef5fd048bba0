//! Exams of the embedded product: what they ask, what they reveal, and whom they catch.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Output,
};

use serde_json::Value;

use crate::common::{keur, run_folder};

fn run(out: &Path, more: &[&str]) -> Output {
    let base = ["run", "bgz-beschikbaarstellen", "--format", "json", "--out", out.to_str().unwrap()];
    keur(&[&base[..], more].concat())
}

/// The events of the only run in `out`.
fn journal(out: &Path) -> Vec<Value> {
    let text = fs::read_to_string(run_folder(out).join("journal.ndjson")).unwrap();
    text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["event"].clone()).collect()
}

fn of<'j>(journal: &'j [Value], kind: &str) -> Vec<&'j Value> {
    journal.iter().filter(|event| event["kind"] == kind).collect()
}

fn header<'e>(exchange: &'e Value, name: &str) -> Option<&'e str> {
    let headers = exchange["request_headers"].as_array().unwrap();
    headers.iter().find(|header| header[0] == name).and_then(|header| header[1].as_str())
}

fn is_twin(exchange: &Value) -> bool {
    exchange["case"].as_str().unwrap().ends_with("~tweeling")
}

#[test]
fn an_exam_keeps_its_seed_and_asks_everything_twice() {
    let out = tempfile::tempdir().unwrap();
    let output = run(out.path(), &["--exam"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let journal = journal(out.path());

    let seed = result["run"]["seed"].as_str().unwrap();
    let [first, .., revealed, last] = journal.as_slice() else { panic!("a short journal") };
    assert_eq!(
        (&result["run"]["mode"], &first["mode"], &first["seed"]),
        (&"exam".into(), &"exam".into(), &"".into())
    );
    assert!(first["seed_commitment"].as_str().unwrap().starts_with("sha256:"));
    assert_eq!((revealed["kind"].as_str(), revealed["seed"].as_str()), (Some("seed_revealed"), Some(seed)));
    assert_eq!(last["kind"], "run_finished");
    let early = serde_json::to_string(&journal[..journal.len() - 2]).unwrap();
    assert!(seed.len() == 64 && !early.contains(seed), "the seed is told too early");

    let planned: Vec<&str> =
        of(&journal, "case_planned").iter().map(|c| c["case"].as_str().unwrap()).collect();
    let started: Vec<&str> =
        of(&journal, "case_started").iter().map(|c| c["case"].as_str().unwrap()).collect();
    assert_ne!(planned, started, "the order is that of the plan");
    assert_eq!(planned.iter().filter(|case| case.ends_with("~tweeling")).count() * 2, planned.len());

    let exchanges = of(&journal, "exchange");
    let (twins, cases): (Vec<&Value>, Vec<&Value>) =
        exchanges.into_iter().partition(|exchange| is_twin(exchange));
    assert!(cases.iter().all(|exchange| header(exchange, "User-Agent").is_none()));
    assert!(twins.iter().all(|exchange| header(exchange, "User-Agent").is_some()));
    let orders = |exchanges: &[&Value]| {
        let names = |exchange: &&Value| {
            let headers = exchange["request_headers"].as_array().unwrap();
            headers.iter().map(|header| header[0].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        exchanges.iter().map(names).collect::<BTreeSet<_>>().len()
    };
    assert!(orders(&twins) > 2 * orders(&cases), "{} and {}", orders(&twins), orders(&cases));
    // Party B plays A's part in a good share.
    let mut players: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for twin in &twins {
        let (case, identity) = (twin["case"].as_str().unwrap(), twin["identity"].as_str().unwrap());
        players.entry(case).or_default().insert(identity);
    }
    let as_b = players.values().filter(|names| names.iter().eq(&["party_b"])).count();
    assert!(as_b >= 20, "only {as_b} twins are asked by party B alone");
}

/// What a cheat gets away with in practice, an exam shows: exactly that.
#[test]
fn a_cheat_passes_practice_and_fails_the_exam() {
    for (cheat, caught) in
        [("recognises-harness", &["WGZ-ATN-001", "WGZ-SEC-010"][..]), ("memorised-answers", &["WGZ-BGZ-001"])]
    {
        let out = tempfile::tempdir().unwrap();
        let practice = run(&out.path().join("practice"), &["--defect", cheat]);
        assert_eq!(practice.status.code(), Some(0), "{cheat} is no cheat: practice shows it");
        let exam = run(&out.path().join("exam"), &["--defect", cheat, "--exam"]);
        assert_eq!(exam.status.code(), Some(1), "{cheat}");
        let result: Value = serde_json::from_slice(&exam.stdout).unwrap();
        let requirements = result["requirements"].as_array().unwrap();
        let failed = requirements.iter().filter(|requirement| requirement["outcome"] == "not_satisfied");
        let failed: BTreeSet<&str> = failed.map(|requirement| requirement["id"].as_str().unwrap()).collect();
        assert_eq!(failed, caught.iter().copied().collect(), "{cheat}");
    }
}
