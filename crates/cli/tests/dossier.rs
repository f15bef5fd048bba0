//! The dossier by the built binary: bundle, verify, rejudge, statements, a run that is killed and goes on, and the
//! bundle that must verify forever.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

mod common;
#[path = "dossier/golden.rs"]
mod golden;
#[path = "dossier/killed.rs"]
mod killed;
#[path = "dossier/statements.rs"]
mod statements;
#[path = "dossier/tampered.rs"]
mod tampered;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use serde_json::Value;

use crate::common::{keur, run_folder, text};

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// A run of the embedded product, and its folder.
fn run(out: &Path, more: &[&str]) -> (i32, PathBuf) {
    let out_text = out.to_str().unwrap();
    let output = keur(&[&["run", "bgz-beschikbaarstellen", "--quiet", "--out", out_text], more].concat());
    (code(&output), run_folder(out))
}

fn bundle(folder: &Path, out: &Path, more: &[&str]) {
    let output =
        keur(&[&["bundle", folder.to_str().unwrap(), "--out", out.to_str().unwrap()], more].concat());
    assert_eq!(code(&output), 0, "{}", text(&output));
}

fn verification(path: &Path, more: &[&str]) -> (i32, Value) {
    let output = keur(&[&["verify", path.to_str().unwrap(), "--format", "json"], more].concat());
    (code(&output), serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output))))
}

/// The first step that failed.
fn broken(verification: &Value) -> String {
    let steps = verification["steps"].as_array().unwrap();
    let failed = steps.iter().find(|step| step["outcome"] == "failed");
    failed.map_or_else(String::new, |step| step["step"].as_str().unwrap().to_owned())
}

/// A key pair; returns the paths of the private and the public half.
fn key(folder: &Path, role: &str) -> (String, String) {
    let path = folder.join(format!("{role}.key"));
    let name = format!("Iemand van {role}");
    let output = keur(&["keys", "new", "--role", role, "--name", &name, "--out", path.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", text(&output));
    (path.display().to_string(), path.with_extension("pub").display().to_string())
}

#[test]
fn every_profile_and_mode_bundles_verifies_and_rejudges() {
    let place = tempfile::tempdir().unwrap();
    let (private, public) = key(place.path(), "operator");
    for (name, profile, more, conform) in [
        ("practice", "bgz-beschikbaarstellen", &[][..], true),
        ("exam", "bgz-beschikbaarstellen", &["--exam"], true),
        ("person", "bgz-beschikbaarstellen", &["--variant", "nen7512-persoon"], true),
        ("failing", "bgz-beschikbaarstellen", &["--defect", "no-token-needed"], false),
        ("open", "fhir-rest", &[], true),
        ("nonces", "nen7512", &["--variant", "fapi2"], true),
        ("tour", "api-ontwerpregels", &["--exam"], true),
        ("traps", "api-beveiliging", &["--exam"], true),
        ("desk", "bgz-raadplegen", &["--exam"], true),
        ("referral", "bgz-verwijzing-ontvangen", &["--exam"], true),
        ("handover", "eoverdracht-verzenden", &["--exam"], true),
        ("consent", "toestemming", &["--exam"], true),
        ("index", "lokalisatie", &[], true),
        ("directory", "adressering", &[], true),
    ] {
        let out = place.path().join(name);
        let asked = [&["run", profile, "--quiet", "--out", out.to_str().unwrap()], more].concat();
        let ran = keur(&asked);
        assert!(!conform || code(&ran) == 0, "{name}: {}", text(&ran));
        let folder = run_folder(&out);
        let file = place.path().join(format!("{name}.keur"));
        bundle(&folder, &file, &["--sign", &private]);
        let (exit, verified) = verification(&file, &["--trust", &public]);
        assert_eq!(exit, 0, "{name}: {verified:#}");
        assert_eq!(verified["verdict"] == "conform", conform, "{name}");

        let again = keur(&["rejudge", file.to_str().unwrap(), "--format", "json"]);
        assert_eq!(code(&again), code(&ran), "{name}: {}", text(&again));
        let again: Value = serde_json::from_slice(&again.stdout).unwrap();
        assert_eq!(again["changes"], Value::Array(Vec::new()), "{name}");

        // A report of the bundle is the report of the folder.
        let html = keur(&["report", file.to_str().unwrap(), "--format", "html"]);
        assert!(html.stdout == fs::read(folder.join("report.html")).unwrap(), "{name}: the report differs");
    }
    // The same folder and key give the same bytes.
    let again = place.path().join("again.keur");
    bundle(&run_folder(&place.path().join("practice")), &again, &["--sign", &private]);
    assert!(fs::read(&again).unwrap() == fs::read(place.path().join("practice.keur")).unwrap());

    // What differs between the two runs is the product's.
    let [good, bad] = ["practice", "failing"].map(|name| place.path().join(format!("{name}.keur")));
    let output = keur(&["diff", good.to_str().unwrap(), bad.to_str().unwrap(), "--format", "json"]);
    assert_eq!(code(&output), 1);
    let diff: Value = serde_json::from_slice(&output.stdout).unwrap();
    let changes = diff["changes"].as_array().unwrap();
    assert!(!changes.is_empty() && changes.iter().all(|change| change["because"] == "product"), "{diff:#}");
}

#[test]
fn an_untrusted_signature_and_a_later_submission_without_an_attempt_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let (private, public) = key(place.path(), "operator");
    let out = place.path().join("out");
    let (_, first) = run(&out, &["--only", "WGZ-SEC-010"]);
    let one = place.path().join("one.keur");
    bundle(&first, &one, &["--sign", &private]);
    let (exit, verified) = verification(&one, &[]);
    assert_eq!((exit, broken(&verified).as_str()), (6, "V4"));
    assert_eq!(verification(&one, &["--trust", &public]).0, 0);
    let (assessor, _) = key(place.path(), "assessor");
    let wrong = keur(&["bundle", first.to_str().unwrap(), "--sign", &assessor]);
    assert_eq!(code(&wrong), 2, "{}", text(&wrong));

    // A second attempt, in a folder that does not know the first.
    let elsewhere = place.path().join("elsewhere");
    let (_, second) = run(&elsewhere, &["--only", "WGZ-SEC-010"]);
    let two = place.path().join("two.keur");
    bundle(&second, &two, &["--sign", &private]);
    assert_eq!(verification(&two, &["--trust", &public]).0, 0);
    let previous = one.to_str().unwrap();
    let (exit, verified) = verification(&two, &["--trust", &public, "--previous", previous]);
    assert_eq!((exit, broken(&verified).as_str()), (6, "V8"));
}
