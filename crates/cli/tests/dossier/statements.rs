//! Attestations and waivers: what they change, and what they cannot.

use std::fs;

use serde_json::Value;

use super::{broken, bundle, code, key, run, verification};
use crate::common::{keur, result, text};

fn requirement<'r>(result: &'r Value, id: &str) -> &'r Value {
    result["requirements"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap()
}

#[test]
fn a_waiver_changes_what_blocks_and_never_what_was_seen() {
    let place = tempfile::tempdir().unwrap();
    let (operator, operator_pub) = key(place.path(), "operator");
    let (owner, owner_pub) = key(place.path(), "scheme_owner");
    let (exit, folder) = run(&place.path().join("out"), &["--defect", "tls-compression"]);
    assert_eq!(exit, 1);
    let dir = folder.to_str().unwrap();
    let waive = |more: &[&str]| {
        let base = ["waive", dir, "--requirement", "WGZ-SEC-004", "--reason", "wordt vervangen"];
        keur(&[&base[..], &["--by", "B. Eheer, Stelsel"], more].concat())
    };
    // Expired has no effect.
    let expired = waive(&["--granted", "2020-01-01", "--expires", "2020-12-31", "--sign", &owner]);
    assert_eq!(code(&expired), 0, "{}", text(&expired));
    assert_eq!(result(&folder)["verdict"], "not_conform");
    // And the bundle says so.
    let file = place.path().join("expired.keur");
    bundle(&folder, &file, &["--sign", &operator]);
    let trust = ["--trust", operator_pub.as_str(), "--trust", owner_pub.as_str()];
    let (exit, verified) = verification(&file, &trust);
    assert_eq!((exit, broken(&verified).as_str()), (6, "V10"));
    fs::remove_dir_all(folder.join("statements")).unwrap();

    // Only a scheme owner waives.
    let wrong = waive(&["--expires", "2099-01-01", "--sign", &operator]);
    assert_eq!(code(&wrong), 2, "{}", text(&wrong));

    let waived = waive(&["--expires", "2099-01-01", "--sign", &owner]);
    assert_eq!(code(&waived), 0, "{}", text(&waived));
    assert!(text(&waived).contains("CONFORM MET 1 ONTHEFFING"), "{}", text(&waived));
    let judged = result(&folder);
    assert_eq!(judged["verdict"], "conform");
    assert_eq!(judged["counts"]["waived"], 1);
    let one = requirement(&judged, "WGZ-SEC-004");
    assert_eq!(one["outcome"], "not_satisfied", "a waiver never turns a failure into a pass");
    assert!(one["cases"].as_array().unwrap().iter().any(|case| case["outcome"] == "failed"));
    let html = fs::read_to_string(folder.join("report.html")).unwrap();
    assert!(html.contains("wordt vervangen"), "the report names the reason");

    let file = place.path().join("waived.keur");
    bundle(&folder, &file, &["--sign", &operator]);
    let (exit, verified) = verification(&file, &trust);
    assert_eq!((exit, verified["waived"].as_u64()), (0, Some(1)), "{verified:#}");
    // Without trust in the scheme owner it is nothing.
    let (exit, verified) = verification(&file, &trust[..2]);
    assert_eq!((exit, broken(&verified).as_str()), (6, "V4"));
}

#[test]
fn an_assessor_outweighs_the_vendor_and_the_artefact_travels_along() {
    let place = tempfile::tempdir().unwrap();
    let (operator, operator_pub) = key(place.path(), "operator");
    let (assessor, assessor_pub) = key(place.path(), "assessor");
    let (exit, folder) = run(&place.path().join("out"), &[]);
    assert_eq!(exit, 0);
    let dir = folder.to_str().unwrap();
    let picture = place.path().join("scherm.png");
    fs::write(&picture, b"\x89PNG\r\n\x1a\nnot really").unwrap();
    let attest = |more: &[&str]| {
        let by = ["--by", "A. Bakker, Keuring BV, assessor", "--artefact", picture.to_str().unwrap()];
        keur(&[&["attest", dir][..], &by, more].concat())
    };
    let measured = attest(&["--requirement", "WGZ-SEC-010", "--outcome", "satisfied"]);
    assert_eq!(code(&measured), 2, "what is measured cannot be attested: {}", text(&measured));
    let nobody =
        keur(&["attest", dir, "--requirement", "WGZ-ATT-001", "--outcome", "satisfied", "--by", "A. Bakker"]);
    assert_eq!(code(&nobody), 2, "a statement rests on something: {}", text(&nobody));

    let said = attest(&[
        "--requirement",
        "WGZ-ATT-001",
        "--outcome",
        "not_satisfied",
        "--basis",
        "demonstration",
        "--witnessed",
        "--enclose",
        "--sign",
        &assessor,
    ]);
    assert_eq!(code(&said), 0, "{}", text(&said));
    let judged = result(&folder);
    assert_eq!(requirement(&judged, "WGZ-ATT-001")["outcome"], "not_satisfied", "{}", text(&said));
    let file = place.path().join("attested.keur");
    bundle(&folder, &file, &["--sign", &operator]);
    let trust = ["--trust", operator_pub.as_str(), "--trust", assessor_pub.as_str()];
    let (exit, verified) = verification(&file, &trust);
    assert_eq!(exit, 0, "{verified:#}");
    assert_eq!(verified["verdict"], judged["verdict"]);
}
