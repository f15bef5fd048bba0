//! Every way a step can end becomes a typed outcome in the journal, in any order and under any load.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
    time::Duration,
};

use cucumber::{given, then, when};
use keur_catalogue::Product;
use keur_evidence::{
    Check, Seam, SeamParts, Step,
    event::{Phase, RunEnd, StopKind, Stopped},
    guard::Guard,
    identity::Identities,
    journal::Store,
    limits::Limits,
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::features::Features;

const PRODUCT: &str = r#"
format = "keur/product"
version = "1.0"
environment = "test"
[product]
vendor = "Proef"
name = "Proef"
version = "1"
roles = ["bron"]
[endpoints]
fhir_base = "http://127.0.0.1:9/fhir"
[patients.complete]
search = "Patient?_id=1"
"#;

#[given("een dubbele teststap")]
#[given(regex = "^een dubbele (.*)$")]
async fn ambiguous(_: &mut World) {}

#[given("een teststap die iets waarneemt")]
async fn observes(w: &mut World) -> Step {
    // Others may run in between.
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
    w.recorder.observe("proef", "proef", json!({ "toeval": w.recorder.uuid() })).map(drop)
}

#[when("een teststap vastloopt")]
async fn panics(_: &mut World) {
    panic!("met opzet");
}

#[when("een teststap nooit klaar is")]
async fn hangs(_: &mut World) {
    std::future::pending::<()>().await;
}

#[when("een teststap faalt zonder bewijs")]
async fn fails_silently(_: &mut World) -> Result<(), String> {
    Err("zomaar".to_owned())
}

#[when("een teststap zijn eigen fout inslikt")]
async fn swallows(w: &mut World) {
    let _ = w.recorder.cannot_tell(Reason::NoData, "proef", "ingeslikt");
}

#[when("een teststap de uitvoering stopt")]
async fn stops(w: &mut World) {
    w.recorder.seam().stop(RunEnd::Interrupted);
}

#[then("klopt de testcontrole")]
async fn holds(w: &mut World) -> Step {
    w.recorder.expect(Check::that(true, "a", "a"))
}

#[then("klopt de testcontrole niet")]
async fn fails(w: &mut World) -> Step {
    w.recorder.expect(Check::that(false, "a", "b"))
}

fn run(step: Duration) -> Arc<Run> {
    let parts = SeamParts {
        store: Store::in_memory(),
        secrets: Vec::new(),
        guard: Guard::new(BTreeSet::new()),
        identities: Identities::default(),
        limits: Limits { step, ..Limits::default() },
        seed: [3; 32],
    };
    let product = Product::parse("product.toml", PRODUCT).unwrap();
    Arc::new(Run::bare(Seam::new(parts, CancellationToken::new()), product))
}

/// Scenarios of one Regel, as `name: step; step`.
fn cases(scenarios: &[&str]) -> Vec<Case> {
    let mut text = "# language: nl\nFunctionaliteit: f\n\n  @eis:WGZ-SEC-010\n  Regel: r\n".to_owned();
    for scenario in scenarios {
        let (name, steps) = scenario.split_once(": ").unwrap();
        let (tag, name) = name.strip_prefix("@alleen ").map_or(("", name), |name| ("    @alleen\n", name));
        text.push_str(&format!("\n{tag}    Scenario: {name}\n"));
        steps.split("; ").for_each(|step| text.push_str(&format!("      {step}\n")));
    }
    let features = Features::from_files(vec![("x.feature".to_owned(), text)]).unwrap();
    features.rules.into_iter().flat_map(|rule| rule.cases).collect()
}

/// The events of a run by case, without what depends on the order: ids and durations.
fn by_case(run: &Run) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::<String, Vec<String>>::new();
    for entry in run.seam.store().entries() {
        let (case, what) = match entry.event {
            Event::CaseStarted { case } => (case, "begin".to_owned()),
            Event::CaseFinished { case, steps_done, .. } => (case, format!("einde na {steps_done}")),
            Event::Observation(observation) => (observation.case, observation.facts.to_string()),
            Event::Check(check) => (check.case, format!("stap {} {:?}", check.step, check.outcome)),
            Event::Stopped(stopped) => (stopped.case, format!("stap {} {:?}", stopped.step, stopped.stop)),
            other => panic!("{other:?}"),
        };
        found.entry(case).or_default().push(what);
    }
    found
}

fn stopped(run: &Run) -> Stopped {
    let stops = run.seam.store().entries().into_iter();
    let mut stops: Vec<Stopped> = stops
        .filter_map(|entry| if let Event::Stopped(stopped) = entry.event { Some(stopped) } else { None })
        .collect();
    assert_eq!(stops.len(), 1, "{stops:?}");
    stops.remove(0)
}

fn steps_done(run: &Run) -> Vec<usize> {
    let ends = run.seam.store().entries().into_iter();
    ends.filter_map(|entry| {
        if let Event::CaseFinished { steps_done, .. } = entry.event { Some(steps_done) } else { None }
    })
    .collect()
}

/// Executes one scenario with a short limit per step.
async fn one_of(scenario: &str) -> Arc<Run> {
    let run = run(Duration::from_millis(200));
    execute(&run, &cases(&[scenario]), 4, &Silent).await.unwrap();
    run
}

#[tokio::test]
async fn a_step_that_panics_is_our_fault_with_its_place() {
    let run = one_of(
        "x: Gegeven een teststap die iets waarneemt; Als een teststap vastloopt; Dan klopt de testcontrole",
    )
    .await;
    let stop = stopped(&run);
    assert_eq!((stop.stop, stop.step, stop.phase), (StopKind::Error, 1, Phase::When));
    assert!(stop.detail.contains("met opzet") && stop.detail.contains("engine/tests.rs:"), "{}", stop.detail);
    assert_eq!(steps_done(&run), [1]);
}

#[tokio::test]
async fn a_step_that_hangs_is_bounded() {
    let began = Instant::now();
    let run = one_of("x: Als een teststap nooit klaar is; Dan klopt de testcontrole").await;
    assert!(began.elapsed() < Duration::from_secs(5));
    let cause = "step_timeout".to_owned();
    assert_eq!(stopped(&run).stop, StopKind::CantTell { reason: Reason::Timeout, cause });
    assert_eq!(steps_done(&run), [0]);
}

#[tokio::test]
async fn an_error_without_evidence_is_our_fault() {
    let run = one_of("x: Als een teststap faalt zonder bewijs; Dan klopt de testcontrole").await;
    let stop = stopped(&run);
    assert_eq!(stop.stop, StopKind::Error);
    assert!(stop.detail.contains("zomaar"), "{}", stop.detail);
}

#[tokio::test]
async fn a_swallowed_stop_still_ends_the_case() {
    let run = one_of("x: Als een teststap zijn eigen fout inslikt; Dan klopt de testcontrole").await;
    assert_eq!(stopped(&run).detail, "ingeslikt");
    assert_eq!(steps_done(&run), [0]);
}

#[tokio::test]
async fn a_violated_check_ends_the_case_without_more_words() {
    let run =
        one_of("x: Dan klopt de testcontrole; En klopt de testcontrole niet; En klopt de testcontrole").await;
    assert_eq!(by_case(&run)["x.feature#x"], ["begin", "stap 0 Holds", "stap 1 Violated", "einde na 1"]);
}

#[tokio::test]
async fn a_stop_ends_what_runs_and_what_waits() {
    let run = run(Duration::from_secs(60));
    let cases = cases(&[
        "hangt: Als een teststap nooit klaar is; Dan klopt de testcontrole",
        "stopt: Als een teststap de uitvoering stopt; Dan klopt de testcontrole",
        "wacht: Als een teststap vastloopt; Dan klopt de testcontrole",
    ]);
    let began = Instant::now();
    execute(&run, &cases, 2, &Silent).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5));
    let events = by_case(&run);
    assert_eq!(events.len(), 2, "what did not begin stays untested: {events:?}");
    for case in ["x.feature#hangt", "x.feature#stopt"] {
        assert!(events[case].iter().any(|event| event.contains("Aborted")), "{events:?}");
    }
}

#[tokio::test]
async fn a_sentence_without_a_step_is_our_fault_before_and_during_a_run() {
    let cases = cases(&[
        "x: Gegeven een zin die niemand kent; Dan klopt de testcontrole",
        "y: Gegeven een dubbele teststap; Dan klopt de testcontrole",
    ]);
    let problem = |case: &str, sentence: &str, problem| SentenceProblem {
        case: case.to_owned(),
        sentence: sentence.to_owned(),
        problem,
    };
    assert_eq!(
        unmatched(&cases),
        [
            problem("x.feature#x", "Gegeven een zin die niemand kent", "undefined step"),
            problem("x.feature#y", "Gegeven een dubbele teststap", "ambiguous step"),
        ]
    );
    let run = run(Duration::from_secs(5));
    execute(&run, &cases[..1], 1, &Silent).await.unwrap();
    assert_eq!(stopped(&run).stop, StopKind::Error);
}

/// Which cases run beside which.
#[derive(Default)]
struct Watch {
    running: Mutex<BTreeSet<String>>,
    beside: Mutex<BTreeMap<String, usize>>,
    ended: Mutex<Vec<(String, bool)>>,
}

impl Progress for Watch {
    fn started(&self, case: &PlannedCase) {
        let mut running = self.running.lock().unwrap();
        running.insert(case.title.clone());
        for title in running.iter() {
            let mut beside = self.beside.lock().unwrap();
            let most = beside.entry(title.clone()).or_default();
            *most = running.len().max(*most);
        }
    }

    fn finished(&self, case: &PlannedCase, clean: bool) {
        self.running.lock().unwrap().remove(&case.title);
        self.ended.lock().unwrap().push((case.title.clone(), clean));
    }
}

#[tokio::test]
async fn jobs_bound_what_runs_at_once_and_alone_means_alone() {
    let step = "Gegeven een teststap die iets waarneemt; Dan klopt de testcontrole";
    let mut scenarios = vec![format!("@alleen een: {step}"), format!("@alleen twee: {step}")];
    scenarios.extend((0..12).map(|n| format!("samen {n}: {step}")));
    let scenarios: Vec<&str> = scenarios.iter().map(String::as_str).collect();
    let watch = Watch::default();
    execute(&run(Duration::from_secs(5)), &cases(&scenarios), 4, &watch).await.unwrap();
    let beside = watch.beside.lock().unwrap();
    assert_eq!((beside["een"], beside["twee"]), (1, 1));
    assert_eq!(beside.values().max(), Some(&4), "{beside:?}");
    let ended = watch.ended.lock().unwrap();
    assert_eq!(ended.len(), 14);
    assert!(ended.iter().all(|(_, clean)| *clean));
    assert_eq!(ended[12..].iter().map(|(title, _)| title.as_str()).collect::<Vec<_>>(), ["een", "twee"]);
}

#[tokio::test]
async fn the_order_makes_no_difference() {
    let scenarios = [
        "a: Gegeven een teststap die iets waarneemt; Dan klopt de testcontrole",
        "b: Gegeven een teststap die iets waarneemt; En een teststap die iets waarneemt; Dan klopt de testcontrole niet",
        "c: Gegeven een teststap die iets waarneemt; Als een teststap zijn eigen fout inslikt; Dan klopt de testcontrole",
        "d: Gegeven een teststap die iets waarneemt; Als een teststap vastloopt; Dan klopt de testcontrole",
    ];
    let mut seen = Vec::new();
    for (jobs, reversed) in [(1, false), (1, true), (4, false), (4, true)] {
        let run = run(Duration::from_secs(5));
        let mut cases = cases(&scenarios);
        if reversed {
            cases.reverse();
        }
        execute(&run, &cases, jobs, &Silent).await.unwrap();
        seen.push(by_case(&run));
    }
    assert_eq!(seen[0].len(), 4);
    assert!(seen.iter().all(|events| *events == seen[0]), "{seen:#?}");
}
