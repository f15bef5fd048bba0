//! The file inside the file: what the page was made from.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// A JSON file to embed: the signed envelope of a result, or the result itself.
#[derive(Debug, Clone)]
pub struct Attachment<'a> {
    /// Its file name.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// `sha256:…` of the bytes.
    pub digest: String,
}

impl<'a> Attachment<'a> {
    /// A file, with its digest.
    #[must_use]
    pub fn new(name: &'a str, bytes: &'a [u8]) -> Self {
        let mut digest = "sha256:".to_owned();
        for byte in Sha256::digest(bytes) {
            // Writing to a string cannot fail.
            let _ = write!(digest, "{byte:02x}");
        }
        Self { name, bytes, digest }
    }
}

#[cfg(test)]
mod tests {
    use super::Attachment;

    #[test]
    fn the_digest_is_of_the_bytes() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Attachment::new("result.json", b"").digest, empty);
        assert_ne!(Attachment::new("result.json", b"{}").digest, empty);
    }
}
