//! CTRF (Common Test Report Format): one JSON for test dashboards. It has no place for a verdict and no word for
//! "cannot tell", so undecided counts as failed and a verdict that no test shows becomes a test.

use serde_json::{Map, Value, json};

use crate::{
    Format, RenderError, Report,
    crosswalk::{self, About, Grade, Item, word},
    ident::{Scope, epoch_ms, stamp, uuid},
    pretty,
    view::{View, feature},
};

/// The version of the format that is written.
const SPEC: &str = "0.0.0";

/// CTRF: a test per case, per statement, and per requirement that fares worse than its cases.
#[derive(Debug, Clone, Copy)]
pub struct Ctrf;

impl Format for Ctrf {
    fn name(&self) -> &'static str {
        "ctrf"
    }

    fn file_name(&self) -> &'static str {
        "ctrf-report.json"
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let view = View::new(report);
        let result = report.result;
        let items = crosswalk::all(result);
        let mut tests: Vec<Value> = items.iter().map(|item| test(&view, item)).collect();
        tests.extend(crosswalk::hidden_verdict(result).map(|grade| verdict(&view, grade)));
        let tool = format!("keur {}", result.harness.version);
        let mut document = json!({
            "reportFormat": "CTRF",
            "specVersion": SPEC,
            "reportId": uuid(result, Scope::Run, "ctrf", &result.run.id),
            "runId": view.line(&result.run.id),
            "generatedBy": view.line(&tool),
            "results": {
                "tool": { "name": "keur", "version": view.line(&result.harness.version) },
                "summary": summary(&view, &tests),
                "tests": tests,
                "environment": {
                    "reportName": view.sentence(),
                    "appName": view.line(&result.product.name),
                    "appVersion": view.line(&result.product.version),
                    "extra": facts(&view),
                },
            },
        });
        if let Some(at) = stamp(&result.run.finished) {
            document["timestamp"] = at.into();
        }
        pretty(&document)
    }
}

fn test(view: &View<'_>, item: &Item<'_>) -> Value {
    let requirement = item.requirement;
    let mut test = json!({
        "testId": view.line(item.id()),
        "name": view.line(item.title(view)),
        "status": status(item.grade),
        "rawStatus": item.grade.word(),
        "duration": item.ms(),
        "suite": [view.line(&requirement.id)],
        "labels": {
            "requirement": view.line(&requirement.id),
            "level": word(&requirement.level),
            "spoor": word(&requirement.spoor),
            "gates": requirement.gates,
            "outcome": word(&requirement.outcome),
            "modality": word(&requirement.modality),
        },
    });
    if !item.grade.is_clean() || item.grade == Grade::Inapplicable {
        test["message"] = view.value(&item.message(view)).into();
    }
    match item.about {
        About::Case(case) => {
            test["filePath"] = view.line(feature(case)).into();
            test["line"] = case.line.into();
            let steps: Vec<Value> = case
                .checks
                .iter()
                .map(|check| {
                    let status = match check.holds {
                        Some(true) => Grade::Passed,
                        Some(false) if item.grade == Grade::Remark => Grade::Remark,
                        Some(false) => Grade::Failed,
                        None => Grade::CantTell,
                    };
                    json!({
                        "name": view.line(&check.step),
                        "status": self::status(status),
                        "extra": {
                            "expected": view.value(&check.expected),
                            "observed": view.value(&check.observed),
                            "evidence": check.evidence.iter().map(|id| view.line(id)).collect::<Vec<_>>(),
                        },
                    })
                })
                .collect();
            test["steps"] = steps.into();
            let mut extra = Map::new();
            extra.extend(case.reason.map(|reason| ("reason".to_owned(), word(&reason).into())));
            extra.extend(case.cause.as_ref().map(|cause| ("cause".to_owned(), view.line(cause).into())));
            test["extra"] = extra.into();
        }
        About::Statement(Some(statement)) => {
            test["extra"] = json!({
                "by": view.line(&statement.by),
                "basis": view.line(&statement.basis),
                "date": view.line(&statement.date),
                "expires": view.line(&statement.expires),
                "statement": view.value(&statement.statement),
            });
        }
        About::Statement(None) | About::Whole => {}
    }
    test
}

fn verdict(view: &View<'_>, grade: Grade) -> Value {
    json!({
        "testId": "verdict",
        "name": view.sentence(),
        "status": status(grade),
        "rawStatus": word(&view.report.result.verdict),
        "duration": 0,
        "message": view.value(&view.report.caveats().join("\n")),
    })
}

fn status(grade: Grade) -> &'static str {
    match grade {
        Grade::Passed => "passed",
        Grade::Inapplicable => "skipped",
        Grade::Untested => "pending",
        Grade::Remark => "other",
        Grade::CantTell | Grade::Error | Grade::Failed => "failed",
    }
}

fn summary(view: &View<'_>, tests: &[Value]) -> Value {
    let run = &view.report.result.run;
    let count = |status: &str| tests.iter().filter(|test| test["status"] == status).count();
    let (start, stop) = (epoch_ms(&run.started), epoch_ms(&run.finished));
    json!({
        "tests": tests.len(),
        "passed": count("passed"),
        "failed": count("failed"),
        "pending": count("pending"),
        "skipped": count("skipped"),
        "other": count("other"),
        "start": start,
        "stop": stop,
        "duration": stop.saturating_sub(start),
        "extra": facts(view),
    })
}

fn facts(view: &View<'_>) -> Value {
    let mut facts: Map<String, Value> =
        crosswalk::facts(view).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let caveats = view.report.caveats();
    facts.insert("caveats".to_owned(), caveats.into_iter().map(|text| view.value(text)).collect());
    facts.into()
}
