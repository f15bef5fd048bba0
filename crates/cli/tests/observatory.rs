//! The observatory by the built binary: from signed bundles to a site, what is new and what is known, and everything that
//! can lie in a folder.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

mod common;
#[path = "observatory/folder.rs"]
mod folder;
#[path = "observatory/place.rs"]
mod place;
#[path = "observatory/site.rs"]
mod site;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::common::command;

/// Exit code, stdout and stderr.
fn keur(args: &[&str]) -> (i32, String, String) {
    told(&mut command(args))
}

fn told(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn fine(args: &[&str]) -> String {
    let (code, out, err) = keur(args);
    assert_eq!(code, 0, "{args:?}\n{out}{err}");
    out
}

fn refused(args: &[&str], words: &[&str]) {
    let (code, out, err) = keur(args);
    assert!(code == 2 && out.is_empty() && err.contains("help:"), "{args:?} gives {code}\n{out}{err}");
    for word in words {
        assert!(err.contains(word), "{args:?} does not say {word}\n{err}");
    }
}

/// A made-up history that all tests read and none changes: its bundles, and the keys that are trusted.
struct History {
    bundles: Vec<PathBuf>,
    trust: Vec<String>,
}

fn history() -> &'static History {
    static HISTORY: OnceLock<History> = OnceLock::new();
    HISTORY.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("observatory");
        let _ = fs::remove_dir_all(&folder);
        let out = folder.to_str().unwrap();
        fine(&[
            "observatory",
            "generate",
            "--out",
            out,
            "--products",
            "5",
            "--profile",
            "lokalisatie",
            "--sound",
            "--quiet",
        ]);
        let list = |name: &str, end: &str| -> Vec<PathBuf> {
            let entries = fs::read_dir(folder.join(name)).unwrap().map(|entry| entry.unwrap().path());
            let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().unwrap() == end).collect();
            paths.sort();
            paths
        };
        let trust = list("keys", "pub").into_iter();
        let trust = trust.flat_map(|key| ["--trust".to_owned(), key.display().to_string()]).collect();
        History { bundles: list("bundels", "keur"), trust }
    })
}

/// A folder to build in.
struct Yard(TempDir);

impl Yard {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Writes a file, and returns its path.
    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Copies bundles of the history into a folder.
    fn take(&self, folder: &str, bundles: &[PathBuf]) -> String {
        for bundle in bundles {
            let name = bundle.file_name().unwrap().to_str().unwrap();
            self.file(&format!("{folder}/{name}"), fs::read(bundle).unwrap());
        }
        self.path(folder)
    }

    /// `keur observatory build` of these paths, trusting the keys of the history.
    fn build(&self, out: &str, paths: &[&str], more: &[&str]) -> (i32, String, String) {
        let trust = history().trust.iter().map(String::as_str);
        let out = self.path(out);
        let args: Vec<&str> = ["observatory", "build", "--out", &out]
            .into_iter()
            .chain(trust)
            .chain(paths.iter().copied())
            .collect();
        keur(&[&args[..], more].concat())
    }

    fn built(&self, out: &str, paths: &[&str], more: &[&str]) -> String {
        let (code, told, err) = self.build(out, paths, more);
        assert_eq!(code, 0, "{told}{err}");
        told
    }

    /// Every file of a site.
    fn site(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        gather(self.0.path().join(out).as_path(), "", &mut files);
        files
    }

    fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(path)).unwrap()).unwrap()
    }

    /// How many files were set aside for each reason.
    fn reasons(&self, out: &str) -> BTreeMap<String, u64> {
        let mut reasons = BTreeMap::new();
        for one in self.json(&format!("{out}/data/picture.json"))["set_aside"].as_array().unwrap() {
            *reasons.entry(one["reason"].as_str().unwrap().to_owned()).or_default() +=
                one["files"].as_u64().unwrap();
        }
        reasons
    }
}

fn gather(folder: &Path, name: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        let name = format!("{name}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            gather(&entry.path(), &name, files);
        } else {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}
