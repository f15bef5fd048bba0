//! A real bundle, changed: every change is found, and the right step says so.

use std::{fs, io::Read, path::Path};

use super::{broken, bundle, run, verification};

/// Bytes of the file with one bit of position `at` flipped.
fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1;
    bytes
}

#[test]
fn a_flipped_bit_anywhere_in_a_real_bundle_is_found() {
    let place = tempfile::tempdir().unwrap();
    let (_, folder) = run(&place.path().join("out"), &["--only", "WGZ-SEC-010"]);
    let file = place.path().join("whole.keur");
    bundle(&folder, &file, &[]);
    assert_eq!(verification(&file, &[]).0, 0);
    let bytes = fs::read(&file).unwrap();
    let changed = place.path().join("changed.keur");
    // Every byte is done for a small bundle in the crate's own tests; here a real one, spread over its whole length.
    for step in 0..40 {
        let at = step * (bytes.len() - 1) / 39;
        fs::write(&changed, flipped(&bytes, at)).unwrap();
        let (exit, verified) = verification(&changed, &[]);
        assert_eq!(exit, 6, "byte {at} of {}", bytes.len());
        assert!(!broken(&verified).is_empty(), "byte {at}");
    }
}

#[test]
fn evidence_that_says_something_else_than_the_checks_is_found() {
    // The journal is rewritten with a right chain, the manifest and the practice signature made anew: only judging the
    // evidence again finds it.
    let place = tempfile::tempdir().unwrap();
    let (exit, folder) = run(&place.path().join("out"), &["--defect", "no-token-needed"]);
    assert_eq!(exit, 1);
    forge(&folder);
    let file = place.path().join("forged.keur");
    bundle(&folder, &file, &[]);
    let (exit, verified) = verification(&file, &[]);
    assert_eq!((exit, broken(&verified).as_str()), (6, "V9"), "{verified:#}");
}

/// Turns every violated check into one that holds, drops the stops that came of it, and makes chain, verdict and
/// ledger fit.
fn forge(folder: &Path) {
    use keur_evidence::{
        digest,
        event::{CheckOutcome, Entry, Event},
        journal,
    };
    let mut entries = journal::read(folder).unwrap();
    let steps: std::collections::BTreeMap<String, usize> = entries
        .iter()
        .filter_map(|entry| match &entry.event {
            Event::CasePlanned(plan) => Some((plan.case.clone(), plan.steps.len())),
            _ => None,
        })
        .collect();
    let (mut prev, mut lines) = (journal::GENESIS.to_owned(), Vec::new());
    for entry in &mut entries {
        match &mut entry.event {
            Event::Check(check) if check.outcome == CheckOutcome::Violated => {
                check.outcome = CheckOutcome::Holds;
                check.observed.clone_from(&check.expected);
            }
            Event::CaseFinished { case, steps_done, .. } => *steps_done = steps[case],
            _ => {}
        }
        entry.prev.clone_from(&prev);
        let line = serde_json::to_vec(&entry).unwrap();
        prev = digest::hex(&line);
        lines.extend(line);
        lines.push(b'\n');
    }
    fs::write(folder.join("journal.ndjson"), &lines).unwrap();
    let _: &Vec<Entry> = &entries;
    // The verdict follows the forged journal; the ledger gets the new head by way of a fresh one.
    fs::remove_file(folder.join("result.json")).unwrap();
    fs::remove_file(folder.join("ledger.ndjson")).unwrap();
    fs::remove_dir_all(folder.parent().unwrap().join(".ledger")).unwrap();
    let Event::RunStarted(started) = &entries[0].event else { panic!("no start") };
    let product = &started.product;
    let ledger =
        keur_dossier::Ledger::of(folder.parent().unwrap(), &product.vendor, &product.name, &started.profile);
    ledger.start(keur_dossier::ledger::Started::of(started)).unwrap();
}

#[test]
fn a_cut_file_and_something_else_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let (_, folder) = run(&place.path().join("out"), &["--only", "WGZ-SEC-010"]);
    let file = place.path().join("whole.keur");
    bundle(&folder, &file, &[]);
    let mut bytes = Vec::new();
    fs::File::open(&file).unwrap().read_to_end(&mut bytes).unwrap();
    for (name, content) in [
        ("empty", Vec::new()),
        ("half", bytes[..bytes.len() / 2].to_vec()),
        ("more", [&bytes[..], b"x"].concat()),
        ("twice", [&bytes[..], &bytes[..]].concat()),
        ("text", b"dit is geen bundel".to_vec()),
    ] {
        let changed = place.path().join(name);
        fs::write(&changed, content).unwrap();
        let (exit, verified) = verification(&changed, &[]);
        assert_eq!((exit, broken(&verified).as_str()), (6, "V1"), "{name}");
    }
}
