//! Laws of every export: it never says pass where the verdict does not, nothing undecided looks like a pass, and
//! no case that fares worse makes an export look better.

use keur_evidence::event::{Event, RunEnd};
use keur_reports::FORMATS;
use keur_verdict::{CaseOutcome, Modality, Outcome, RequirementResult, Verdict};
use proptest::prelude::*;

use crate::{
    build::{Fixture, case, check, empty, requirement, result},
    reading::said,
};

/// A requirement to be judged.
#[derive(Debug, Clone)]
struct Demand {
    gates: bool,
    /// What a person stated; only where there are no cases.
    stated: Option<Outcome>,
    cases: Vec<CaseOutcome>,
}

/// A run to be judged; not whole when partial or interrupted.
#[derive(Debug, Clone)]
struct Plan {
    demands: Vec<Demand>,
    partial: bool,
    interrupted: bool,
}

/// From harmless to worst: where nothing is blocked, a known deviation is a remark, and better than not knowing.
fn order(gates: bool) -> [CaseOutcome; 6] {
    use CaseOutcome::{CantTell, Error, Failed, Inapplicable, Passed, Untested};
    if gates {
        [Inapplicable, Passed, Untested, CantTell, Error, Failed]
    } else {
        [Inapplicable, Passed, Failed, Untested, CantTell, Error]
    }
}

fn judged(plan: &Plan) -> Fixture {
    let mut f = empty(Verdict::Conform);
    for (n, demand) in plan.demands.iter().enumerate() {
        let id = format!("WGZ-SEC-{n:03}");
        let cases = demand.cases.iter().enumerate().map(|(k, outcome)| {
            let holds = match outcome {
                CaseOutcome::Passed => Some(true),
                CaseOutcome::Failed => Some(false),
                _ => None,
            };
            case(&format!("{n}-{k}"), "een geval", *outcome, vec![check("Dan", "a", "b", holds, "x-000001")])
        });
        let mut one = result(&id, Outcome::NotTested, cases.collect());
        one.gates = demand.gates;
        one.outcome = match (demand.cases.iter().max(), demand.stated) {
            (None, Some(stated)) => stated,
            (None, None) => Outcome::NotTested,
            (Some(CaseOutcome::Failed), _) => Outcome::NotSatisfied,
            (Some(CaseOutcome::Error | CaseOutcome::CantTell), _) => Outcome::Undetermined,
            (Some(CaseOutcome::Untested), _) if demand.cases.iter().all(|c| *c == CaseOutcome::Untested) => {
                Outcome::NotTested
            }
            (Some(CaseOutcome::Untested), _) => Outcome::Undetermined,
            (Some(CaseOutcome::Passed), _) => Outcome::Satisfied,
            (Some(CaseOutcome::Inapplicable), _) => Outcome::NotApplicable,
        };
        if demand.cases.is_empty() && demand.stated.is_some() {
            one.modality = Modality::Attested;
        }
        one.remark = one.outcome == Outcome::NotSatisfied && !demand.gates;
        f.push(requirement(&id, "titel", "title"), one);
    }
    let whole = !plan.partial
        && !plan.interrupted
        && plan.demands.iter().all(|demand| !demand.cases.contains(&CaseOutcome::Error));
    f.result.verdict = verdict(&f.result.requirements, whole);
    if !plan.interrupted {
        f.journal(Event::RunFinished { how: RunEnd::Completed });
    }
    f
}

fn verdict(results: &[RequirementResult], whole: bool) -> Verdict {
    let gating = || results.iter().filter(|one| one.gates);
    if gating().any(|one| one.outcome == Outcome::NotSatisfied) {
        Verdict::NotConform
    } else if whole
        && gating().count() > 0
        && gating().all(|one| matches!(one.outcome, Outcome::Satisfied | Outcome::NotApplicable))
    {
        Verdict::Conform
    } else {
        Verdict::Incomplete
    }
}

/// What truly passed: cases, and statements.
fn passed(plan: &Plan) -> usize {
    let one = |demand: &Demand| {
        let stated = demand.cases.is_empty() && demand.stated == Some(Outcome::Satisfied);
        demand.cases.iter().filter(|case| **case == CaseOutcome::Passed).count() + usize::from(stated)
    };
    plan.demands.iter().map(one).sum()
}

fn demand() -> impl Strategy<Value = Demand> {
    use CaseOutcome::{CantTell, Error, Failed, Inapplicable, Passed, Untested};
    let outcome = prop_oneof![
        6 => Just(Passed), 1 => Just(Failed), 1 => Just(CantTell), 1 => Just(Error), 1 => Just(Inapplicable),
        1 => Just(Untested),
    ];
    let stated = prop_oneof![
        Just(None),
        Just(Some(Outcome::Satisfied)),
        Just(Some(Outcome::NotSatisfied)),
        Just(Some(Outcome::Undetermined)),
        Just(Some(Outcome::NotApplicable)),
    ];
    (prop::bool::weighted(0.7), stated, prop::collection::vec(outcome, 0..3))
        .prop_map(|(gates, stated, cases)| Demand { gates, stated, cases })
}

fn plan() -> impl Strategy<Value = Plan> {
    (prop::collection::vec(demand(), 0..5), prop::bool::weighted(0.1), prop::bool::weighted(0.1))
        .prop_map(|(demands, partial, interrupted)| Plan { demands, partial, interrupted })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_export_says_pass_where_the_verdict_does_not(plan in plan(), forced in any::<bool>()) {
        let mut f = judged(&plan);
        if forced {
            // Whatever the reason: a verdict that no requirement explains counts as well.
            f.result.verdict = Verdict::Incomplete;
        }
        for format in FORMATS {
            let said = said(*format, &f);
            if f.result.verdict != Verdict::Conform && !f.result.requirements.is_empty() {
                prop_assert!(said.overall > 0, "{}: {said:?}", format.name());
            }
            if let Some(passes) = said.passes {
                prop_assert_eq!(passes, passed(&plan), "{}", format.name());
            }
        }
    }

    #[test]
    fn worse_never_looks_better(plan in plan(), at in any::<prop::sample::Index>(), down in 1_usize..6) {
        let places: Vec<(usize, usize)> = (plan.demands.iter().enumerate())
            .flat_map(|(n, demand)| (0..demand.cases.len()).map(move |k| (n, k)))
            .collect();
        if places.is_empty() {
            return Ok(());
        }
        let (n, k) = places[at.index(places.len())];
        let mut worse = plan.clone();
        let order = order(plan.demands[n].gates);
        let from = order.iter().position(|outcome| *outcome == plan.demands[n].cases[k]).expect("it is in order");
        worse.demands[n].cases[k] = order[(from + down).min(order.len() - 1)];
        let (before, after) = (judged(&plan), judged(&worse));
        for format in FORMATS {
            let (before, after) = (said(*format, &before), said(*format, &after));
            prop_assert!(after.overall >= before.overall, "{}: {before:?} {after:?}", format.name());
        }
    }
}

#[test]
fn a_clean_run_passes_everywhere() {
    let demand = Demand { gates: true, stated: None, cases: vec![CaseOutcome::Passed] };
    let f = judged(&Plan { demands: vec![demand], partial: false, interrupted: false });
    for format in FORMATS {
        assert_eq!(said(*format, &f).overall, 0, "{}", format.name());
    }
}

#[test]
fn an_interrupted_run_is_stopped() {
    let demand = Demand { gates: true, stated: None, cases: vec![CaseOutcome::Passed] };
    let f = judged(&Plan { demands: vec![demand], partial: false, interrupted: true });
    let format = keur_reports::format("testreport").expect("the format exists");
    let json: serde_json::Value =
        serde_json::from_str(&crate::reading::text(format, &f)).expect("it is JSON");
    assert_eq!((json["status"].as_str(), json["result"].as_str()), (Some("stopped"), Some("pending")));
}
