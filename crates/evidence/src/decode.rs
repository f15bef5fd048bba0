//! Bounded decoding of `Content-Encoding`.

use std::io::Read;

use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};

/// A body that is not what its `Content-Encoding` says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes are not of this encoding.
    #[error("the body is labelled {0} but is not")]
    Mislabelled(String),
    /// It unpacks to more than the bound.
    #[error("the body unpacks to more than {0} bytes")]
    TooLarge(usize),
    /// We did not ask for this encoding.
    #[error("unknown content encoding {0}")]
    Unknown(String),
}

/// Decodes a body, to at most `cap` bytes.
///
/// # Errors
/// See [`DecodeError`].
pub fn decode(encoding: Option<&str>, bytes: &[u8], cap: usize) -> Result<Vec<u8>, DecodeError> {
    let encoding = encoding.map(|e| e.trim().to_ascii_lowercase()).unwrap_or_default();
    match encoding.as_str() {
        "" | "identity" => Ok(bytes.to_vec()),
        "gzip" | "x-gzip" => read(GzDecoder::new(bytes), "gzip", cap),
        // RFC 9110 means the zlib format; many servers send raw deflate.
        "deflate" => read(ZlibDecoder::new(bytes), "deflate", cap).or_else(|error| match error {
            DecodeError::Mislabelled(_) => read(DeflateDecoder::new(bytes), "deflate", cap),
            other => Err(other),
        }),
        other => Err(DecodeError::Unknown(other.to_owned())),
    }
}

fn read(reader: impl Read, label: &str, cap: usize) -> Result<Vec<u8>, DecodeError> {
    let mut out = Vec::new();
    match reader.take(cap as u64 + 1).read_to_end(&mut out) {
        Ok(_) if out.len() > cap => Err(DecodeError::TooLarge(cap)),
        Ok(_) => Ok(out),
        Err(_) => Err(DecodeError::Mislabelled(label.to_owned())),
    }
}
