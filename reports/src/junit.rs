//! JUnit XML for CI: poorer than the result, so every loss is towards worse.

mod xml;

use std::fmt::Write as _;

use keur_verdict::{CaseResult, Outcome, RequirementResult};

use self::xml::{Case, Kind, Suite};
use crate::{
    Format, RenderError, Report,
    crosswalk::{self, About, Grade, Item, word},
    view::View,
};

/// Longer values are cut.
const VALUE: usize = 4_000;

/// JUnit XML: a suite per requirement, a test case per case.
#[derive(Debug, Clone, Copy)]
pub struct Junit;

impl Format for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn file_name(&self) -> &'static str {
        "junit.xml"
    }

    fn in_folder(&self) -> bool {
        true
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let view = View::new(report);
        let mut suites: Vec<_> = report.result.requirements.iter().map(|r| suite(&view, r)).collect();
        suites.extend(verdict_suite(&view));
        let run = &report.result.profile;
        let name =
            format!("keur {} {} {} {}", run.id, run.version, run.variant, word(&report.result.verdict));
        let ms: u64 = report.result.requirements.iter().flat_map(|r| &r.cases).map(|case| case.ms).sum();
        Ok(xml::document(&name, &suites, ms, &report.result.run.started).into_bytes())
    }
}

fn suite(view: &View<'_>, result: &RequirementResult) -> Suite {
    let mut properties = vec![
        ("title", view.title(&result.id).to_owned()),
        ("level", word(&result.level)),
        ("spoor", word(&result.spoor)),
        ("outcome", word(&result.outcome)),
        ("gates", result.gates.to_string()),
        ("modality", word(&result.modality)),
    ];
    if result.remark {
        properties.push(("remark", "true".to_owned()));
    }
    if matches!(result.outcome, Outcome::NotTested) {
        properties.push(("untested", "true".to_owned()));
    }
    let cases = crosswalk::items(result).iter().map(|item| testcase(view, item)).collect();
    Suite { name: result.id.clone(), properties, cases }
}

fn testcase(view: &View<'_>, item: &Item<'_>) -> Case {
    let kind = match item.grade {
        Grade::Passed | Grade::Remark => Kind::Passed,
        Grade::Failed => Kind::Failure,
        Grade::CantTell | Grade::Error => Kind::Error,
        Grade::Inapplicable | Grade::Untested => Kind::Skipped,
    };
    let message = item.message(view);
    let (mut body, mut system_out, mut properties) = (String::new(), String::new(), Vec::new());
    match item.about {
        About::Case(case) => {
            body = checks(view, case);
            if item.grade == Grade::Remark {
                system_out = format!("{}: {message}\n{body}", view.words.outcome.remark.of(1));
            }
            properties.extend(case.reason.map(|reason| ("reason", word(&reason))));
            properties.extend(case.cause.clone().map(|cause| ("cause", cause)));
        }
        About::Statement(statement) => {
            properties.push(("modality", "attested".to_owned()));
            if let Some(statement) = statement {
                properties.extend([
                    ("basis", statement.basis.clone()),
                    ("by", statement.by.clone()),
                    ("date", statement.date.clone()),
                    ("expires", statement.expires.clone()),
                ]);
                system_out.clone_from(&statement.statement);
            }
        }
        About::Whole => {}
    }
    Case {
        name: item.title(view).to_owned(),
        class: item.id().to_owned(),
        ms: item.ms(),
        kind,
        what: item.grade.word(),
        message,
        body,
        system_out,
        properties,
    }
}

/// The checks of a case, one paragraph each.
fn checks(view: &View<'_>, case: &CaseResult) -> String {
    let words = &view.words.terminal;
    let mut out = String::new();
    for check in case.checks.iter().filter(|check| check.holds != Some(true)) {
        let part = |text| view.shown(text, VALUE);
        let _ = writeln!(out, "{}", part(&check.step));
        let _ = writeln!(out, "  {}: {}", words.expected, part(&check.expected));
        let _ = writeln!(out, "  {}: {}", words.observed, part(&check.observed));
    }
    out
}

/// Shows a verdict that no suite shows, so that a green build always means conform.
fn verdict_suite(view: &View<'_>) -> Option<Suite> {
    let hidden = crosswalk::hidden_verdict(view.report.result)?;
    let kind = if hidden == Grade::Failed { Kind::Failure } else { Kind::Error };
    Some(Suite {
        name: view.report.result.profile.id.clone(),
        properties: Vec::new(),
        cases: vec![Case {
            name: "verdict".to_owned(),
            class: view.report.result.profile.id.clone(),
            ms: 0,
            kind,
            what: if hidden == Grade::Failed { "not_conform" } else { "incomplete" },
            message: view.sentence(),
            body: view.report.caveats().join("\n"),
            system_out: String::new(),
            properties: Vec::new(),
        }],
    })
}
