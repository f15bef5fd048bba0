//! A product without a hook: keur says what to do, and a person does it.

use std::process::Command;

use serde_json::Value;

use crate::{common::keur, support::Product};

const RETRIEVING: &str = "WGZ-BGC-001,WGZ-BGC-006,WGZ-BGC-007,WGZ-BGC-008,WGZ-BGC-011";

/// The bundle of the only run verifies, from the record alone.
#[track_caller]
fn verifies(product: &Product) {
    let (key, public) = (product.file("uitvoerder.key"), product.file("uitvoerder.pub"));
    let bundle = product.file("uit.keur");
    let run = product.run_folder().display().to_string();
    let steps: [&[&str]; 3] = [
        &["keys", "new", "--role", "operator", "--name", "Iemand", "--out", &key],
        &["bundle", &run, "--out", &bundle, "--sign", &key],
        &["verify", &bundle, "--trust", &public],
    ];
    for args in steps {
        let output = keur(args);
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{args:?}\n{text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn a_person_has_the_product_retrieve_the_bgz() {
    let product = Product::start();
    product.by_hand(60);
    let mut run = product.run("bgz-raadplegen", &["--only", RETRIEVING]);
    let mut texts = Vec::new();
    while let Some((text, asked)) = run.instruction() {
        assert!(asked["fhir_base"].starts_with("https://127.0.0.1:"), "{asked:?}");
        product.press("bgz", &asked);
        texts.push(text);
    }
    let ended = run.end();
    // What only the product can tell keeps this from being complete; nobody was asked anything for it.
    ended.assert_code(3);
    for words in [
        "Keur speelt de andere partij op https://",
        "--resume",
        "Gezien: ",
        "het product brak de verbinding af",
    ] {
        assert!(ended.said.contains(words), "{words} is missing in\n{}", ended.said);
    }
    assert!(
        texts.iter().any(|text| text.contains("WGZ-BGC-011") && text.contains("hoogstens 60 s")),
        "{texts:?}"
    );
    assert!(texts.iter().all(|text| !text.contains("WGZ-BGC-008")), "{texts:?}");
    for (id, (outcome, causes)) in
        product.outcomes().into_iter().filter(|(id, _)| RETRIEVING.contains(id.as_str()))
    {
        let expected = if id == "WGZ-BGC-008" {
            ("undetermined", vec!["trigger_missing"])
        } else {
            ("satisfied", vec![])
        };
        assert_eq!(
            (outcome.as_str(), causes),
            (expected.0, expected.1.into_iter().map(str::to_owned).collect()),
            "{id}"
        );
    }
    verifies(&product);
}

#[test]
fn a_person_refers_a_patient_while_a_machine_reads_the_result() {
    let product = Product::start();
    product.by_hand(60);
    let only = "WGZ-VRW-001,WGZ-VRW-003";
    let mut run = product.run("bgz-verwijzing-verzenden", &["--only", only, "--format", "json"]);
    while let Some((text, asked)) = run.instruction() {
        assert!(text.contains("verwijs"), "{text}");
        let told = product.press("send", &asked);
        assert_eq!(told["sent"], true, "{told}");
    }
    let ended = run.end();
    // A part of the profile is never the whole, and nothing is wrong.
    ended.assert_code(3);
    for id in ["WGZ-VRW-001", "WGZ-VRW-003"] {
        assert_eq!(product.outcomes()[id].0, "satisfied", "{id}");
    }
    // Whatever was said to the person, the result is nothing but the result.
    let result: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(result, product.result());
    verifies(&product);
}

#[test]
fn a_person_stops_and_goes_on_later() {
    let product = Product::start();
    product.by_hand(60);
    let only = ["--only", "WGZ-BGC-001,WGZ-BGC-002"];
    let mut run = product.run("bgz-raadplegen", &only);
    let (_, asked) = run.instruction().unwrap();
    product.press("bgz", &asked);
    run.instruction().unwrap();
    let id = run.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    run.end().assert_code(130);
    assert_eq!(product.outcomes()["WGZ-BGC-001"].0, "satisfied");

    let mut run = product.run("bgz-raadplegen", &[&only[..], &["--resume"]].concat());
    let (text, asked) = run.instruction().unwrap();
    assert!(text.contains("WGZ-BGC-002"), "{text}");
    product.press("bgz", &asked);
    assert_eq!(run.instruction(), None);
    run.end().assert_code(3);
    for id in ["WGZ-BGC-001", "WGZ-BGC-002"] {
        assert_eq!(product.outcomes()[id].0, "satisfied", "{id}");
    }
    verifies(&product);
}
