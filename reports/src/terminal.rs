//! What a run prints: a block per finding, and the last lines.

mod block;

use std::time::Duration;

use keur_catalogue::requirement::Source;
use keur_verdict::{CheckResult, Outcome, RequirementResult, Verdict};

use self::block::{Block, Ink, Paint, line};
use crate::{
    Report, curl,
    labels::Words,
    text::duration,
    view::{Evidence, Section, View, culprit, feature, worst},
};

/// How to print.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// ANSI colours.
    pub colour: bool,
    /// Columns; lines are folded at this width (at least 40).
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { colour: false, width: 100 }
    }
}

/// Where the run left its work, and how to repeat it.
#[derive(Debug, Clone, Copy)]
pub struct Paths<'a> {
    /// The report to open.
    pub report: &'a str,
    /// The next command.
    pub next: &'a str,
}

/// The block of one requirement: what is wrong, what was expected and observed, how to mend it, how to repeat it.
#[must_use]
pub fn finding(report: &Report<'_>, requirement: &RequirementResult, style: Style) -> String {
    let view = View::new(report);
    let words = &view.words.terminal;
    let paint = Paint(style.colour);
    let mut block = Block::new(view.words, style);
    let (label, ink) = match (requirement.outcome, requirement.remark) {
        (Outcome::NotSatisfied, false) => (&words.deviation, Ink::Red),
        (Outcome::NotSatisfied, true) => (&words.remark, Ink::Yellow),
        (Outcome::Undetermined, _) => (&words.undetermined, Ink::Yellow),
        (Outcome::NotTested, _) => (&words.not_tested, Ink::Yellow),
        (Outcome::NotApplicable, _) => (&words.not_applicable, Ink::Plain),
        (Outcome::Satisfied, _) => (&words.satisfied, Ink::Green),
    };
    block.title(&paint.in_(ink, label), label, &requirement.id, view.title(&requirement.id));
    let case = worst(requirement);
    let check = case.and_then(culprit);
    if let Some(check) = check {
        block.row(&words.expected, &check.expected);
        block.row(&words.observed, &check.observed);
        let rest =
            requirement.cases.iter().flat_map(|case| &case.checks).filter(|c| c.holds == Some(false)).count();
        if rest > 1 {
            block.row("", &words.more.fill(rest - 1, &[]));
        }
    }
    if matches!(requirement.outcome, Outcome::Undetermined | Outcome::NotTested) {
        let (reason, advice) = view.open(requirement);
        let cause = case.and_then(|case| case.cause.as_deref()).map(|cause| format!(" ({cause})"));
        block.row(&words.reason, &format!("{reason}{}", cause.unwrap_or_default()));
        block.row("", case.and_then(|case| case.detail.as_deref()).unwrap_or_default());
        block.row(&words.fix, advice);
    } else if let Some(statement) = &requirement.attestation {
        block.row(&words.observed, &format!("{} ({})", statement.statement, statement.by));
    } else if let Some(proof) = case.and_then(|case| case.proof.as_ref()) {
        block.row(&words.reason, &format!("{}: {} ({})", proof.predicate, proof.declared, proof.observed));
    } else if let Some(detail) = case.and_then(|case| case.detail.as_deref()) {
        block.row(&words.reason, detail);
    }
    block.row(&view.words.verdict.waived_item, &view.waiver(requirement).unwrap_or_default());
    if let Some(entry) = view.requirement(&requirement.id) {
        if requirement.outcome == Outcome::NotSatisfied {
            block.row(&words.fix, entry.fix.get(report.lang));
        }
        let mut sources: Vec<_> = entry.source.iter().map(|source| reference(source, view.words)).collect();
        sources.extend(case.map(|case| format!("{}:{}", feature(case), case.line)));
        block.row(&words.source, &sources.join(" · "));
    }
    if let Some(Evidence::Exchange(exchange)) = check.and_then(|check| last_exchange(&view, check)) {
        block.verbatim(&words.again, &curl::command(exchange, report.blobs));
    }
    block.out
}

/// The last exchange a check rests on.
fn last_exchange<'a>(view: &View<'a>, check: &CheckResult) -> Option<Evidence<'a>> {
    check.evidence.iter().rev().find_map(|id| {
        view.evidence(id).filter(|e| matches!(e, Evidence::Exchange(one) if one.inbound.is_none()))
    })
}

/// A source in a few words.
fn reference(source: &Source, words: &Words) -> String {
    match source.clause.as_deref() {
        None | Some("unknown") => source.reference.clone(),
        Some(clause) => format!("{} {} {clause}", source.reference, words.source.clause),
    }
}

/// The last lines: a rule, the verdict, the path of the report, the next command.
#[must_use]
pub fn summary(report: &Report<'_>, elapsed: Duration, paths: Paths<'_>, style: Style) -> String {
    let view = View::new(report);
    let (words, paint) = (view.words, Paint(style.colour));
    let result = report.result;
    let tested = |r: &&RequirementResult| r.outcome != Outcome::NotTested;
    let caveats: String =
        report.caveats().into_iter().map(|caveat| format!(" ! {}\n", line(caveat))).collect();
    let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let pad = words.terminal.report.chars().count().max(words.terminal.next.chars().count());
    format!(
        "{rule}\n{caveats} {verdict}   ({mode}: {done} {of} {all}, {time})\n {report:<pad$}   {path}\n {next:<pad$}   {command}\n",
        rule = paint.in_(Ink::Dim, &"─".repeat(style.width.clamp(40, 100))),
        verdict = verdict_line(report, style),
        mode = match result.run.mode.as_str() {
            "practice" => words.terminal.practice.clone(),
            "exam" => words.terminal.exam.clone(),
            other => line(other),
        },
        done = result.requirements.iter().filter(tested).count(),
        of = words.terminal.of,
        all = result.requirements.len(),
        time = duration(ms, &words.decimal),
        report = words.terminal.report,
        next = words.terminal.next,
        path = line(paths.report),
        command = line(paths.next),
    )
}

/// The verdict about the profile, and how many requirements stand where.
#[must_use]
pub fn verdict_line(report: &Report<'_>, style: Style) -> String {
    let view = View::new(report);
    let (words, paint) = (view.words, Paint(style.colour));
    let result = report.result;
    let ink = match result.verdict {
        Verdict::Conform => Ink::Green,
        Verdict::NotConform => Ink::Red,
        Verdict::Incomplete => Ink::Yellow,
    };
    let outcome = |wanted| result.requirements.iter().filter(|r| r.outcome == wanted).count();
    let o = &words.outcome;
    let parts = [
        (view.count(Section::Satisfied) + view.count(Section::Attested), &o.satisfied),
        (view.count(Section::Deviations), &o.deviation),
        (outcome(Outcome::Undetermined), &o.undetermined),
        (outcome(Outcome::NotTested), &o.not_tested),
        (view.count(Section::NotApplicable), &o.not_applicable),
        (view.count(Section::Attention), &o.remark),
    ];
    let counts: Vec<_> = parts
        .iter()
        .enumerate()
        .filter(|(at, (n, _))| *at < 2 || *n > 0)
        .map(|(_, (n, plural))| format!("{n} {}", plural.of(*n)))
        .collect();
    format!(
        "{verdict} {preposition} {profile}   {counts}",
        verdict = paint.in_(ink, &view.verdict().to_uppercase()),
        preposition = match result.verdict {
            Verdict::Incomplete => &words.sentence.preposition_incomplete,
            Verdict::Conform | Verdict::NotConform => &words.sentence.preposition,
        },
        profile = view.profile(),
        counts = counts.join(" · "),
    )
}
