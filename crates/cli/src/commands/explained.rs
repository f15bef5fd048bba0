//! Why a requirement came out differently: the product, the norm, the tool, or not decidable from this evidence.

use std::collections::BTreeSet;

use keur_steps::norms::Norms;
use keur_verdict::{
    Outcome, RequirementResult, RunResult, Verdict,
    compare::{self, Difference},
};
use serde::Serialize;

use crate::{
    evidence::{Evidence, processors},
    exit::Failure,
};

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
    /// A person stated something else, or a waiver came or went.
    Statement,
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
            Self::Statement => "een mens zegt iets anders",
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

/// A recorded run with its norms and its verdict by these.
pub type Judged<'a> = (&'a Evidence, &'a Norms, &'a RunResult);

/// Every requirement whose outcome, checks or statement differ between two runs, and why.
pub fn changes((first, old, was): Judged<'_>, (_, new, is): Judged<'_>) -> Result<Vec<Change>, Failure> {
    if old.profile.id != new.profile.id {
        return Err(Failure::usage(format!(
            "de uitvoeringen gaan over verschillende profielen: {} en {}\n  help: vergelijk twee uitvoeringen van hetzelfde profiel",
            old.profile.id, new.profile.id
        )));
    }
    // What the first run would be by the norms of the second: what differs then does not come from the product.
    let (crossed, replayed) = first.judged_again(new, processors())?;
    let undecidable = undecidable(&crossed, &replayed.missing);
    let same_norms = was.harness.catalogue_digest == is.harness.catalogue_digest
        && was.harness.features_digest == is.harness.features_digest
        && was.profile.digest == is.profile.digest;
    let still = compare::differences(&crossed, is);
    let find = |result: &RunResult, id: &str| -> Option<RequirementResult> {
        result.requirements.iter().find(|requirement| requirement.id == id).cloned()
    };
    let because = |difference: &Difference| {
        let id = difference.requirement.as_str();
        let by_people = |one: &RequirementResult| (one.attestation.clone(), one.waiver.clone());
        let people = find(was, id).map(|one| by_people(&one)) != find(is, id).map(|one| by_people(&one));
        let by_norms = match difference.outcome_changed() {
            true => find(&crossed, id).map(|one| one.outcome) == difference.is,
            false => still.iter().all(|other| other.requirement != id),
        };
        match (by_norms, same_norms) {
            _ if undecidable.contains(id) => Because::NotDecidable,
            _ if people && find(was, id).is_some() && find(is, id).is_some() => Because::Statement,
            (true, true) => Because::Tool,
            (true, false) => Because::Norm,
            (false, _) => Because::Product,
        }
    };
    let differences = compare::differences(was, is).into_iter();
    Ok(differences
        .map(|difference| {
            let because = because(&difference);
            Change::new(difference, because)
        })
        .collect())
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
        let how = match change.was == change.is {
            true => format!("blijft {}", outcome(change.is)),
            false => format!("{} → {}", outcome(change.was), outcome(change.is)),
        };
        text.push_str(&format!(" {}  {how}: {}\n", change.requirement, change.because.words()));
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
