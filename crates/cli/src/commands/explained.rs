//! Why a requirement came out differently: the product, the norm, the tool, or not decidable from this evidence.

use std::collections::BTreeSet;

use keur_verdict::{Outcome, RunResult, Verdict, compare::Difference};
use serde::Serialize;

/// What changed a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The product does something else.
    Product,
    /// The norm asks something else.
    Norm,
    /// The tool judges the same evidence by the same norm differently.
    Tool,
    /// The evidence does not hold what the other norm asks about.
    NotDecidable,
}

impl Because {
    /// For the reader.
    pub fn words(self) -> &'static str {
        match self {
            Self::Product => "het product doet iets anders",
            Self::Norm => "de norm vraagt iets anders",
            Self::Tool => "keur oordeelt nu anders over hetzelfde bewijs",
            Self::NotDecidable => "niet te beslissen uit dit bewijs",
        }
    }
}

/// A requirement that came out differently, with the reason.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// The requirement.
    pub requirement: String,
    /// Its outcome before; none when there was none.
    pub was: Option<Outcome>,
    /// Its outcome now; none when there is none.
    pub is: Option<Outcome>,
    /// Why.
    pub because: Because,
    /// The first case that differs.
    pub case: Option<String>,
    /// What differs there.
    pub detail: String,
}

impl Change {
    /// Explains a difference.
    pub fn new(difference: Difference, because: Because) -> Self {
        let Difference { requirement, was, is, case, detail } = difference;
        Self { requirement, was, is, because, case, detail }
    }
}

/// The requirements one of whose cases missed its evidence.
pub fn undecidable<'r>(result: &'r RunResult, missing: &BTreeSet<String>) -> BTreeSet<&'r str> {
    let misses = |id: &String| missing.contains(id);
    result
        .requirements
        .iter()
        .filter(|requirement| requirement.cases.iter().any(|case| misses(&case.id)))
        .map(|requirement| requirement.id.as_str())
        .collect()
}

/// The changes for a person; `none` is said when there are none.
pub fn human(changes: &[Change], none: &str) -> String {
    if changes.is_empty() {
        return format!("{none}\n");
    }
    let mut text = String::new();
    for change in changes {
        let outcome = |outcome: Option<Outcome>| outcome.map_or("bestaat niet", words);
        text.push_str(&format!(
            " {}  {} → {}: {}\n",
            change.requirement,
            outcome(change.was),
            outcome(change.is),
            change.because.words()
        ));
        if let Some(case) = &change.case {
            text.push_str(&format!("   scenario  {case}\n"));
        }
        text.push_str(&format!("   verschil  {}\n", change.detail));
    }
    text
}

/// An outcome for the reader.
pub fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Satisfied => "voldaan",
        Outcome::NotSatisfied => "niet voldaan",
        Outcome::Undetermined => "onbeslist",
        Outcome::NotApplicable => "niet van toepassing",
        Outcome::NotTested => "niet getoetst",
    }
}

/// A verdict for the reader.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Conform => "CONFORM",
        Verdict::NotConform => "NIET CONFORM",
        Verdict::Incomplete => "ONVOLLEDIG",
    }
}
