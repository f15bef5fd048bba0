//! What a run prints: a block per finding, and the last lines.

use std::time::Duration;

use keur_catalogue::requirement::Source;
use keur_verdict::{CheckResult, Outcome, RequirementResult, Verdict};

use crate::{
    Report, curl,
    labels::Words,
    text::{cut, duration, visible},
    view::{Evidence, Section, View, culprit, feature, worst},
};

/// Longer values are cut.
const VALUE: usize = 600;

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
    check
        .evidence
        .iter()
        .rev()
        .find_map(|id| view.evidence(id).filter(|e| matches!(e, Evidence::Exchange(_))))
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
    let ink = match result.verdict {
        Verdict::Conform => Ink::Green,
        Verdict::NotConform => Ink::Red,
        Verdict::Incomplete => Ink::Yellow,
    };
    let tested = |r: &&RequirementResult| r.outcome != Outcome::NotTested;
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
    let caveats: String = result.caveats.iter().map(|caveat| format!(" ! {}\n", line(caveat))).collect();
    let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let pad = words.terminal.report.chars().count().max(words.terminal.next.chars().count());
    format!(
        "{rule}\n{caveats} {verdict} {preposition} {profile}   {counts}   ({done} {of} {all}, {time})\n {report:<pad$}   {path}\n {next:<pad$}   {command}\n",
        rule = paint.in_(Ink::Dim, &"─".repeat(style.width.clamp(40, 100))),
        verdict = paint.in_(ink, &words.verdict(result.verdict).to_uppercase()),
        preposition = match result.verdict {
            Verdict::Incomplete => &words.sentence.preposition_incomplete,
            Verdict::Conform | Verdict::NotConform => &words.sentence.preposition,
        },
        profile = view.profile(),
        counts = counts.join(" · "),
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

/// One line, nothing hidden.
fn line(text: &str) -> String {
    visible(text).replace(['\n', '\t'], " ")
}

/// A block of labelled rows, folded at the width.
struct Block<'w> {
    out: String,
    words: &'w Words,
    label: usize,
    width: usize,
}

impl<'w> Block<'w> {
    fn new(words: &'w Words, style: Style) -> Self {
        let t = &words.terminal;
        let labels = [&t.expected, &t.observed, &t.reason, &t.fix, &t.source, &t.again];
        let label = labels.iter().map(|label| label.chars().count()).max().unwrap_or_default();
        Self { out: String::new(), words, label, width: style.width.max(40) }
    }

    fn title(&mut self, painted: &str, label: &str, id: &str, title: &str) {
        let head = 1 + label.chars().count() + 2 + id.chars().count() + 2;
        let lines = fold(&line(title), self.width.saturating_sub(head).max(24));
        self.out.push_str(&format!(
            " {painted}  {}  {}\n",
            line(id),
            lines.join(&format!("\n{}", " ".repeat(head)))
        ));
    }

    fn row(&mut self, label: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let (value, more) = cut(value, VALUE);
        let mut value = line(value);
        if more {
            value.push_str(&format!(" … ({})", self.words.truncated));
        }
        let indent = 3 + self.label + 2;
        let lines = fold(&value, self.width.saturating_sub(indent).max(24));
        let joined = lines.join(&format!("\n{}", " ".repeat(indent)));
        self.out.push_str(&format!("   {label:<width$}  {joined}\n", width = self.label));
    }

    /// A row to copy: never folded, never cut.
    fn verbatim(&mut self, label: &str, value: &str) {
        self.out.push_str(&format!("   {label:<width$}  {}\n", line(value), width = self.label));
    }
}

/// Folds at spaces; words longer than the width stay whole.
fn fold(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            lines.push(String::new());
            used = 0;
        }
        if let Some(last) = lines.last_mut() {
            if used > 0 {
                last.push(' ');
                used += 1;
            }
            last.push_str(word);
            used += length;
        }
    }
    lines
}

#[derive(Clone, Copy)]
enum Ink {
    Plain,
    Red,
    Green,
    Yellow,
    Dim,
}

struct Paint(bool);

impl Paint {
    fn in_(&self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Plain => "1",
            Ink::Red => "1;31",
            Ink::Green => "1;32",
            Ink::Yellow => "1;33",
            Ink::Dim => "2",
        };
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
