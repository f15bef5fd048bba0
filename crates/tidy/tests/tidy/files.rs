//! What every file must be like.

use std::fs;

use super::{files, root};

/// No file grows past this; a homogeneous table may come near.
const LONGEST: usize = 700;

#[test]
fn no_file_is_too_long() {
    for path in files(&[".rs", ".feature", ".css", ".mjs"]) {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LONGEST, "{} has {lines} lines: split it by concept", path.display());
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for path in files(&[".rs"]) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{} does not begin with a module doc", path.display());
    }
}

#[test]
fn nothing_is_suppressed_without_a_reason() {
    for path in files(&[".rs"]) {
        let own = path.ends_with("tests/tidy/files.rs");
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let place = format!("{}:{}", path.display(), index + 1);
            assert!(own || !line.contains("#[allow("), "{place}: write #[expect(…, reason = \"…\")]");
            assert!(own || !line.contains("#[ignore"), "{place}: an ignored test proves nothing");
        }
    }
}

#[test]
fn every_dependency_is_explained() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let explained = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let table = explained.split("## Dependencies").nth(1).unwrap();
    for name in manifest["workspace"]["dependencies"].as_table().unwrap().keys() {
        let name = if name == "webpki" { "rustls-webpki" } else { name };
        let stands =
            table.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).any(|word| word == name);
        assert!(name.starts_with("keur-") || stands, "{name} has no line in ARCHITECTURE.md");
    }
}

#[test]
fn the_coverage_table_and_schema_are_there() {
    for path in ["features/dekking.csv", "profiles/schema/result.schema.json", "LICENSE", "BEGRIPPEN.md"] {
        assert!(root().join(path).exists(), "{path} is missing");
    }
}
