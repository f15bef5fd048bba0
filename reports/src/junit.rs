//! JUnit XML for CI: poorer than the result, so every loss is towards worse.

use std::fmt::Write as _;

use keur_catalogue::requirement::{Level, Spoor};
use keur_verdict::{CaseOutcome, CaseResult, Modality, Outcome, RequirementResult, Verdict};

use crate::{
    Format, RenderError, Report,
    text::{cut, visible},
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

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let view = View::new(report);
        let mut suites: Vec<_> = report.result.requirements.iter().map(|r| suite(&view, r)).collect();
        suites.extend(verdict_suite(&view, &suites));
        let sum = |of: fn(&Suite) -> usize| suites.iter().map(of).sum::<usize>();
        let run = &report.result.profile;
        let name = format!("keur {} {} {} {}", run.id, run.version, run.variant, word(report.result.verdict));
        let ms: u64 = report.result.requirements.iter().flat_map(|r| &r.cases).map(|case| case.ms).sum();
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let _ = writeln!(
            out,
            r#"<testsuites name="{}" tests="{}" failures="{}" errors="{}" skipped="{}" time="{}">"#,
            esc(&name),
            sum(|s| s.cases.len()),
            sum(|s| s.count(Kind::Failure)),
            sum(|s| s.count(Kind::Error)),
            sum(|s| s.count(Kind::Skipped)),
            seconds(ms)
        );
        for suite in &suites {
            suite.write(&mut out, &report.result.run.started);
        }
        out.push_str("</testsuites>\n");
        Ok(out.into_bytes())
    }
}

/// What a test case says besides its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Passed,
    Failure,
    Error,
    Skipped,
}

struct Case {
    name: String,
    class: String,
    ms: u64,
    kind: Kind,
    /// The `type` attribute.
    what: &'static str,
    message: String,
    body: String,
    system_out: String,
    properties: Vec<(&'static str, String)>,
}

struct Suite {
    name: String,
    properties: Vec<(&'static str, String)>,
    cases: Vec<Case>,
}

impl Suite {
    fn count(&self, kind: Kind) -> usize {
        self.cases.iter().filter(|case| case.kind == kind).count()
    }

    fn write(&self, out: &mut String, started: &str) {
        let ms: u64 = self.cases.iter().map(|case| case.ms).sum();
        let _ = writeln!(
            out,
            r#"  <testsuite name="{}" tests="{}" failures="{}" errors="{}" skipped="{}" time="{}" timestamp="{}">"#,
            esc(&self.name),
            self.cases.len(),
            self.count(Kind::Failure),
            self.count(Kind::Error),
            self.count(Kind::Skipped),
            seconds(ms),
            esc(cut(started, 19).0)
        );
        properties(out, "    ", &self.properties);
        for case in &self.cases {
            case.write(out);
        }
        out.push_str("  </testsuite>\n");
    }
}

impl Case {
    fn write(&self, out: &mut String) {
        let _ = writeln!(
            out,
            r#"    <testcase name="{}" classname="{}" time="{}">"#,
            esc(&self.name),
            esc(&self.class),
            seconds(self.ms)
        );
        properties(out, "      ", &self.properties);
        let tag = match self.kind {
            Kind::Passed => None,
            Kind::Failure => Some("failure"),
            Kind::Error => Some("error"),
            Kind::Skipped => Some("skipped"),
        };
        if let Some(tag) = tag {
            let _ = writeln!(
                out,
                r#"      <{tag} type="{}" message="{}">{}</{tag}>"#,
                self.what,
                esc(&self.message),
                esc(&self.body)
            );
        }
        if !self.system_out.is_empty() {
            let _ = writeln!(out, "      <system-out>{}</system-out>", esc(&self.system_out));
        }
        out.push_str("    </testcase>\n");
    }
}

fn properties(out: &mut String, indent: &str, properties: &[(&str, String)]) {
    if properties.is_empty() {
        return;
    }
    let _ = writeln!(out, "{indent}<properties>");
    for (name, value) in properties {
        let _ = writeln!(out, r#"{indent}  <property name="{name}" value="{}"/>"#, esc(value));
    }
    let _ = writeln!(out, "{indent}</properties>");
}

fn suite(view: &View<'_>, result: &RequirementResult) -> Suite {
    let mut cases: Vec<_> = result.cases.iter().map(|case| testcase(result, case)).collect();
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

fn testcase(result: &RequirementResult, case: &CaseResult) -> Case {
    let body = checks(case);
    let first = case.checks.iter().find(|check| check.holds == Some(false));
    let message = match (first, &case.detail, &case.proof) {
        (Some(check), _, _) => format!("verwacht: {} | waargenomen: {}", check.expected, check.observed),
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
        format!("aandachtspunt: {message}\n{body}")
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
fn checks(case: &CaseResult) -> String {
    let mut out = String::new();
    for check in case.checks.iter().filter(|check| check.holds != Some(true)) {
        let _ = writeln!(
            out,
            "{}\n  verwacht: {}\n  waargenomen: {}",
            cut(&check.step, VALUE).0,
            cut(&check.expected, VALUE).0,
            cut(&check.observed, VALUE).0
        );
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

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

/// XML text or attribute value: escaped, cut, nothing XML forbids.
fn esc(text: &str) -> String {
    let (part, more) = cut(text, VALUE);
    let mut out = String::with_capacity(part.len());
    for c in visible(part).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
    if more {
        out.push_str(" … (afgekapt)");
    }
    out
}
