//! The generator of histories by the built binary: what it makes verifies, what it spoils is found, and a history is the
//! same whatever was recorded before.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::common::command;

fn keur(place: &Path, args: &[&str]) -> (i32, String, String) {
    let output = command(args).current_dir(place).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn fine(place: &Path, args: &[&str]) -> String {
    let (code, told, err) = keur(place, args);
    assert_eq!(code, 0, "{args:?}\n{told}{err}");
    told
}

/// A history of made-up products under one small profile.
fn generate(place: &Path, out: &str, products: &str) {
    let head = ["observatory", "generate", "--out", out, "--products", products, "--years", "2"];
    let more = ["--profile", "tls", "--defects", "1", "--recordings", "opnamen", "--quiet"];
    let (code, told, err) = keur(place, &[&head[..], &more].concat());
    assert_eq!(code, 0, "{told}{err}");
    // What was stopped midway verifies as well as what came to its end.
    assert!(!err.contains("doet niet mee"), "{err}");
}

fn bundles(place: &Path, out: &str) -> BTreeMap<String, PathBuf> {
    let all = fs::read_dir(place.join(out).join("bundels")).unwrap().map(|entry| entry.unwrap().path());
    all.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path)).collect()
}

fn trust(place: &Path, out: &str) -> Vec<String> {
    let keys = fs::read_dir(place.join(out).join("keys")).unwrap().map(|entry| entry.unwrap().path());
    let public = keys.filter(|path| path.extension().unwrap() == "pub");
    public.flat_map(|path| ["--trust".to_owned(), path.display().to_string()]).collect()
}

#[test]
fn a_history_verifies_but_for_what_was_spoilt() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    generate(place, "klein", "3");
    generate(place, "groot", "40");
    let (small, all) = (bundles(place, "klein"), bundles(place, "groot"));
    let names = |of: &BTreeMap<String, PathBuf>| of.keys().cloned().collect::<BTreeSet<_>>();
    assert!(names(&small).is_subset(&names(&all)), "the first products are the same");
    assert!(all.len() > 50, "{}", all.len());

    let (trust, policy) = (trust(place, "groot"), "groot/beleid.toml");
    let trust: Vec<&str> = trust.iter().map(String::as_str).collect();
    let build =
        ["observatory", "build", "groot/bundels", "--policy", policy, "--out", "site", "--details", "d"];
    fine(place, &[&build[..], &trust].concat());
    let picture: Value =
        serde_json::from_slice(&fs::read(place.join("site/data/picture.json")).unwrap()).unwrap();
    assert_eq!(picture["generated"], true);
    let mut reasons: BTreeMap<(String, String), u64> = BTreeMap::new();
    for one in picture["set_aside"].as_array().unwrap() {
        let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        *reasons.entry((text("reason"), text("step"))).or_default() += one["files"].as_u64().unwrap();
    }
    // What the thirteen steps refuse is damaged, or signed with a key that had ended.
    let known = ["no_bundle", "partial", "practice", "refused", "revoked_key", "same_bundle", "same_run"];
    for (reason, step) in reasons.keys() {
        assert!(known.contains(&reason.as_str()), "{reasons:?}");
        assert!(matches!(step.as_str(), "" | "V1" | "V2" | "V5"), "{reasons:?}");
    }
    assert!(reasons.contains_key(&("practice".to_owned(), String::new())), "{reasons:?}");
    let aside: u64 = reasons.values().sum();
    assert!(aside * 2 < all.len() as u64, "{aside} of {}", all.len());

    // A few at random, by themselves: all thirteen steps.
    let broken = fs::read_to_string(place.join("d")).unwrap();
    let sound = all.iter().filter(|(name, _)| !broken.contains(name.as_str())).step_by(all.len() / 6);
    for (name, path) in sound {
        let verify = ["verify", path.to_str().unwrap(), "--format", "json"];
        let told: Value = serde_json::from_str(&fine(place, &[&verify[..], &trust].concat())).unwrap();
        let steps = told["steps"].as_array().unwrap();
        assert!(steps.len() == 13 && told["valid"] == true, "{name}: {told}");
    }

    let report =
        ["observatory", "report", "--site", "site", "--format", "csv", "--out", "jaar.csv", "--year"];
    let year = picture["as_of"].as_str().unwrap().get(..4).unwrap().to_owned();
    fine(place, &[&report[..], &[&year]].concat());
    let report = fs::read_to_string(place.join("jaar.csv")).unwrap();
    let width = report.lines().next().unwrap().split(',').count();
    assert!(width > 3 && report.lines().count() > 10, "{report}");
}
