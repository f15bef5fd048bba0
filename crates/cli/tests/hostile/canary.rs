//! Secrets that pass through a whole run are found in nothing it leaves behind.

use std::fs;

use crate::{
    common::{Reference, command, keur},
    support::{Place, ended, files, holds},
};

#[test]
fn no_secret_of_a_run_is_kept() {
    let place = Place { folder: tempfile::tempdir().unwrap() };
    let running = Reference::start(&place.path("product.toml"));
    let mut command =
        command(&["run", "bgz-beschikbaarstellen", "-vv", "--product", &place.text("product.toml")]);
    let output = ended(command.args(["--out", &place.text("out")]).spawn().unwrap());
    drop(running);
    assert!(matches!(output.status.code(), Some(0 | 1 | 3)), "{}", String::from_utf8_lossy(&output.stderr));

    let mut secrets = Vec::new();
    for (path, bytes) in files(&place.path("product-bestanden")) {
        let text = String::from_utf8(bytes).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let private = text.contains("PRIVATE KEY") || name.ends_with(".token");
        let lines = text.lines().filter(|line| private && !line.starts_with("-----") && line.len() >= 16);
        secrets.extend(lines.map(|line| (name.clone(), line.to_owned())));
    }
    assert!(secrets.iter().any(|(name, _)| name == "hook.token"), "{secrets:?}");
    for key in ["party-a.key", "party-a-signing.key"] {
        assert!(secrets.iter().filter(|(name, _)| name == key).count() >= 2, "{key}");
    }

    let mut kept = files(&place.run_folder());
    assert!(kept.len() > 10, "a run leaves journal, blobs and reports");
    for format in keur_reports::FORMATS {
        let report = keur(&["report", &place.run_folder().display().to_string(), "--format", format.name()]);
        assert!(report.status.success() && !report.stdout.is_empty(), "{}", format.name());
        kept.push((place.path(format.file_name()), report.stdout));
    }
    kept.push((place.path("stdout"), output.stdout));
    kept.push((place.path("stderr"), output.stderr));
    let mut tokens = 0;
    for (path, bytes) in &kept {
        for (name, secret) in &secrets {
            assert!(!holds(bytes, secret), "{} holds a line of {name}", path.display());
        }
        tokens += signed_tokens(&String::from_utf8_lossy(bytes), &path.display().to_string());
    }
    assert!(tokens > 0, "tokens are kept without their signature");
    assert!(
        fs::read_to_string(place.run_folder().join("journal.ndjson")).unwrap().contains("$KEUR_SIGNATURE:")
    );
}

/// Counts the tokens in a text; one with a signature is a failure.
fn signed_tokens(text: &str, place: &str) -> usize {
    let mut found = 0;
    for (at, _) in text.match_indices("eyJ") {
        let rest = &text[at..];
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(rest.len());
        let parts: Vec<&str> = rest[..end].split('.').collect();
        if parts.len() >= 3 && parts[1].starts_with("eyJ") {
            assert!(
                parts[2].is_empty() || forged(parts[2]),
                "{place}: a token with its signature: {}",
                &rest[..end]
            );
            found += 1;
        }
    }
    found
}

/// Signatures that are no secret because they are none.
fn forged(signature: &str) -> bool {
    signature.len() < 16
}
