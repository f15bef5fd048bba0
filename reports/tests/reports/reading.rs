//! Reading exports back as their readers would: what the whole says, and how many items look like a pass.

use keur_catalogue::Lang;
use keur_reports::Format;
use serde_json::Value;

use crate::build::Fixture;

/// What a format says about a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// 0 says pass; the worse, the higher.
    pub overall: u8,
    /// Items that look like a pass; none where a format does not tell items apart.
    pub passes: Option<usize>,
}

/// The export as text.
pub fn text(format: &dyn Format, f: &Fixture) -> String {
    let bytes = format.render(&f.report(Lang::Nl)).expect("it renders");
    String::from_utf8(bytes).expect("it is UTF-8")
}

/// What this format says about a run. A format without an arm here is an error: it must be read too.
pub fn said(format: &dyn Format, f: &Fixture) -> Said {
    let text = text(format, f);
    let json = || serde_json::from_str::<Value>(&text).expect("it is JSON");
    match format.name() {
        "html" => html(&text),
        "junit" => junit(&text),
        "json" => Said {
            overall: rank(&json()["verdict"], &["conform", "incomplete", "not_conform"]),
            passes: None,
        },
        "csv" => csv(&text),
        "ctrf" => ctrf(&json()),
        "earl" => earl(&json()),
        "intoto" => intoto(&json()["predicate"]),
        "oscal" => oscal(&json()["assessment-results"]["results"][0]),
        "testreport" => testreport(&json()),
        other => panic!("{other} is not read back"),
    }
}

fn rank(word: &Value, from_good_to_bad: &[&str]) -> u8 {
    let at = from_good_to_bad.iter().position(|known| word == known);
    u8::try_from(at.expect("a known word")).expect("a few words")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn count(values: &[Value], is: impl Fn(&Value) -> bool) -> Option<usize> {
    Some(values.iter().filter(|value| is(value)).count())
}

fn html(text: &str) -> Said {
    let kind = text.split("class=\"verdict ").nth(1).and_then(|rest| rest.split('"').next());
    Said { overall: rank(&kind.into(), &["conform", "incomplete", "not-conform"]), passes: None }
}

fn junit(text: &str) -> Said {
    let count = |tag: &str| text.matches(&format!("<{tag} ")).count();
    let overall = match (count("failure"), count("error")) {
        (0, 0) => 0,
        (0, _) => 1,
        _ => 2,
    };
    Said { overall, passes: None }
}

/// The cells of every record, by RFC 4180.
pub fn records(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let (mut records, mut record, mut cell, mut inside) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if inside && chars.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => {
                assert!(inside || cell.is_empty(), "a quote inside a bare cell");
                inside = !inside;
            }
            ',' if !inside => record.push(std::mem::take(&mut cell)),
            '\r' if !inside => {
                assert_eq!(chars.next(), Some('\n'), "a record ends with CRLF");
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            c => {
                assert!(inside || c != '\n', "a bare line feed");
                cell.push(c);
            }
        }
    }
    assert!(!inside && record.is_empty() && cell.is_empty(), "the last record is closed");
    records
}

fn csv(text: &str) -> Said {
    let records = records(text);
    let column = |name: &str| records[0].iter().position(|cell| cell == name).expect("a known column");
    let (verdict, outcome) = (column("verdict"), column("case_outcome"));
    let rows = &records[1..];
    let overall = rows
        .iter()
        .map(|row| rank(&row[verdict].as_str().into(), &["conform", "incomplete", "not_conform"]))
        .max();
    let (modality, whole) = (column("modality"), column("outcome"));
    let passed = |row: &&Vec<String>| {
        row[outcome] == "passed"
            || row[outcome].is_empty() && row[modality] == "attested" && row[whole] == "satisfied"
    };
    Said { overall: overall.unwrap_or(1), passes: Some(rows.iter().filter(passed).count()) }
}

fn ctrf(json: &Value) -> Said {
    let (summary, tests) = (&json["results"]["summary"], list(&json["results"]["tests"]));
    for status in ["passed", "failed", "pending", "skipped", "other"] {
        assert_eq!(summary[status].as_u64(), count(tests, |t| t["status"] == status).map(|n| n as u64));
    }
    let overall = match (&summary["failed"], &summary["pending"], &summary["other"]) {
        (failed, _, _) if failed != 0 => 2,
        (_, pending, other) if pending != 0 || other != 0 => 1,
        _ => 0,
    };
    Said { overall, passes: count(tests, |test| test["status"] == "passed") }
}

fn earl(json: &Value) -> Said {
    let nodes = list(&json["@graph"]);
    let ids: Vec<&Value> = nodes.iter().map(|node| &node["@id"]).collect();
    let profile = &nodes[2]["@id"];
    let mut passes = 0;
    let mut overall = None;
    for assertion in nodes.iter().filter(|node| node["@type"] == "earl:Assertion") {
        for key in ["assertedBy", "subject", "test"] {
            assert!(ids.contains(&&assertion[key]), "{key} is in the graph");
        }
        let result = &assertion["result"];
        if &assertion["test"] == profile {
            overall = Some(rank(&result["outcome"], &["earl:passed", "earl:cantTell", "earl:failed"]));
        } else if result["outcome"] == "earl:passed" && result["info"].is_null() {
            passes += 1;
        }
    }
    Said { overall: overall.expect("an assertion about the profile"), passes: Some(passes) }
}

fn intoto(predicate: &Value) -> Said {
    Said {
        overall: rank(&predicate["result"], &["PASSED", "WARNED", "FAILED"]),
        passes: Some(list(&predicate["passedTests"]).len()),
    }
}

fn oscal(result: &Value) -> Said {
    let open = |finding: &Value| finding["target"]["status"]["state"] == "not-satisfied";
    let observed = list(&result["observations"]);
    let passed = |value: &Value| {
        list(&value["props"]).iter().any(|p| p["name"] == "outcome" && p["value"] == "passed")
    };
    let overall = count(list(&result["findings"]), open).is_some_and(|open| open > 0);
    Said { overall: overall.into(), passes: count(observed, passed) }
}

fn testreport(json: &Value) -> Said {
    let pass = |test: &Value| test["action"][0]["operation"]["result"] == "pass";
    Said {
        overall: rank(&json["result"], &["pass", "pending", "fail"]),
        passes: count(list(&json["test"]), pass),
    }
}
