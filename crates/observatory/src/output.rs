//! Where files of the site go: a folder, or memory in tests.

use std::{collections::BTreeMap, io};

/// Takes the files of a site, each once, by their path below its root.
pub trait Output {
    /// Writes one file.
    ///
    /// # Errors
    /// When it cannot be written.
    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()>;
}

/// Files in memory.
impl Output for BTreeMap<String, Vec<u8>> {
    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }
}
