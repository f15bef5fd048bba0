//! What to do, and the command that comes next.

use keur_verdict::{RequirementResult, Verdict};

use super::{Section, View};

/// Items of a list of things to do; the rest stands in the sections below.
pub const TODO: usize = 12;

/// What to do.
#[derive(Debug, Clone)]
pub struct Todo<'a> {
    /// Requirement id and its fix.
    pub repair: Vec<(&'a str, &'a str)>,
    /// Requirement id and what it takes to get an outcome.
    pub complete: Vec<(&'a str, &'a str)>,
    /// What comes next, in a sentence.
    pub next: &'a str,
    /// The command or the folder that goes with it.
    pub command: String,
}

/// What to do.
#[must_use]
pub fn todo<'a>(view: &View<'a>) -> Todo<'a> {
    let deviations: Vec<&RequirementResult> = view.section(Section::Deviations).collect();
    let fix = |r: &&'a RequirementResult| {
        (r.id.as_str(), view.requirement(&r.id).map_or("", |entry| entry.fix.get(view.report.lang)))
    };
    let open = |r: &'a RequirementResult| {
        let (reason, advice) = view.open(r);
        (r.id.as_str(), if advice.is_empty() { reason } else { advice })
    };
    let (next, command) = next(view, &deviations);
    Todo {
        repair: deviations.iter().map(fix).collect(),
        complete: view.section(Section::Incomplete).filter(|r| r.gates).map(open).collect(),
        next,
        command,
    }
}

fn next<'a>(view: &View<'a>, deviations: &[&RequirementResult]) -> (&'a str, String) {
    let (result, words) = (view.report.result, &view.words.todo);
    let run =
        format!("keur run {} --variant {} --product product.toml", result.profile.id, result.profile.variant);
    match result.verdict {
        Verdict::Conform => (&words.keep, view.shown(&format!("{}/", result.run.id), 400)),
        Verdict::NotConform if !deviations.is_empty() => {
            let ids: Vec<_> = deviations.iter().take(TODO).map(|r| r.id.as_str()).collect();
            (&words.rerun, view.shown(&format!("{run} --only {}", ids.join(",")), 800))
        }
        Verdict::NotConform | Verdict::Incomplete => (&words.rerun_all, view.shown(&run, 400)),
    }
}
