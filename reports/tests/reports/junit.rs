//! JUnit loses information towards worse only.

use crate::build::{case, check, empty, requirement, result};
use keur_catalogue::Lang;
use keur_reports::format;
use keur_verdict::{CaseOutcome, CaseResult, Modality, Outcome, Verdict};

/// Counts in the root element: failures, errors, skipped.
fn counts(
    verdict: Verdict,
    outcome: Outcome,
    cases: Vec<CaseResult>,
    attested: bool,
) -> (usize, usize, usize) {
    let mut f = empty(verdict);
    f.requirements.push(requirement("WGZ-SEC-010", "titel", "title"));
    let mut one = result("WGZ-SEC-010", outcome, cases);
    if attested {
        one.modality = Modality::Attested;
    }
    f.result.requirements.push(one);
    let bytes = format("junit").expect("junit").render(&f.report(Lang::Nl)).expect("it renders");
    let xml = String::from_utf8(bytes).expect("UTF-8");
    let root = xml.lines().nth(1).expect("a root").to_owned();
    let number = |name: &str| {
        root.split(&format!("{name}=\""))
            .nth(1)
            .and_then(|r| r.split('"').next())
            .and_then(|n| n.parse().ok())
            .expect("a count")
    };
    (number("failures"), number("errors"), number("skipped"))
}

fn one(outcome: CaseOutcome) -> Vec<CaseResult> {
    vec![case("a", "een geval", outcome, vec![check("Dan", "a", "b", None, "")])]
}

#[test]
fn every_case_outcome_has_its_place() {
    let incomplete = Verdict::Incomplete;
    assert_eq!(counts(Verdict::Conform, Outcome::Satisfied, one(CaseOutcome::Passed), false), (0, 0, 0));
    assert_eq!(
        counts(Verdict::NotConform, Outcome::NotSatisfied, one(CaseOutcome::Failed), false),
        (1, 0, 0)
    );
    assert_eq!(counts(incomplete, Outcome::Undetermined, one(CaseOutcome::CantTell), false), (0, 1, 0));
    assert_eq!(counts(incomplete, Outcome::Undetermined, one(CaseOutcome::Error), false), (0, 1, 0));
    assert_eq!(
        counts(Verdict::Conform, Outcome::NotApplicable, one(CaseOutcome::Inapplicable), false),
        (0, 0, 1)
    );
}

#[test]
fn a_requirement_worse_than_its_cases_shows() {
    let mixed = [one(CaseOutcome::Passed), one(CaseOutcome::Passed)].concat();
    assert_eq!(counts(Verdict::Incomplete, Outcome::Undetermined, mixed, false), (0, 1, 0));
    assert_eq!(
        counts(Verdict::NotConform, Outcome::NotSatisfied, one(CaseOutcome::Passed), false),
        (1, 0, 0)
    );
}

#[test]
fn a_verdict_that_no_suite_shows_gets_a_suite() {
    // A partial run: everything passed, yet not conform.
    assert_eq!(counts(Verdict::Incomplete, Outcome::Satisfied, one(CaseOutcome::Passed), false), (0, 1, 0));
    // Untested alone does not turn a build red; the verdict does.
    assert_eq!(counts(Verdict::Incomplete, Outcome::NotTested, vec![], false), (0, 1, 1));
}

#[test]
fn a_statement_is_a_test_case() {
    assert_eq!(counts(Verdict::Conform, Outcome::Satisfied, vec![], true), (0, 0, 0));
    assert_eq!(counts(Verdict::NotConform, Outcome::NotSatisfied, vec![], true), (1, 0, 0));
}
