//! Parts of one run in the bundle of another, and contents that should not be there: the right step says so.

use std::{collections::BTreeMap, fs};

use keur_dossier::{
    Envelope, Manifest, Role, SigningKey, Statement,
    archive::{Archive, Limits, Writer, prepare},
    bundle::{JOURNAL, KEYS, LEDGER, RESULT, RUN, pack},
    keys::{Algorithm, Holder, practice_key},
    manifest::{ManifestFile, PATH},
    statement::Subject,
    verify::page,
};
use proptest::prelude::*;
use serde_json::Value;
use time::{Date, Month};

use crate::support::{Setup, broken, run, verify_with};

type Files = BTreeMap<String, Vec<u8>>;

/// The files of two different runs.
fn two() -> [Files; 2] {
    let folder = tempfile::tempdir().unwrap();
    let second =
        Setup { run: "20261122T110000000-bbbbbb", body: b"{\"x\":1}", holds: false, ..Setup::default() };
    ["a", "b"].map(|name| {
        // Each in a place of its own: the ledgers know nothing of each other.
        let place = folder.path().join(name).join("run");
        run(&place, &if name == "a" { Setup::default() } else { second.clone() });
        let out = folder.path().join(format!("{name}.keur"));
        pack(&place, None, &out).unwrap();
        files(fs::read(&out).unwrap())
    })
}

fn files(bytes: Vec<u8>) -> Files {
    let archive = Archive::from_bytes(bytes, &Limits::default()).unwrap();
    archive.entries().iter().map(|entry| (entry.path.clone(), archive.read(&entry.path).unwrap())).collect()
}

fn archive(files: &Files) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    for (path, bytes) in files {
        writer.add(path, bytes).unwrap();
    }
    writer.finish().unwrap()
}

/// Makes manifest and run statement fit the files again, as somebody with the practice key could.
fn refit(files: &mut Files) {
    let mut manifest = Manifest::parse(&files[PATH]).unwrap();
    manifest.files = files
        .iter()
        .filter(|(path, _)| *path != PATH && !path.starts_with("attest/"))
        .map(|(path, bytes)| {
            let (prepared, _) = prepare(path, bytes).unwrap();
            let (size, path) = (prepared.size(), path.clone());
            ManifestFile { path, size, sha256: prepared.sha256, stored_sha256: prepared.stored_sha256 }
        })
        .collect();
    let bytes = manifest.to_bytes();
    let envelope = Envelope::parse(&files[RUN]).unwrap();
    let mut statement = Statement::parse(&envelope.payload).unwrap();
    statement.subject = vec![Subject::of(PATH, &bytes)];
    files.insert(PATH.to_owned(), bytes);
    let key = practice_key(&manifest.journal_head);
    files.insert(RUN.to_owned(), statement.sign(&key).unwrap().to_bytes());
}

fn step(files: &Files) -> (&'static str, String) {
    broken(&verify_with(archive(files), &[], None))
}

#[test]
fn refitting_itself_changes_nothing() {
    let [mut one, _] = two();
    let before = one.clone();
    refit(&mut one);
    assert_eq!(one, before);
    assert!(verify_with(archive(&one), &[], None).valid);
}

#[test]
fn parts_of_another_run_do_not_fit() {
    let [one, other] = two();
    for (path, expected) in [(JOURNAL, "V2"), (RESULT, "V2"), (LEDGER, "V2"), (PATH, "V2"), (RUN, "V4")] {
        let mut mixed = one.clone();
        mixed.insert(path.to_owned(), other[path].clone());
        let (found, told) = step(&mixed);
        assert_eq!(found, expected, "{path}: {told}");
    }
    // The manifest is made to fit: then the contents contradict each other.
    for (path, expected) in [(JOURNAL, "V2"), (RESULT, "V3"), (LEDGER, "V8")] {
        let mut mixed = one.clone();
        mixed.insert(path.to_owned(), other[path].clone());
        refit(&mut mixed);
        let (found, told) = step(&mixed);
        assert_eq!(found, expected, "{path}: {told}");
    }
}

#[test]
fn blobs_are_exactly_those_referred_to() {
    let [one, other] = two();
    let blobs = |files: &Files| -> Vec<String> {
        files.keys().filter(|path| path.starts_with("blobs/")).cloned().collect()
    };
    let foreign = blobs(&other).into_iter().find(|path| !one.contains_key(path)).unwrap();
    let mut more = one.clone();
    more.insert(foreign.clone(), other[&foreign].clone());
    refit(&mut more);
    assert_eq!(step(&more), ("V2", format!("{foreign}: niets verwijst naar dit bestand")));
    for path in blobs(&one) {
        let mut less = one.clone();
        less.remove(&path);
        refit(&mut less);
        assert_eq!(step(&less).0, "V2");
        let mut swapped = one.clone();
        swapped.insert(path.clone(), b"iets anders".to_vec());
        refit(&mut swapped);
        assert_eq!(step(&swapped).0, "V2");
    }
}

#[test]
fn missing_and_stray_files_are_told() {
    let [one, _] = two();
    for path in [JOURNAL, RESULT, LEDGER, RUN] {
        let mut less = one.clone();
        less.remove(path);
        let (found, told) = step(&less);
        assert!(found == "V1" && told.starts_with(path), "{told}");
    }
    for path in ["report.html", "blobs/sha256/x", "attest/x", "attest/keys/x.toml", "blobs/md5/0"] {
        let mut more = one.clone();
        more.insert(path.to_owned(), b"x".to_vec());
        let (found, told) = step(&more);
        assert!(found == "V1" && told.starts_with(path), "{told}");
    }
    let mut more = one.clone();
    more.insert("attest/statements/001-waiver.dsse.json".to_owned(), one[RUN].clone());
    assert_eq!(step(&more).0, "V4");
}

fn with_result(change: impl Fn(&mut Value)) -> (&'static str, String) {
    let [mut one, _] = two();
    let mut result: Value = serde_json::from_slice(&one[RESULT]).unwrap();
    change(&mut result);
    one.insert(RESULT.to_owned(), serde_json::to_vec_pretty(&result).unwrap());
    refit(&mut one);
    step(&one)
}

#[test]
fn a_verdict_that_does_not_follow_names_its_first_difference() {
    let (found, told) =
        with_result(|result| result["requirements"][0]["cases"][0]["checks"][0]["observed"] = "x".into());
    assert_eq!(found, "V9");
    assert!(
        told.contains("WGZ-TST-001 › cases › features/test.feature#geval › checks › 1 › observed"),
        "{told}"
    );
    assert_eq!(with_result(|result| result["requirements"][0]["remark"] = true.into()).0, "V9");
    assert_eq!(with_result(|result| result["extra"] = true.into()).0, "V9");
    assert_eq!(with_result(|result| result["run"]["journal_head"] = "x".into()).0, "V3");
    assert_eq!(with_result(|result| result["requirements"] = Value::Array(Vec::new())).0, "V7");
    let (found, told) = with_result(|result| {
        let again = result["requirements"][0].clone();
        result["requirements"].as_array_mut().unwrap().push(again);
    });
    assert!(found == "V7" && told.contains("meer dan één"), "{told}");
    // The signed statement says conform.
    assert_eq!(with_result(|result| result["verdict"] = "incomplete".into()).0, "V4");
}

/// A run whose answer is this, packed and verified.
fn answered(body: &'static [u8]) -> (&'static str, String) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("run");
    run(&place, &Setup { body, ..Setup::default() });
    let out = folder.path().join("uit.keur");
    pack(&place, None, &out).unwrap();
    broken(&verify_with(fs::read(&out).unwrap(), &[], None))
}

#[test]
fn secrets_and_persons_are_found() {
    for (body, told) in [
        (&b"bsn: 111222333"[..], "een BSN"),
        (b"{\"identifier\":[{\"system\":\"http://fhir.nl/fhir/NamingSystem/bsn\",\"value\":\"999911120\"}]}", "een BSN"),
        (b"{\"bsn\":\"\\u00311\\u0031222333\"}", "een BSN"),
        (b"{\"bsn\":12345611}", "een BSN"),
        (b"-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----", "priv\u{e9}sleutel"),
        (b"{\"t\":\"eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl\"}", "handtekening"),
        (b"authorization: Bearer 2YotnFZFEjr1zCsicMWpAA", "toegangstoken"),
    ] {
        let (found, said) = answered(body);
        assert!(found == "V12" && said.contains(told) && said.starts_with("blobs/"), "{said}");
        assert!(!said.contains("111222333") && !said.contains("999911120"));
    }
}

#[test]
fn declared_numbers_may_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("run");
    run(&place, &Setup { body: b"bsn: 999900006", ..Setup::default() });
    let out = folder.path().join("uit.keur");
    pack(&place, None, &out).unwrap();
    assert!(verify_with(fs::read(&out).unwrap(), &[], None).valid);
}

#[test]
fn a_manifest_is_read_to_the_letter() {
    let [one, _] = two();
    let text = String::from_utf8(one[PATH].clone()).unwrap();
    for (from, to) in [
        ("\"version\":\"1.0\"", "\"version\":\"2.0\""),
        ("keur/bundle", "keur/bundel"),
        ("\"mode\"", "\"more\":1,\"mode\""),
        ("{\"format\"", "{ \"format\""),
        ("\"size\":", "\"size\":-"),
    ] {
        let mut changed = one.clone();
        changed.insert(PATH.to_owned(), text.replacen(from, to, 1).into_bytes());
        let (found, told) = step(&changed);
        assert!(found == "V2" && told.starts_with(PATH), "{from}: {told}");
    }
    assert!(Manifest::parse(&vec![b' '; (32 << 20) + 1]).is_err());
}

/// The bundle with its run statement signed by this key, whatever the key may; `edit` changes the signed text.
fn signed_by(role: Role, year: i32, edit: impl Fn(String) -> String) -> (&'static str, String) {
    let [mut one, _] = two();
    let folder = tempfile::tempdir().unwrap();
    let day = |month, day| Date::from_calendar_date(year, month, day).unwrap();
    let days = (day(Month::January, 1), day(Month::December, 31));
    let holder = Holder { name: "A".to_owned(), organisation: "B".to_owned() };
    let key =
        SigningKey::create(&folder.path().join("a.key"), Algorithm::Ed25519, role, holder, days).unwrap();
    let payload = String::from_utf8(Envelope::parse(&one[RUN]).unwrap().payload).unwrap();
    let payload = edit(payload.replace("predicate/practice-run/1", "predicate/run/1"));
    one.retain(|path, _| !path.starts_with(KEYS));
    one.insert(format!("{KEYS}{}.toml", key.public().hex_id()), key.public().to_toml().into_bytes());
    one.insert(RUN.to_owned(), Envelope::sign(payload.into_bytes(), &key).unwrap().to_bytes());
    let verification = verify_with(archive(&one), &[key.public().clone()], None);
    if verification.valid { ("", String::new()) } else { broken(&verification) }
}

#[test]
fn the_key_must_have_the_role_and_be_valid_when_it_signs() {
    let same = |text: String| text;
    let year = time::OffsetDateTime::now_utc().year();
    assert_eq!(signed_by(Role::Operator, year, same).0, "");
    let (found, told) = signed_by(Role::Vendor, year, same);
    assert!(found == "V4" && told.contains("rol vendor"), "{told}");
    let (found, told) = signed_by(Role::Operator, year - 1, same);
    assert!(found == "V5" && told.contains("is geldig van"), "{told}");
    let (found, told) =
        signed_by(Role::Operator, year, |text| text.replace("predicate/run/1", "predicate/run/2"));
    assert!(found == "V4" && told.contains("onbekende versie"), "{told}");
    let (found, told) =
        signed_by(Role::Operator, year, |text| text.replace("\"conform\"", "\"not_conform\""));
    assert!(found == "V4" && told.contains("iets anders dan journaal en oordeel"), "{told}");
}

#[test]
fn the_page_names_the_first_broken_step() {
    let [one, other] = two();
    let mut mixed = one.clone();
    mixed.insert(JOURNAL.to_owned(), other[JOURNAL].clone());
    let page = page(&verify_with(archive(&mixed), &[], None));
    assert!(page.lines().count() <= 40, "{page}");
    for part in [" ✓ V1 ", " ✗ V2 ", " – V3 ", "V2 is niet in orde: journal.ndjson"] {
        assert!(page.contains(part), "{page}");
    }
    assert!(page.trim_end().lines().last().unwrap().starts_with("NIET GELDIG"), "{page}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn mutated_envelopes_and_manifests_never_panic(at in any::<prop::sample::Index>(), to in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let [one, _] = &*FILES;
        for path in [PATH, RUN, JOURNAL, RESULT, LEDGER] {
            let mut bytes = one[path].clone();
            let index = at.index(bytes.len());
            bytes[index] = to;
            bytes.truncate(cut.index(bytes.len()) + 1);
            let _ = Manifest::parse(&bytes);
            let _ = Envelope::parse(&bytes);
            let _ = Statement::parse(&bytes);
            let _ = keur_dossier::ledger::verify(&bytes);
            let mut changed = one.clone();
            changed.insert(path.to_owned(), bytes.clone());
            prop_assert_eq!(verify_with(archive(&changed), &[], None).valid, bytes == one[path]);
        }
    }
}

static FILES: std::sync::LazyLock<[Files; 2]> = std::sync::LazyLock::new(two);
