//! Every format over one run with every kind of outcome, as goldens.

use std::time::Duration;

use crate::every::every_outcome;
use keur_catalogue::Lang;
use keur_reports::{FORMATS, Report, format, terminal};

fn render(name: &str, report: &Report<'_>) -> Vec<u8> {
    format(name).expect("the format exists").render(report).expect("it renders")
}

#[test]
fn html() {
    let fixture = every_outcome();
    insta::assert_binary_snapshot!("report-nl.html", render("html", &fixture.report(Lang::Nl)));
    insta::assert_binary_snapshot!("report-en.html", render("html", &fixture.report(Lang::En)));
}

#[test]
fn junit() {
    let fixture = every_outcome();
    insta::assert_binary_snapshot!("junit.xml", render("junit", &fixture.report(Lang::Nl)));
}

#[test]
fn exports() {
    let fixture = every_outcome();
    let report = fixture.report(Lang::Nl);
    insta::assert_binary_snapshot!("ctrf-report.json", render("ctrf", &report));
    insta::assert_binary_snapshot!("requirements.csv", render("csv", &report));
    insta::assert_binary_snapshot!("earl.jsonld", render("earl", &report));
    insta::assert_binary_snapshot!("test-result.json", render("intoto", &report));
    insta::assert_binary_snapshot!("assessment-results.json", render("oscal", &report));
    insta::assert_binary_snapshot!("testreport.json", render("testreport", &report));
}

#[test]
fn terminal_output() {
    let fixture = every_outcome();
    for (lang, name) in [(Lang::Nl, "terminal-nl"), (Lang::En, "terminal-en")] {
        let report = fixture.report(lang);
        let style = terminal::Style::default();
        let mut out = String::new();
        for requirement in &fixture.result.requirements {
            out.push_str(&terminal::finding(&report, requirement, style));
        }
        let paths = terminal::Paths {
            report: "keur-out/2026-11-22-0007/report.html",
            next: "keur run bgz-beschikbaarstellen --only WGZ-SEC-010",
        };
        out.push_str(&terminal::summary(&report, Duration::from_millis(3_260), paths, style));
        insta::assert_snapshot!(name, out);
    }
}

#[test]
fn json_is_the_result() {
    let fixture = every_outcome();
    let bytes = render("json", &fixture.report(Lang::Nl));
    let again: keur_verdict::RunResult = serde_json::from_slice(&bytes).expect("it reads back");
    assert_eq!(again, fixture.result);
    assert!(bytes.starts_with(b"{\n  \"format\": \"keur/result\"") && bytes.ends_with(b"}\n"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for format in FORMATS {
        let once = format.render(&every_outcome().report(Lang::Nl)).expect("it renders");
        let twice = format.render(&every_outcome().report(Lang::Nl)).expect("it renders");
        assert_eq!(once, twice, "{}", format.name());
    }
}
