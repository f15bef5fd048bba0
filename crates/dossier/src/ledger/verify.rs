//! Reads a ledger and holds it to its rules: chained, numbered, every attempt closed before the next.

use std::collections::{BTreeMap, BTreeSet};

use keur_evidence::journal::GENESIS;

use super::{Event, Finished, How, LedgerError, Line, Started, entry::FORMAT};
use crate::{dates::parse_instant, digest};

/// Most bytes of a ledger.
pub(super) const LONGEST: usize = 64 << 20;
/// Most bytes of a line.
const LONGEST_LINE: usize = 256 << 10;

/// What a ledger tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Attempts.
    pub attempts: u64,
    /// Of these: completed.
    pub completed: u64,
    /// Of these: never told how they ended.
    pub aborted: u64,
    /// Attempts after the first at the same product version and profile.
    pub retries: u64,
    /// Requirements whose outcome differs between completed attempts at the same product version, declaration and
    /// profile.
    pub flaky: Vec<String>,
    /// Every attempt with its latest end, in order; the last can be open.
    pub runs: Vec<(Started, Option<Finished>)>,
}

/// Checks a whole ledger.
///
/// # Errors
/// The first line that is not what it should be.
pub fn verify(bytes: &[u8]) -> Result<Summary, LedgerError> {
    if bytes.len() > LONGEST {
        return Err(LedgerError::TooLong);
    }
    if bytes.last().is_some_and(|last| *last != b'\n') {
        return Err(LedgerError::Torn);
    }
    Ok(summary(Chain::read(bytes)?.runs))
}

/// Whether the old ledger is the beginning of the new one: nothing was taken away or changed.
#[must_use]
pub fn extends(old: &[u8], new: &[u8]) -> bool {
    new.starts_with(old)
}

/// A ledger as far as it was read.
pub(super) struct Chain {
    lines: u64,
    head: String,
    runs: Vec<(Started, Option<Finished>)>,
    /// The last attempt has begun or gone on and not ended.
    open: bool,
}

impl Chain {
    /// Reads whole lines.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, LedgerError> {
        let mut chain = Self { lines: 0, head: GENESIS.to_owned(), runs: Vec::new(), open: false };
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            chain.take(line.strip_suffix(b"\n").unwrap_or(line))?;
        }
        Ok(chain)
    }

    pub(super) fn attempts(&self) -> u64 {
        self.runs.len() as u64
    }

    pub(super) fn next_seq(&self) -> u64 {
        self.lines
    }

    pub(super) fn head(&self) -> &str {
        &self.head
    }

    pub(super) fn open_run(&self) -> Option<&str> {
        self.runs.last().filter(|_| self.open).map(|(started, _)| started.run.as_str())
    }

    /// Takes the next line in.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), LedgerError> {
        let number = usize::try_from(self.lines).unwrap_or(usize::MAX).saturating_add(1);
        let wrong = |what: &str| LedgerError::Line { line: number, what: what.to_owned() };
        if bytes.len() > LONGEST_LINE {
            return Err(wrong("de regel is te lang"));
        }
        let line: Line = serde_json::from_slice(bytes).map_err(|error| wrong(&error.to_string()))?;
        if line.to_bytes() != bytes {
            return Err(wrong("de regel staat niet in de vorm waarin keur hem schrijft"));
        }
        if line.seq != self.lines || line.prev != self.head {
            return Err(wrong(
                "de keten is gebroken: deze regel of die ervoor is veranderd, toegevoegd of weggehaald",
            ));
        }
        if parse_instant(&line.at).is_none() {
            return Err(wrong("`at` is geen tijdstip"));
        }
        self.event(line.event, &wrong)?;
        self.lines += 1;
        self.head = digest::hex(bytes);
        Ok(())
    }

    fn event(&mut self, event: Event, wrong: &impl Fn(&str) -> LedgerError) -> Result<(), LedgerError> {
        match event {
            Event::Started(started) => {
                if started.format != FORMAT {
                    return Err(wrong(&format!("formaat `{}` is niet {FORMAT}", started.format)));
                }
                if self.open {
                    return Err(wrong("een poging begint terwijl de vorige niet is afgesloten"));
                }
                if started.attempt != self.attempts() + 1 {
                    return Err(wrong("de pogingen zijn niet zonder gaten genummerd"));
                }
                if self.runs.iter().any(|(earlier, _)| earlier.run == started.run) {
                    return Err(wrong("dezelfde run begint twee keer"));
                }
                self.runs.push((started, None));
                self.open = true;
            }
            Event::Resumed { run } => {
                let last = self.runs.last_mut().filter(|(started, _)| started.run == run);
                let (_, end) = last.ok_or_else(|| LedgerError::NotOpen { run: run.clone() })?;
                let ended = end.as_ref().map(|finished| finished.how);
                if !matches!(ended, None | Some(How::Interrupted | How::Aborted)) {
                    return Err(LedgerError::NotOpen { run });
                }
                self.open = true;
            }
            Event::Finished(finished) => {
                if self.open_run() != Some(finished.run.as_str()) {
                    return Err(LedgerError::NotOpen { run: finished.run });
                }
                if let Some((_, end)) = self.runs.last_mut() {
                    *end = Some(finished);
                }
                self.open = false;
            }
        }
        Ok(())
    }
}

fn summary(runs: Vec<(Started, Option<Finished>)>) -> Summary {
    let ended = |how: How| {
        runs.iter().filter(|(_, end)| end.as_ref().is_some_and(|finished| finished.how == how)).count() as u64
    };
    let products: BTreeSet<_> =
        runs.iter().map(|(started, _)| (&started.product_version, &started.profile_digest)).collect();
    Summary {
        attempts: runs.len() as u64,
        completed: ended(How::Completed),
        aborted: ended(How::Aborted),
        retries: (runs.len() - products.len()) as u64,
        flaky: flaky(&runs),
        runs,
    }
}

fn flaky(runs: &[(Started, Option<Finished>)]) -> Vec<String> {
    let mut groups: BTreeMap<_, Vec<&Finished>> = BTreeMap::new();
    for (started, end) in runs {
        if let Some(finished) = end.as_ref().filter(|finished| finished.how == How::Completed) {
            let same = (&started.product_version, &started.declaration_digest, &started.profile_digest);
            groups.entry(same).or_default().push(finished);
        }
    }
    let mut found = BTreeSet::new();
    for ends in groups.values() {
        for id in ends.iter().flat_map(|end| end.not_satisfied.iter().chain(&end.undetermined)) {
            let outcome = |end: &&Finished| (end.not_satisfied.contains(id), end.undetermined.contains(id));
            let outcomes: BTreeSet<_> = ends.iter().map(outcome).collect();
            if outcomes.len() > 1 {
                found.insert(id.clone());
            }
        }
    }
    found.into_iter().collect()
}
