//! L1 to L2, row by row.

use keur_evidence::event::{CheckOutcome, Event, Phase, Reason, StopKind};
use keur_verdict::{CaseOutcome, Outcome, Verdict, exit_code};

use crate::support::*;

fn outcome(events: Vec<Event>) -> (CaseOutcome, Option<Reason>, Option<String>) {
    let result = judge_one(events);
    let case = only_case(&result);
    (case.outcome, case.reason, case.cause.clone())
}

fn interrupted_by(event: Event) -> (CaseOutcome, Option<Reason>, Option<String>) {
    outcome(vec![begin("c"), exchange("c"), event, end("c", 0)])
}

#[test]
fn every_check_holds_and_something_was_seen_passes() {
    let result = judge_one(passing("c"));
    let case = only_case(&result);
    assert_eq!(case.outcome, CaseOutcome::Passed);
    assert_eq!(case.exchanges, ["x-c"]);
    assert_eq!(case.evidence, [digest('e')]);
    assert_eq!(case.checks[0].step, "Dan worden ze geweigerd");
    assert_eq!((case.checks[0].holds, case.ms), (Some(true), 5));
}

#[test]
fn a_violated_then_fails() {
    assert_eq!(outcome(failing("c")), (CaseOutcome::Failed, None, None));
}

#[test]
fn a_violated_then_fails_even_when_the_case_has_no_end() {
    let mut events = failing("c");
    events.pop();
    assert_eq!(outcome(events).0, CaseOutcome::Failed);
}

#[test]
fn a_given_that_is_not_met_cannot_tell() {
    let violated = interrupted_by(check("c", Phase::Given, CheckOutcome::Violated));
    assert_eq!(violated, (CaseOutcome::CantTell, Some(Reason::Precondition), None));
    let undecided = interrupted_by(check("c", Phase::Given, CheckOutcome::NotEvaluable(Reason::NoData)));
    assert_eq!(undecided, (CaseOutcome::CantTell, Some(Reason::Precondition), Some("no_data".to_owned())));
}

#[test]
fn a_when_cannot_fail_the_product() {
    let violated = interrupted_by(check("c", Phase::When, CheckOutcome::Violated));
    assert_eq!(violated, (CaseOutcome::CantTell, Some(Reason::Precondition), None));
}

#[test]
fn a_then_that_cannot_be_evaluated_keeps_its_reason() {
    let undecided = interrupted_by(check("c", Phase::Then, CheckOutcome::NotEvaluable(Reason::ServiceDown)));
    assert_eq!(undecided, (CaseOutcome::CantTell, Some(Reason::ServiceDown), None));
}

#[test]
fn a_check_on_silence_says_unreachable() {
    use keur_evidence::event::{Failure, Reply};
    for (failure, cause) in [
        (Failure::Dns, Some("unreachable")),
        (Failure::Connect, Some("unreachable")),
        (Failure::Timeout, Some("unreachable")),
        (Failure::Closed, Some("unreachable")),
        (Failure::TlsRefused, None),
        (Failure::Protocol, None),
    ] {
        let mut silence = exchange("c");
        let Event::Exchange(made) = &mut silence else { panic!("not an exchange") };
        made.reply = Reply::Failure { failure, message: "proef".to_owned() };
        let undecided = |phase| {
            let check = check("c", phase, CheckOutcome::NotEvaluable(Reason::Environment));
            outcome(vec![begin("c"), silence.clone(), check, end("c", 0)])
        };
        let then = (CaseOutcome::CantTell, Some(Reason::Environment), cause.map(str::to_owned));
        assert_eq!(undecided(Phase::Then), then);
        let given = Some(cause.unwrap_or("environment").to_owned());
        assert_eq!(undecided(Phase::Given), (CaseOutcome::CantTell, Some(Reason::Precondition), given));
    }
}

#[test]
fn a_stop_keeps_reason_and_cause() {
    let stopped = interrupted_by(cant_tell("c", Reason::Environment));
    assert_eq!(stopped, (CaseOutcome::CantTell, Some(Reason::Environment), Some("unreachable".to_owned())));
}

#[test]
fn not_applicable_needs_proof_from_the_case_itself() {
    assert_eq!(interrupted_by(inapplicable("c", "x-c")).0, CaseOutcome::Inapplicable);
    for observed in ["x-elsewhere", "", " "] {
        assert_eq!(interrupted_by(inapplicable("c", observed)).0, CaseOutcome::Error);
    }
    let (predicate, declared) = (String::new(), "X = nee".to_owned());
    let wordless = StopKind::Inapplicable { predicate, declared, observed: "x-c".to_owned() };
    assert_eq!(interrupted_by(stop("c", wordless)).0, CaseOutcome::Error);
}

#[test]
fn proof_of_inapplicability_is_shown() {
    let result = judge_one(vec![begin("c"), exchange("c"), inapplicable("c", "x-c"), end("c", 1)]);
    let proof = only_case(&result).proof.as_ref().expect("a proof");
    assert_eq!((proof.predicate.as_str(), proof.observed.as_str()), ("kan X", "x-c"));
    assert_eq!(result.requirements[0].outcome, Outcome::NotApplicable);
}

#[test]
fn the_tools_fault_is_an_error_and_exits_70() {
    let result = judge_one(vec![begin("c"), exchange("c"), stop("c", StopKind::Error), end("c", 1)]);
    assert_eq!(only_case(&result).outcome, CaseOutcome::Error);
    assert_eq!(exit_code(&result), 70);
}

#[test]
fn a_failure_does_not_hide_a_fault_of_the_tool() {
    let fault = stop("c", StopKind::Error);
    let events =
        vec![begin("c"), exchange("c"), check("c", Phase::Then, CheckOutcome::Violated), fault, end("c", 2)];
    let result = judge_one(events);
    let case = only_case(&result);
    assert_eq!((case.outcome, case.cause.as_deref()), (CaseOutcome::Failed, Some("harness_error")));
    assert_eq!((result.verdict, exit_code(&result)), (Verdict::NotConform, 70));
}

#[test]
fn a_failure_out_of_thin_air_is_also_a_fault() {
    for events in [
        vec![begin("c"), check("c", Phase::Then, CheckOutcome::Violated), end("c", 2)],
        vec![begin("c"), exchange("c"), check("c", Phase::Then, CheckOutcome::Violated), end("c", 3)],
    ] {
        assert_eq!(outcome(events), (CaseOutcome::Failed, None, Some("harness_error".to_owned())));
    }
}

#[test]
fn a_case_that_never_began_is_untested() {
    assert_eq!(outcome(vec![]).0, CaseOutcome::Untested);
}

#[test]
fn a_case_without_an_end_was_aborted() {
    let events = vec![begin("c"), exchange("c"), check("c", Phase::Then, CheckOutcome::Holds)];
    assert_eq!(outcome(events), (CaseOutcome::CantTell, Some(Reason::Aborted), None));
}

#[test]
fn nothing_observed_is_never_a_pass() {
    let mut blind = check("c", Phase::Then, CheckOutcome::Holds);
    if let Event::Check(check) = &mut blind {
        check.evidence.clear();
    }
    assert_eq!(outcome(vec![begin("c"), blind, end("c", 3)]).0, CaseOutcome::Error);
}

#[test]
fn a_then_without_a_check_is_never_a_pass() {
    assert_eq!(outcome(vec![begin("c"), exchange("c"), end("c", 3)]).0, CaseOutcome::Error);
}

#[test]
fn steps_that_vanished_are_never_a_pass() {
    let events = vec![begin("c"), exchange("c"), check("c", Phase::Then, CheckOutcome::Holds), end("c", 2)];
    assert_eq!(outcome(events).0, CaseOutcome::Error);
}

#[test]
fn a_check_must_belong_to_a_step_and_rest_on_evidence() {
    for change in [
        |check: &mut keur_evidence::event::CheckRecord| check.step = 9,
        |check: &mut keur_evidence::event::CheckRecord| check.phase = Phase::Given,
        |check: &mut keur_evidence::event::CheckRecord| check.evidence = vec!["x-none".to_owned()],
    ] {
        let mut events = passing("c");
        for event in &mut events {
            if let Event::Check(check) = event {
                change(check);
            }
        }
        assert_eq!(outcome(events).0, CaseOutcome::Error);
    }
}

#[test]
fn evidence_outside_the_case_is_an_error() {
    let mut events = passing("c");
    events.push(exchange("c"));
    assert_eq!(outcome(events).0, CaseOutcome::Error);
    assert_eq!(outcome(vec![exchange("c")]).0, CaseOutcome::Error);
}

#[test]
fn attempts_that_contradict_each_other_are_flaky() {
    let events: Vec<Event> = passing("c").into_iter().chain(failing("c")).collect();
    assert_eq!(outcome(events), (CaseOutcome::CantTell, None, Some("flaky".to_owned())));
    let events: Vec<Event> = failing("c").into_iter().chain(failing("c")).collect();
    assert_eq!(outcome(events).0, CaseOutcome::Failed);
    let events: Vec<Event> = passing("c").into_iter().chain(passing("c")).collect();
    assert_eq!(outcome(events).0, CaseOutcome::Passed);
}

#[test]
fn the_guard_makes_its_case_untellable() {
    let tripped = Event::GuardTripped { case: "c".to_owned(), place: "body /entry/0".to_owned() };
    let result = judge_one(vec![begin("c"), tripped, end("c", 1)]);
    let case = only_case(&result);
    assert_eq!((case.outcome, case.reason), (CaseOutcome::CantTell, Some(Reason::Aborted)));
    assert_eq!(case.cause.as_deref(), Some("production_data"));
    assert!(result.caveats[0].contains("body /entry/0"));
}
