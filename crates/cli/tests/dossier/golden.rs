//! A bundle of an earlier keur, committed: it must verify and rejudge forever.

use std::path::Path;

use serde_json::Value;

use super::{code, verification};
use crate::common::{keur, text};

#[test]
fn the_committed_bundles_verify_and_rejudge() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "keur") {
            continue;
        }
        count += 1;
        let policy = folder.join("policy.toml");
        let trust = folder.join("operator.pub");
        let (exit, verified) =
            verification(&path, &["--trust", trust.to_str().unwrap(), "--policy", policy.to_str().unwrap()]);
        assert_eq!(exit, 0, "{}: {verified:#}", path.display());
        let again = keur(&["rejudge", path.to_str().unwrap(), "--format", "json"]);
        let again: Value = serde_json::from_slice(&again.stdout)
            .unwrap_or_else(|_| panic!("{} {}", code(&again), text(&again)));
        // By later norms it may come out differently; the tool itself may not change its mind about old evidence.
        for change in again["changes"].as_array().unwrap() {
            assert_ne!(change["because"], "tool", "{}: {change:#}", path.display());
        }
    }
    assert!(count > 0, "no golden bundle");
}
