//! What does not count, and why; each thing once.

use keur_dossier::dates::parse_instant;

use super::*;
use crate::{
    gather::Found,
    policy::Revoked,
    record::{Decided, Rest},
};

const KEY: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

pub(crate) fn record(number: u16, name: &str, day: &str) -> Record {
    Record {
        run: format!("run-{number}"),
        mode: "exam".to_owned(),
        journal_head: format!("head-{number}"),
        seed: format!("seed-{number}"),
        started: format!("{day}T10:00:00.000Z"),
        latest: format!("{day}T11:00:00.000Z"),
        vendor: "Zorgsoft".to_owned(),
        name: name.to_owned(),
        version: "1".to_owned(),
        kvk: None,
        profile: "tls".to_owned(),
        release: "2026.1".to_owned(),
        variant: "v".to_owned(),
        partial: false,
        verdict: Verdict::Conform,
        spoor_1: Verdict::Conform,
        spoor_2: Verdict::Incomplete,
        outcomes: "WGZ-TLS-001:s WGZ-ATT-001:S".to_owned(),
        waivers: Vec::new(),
        rests: Vec::new(),
        decision: None,
        keys: vec![(KEY.to_owned(), day.to_owned())],
        statements: 0,
        generated: false,
    }
}

pub(crate) fn reading(records: Vec<Record>) -> Reading {
    let mut reading = Reading::default();
    for (number, record) in records.into_iter().enumerate() {
        let digest = format!("{number:064}");
        let path = format!("{number}.keur").into();
        reading.files.push((Found { path, size: 1, written: 0 }, digest.clone()));
        reading.bundles.insert(digest, Verified::Sound(Box::new(record)));
    }
    reading
}

fn reasons(reading: &Reading, policy: &Policy, as_of: Option<&str>) -> (usize, Vec<Reason>) {
    let profiles = BTreeSet::from(["tls".to_owned()]);
    let field = field(reading, policy, &profiles, as_of.and_then(parse_instant));
    let Sources { files, counted, practice, repeated, refused, other } = field.sources;
    assert_eq!(files, reading.files.len() + reading.unread.len(), "every file once");
    assert_eq!(files, counted + practice + repeated + refused + other);
    (field.sources.counted, field.set_aside.iter().map(|one| one.reason).collect())
}

#[test]
fn everything_that_does_not_count_is_told_once_with_its_reason() {
    let policy = Policy::default();
    let with = |change: fn(&mut Record)| {
        let mut second = record(2, "B", "2026-02-01");
        change(&mut second);
        reading(vec![record(1, "A", "2026-01-01"), second])
    };
    for (change, reason) in [
        ((|record| record.mode = "practice".to_owned()) as fn(&mut Record), Reason::Practice),
        (|record| record.journal_head = "head-1".to_owned(), Reason::SameRun),
        (|record| record.seed = "seed-1".to_owned(), Reason::OtherName),
        (|record| record.profile = "geen".to_owned(), Reason::UnknownNorm),
        (|record| record.partial = true, Reason::Partial),
        (|record| record.generated = true, Reason::Generated),
    ] {
        assert_eq!(reasons(&with(change), &policy, None), (1, vec![reason]));
    }
    assert_eq!(reasons(&with(|_| {}), &policy, None), (2, Vec::new()));
    assert_eq!(reasons(&with(|_| {}), &policy, Some("2026-01-15T00:00:00Z")), (1, vec![Reason::Refused]));
    let revoked = vec![Revoked { key: KEY.to_owned(), since: Some("2026-01-15".to_owned()) }];
    let policy = Policy { revoked, ..Policy::default() };
    assert_eq!(reasons(&with(|_| {}), &policy, None), (1, vec![Reason::RevokedKey]));
}

#[test]
fn a_thousand_damaged_files_and_a_copy_are_each_counted() {
    let mut reading = reading(vec![record(1, "A", "2026-01-01")]);
    let copy = (Found { path: "kopie.keur".into(), size: 1, written: 0 }, format!("{:064}", 0));
    reading.files.push(copy);
    for number in 1..=1000 {
        let digest = format!("{number:064}");
        reading
            .files
            .push((Found { path: format!("x{number}").into(), size: 1, written: 0 }, digest.clone()));
        reading.bundles.insert(digest, Verified::Broken { step: "V2".to_owned(), detail: String::new() });
        reading.unread.push((format!("y{number}").into(), Unread::Unreadable));
    }
    let (counted, reasons) = reasons(&reading, &Policy::default(), None);
    assert_eq!((counted, reasons.len()), (1, 1002));
}

#[test]
fn conform_ends_with_what_it_rests_on_and_a_later_run_takes_its_place() {
    let mut first = record(1, "A", "2026-01-01");
    first.rests.push(Rest { until: "2026-03-01".to_owned(), spoor: Spoor::One });
    first.decision = Some(Decided {
        outcome: DecisionOutcome::Granted,
        number: None,
        by: "Keuring".to_owned(),
        conditions: Vec::new(),
        decided: "2026-01-10".to_owned(),
        valid_until: "2026-04-01".to_owned(),
    });
    let mut second = record(2, " a ", "2026-05-01");
    second.verdict = Verdict::NotConform;
    let reading = reading(vec![first, second]);
    let policy = Policy::default();
    let field = field(&reading, &policy, &BTreeSet::from(["tls".to_owned()]), None);
    assert_eq!(field.tested.len(), 1);
    let day = |text: &str| parse_day(text).expect("a day");
    let state = |text: &str| {
        field.tested[0].latest(day(text)).map(|run| run.state(Part::Whole, day(text), &policy).0)
    };
    assert_eq!(state("2025-12-31"), None);
    assert_eq!(state("2026-03-01"), Some(State::Conform));
    assert_eq!(state("2026-03-02"), Some(State::Expired));
    assert_eq!(state("2026-05-01"), Some(State::NotConform));
    let certificate_on =
        |text: &str| certificate(field.tested[0].decision(day(text)).map(|(_, one)| one), day(text));
    assert_eq!(["2026-01-09", "2026-01-10", "2026-04-02"].map(certificate_on), [6, 0, 5]);
}
