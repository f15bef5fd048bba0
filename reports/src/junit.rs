//! JUnit XML for CI: poorer than the result, so every loss is towards worse.

mod xml;

use std::fmt::Write as _;

use keur_catalogue::requirement::{Level, Spoor};
use keur_verdict::{CaseOutcome, CaseResult, Modality, Outcome, RequirementResult, Verdict};

use self::xml::{Case, Kind, Suite};
use crate::{Format, RenderError, Report, view::View};

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

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let view = View::new(report);
        let mut suites: Vec<_> = report.result.requirements.iter().map(|r| suite(&view, r)).collect();
        suites.extend(verdict_suite(&view, &suites));
        let run = &report.result.profile;
        let name = format!("keur {} {} {} {}", run.id, run.version, run.variant, word(report.result.verdict));
        let ms: u64 = report.result.requirements.iter().flat_map(|r| &r.cases).map(|case| case.ms).sum();
        Ok(xml::document(&name, &suites, ms, &report.result.run.started).into_bytes())
    }
}

fn suite(view: &View<'_>, result: &RequirementResult) -> Suite {
    let mut cases: Vec<_> = result.cases.iter().map(|case| testcase(view, result, case)).collect();
    if result.modality == Modality::Attested {
        cases.push(attested(view, result));
    }
    // A suite may never look better than its requirement.
    let suite_worst = cases.iter().map(|case| badness(case.kind, case.what)).max();
    let (kind, what) = of_outcome(result);
    let honest = result.remark || suite_worst.is_some_and(|worst| worst >= badness(kind, what));
    if !honest {
        cases.push(whole(view, result, kind, what));
    }
    let mut properties = vec![
        ("title", view.title(&result.id).to_owned()),
        ("level", level(result.level).to_owned()),
        ("spoor", spoor(result.spoor).to_owned()),
        ("outcome", outcome(result.outcome).to_owned()),
        ("gates", result.gates.to_string()),
        ("modality", if result.modality == Modality::Attested { "attested" } else { "automatic" }.to_owned()),
    ];
    if result.remark {
        properties.push(("remark", "true".to_owned()));
    }
    if matches!(result.outcome, Outcome::NotTested) {
        properties.push(("untested", "true".to_owned()));
    }
    Suite { name: result.id.clone(), properties, cases }
}

fn testcase(view: &View<'_>, result: &RequirementResult, case: &CaseResult) -> Case {
    let words = &view.words.terminal;
    let body = checks(view, case);
    let first = case.checks.iter().find(|check| check.holds == Some(false));
    let message = match (first, &case.detail, &case.proof) {
        (Some(check), _, _) => {
            format!("{}: {} | {}: {}", words.expected, check.expected, words.observed, check.observed)
        }
        (None, Some(detail), _) => detail.clone(),
        (None, None, Some(proof)) => format!("{}: {} ({})", proof.predicate, proof.declared, proof.observed),
        (None, None, None) => String::new(),
    };
    let (kind, what) = match case.outcome {
        CaseOutcome::Passed => (Kind::Passed, ""),
        CaseOutcome::Failed if result.remark => (Kind::Passed, ""),
        CaseOutcome::Failed => (Kind::Failure, "failed"),
        CaseOutcome::CantTell => (Kind::Error, "cant_tell"),
        CaseOutcome::Error => (Kind::Error, "error"),
        CaseOutcome::Inapplicable => (Kind::Skipped, "inapplicable"),
        CaseOutcome::Untested => (Kind::Skipped, "untested"),
    };
    let system_out = if result.remark && case.outcome == CaseOutcome::Failed {
        format!("{}: {message}\n{body}", view.words.outcome.remark.of(1))
    } else {
        String::new()
    };
    let mut properties = Vec::new();
    if let Some(reason) = case.reason {
        let reason = serde_json::to_value(reason).ok().and_then(|value| value.as_str().map(str::to_owned));
        properties.push(("reason", reason.unwrap_or_default()));
    }
    if let Some(cause) = &case.cause {
        properties.push(("cause", cause.clone()));
    }
    Case {
        name: case.title.clone(),
        class: case.id.clone(),
        ms: case.ms,
        kind,
        what,
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

fn attested(view: &View<'_>, result: &RequirementResult) -> Case {
    let (kind, what) = of_outcome(result);
    let mut case = whole(view, result, kind, what);
    case.properties.push(("modality", "attested".to_owned()));
    if let Some(statement) = &result.attestation {
        case.properties.extend([
            ("basis", statement.basis.clone()),
            ("by", statement.by.clone()),
            ("date", statement.date.clone()),
            ("expires", statement.expires.clone()),
        ]);
        case.system_out.clone_from(&statement.statement);
    }
    case
}

/// A test case for the requirement as a whole.
fn whole(view: &View<'_>, result: &RequirementResult, kind: Kind, what: &'static str) -> Case {
    let message = match kind {
        Kind::Passed => String::new(),
        Kind::Failure => outcome(result.outcome).to_owned(),
        Kind::Error | Kind::Skipped => view.open(result).0.to_owned(),
    };
    Case {
        name: view.title(&result.id).to_owned(),
        class: result.id.clone(),
        ms: 0,
        kind,
        what,
        message,
        body: String::new(),
        system_out: String::new(),
        properties: Vec::new(),
    }
}

/// Shows a verdict that no suite shows, so that a green build always means conform.
fn verdict_suite(view: &View<'_>, suites: &[Suite]) -> Option<Suite> {
    let seen = |kind| suites.iter().any(|suite| suite.count(kind) > 0);
    let (kind, what, shown) = match view.report.result.verdict {
        Verdict::Conform => return None,
        Verdict::NotConform => (Kind::Failure, "not_conform", seen(Kind::Failure)),
        Verdict::Incomplete => (Kind::Error, "incomplete", seen(Kind::Failure) || seen(Kind::Error)),
    };
    (!shown).then(|| Suite {
        name: view.report.result.profile.id.clone(),
        properties: Vec::new(),
        cases: vec![Case {
            name: "verdict".to_owned(),
            class: view.report.result.profile.id.clone(),
            ms: 0,
            kind,
            what,
            message: view.sentence(),
            body: view.report.result.caveats.join("\n"),
            system_out: String::new(),
            properties: Vec::new(),
        }],
    })
}

fn of_outcome(result: &RequirementResult) -> (Kind, &'static str) {
    match result.outcome {
        Outcome::Satisfied => (Kind::Passed, ""),
        Outcome::NotSatisfied if result.remark => (Kind::Passed, ""),
        Outcome::NotSatisfied => (Kind::Failure, "failed"),
        Outcome::Undetermined => (Kind::Error, "cant_tell"),
        Outcome::NotApplicable => (Kind::Skipped, "inapplicable"),
        Outcome::NotTested => (Kind::Skipped, "untested"),
    }
}

fn badness(kind: Kind, what: &str) -> u8 {
    match (kind, what) {
        (Kind::Skipped, "inapplicable") => 0,
        (Kind::Passed, _) => 1,
        (Kind::Skipped, _) => 2,
        (Kind::Error, _) => 3,
        (Kind::Failure, _) => 4,
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Conform => "conform",
        Verdict::NotConform => "not_conform",
        Verdict::Incomplete => "incomplete",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Satisfied => "satisfied",
        Outcome::NotSatisfied => "not_satisfied",
        Outcome::Undetermined => "undetermined",
        Outcome::NotApplicable => "not_applicable",
        Outcome::NotTested => "not_tested",
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "must",
        Level::Should => "should",
        Level::May => "may",
    }
}

fn spoor(spoor: Spoor) -> &'static str {
    match spoor {
        Spoor::One => "1",
        Spoor::Two => "2",
        Spoor::Ehds => "ehds",
        Spoor::Wet => "wet",
    }
}
