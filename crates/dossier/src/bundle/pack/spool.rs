//! Compressed entries wait in a temporary file: the statement that must stand first is about all of them.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
    path::Path,
};

use super::super::{
    BundleError,
    temporary::{Temporary, io},
};
use crate::{
    archive::{Prepared, Writer, prepare},
    manifest::ManifestFile,
};

/// Prepared entries and, in a temporary file, their bytes.
pub(super) struct Spool {
    file: Temporary,
    out: BufWriter<File>,
    prepared: Vec<Prepared>,
}

impl Spool {
    pub(super) fn beside(out: &Path) -> Result<Self, BundleError> {
        let file = Temporary::beside(out, "spool")?;
        let out = File::options().write(true).open(file.path()).map_err(io(file.path()))?;
        Ok(Self { out: BufWriter::new(out), file, prepared: Vec::new() })
    }

    pub(super) fn add(&mut self, path: &str, bytes: &[u8]) -> Result<(), BundleError> {
        let (prepared, stored) = prepare(path, bytes)?;
        self.out.write_all(&stored).map_err(io(self.file.path()))?;
        self.prepared.push(prepared);
        Ok(())
    }

    pub(super) fn files(&self) -> Vec<ManifestFile> {
        let file = |prepared: &Prepared| ManifestFile {
            path: prepared.path().to_owned(),
            size: prepared.size(),
            sha256: prepared.sha256.clone(),
            stored_sha256: prepared.stored_sha256.clone(),
        };
        self.prepared.iter().map(file).collect()
    }

    /// Writes the archive: the spooled entries and the plain ones, in order of their paths. Returns how many.
    pub(super) fn write(
        mut self,
        plain: BTreeMap<String, Vec<u8>>,
        target: &Temporary,
    ) -> Result<usize, BundleError> {
        self.out.flush().map_err(io(self.file.path()))?;
        let mut spooled = BufReader::new(File::open(self.file.path()).map_err(io(self.file.path()))?);
        let out = File::options().write(true).open(target.path()).map_err(io(target.path()))?;
        let mut writer = Writer::new(BufWriter::new(out));
        let count = self.prepared.len() + plain.len();
        let mut plain = plain.into_iter().peekable();
        for prepared in &self.prepared {
            while let Some((path, bytes)) = plain.next_if(|(path, _)| path.as_str() < prepared.path()) {
                writer.add(&path, &bytes)?;
            }
            writer.put(prepared, spooled.by_ref().take(prepared.stored()))?;
        }
        for (path, bytes) in plain {
            writer.add(&path, &bytes)?;
        }
        writer.finish()?;
        Ok(count)
    }
}
