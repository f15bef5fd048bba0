//! The append-only, hash-chained journal and the content-addressed blobs beside it.

mod reading;

pub use reading::{head, parse, read, read_blob, read_whole, whole_lines};

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

use crate::{
    digest,
    event::{Entry, Event},
};

/// `prev` of the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Tells blobs apart that are being written at once.
static PARTS: AtomicU64 = AtomicU64::new(0);

const INSTANT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Evidence could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file system refused.
    #[error("{path}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// An entry is not of this format.
    #[error("{path}:{line}: not a journal entry of format {format}: {message}", format = crate::event::FORMAT)]
    Entry {
        /// Which journal.
        path: PathBuf,
        /// Line, 1-based.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// The hash chain is broken.
    #[error(
        "{path}:{line}: the hash chain is broken: this line or the one before was changed, added or removed"
    )]
    Chain {
        /// Which journal.
        path: PathBuf,
        /// Line, 1-based.
        line: usize,
    },
}

/// Formats an instant the way the journal does: RFC 3339, UTC, milliseconds.
#[must_use]
pub fn instant(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC).format(INSTANT).unwrap_or_default()
}

/// Where a run's evidence goes: a folder, or memory for runs whose evidence is not kept.
pub struct Store {
    folder: Option<PathBuf>,
    /// The moment of every entry, in a replay: it happened then.
    fixed: Option<String>,
    state: Mutex<State>,
}

struct State {
    file: Option<File>,
    /// A write failed half-way: what follows would stand behind a broken line.
    broken: bool,
    entries: Vec<Entry>,
    head: String,
    blobs: BTreeMap<String, Vec<u8>>,
}

impl Store {
    /// Evidence in `folder`, which is created with `blobs/sha256` and an empty journal.
    ///
    /// # Errors
    /// When the folder cannot be made or holds a journal already.
    pub fn in_folder(folder: &Path) -> Result<Self, JournalError> {
        let blobs = folder.join("blobs").join("sha256");
        fs::create_dir_all(&blobs).map_err(io(&blobs))?;
        let path = folder.join("journal.ndjson");
        let file = OpenOptions::new().append(true).create_new(true).open(&path).map_err(io(&path))?;
        Ok(Self::new(Some(folder.to_owned()), Some(file)))
    }

    /// Evidence of an interrupted run, to be gone on with. A last line that was cut off while it was written is
    /// removed; returns how many bytes that were.
    ///
    /// # Errors
    /// When the journal cannot be read or its chain is broken.
    pub fn resume(folder: &Path) -> Result<(Self, u64), JournalError> {
        let path = folder.join("journal.ndjson");
        let (whole, torn) = whole_lines(&path)?;
        let file = OpenOptions::new().append(true).open(&path).map_err(io(&path))?;
        if torn > 0 {
            file.set_len(whole).map_err(io(&path))?;
        }
        let entries = read(folder)?;
        let store = Self::new(Some(folder.to_owned()), Some(file));
        {
            let mut state = store.lock();
            state.head = head(&entries);
            state.entries = entries;
        }
        Ok((store, torn))
    }

    /// Evidence in memory only.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::new(None, None)
    }

    /// Evidence of a replay: in memory only, all at the moment (RFC 3339) the recorded run began.
    #[must_use]
    pub fn of_replay(at: &str) -> Self {
        Self { fixed: Some(at.to_owned()), ..Self::in_memory() }
    }

    fn new(folder: Option<PathBuf>, file: Option<File>) -> Self {
        let state = State {
            file,
            broken: false,
            entries: Vec::new(),
            head: GENESIS.to_owned(),
            blobs: BTreeMap::new(),
        };
        Self { folder, fixed: None, state: Mutex::new(state) }
    }

    /// Appends an event. It is on its way to the disk when this returns.
    ///
    /// # Errors
    /// When it cannot be written: evidence would be lost. Also after the end: what a product still asks of us when a run
    /// was stopped is no evidence of it.
    pub fn append(&self, event: Event) -> Result<(), JournalError> {
        let mut state = self.lock();
        let fail = io(&self.journal_path());
        if state.broken {
            return Err(fail(std::io::Error::other("an earlier entry could not be written")));
        }
        let ended = matches!(state.entries.last().map(|last| &last.event), Some(Event::RunFinished { .. }));
        if ended && !matches!(event, Event::Resumed(_)) {
            return Err(fail(std::io::Error::other("the run has ended")));
        }
        let entry = Entry {
            seq: state.entries.len() as u64,
            at: self.fixed.clone().unwrap_or_else(|| instant(OffsetDateTime::now_utc())),
            prev: state.head.clone(),
            event,
        };
        if self.fixed.is_some() {
            // What is judged again is no evidence: nobody follows its chain.
            state.entries.push(entry);
            return Ok(());
        }
        let mut line = match serde_json::to_vec(&entry) {
            Ok(line) => line,
            Err(error) => return Err(fail(error.into())),
        };
        let head = digest::hex(&line);
        if let Some(file) = &mut state.file {
            line.push(b'\n');
            if let Err(error) = file.write_all(&line) {
                state.broken = true;
                return Err(fail(error));
            }
        }
        state.head = head;
        state.entries.push(entry);
        Ok(())
    }

    /// Stores a blob and returns its address; `None` for an empty one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn blob(&self, bytes: &[u8]) -> Result<Option<String>, JournalError> {
        if bytes.is_empty() {
            return Ok(None);
        }
        let hex = digest::hex(bytes);
        let address = format!("sha256:{hex}");
        match &self.folder {
            Some(folder) => {
                let path = folder.join("blobs").join("sha256").join(&hex);
                if !path.exists() {
                    // Under its own name only when it is whole: a process can be killed at any moment.
                    let part =
                        path.with_extension(format!("{:x}.part", PARTS.fetch_add(1, Ordering::Relaxed)));
                    fs::write(&part, bytes).map_err(io(&part))?;
                    fs::rename(&part, &path).map_err(io(&path))?;
                }
            }
            None => {
                self.lock().blobs.insert(address.clone(), bytes.to_vec());
            }
        }
        Ok(Some(address))
    }

    /// A stored blob.
    #[must_use]
    pub fn get(&self, address: &str) -> Option<Vec<u8>> {
        match &self.folder {
            Some(folder) => read_blob(folder, address),
            None => self.lock().blobs.get(address).cloned(),
        }
    }

    /// All entries so far.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().entries.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A poisoned lock means a panic while appending; the entries before it are whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn journal_path(&self) -> PathBuf {
        self.folder.as_deref().unwrap_or(Path::new("(memory)")).join("journal.ndjson")
    }
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> JournalError + use<> {
    let path = path.to_owned();
    move |source| JournalError::Io { path, source }
}

#[cfg(test)]
mod tests;
