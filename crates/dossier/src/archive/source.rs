//! Where the bytes of an archive come from: reading at a place needs no cursor, so threads do not get in each other's way.

use std::{fs::File, io};

use super::ArchiveError;

#[derive(Debug)]
pub(super) enum Source {
    File { file: File, length: u64 },
    Memory(Vec<u8>),
}

impl Source {
    pub(super) fn file(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self::File { file, length })
    }

    pub(super) fn len(&self) -> u64 {
        match self {
            Self::File { length, .. } => *length,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        match self {
            Self::File { file, .. } => read_file_at(file, buffer, at),
            Self::Memory(bytes) => {
                let rest = usize::try_from(at).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            }
        }
    }

    /// Exactly these bytes.
    pub(super) fn bytes(&self, at: u64, length: usize) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = vec![0; length];
        let read = io::Read::read_exact(&mut self.section(at, length as u64), &mut bytes);
        read.map_err(|_| ArchiveError::Record("het bestand eindigt te vroeg"))?;
        Ok(bytes)
    }

    /// A reader of a part.
    pub(super) fn section(&self, at: u64, length: u64) -> Section<'_> {
        Section { source: self, at, left: length }
    }
}

/// A part of a source.
#[derive(Debug)]
pub(super) struct Section<'a> {
    source: &'a Source,
    at: u64,
    left: u64,
}

impl io::Read for Section<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.source.read_at(&mut buffer[..most], self.at)?;
        self.at += count as u64;
        self.left -= count as u64;
        Ok(count)
    }
}

#[cfg(unix)]
fn read_file_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_file_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}
