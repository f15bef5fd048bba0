//! Replays the published BgZ-MSZ 2.0 qualification searches over the published data.
//!
//! Set `KEUR_NL_DATA` to a folder that holds `instances/bgz/stu3-msz-2.0-cert` and `fhir-nl/expected-counts.tsv`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use http::HeaderMap;
use keur_reference::defects::Defects;
use keur_reference::fhir::{Grant, Request, Service};
use serde_json::Value;

const SUITE: &str = "BgZ-MSZ-2.0 Cert Serving";
const ENOUGH: usize = 60;

/// One row of the table of expected counts.
struct Row {
    script: String,
    test: String,
    resource: String,
    params: String,
    counted: String,
    expected: usize,
}

fn rows(folder: &Path) -> Vec<Row> {
    let text =
        std::fs::read_to_string(folder.join("fhir-nl/expected-counts.tsv")).expect("the table can be read");
    text.lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|cells| cells.len() == 8 && cells[0] == SUITE)
        .map(|cells| Row {
            script: cells[1].to_owned(),
            test: cells[2].to_owned(),
            resource: cells[3].to_owned(),
            params: cells[4].to_owned(),
            counted: cells[5].to_owned(),
            expected: cells[7].parse().expect("a count"),
        })
        .collect()
}

fn bsn_in(params: &str) -> Option<&str> {
    params.split("bsn|").nth(1).and_then(|rest| rest.get(..9))
}

/// Counts resources of a type over all pages.
fn count(service: &Service, row: &Row, bsn: &str) -> Result<usize, String> {
    let (path, query) = row.params.split_once('?').expect("a query");
    let path = format!("{}{path}", row.resource);
    let may_see = |asked: &str| asked == bsn;
    let scopes = ["system/*.rs".to_owned()];
    let grant = Grant { scopes: &scopes, may_see: &may_see };
    let headers = HeaderMap::new();
    let mut query = query.to_owned();
    let mut found = BTreeSet::new();
    for _ in 0..50 {
        let request = Request { method: "GET", path: &path, query: &query, headers: &headers, body: b"" };
        let answer = service.handle(&request, Some(&grant));
        if answer.status != 200 {
            return Err(format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body)));
        }
        let bundle: Value = serde_json::from_slice(&answer.body).expect("JSON");
        for entry in bundle["entry"].as_array().into_iter().flatten() {
            if entry["resource"]["resourceType"] == row.counted.as_str() {
                found.insert(entry["fullUrl"].to_string());
            }
        }
        let links = bundle["link"].as_array().expect("links");
        match links.iter().find(|link| link["relation"] == "next") {
            None => return Ok(found.len()),
            Some(next) => {
                next["url"]
                    .as_str()
                    .expect("a URL")
                    .split_once('?')
                    .expect("a cursor")
                    .1
                    .clone_into(&mut query);
            }
        }
    }
    Err("the pages do not end".to_owned())
}

#[test]
fn published_searches_give_the_published_counts() {
    let mut out = std::io::stdout();
    let Some(folder) = std::env::var_os("KEUR_NL_DATA") else {
        writeln!(out, "skipped: KEUR_NL_DATA is not set").expect("standard output");
        return;
    };
    let folder = Path::new(&folder);
    let service = Service::from_folder(
        &folder.join("instances/bgz/stu3-msz-2.0-cert"),
        "https://localhost/fhir".to_owned(),
        Defects::default(),
    )
    .expect("the published data loads");
    let rows = rows(folder);
    // The rows of one script are about one patient; a row without a BSN takes that of its script.
    let patients: BTreeMap<&str, &str> =
        rows.iter().filter_map(|row| Some((row.script.as_str(), bsn_in(&row.params)?))).collect();
    let mut good = 0;
    for row in &rows {
        let bsn = patients[row.script.as_str()];
        match count(&service, row, bsn) {
            Ok(found) if found == row.expected => good += 1,
            other => {
                let line = format!("{} {}: {} expected {}", row.script, row.test, row.counted, row.expected);
                writeln!(out, "miss: {line}, got {other:?}").expect("standard output");
            }
        }
    }
    writeln!(out, "{good} of {} rows reproduce", rows.len()).expect("standard output");
    assert!(rows.len() >= ENOUGH && good >= ENOUGH, "{good} of {}", rows.len());
}
