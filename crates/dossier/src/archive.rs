//! A strict, canonical subset of zip: what differs in one byte from what the writer would write is refused.
//!
//! Any unzip tool can open it. Duplicates, symbolic links, paths that climb out, comments, extra fields, overlapping
//! entries and data behind the end cannot be expressed, so they need no rules of their own.

mod content;
mod error;
mod header;
mod source;
mod writer;

pub use self::{
    content::Content,
    error::ArchiveError,
    header::{Entry, Method, is_path},
    writer::{Prepared, Writer, prepare},
};

use std::{fs::File, io::Read, path::Path};

use self::{
    header::{
        CENTRAL, END, LOCAL, central_header, end_record, first_difference, local_header, parse_central,
    },
    source::Source,
};
use crate::digest::Sha256Sink;

/// Most a reader takes in.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Entries.
    pub entries: usize,
    /// Bytes of one entry, unpacked.
    pub entry: u64,
    /// Bytes of `journal.ndjson`, unpacked.
    pub journal: u64,
    /// Bytes of all entries together, unpacked.
    pub total: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 65_535, entry: 64 << 20, journal: 1 << 30, total: 4 << 30 }
    }
}

/// An archive whose structure was checked; contents are checked as they are read. Several threads can read at once.
#[derive(Debug)]
pub struct Archive {
    source: Source,
    entries: Vec<Entry>,
}

impl Archive {
    /// Opens a file and checks its structure.
    ///
    /// # Errors
    /// The first thing that is not as the writer would write it.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, ArchiveError> {
        let io = |source| ArchiveError::Open { path: path.to_owned(), source };
        // A pipe would wait for ever for somebody to write.
        if !std::fs::metadata(path).map_err(io)?.is_file() {
            return Err(ArchiveError::NotAnArchive);
        }
        Self::read_structure(File::open(path).and_then(Source::file).map_err(io)?, limits)
    }

    /// The same for an archive in memory.
    ///
    /// # Errors
    /// As [`Archive::open`].
    pub fn from_bytes(bytes: Vec<u8>, limits: &Limits) -> Result<Self, ArchiveError> {
        Self::read_structure(Source::Memory(bytes), limits)
    }

    fn read_structure(source: Source, limits: &Limits) -> Result<Self, ArchiveError> {
        let (count, central) = central_directory(&source, limits)?;
        let directory_at = source.len() - (END + central.len()) as u64;
        let mut entries: Vec<Entry> = Vec::with_capacity(count);
        let (mut rest, mut offset, mut total) = (central.as_slice(), 0_u64, 0_u64);
        for _ in 0..count {
            let (entry, length) = parse_central(rest, offset)?;
            if let Some(before) = entries.last().filter(|before| before.path >= entry.path) {
                return Err(ArchiveError::Order { entry: entry.path, before: before.path.clone() });
            }
            check_sizes(&entry, limits)?;
            total += entry.size;
            check_local(&source, &entry, directory_at)?;
            offset = entry.end();
            rest = &rest[length..];
            entries.push(entry);
        }
        if !rest.is_empty() {
            return Err(ArchiveError::Record("de inhoudsopgave is langer dan haar regels"));
        }
        if offset != directory_at {
            return Err(ArchiveError::Record("tussen de laatste ingang en de inhoudsopgave staat nog iets"));
        }
        if total > limits.total {
            return Err(ArchiveError::Limit {
                what: "de uitgepakte inhoud (bytes)".to_owned(),
                limit: limits.total,
            });
        }
        Ok(Self { source, entries })
    }

    /// All entries, ascending by path.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry at this path.
    #[must_use]
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()?;
        self.entries.get(at)
    }

    /// The content of an entry, as a stream that is bounded and checked at its end.
    ///
    /// # Errors
    /// When there is no such entry; what is wrong with its content shows while reading.
    pub fn open_entry(&self, path: &str) -> Result<Content<'_>, ArchiveError> {
        let entry = self.existing(path)?;
        Ok(Content::new(entry, self.source.section(entry.content_at(), entry.stored)))
    }

    /// The whole content of an entry.
    ///
    /// # Errors
    /// When there is no such entry, or its content is not what its header says.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, ArchiveError> {
        // What a header says of the size is believed up to a bound.
        let size = self.existing(path)?.size.min(1 << 20);
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        let wrong = |error: std::io::Error| ArchiveError::content(path, &error);
        self.open_entry(path)?.read_to_end(&mut bytes).map_err(wrong)?;
        Ok(bytes)
    }

    /// The bytes of an entry as they stand in the archive, compressed or not.
    pub(crate) fn stored(&self, entry: &Entry) -> impl Read + '_ {
        self.source.section(entry.content_at(), entry.stored)
    }

    /// SHA-256 (hex) of the bytes of an entry as they stand in the archive, compressed or not.
    ///
    /// # Errors
    /// When there is no such entry or it cannot be read.
    pub fn stored_digest(&self, path: &str) -> Result<String, ArchiveError> {
        let entry = self.existing(path)?;
        digest_of(self.stored(entry), path).map(|(hex, _)| hex)
    }

    /// SHA-256 (hex) and length of the whole file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn file_digest(&self) -> Result<(String, u64), ArchiveError> {
        digest_of(self.source.section(0, self.source.len()), "")
    }

    fn existing(&self, path: &str) -> Result<&Entry, ArchiveError> {
        self.entry(path).ok_or_else(|| ArchiveError::Missing { entry: path.to_owned() })
    }
}

fn digest_of(mut reader: impl Read, entry: &str) -> Result<(String, u64), ArchiveError> {
    let mut sink = Sha256Sink::default();
    let size = std::io::copy(&mut reader, &mut sink).map_err(|error| ArchiveError::content(entry, &error))?;
    Ok((sink.hex(), size))
}

/// The number of entries and the bytes of the central directory, from a record that stands exactly at the end.
fn central_directory(source: &Source, limits: &Limits) -> Result<(usize, Vec<u8>), ArchiveError> {
    let start = source.len().checked_sub(END as u64).ok_or(ArchiveError::NotAnArchive)?;
    let record = source.bytes(start, END)?;
    let count = usize::from(u16::from_le_bytes([record[10], record[11]]));
    let number = |at: usize| u32::from_le_bytes([record[at], record[at + 1], record[at + 2], record[at + 3]]);
    let (size, offset) = (number(12), number(16));
    if !record.starts_with(b"PK\x05\x06") {
        return Err(ArchiveError::NotAnArchive);
    }
    if record != end_record(count, size, offset) || u64::from(offset) + u64::from(size) != start {
        return Err(ArchiveError::Record("het eindrecord klopt niet met de rest van het archief"));
    }
    if count > limits.entries {
        return Err(ArchiveError::Limit { what: "ingangen".to_owned(), limit: limits.entries as u64 });
    }
    if size as usize > count * (CENTRAL + header::LONGEST_PATH) {
        return Err(ArchiveError::Record("de inhoudsopgave is langer dan haar regels"));
    }
    Ok((count, source.bytes(u64::from(offset), size as usize)?))
}

fn check_sizes(entry: &Entry, limits: &Limits) -> Result<(), ArchiveError> {
    let limit = if entry.path == "journal.ndjson" { limits.journal } else { limits.entry };
    if entry.size > limit {
        return Err(ArchiveError::Limit { what: format!("{} (bytes uitgepakt)", entry.path), limit });
    }
    let fits = match entry.method {
        Method::Stored => entry.stored == entry.size,
        Method::Deflated => entry.stored < entry.size && !header::is_kept_plain(&entry.path),
    };
    if fits { Ok(()) } else { Err(ArchiveError::header(&entry.path, "centrale kop", "methode of lengtes")) }
}

fn check_local(source: &Source, entry: &Entry, directory_at: u64) -> Result<(), ArchiveError> {
    if entry.end() > directory_at {
        return Err(ArchiveError::header(&entry.path, "centrale kop", "lengte in het archief"));
    }
    let expected = local_header(entry);
    let found = source.bytes(entry.offset, expected.len())?;
    match first_difference(&expected, &found, &LOCAL) {
        None => Ok(()),
        Some(field) => Err(ArchiveError::header(&entry.path, "lokale kop", field)),
    }
}

/// What the central header of an entry would be; a check on what was parsed.
fn check_central(entry: &Entry, found: &[u8]) -> Result<(), ArchiveError> {
    match first_difference(&central_header(entry), found, &header::CENTRAL_FIELDS) {
        None => Ok(()),
        Some(field) => Err(ArchiveError::header(&entry.path, "centrale kop", field)),
    }
}
