//! OpenAPI documents that are wrong, too large or that lead elsewhere: a finding with its place, or a clear error.

use std::{fmt::Write as _, fs, process::Output};

use crate::{
    common::{command, text},
    support::{Place, ended},
};

const HEAD: &str =
    "openapi: 3.0.3\ninfo: {title: t, version: 1.0.0}\nservers: [{url: 'https://voorbeeld.example/v1'}]\n";

fn run(place: &Place) -> (Output, String) {
    let mut command = command(&["run", "api-ontwerpregels", "--variant", "adr-2.1-document", "--lang", "nl"]);
    command.args(["--product", &place.text("product.toml"), "--out", &place.text("out")]);
    let output = ended(command.spawn().unwrap());
    let said = text(&output);
    assert!(!said.contains("panicked"), "{said}");
    (output, said)
}

fn place(name: &str) -> Place {
    let place = Place { folder: tempfile::tempdir().unwrap() };
    let text = format!(
        "format = \"keur/product\"\nversion = \"1.0\"\nenvironment = \"test\"\n[endpoints]\nopenapi = \"{name}\"\n"
    );
    fs::write(place.path("product.toml"), text).unwrap();
    place
}

#[test]
fn a_wrong_document_is_a_finding_with_its_place() {
    let paths = |reference: &str| {
        format!("{HEAD}paths:\n  /dingen:\n    get: {{responses: {{'200': {{$ref: '{reference}'}}}}}}\n")
    };
    let mut bomb = format!("{HEAD}paths: {{}}\nx-a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n");
    for level in 1..12 {
        let all = format!("*a{}, ", level - 1).repeat(10);
        writeln!(bomb, "x-a{level}: &a{level} [{}]", all.trim_end_matches(", ")).unwrap();
    }
    let circle = format!(
        "{}components:\n  responses: {{A: {{$ref: '#/components/responses/B'}}, B: {{$ref: '#/components/responses/A'}}}}\n",
        paths("#/components/responses/A")
    );
    for (text, words) in [
        (circle, "leidt alleen naar zichzelf"),
        (paths("../buiten.yaml#/A"), "buiten de map"),
        (paths("/etc/passwd"), "buiten de map"),
        (paths("http://127.0.0.1:9/x.yaml"), "naar een adres"),
        (paths("er-niet.yaml#/A"), "niet te lezen"),
        (bomb, "te veel onderdelen"),
        (format!("{HEAD}paths: {}{}", "[".repeat(5_000), "]".repeat(5_000)), "recursion limit"),
        ("<!DOCTYPE html><html></html>".to_owned(), "bevat geen object"),
        ("{\"openapi\": ".to_owned(), "geen geldige JSON"),
    ] {
        let place = place("groot.yaml");
        fs::write(place.path("groot.yaml"), &text).unwrap();
        let (output, said) = run(&place);
        let start: String = text.chars().rev().take(80).collect::<String>().chars().rev().collect();
        assert_eq!(output.status.code(), Some(1), "{start}:\n{said}");
        assert!(said.contains("WGZ-ADR-001"), "{start}:\n{said}");
        let journal = fs::read_to_string(place.run_folder().join("journal.ndjson")).unwrap();
        assert!(journal.contains(words) || said.contains(words), "{words:?} after {start}:\n{said}");
    }
}

#[test]
fn what_is_no_document_at_all_is_a_fault_of_the_declaration() {
    for (name, words) in
        [("map", "map"), ("er-niet.yaml", "er-niet.yaml"), ("groot.json", "groter dan 10 MiB")]
    {
        let place = place(name);
        fs::create_dir(place.path("map")).unwrap();
        // 50 MB that is never read.
        fs::File::create(place.path("groot.json")).unwrap().set_len(50_000_000).unwrap();
        let (output, said) = run(&place);
        assert_eq!(output.status.code(), Some(2), "{name}:\n{said}");
        assert!(said.contains(words) && said.contains("help:"), "{name}:\n{said}");
        assert!(!place.path("out").exists(), "a refused declaration leaves no run");
    }
}

/// A device has no length, and no end.
#[cfg(unix)]
#[test]
fn what_has_no_end_is_read_to_the_bound() {
    let place = place("pijp");
    std::os::unix::fs::symlink("/dev/zero", place.path("pijp")).unwrap();
    let (output, said) = run(&place);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("groter dan 10 MiB"), "{said}");
}
