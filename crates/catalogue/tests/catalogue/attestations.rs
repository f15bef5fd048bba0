//! Attestation files.

use keur_catalogue::{Attestations, attestation::AttestedOutcome};

use crate::support::*;

const GOOD: &str = r#"format = "keur/attestations"
version = "1.0"

[[attestation]]
requirement = "WGZ-ATT-001"
outcome = "satisfied"
statement = "Het certificaat is geldig."
basis = "certificate"
by = { name = "Voorbeeld", organisation = "Instelling", role = "beoordelaar" }
date = "2026-11-01"
expires = "2027-11-01"
artefact = { title = "Certificaat", sha256 = "BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" }
"#;

#[test]
fn a_good_file_is_read() {
    let read = Attestations::parse("attestaties.toml", GOOD).unwrap_or_else(|problems| panic!("{problems}"));
    let [one] = read.attestations.as_slice() else { panic!("{read:?}") };
    assert_eq!((one.outcome, one.outcome.as_str()), (AttestedOutcome::Satisfied, "satisfied"));
    assert_eq!(one.basis.as_str(), "certificate");
    assert_eq!(one.by.to_string(), "Voorbeeld, Instelling, beoordelaar");
    assert!(one.artefact.to_string().starts_with("Certificaat (sha256:ba7816bf"));
}

#[test]
fn each_fault_is_told_in_dutch_with_its_place() {
    let rows: &[(&str, &str, &[&str])] = &[
        ("WGZ-ATT-001", "ATT-1", &["attestaties.toml:5:15", "geen eis"]),
        ("\"satisfied\"", "\"fine\"", &["attestaties.toml:6:11", "kies uit: satisfied"]),
        ("\"certificate\"", "\"gossip\"", &["attestaties.toml:8:9", "kies uit"]),
        ("statement = \"Het certificaat is geldig.\"\n", "", &["`statement` in [attestation] ontbreekt"]),
        (", role = \"beoordelaar\"", "", &["attestaties.toml:9:6", "`role` in [attestation.by] ontbreekt"]),
        ("2026-11-01", "1-11-2026", &["attestaties.toml:10:8", "geen datum"]),
        ("2027-11-01", "2026-10-31", &["attestaties.toml:11:11", "ligt voor"]),
        ("f20015ad", "f20015", &["attestaties.toml:12", "sha256sum"]),
        ("expires =", "expire =", &["bedoelde u `expires`?"]),
    ];
    for (from, to, words) in rows {
        let mut result = Attestations::parse("attestaties.toml", &GOOD.replace(from, to));
        if let (Err(problems), "expires =") = (&mut result, *from) {
            problems.0.retain(|problem| problem.help.is_some());
        }
        one(result, words);
    }
}

#[test]
fn an_empty_list_is_fine_but_another_format_is_not() {
    let head = "format = \"keur/attestations\"\nversion = \"1.0\"\n";
    assert!(Attestations::parse("a.toml", head).is_ok());
    one(Attestations::parse("a.toml", &head.replace("1.0", "2.0")), &["a.toml:2:11", "\"1.0\""]);
}
