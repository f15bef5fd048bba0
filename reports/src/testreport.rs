//! FHIR R4 TestReport, for those who keep their test results in FHIR. No score: a percentage says nothing.

use keur_verdict::CheckResult;
use maud::html;
use serde_json::{Value, json};

use crate::{
    Format, RenderError, Report,
    crosswalk::{self, About, Grade, Item},
    ident::{Scope, stamp, uuid},
    pretty,
    text::markdown,
    view::View,
};

/// A TestReport: a test per case, per statement, and per requirement that fares worse than its cases.
#[derive(Debug, Clone, Copy)]
pub struct TestReport;

impl Format for TestReport {
    fn name(&self) -> &'static str {
        "testreport"
    }

    fn file_name(&self) -> &'static str {
        "testreport.json"
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let view = View::new(report);
        let result = report.result;
        let items = crosswalk::all(result);
        let script = format!("{} {} {}", result.profile.id, result.profile.version, result.profile.variant);
        let mut document = json!({
            "resourceType": "TestReport",
            "language": view.words.lang,
            "text": { "status": "generated", "div": narrative(&view) },
            "identifier": { "value": view.line(&result.run.id) },
            "name": view.line(&format!("{} ({})", view.profile(), result.run.mode)),
            "status": if crosswalk::completed(&view) { "completed" } else { "stopped" },
            "testScript": { "identifier": { "value": view.line(&script) }, "display": view.line(&view.profile()) },
            "result": overall(&view, &items),
            "tester": view.line(&format!("keur {}", result.harness.version)),
        });
        if let Some(at) = stamp(&result.run.finished) {
            document["issued"] = at.into();
        }
        document["participant"] = participants(&view);
        if !items.is_empty() {
            document["test"] = items.iter().map(|item| test(&view, item)).collect();
        }
        pretty(&document)
    }
}

/// `pending` says that something is still to be found out; it is never a pass.
fn overall(view: &View<'_>, items: &[Item<'_>]) -> &'static str {
    let worst = items.iter().map(|item| item.grade).max().unwrap_or(Grade::Untested);
    match worst.max(crosswalk::of_verdict(view.report.result.verdict)) {
        Grade::Failed => "fail",
        Grade::Untested | Grade::CantTell | Grade::Error => "pending",
        Grade::Inapplicable | Grade::Passed | Grade::Remark if !crosswalk::completed(view) => "pending",
        Grade::Inapplicable | Grade::Passed | Grade::Remark => "pass",
    }
}

fn test(view: &View<'_>, item: &Item<'_>) -> Value {
    let mut operation = json!({ "result": action(item.grade) });
    if item.grade != Grade::Passed {
        operation["message"] = said(view, &item.note(view));
    }
    let mut actions = vec![json!({ "operation": operation })];
    let mut description = format!("{} {}", item.requirement.id, item.id());
    match item.about {
        About::Case(case) => actions.extend(case.checks.iter().map(|check| assertion(view, item, check))),
        About::Statement(Some(statement)) => {
            let by = format!("{}, {} ({})", statement.by, statement.date, statement.basis);
            description = format!("{}, attested: {by}", item.requirement.id);
            actions.push(json!({
                "assert": { "result": action(item.grade), "message": said(view, &statement.statement) }
            }));
        }
        About::Statement(None) | About::Whole => description.clone_from(&item.requirement.id),
    }
    json!({ "name": view.line(item.title(view)), "description": view.line(&description), "action": actions })
}

fn assertion(view: &View<'_>, item: &Item<'_>, check: &CheckResult) -> Value {
    let grade = match check.holds {
        Some(true) => Grade::Passed,
        Some(false) if item.grade == Grade::Remark => Grade::Remark,
        Some(false) => Grade::Failed,
        None => Grade::CantTell,
    };
    let words = &view.words.terminal;
    let message = format!(
        "{} | {}: {} | {}: {}",
        check.step, words.expected, check.expected, words.observed, check.observed
    );
    let mut assert = json!({ "result": action(grade), "message": said(view, &message) });
    if !check.evidence.is_empty() {
        assert["detail"] = view.line(&check.evidence.join(" ")).into();
    }
    json!({ "assert": assert })
}

fn action(grade: Grade) -> &'static str {
    match grade {
        Grade::Passed => "pass",
        Grade::Remark => "warning",
        Grade::Failed => "fail",
        Grade::Error => "error",
        Grade::CantTell | Grade::Inapplicable | Grade::Untested => "skip",
    }
}

/// Messages are Markdown.
fn said(view: &View<'_>, text: &str) -> Value {
    markdown(&view.line(text)).into()
}

fn participants(view: &View<'_>) -> Value {
    let result = view.report.result;
    let urn = |scope, kind| format!("urn:uuid:{}", uuid(result, scope, kind, ""));
    let endpoint = &result.product.endpoint;
    let plain = !endpoint.is_empty()
        && endpoint.chars().count() <= 2_000
        && endpoint.chars().all(|c| c.is_ascii_graphic());
    let server = if plain { endpoint.clone() } else { urn(Scope::Declaration, "product") };
    json!([
        {
            "type": "test-engine",
            "uri": urn(Scope::Harness, "tool"),
            "display": view.line(&format!("keur {}", result.harness.version)),
        },
        { "type": "server", "uri": server, "display": view.line(&view.product()) },
    ])
}

/// Where the resource tells people of practice, a partial run and other caveats.
fn narrative(view: &View<'_>) -> String {
    html! {
        div xmlns="http://www.w3.org/1999/xhtml" {
            p { (view.line(&view.sentence())) }
            ul {
                @for (name, value) in crosswalk::facts(view) { li { (name) ": " (value) } }
                @for caveat in view.report.caveats() { li { (view.line(caveat)) } }
            }
        }
    }
    .into_string()
}
