//! What a build makes, and what it makes again.

use std::{fs, process::Command};

use super::{Yard, fine, history, refused, told};

/// Everybody is named and nothing withheld.
const OPEN: &str = "format = \"keur/observatory-policy\"\nthreshold = 0\nnamed = \"all\"\n";

#[test]
fn a_history_becomes_a_site_and_only_what_is_new_is_verified() {
    let (yard, all) = (Yard::new(), &history().bundles);
    let (new, known) = all.split_at(2);
    let folder = yard.take("in", known);
    let told = yard.built("site", &[&folder], &[]);
    assert!(told.contains(&format!("Gecontroleerd {} nieuw", known.len())), "{told}");
    assert!(told.contains("gegenereerde gegevens"), "{told}");
    let before = yard.site("site");
    for page in [
        "/index.html",
        "/nl/index.html",
        "/en/index.html",
        "/nl/profile/lokalisatie.html",
        "/data/dcat.jsonld",
    ] {
        assert!(before.contains_key(page), "{page}");
    }
    // Nobody is named unless the policy says so.
    assert!(!before.keys().any(|path| path.contains("/product/") || path.starts_with("/badges")));

    yard.take("in", new);
    let told = yard.built("site", &[&folder], &[]);
    assert!(told.contains("Gecontroleerd 2 nieuw"), "{told}");
    let after = yard.site("site");
    assert_ne!(before, after);
    let told = yard.built("site", &[&folder], &["--anew"]);
    assert!(told.contains(&format!("Gecontroleerd {} nieuw", all.len())), "{told}");
    assert!(yard.site("site") == after, "the index changes what is published");

    // Another policy of verification: what was verified by the old one says nothing.
    let strict = yard.file("strict.toml", "format = \"keur/observatory-policy\"\n[verify]\nformat = \"keur/policy\"\nrequire = [\"decision\"]\n");
    let (_, told, warned) = yard.build("site", &[&folder], &["--policy", &strict]);
    assert!(warned.contains("alle bundels worden opnieuw gecontroleerd"), "{warned}");
    assert!(told.contains(&format!("Gecontroleerd {} nieuw", all.len())), "{told}");
    let undecided = yard.reasons("site").get("refused").copied().unwrap_or_default();
    assert!(undecided > 0 && undecided < all.len() as u64, "{told}");
}

#[test]
fn languages_names_badges_and_reports_are_what_was_asked() {
    let (yard, all) = (Yard::new(), &history().bundles);
    let folder = yard.take("in", all);
    let policy = yard.file("open.toml", OPEN);
    yard.built("site", &[&folder], &["--policy", &policy, "--lang", "nl"]);
    let site = yard.site("site");
    assert!(!site.keys().any(|path| path.starts_with("/en/")));
    let text = |path: &str| String::from_utf8(site[path].clone()).unwrap();
    assert!(!text("/nl/index.html").contains("hreflang"), "there is no other language");
    let badge = site.keys().find(|path| path.starts_with("/badges/")).unwrap();
    assert!(text(badge).contains("<svg") && text(badge).contains("Voorbeeldgegevens"), "{}", text(badge));
    assert_eq!(site.keys().filter(|path| path.starts_with("/nl/product/")).count(), 5);
    let picture = yard.json("site/data/picture.json");
    assert_eq!(picture["products_now"], 5);

    let year = &picture["as_of"].as_str().unwrap()[..4];
    let (site, html, csv) = (yard.path("site"), yard.path("jaar.html"), yard.path("jaar.csv"));
    fine(&["observatory", "report", "--year", year, "--site", &site, "--out", &html]);
    fine(&["observatory", "report", "--year", year, "--site", &site, "--out", &csv, "--format", "csv"]);
    let (html, csv) = (fs::read_to_string(html).unwrap(), fs::read_to_string(csv).unwrap());
    let digest = picture["products"][0]["profiles"][0]["runs"][0]["digest"].as_str().unwrap();
    assert!(html.contains(digest), "the report does not lead to the bundles");
    assert!(csv.lines().count() > 10 && csv.contains("lokalisatie"), "{csv}");

    let out = yard.path("x.html");
    refused(&["observatory", "report", "--year", "1999", "--site", &site, "--out", &out], &["1999", year]);
    refused(
        &["observatory", "report", "--year", year, "--site", &yard.path("geen"), "--out", &out],
        &["keur observatory build"],
    );
    yard.file("kapot/data/picture.json", "{");
    refused(
        &["observatory", "report", "--year", year, "--site", &yard.path("kapot"), "--out", &out],
        &["picture.json"],
    );
    assert!(!std::path::Path::new(&out).exists());
}

#[test]
fn the_same_bundles_give_the_same_bytes() {
    let (yard, all) = (Yard::new(), &history().bundles);
    let folder = yard.take("in", all);
    yard.built("een", &[&folder], &[]);
    let backwards: Vec<String> = all.iter().rev().map(|path| path.display().to_string()).collect();
    let backwards: Vec<&str> = backwards.iter().map(String::as_str).collect();
    yard.built("elders/twee", &backwards, &[]);
    assert!(yard.site("een") == yard.site("elders/twee"), "other order and folder, other bytes");
    // On one processor there is one thread.
    let mut alone = Command::new("taskset");
    alone.args([
        "-c",
        "0",
        env!("CARGO_BIN_EXE_keur"),
        "observatory",
        "build",
        &folder,
        "--out",
        &yard.path("drie"),
    ]);
    if Command::new("taskset").arg("--version").output().is_ok() {
        let (code, out, err) = told(alone.args(&history().trust));
        assert_eq!(code, 0, "{out}{err}");
        assert!(yard.site("een") == yard.site("drie"), "other threads, other bytes");
    }
}

#[test]
fn what_is_asked_wrongly_is_refused_before_anything_is_written() {
    let yard = Yard::new();
    let out = yard.path("site");
    let bundle = history().bundles[0].display().to_string();
    let build = |more: &[&str], words: &[&str]| {
        refused(&[&["observatory", "build", "--out", &out][..], more].concat(), words);
        assert!(!std::path::Path::new(&out).exists() && !yard.0.path().join("site.versies").exists());
    };
    build(&[], &["BUNDLES"]);
    build(&[&yard.path("geen")], &["geen", "bundels"]);
    build(&[&bundle, "--lang", "fr"], &["fr", "nl, en"]);
    build(&[&bundle, "--trust", &bundle], &["00001"]);
    build(&[&bundle, "--as-of", "gisteren"], &["--as-of"]);
    for (text, words) in [
        ("format = \"keur/observatory-policy\"\nthresold = 5", &["beleid.toml:2", "thresold"]),
        ("format = \"keur/observatory-policy\"\nthreshold = 2", &["beleid.toml:1", "threshold"]),
        ("format = \"keur/policy\"", &["beleid.toml:1", "keur/observatory-policy"]),
    ] {
        let policy = yard.file("beleid.toml", text);
        build(&[&bundle, "--policy", &policy], words);
    }
}

#[test]
fn without_trust_nothing_counts_and_the_remedy_is_told() {
    let yard = Yard::new();
    let bundle = history().bundles[0].display().to_string();
    let (code, told, warned) = super::keur(&["observatory", "build", &bundle, "--out", &yard.path("site")]);
    assert!(code == 0 && warned.contains("--trust") && told.contains("1 afgewezen"), "{told}{warned}");
    let picture = yard.json("site/data/picture.json");
    assert_eq!(picture["set_aside"][0]["step"], "V4");
    assert_ne!(picture["as_of"].as_str().unwrap()[..4].parse::<u32>().unwrap(), 1970);
}
