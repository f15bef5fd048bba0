//! The built binary, from start to end: the embedded product, two processes, the same bytes again, and the kill table.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

mod common;

use std::{fs, path::Path};

use serde_json::Value;

use crate::common::{Reference, keur, result, run_folder};

fn outcomes(result: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    result["requirements"].as_array().unwrap().iter().map(|r| (text(&r["id"]), text(&r["outcome"]))).collect()
}

#[test]
fn the_embedded_product_is_conform_and_leaves_every_file() {
    let out = tempfile::tempdir().unwrap();
    let output = keur(&["run", "bgz-beschikbaarstellen", "--out", out.path().to_str().unwrap()]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("CONFORM aan BgZ beschikbaarstellen"), "{text}");

    let folder = run_folder(out.path());
    for file in ["journal.ndjson", "result.json", "report.html", "junit.xml"] {
        assert!(folder.join(file).exists(), "{file} is missing");
    }
    for format in keur_reports::FORMATS {
        assert_eq!(folder.join(format.file_name()).exists(), format.in_folder(), "{}", format.name());
    }
    let result = result(&folder);
    assert_eq!(result["verdict"], "conform");
    let requirements = result["requirements"].as_array().unwrap();
    let automatic = requirements.iter().filter(|r| r["modality"] == "automatic").count();
    let attested = requirements.iter().filter(|r| r["modality"] == "attested").count();
    assert!(automatic >= 50 && automatic + attested >= 60, "{automatic} automatic, {attested} attested");
    assert!(attested > 0 && result["counts"]["attested"] == attested, "attested items are counted apart");

    // Reports are functions of the journal: the same bytes again.
    for (format, file) in [("html", "report.html"), ("junit", "junit.xml"), ("json", "result.json")] {
        let again = keur(&["report", folder.to_str().unwrap(), "--format", format]);
        assert!(again.stdout == fs::read(folder.join(file)).unwrap(), "{format} differs");
    }

    // One changed byte in the journal, and nothing is rendered.
    let journal = folder.join("journal.ndjson");
    let mut bytes = fs::read(&journal).unwrap();
    let at = bytes.windows(9).position(|window| window == b"status 40").unwrap() + 8;
    bytes[at] = b'2';
    fs::write(&journal, bytes).unwrap();
    assert_eq!(keur(&["report", folder.to_str().unwrap()]).status.code(), Some(6));
}

#[test]
fn a_defect_is_a_finding_with_exit_1() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let output = keur(&[
        "run",
        "bgz-beschikbaarstellen",
        "--defect",
        "no-token-needed",
        "--only",
        "WGZ-SEC-010",
        "--out",
        folder,
    ]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout);
    for word in ["AFWIJKING", "WGZ-SEC-010", "verwacht", "waargenomen", "herstel", "bron", "nadoen"] {
        assert!(text.contains(word), "{word} is missing in:\n{text}");
    }
}

#[test]
fn two_processes_give_the_same_result_over_the_network() {
    let place = tempfile::tempdir().unwrap();
    let (out, product) = (place.path().join("out"), place.path().join("p.toml"));
    let _running = Reference::start(&product);
    let (out_text, product_text) = (out.to_str().unwrap(), product.to_str().unwrap());

    let doctor = keur(&["doctor", "bgz-beschikbaarstellen", "--product", product_text]);
    assert_eq!(doctor.status.code(), Some(0), "{}", String::from_utf8_lossy(&doctor.stdout));

    let output = keur(&["run", "bgz-beschikbaarstellen", "--product", product_text, "--out", out_text]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let apart = result(&run_folder(&out));

    let embedded = place.path().join("embedded");
    keur(&["run", "bgz-beschikbaarstellen", "--out", embedded.to_str().unwrap()]);
    assert_eq!(outcomes(&apart), outcomes(&result(&run_folder(&embedded))));
}

#[test]
fn the_result_is_valid_against_its_published_schema() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    keur(&["run", "bgz-beschikbaarstellen", "--defect", "no-token-needed", "--out", folder]);
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/schema/result.schema.json");
    let schema: Value = serde_json::from_slice(&fs::read(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let result = result(&run_folder(out.path()));
    let errors: Vec<String> = validator.iter_errors(&result).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn every_kill_table_is_exact() {
    let listed: Value = serde_json::from_slice(&keur(&["profiles", "--format", "json"]).stdout).unwrap();
    let profiles: Vec<&str> =
        listed.as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert!(profiles.contains(&"bgz-beschikbaarstellen"), "{profiles:?}");
    for profile in profiles {
        let output = keur(&["killtable", profile]);
        assert_eq!(output.status.code(), Some(0), "{profile}: {}", String::from_utf8_lossy(&output.stdout));
    }
}
