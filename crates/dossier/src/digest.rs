//! SHA-256 of streams; of bytes as the evidence has it.

use std::io;

pub(crate) use keur_evidence::digest::{hex, to_hex};
use sha2::{Digest, Sha256};

/// A sink that keeps the digest of what passes.
#[derive(Default)]
pub(crate) struct Sha256Sink(Sha256);

impl Sha256Sink {
    pub(crate) fn hex(self) -> String {
        to_hex(&self.0.finalize())
    }
}

impl io::Write for Sha256Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// 64 lower-case hex digits.
pub(crate) fn is_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
}

/// The hex of `sha256:<hex>`.
pub(crate) fn address(text: &str) -> Option<&str> {
    text.strip_prefix("sha256:").filter(|hex| is_hex(hex))
}
