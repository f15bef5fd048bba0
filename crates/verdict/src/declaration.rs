//! What the vendor declares beside what was measured. A claim of conformity that a measurement contradicts fails the
//! case in which the declaration was read; one that could not be measured leaves it undecided.

use keur_catalogue::conformity::{ConformityType, Extent};
use keur_evidence::event::{CONFORMITY, Event, Observation, Reason};
use serde::{Deserialize, Serialize};

use crate::{
    reading::{CaseLog, Reading},
    requirement::measured,
    result::{CaseOutcome, CaseResult, CheckResult, Outcome, RequirementResult},
};

/// Declared and measured, key by key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclarationTable {
    /// The version of the requirements.
    pub version: String,
    /// In the order of the library.
    pub rows: Vec<DeclarationRow>,
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclarationRow {
    /// `SC008`.
    pub key: String,
    /// What is declared; none when the declaration is silent.
    pub declared: Option<ConformityType>,
    /// What the vendor says beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remarks: Option<String>,
    /// How far it is measured in this run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extent: Option<Extent>,
    /// The measuring requirements of this run, with their outcomes.
    pub measured: Vec<Measured>,
    /// What the two come to.
    pub agreement: Agreement,
}

/// A requirement that measures a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// The requirement.
    pub requirement: String,
    /// Its outcome.
    pub outcome: Outcome,
}

/// What declared and measured come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// They say the same, as far as it was measured.
    Agrees,
    /// Conformity is declared, and a measurement says otherwise.
    Contradicts,
    /// Conformity is declared, and could not be measured.
    Undecided,
    /// No conformity is declared, and everything measured is satisfied.
    Understates,
    /// It is declared not to be about this product, and was measured all the same.
    Applies,
    /// Nothing measures it in this run, or nothing is declared.
    NotCompared,
}

/// The facts of the observation: every key, what is declared of it, and what measures it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Declared {
    version: String,
    keys: Vec<DeclaredKey>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclaredKey {
    key: String,
    declared: Option<ConformityType>,
    remarks: Option<String>,
    extent: Option<Extent>,
    #[serde(default)]
    measured_by: Vec<String>,
}

/// The declaration an event holds; an error when it is not as known.
pub(crate) fn declared(event: &Event) -> Option<Result<Declared, serde_json::Error>> {
    let Event::Observation(observation) = event else { return None };
    (observation.what == CONFORMITY).then(|| Declared::deserialize(&observation.facts))
}

/// Lays every declaration that was read beside the outcomes, and gives the table of the first.
pub(crate) fn lay_beside(
    reading: &Reading<'_>,
    results: &mut [RequirementResult],
) -> Option<DeclarationTable> {
    let outcomes: Vec<Measured> = results
        .iter()
        .map(|result| Measured { requirement: result.id.clone(), outcome: result.outcome })
        .collect();
    let mut first = None;
    for log in &reading.cases {
        let Some((observation, declared)) = of_case(log) else { continue };
        let table = table(declared, &outcomes);
        if let Some(result) = results.iter_mut().find(|result| result.id == log.plan.requirement) {
            if let Some(case) = result.cases.iter_mut().find(|case| case.id == log.plan.case) {
                weigh(case, &table, &observation.id);
            }
            result.outcome = measured(&result.cases);
            result.remark = result.outcome == Outcome::NotSatisfied && !result.gates;
        }
        first.get_or_insert(table);
    }
    first
}

fn of_case<'j>(log: &CaseLog<'j>) -> Option<(&'j Observation, Declared)> {
    log.events.iter().rev().find_map(|event| {
        let Event::Observation(observation) = event else { return None };
        Some((observation, declared(event)?.ok()?))
    })
}

fn table(declared: Declared, outcomes: &[Measured]) -> DeclarationTable {
    let row = |key: DeclaredKey| {
        let by = |one: &&Measured| key.measured_by.contains(&one.requirement);
        let measured: Vec<Measured> = outcomes.iter().filter(by).cloned().collect();
        let extent = key.extent.filter(|_| !measured.is_empty()).map(|extent| {
            // A requirement that this profile leaves out leaves a part unmeasured.
            if measured.len() < key.measured_by.len() { Extent::Partly } else { extent }
        });
        let agreement = agreement(key.declared, extent, &measured);
        DeclarationRow {
            key: key.key,
            declared: key.declared,
            remarks: key.remarks,
            extent,
            measured,
            agreement,
        }
    };
    DeclarationTable { version: declared.version, rows: declared.keys.into_iter().map(row).collect() }
}

fn agreement(declared: Option<ConformityType>, extent: Option<Extent>, measured: &[Measured]) -> Agreement {
    let (Some(declared), Some(extent)) = (declared, extent) else { return Agreement::NotCompared };
    let any = |outcomes: &[Outcome]| measured.iter().any(|one| outcomes.contains(&one.outcome));
    let fails = any(&[Outcome::NotSatisfied]);
    let open = any(&[Outcome::Undetermined, Outcome::NotTested]);
    let applies = any(&[Outcome::Satisfied, Outcome::NotSatisfied]);
    match declared {
        ConformityType::Conformant if fails => Agreement::Contradicts,
        ConformityType::Conformant if open => Agreement::Undecided,
        ConformityType::NotConformant if extent == Extent::Whole && applies && !fails && !open => {
            Agreement::Understates
        }
        ConformityType::NotApplicable if applies => Agreement::Applies,
        ConformityType::NotEvaluated => Agreement::NotCompared,
        _ => Agreement::Agrees,
    }
}

/// What the table means for the case in which the declaration was read.
fn weigh(case: &mut CaseResult, table: &DeclarationTable, evidence: &str) {
    let rows = |wanted| table.rows.iter().filter(move |row| row.agreement == wanted);
    for row in rows(Agreement::Contradicts) {
        let failing = row.measured.iter().filter(|one| one.outcome == Outcome::NotSatisfied);
        let failing: Vec<&str> = failing.map(|one| one.requirement.as_str()).collect();
        case.checks.push(CheckResult {
            step: "Verklaard naast gemeten".to_owned(),
            expected: format!("{} is CONFORMANT, zoals verklaard", row.key),
            observed: format!("niet voldaan: {}", failing.join(", ")),
            holds: Some(false),
            evidence: vec![evidence.to_owned()],
        });
        case.outcome = case.outcome.max(CaseOutcome::Failed);
    }
    let undecided: Vec<&str> = rows(Agreement::Undecided).map(|row| row.key.as_str()).collect();
    if !undecided.is_empty() && case.outcome == CaseOutcome::Passed {
        case.outcome = CaseOutcome::CantTell;
        case.reason = Some(Reason::Precondition);
        case.cause = Some("not_measured".to_owned());
        case.detail = Some(format!("verklaard als CONFORMANT, en niet gemeten: {}", undecided.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(declared: ConformityType, extent: Extent, outcomes: &[Outcome]) -> Agreement {
        let one = |outcome: &Outcome| Measured { requirement: "WGZ-SEC-018".to_owned(), outcome: *outcome };
        agreement(Some(declared), Some(extent), &outcomes.iter().map(one).collect::<Vec<_>>())
    }

    #[test]
    fn a_claim_is_held_against_every_measurement() {
        use ConformityType::{Conformant, NotApplicable, NotConformant, NotEvaluated};
        use Outcome::{NotSatisfied, NotTested, Satisfied, Undetermined};
        let rows: [(ConformityType, Extent, &[Outcome], Agreement); 12] = [
            (Conformant, Extent::Whole, &[Satisfied, Satisfied], Agreement::Agrees),
            (Conformant, Extent::Partly, &[Satisfied, NotSatisfied], Agreement::Contradicts),
            (Conformant, Extent::Partly, &[Undetermined, NotSatisfied], Agreement::Contradicts),
            (Conformant, Extent::Whole, &[Satisfied, Undetermined], Agreement::Undecided),
            (Conformant, Extent::Whole, &[NotTested], Agreement::Undecided),
            (Conformant, Extent::Whole, &[Outcome::NotApplicable], Agreement::Agrees),
            (NotConformant, Extent::Whole, &[Satisfied], Agreement::Understates),
            (NotConformant, Extent::Partly, &[Satisfied], Agreement::Agrees),
            (NotConformant, Extent::Whole, &[NotSatisfied], Agreement::Agrees),
            (NotApplicable, Extent::Whole, &[Satisfied], Agreement::Applies),
            (NotApplicable, Extent::Whole, &[Outcome::NotApplicable], Agreement::Agrees),
            (NotEvaluated, Extent::Whole, &[NotSatisfied], Agreement::NotCompared),
        ];
        for (declared, extent, outcomes, expected) in rows {
            assert_eq!(of(declared, extent, outcomes), expected, "{declared:?} {outcomes:?}");
        }
    }

    #[test]
    fn what_the_profile_leaves_out_makes_a_measurement_partial() {
        let declared = Declared {
            version: "1.2.0".to_owned(),
            keys: vec![DeclaredKey {
                key: "SC008".to_owned(),
                declared: Some(ConformityType::NotConformant),
                remarks: None,
                extent: Some(Extent::Whole),
                measured_by: vec!["WGZ-SEC-018".to_owned(), "WGZ-OAU-001".to_owned()],
            }],
        };
        let measured = [Measured { requirement: "WGZ-SEC-018".to_owned(), outcome: Outcome::Satisfied }];
        let row = &table(declared, &measured).rows[0];
        assert_eq!((row.extent, row.agreement), (Some(Extent::Partly), Agreement::Agrees));
    }
}
