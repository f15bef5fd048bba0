//! kill -9 at any moment: what was written verifies as an aborted attempt, and the run can be gone on with.

use std::{
    fs,
    io::Write,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use super::{broken, bundle, code, verification};
use crate::common::{Reference, command, keur, run_folder, text};

fn lines(journal: &Path) -> usize {
    fs::read(journal).map_or(0, |bytes| bytes.iter().filter(|byte| **byte == b'\n').count())
}

/// Starts a run and kills it once its journal has this many lines; false when it was over before.
fn killed_at(declaration: &Path, out: &Path, count: usize) -> bool {
    let mut child = command(&["run", "bgz-beschikbaarstellen", "--quiet"])
        .args(["--product", declaration.to_str().unwrap(), "--out", out.to_str().unwrap()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        assert!(Instant::now() < deadline, "the run does not get on");
        let journal = fs::read_dir(out)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path().join("journal.ndjson"))
            .find(|journal| journal.is_file());
        if journal.is_some_and(|journal| lines(&journal) >= count) {
            child.kill().unwrap();
            child.wait().unwrap();
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::yield_now();
    }
}

#[test]
fn what_a_killed_run_wrote_verifies_and_the_run_goes_on() {
    let place = tempfile::tempdir().unwrap();
    let declaration = place.path().join("product.toml");
    let _product = Reference::start(&declaration);
    let mut killed = 0;
    // While it announces its plan, early and late in the cases.
    for (index, count) in [2, 150, 420, 700, 1100].into_iter().enumerate() {
        let out = place.path().join(format!("out-{index}"));
        if !killed_at(&declaration, &out, count) {
            continue;
        }
        killed += 1;
        let folder = run_folder(&out);
        // As if it had been killed in the middle of a line.
        let journal = folder.join("journal.ndjson");
        let mut file = fs::OpenOptions::new().append(true).open(&journal).unwrap();
        file.write_all(br#"{"seq":99999,"at":"20"#).unwrap();

        if count > 100 {
            let file = place.path().join(format!("aborted-{index}.keur"));
            bundle(&folder, &file, &[]);
            let (exit, verified) = verification(&file, &[]);
            assert_eq!((exit, broken(&verified).as_str()), (0, ""), "at line {count}: {verified:#}");
            assert_ne!(verified["verdict"], "conform", "an aborted run is no proof");
        }
        let product = declaration.to_str().unwrap();
        let resumed = keur(&[
            "run",
            "bgz-beschikbaarstellen",
            "--quiet",
            "--product",
            product,
            "--out",
            out.to_str().unwrap(),
            "--resume",
        ]);
        assert_eq!(code(&resumed), 0, "at line {count}: {}", text(&resumed));
        let file = place.path().join(format!("resumed-{index}.keur"));
        bundle(&folder, &file, &[]);
        let (exit, verified) = verification(&file, &[]);
        assert_eq!(exit, 0, "at line {count}: {verified:#}");
        assert_eq!(verified["verdict"], "conform");
        let again = keur(&["rejudge", file.to_str().unwrap()]);
        assert_eq!(code(&again), 0, "{}", text(&again));

        // It is over now.
        let twice = keur(&[
            "run",
            "bgz-beschikbaarstellen",
            "--product",
            product,
            "--resume",
            folder.to_str().unwrap(),
        ]);
        assert_eq!(code(&twice), 2, "{}", text(&twice));
    }
    assert!(killed >= 4, "only {killed} runs were caught in time: nothing is proven");
}
