//! The declaration of conformity goes out in the form in which it comes in, and a false claim is in every report.

use keur_catalogue::{
    Lang,
    conformity::{ConformityType, Declaration},
};
use keur_reports::{FORMATS, format};
use keur_verdict::{
    Agreement, CaseOutcome, CheckResult, DeclarationRow, DeclarationTable, Measured, OptionRow, Outcome,
};
use serde_json::Value;

use crate::every;

const REMARK: &str = "Zie ons handboek.";

/// A run in which the declaration was read: one claim false, one true, one not measured.
fn run() -> crate::build::Fixture {
    let mut fixture = every::every_outcome();
    let failing = fixture
        .result
        .requirements
        .iter_mut()
        .find(|r| r.outcome == Outcome::NotSatisfied && !r.remark)
        .expect("one fails");
    let case = failing.cases.iter_mut().find(|c| c.outcome == CaseOutcome::Failed).expect("a case");
    case.checks = vec![CheckResult {
        step: "Verklaard naast gemeten".to_owned(),
        expected: "SC008 is CONFORMANT, zoals verklaard".to_owned(),
        observed: "niet voldaan: WGZ-SEC-018".to_owned(),
        holds: Some(false),
        evidence: vec![],
    }];
    let row = |key: &str, declared, measured: Vec<Measured>, agreement| DeclarationRow {
        key: key.to_owned(),
        declared: Some(declared),
        remarks: (key == "SD014").then(|| REMARK.to_owned()),
        extent: None,
        measured,
        agreement,
    };
    let failed = Measured { requirement: "WGZ-SEC-018".to_owned(), outcome: Outcome::NotSatisfied };
    fixture.result.declaration = Some(DeclarationTable {
        version: "1.2.0".to_owned(),
        rows: vec![
            row("SC008", ConformityType::Conformant, vec![failed], Agreement::Contradicts),
            row("SD014", ConformityType::Conformant, vec![], Agreement::NotCompared),
        ],
    });
    fixture.result.options = vec![OptionRow {
        subject: "<b>Patient</b>".to_owned(),
        option: "=history-type".to_owned(),
        declared: None,
        advertised: Some(false),
        observed: Some(true),
        seen: "status 200".to_owned(),
        requirement: Some("WGZ-API-019".to_owned()),
    }];
    fixture
}

fn rendered(fixture: &crate::build::Fixture, name: &str) -> String {
    let format = format(name).expect("the format exists");
    String::from_utf8(format.render(&fixture.report(Lang::Nl)).expect("it renders")).expect("it is text")
}

#[test]
fn what_is_written_can_be_read_and_follows_the_schema() {
    let files = keur_catalogue::embedded::schema_files();
    let (_, schema) = files
        .iter()
        .find(|(path, _)| path.ends_with("declaration-of-conformity.schema.json"))
        .expect("it is embedded");
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let schema = jsonschema::draft202012::new(&schema).expect("the schema compiles");
    let fixture = run();
    let text = rendered(&fixture, "declaration");
    let document: Value = serde_json::from_str(&text).expect("it is JSON");
    assert!(schema.is_valid(&document), "{text}");
    let mut spoilt = document.clone();
    spoilt["requirements"]["SC008"]["conformityType"] = Value::from("MAYBE");
    assert!(!schema.is_valid(&spoilt));
    let read = Declaration::parse("c.json", &text, &fixture.conformity).expect("it is sound");
    assert!(read.missing(&fixture.conformity).is_empty());
    let vendor = &read.keys["SD014"];
    assert_eq!(vendor.conformity, ConformityType::Conformant);
    assert_eq!(vendor.remarks.as_deref(), Some("Niet gemeten. Leverancier: Zie ons handboek."));
    assert_eq!(read.keys["SD013"].conformity, ConformityType::NotEvaluated);
}

#[test]
fn a_failing_measurement_outweighs_the_claim() {
    let mut fixture = run();
    let result = fixture.result.requirements.iter_mut().find(|r| r.outcome == Outcome::NotSatisfied);
    result.expect("one fails").id = "WGZ-SEC-018".to_owned();
    let text = rendered(&fixture, "declaration");
    let read = Declaration::parse("c.json", &text, &fixture.conformity).expect("it is sound");
    assert_eq!(read.keys["SC008"].conformity, ConformityType::NotConformant);
    let remarks = read.keys["SC008"].remarks.as_deref().unwrap_or_default();
    assert!(remarks.contains("WGZ-SEC-018") && remarks.contains(&fixture.result.run.id), "{remarks}");
}

#[test]
fn a_false_claim_is_in_every_report_about_requirements() {
    let fixture = run();
    for format in FORMATS {
        let text = rendered(&fixture, format.name());
        // in-toto and TestReport name the requirement alone.
        let poorer = ["intoto", "in-toto", "testreport"].contains(&format.name());
        assert!(poorer || text.contains("niet voldaan: WGZ-SEC-018"), "{}", format.name());
    }
}

#[test]
fn options_are_texts_in_the_page_and_in_a_spreadsheet() {
    let fixture = run();
    let page = rendered(&fixture, "html");
    assert!(page.contains("&lt;b&gt;Patient&lt;/b&gt;") && page.contains("weersproken"));
    let table = rendered(&fixture, "options");
    assert!(
        table.contains("<b>Patient</b>,'=history-type,,no,yes,status 200,disagree,WGZ-API-019,"),
        "{table}"
    );
}
