//! Profile files.

use crate::support::*;

fn changed(from: &str, to: &str) -> Result<keur_catalogue::Profile, keur_catalogue::Problems> {
    assert!(PROFILE.contains(from), "nothing to change: {from}");
    parse(&PROFILE.replace(from, to))
}

#[test]
fn ranges_are_written_out_without_what_was_withdrawn() {
    let profile = parse(PROFILE).unwrap_or_else(|problems| panic!("{problems}"));
    let expected = ["WGZ-TST-001", "WGZ-TST-002", "WGZ-TST-003", "WGZ-TST-004", "WGZ-TST-006", "WGZ-ABC-001"];
    assert_eq!(profile.requirements, expected);
    assert!(profile.digest.starts_with("sha256:"));
}

#[test]
fn each_fault_is_told_with_its_place() {
    let rows: &[(&str, &str, &[&str])] = &[
        ("id = \"proef\"", "id = \"toets\"", &["proef.toml:3:6", "file's name"]),
        ("keur/profile", "keur/profiel", &["proef.toml:1:10"]),
        ("default_variant = \"a\"", "default_variant = \"c\"", &["proef.toml:10:19", "`c`"]),
        ("id = \"b\"\ntitle = { nl = \"B\"", "id = \"a\"\ntitle = { nl = \"B\"", &["stands twice"]),
        ("2026-11-22", "22-11-2026", &["proef.toml:11", "2026-11-22"]),
        ("\"WGZ-ABC-001\"", "\"WGZ-ABC-01\"", &["proef.toml:12:31", "did you mean `WGZ-ABC-001`?"]),
        ("\"WGZ-ABC-001\"", "\"WGZ-ABC-002\"", &["role bron"]),
        ("\"WGZ-ABC-001\"", "\"WGZ-TST-002\"", &["selected twice"]),
        ("\"WGZ-ABC-001\"", "\"WGZ-TST-005\"", &["withdrawn in 2026.2"]),
        ("001..006", "001..009", &["unknown requirement `WGZ-TST-009`"]),
        ("001..006", "006..001", &["is empty"]),
        ("001..006", "001..6", &["not a range"]),
        ("summary = { nl = \"s\"", "summary = { nl = \"\"", &["`summary`"]),
        ("fhir = \"stu3\"", "fhir = \"r5\"", &["proef.toml:9:8", "r5"]),
        ("release =", "relaese =", &["proef.toml:4:1", "did you mean `release`?"]),
    ];
    for (from, to, words) in rows {
        match changed(from, to) {
            // A variant that is gone takes the requirements of that variant with it.
            Err(mut problems) if words == &["stands twice"] => {
                problems.0.retain(|problem| problem.message.contains("stands twice"));
                one::<()>(Err(problems), words);
            }
            result => one(result, words),
        }
    }
}

#[test]
fn a_requirement_of_no_variant_is_told() {
    one(changed("id = \"b\"", "id = \"c\""), &["proef.toml:12:11", "WGZ-TST-004 holds in no variant"]);
}

fn with(block: &str) -> Result<keur_catalogue::Profile, keur_catalogue::Problems> {
    parse(&format!("{PROFILE}\n{block}\nreason = {{ nl = \"r\", en = \"r\" }}\n"))
}

#[test]
fn overrides_and_gates_are_held_against_the_catalogue() {
    let rows: &[(&str, &[&str])] = &[
        ("[[override]]\nrequirement = \"WGZ-TST-001\"\nlevel = \"must\"", &["proef.toml:25:15", "already"]),
        ("[[override]]\nrequirement = \"WGZ-TST-01\"\nlevel = \"must\"", &["did you mean"]),
        ("[[override]]\nrequirement = \"WGZ-ABC-002\"\nlevel = \"should\"", &["not selected"]),
        ("[[gate]]\nrequirement = \"WGZ-TST-001\"", &["gates already"]),
        ("[[gate]]\nrequirement = \"WGZ-ZZZ-001\"", &["unknown requirement"]),
    ];
    for (block, words) in rows {
        one(with(block), words);
    }
    assert!(with("[[override]]\nrequirement = \"WGZ-TST-001\"\nlevel = \"should\"").is_ok());
    assert!(with("[[gate]]\nrequirement = \"WGZ-TST-003\"").is_ok());
}

#[test]
fn all_problems_come_at_once() {
    let text = PROFILE
        .replace("id = \"proef\"", "id = \"x\"")
        .replace("default_variant = \"a\"", "default_variant = \"z\"");
    assert_eq!(told(parse(&text.replace("WGZ-ABC-001", "WGZ-ABC-009"))).len(), 3);
}
