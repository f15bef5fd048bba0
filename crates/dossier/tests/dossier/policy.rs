//! A policy is read strictly and refuses what it should.

use keur_dossier::{Policy, policy::PolicyError};

use crate::support::{Setup, assert_valid, broken, run, verify_with};

fn parse(text: &str) -> Result<Policy, PolicyError> {
    Policy::parse("beleid.toml", &format!("format = \"keur/policy\"\n{text}"))
}

#[test]
fn a_policy_is_read_to_the_letter() {
    let all = "norms = []\nharness = []\nmode = \"any\"\nattestations = \"any\"\nmax_attempts = 3\nflaky = \"report\"\nrequire = []";
    assert_eq!(parse(all).unwrap().max_attempts, Some(3));
    assert_eq!(parse("").unwrap().mode, Policy::default().mode);
    for text in [
        "mod = \"exam\"",
        "mode = \"examen\"",
        "flaky = true",
        "require = [\"run\"]",
        "norms = [\"sha256:kort\"]",
        "harness = [\"aa\"]",
        "max_attempts = -1",
        "format = \"x\"",
    ] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.starts_with("beleid.toml:") && error.contains("help: "), "{text}: {error}");
    }
    assert!(Policy::parse("b", "format = \"keur/polis\"").is_err());
    assert!(Policy::parse("b", "").is_err());
}

#[test]
fn each_demand_can_refuse() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("een");
    run(&place, &Setup { holds: false, ..Setup::default() });
    let second = folder.path().join("twee");
    run(&second, &Setup { run: "20261122T110000000-bbbbbb", ..Setup::default() });
    let out = folder.path().join("uit.keur");
    keur_dossier::pack(&second, None, &out).unwrap();
    let bytes = std::fs::read(&out).unwrap();
    let harness = format!("harness = [\"sha256:{}\"]", "a".repeat(64));
    for accepted in ["", "max_attempts = 2", harness.as_str()] {
        assert_valid(&verify_with(bytes.clone(), &[], Some(&parse(accepted).unwrap())));
    }
    let other = format!("harness = [\"sha256:{}\"]", "b".repeat(64));
    for (text, step) in [
        ("mode = \"exam\"", "V13"),
        ("max_attempts = 1", "V13"),
        ("flaky = \"refuse\"", "V13"),
        ("require = [\"declaration\"]", "V13"),
        (other.as_str(), "V6"),
    ] {
        let verification = verify_with(bytes.clone(), &[], Some(&parse(text).unwrap()));
        assert_eq!(broken(&verification).0, step, "{text}");
    }
}
