//! The data of the page: what is on it, bounded, and always text.

use keur_catalogue::Lang;
use keur_pdf::{Attachment, paper::Paper};
use serde_json::Value;

use crate::{build::Fixture, every::every_outcome};

fn paper(f: &Fixture, lang: Lang) -> Value {
    let attachments = [Attachment::new("result.json", b"{}")];
    serde_json::to_value(Paper::new(&f.report(lang), &attachments)).expect("it serialises")
}

#[test]
fn every_requirement_stands_on_the_paper_once() {
    let f = every_outcome();
    let paper = paper(&f, Lang::Nl);
    let of = |list: &Value| {
        list.as_array().expect("a list").iter().map(|item| item["id"].clone()).collect::<Vec<_>>()
    };
    let mut ids: Vec<Value> = paper["sections"]
        .as_array()
        .expect("sections")
        .iter()
        .flat_map(|part| of(&part["findings"]))
        .collect();
    ids.extend(of(&paper["attested"]));
    ids.extend(paper["satisfied"].as_array().expect("rows").iter().map(|row| row[0].clone()));
    let mut ids: Vec<&str> = ids.iter().filter_map(Value::as_str).collect();
    ids.sort_unstable();
    let mut expected: Vec<&str> = f.result.requirements.iter().map(|r| r.id.as_str()).collect();
    expected.sort_unstable();
    assert_eq!(ids, expected);
}

#[test]
fn a_deviation_says_what_was_expected_and_observed() {
    let paper = paper(&every_outcome(), Lang::En);
    let finding = &paper["sections"][0]["findings"][0];
    assert_eq!(finding["id"], "WGZ-SEC-010");
    assert_eq!(finding["passed"], 1);
    let check = &finding["cases"][0]["checks"][0];
    assert_eq!((&check["expected"], &check["observed"]), (&"status 401".into(), &"status 200".into()));
    assert_eq!(check["judgement"], "violated");
    assert!(finding["fix"].as_str().is_some_and(|fix| fix.starts_with("Let the endpoint refuse")));
}

#[test]
fn the_matrix_of_layers_stands_on_the_paper_cell_by_cell() {
    let mut f = every_outcome();
    let drawn = &paper(&f, Lang::Nl)["matrix"];
    assert_eq!(drawn["layers"], serde_json::json!(["Verbinding", "Beslissing bij de bron"]));
    assert_eq!(
        drawn["sets"][2],
        serde_json::json!({ "broken": [true, true], "tried": 1, "kind": "deviation" })
    );
    assert_eq!(drawn["cells"][2]["attacks"], "zonder clientcertificaat + zonder token");
    assert_eq!(drawn["cells"][2]["outcome"], "vrijgegeven");
    assert_eq!(drawn["smallest"], serde_json::json!(["Verbinding + Beslissing bij de bron"]));
    f.result.layers = None;
    assert!(paper(&f, Lang::Nl)["matrix"].is_null());
}

#[test]
fn the_code_names_the_run_and_the_head() {
    let f = every_outcome();
    let paper = paper(&f, Lang::Nl);
    let expected = format!("keur:{}:{}", f.result.run.id, f.result.run.journal_head);
    assert_eq!(paper["qr"]["text"], expected);
}

#[test]
fn only_practice_is_stamped() {
    let mut f = every_outcome();
    assert_eq!(paper(&f, Lang::Nl)["practice"], true);
    f.result.run.mode = "exam".into();
    assert_eq!(paper(&f, Lang::Nl)["practice"], false);
}

#[test]
fn long_texts_and_lists_are_cut_and_counted() {
    let mut f = every_outcome();
    let long = "x".repeat(100_000);
    let case = &mut f.result.requirements[0].cases[1];
    case.title = long.clone();
    case.checks[0].observed = long.clone();
    case.checks = case.checks.iter().cycle().take(500).cloned().collect();
    f.result.product.name = long;
    let paper = paper(&f, Lang::Nl);
    let shown = &paper["sections"][0]["findings"][0]["cases"][0];
    assert_eq!(shown["checks"].as_array().map(Vec::len), Some(12));
    assert_eq!(shown["more"], 488);
    assert!(shown["checks"][0]["observed"].as_str().is_some_and(|text| text.ends_with("(afgekapt)")));
    assert!(paper.to_string().len() < 100_000);
}
