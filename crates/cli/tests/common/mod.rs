//! What the tests of the built binary share: the command, the folder of its run, and the reference product beside it.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

/// The built binary, with its output kept.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keur"));
    command.args(args).env("NO_COLOR", "1");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The same, to its end.
pub fn keur(args: &[&str]) -> Output {
    command(args).output().unwrap()
}

/// What it said, on stdout and stderr.
pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The folder of the only run below `out`; the ledger stands beside it.
pub fn run_folder(out: &Path) -> PathBuf {
    let folders = fs::read_dir(out).unwrap().map(|entry| entry.unwrap().path());
    let mut runs: Vec<PathBuf> = folders.filter(|folder| folder.join("journal.ndjson").is_file()).collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
    runs.remove(0)
}

/// The result of a run, by its folder.
pub fn result(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("result.json")).unwrap()).unwrap()
}

/// A reference product in a process of its own, killed at the end.
pub struct Reference(Child);

impl Reference {
    /// Returns when it listens and its declaration is written.
    pub fn start(product: &Path) -> Self {
        let mut command = command(&["reference", "--write-product", product.to_str().unwrap()]);
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("luistert"), "{line}");
        Self(child)
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
