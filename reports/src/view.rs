//! A result made ready to be read: what belongs where, and where to find what it rests on.

use std::collections::BTreeMap;

use keur_catalogue::{
    Lang,
    requirement::{Method, Requirement},
};
use keur_evidence::event::{Event, Exchange, Observation, RunStarted};
use keur_verdict::{CaseOutcome, CaseResult, CheckResult, Modality, Outcome, RequirementResult, Verdict};

use crate::{
    Report,
    labels::{Words, words},
    text::{cut, fill, visible},
};

/// Longer values are cut in exports.
const VALUE: usize = 4_000;

/// Where in a report a requirement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Not satisfied, and that blocks.
    Deviations,
    /// Undetermined or not tested.
    Incomplete,
    /// Not satisfied, and that does not block: it does not gate, or a waiver holds.
    Attention,
    /// Not applicable, with proof.
    NotApplicable,
    /// Satisfied by a test.
    Satisfied,
    /// Satisfied by a person's statement.
    Attested,
}

impl Section {
    /// Where this requirement stands.
    pub fn of(requirement: &RequirementResult) -> Self {
        match (requirement.outcome, requirement.modality) {
            _ if requirement.waiver.is_some() => Self::Attention,
            (Outcome::NotSatisfied, _) if requirement.remark => Self::Attention,
            (Outcome::NotSatisfied, _) => Self::Deviations,
            (Outcome::Undetermined | Outcome::NotTested, _) => Self::Incomplete,
            (Outcome::NotApplicable, _) => Self::NotApplicable,
            (Outcome::Satisfied, Modality::Automatic) => Self::Satisfied,
            (Outcome::Satisfied, Modality::Attested) => Self::Attested,
        }
    }
}

/// Something a check rests on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Evidence<'a> {
    /// A request and what came of it.
    Exchange(&'a Exchange),
    /// Another fact.
    Observation(&'a Observation),
}

/// A report with its indexes.
pub struct View<'a> {
    pub(crate) report: &'a Report<'a>,
    pub(crate) words: &'static Words,
    /// How the run began, when the journal has it.
    pub(crate) started: Option<&'a RunStarted>,
    requirements: BTreeMap<&'a str, &'a Requirement>,
    evidence: BTreeMap<&'a str, Evidence<'a>>,
}

impl<'a> View<'a> {
    /// Indexes a report.
    pub fn new(report: &'a Report<'a>) -> Self {
        let mut evidence = BTreeMap::new();
        let mut started = None;
        for entry in report.entries {
            match &entry.event {
                Event::Exchange(exchange) => {
                    evidence.insert(exchange.id.as_str(), Evidence::Exchange(exchange));
                }
                Event::Observation(observation) => {
                    evidence.insert(observation.id.as_str(), Evidence::Observation(observation));
                }
                Event::RunStarted(run) => started = Some(run.as_ref()),
                _ => {}
            }
        }
        let requirements = report.requirements.iter().map(|r| (r.id.as_str(), r)).collect();
        Self { report, words: words(report.lang), started, requirements, evidence }
    }

    /// What it is a view of.
    pub fn report(&self) -> &'a Report<'a> {
        self.report
    }

    /// The words of its language.
    pub fn words(&self) -> &'static Words {
        self.words
    }

    /// The catalogue's entry of a result.
    pub fn requirement(&self, id: &str) -> Option<&'a Requirement> {
        self.requirements.get(id).copied()
    }

    /// The title of a requirement; its id when the catalogue does not know it.
    pub fn title(&self, id: &'a str) -> &'a str {
        self.requirement(id).map_or(id, |requirement| requirement.title.get(self.report.lang))
    }

    /// What has this id in the journal.
    pub(crate) fn evidence(&self, id: &str) -> Option<Evidence<'a>> {
        self.evidence.get(id).copied()
    }

    /// The results of one section, in profile order.
    pub fn section(&self, section: Section) -> impl Iterator<Item = &'a RequirementResult> {
        self.report.result.requirements.iter().filter(move |r| Section::of(r) == section)
    }

    /// How many requirements stand in a section.
    pub fn count(&self, section: Section) -> usize {
        self.section(section).count()
    }

    /// `nl` for texts that are Dutch in every report, when the report is not.
    pub fn dutch(&self) -> Option<&'static str> {
        (self.report.lang != Lang::Nl).then_some("nl")
    }

    /// Product name and version.
    pub fn product(&self) -> String {
        let product = &self.report.result.product;
        self.shown(&format!("{} {}", product.name, product.version), 120)
    }

    /// Profile title and release.
    pub fn profile(&self) -> String {
        format!("{} {}", self.report.profile.title.get(self.report.lang), self.report.result.profile.version)
    }

    /// The verdict as a sentence about this product.
    pub fn sentence(&self) -> String {
        let sentence = &self.words.sentence;
        let template = match self.report.result.verdict {
            Verdict::Conform => &sentence.conform,
            Verdict::NotConform => &sentence.not_conform,
            Verdict::Incomplete => &sentence.incomplete,
        };
        let sentence = fill(template, &[("product", &self.product()), ("profile", &self.profile())]);
        self.waivers().map_or(sentence.clone(), |waivers| format!("{sentence}, {waivers}"))
    }

    /// The verdict in a word, with the number of waivers it rests on.
    pub fn verdict(&self) -> String {
        let word = self.words.verdict(self.report.result.verdict);
        self.waivers().map_or_else(|| word.to_owned(), |waivers| format!("{word} {waivers}"))
    }

    fn waivers(&self) -> Option<String> {
        let result = self.report.result;
        let count = result.counts.waived;
        (result.verdict == Verdict::Conform && count > 0).then(|| self.words.verdict.waived.fill(count, &[]))
    }

    /// The waiver of a requirement in a sentence.
    pub fn waiver(&self, requirement: &RequirementResult) -> Option<String> {
        let waiver = requirement.waiver.as_ref()?;
        let values = [
            ("expires", waiver.expires.clone()),
            ("by", self.shown(&waiver.by, 200)),
            ("reason", self.shown(&waiver.reason, 600)),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
        Some(fill(&self.words.verdict.waiver, &values))
    }

    /// A text from outside: visible, and cut with a marker.
    pub fn shown(&self, text: &str, max: usize) -> String {
        let (part, more) = cut(text, max);
        let mut out = visible(part);
        if more {
            out.push_str(&format!(" … ({})", self.words.truncated));
        }
        out
    }

    /// A text from outside on one line that is never empty, for formats that demand one.
    pub(crate) fn line(&self, text: &str) -> String {
        let shown = self.shown(text, VALUE);
        let line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() { "-".to_owned() } else { line }
    }

    /// A text from outside, cut where every export cuts.
    pub(crate) fn value(&self, text: &str) -> String {
        self.shown(text, VALUE)
    }

    /// Why a requirement has no outcome yet, and what to do about it.
    pub fn open(&self, result: &RequirementResult) -> (&'a str, &'a str) {
        let (reason, advice) = (&self.words.reason, &self.words.advice);
        if result.method != Method::Test {
            let text = if result.attestation.is_some() { &reason.expired } else { &reason.statement };
            return (text, &advice.statement);
        }
        if let Some(text) = self.requirement(&result.id).and_then(|r| r.not_tested.as_ref()) {
            return (text.get(self.report.lang), "");
        }
        let with = |outcome| result.cases.iter().find(move |case| case.outcome == outcome);
        if with(CaseOutcome::Error).is_some() {
            return (&reason.error, &advice.error);
        }
        if let Some(why) = result.cases.iter().find_map(|case| case.reason) {
            return self.words.reason(why);
        }
        if with(CaseOutcome::Failed).is_some() && with(CaseOutcome::Passed).is_some() {
            return (&reason.flaky, &advice.flaky);
        }
        (&reason.untested, &advice.untested)
    }
}

/// The case a finding is about: the worst one, the first of equals.
pub(crate) fn worst(result: &RequirementResult) -> Option<&CaseResult> {
    result.cases.iter().rev().max_by_key(|case| case.outcome)
}

/// The check a finding is about: the first violated one, else the first that could not be decided.
pub(crate) fn culprit(case: &CaseResult) -> Option<&CheckResult> {
    let with = |holds| case.checks.iter().find(move |check| check.holds == holds);
    with(Some(false)).or_else(|| with(None))
}

/// The file of a case id `features/….feature#slug`.
pub fn feature(case: &CaseResult) -> &str {
    case.id.split('#').next().unwrap_or_default()
}

/// An id as a link target: letters, digits, `-`, `_` and `.` only.
pub(crate) fn anchor(id: &str) -> String {
    let (id, _) = cut(id, 120);
    id.chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .collect()
}
