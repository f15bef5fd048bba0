//! Writes an archive: the same entries give the same bytes.

use std::{
    borrow::Cow,
    io::{self, Read, Write},
};

use flate2::{Compression, write::DeflateEncoder};

use super::{
    ArchiveError, Entry, Limits, Method,
    header::{CENTRAL, central_header, end_record, is_kept_plain, is_path, local_header},
};
use crate::digest;

/// An entry that is ready to be written, without its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    entry: Entry,
    /// SHA-256 (hex) of the content.
    pub sha256: String,
    /// SHA-256 (hex) of the bytes that go into the archive.
    pub stored_sha256: String,
}

impl Prepared {
    /// Its path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.entry.path
    }

    /// Bytes of the content.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.entry.size
    }

    /// Bytes that go into the archive.
    #[must_use]
    pub fn stored(&self) -> u64 {
        self.entry.stored
    }
}

/// Compresses a file when that makes it smaller, and computes what its headers say. The bytes are those to write.
///
/// # Errors
/// When the path or the size is not allowed.
pub fn prepare<'b>(path: &str, bytes: &'b [u8]) -> Result<(Prepared, Cow<'b, [u8]>), ArchiveError> {
    if !is_path(path) {
        return Err(ArchiveError::Path { path: path.to_owned() });
    }
    let limits = Limits::default();
    let limit = if path == "journal.ndjson" { limits.journal } else { limits.entry };
    if bytes.len() as u64 > limit {
        return Err(ArchiveError::Limit { what: format!("{path} (bytes)"), limit });
    }
    let mut stored = Cow::Borrowed(bytes);
    let mut method = Method::Stored;
    if !is_kept_plain(path) {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
        let deflated =
            encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(ArchiveError::Write)?;
        if deflated.len() < bytes.len() {
            (stored, method) = (Cow::Owned(deflated), Method::Deflated);
        }
    }
    let entry = Entry {
        path: path.to_owned(),
        method,
        crc: crc32fast::hash(bytes),
        size: bytes.len() as u64,
        stored: stored.len() as u64,
        offset: 0,
    };
    let prepared = Prepared { entry, sha256: digest::hex(bytes), stored_sha256: digest::hex(&stored) };
    Ok((prepared, stored))
}

/// Writes entries in ascending order of their paths.
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    entries: Vec<Entry>,
    total: u64,
}

impl<W: Write> Writer<W> {
    /// Starts an archive.
    pub fn new(out: W) -> Self {
        Self { out, entries: Vec::new(), total: 0 }
    }

    /// Prepares and writes a file.
    ///
    /// # Errors
    /// When the path is not allowed or not the next one, a limit is passed, or writing fails.
    pub fn add(&mut self, path: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        let (prepared, stored) = prepare(path, bytes)?;
        self.put(&prepared, stored.as_ref())
    }

    /// Writes a prepared file.
    ///
    /// # Errors
    /// As [`Writer::add`]; also when `stored` does not give the prepared number of bytes.
    pub fn put(&mut self, prepared: &Prepared, stored: impl Read) -> Result<(), ArchiveError> {
        self.copy(&prepared.entry, stored)
    }

    /// Writes an entry of another archive as it is stored there.
    ///
    /// # Errors
    /// As [`Writer::put`].
    pub fn copy(&mut self, entry: &Entry, stored: impl Read) -> Result<(), ArchiveError> {
        let limits = Limits::default();
        let offset = self.entries.last().map_or(0, Entry::end);
        let entry = Entry { offset, ..entry.clone() };
        if let Some(before) = self.entries.last().filter(|before| before.path >= entry.path) {
            return Err(ArchiveError::Order { entry: entry.path, before: before.path.clone() });
        }
        self.total += entry.size;
        let directory = (self.entries.len() as u64 + 1) * (CENTRAL + super::header::LONGEST_PATH) as u64;
        if self.total > limits.total || entry.end() + directory > u64::from(u32::MAX) {
            return Err(ArchiveError::Limit { what: "de bundel (bytes)".to_owned(), limit: limits.total });
        }
        if self.entries.len() == limits.entries {
            return Err(ArchiveError::Limit { what: "ingangen".to_owned(), limit: limits.entries as u64 });
        }
        self.out.write_all(&local_header(&entry)).map_err(ArchiveError::Write)?;
        let copied = io::copy(&mut stored.take(entry.stored), &mut self.out).map_err(ArchiveError::Write)?;
        if copied != entry.stored {
            return Err(ArchiveError::Content { entry: entry.path, what: "de inhoud is te kort".to_owned() });
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Writes the central directory and the record at the end.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> Result<W, ArchiveError> {
        let central: Vec<u8> = self.entries.iter().flat_map(central_header).collect();
        let offset = self.entries.last().map_or(0, Entry::end);
        // `put` left room for the directory below 4 GiB.
        let end = end_record(self.entries.len(), central.len() as u32, offset as u32);
        let written = self.out.write_all(&central).and_then(|()| self.out.write_all(&end));
        written.and_then(|()| self.out.flush()).map_err(ArchiveError::Write)?;
        Ok(self.out)
    }
}
