//! The ledger: every attempt at a product and profile, aborted ones too, as a hash chain that grows only at its end.

mod entry;
mod verify;

pub use self::{
    entry::{Event, Finished, How, Line, Started},
    verify::{Summary, extends, verify},
};

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use keur_evidence::journal;
use time::OffsetDateTime;

use self::verify::{Chain, LONGEST};

/// A ledger that cannot be read, written, or trusted.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file system refused.
    #[error("{path}: {source}\n  help: controleer de rechten van de map", path = path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line that is not what it should be.
    #[error(
        "het register van pogingen klopt niet op regel {line}: {what}\n  help: zet het register terug uit een kopie; zonder heel register is niet te zien hoeveel pogingen er waren"
    )]
    Line {
        /// Line, 1-based.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// The last line has no end.
    #[error("de laatste regel van het register van pogingen is afgekapt")]
    Torn,
    /// Longer than is read.
    #[error("het register van pogingen is groter dan 64 MiB")]
    TooLong,
    /// The attempt is not the open one.
    #[error(
        "run {run} is in het register niet de lopende poging\n  help: test een product niet in twee runs tegelijk, of geef elke run een eigen --out"
    )]
    NotOpen {
        /// The run.
        run: String,
    },
}

/// The ledger of one product and profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    path: PathBuf,
}

impl Ledger {
    /// The ledger in a folder of runs: `<out>/.ledger/<vendor-name>--<profile>.ndjson`.
    #[must_use]
    pub fn of(out: &Path, vendor: &str, name: &str, profile: &str) -> Self {
        let file = format!("{}--{}.ndjson", slug(&format!("{vendor}-{name}")), slug(profile));
        Self { path: out.join(".ledger").join(file) }
    }

    /// Where it stands.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Notes that an attempt begins, and returns its number. An attempt that never finished is first closed as aborted.
    ///
    /// # Errors
    /// When the ledger is not sound or cannot be written.
    pub fn start(&self, started: Started) -> Result<u64, LedgerError> {
        self.append(|chain| {
            let aborted = chain.open_run().map(|run| Event::Finished(Finished::aborted(run)));
            let attempt = chain.attempts() + 1;
            let started = Event::Started(Started { attempt, ..started.clone() });
            Ok((aborted.into_iter().chain([started]).collect(), attempt))
        })
    }

    /// Notes that an interrupted or aborted attempt goes on; only the latest can.
    ///
    /// # Errors
    /// When another attempt began since, it was completed, or the ledger cannot be written.
    pub fn resume(&self, run: &str) -> Result<(), LedgerError> {
        self.append(|_| Ok((vec![Event::Resumed { run: run.to_owned() }], ())))
    }

    /// Notes how an attempt ended.
    ///
    /// # Errors
    /// When it is not the open one, or the ledger cannot be written.
    pub fn finish(&self, finished: Finished) -> Result<(), LedgerError> {
        self.append(|_| Ok((vec![Event::Finished(finished.clone())], ())))
    }

    /// Copies the ledger, up to and including the end of this run, into the run's folder.
    ///
    /// # Errors
    /// When it cannot be read, is not sound, or cannot be written.
    pub fn copy_into(&self, folder: &Path, run: &str) -> Result<(), LedgerError> {
        let mut file = File::open(&self.path).map_err(self.io())?;
        file.lock_shared().map_err(self.io())?;
        let bytes = self.read(&mut file)?;
        verify(&bytes)?;
        let of_run =
            |line: &[u8]| serde_json::from_slice::<Line>(line).is_ok_and(|line| line.event.run() == run);
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        let kept = lines.iter().rposition(|line| of_run(line)).map_or(0, |last| last + 1);
        let bytes = lines[..kept].concat();
        let path = folder.join(crate::bundle::LEDGER);
        fs::write(&path, bytes).map_err(|source| LedgerError::Io { path, source })
    }

    /// Appends what `events` makes of the chain so far, under a lock, so that two processes do not mix.
    fn append<T>(
        &self,
        events: impl Fn(&Chain) -> Result<(Vec<Event>, T), LedgerError>,
    ) -> Result<T, LedgerError> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(self.io())?;
        }
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&self.path);
        let mut file = options.map_err(self.io())?;
        // Released when the file is closed, also by a crash.
        file.lock().map_err(self.io())?;
        let mut bytes = self.read(&mut file)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let mut torn = whole < bytes.len();
        bytes.truncate(whole);
        let mut chain = Chain::read(&bytes)?;
        let (events, value) = events(&chain)?;
        let mut added = Vec::new();
        for event in events {
            let line = Line {
                seq: chain.next_seq(),
                prev: chain.head().to_owned(),
                at: journal::instant(OffsetDateTime::now_utc()),
                torn: std::mem::take(&mut torn),
                event,
            };
            let text = line.to_bytes();
            chain.take(&text)?;
            added.extend_from_slice(&text);
            added.push(b'\n');
        }
        if bytes.len() + added.len() > LONGEST {
            return Err(LedgerError::TooLong);
        }
        file.set_len(whole as u64).map_err(self.io())?;
        file.seek(SeekFrom::Start(whole as u64)).map_err(self.io())?;
        file.write_all(&added).map_err(self.io())?;
        Ok(value)
    }

    fn read(&self, file: &mut File) -> Result<Vec<u8>, LedgerError> {
        let mut bytes = Vec::new();
        file.take(LONGEST as u64 + 1).read_to_end(&mut bytes).map_err(self.io())?;
        if bytes.len() > LONGEST { Err(LedgerError::TooLong) } else { Ok(bytes) }
    }

    fn io(&self) -> impl Fn(std::io::Error) -> LedgerError + use<> {
        let path = self.path.clone();
        move |source| LedgerError::Io { path: path.clone(), source }
    }
}

/// Lower-case letters and digits, everything else one hyphen.
fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    let out: String = out.trim_matches('-').chars().take(80).collect();
    if out.is_empty() { "onbekend".to_owned() } else { out }
}
