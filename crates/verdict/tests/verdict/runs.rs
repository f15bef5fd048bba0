//! L2 to L3 to L4, row by row; and what is refused.

use keur_evidence::event::{Enclosed, Entry, Event, Reason, RunEnd, StopKind};
use keur_verdict::{JudgeError, Modality, Outcome, RunResult, Verdict, exit_code};

use crate::support::*;

/// A run of the profile `ids` in which each listed case is planned and then executed.
fn run(ids: &[&str], cases: &[(&str, &str, Vec<Event>)], more: Vec<Event>) -> RunResult {
    let profile = profile(ids);
    let mut events = vec![Event::RunStarted(Box::new(started(&profile)))];
    events.extend(cases.iter().map(|(case, requirement, _)| planned(case, requirement)));
    events.extend(more);
    events.extend(cases.iter().flat_map(|(_, _, events)| events.clone()));
    events.push(finished(RunEnd::Completed));
    judge(&profile, None, events)
}

fn untellable(case: &str) -> Vec<Event> {
    vec![begin(case), exchange(case), cant_tell(case, Reason::Timeout), end(case, 1)]
}

fn not_applying(case: &str) -> Vec<Event> {
    vec![begin(case), exchange(case), inapplicable(case, &id(case)), end(case, 1)]
}

fn broken(case: &str) -> Vec<Event> {
    vec![begin(case), exchange(case), stop(case, StopKind::Error), end(case, 1)]
}

#[test]
fn worst_case_wins() {
    let of = |first: Vec<Event>, second: Vec<Event>| {
        run(&[MUST], &[("a", MUST, first), ("b", MUST, second)], vec![]).requirements[0].outcome
    };
    assert_eq!(of(passing("a"), failing("b")), Outcome::NotSatisfied);
    assert_eq!(of(broken("a"), failing("b")), Outcome::NotSatisfied);
    assert_eq!(of(passing("a"), broken("b")), Outcome::Undetermined);
    assert_eq!(of(passing("a"), untellable("b")), Outcome::Undetermined);
    assert_eq!(of(passing("a"), vec![]), Outcome::Undetermined);
    assert_eq!(of(vec![], vec![]), Outcome::NotTested);
    assert_eq!(of(passing("a"), not_applying("b")), Outcome::Satisfied);
    assert_eq!(of(not_applying("a"), not_applying("b")), Outcome::NotApplicable);
    assert_eq!(run(&[MUST], &[], vec![]).requirements[0].outcome, Outcome::NotTested);
}

#[test]
fn the_verdict_and_its_exit_code() {
    let of = |events| run(&[MUST], &[("a", MUST, events)], vec![]);
    for (events, verdict, code) in [
        (passing("a"), Verdict::Conform, 0),
        (not_applying("a"), Verdict::Conform, 0),
        (failing("a"), Verdict::NotConform, 1),
        (untellable("a"), Verdict::Incomplete, 3),
        (vec![], Verdict::Incomplete, 3),
        (broken("a"), Verdict::Incomplete, 70),
    ] {
        let result = of(events);
        assert_eq!((result.verdict, exit_code(&result)), (verdict, code));
    }
}

#[test]
fn what_does_not_gate_yields_a_remark() {
    for id in [SHOULD, CONCEPT] {
        let result = run(&[MUST, id], &[("a", MUST, passing("a")), ("b", id, failing("b"))], vec![]);
        assert_eq!(result.verdict, Verdict::Conform);
        assert!(requirement(&result, id).remark);
        assert_eq!((result.counts.remarks, result.counts.not_satisfied), (1, 1));
    }
}

#[test]
fn a_fault_of_the_tool_blocks_even_where_nothing_gates() {
    let result = run(&[MUST, SHOULD], &[("a", MUST, passing("a")), ("b", SHOULD, broken("b"))], vec![]);
    assert_eq!((result.verdict, exit_code(&result)), (Verdict::Incomplete, 70));
}

#[test]
fn only_remarks_prove_nothing() {
    let result = run(&[SHOULD], &[("a", SHOULD, passing("a"))], vec![]);
    assert_eq!(result.verdict, Verdict::Incomplete);
}

#[test]
fn each_track_has_its_own_verdict() {
    let result = run(&[MUST, MUST_TWO], &[("a", MUST, passing("a")), ("b", MUST_TWO, failing("b"))], vec![]);
    assert_eq!((result.spoor.one, result.spoor.two), (Verdict::Conform, Verdict::NotConform));
    let result = run(&[MUST], &[("a", MUST, passing("a"))], vec![]);
    assert_eq!((result.verdict, result.spoor.two), (Verdict::Conform, Verdict::Incomplete));
}

#[test]
fn statements_decide_what_people_examine() {
    let of = |statements: Vec<Event>| {
        let result = run(&[EXAMINED], &[], statements);
        (result.requirements[0].outcome, result.verdict)
    };
    let good = || valid_statement(EXAMINED, "satisfied");
    let bad = || valid_statement(EXAMINED, "not_satisfied");
    let expired = || statement(EXAMINED, "satisfied", "2025-01-01", "2026-11-21");
    let future = || statement(EXAMINED, "satisfied", "2026-11-23", "2027-01-01");
    let last_day = || statement(EXAMINED, "satisfied", "2026-11-22", "2026-11-22");
    assert_eq!(of(vec![]), (Outcome::NotTested, Verdict::Incomplete));
    assert_eq!(of(vec![good()]), (Outcome::Satisfied, Verdict::Conform));
    assert_eq!(of(vec![last_day()]), (Outcome::Satisfied, Verdict::Conform));
    assert_eq!(of(vec![bad()]), (Outcome::NotSatisfied, Verdict::NotConform));
    assert_eq!(of(vec![valid_statement(EXAMINED, "not_applicable")]).0, Outcome::NotApplicable);
    assert_eq!(of(vec![good(), bad()]), (Outcome::Undetermined, Verdict::Incomplete));
    assert_eq!(of(vec![expired()]), (Outcome::Undetermined, Verdict::Incomplete));
    assert_eq!(of(vec![future()]), (Outcome::Undetermined, Verdict::Incomplete));
    assert_eq!(
        of(vec![statement(EXAMINED, "not_satisfied", "2025-01-01", "2026-01-01"), good()]).0,
        Outcome::Satisfied
    );
}

#[test]
fn a_statement_is_shown_and_counted() {
    let result = run(&[EXAMINED], &[], vec![valid_statement(EXAMINED, "satisfied")]);
    let examined = requirement(&result, EXAMINED);
    assert_eq!(examined.modality, Modality::Attested);
    assert!(examined.attestation.is_some());
    assert_eq!((result.counts.satisfied, result.counts.attested), (1, 1));
}

#[test]
fn measured_beats_attested() {
    for (events, outcome) in [(failing("a"), Outcome::NotSatisfied), (vec![], Outcome::NotTested)] {
        let result = run(&[MUST], &[("a", MUST, events)], vec![valid_statement(MUST, "satisfied")]);
        assert_eq!(result.requirements[0].outcome, outcome);
        assert!(result.caveats.iter().any(|caveat| caveat.contains(MUST)));
    }
    let result =
        run(&[EXAMINED], &[("a", EXAMINED, failing("a"))], vec![valid_statement(EXAMINED, "satisfied")]);
    assert_eq!(result.requirements[0].outcome, Outcome::NotSatisfied);
}

#[test]
fn an_unfinished_run_is_never_conform() {
    let profile = profile(&[MUST]);
    let base = |events: Vec<Event>| {
        let mut all = vec![Event::RunStarted(Box::new(started(&profile))), planned("a", MUST)];
        all.extend(events);
        all
    };
    for ending in [None, Some(RunEnd::Interrupted), Some(RunEnd::Guarded)] {
        for (case, verdict) in [(passing("a"), Verdict::Incomplete), (failing("a"), Verdict::NotConform)] {
            let mut events = base(case);
            events.extend(ending.map(finished));
            let result = judge(&profile, None, events);
            assert_eq!(result.verdict, verdict);
            assert!(!result.caveats.is_empty());
        }
    }
}

#[test]
fn a_guard_that_tripped_anywhere_blocks() {
    let tripped = Event::GuardTripped { case: String::new(), place: "header x".to_owned() };
    let result = run(&[MUST], &[("a", MUST, passing("a"))], vec![tripped]);
    assert_eq!(result.verdict, Verdict::Incomplete);
}

#[test]
fn a_partial_run_is_never_conform() {
    let profile = profile(&[MUST, SHOULD]);
    let mut start = started(&profile);
    start.only = Some(MUST.to_owned());
    for (case, verdict) in [(passing("a"), Verdict::Incomplete), (failing("a"), Verdict::NotConform)] {
        let mut events = vec![Event::RunStarted(Box::new(start.clone())), planned("a", MUST)];
        events.extend(case);
        events.push(finished(RunEnd::Completed));
        let result = judge(&profile, Some(MUST), events.clone());
        assert_eq!((result.verdict, result.requirements.len()), (verdict, 1));
        // Judging it against everything does not make it whole.
        assert_eq!(judge(&profile, None, events).verdict, verdict);
    }
}

#[test]
fn nothing_selected_exits_5() {
    let profile = profile(&[MUST]);
    let events = vec![Event::RunStarted(Box::new(started(&profile))), finished(RunEnd::Completed)];
    let result = judge(&profile, Some(SHOULD), events);
    assert_eq!((result.verdict, exit_code(&result)), (Verdict::Incomplete, 5));
}

fn refused(entries: &[Entry]) -> JudgeError {
    let profile = profile(&[MUST]);
    match keur_verdict::judge(&selection(&profile, None), &profile, entries) {
        Ok(result) => panic!("judged as {:?}", result.verdict),
        Err(error) => error,
    }
}

#[test]
fn the_world_of_events_is_closed() {
    let profile = profile(&[MUST]);
    let start = |change: fn(&mut keur_evidence::event::RunStarted)| {
        let mut started = started(&profile);
        change(&mut started);
        Event::RunStarted(Box::new(started))
    };
    let same = || start(|_| {});
    let refused = |events| refused(&entries(events));
    assert_eq!(refused(vec![]), JudgeError::Empty);
    assert_eq!(refused(vec![begin("a")]), JudgeError::NoStart);
    assert!(matches!(
        refused(vec![start(|s| s.format = "keur/journal/2".to_owned())]),
        JudgeError::Format { .. }
    ));
    assert!(matches!(refused(vec![start(|s| s.mode = "play".to_owned())]), JudgeError::UnknownWord { .. }));
    assert!(matches!(refused(vec![start(|s| s.profile = "ander".to_owned())]), JudgeError::Other { .. }));
    assert!(matches!(refused(vec![start(|s| s.variant = "b".to_owned())]), JudgeError::Other { .. }));
    assert!(matches!(refused(vec![same(), same()]), JudgeError::Misplaced { .. }));
    assert!(matches!(refused(vec![same(), begin("a")]), JudgeError::UnknownCase { .. }));
    assert!(matches!(refused(vec![same(), begin("")]), JudgeError::UnknownCase { .. }));
    assert!(matches!(
        refused(vec![same(), planned("a", MUST), planned("a", MUST)]),
        JudgeError::Misplaced { .. }
    ));
    let done = || finished(RunEnd::Completed);
    assert!(matches!(refused(vec![same(), done(), done()]), JudgeError::Misplaced { .. }));
    let strange = valid_statement(MUST, "perhaps");
    assert!(matches!(refused(vec![same(), strange]), JudgeError::UnknownWord { .. }));
    let enclosed = |what: &str| Event::Enclosed(Enclosed { what: what.to_owned(), files: Vec::new() });
    assert!(matches!(refused(vec![same(), enclosed("extra")]), JudgeError::UnknownWord { .. }));
    let dateless = statement(MUST, "satisfied", "2026-13-01", "2027-01-01");
    assert!(matches!(refused(vec![same(), dateless]), JudgeError::Time { .. }));
}

#[test]
fn gaps_and_false_times_are_refused() {
    let profile = profile(&[MUST]);
    let mut gap = entries(vec![Event::RunStarted(Box::new(started(&profile))), finished(RunEnd::Completed)]);
    gap[1].seq = 2;
    assert_eq!(refused(&gap), JudgeError::Sequence { expected: 1, found: 2 });
    gap[1].seq = 1;
    gap[1].at = "gisteren".to_owned();
    assert!(matches!(refused(&gap), JudgeError::Time { .. }));
}

#[test]
fn an_unknown_kind_does_not_even_parse() {
    let line = |event: &str| {
        serde_json::from_str::<Entry>(&format!(
            "{{\"seq\":0,\"at\":\"2026-11-22T10:00:00Z\",\"prev\":\"\",\"event\":{event}}}"
        ))
    };
    assert!(line("{\"kind\":\"case_started\",\"case\":\"a\"}").is_ok());
    assert!(line("{\"kind\":\"case_blessed\",\"case\":\"a\"}").is_err());
    assert!(line("{\"kind\":\"run_finished\",\"how\":\"gladly\"}").is_err());
    assert!(line("{\"kind\":\"case_started\",\"case\":\"a\",\"extra\":1}").is_err());
}

#[test]
fn another_edition_of_the_profile_is_told() {
    let profile = profile(&[MUST]);
    let mut start = started(&profile);
    start.profile_digest = digest('0');
    let events = vec![Event::RunStarted(Box::new(start)), finished(RunEnd::Completed)];
    assert!(judge(&profile, None, events).caveats.iter().any(|caveat| caveat.contains("profiel")));
}
