//! What trips the guard, and what must not. 123456782 passes the 11-proof and is in no declared set.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;

const FOREIGN: &str = "123456782";
const DECLARED: &str = "999900006";

fn guard() -> Guard {
    assert!(is_bsn(FOREIGN) && is_bsn(DECLARED));
    Guard::new(BTreeSet::from([DECLARED.to_owned()]))
}

fn body(text: &str) -> Option<String> {
    guard().scan(&[], text.as_bytes())
}

fn header(name: &str, value: &str) -> Option<String> {
    guard().scan(&[(name.to_owned(), value.to_owned())], b"")
}

#[test]
fn a_foreign_number_is_found_wherever_it_stands() {
    let system = "http://fhir.nl/fhir/NamingSystem/bsn";
    let identifier = json!({ "system": system, "value": FOREIGN });
    let reversed = json!({ "value": FOREIGN, "use": "official", "system": system });
    for text in [
        identifier.to_string(),
        reversed.to_string(),
        json!({ "system": "urn:oid:2.16.840.1.113883.2.4.6.3", "value": FOREIGN }).to_string(),
        json!({ "system": system, "value": format!(" {FOREIGN} ") }).to_string(),
        json!({ "system": system, "value": 123_456_782 }).to_string(),
        json!({ "patient": { "bsn": FOREIGN } }).to_string(),
        json!({ "PatientBSN": 123_456_782 }).to_string(),
        json!({ "entry": [{ "resource": { "contained": [{ "identifier": [identifier] }] } }] }).to_string(),
        json!({ "text": { "div": format!("<div>BSN: <b>{FOREIGN}</b></div>") } }).to_string(),
        json!({ "type": { "text": "BSN" }, "value": FOREIGN }).to_string(),
        json!({ "link": [{ "url": format!("Patient?identifier={system}%7C{FOREIGN}") }] }).to_string(),
        format!("<identifier><system value=\"{system}\"/>\n  <value value=\"{FOREIGN}\"/></identifier>"),
        format!(
            "<Patient xmlns=\"http://hl7.org/fhir\"><identifier><system value=\"urn:oid:2.16.840.1.113883.2.4.6.3\"/><value value=\"{FOREIGN}\"/></identifier></Patient>"
        ),
        format!("fout: patiënt met bsn {FOREIGN} niet gevonden"),
        format!("burgerservicenummer={FOREIGN}&x=1"),
        format!("{FOREIGN} (BSN) is onbekend"),
        format!("BSN {DECLARED}, {DECLARED} en {FOREIGN}"),
        // Not JSON as a whole: one resource a line, and a body that was cut.
        format!("{identifier}\n{identifier}\n"),
        format!("{reversed}\n{{"),
        format!("{{\"entry\":[{reversed},"),
        // Hidden behind a member that says otherwise.
        format!("{{\"system\":\"{system}\",\"value\":\"{FOREIGN}\",\"value\":\"{DECLARED}\"}}"),
    ] {
        assert!(body(&text).is_some(), "not found in {text}");
    }
}

#[test]
fn headers_are_looked_into_too() {
    for (name, value) in [
        (
            "location",
            format!("https://bron/fhir/Patient?identifier=http://fhir.nl/fhir/NamingSystem/bsn|{FOREIGN}"),
        ),
        ("x-bsn", FOREIGN.to_owned()),
        ("warning", format!("199 - \"bsn {FOREIGN} onbekend\"")),
    ] {
        assert_eq!(header(name, &value), Some(format!("header {name}")));
    }
}

#[test]
fn declared_and_invalid_numbers_pass() {
    let system = "http://fhir.nl/fhir/NamingSystem/bsn";
    for text in [
        json!({ "identifier": [{ "system": system, "value": DECLARED }] }).to_string(),
        json!({ "system": system, "value": "123456789" }).to_string(),
        json!({ "system": system, "value": "000000000" }).to_string(),
        format!("<system value=\"{system}\"/><value value=\"{DECLARED}\"/>"),
        format!("bsn {DECLARED}"),
        String::new(),
    ] {
        assert_eq!(body(&text), None, "{text}");
    }
    assert_eq!(guard().scan(&[], &[0xff, 0xfe, 0, 1]), None);
}

#[test]
fn numbers_of_another_kind_pass() {
    let bsn = json!({ "system": "http://fhir.nl/fhir/NamingSystem/bsn", "value": DECLARED });
    // It passes the 11-proof, so only its surroundings tell what it is.
    let foreign = FOREIGN;
    for text in [
        json!({ "identifier": [bsn], "code": { "coding": [{ "system": "http://snomed.info/sct", "code": foreign }] } }).to_string(),
        json!({ "identifier": [bsn], "telecom": [{ "system": "phone", "value": format!("+31 {foreign}") }] }).to_string(),
        json!({ "identifier": [bsn, { "system": "http://ziekenhuis.example/patienten", "value": foreign }] }).to_string(),
        json!({ "id": foreign, "identifier": [bsn] }).to_string(),
        format!("<identifier><system value=\"http://fhir.nl/fhir/NamingSystem/bsn\"/><value value=\"{DECLARED}\"/></identifier><telecom><system value=\"phone\"/><value value=\"+31 {foreign}\"/></telecom>"),
        format!("<coding><system value=\"http://loinc.org\"/><code value=\"{foreign}\"/></coding>"),
        format!("Observation?code={foreign}&patient.identifier=http://fhir.nl/fhir/NamingSystem/bsn|{DECLARED}"),
        format!("Observation?code={foreign}&bsn={DECLARED}"),
        format!("bsn {DECLARED}12345 en sessie 0{foreign}"),
        format!("verzoek {foreign} duurde lang"),
    ] {
        assert_eq!(body(&text), None, "{text}");
    }
}

#[test]
fn the_place_never_holds_the_number() {
    let text = json!({ format!("bsn:{FOREIGN}"): { "list": [{ "bsn": FOREIGN }] } }).to_string();
    assert_eq!(body(&text).as_deref(), Some("body /bsn:…/list/0/bsn"));
    assert_eq!(header(&format!("x-{FOREIGN}-bsn"), FOREIGN).as_deref(), Some("header x-…-bsn"));
}

#[test]
fn depth_and_size_do_no_harm() {
    let system = "http://fhir.nl/fhir/NamingSystem/bsn";
    let inner = json!({ "system": system, "value": FOREIGN }).to_string();
    let deep = format!("{}{inner}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(body(&deep).as_deref(), Some("body"));
    let wide = format!("bsn {}", format!("{DECLARED} tekst tussen de nummers ").repeat(100_000));
    assert_eq!(body(&wide), None);
}

#[test]
fn runs_of_digits_are_found_whole_wherever_they_stand() {
    let runs = |text: &str| {
        let mut found = Vec::new();
        any_digits(text.as_bytes(), (8, 9), &mut |run| {
            found.push(String::from_utf8_lossy(run).into_owned());
            false
        });
        found
    };
    assert_eq!(runs("123456782"), ["123456782"]);
    assert_eq!(runs("x12345678y 1234567 1234567890 \"999900006\""), ["12345678", "999900006"]);
    assert_eq!(runs(""), Vec::<String>::new());
    // All texts of fourteen digits and letters: runs of three or four, so that several leaps are made.
    for bits in 0..1_u32 << 14 {
        let text: String = (0..14).map(|at| if bits >> at & 1 == 1 { '7' } else { 'x' }).collect();
        let expected: Vec<&str> = text.split('x').filter(|run| (3..=4).contains(&run.len())).collect();
        let mut found = Vec::new();
        any_digits(text.as_bytes(), (3, 4), &mut |run| {
            found.push(String::from_utf8_lossy(run).into_owned());
            false
        });
        assert_eq!(found, expected, "{text}");
    }
    assert!(has_escaped_digit(br"1234\u0035678") && !has_escaped_digit(br"\u00e9 u003"));
    assert!(!has_escaped_digit(b"\\u00"));
}
