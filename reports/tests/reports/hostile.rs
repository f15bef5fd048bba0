//! Whatever a product or a declaration says, a report stays well-formed, closed and bounded.

use std::{collections::BTreeSet, time::Duration};

use crate::build::{Fixture, case, check, digest, empty, exchange, requirement, response, result};
use crate::every::every_outcome;
use crate::reading;
use keur_catalogue::Lang;
use keur_evidence::event::{Entry, Event, Exchange};
use keur_reports::{FORMATS, format, terminal};
use keur_verdict::{CaseOutcome, Outcome, Verdict};
use proptest::prelude::*;

const NASTY: [&str; 11] = [
    "<script>alert(1)</script>",
    "\"'><img src=https://example.org/x onerror=1>",
    "</style></pre></details></main>",
    "]]>&amp;<!-- -->&#0;",
    "\u{0}\u{1}\u{8}\u{b}\u{1b}[31m\u{7f}\u{85}\u{fffe}",
    "\u{202e}nepo\u{2066}\u{200f}\u{feff}\u{ad}",
    "a'; rm -rf / #\n$(id) `id`",
    "{product} {ids}",
    "=HYPERLINK(\"https://example.org/\"&A1)",
    "\t@SUM(1+1)*cmd|' /C calc'!A0,\r\n-1",
    "![x](https://example.org/x.png) [y](javascript:alert(1)) \\<b> &lt;",
];

/// A run in which one text stands everywhere a product, a declaration or a scenario can put one.
fn everywhere(text: &str) -> Fixture {
    let mut f = empty(Verdict::NotConform);
    let own = || text.to_owned();
    let product = &mut f.result.product;
    for field in [&mut product.vendor, &mut product.name, &mut product.version, &mut product.endpoint] {
        *field = own();
    }
    product.claims = vec![own()];
    product.kvk = Some(own());
    f.result.caveats = vec![own()];
    f.result.run.mode = own();
    f.result.run.started = own();
    let mut failed =
        case("x", text, CaseOutcome::Failed, vec![check(text, text, text, Some(false), "x-000001")]);
    failed.id = format!("{text}#{text}");
    failed.cause = Some(own());
    failed.detail = Some(own());
    let blob = format!("sha256:{}", digest(1));
    f.blobs.0.insert(blob.clone(), text.as_bytes().to_vec());
    if let Event::Exchange(mut one) = exchange("x-000001", &failed.id, response(200, Some(blob.clone()))) {
        *one = Exchange { method: own(), url: own(), identity: own(), purpose: own(), ..*one };
        one.request_headers = vec![(own(), own()), ("Authorization".into(), own())];
        one.request_body.blob = Some(blob);
        f.entries.push(Entry { seq: 0, at: own(), prev: own(), event: Event::Exchange(one) });
    }
    f.requirements.push(requirement("WGZ-SEC-010", "titel", "title"));
    f.result.requirements.push(result("WGZ-SEC-010", Outcome::NotSatisfied, vec![failed]));
    f
}

fn render(name: &str, f: &Fixture) -> String {
    let bytes = format(name).expect("the format exists").render(&f.report(Lang::Nl)).expect("it renders");
    String::from_utf8(bytes).expect("it is UTF-8")
}

/// Every tag is one of ours and closed in order, every id stands once, nothing is fetched, nothing runs.
fn assert_closed_html(html: &str) {
    const OURS: &str = " html head meta title style body a svg symbol path header p nav ol ul li span main section h1 h2 h3 h4 \
        div dl dt dd table caption thead tbody tfoot tr th td details summary article figure figcaption pre code small \
        strong time footer use g line circle rect text br ";
    let html = html.strip_prefix("<!DOCTYPE html>").expect("a doctype");
    let (mut open, mut ids) = (Vec::new(), BTreeSet::new());
    for piece in html.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').expect("every < begins a tag");
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        assert!(OURS.contains(&format!(" {name} ")), "not ours: <{tag}>");
        for attribute in [" src=", " style=", " on", " xlink"] {
            let outside: String = tag.split('"').step_by(2).collect();
            assert!(!outside.contains(attribute), "<{tag}>");
        }
        if let Some(target) = tag.split(" href=\"").nth(1) {
            assert!(target.starts_with('#'), "<{tag}> leaves the page");
        }
        if let Some(id) = tag.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next()) {
            assert!(ids.insert(id.to_owned()), "id {id} stands twice");
        }
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "<{tag}>");
        } else if !tag.ends_with('/') && !matches!(name, "meta" | "br") {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    assert!(!html.contains("url(") && !html.contains("@import"));
    assert!(html.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'), "a control character");
}

fn assert_well_formed_xml(xml: &str) {
    let mut reader = quick_xml::Reader::from_str(xml);
    loop {
        match reader.read_event().expect("well-formed") {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    attribute.expect("a well-formed attribute");
                }
            }
            _ => {}
        }
    }
    let forbidden =
        |c: char| c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(!xml.contains(forbidden), "a character XML forbids");
}

fn assert_plain_terminal(f: &Fixture) {
    let report = f.report(Lang::Nl);
    let style = terminal::Style::default();
    let mut out = String::new();
    for requirement in &f.result.requirements {
        out.push_str(&terminal::finding(&report, requirement, style));
    }
    let paths = terminal::Paths { report: "report.html", next: "keur run" };
    out.push_str(&terminal::summary(&report, Duration::ZERO, paths, style));
    assert!(out.chars().all(|c| c == '\n' || !c.is_control()), "{out:?}");
    assert!(!out.contains('\u{202e}'));
    let last: Vec<_> = out.lines().rev().take(2).collect();
    assert!(last[0].contains("keur run") && last[1].contains("report.html"), "{last:?}");
}

fn assert_sound(f: &Fixture) {
    let html = render("html", f);
    assert_closed_html(&html);
    assert!(!html.contains(|c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')));
    assert_well_formed_xml(&render("junit", f));
    assert_plain_terminal(f);
    serde_json::from_str::<serde_json::Value>(&render("json", f)).expect("JSON");
    for format in FORMATS.iter().filter(|format| !format.in_folder()) {
        let text = reading::text(*format, f);
        assert!(text.len() < 1_000_000, "{}: {} bytes", format.name(), text.len());
        if format.name() == "csv" {
            assert_inert_csv(&text);
        } else {
            let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let markdown: &[&str] = match format.name() {
                "oscal" => &["title", "description", "remarks"],
                "testreport" => &["message"],
                _ => &[],
            };
            assert_plain_json(&json, "", markdown);
        }
    }
}

/// Every record is as wide as the first, and no cell is a formula.
fn assert_inert_csv(text: &str) {
    let records = reading::records(text);
    for cell in records.iter().flatten() {
        let first = cell.trim_start().chars().next();
        let runs = matches!(first, Some('=' | '+' | '-' | '@')) || cell.starts_with(['\t', '\r', '\n']);
        assert!(!runs, "{cell:?}");
        assert_plain_text(cell);
    }
    assert!(records.iter().all(|record| record.len() == records[0].len()));
}

/// No text hides or reorders anything, and what is Markdown holds no element, link or image.
fn assert_plain_json(value: &serde_json::Value, key: &str, markdown: &[&str]) {
    match value {
        serde_json::Value::String(text) => {
            assert_plain_text(text);
            if key == "div" {
                assert_closed_narrative(text);
            } else if markdown.contains(&key) {
                let bare = text.replace("\\\\", "").replace("\\<", "").replace("\\[", "");
                assert!(!bare.contains(['<', '[']), "{text}");
            }
        }
        serde_json::Value::Array(all) => all.iter().for_each(|one| assert_plain_json(one, key, markdown)),
        serde_json::Value::Object(all) => {
            all.iter().for_each(|(key, one)| assert_plain_json(one, key, markdown));
        }
        _ => {}
    }
}

fn assert_plain_text(text: &str) {
    let hidden = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    assert!(!text.contains(hidden), "{text:?}");
}

/// XHTML of four elements, closed in order.
fn assert_closed_narrative(div: &str) {
    assert_well_formed_xml(div);
    for piece in div.split('<').skip(1) {
        let name = piece.trim_start_matches('/').split([' ', '>']).next().unwrap_or_default();
        assert!(matches!(name, "div" | "p" | "ul" | "li"), "not ours: <{piece}");
    }
}

#[test]
fn the_golden_run_is_closed() {
    for lang in [Lang::Nl, Lang::En] {
        let f = every_outcome();
        let html = format("html").expect("html").render(&f.report(lang)).expect("it renders");
        assert_closed_html(&String::from_utf8(html).expect("UTF-8"));
    }
    assert_sound(&every_outcome());
}

#[test]
fn nasty_texts_stay_texts() {
    for text in NASTY {
        assert_sound(&everywhere(text));
    }
    assert_sound(&everywhere(&NASTY.concat()));
}

#[test]
fn a_megabyte_is_cut_with_a_marker() {
    for filling in ["<é\u{202e}", "\"", "{[", "a "] {
        let f = everywhere(&filling.repeat(1_000_000 / filling.len()));
        assert_sound(&f);
        let html = render("html", &f);
        assert!(html.len() < 1_000_000, "{} bytes", html.len());
        assert!(html.contains("afgekapt"));
        assert!(render("junit", &f).len() < 1_000_000);
    }
}

#[test]
fn seventy_requirements_fit_in_a_megabyte() {
    for (failing, each) in [(0, 4), (10, 4), (70, 3)] {
        let mut f = empty(Verdict::NotConform);
        let blob = format!("sha256:{}", digest(2));
        f.blobs.0.insert(blob.clone(), "{\"x\": \"patiënt\"}".repeat(1_000).into_bytes());
        for n in 0..70 {
            let id = format!("WGZ-SEC-{n:03}");
            let bad = n < failing;
            let cases = (0..each)
                .map(|k| {
                    let holds = Some(!(bad && k == 0));
                    let outcome = if bad && k == 0 { CaseOutcome::Failed } else { CaseOutcome::Passed };
                    let checks = (0..each)
                        .map(|c| {
                            let x = format!("x-{n:03}{k}{c}");
                            check(
                                "Dan wordt de opvraging geweigerd met status 401",
                                &"status 401 ".repeat(6),
                                &"status 200 ".repeat(6),
                                holds,
                                &x,
                            )
                        })
                        .collect();
                    let mut one = case(
                        &format!("geval-{n}-{k}"),
                        "het product weigert de opvraging zonder geldig token",
                        outcome,
                        checks,
                    );
                    one.exchanges.push("x-none".into());
                    one
                })
                .collect::<Vec<_>>();
            for one in &cases {
                for x in &one.exchanges {
                    let event = exchange(x, &one.id, response(200, Some(blob.clone())));
                    f.entries.push(Entry { seq: 0, at: String::new(), prev: String::new(), event });
                }
            }
            f.requirements.push(requirement(
                &id,
                "Een geldig certificaat zonder token geeft geen gegevens",
                "title",
            ));
            f.result.requirements.push(result(
                &id,
                if bad { Outcome::NotSatisfied } else { Outcome::Satisfied },
                cases,
            ));
        }
        let html = render("html", &f);
        assert_closed_html(&html);
        assert!(html.len() < 1_000_000, "{failing} failing: {} bytes", html.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_stays_text(text in any::<String>(), at in 0..NASTY.len()) {
        assert_sound(&everywhere(&text));
        assert_sound(&everywhere(&format!("{text}{}{text}", NASTY[at])));
    }
}
