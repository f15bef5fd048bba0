//! An exam: its seed is committed to before and revealed after, and every case is asked twice.

use keur_catalogue::Profile;
use keur_evidence::{
    digest::{sha256, to_hex},
    event::{Event, RunEnd, RunStarted},
};
use keur_verdict::{JudgeError, Outcome, RunResult, Verdict};

use crate::support::*;

const SEED: [u8; 32] = [7; 32];

fn start(profile: &Profile, change: impl FnOnce(&mut RunStarted)) -> Event {
    let mut started = RunStarted {
        mode: "exam".to_owned(),
        seed: String::new(),
        seed_commitment: Some(sha256(&SEED)),
        ..started(profile)
    };
    change(&mut started);
    Event::RunStarted(Box::new(started))
}

fn revealed(seed: &[u8]) -> Event {
    Event::SeedRevealed { seed: to_hex(seed) }
}

/// An exam of one case and its twin that both pass, up to its end.
fn body(profile: &Profile) -> Vec<Event> {
    let mut events = vec![start(profile, |_| {}), planned("c", MUST), planned("c~tweeling", MUST)];
    events.extend(passing("c~tweeling"));
    events.extend(passing("c"));
    events
}

fn ended(ending: Vec<Event>) -> Result<RunResult, JudgeError> {
    let profile = profile(&[MUST]);
    let events = body(&profile).into_iter().chain(ending).collect();
    keur_verdict::judge(&selection(&profile, None), &profile, &entries(events))
}

#[test]
fn a_sound_exam_tells_its_seed() {
    let result = ended(vec![revealed(&SEED), finished(RunEnd::Completed)]).expect("a sound journal");
    assert_eq!(result.verdict, Verdict::Conform);
    assert_eq!(result.run.mode, "exam");
    assert_eq!(result.run.seed, to_hex(&SEED));
    assert_eq!(result.caveats, Vec::<String>::new());
}

#[test]
fn a_twin_that_fails_fails_the_requirement() {
    let profile = profile(&[MUST]);
    let mut events = vec![start(&profile, |_| {}), planned("c", MUST), planned("c~tweeling", MUST)];
    events.extend(passing("c"));
    events.extend(failing("c~tweeling"));
    events.extend([revealed(&SEED), finished(RunEnd::Completed)]);
    let result = judge(&profile, None, events);
    assert_eq!(requirement(&result, MUST).outcome, Outcome::NotSatisfied);
    assert_eq!(result.verdict, Verdict::NotConform);
}

#[test]
fn a_seed_that_is_kept_back_makes_it_incomplete() {
    let result = ended(vec![finished(RunEnd::Completed)]).expect("a sound journal");
    assert_eq!(result.verdict, Verdict::Incomplete);
    assert_eq!(result.run.seed, "");
    assert!(result.caveats.iter().any(|caveat| caveat.contains("zaadgetal")), "{:?}", result.caveats);
}

#[test]
fn another_seed_or_a_seed_told_too_early_is_refused() {
    let done = || finished(RunEnd::Completed);
    let seed = |ending| assert!(matches!(ended(ending), Err(JudgeError::Seed { .. })));
    seed(vec![revealed(&[8; 32]), done()]);
    seed(vec![Event::SeedRevealed { seed: "zz".to_owned() }, done()]);
    seed(vec![Event::SeedRevealed { seed: String::new() }, done()]);
    let misplaced = |ending| assert!(matches!(ended(ending), Err(JudgeError::Misplaced { .. })));
    misplaced(vec![revealed(&SEED), revealed(&SEED), done()]);
    misplaced(vec![revealed(&SEED), exchange("c"), done()]);
    misplaced(vec![done(), revealed(&SEED)]);

    let profile = profile(&[MUST]);
    let begun = |change: fn(&mut RunStarted)| {
        let events = entries(vec![start(&profile, change), done()]);
        keur_verdict::judge(&selection(&profile, None), &profile, &events)
    };
    assert!(matches!(begun(|s| s.seed_commitment = None), Err(JudgeError::Seed { .. })));
    assert!(matches!(begun(|s| s.seed = to_hex(&SEED)), Err(JudgeError::Seed { .. })));
    assert!(matches!(begun(|s| s.mode = "practice".to_owned()), Err(JudgeError::Seed { .. })));
}

#[test]
fn practice_reveals_nothing() {
    let profile = profile(&[MUST]);
    let events = vec![Event::RunStarted(Box::new(started(&profile))), revealed(&SEED)];
    let judged = keur_verdict::judge(&selection(&profile, None), &profile, &entries(events));
    assert!(matches!(judged, Err(JudgeError::Misplaced { .. })));
}

#[test]
fn an_exam_without_twins_is_not_whole() {
    let profile = profile(&[MUST]);
    let mut events = vec![start(&profile, |_| {}), planned("c", MUST)];
    events.extend(passing("c"));
    events.extend([revealed(&SEED), finished(RunEnd::Completed)]);
    let result = judge(&profile, None, events);
    assert_eq!(result.verdict, Verdict::Incomplete);
    assert!(result.caveats.iter().any(|caveat| caveat.contains("tweeling")), "{:?}", result.caveats);
}
