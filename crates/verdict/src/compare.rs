//! Two judgements of one profile side by side: which requirements came out differently, and where it begins.

use std::collections::BTreeMap;

use crate::result::{CaseOutcome, CaseResult, Outcome, RequirementResult, RunResult, Verdict};

/// A requirement that came out differently, or whose cases or checks did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The requirement.
    pub requirement: String,
    /// Its outcome in the first; none when the first does not have it.
    pub was: Option<Outcome>,
    /// Its outcome in the second; none when the second does not have it.
    pub is: Option<Outcome>,
    /// The first case that differs.
    pub case: Option<String>,
    /// What differs there, in Dutch.
    pub detail: String,
}

impl Difference {
    /// Whether the outcome itself differs.
    #[must_use]
    pub fn outcome_changed(&self) -> bool {
        self.was != self.is
    }
}

/// All differences, in the order of the first and then of what only the second has. Ids of evidence and durations are
/// no part of a judgement and are not compared.
#[must_use]
pub fn differences(first: &RunResult, second: &RunResult) -> Vec<Difference> {
    let find = |result: &RunResult, id: &str| -> Option<usize> {
        result.requirements.iter().position(|requirement| requirement.id == id)
    };
    let mut found = Vec::new();
    for was in &first.requirements {
        let is = find(second, &was.id).map(|at| &second.requirements[at]);
        let difference = |case: Option<String>, detail: String| Difference {
            requirement: was.id.clone(),
            was: Some(was.outcome),
            is: is.map(|is| is.outcome),
            case,
            detail,
        };
        match is {
            None => found.push(difference(None, "deze eis is er niet meer".to_owned())),
            Some(is) => found.extend(in_requirement(was, is).map(|(case, detail)| difference(case, detail))),
        }
    }
    for is in second.requirements.iter().filter(|is| find(first, &is.id).is_none()) {
        found.push(Difference {
            requirement: is.id.clone(),
            was: None,
            is: Some(is.outcome),
            case: None,
            detail: "deze eis was er nog niet".to_owned(),
        });
    }
    found
}

/// Whether everything a judgement consists of is equal: verdict, tracks, counts, and every requirement, case and check.
#[must_use]
pub fn same(first: &RunResult, second: &RunResult) -> bool {
    let whole = |result: &RunResult| -> (Verdict, Verdict, Verdict) {
        (result.verdict, result.spoor.one, result.spoor.two)
    };
    whole(first) == whole(second) && first.counts == second.counts && differences(first, second).is_empty()
}

fn in_requirement(was: &RequirementResult, is: &RequirementResult) -> Option<(Option<String>, String)> {
    let by_id = |cases: &'_ [CaseResult]| -> BTreeMap<String, usize> {
        cases.iter().enumerate().map(|(at, case)| (case.id.clone(), at)).collect()
    };
    let (old_ids, new_ids) = (by_id(&was.cases), by_id(&is.cases));
    for old in &was.cases {
        let Some(new) = new_ids.get(&old.id).map(|at| &is.cases[*at]) else {
            return Some((Some(old.id.clone()), "dit scenario is er niet meer".to_owned()));
        };
        if let Some(detail) = in_case(old, new) {
            return Some((Some(old.id.clone()), detail));
        }
    }
    if let Some(new) = is.cases.iter().find(|new| !old_ids.contains_key(&new.id)) {
        return Some((Some(new.id.clone()), "dit scenario is nieuw".to_owned()));
    }
    let frame = |result: &RequirementResult| {
        (result.outcome, result.level, result.gates, result.modality, result.remark, result.method)
    };
    if frame(was) != frame(is) {
        return Some((None, "de eis zelf weegt of telt anders".to_owned()));
    }
    if was.attestation != is.attestation {
        return Some((None, "de verklaring is een andere".to_owned()));
    }
    (was.waiver != is.waiver).then(|| (None, "de ontheffing is een andere".to_owned()))
}

fn in_case(was: &CaseResult, is: &CaseResult) -> Option<String> {
    for (at, old) in was.checks.iter().enumerate() {
        let Some(new) = is.checks.get(at) else {
            return Some(format!("de controle op {} is er niet meer", quoted(&old.expected)));
        };
        if (&old.step, &old.expected, &old.observed, old.holds)
            != (&new.step, &new.expected, &new.observed, new.holds)
        {
            return Some(format!(
                "was: verwacht {}, waargenomen {}; is: verwacht {}, waargenomen {}",
                quoted(&old.expected),
                quoted(&old.observed),
                quoted(&new.expected),
                quoted(&new.observed)
            ));
        }
    }
    if let Some(new) = is.checks.get(was.checks.len()) {
        return Some(format!("de controle op {} is nieuw", quoted(&new.expected)));
    }
    let end = |case: &CaseResult| -> (CaseOutcome, _, _, _, _) {
        (case.outcome, case.reason, case.cause.clone(), case.detail.clone(), case.proof.clone())
    };
    (end(was) != end(is)).then(|| {
        let detail = |case: &CaseResult| case.detail.clone().unwrap_or_default();
        format!(
            "het scenario eindigde in {:?} ({}) en eindigt nu in {:?} ({})",
            was.outcome,
            detail(was),
            is.outcome,
            detail(is)
        )
    })
}

fn quoted(text: &str) -> String {
    let short: String = text.chars().take(200).collect();
    if short.len() < text.len() { format!("“{short}…”") } else { format!("“{short}”") }
}
