//! The three records of a zip file in the only form we write: no extra fields, no comments, a fixed date, UTF-8 names.

use super::ArchiveError;

/// Longest path.
pub(super) const LONGEST_PATH: usize = 200;
/// Bytes of a local header without the path.
pub(super) const LOCAL_LENGTH: usize = 30;
/// Bytes of a central header without the path.
pub(super) const CENTRAL: usize = 46;
/// Bytes of the record at the end.
pub(super) const END: usize = 22;

/// Version 2.0 of the format; the only one we need.
const VERSION: u16 = 20;
/// "Made by" unix, so that the attributes below mean something.
const MADE_BY: u16 = 3 << 8 | VERSION;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
/// 1 January 1980, the first day zip knows.
const DATE: u16 = 1 << 5 | 1;
/// A regular file, 0644.
const ATTRIBUTES: u32 = 0o100_644 << 16;

type Fields = [(usize, &'static str)];

/// Where each field of a local header ends, and its name.
pub(super) const LOCAL: [(usize, &str); 12] = [
    (4, "handtekening"),
    (6, "versie"),
    (8, "vlaggen"),
    (10, "methode"),
    (12, "tijd"),
    (14, "datum"),
    (18, "CRC"),
    (22, "lengte in het archief"),
    (26, "lengte uitgepakt"),
    (28, "lengte van de naam"),
    (30, "lengte van extra velden"),
    (usize::MAX, "naam"),
];

/// The same for a central header.
pub(super) const CENTRAL_FIELDS: [(usize, &str); 18] = [
    (4, "handtekening"),
    (6, "gemaakt door"),
    (8, "versie"),
    (10, "vlaggen"),
    (12, "methode"),
    (14, "tijd"),
    (16, "datum"),
    (20, "CRC"),
    (24, "lengte in het archief"),
    (28, "lengte uitgepakt"),
    (30, "lengte van de naam"),
    (32, "lengte van extra velden"),
    (34, "lengte van het commentaar"),
    (36, "schijf"),
    (38, "interne attributen"),
    (42, "externe attributen (alleen een gewoon bestand mag)"),
    (46, "plaats in het archief"),
    (usize::MAX, "naam"),
];

/// How an entry is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// As it is.
    Stored,
    /// Compressed.
    Deflated,
}

impl Method {
    fn code(self) -> u16 {
        match self {
            Self::Stored => 0,
            Self::Deflated => 8,
        }
    }
}

/// One file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path.
    pub path: String,
    /// How it is kept.
    pub method: Method,
    /// CRC-32 of the content.
    pub crc: u32,
    /// Bytes of the content.
    pub size: u64,
    /// Bytes in the archive.
    pub stored: u64,
    /// Where its local header stands.
    pub(super) offset: u64,
}

impl Entry {
    pub(super) fn content_at(&self) -> u64 {
        self.offset + (LOCAL_LENGTH + self.path.len()) as u64
    }

    pub(super) fn end(&self) -> u64 {
        self.content_at() + self.stored
    }
}

/// Relative, of segments that every file system can hold.
#[must_use]
pub fn is_path(path: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    path.len() <= LONGEST_PATH
        && path.split('/').all(|segment| !matches!(segment, "" | "." | "..") && segment.bytes().all(fine))
}

/// The manifest, the statements and the keys are never compressed: no other entry holds the digest of their
/// compressed bytes, and a compressed stream can change without its content changing.
pub(super) fn is_kept_plain(path: &str) -> bool {
    path == "manifest.json" || path.starts_with("attest/")
}

pub(super) fn local_header(entry: &Entry) -> Vec<u8> {
    let mut out = Vec::with_capacity(LOCAL_LENGTH + entry.path.len());
    out.extend_from_slice(b"PK\x03\x04");
    common(&mut out, entry);
    out.extend_from_slice(entry.path.as_bytes());
    out
}

pub(super) fn central_header(entry: &Entry) -> Vec<u8> {
    let mut out = Vec::with_capacity(CENTRAL + entry.path.len());
    out.extend_from_slice(b"PK\x01\x02");
    out.extend_from_slice(&MADE_BY.to_le_bytes());
    common(&mut out, entry);
    // No comment, the first disk, no internal attributes.
    out.extend_from_slice(&[0; 6]);
    out.extend_from_slice(&ATTRIBUTES.to_le_bytes());
    out.extend_from_slice(&short(entry.offset).to_le_bytes());
    out.extend_from_slice(entry.path.as_bytes());
    out
}

/// The fields both headers share.
fn common(out: &mut Vec<u8>, entry: &Entry) {
    for number in [VERSION, FLAGS, entry.method.code(), 0, DATE] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    for number in [entry.crc, short(entry.stored), short(entry.size)] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    // The longest path fits easily.
    out.extend_from_slice(&(entry.path.len() as u16).to_le_bytes());
    out.extend_from_slice(&[0; 2]);
}

/// The writer refuses what does not fit; a reader can only meet numbers that do.
fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

pub(super) fn end_record(count: usize, size: u32, offset: u32) -> Vec<u8> {
    let count = u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes();
    let mut out = b"PK\x05\x06\0\0\0\0".to_vec();
    out.extend_from_slice(&count);
    out.extend_from_slice(&count);
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&offset.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out
}

/// The entry a central header describes, which must stand at `offset`, and the length of that header.
pub(super) fn parse_central(bytes: &[u8], offset: u64) -> Result<(Entry, usize), ArchiveError> {
    let cut = ArchiveError::Record("de inhoudsopgave is korter dan haar regels");
    let Some((head, rest)) = bytes.split_at_checked(CENTRAL) else { return Err(cut) };
    let two = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
    let four = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let length = usize::from(two(28));
    let Some(name) = rest.get(..length) else { return Err(cut) };
    let path = String::from_utf8_lossy(name).into_owned();
    if !is_path(&path) {
        return Err(ArchiveError::Path { path: path.chars().take(LONGEST_PATH).collect() });
    }
    let method = match two(10) {
        0 => Method::Stored,
        8 => Method::Deflated,
        _ => return Err(ArchiveError::header(&path, "centrale kop", "methode")),
    };
    let (crc, stored, size) = (four(16), u64::from(four(20)), u64::from(four(24)));
    let entry = Entry { path, method, crc, size, stored, offset };
    super::check_central(&entry, &bytes[..CENTRAL + length])?;
    Ok((entry, CENTRAL + length))
}

/// The name of the first field in which two headers differ.
pub(super) fn first_difference(expected: &[u8], found: &[u8], fields: &Fields) -> Option<&'static str> {
    let at = expected.iter().zip(found).position(|(expected, found)| expected != found)?;
    fields.iter().find(|(end, _)| at < *end).map(|(_, name)| *name)
}
