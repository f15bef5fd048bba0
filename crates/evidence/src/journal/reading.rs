//! Reads a journal back: whole lines, an unbroken chain, blobs that are what their address says.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    num::NonZero,
    panic::resume_unwind,
    path::Path,
    thread,
};

use super::{GENESIS, JournalError, io};
use crate::{digest, event::Entry};

/// Longest journal line that is read back; bodies live in blobs, so no honest line comes near.
pub(super) const MAX_LINE: usize = 4 << 20;
/// Bytes of lines that are taken apart at once.
const BATCH: usize = 4 << 20;

/// Reads a run's journal back and checks its chain.
///
/// # Errors
/// The first line that cannot be read, is of another format, or breaks the chain.
pub fn read(folder: &Path) -> Result<Vec<Entry>, JournalError> {
    let path = folder.join("journal.ndjson");
    parse(BufReader::new(File::open(&path).map_err(io(&path))?), &path)
}

/// Reads a run's journal up to its last whole line: a run can be cut off while it writes.
///
/// # Errors
/// As [`read`].
pub fn read_whole(folder: &Path) -> Result<Vec<Entry>, JournalError> {
    let path = folder.join("journal.ndjson");
    let (whole, _) = whole_lines(&path)?;
    let file = File::open(&path).map_err(io(&path))?;
    parse(BufReader::new(std::io::Read::take(file, whole)), &path)
}

/// Reads a journal and checks its chain; `path` is what errors name.
///
/// # Errors
/// As [`read`].
pub fn parse(mut reader: impl BufRead, path: &Path) -> Result<Vec<Entry>, JournalError> {
    let (mut entries, mut prev) = (Vec::<Entry>::new(), GENESIS.to_owned());
    loop {
        let (lines, end) = batch(&mut reader).map_err(io(path))?;
        for (entry, digest) in taken_apart(&lines) {
            let line = entries.len() + 1;
            let entry = entry.map_err(|error| JournalError::Entry {
                path: path.to_owned(),
                line,
                message: error.to_string(),
            })?;
            if entry.prev != prev || entry.seq != entries.len() as u64 {
                return Err(JournalError::Chain { path: path.to_owned(), line });
            }
            prev = digest;
            entries.push(entry);
        }
        let line = entries.len() + 1;
        let wrong =
            |message: &str| JournalError::Entry { path: path.to_owned(), line, message: message.to_owned() };
        match end {
            End::More => {}
            End::Whole => return Ok(entries),
            End::TooLong => return Err(wrong("the line is too long")),
            End::CutOff => return Err(wrong("the last line is cut off")),
        }
    }
}

/// How a batch of lines ends.
enum End {
    More,
    Whole,
    TooLong,
    CutOff,
}

/// The next whole lines, about [`BATCH`] bytes of them, without their ends.
fn batch(reader: &mut impl BufRead) -> std::io::Result<(Vec<Vec<u8>>, End)> {
    let (mut lines, mut size) = (Vec::new(), 0);
    while size < BATCH {
        let mut line = Vec::new();
        let read = std::io::Read::take(&mut *reader, MAX_LINE as u64 + 1).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok((lines, End::Whole));
        }
        if read > MAX_LINE {
            return Ok((lines, End::TooLong));
        }
        if line.pop() != Some(b'\n') {
            return Ok((lines, End::CutOff));
        }
        size += read;
        lines.push(line);
    }
    Ok((lines, End::More))
}

/// Entries and the digests of their lines, in order, worked out on all processors.
fn taken_apart(lines: &[Vec<u8>]) -> Vec<(serde_json::Result<Entry>, String)> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let one = |line: &Vec<u8>| (serde_json::from_slice(line), digest::hex(line));
    thread::scope(|scope| {
        let parts: Vec<_> = lines
            .chunks(lines.len().div_ceil(threads).max(1))
            .map(|part| scope.spawn(move || part.iter().map(one).collect::<Vec<_>>()))
            .collect();
        let joined = parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic)));
        joined.flatten().collect()
    })
}

/// Where the last whole line of a journal ends, and how many bytes stand after it.
///
/// # Errors
/// When it cannot be read.
pub fn whole_lines(path: &Path) -> Result<(u64, u64), JournalError> {
    let mut reader = BufReader::new(File::open(path).map_err(io(path))?);
    let (mut whole, mut torn) = (0, 0);
    loop {
        let buffer = reader.fill_buf().map_err(io(path))?;
        if buffer.is_empty() {
            return Ok((whole, torn));
        }
        let length = buffer.len();
        match buffer.iter().rposition(|byte| *byte == b'\n') {
            Some(at) => {
                whole += torn + at as u64 + 1;
                torn = (length - at - 1) as u64;
            }
            None => torn += length as u64,
        }
        reader.consume(length);
    }
}

/// The head of the chain: SHA-256 (hex) of the last entry's line.
#[must_use]
pub fn head(entries: &[Entry]) -> String {
    entries
        .last()
        .and_then(|entry| serde_json::to_vec(entry).ok())
        .map_or_else(|| GENESIS.to_owned(), |line| digest::hex(&line))
}

/// A blob of a run's folder; `None` when it is absent or its bytes do not match its address.
#[must_use]
pub fn read_blob(folder: &Path, address: &str) -> Option<Vec<u8>> {
    let hex = address.strip_prefix("sha256:").filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let bytes = fs::read(folder.join("blobs").join("sha256").join(hex)).ok()?;
    (digest::hex(&bytes) == hex).then_some(bytes)
}
