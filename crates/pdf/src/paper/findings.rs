//! Requirements as a reader acts on them: what was expected and observed, the fix, and where it comes from.

use keur_evidence::event::Attested;
use keur_reports::read::{Section, View, attested_outcome, basis, day, feature, source};
use keur_verdict::{CaseOutcome, CaseResult, CheckResult, Outcome, RequirementResult};
use serde::Serialize;

use super::Fact;

/// Longer values are cut; the attachment has them in full.
const VALUE: usize = 500;
/// More cases of a requirement, and more checks of a case, stay in the attachment.
const CASES: usize = 12;
const CHECKS: usize = 12;

/// A requirement in full.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    id: String,
    title: String,
    /// Of the outcome's word.
    outcome: &'static str,
    /// Level and track in words; whether it counts for the verdict.
    level: String,
    gates: bool,
    fix: String,
    reason: String,
    advice: String,
    statement: Vec<Fact>,
    cases: Vec<Case>,
    /// Cases that are not shown because they passed, and because there are too many.
    passed: usize,
    more: usize,
    why: String,
    sources: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Case {
    title: String,
    outcome: String,
    file: String,
    line: usize,
    ending: String,
    proof: Vec<Fact>,
    checks: Vec<Check>,
    more: usize,
    evidence: Vec<String>,
    more_evidence: usize,
}

#[derive(Debug, Serialize)]
struct Check {
    step: String,
    expected: String,
    observed: String,
    /// Of the judgement's word.
    judgement: &'static str,
}

/// A requirement in a row: id, title, level.
pub(crate) type Row = [String; 3];

/// The requirements of a section, what counts for the verdict first.
pub(crate) fn all(view: &View<'_>, section: Section) -> Vec<Finding> {
    sorted(view, section).into_iter().map(|result| finding(view, section, result)).collect()
}

/// The requirements of a section as rows.
pub(crate) fn rows(view: &View<'_>, section: Section) -> Vec<Row> {
    let row = |result: &RequirementResult| {
        [
            view.shown(&result.id, 60),
            view.title(&result.id).to_owned(),
            view.words().level(result.level).to_owned(),
        ]
    };
    sorted(view, section).into_iter().map(row).collect()
}

fn sorted<'a>(view: &View<'a>, section: Section) -> Vec<&'a RequirementResult> {
    let mut results: Vec<_> = view.section(section).collect();
    results.sort_by_key(|result| !result.gates);
    results
}

fn finding(view: &View<'_>, section: Section, result: &RequirementResult) -> Finding {
    let (words, lang) = (view.words(), view.report().lang);
    let entry = view.requirement(&result.id);
    let unsettled = matches!(result.outcome, Outcome::Undetermined | Outcome::NotTested);
    let (reason, advice) = if unsettled { view.open(result) } else { ("", "") };
    let shown: Vec<&CaseResult> =
        result.cases.iter().filter(|case| case.outcome != CaseOutcome::Passed).collect();
    let passed = result.cases.len() - shown.len();
    Finding {
        id: view.shown(&result.id, 60),
        title: entry.map_or_else(|| view.shown(&result.id, 60), |entry| entry.title.get(lang).to_owned()),
        outcome: outcome(section, result.outcome),
        level: format!("{} · {}", words.level(result.level), words.spoor(result.spoor)),
        gates: result.gates,
        fix: entry
            .filter(|_| result.outcome == Outcome::NotSatisfied)
            .map(|entry| entry.fix.get(lang).to_owned())
            .unwrap_or_default(),
        reason: view.waiver(result).unwrap_or_else(|| reason.to_owned()),
        advice: advice.to_owned(),
        statement: result.attestation.iter().flat_map(|attested| statement(view, attested)).collect(),
        cases: shown.iter().take(CASES).map(|case| self::case(view, case)).collect(),
        passed,
        more: shown.len().saturating_sub(CASES),
        why: entry.map(|entry| entry.why.get(lang).to_owned()).unwrap_or_default(),
        sources: entry
            .into_iter()
            .flat_map(|entry| &entry.source)
            .map(|one| {
                let (text, worth) = source(view, one);
                format!("{text} ({worth})")
            })
            .collect(),
    }
}

fn outcome(section: Section, outcome: Outcome) -> &'static str {
    match section {
        Section::Deviations => "deviation",
        Section::Incomplete if outcome == Outcome::NotTested => "not_tested",
        Section::Incomplete => "undetermined",
        Section::Attention => "remark",
        Section::NotApplicable => "not_applicable",
        Section::Satisfied => "satisfied",
        Section::Attested => "attested",
    }
}

fn statement(view: &View<'_>, attested: &Attested) -> Vec<Fact> {
    vec![
        Fact::text("statement", view.shown(&attested.statement, 1_200)),
        Fact::text("outcome", attested_outcome(view, attested)),
        Fact::text("by", view.shown(&attested.by, 200)),
        Fact::text("date", day(view, &attested.date)),
        Fact::text("expires", day(view, &attested.expires)),
        Fact::text("basis", basis(view, attested)),
        Fact::text("artefact", view.shown(&attested.artefact, 300)),
    ]
}

fn case(view: &View<'_>, case: &CaseResult) -> Case {
    let proof = case.proof.iter().flat_map(|proof| {
        [
            Fact::text("predicate", view.shown(&proof.predicate, VALUE)),
            Fact::text("declared", view.shown(&proof.declared, VALUE)),
            Fact::text("observed", view.shown(&proof.observed, VALUE)),
        ]
    });
    let mut checks: Vec<&CheckResult> = case.checks.iter().collect();
    if checks.len() > CHECKS {
        checks.sort_by_key(|check| match check.holds {
            Some(false) => 0,
            None => 1,
            Some(true) => 2,
        });
    }
    Case {
        title: if case.title.trim().is_empty() {
            view.shown(&case.id, 300)
        } else {
            view.shown(&case.title, 300)
        },
        outcome: view.words().case(case.outcome).to_owned(),
        file: view.shown(feature(case), 200),
        line: case.line,
        ending: ending(view, case),
        proof: proof.collect(),
        checks: checks.iter().take(CHECKS).map(|check| self::check(view, check)).collect(),
        more: case.checks.len().saturating_sub(CHECKS),
        evidence: case.exchanges.iter().take(CHECKS).map(|id| view.shown(id, 40)).collect(),
        more_evidence: case.exchanges.len().saturating_sub(CHECKS),
    }
}

/// Why a case ended without a judgement.
fn ending(view: &View<'_>, case: &CaseResult) -> String {
    let reason = case.reason.map(|reason| view.words().reason(reason).0.to_owned());
    let detail = case.detail.as_ref().map(|detail| view.shown(detail, VALUE));
    [reason, detail].into_iter().flatten().collect::<Vec<_>>().join(": ")
}

fn check(view: &View<'_>, check: &CheckResult) -> Check {
    Check {
        step: view.shown(&check.step, 300),
        expected: view.shown(&check.expected, VALUE),
        observed: view.shown(&check.observed, VALUE),
        judgement: match check.holds {
            Some(true) => "holds",
            Some(false) => "violated",
            None => "not_evaluable",
        },
    }
}
