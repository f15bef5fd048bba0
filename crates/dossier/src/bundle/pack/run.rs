//! The run a folder holds, and what its operator states about it.

use std::path::Path;

use keur_evidence::{
    event::{Entry, Event, RunStarted},
    journal,
};
use keur_verdict::RunResult;

use super::{
    super::{BundleError, JOURNAL, RESULT, folder::read},
    digest,
};
use crate::{
    archive::Limits,
    dates::parse_instant,
    keys::Role,
    manifest,
    statement::{Predicate, Statement, Subject, predicate::Run},
};

/// A run as its folder holds it.
pub(super) struct Finished {
    /// The journal up to its last whole line.
    pub(super) journal: Vec<u8>,
    pub(super) entries: Vec<Entry>,
    pub(super) head: String,
    pub(super) result_bytes: Vec<u8>,
    started: RunStarted,
    result: RunResult,
}

impl Finished {
    pub(super) fn read(folder: &Path) -> Result<Self, BundleError> {
        let path = folder.join(JOURNAL);
        let mut journal = read(&path, Limits::default().journal + 1)?;
        // What was being written when the machine stopped is no evidence.
        let whole = journal.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        journal.truncate(whole);
        let entries = journal::parse(journal.as_slice(), &path)?;
        let Some(Event::RunStarted(started)) = entries.first().map(|entry| &entry.event) else {
            return Err(BundleError::NoRun { path });
        };
        let started = started.as_ref().clone();
        let last = journal.split(|byte| *byte == b'\n').rev().nth(1).unwrap_or_default();
        let head = digest::hex(last);
        let result_bytes = read(&folder.join(RESULT), Limits::default().entry + 1)?;
        let result: RunResult =
            serde_json::from_slice(&result_bytes).map_err(|error| BundleError::Result(error.to_string()))?;
        if result.run.id != started.run {
            return Err(BundleError::Mismatch("een andere run"));
        }
        if result.run.journal_head != head {
            return Err(BundleError::Mismatch("het oordeel is over een ander of korter journaal"));
        }
        Ok(Self { journal, entries, head, result_bytes, started, result })
    }

    pub(super) fn started(&self) -> &RunStarted {
        &self.started
    }

    /// What the operator signs; at the journal's last instant, so that signing twice gives the same bytes.
    pub(super) fn statement(&self, manifest: &[u8], role: Role) -> Result<Statement, BundleError> {
        let at = |entry: Option<&Entry>| {
            entry
                .and_then(|entry| parse_instant(&entry.at))
                .ok_or(BundleError::Mismatch("een tijd is geen tijd"))
        };
        let (first, last) = (at(self.entries.first())?, at(self.entries.last())?);
        let run = Run::of(&self.started, &self.head, self.result.verdict, (first, last), last);
        let practice = role == Role::Practice;
        let predicate = if practice { Predicate::PracticeRun(run) } else { Predicate::Run(run) };
        Ok(Statement::new(vec![Subject::of(manifest::PATH, manifest)], predicate))
    }
}
