//! The ledger: no attempt disappears unseen.

use std::fs;

use keur_dossier::ledger::{Finished, How, Ledger, LedgerError, Started, Summary, extends, verify};
use keur_verdict::Verdict;
use proptest::prelude::*;

use crate::support::ledger;

fn started(run: &str) -> Started {
    Started {
        format: "keur/ledger/1".to_owned(),
        attempt: 0,
        run: run.to_owned(),
        mode: "practice".to_owned(),
        product_version: "1".to_owned(),
        declaration_digest: "sha256:aa".to_owned(),
        profile_digest: "sha256:bb".to_owned(),
        seed_commitment: None,
    }
}

fn finished(run: &str, how: How, not_satisfied: &[&str]) -> Finished {
    Finished {
        run: run.to_owned(),
        how,
        journal_head: Some("cc".to_owned()),
        verdict: Some(Verdict::Incomplete),
        not_satisfied: not_satisfied.iter().map(|id| (*id).to_owned()).collect(),
        undetermined: Vec::new(),
    }
}

fn attempt(ledger: &Ledger, run: &str, not_satisfied: &[&str]) {
    ledger.start(started(run)).unwrap();
    ledger.finish(finished(run, How::Completed, not_satisfied)).unwrap();
}

fn summary(ledger: &Ledger) -> Summary {
    verify(&fs::read(ledger.path()).unwrap()).unwrap()
}

#[test]
fn attempts_are_numbered_and_told() {
    let out = tempfile::tempdir().unwrap();
    let ledger = ledger(out.path());
    assert!(ledger.path().ends_with(".ledger/leverancier-bron--proef.ndjson"));
    assert_eq!(ledger.start(started("a")).unwrap(), 1);
    ledger.finish(finished("a", How::Completed, &["WGZ-TST-001"])).unwrap();
    let before = fs::read(ledger.path()).unwrap();
    assert_eq!(ledger.start(started("b")).unwrap(), 2);
    ledger.finish(finished("b", How::Completed, &[])).unwrap();
    ledger.start(Started { product_version: "2".to_owned(), ..started("c") }).unwrap();
    ledger.finish(finished("c", How::Guarded, &["WGZ-TST-002"])).unwrap();
    let told = summary(&ledger);
    assert_eq!((told.attempts, told.completed, told.aborted, told.retries), (3, 2, 0, 1));
    assert_eq!(told.flaky, ["WGZ-TST-001"]);
    let after = fs::read(ledger.path()).unwrap();
    assert!(extends(&before, &after) && !extends(&after, &before));
}

#[test]
fn equal_outcomes_are_not_flaky() {
    let out = tempfile::tempdir().unwrap();
    let ledger = ledger(out.path());
    attempt(&ledger, "a", &["WGZ-TST-001"]);
    attempt(&ledger, "b", &["WGZ-TST-001"]);
    assert!(summary(&ledger).flaky.is_empty());
}

#[test]
fn an_attempt_that_never_told_is_closed_by_the_next_and_cannot_end_any_more() {
    let out = tempfile::tempdir().unwrap();
    let ledger = ledger(out.path());
    ledger.start(started("a")).unwrap();
    assert!(summary(&ledger).runs[0].1.is_none());
    ledger.start(started("b")).unwrap();
    let told = summary(&ledger);
    assert_eq!((told.attempts, told.aborted), (2, 1));
    assert!(matches!(ledger.finish(finished("a", How::Completed, &[])), Err(LedgerError::NotOpen { .. })));
    assert!(matches!(ledger.resume("a"), Err(LedgerError::NotOpen { .. })));
    ledger.finish(finished("b", How::Interrupted, &[])).unwrap();
    assert!(matches!(ledger.finish(finished("b", How::Completed, &[])), Err(LedgerError::NotOpen { .. })));
    ledger.resume("b").unwrap();
    ledger.finish(finished("b", How::Completed, &[])).unwrap();
    assert!(matches!(ledger.resume("b"), Err(LedgerError::NotOpen { .. })));
    let told = summary(&ledger);
    assert_eq!((told.attempts, told.completed, told.aborted), (2, 1, 1));
    assert!(matches!(ledger.start(started("a")), Err(LedgerError::Line { .. })), "a run begins once");
}

#[test]
fn a_torn_tail_is_cut_off_and_told() {
    let out = tempfile::tempdir().unwrap();
    let ledger = ledger(out.path());
    attempt(&ledger, "a", &[]);
    let whole = fs::read(ledger.path()).unwrap();
    for length in 1..60 {
        let mut torn = whole.clone();
        torn.extend_from_slice(&whole[..length]);
        assert!(matches!(verify(&torn), Err(LedgerError::Torn)));
        fs::write(ledger.path(), torn).unwrap();
        ledger.start(started("b")).unwrap();
        let bytes = fs::read(ledger.path()).unwrap();
        assert!(extends(&whole, &bytes));
        let line = std::str::from_utf8(&bytes[whole.len()..]).unwrap();
        assert!(line.contains("\"torn\":true") && line.lines().count() == 1);
        assert_eq!(verify(&bytes).unwrap().attempts, 2);
        fs::write(ledger.path(), &whole).unwrap();
    }
}

#[test]
fn a_line_that_was_removed_moved_or_edited_shows() {
    let out = tempfile::tempdir().unwrap();
    let ledger = ledger(out.path());
    for run in ["a", "b", "c"] {
        attempt(&ledger, run, &["WGZ-TST-001"]);
    }
    let text = fs::read_to_string(ledger.path()).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let at = |changed: Vec<String>| match verify(changed.concat().as_bytes()) {
        Err(LedgerError::Line { line, .. }) => line,
        other => panic!("{other:?}"),
    };
    let owned = || lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    for index in 0..lines.len() - 1 {
        let mut removed = owned();
        removed.remove(index);
        assert_eq!(at(removed), index + 1);
        let mut moved = owned();
        moved.swap(index, index + 1);
        assert_eq!(at(moved), index + 1);
        let mut edited = owned();
        edited[index] = edited[index].replace("\"run\":\"", "\"run\":\"x");
        assert!(matches!(
            verify(edited.concat().as_bytes()),
            Err(LedgerError::Line { .. } | LedgerError::NotOpen { .. })
        ));
    }
    let mut spaced = owned();
    spaced[0] = spaced[0].replacen(':', ": ", 1);
    assert_eq!(at(spaced), 1);
    let mut unknown = owned();
    unknown[0] = unknown[0].replace("keur/ledger/1", "keur/ledger/2");
    assert_eq!(at(unknown), 1);
    fs::write(ledger.path(), text.replacen("WGZ-TST-001", "WGZ-TST-002", 1)).unwrap();
    assert!(ledger.start(started("d")).is_err(), "a broken ledger does not grow");
}

#[test]
fn several_writers_do_not_mix() {
    let out = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let out = out.path();
            scope.spawn(move || {
                for attempt in 0..10 {
                    ledger(out).start(started(&format!("{writer}-{attempt}"))).unwrap();
                }
            });
        }
    });
    let told = summary(&ledger(out.path()));
    assert_eq!((told.attempts, told.aborted), (40, 39));
    assert!(told.runs.iter().zip(1..).all(|((started, _), number)| started.attempt == number));
}

#[test]
fn every_product_has_a_file_name() {
    let out = std::path::Path::new("uit");
    for (vendor, name) in [("../..", "/"), ("", ""), ("é", "ü"), ("CON", "a\0b")] {
        let ledger = Ledger::of(out, vendor, name, "../x");
        assert_eq!(ledger.path().parent().unwrap(), out.join(".ledger"));
        assert!(ledger.path().file_name().unwrap().to_str().unwrap().is_ascii());
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 1..200)) {
        prop_assert!(verify(&bytes).is_err());
    }
}
