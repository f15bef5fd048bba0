//! Generated runs: what happens to each case, in which order it reaches the journal, and what must come of it.

use keur_catalogue::Profile;
use keur_evidence::event::{CheckOutcome, Event, Phase, Reason, RunEnd, StopKind};
use keur_verdict::CaseOutcome;
use proptest::{collection::vec, prelude::*, sample::select};

use crate::support::*;

/// What one attempt at a case does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Pass,
    Fail,
    GivenViolated,
    WhenViolated,
    ThenUndecided,
    CantTell,
    Broken,
    NotApplicable,
    UnprovenNotApplicable,
    NoEnd,
    NothingSeen,
    NothingChecked,
    StepsLost,
}

impl Fate {
    const ALL: [Self; 13] = [
        Self::Pass,
        Self::Fail,
        Self::GivenViolated,
        Self::WhenViolated,
        Self::ThenUndecided,
        Self::CantTell,
        Self::Broken,
        Self::NotApplicable,
        Self::UnprovenNotApplicable,
        Self::NoEnd,
        Self::NothingSeen,
        Self::NothingChecked,
        Self::StepsLost,
    ];

    /// What the design says it comes to.
    pub fn expected(self) -> CaseOutcome {
        match self {
            Self::Pass => CaseOutcome::Passed,
            Self::Fail => CaseOutcome::Failed,
            Self::GivenViolated | Self::WhenViolated | Self::ThenUndecided | Self::CantTell | Self::NoEnd => {
                CaseOutcome::CantTell
            }
            Self::NotApplicable => CaseOutcome::Inapplicable,
            Self::Broken
            | Self::UnprovenNotApplicable
            | Self::NothingSeen
            | Self::NothingChecked
            | Self::StepsLost => CaseOutcome::Error,
        }
    }

    fn events(self, case: &str) -> Vec<Event> {
        let then = |outcome| check(case, Phase::Then, outcome);
        let (middle, steps) = match self {
            Self::Pass => return passing(case),
            Self::Fail => return failing(case),
            Self::NoEnd => return vec![begin(case), exchange(case), then(CheckOutcome::Holds)],
            Self::NothingSeen => return vec![begin(case), then(CheckOutcome::Holds), end(case, 3)],
            Self::NothingChecked => return vec![begin(case), exchange(case), end(case, 3)],
            Self::GivenViolated => (check(case, Phase::Given, CheckOutcome::Violated), 0),
            Self::WhenViolated => (check(case, Phase::When, CheckOutcome::Violated), 1),
            Self::ThenUndecided => (then(CheckOutcome::NotEvaluable(Reason::NoData)), 2),
            Self::CantTell => (cant_tell(case, Reason::Environment), 1),
            Self::Broken => (stop(case, StopKind::Error), 1),
            Self::NotApplicable => (inapplicable(case, &id(case)), 1),
            Self::UnprovenNotApplicable => (inapplicable(case, "x-none"), 1),
            Self::StepsLost => (then(CheckOutcome::Holds), 2),
        };
        vec![begin(case), exchange(case), middle, end(case, steps)]
    }
}

/// A generated run.
#[derive(Debug, Clone)]
pub struct Model {
    /// Requirement and attempts of each case; no attempts = untested.
    pub cases: Vec<(usize, Vec<Fate>)>,
    /// Requirement, outcome, days before and after the run's day within which it is valid (negative: outside).
    pub statements: Vec<(usize, &'static str, bool)>,
    /// How it ended.
    pub end: Option<RunEnd>,
    /// Which case's next event comes next.
    pub order: Vec<usize>,
}

/// Any run.
pub fn model() -> impl Strategy<Value = Model> {
    // Passing must be likely, or no generated run is ever conform.
    let fate = prop_oneof![6 => Just(Fate::Pass), 1 => select(Fate::ALL.to_vec())];
    let attempts = prop_oneof![1 => Just(vec![]), 8 => vec(fate.clone(), 1), 1 => vec(fate, 2)];
    let outcome =
        prop_oneof![3 => Just("satisfied"), 1 => Just("not_satisfied"), 1 => Just("not_applicable")];
    let end = prop_oneof![
        8 => Just(Some(RunEnd::Completed)),
        1 => Just(None),
        1 => Just(Some(RunEnd::Interrupted)),
        1 => Just(Some(RunEnd::Guarded)),
    ];
    (
        vec((0..ALL.len() - 1, attempts), 0..7),
        vec((prop_oneof![1 => 0..ALL.len(), 3 => Just(4_usize)], outcome, prop::bool::weighted(0.8)), 0..3),
        end,
        vec(0..64_usize, 0..40),
    )
        .prop_map(|(cases, statements, end, order)| Model { cases, statements, end, order })
}

/// A run in which all that gates is met, most of the time.
pub fn good_model() -> impl Strategy<Value = Model> {
    (vec(0..64_usize, 0..40), vec(select(vec![Fate::Pass, Fate::NotApplicable]), 6)).prop_map(
        |(order, fates)| Model {
            cases: fates.into_iter().enumerate().map(|(index, fate)| (index % 4, vec![fate])).collect(),
            statements: vec![(4, "satisfied", true)],
            end: Some(RunEnd::Completed),
            order,
        },
    )
}

impl Model {
    /// The name of a case.
    pub fn case(index: usize) -> String {
        format!("c{index}")
    }

    /// The events, cases interleaved in the model's order.
    pub fn events(&self, profile: &Profile) -> Vec<Event> {
        self.events_in(profile, &self.order)
    }

    /// The events, cases interleaved in this order.
    pub fn events_in(&self, profile: &Profile, order: &[usize]) -> Vec<Event> {
        let mut events = vec![Event::RunStarted(Box::new(started(profile)))];
        for (index, (requirement, _)) in self.cases.iter().enumerate() {
            events.push(planned(&Self::case(index), ALL[*requirement]));
        }
        for (requirement, outcome, valid) in &self.statements {
            let expires = if *valid { "2027-01-01" } else { "2026-11-21" };
            events.push(statement(ALL[*requirement], outcome, "2026-01-01", expires));
        }
        let mut queues: Vec<std::collections::VecDeque<Event>> = self
            .cases
            .iter()
            .enumerate()
            .map(|(index, (_, fates))| {
                fates.iter().flat_map(|fate| fate.events(&Self::case(index))).collect()
            })
            .collect();
        for pick in order {
            if !queues.is_empty() {
                let queue = pick % queues.len();
                events.extend(queues[queue].pop_front());
            }
        }
        events.extend(queues.into_iter().flatten());
        events.extend(self.end.map(finished));
        events
    }
}
