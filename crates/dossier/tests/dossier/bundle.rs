//! From a folder to a bundle and back.

use std::fs;

use keur_dossier::{
    Bundle, Role, Statement,
    bundle::{BundleError, RUN, pack},
    keys::{Algorithm, practice_key},
    statement::Predicate,
};
use keur_evidence::event::{Enclosed, EnclosedFile, Event};

use crate::support::{Setup, key, norm, run};

#[test]
fn a_practice_run_without_a_key_gives_the_same_bytes_twice() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("run");
    let head = run(&place, &Setup::default());
    let (one, two) = (folder.path().join("een.keur"), folder.path().join("twee.keur"));
    let packed = pack(&place, None, &one).unwrap();
    pack(&place, None, &two).unwrap();
    assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
    assert!(packed.practice && packed.size == fs::metadata(&one).unwrap().len());
    let bundle = Bundle::open(&one).unwrap();
    assert_eq!(bundle.archive().file_digest().unwrap().0, packed.sha256);
    assert_eq!(bundle.archive().entries().len(), packed.entries);
    assert_eq!(
        (bundle.manifest().journal_head.as_str(), bundle.manifest().mode.as_str()),
        (head.as_str(), "practice")
    );
    assert_eq!(bundle.result().unwrap().run.journal_head, head);
    assert_eq!(bundle.keys().unwrap(), [practice_key(&head).public().clone()]);
    let entries = bundle.journal().unwrap();
    for hex in entries.iter().flat_map(keur_dossier::bundle::blobs_of) {
        assert!(bundle.blob(&format!("sha256:{hex}")).is_some());
    }
    assert!(matches!(entries[0].event, Event::RunStarted(_)));
    let signed = Statement::open(&bundle.run_statement().unwrap(), &bundle.keys().unwrap()).unwrap();
    assert!(matches!(signed.statement.predicate, Predicate::PracticeRun(_)));
    assert_eq!(signed.statement.subject[0].name, "manifest.json");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4, "no temporary file is left");
}

#[test]
fn an_operator_signs_and_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("run");
    run(&place, &Setup { mode: "exam", ..Setup::default() });
    let out = folder.path().join("uit.keur");
    assert!(matches!(pack(&place, None, &out), Err(BundleError::Unsigned)));
    let vendor = key(folder.path(), "v", Role::Vendor, Algorithm::Ed25519);
    assert!(matches!(pack(&place, Some(&vendor), &out), Err(BundleError::Role(Role::Vendor))));
    assert!(!out.exists());
    let operator = key(folder.path(), "o", Role::Operator, Algorithm::EcdsaP256);
    let packed = pack(&place, Some(&operator), &out).unwrap();
    assert!(!packed.practice);
    let envelope = Bundle::open(&out).unwrap().archive().read(RUN).unwrap();
    assert!(!envelope.is_empty());
}

#[test]
fn a_torn_last_line_is_left_out_and_missing_evidence_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("run");
    run(&place, &Setup::default());
    let out = folder.path().join("uit.keur");
    let journal = place.join("journal.ndjson");
    let whole = fs::read(&journal).unwrap();
    let mut torn = whole.clone();
    torn.extend_from_slice(b"{\"seq\":10,\"at\":\"20");
    fs::write(&journal, torn).unwrap();
    pack(&place, None, &out).unwrap();
    assert_eq!(Bundle::open(&out).unwrap().archive().read("journal.ndjson").unwrap(), whole);
    // The stored verdict is about a longer journal.
    let cut = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
    fs::write(&journal, &whole[..=cut]).unwrap();
    assert!(matches!(pack(&place, None, &out), Err(BundleError::Mismatch(_))));
    fs::write(&journal, &whole).unwrap();
    let blob = fs::read_dir(place.join("blobs/sha256")).unwrap().next().unwrap().unwrap().path();
    let stray = place.join("blobs/sha256").join("0".repeat(64));
    fs::write(&stray, "zwerver").unwrap();
    pack(&place, None, &out).unwrap();
    assert!(Bundle::open(&out).unwrap().manifest().files.iter().all(|file| !file.path.contains("00000000")));
    fs::write(&blob, "anders").unwrap();
    let error = pack(&place, None, &out).unwrap_err();
    assert!(
        matches!(&error, BundleError::Blob { refers, .. } if refers.starts_with("journal.ndjson:")),
        "{error}"
    );
}

#[test]
fn what_is_no_address_is_missing_evidence_and_never_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("run");
    run(&place, &Setup::default());
    let entries = keur_evidence::journal::read(&place).unwrap();
    let Event::RunStarted(started) = &entries[0].event else { panic!("no start") };
    for blob in ["../../../result.json", "sha256:../../result.json", ""] {
        let other = folder.path().join("other");
        let store = keur_evidence::journal::Store::in_folder(&other).unwrap();
        let file = EnclosedFile { name: "product.toml".to_owned(), blob: blob.to_owned() };
        store.append(Event::RunStarted(started.clone())).unwrap();
        store
            .append(Event::Enclosed(Enclosed { what: "declaration".to_owned(), files: vec![file] }))
            .unwrap();
        let (_, profile, selection) = norm();
        let result = keur_verdict::judge(&selection, &profile, &store.entries()).unwrap();
        fs::write(other.join("result.json"), serde_json::to_vec(&result).unwrap()).unwrap();
        fs::copy(place.join("ledger.ndjson"), other.join("ledger.ndjson")).unwrap();
        let error = pack(&other, None, &folder.path().join("uit.keur")).unwrap_err();
        assert!(
            matches!(&error, BundleError::Blob { refers, .. } if refers == "journal.ndjson:2"),
            "{error}"
        );
        fs::remove_dir_all(&other).unwrap();
    }
}
