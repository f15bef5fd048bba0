//! The laws of the verdict, over generated runs.

use keur_catalogue::Profile;
use keur_evidence::event::{CheckOutcome, Entry, Event, Phase, RunEnd};
use keur_verdict::{CaseOutcome, Outcome, RunResult, Verdict, exit_code};
use proptest::prelude::*;

use crate::{
    model::{Fate, Model, good_model, model},
    support::*,
};

/// Higher is better.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::NotConform => 0,
        Verdict::Incomplete => 1,
        Verdict::Conform => 2,
    }
}

/// Higher is better.
fn worth(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::NotSatisfied => 0,
        Outcome::Undetermined | Outcome::NotTested => 1,
        Outcome::Satisfied | Outcome::NotApplicable => 2,
    }
}

fn not_better(after: &RunResult, before: &RunResult) -> Result<(), TestCaseError> {
    prop_assert!(rank(after.verdict) <= rank(before.verdict));
    prop_assert!(rank(after.spoor.one) <= rank(before.spoor.one));
    prop_assert!(rank(after.spoor.two) <= rank(before.spoor.two));
    for (after, before) in after.requirements.iter().zip(&before.requirements) {
        prop_assert!(worth(after.outcome) <= worth(before.outcome), "{} improved", before.id);
    }
    Ok(())
}

fn any_model() -> impl Strategy<Value = Model> {
    prop_oneof![2 => model(), 1 => good_model()]
}

fn whole() -> Profile {
    profile(&ALL)
}

/// Inserts an event at the first place where its case is under way.
fn during(events: &mut Vec<Event>, case: &str, event: Event) -> bool {
    let start =
        events.iter().position(|event| matches!(event, Event::CaseStarted { case: own } if own == case));
    if let Some(place) = start {
        events.insert(place + 1, event);
    }
    start.is_some()
}

/// The events without the `pick`-th of those that match.
fn without(events: &[Event], pick: usize, matches: fn(&Event) -> bool) -> Option<Vec<Event>> {
    let places: Vec<usize> =
        (0..).zip(events).filter(|(_, event)| matches(event)).map(|(place, _)| place).collect();
    let gone = *places.get(pick % places.len().max(1))?;
    Some((0..).zip(events).filter(|(place, _)| *place != gone).map(|(_, event)| event.clone()).collect())
}

fn seen(event: &Event) -> bool {
    matches!(event, Event::Exchange(_) | Event::Observation(_))
}

fn held(event: &Event) -> bool {
    matches!(event, Event::Check(check) if check.outcome == CheckOutcome::Holds)
}

#[test]
fn good_runs_are_conform() {
    // The other laws say nothing if nothing is ever conform.
    let model = Model {
        cases: (0..4).map(|index| (index, vec![Fate::Pass])).collect(),
        statements: vec![(4, "satisfied", true)],
        end: Some(RunEnd::Completed),
        order: vec![],
    };
    let profile = whole();
    assert_eq!(judge(&profile, None, model.events(&profile)).verdict, Verdict::Conform);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    /// The design's tables, computed a second time from the model.
    #[test]
    fn each_case_comes_to_what_the_table_says(model in any_model()) {
        let profile = whole();
        let result = judge(&profile, None, model.events(&profile));
        let mut met = true;
        for (index, (demand, fates)) in model.cases.iter().enumerate() {
            let expected = match fates.as_slice() {
                [] => CaseOutcome::Untested,
                fates if fates.contains(&Fate::Pass) && fates.contains(&Fate::Fail) => CaseOutcome::CantTell,
                fates => fates.iter().map(|fate| fate.expected()).max().unwrap_or(CaseOutcome::Untested),
            };
            let own = requirement(&result, ALL[*demand]);
            let case = own.cases.iter().find(|case| case.id == Model::case(index));
            prop_assert_eq!(case.map(|case| case.outcome), Some(expected));
            met &= !own.gates || matches!(expected, CaseOutcome::Passed | CaseOutcome::Inapplicable);
            met &= !fates.iter().any(|fate| fate.expected() == CaseOutcome::Error);
        }
        met &= [0, 1].iter().all(|gating| model.cases.iter().any(|(demand, _)| demand == gating));
        let valid: Vec<&str> = model.statements.iter().filter(|s| s.0 == 4 && s.2).map(|s| s.1).collect();
        met &= valid.first().is_some_and(|first| *first != "not_satisfied" && valid.iter().all(|other| other == first));
        met &= model.end == Some(RunEnd::Completed);
        prop_assert_eq!(result.verdict == Verdict::Conform, met);
    }

    #[test]
    fn monotone_a_failure_never_improves(model in any_model(), pick in 0..64_usize) {
        let profile = whole();
        let before = model.events(&profile);
        let judged = judge(&profile, None, before.clone());
        // A failing case more.
        let mut more = model.clone();
        more.cases.push((pick % 4, vec![Fate::Fail]));
        not_better(&judge(&profile, None, more.events(&profile)), &judged)?;
        // A violated check in a case that is there. Where steps are lost without a word it is the missing word, and
        // what was the tool's fault becomes a sound failure; everywhere else it can only make things worse.
        let explained = |case: usize| !model.cases[case].1.contains(&Fate::StepsLost);
        if let Some(case) = (0..model.cases.len()).cycle().nth(pick).filter(|case| explained(*case)) {
            let case = Model::case(case);
            let mut after = before.clone();
            if during(&mut after, &case, check(&case, Phase::Then, CheckOutcome::Violated)) {
                not_better(&judge(&profile, None, after), &judged)?;
            }
        }
        // A statement that it is not satisfied.
        let mut after = model;
        if !after.statements.iter().any(|statement| statement.1 == "not_satisfied") {
            after.statements.push((4, "not_satisfied", true));
            not_better(&judge(&profile, None, after.events(&profile)), &judged)?;
        }
    }

    #[test]
    fn no_vacuity_less_evidence_never_improves(model in any_model(), pick in 0..64_usize) {
        let profile = whole();
        let events = model.events(&profile);
        let judged = judge(&profile, None, events.clone());
        for kind in [seen as fn(&Event) -> bool, held] {
            if let Some(less) = without(&events, pick, kind) {
                not_better(&judge(&profile, None, less), &judged)?;
            }
        }
        let blind: Vec<Event> = events.into_iter().filter(|event| !seen(event)).collect();
        let blind = judge(&profile, None, blind);
        not_better(&blind, &judged)?;
        let measured = blind.requirements.iter().filter(|result| !result.cases.is_empty());
        prop_assert!(measured.into_iter().all(|result| result.outcome != Outcome::Satisfied));
    }

    #[test]
    fn the_order_of_cases_does_not_matter(model in any_model(), order in prop::collection::vec(0..64_usize, 0..40)) {
        let profile = whole();
        let mut one = judge(&profile, None, model.events(&profile));
        let mut other = judge(&profile, None, model.events_in(&profile, &order));
        for result in [&mut one, &mut other] {
            // Which journal it was remains visible; what it says does not change.
            result.run.journal_head.clear();
            result.run.finished.clear();
        }
        prop_assert_eq!(one, other);
    }

    #[test]
    fn scope_safe_a_part_is_never_conform(model in any_model(), pick in 0..ALL.len()) {
        let profile = whole();
        let events = model.events(&profile);
        let all = judge(&profile, None, events.clone());
        let part = judge(&profile, Some(ALL[pick]), events);
        prop_assert_ne!(part.verdict, Verdict::Conform);
        prop_assert_ne!(exit_code(&part), 0);
        // What it does say, the whole says too.
        let own = requirement(&all, ALL[pick]);
        prop_assert_eq!(&part.requirements[0], own);
        if part.verdict == Verdict::NotConform {
            prop_assert_eq!(all.verdict, Verdict::NotConform);
        }
    }

    #[test]
    fn idempotent_the_written_journal_says_the_same(model in any_model()) {
        let profile = whole();
        let entries = entries(model.events(&profile));
        let selection = selection(&profile, None);
        let first = keur_verdict::judge(&selection, &profile, &entries).expect("judged");
        let text = serde_json::to_string(&entries).expect("written");
        let read: Vec<Entry> = serde_json::from_str(&text).expect("read");
        prop_assert_eq!(&keur_verdict::judge(&selection, &profile, &read).expect("judged again"), &first);
        let written = serde_json::to_string(&first).expect("written");
        prop_assert_eq!(serde_json::from_str::<RunResult>(&written).expect("read"), first);
    }

    #[test]
    fn total_a_damaged_journal_is_judged_or_refused(
        model in any_model(),
        damage in prop::collection::vec((0..64_usize, 0..3_u8), 0..6),
    ) {
        let profile = whole();
        let mut events = model.events(&profile);
        for (place, how) in damage {
            if events.is_empty() {
                break;
            }
            let place = place % events.len();
            match how {
                0 => drop(events.remove(place)),
                1 => events.insert(place, events[place].clone()),
                _ => events.truncate(place),
            }
        }
        let finished = matches!(events.last(), Some(Event::RunFinished { how: RunEnd::Completed }));
        if let Ok(result) = keur_verdict::judge(&selection(&profile, None), &profile, &entries(events)) {
            prop_assert_eq!(result.requirements.len(), ALL.len());
            let counts = result.counts;
            let sum = counts.satisfied + counts.not_satisfied + counts.undetermined + counts.not_applicable
                + counts.not_tested;
            prop_assert_eq!(sum, ALL.len());
            prop_assert!(result.verdict != Verdict::Conform || finished);
        }
    }

    /// The cases of one gating requirement, divided over two, never yield a better verdict.
    #[test]
    fn refinement_splitting_a_requirement_never_rescues(
        fates in prop::collection::vec((prop_oneof![Just(Fate::Pass), Just(Fate::Fail), Just(Fate::NotApplicable),
            Just(Fate::CantTell), Just(Fate::Broken)], any::<bool>()), 1..6),
    ) {
        let one = profile(&[MUST]);
        let two = profile(&[MUST, MUST_TWO]);
        let build = |split: bool| Model {
            cases: fates.iter().map(|(fate, second)| (usize::from(split && *second), vec![*fate])).collect(),
            statements: vec![],
            end: Some(RunEnd::Completed),
            order: vec![],
        };
        let together = judge(&one, None, build(false).events(&one));
        let apart = judge(&two, None, build(true).events(&two));
        prop_assert!(rank(apart.verdict) <= rank(together.verdict));
    }

    #[test]
    fn time_safe_an_expired_statement_is_worth_nothing(model in good_model(), late in 1..4000_i64) {
        let profile = whole();
        let day = time::macros::date!(2026-11-22) - time::Duration::days(late);
        let mut events = model.events(&profile);
        for event in &mut events {
            if let Event::Attested(attested) = event {
                attested.date = "2010-01-01".to_owned();
                attested.expires = day.to_string();
            }
        }
        let result = judge(&profile, None, events);
        prop_assert_eq!(requirement(&result, EXAMINED).outcome, Outcome::Undetermined);
        prop_assert_eq!(result.verdict, Verdict::Incomplete);
    }
}
