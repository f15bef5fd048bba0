//! Which crate may know which.

use std::{collections::BTreeMap, fs};

use super::{files, root};

/// Crate → the crates of ours it may depend on.
const ALLOWED: [(&str, &[&str]); 15] = [
    ("keur-catalogue", &[]),
    ("keur-counterparty", &[]),
    ("keur-reference", &[]),
    ("keur-openapi", &[]),
    ("keur-evidence", &["keur-catalogue"]),
    ("keur-probes", &["keur-catalogue", "keur-evidence"]),
    ("keur-verdict", &["keur-catalogue", "keur-evidence"]),
    ("keur-dossier", &["keur-catalogue", "keur-evidence", "keur-verdict"]),
    ("keur-reports", &["keur-catalogue", "keur-evidence", "keur-verdict"]),
    (
        "keur-observatory",
        &["keur-catalogue", "keur-dossier", "keur-evidence", "keur-reports", "keur-verdict"],
    ),
    ("keur-pdf", &["keur-catalogue", "keur-evidence", "keur-reports", "keur-verdict"]),
    ("keur-steps", &["keur-catalogue", "keur-counterparty", "keur-evidence", "keur-openapi", "keur-probes"]),
    (
        "keur",
        &[
            "keur-catalogue",
            "keur-dossier",
            "keur-evidence",
            "keur-observatory",
            "keur-pdf",
            "keur-probes",
            "keur-reference",
            "keur-reports",
            "keur-steps",
            "keur-verdict",
        ],
    ),
    ("keur-fuzz", &["keur-dossier", "keur-evidence", "keur-probes"]),
    ("keur-tidy", &[]),
];

fn manifests() -> BTreeMap<String, toml::Table> {
    let read = |path: &std::path::PathBuf| fs::read_to_string(path).unwrap().parse::<toml::Table>().unwrap();
    files(&["Cargo.toml"])
        .iter()
        .map(read)
        .filter(|manifest| manifest.contains_key("package"))
        .map(|manifest| (manifest["package"]["name"].as_str().unwrap().to_owned(), manifest))
        .collect()
}

#[test]
fn crates_know_only_the_layers_below() {
    let manifests = manifests();
    assert_eq!(manifests.len(), ALLOWED.len(), "a crate has no row in ALLOWED");
    for (name, allowed) in ALLOWED {
        let dependencies = manifests[name].get("dependencies").and_then(toml::Value::as_table);
        for dependency in dependencies.into_iter().flat_map(toml::Table::keys) {
            let ours = dependency == "keur" || dependency.starts_with("keur-");
            assert!(!ours || allowed.contains(&dependency.as_str()), "{name} may not depend on {dependency}");
        }
    }
}

#[test]
fn only_steps_knows_cucumber() {
    for (name, manifest) in manifests() {
        let knows = ["dependencies", "dev-dependencies"]
            .iter()
            .any(|kind| manifest.get(*kind).and_then(|table| table.get("cucumber")).is_some());
        assert!(!knows || name == "keur-steps", "{name} knows cucumber");
    }
}

#[test]
fn only_pdf_knows_the_typesetter_and_nobody_by_default() {
    let manifests = manifests();
    for (name, manifest) in &manifests {
        let knows = |dependency: &String| dependency.starts_with("typst");
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        let any = dependencies.is_some_and(|all| all.keys().any(knows));
        assert!(!any || name == "keur-pdf", "{name} knows the typesetter");
    }
    for (name, heavy) in [("keur", "keur-pdf"), ("keur-pdf", "typst")] {
        let manifest = &manifests[name];
        assert_eq!(manifest["dependencies"][heavy]["optional"].as_bool(), Some(true), "{name}");
        assert!(manifest["features"].get("default").is_none(), "{name}");
    }
}

#[test]
fn only_the_seam_opens_connections() {
    for folder in ["crates/probes", "crates/verdict", "reports", "crates/catalogue", "steps"] {
        for path in files(&[".rs"]) {
            let inside =
                path.strip_prefix(root()).is_ok_and(|path| path.starts_with(format!("{folder}/src")));
            if !inside {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for door in ["TcpStream::connect", "reqwest::", "SystemTime::now"] {
                assert!(!text.contains(door), "{} goes around the seam: {door}", path.display());
            }
        }
    }
}
