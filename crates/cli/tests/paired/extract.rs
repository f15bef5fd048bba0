//! A log that is given to a run of the embedded product: bad input is told, and what may not be kept is not.

use std::{fs, path::Path};

use crate::{
    common::{keur, text},
    glue::Run,
};

const NOBODY: &str = "gateway: verzoek 7f6c1f2e-0000-4000-8000-000000000001 status=200\n";

/// A short run with a log; the exit code and what it left.
fn run(place: &Path, log: &Path) -> (i32, Run) {
    let out = place.join("uit");
    let output = keur(&[
        "run",
        "bgz-beschikbaarstellen",
        "--only",
        "WGZ-BGZ-002",
        "--quiet",
        "--out",
        out.to_str().unwrap(),
        "--product-log",
        log.to_str().unwrap(),
    ]);
    (output.status.code().unwrap_or_else(|| panic!("{}", text(&output))), Run::below(&out))
}

/// Everything in the folder of a run, as text.
fn kept(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            if path.is_dir() {
                kept(&path)
            } else {
                String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()
            }
        })
        .collect()
}

#[test]
fn secrets_in_a_log_are_not_kept_and_every_exchange_without_a_line_is_a_gap() {
    let place = tempfile::tempdir().unwrap();
    let log = place.path().join("gateway.log");
    let token = "Bearer geheim-t0ken-van-een-gateway-1234567890";
    fs::write(&log, format!("{NOBODY}Authorization: {token}\n")).unwrap();
    let (code, run) = run(place.path(), &log);
    let trail = &run.result["product_log"];
    assert_eq!(code, 3, "a part of a profile is never conform");
    assert_eq!((&trail["lines"], &trail["found"]), (&2.into(), &0.into()), "{trail:#}");
    assert_eq!(trail["gaps"]["count"], trail["exchanges"]);
    assert!(trail["exchanges"].as_u64().is_some_and(|count| count >= 27), "{trail:#}");
    let kept = kept(&run.folder);
    assert!(!kept.contains("geheim-t0ken") && kept.contains("7f6c1f2e-0000-4000-8000-000000000001"));
}

#[test]
fn a_real_number_in_a_log_stops_the_run_and_nothing_of_the_log_stays() {
    let place = tempfile::tempdir().unwrap();
    let log = place.path().join("gateway.ndjson");
    fs::write(&log, format!("{NOBODY}{{\"bsn\":\"123456782\"}}\n")).unwrap();
    let (_, run) = run(place.path(), &log);
    assert!(run.result.get("product_log").is_none());
    assert!(run.result["caveats"].to_string().contains("BSN"), "{}", run.result["caveats"]);
    let kept = kept(&run.folder);
    assert!(!kept.contains("123456782") && !kept.contains("7f6c1f2e"));
}

#[test]
fn a_log_that_is_not_there_is_told_in_the_result() {
    let place = tempfile::tempdir().unwrap();
    let (_, run) = run(place.path(), &place.path().join("weg.log"));
    assert_eq!(run.result["product_log"]["name"], "weg.log");
    assert!(run.result["product_log"]["unreadable"].is_string());
}
