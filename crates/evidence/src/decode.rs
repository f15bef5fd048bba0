//! Bounded decoding of `Content-Encoding`.

use std::io::Read;

use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use serde::{Deserialize, Serialize};

/// A body that is not what its `Content-Encoding` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
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
    let (out, error) = unpack(encoding, bytes, cap);
    error.map_or(Ok(out), Err)
}

/// Of a body that cannot be decoded, the part that can be looked into and therefore kept: what unpacks before the
/// fault, or the bytes themselves when they are not packed at all. What stays packed could hide anything.
#[must_use]
pub fn readable(encoding: Option<&str>, bytes: &[u8], cap: usize) -> Vec<u8> {
    let (out, error) = unpack(encoding, bytes, cap);
    match error {
        Some(DecodeError::Mislabelled(_)) if out.is_empty() && !looks_packed(bytes) => bytes.to_vec(),
        _ => out,
    }
}

/// What unpacks, to at most `cap` bytes, and why it is not all.
fn unpack(encoding: Option<&str>, bytes: &[u8], cap: usize) -> (Vec<u8>, Option<DecodeError>) {
    let encoding = encoding.map(|e| e.trim().to_ascii_lowercase()).unwrap_or_default();
    match encoding.as_str() {
        "" | "identity" => (bytes.to_vec(), None),
        "gzip" | "x-gzip" => read(GzDecoder::new(bytes), "gzip", cap),
        // RFC 9110 means the zlib format; many servers send raw deflate.
        "deflate" => match read(ZlibDecoder::new(bytes), "deflate", cap) {
            (out, Some(DecodeError::Mislabelled(_))) if out.is_empty() => {
                read(DeflateDecoder::new(bytes), "deflate", cap)
            }
            other => other,
        },
        other => (Vec::new(), Some(DecodeError::Unknown(other.to_owned()))),
    }
}

fn read(reader: impl Read, label: &str, cap: usize) -> (Vec<u8>, Option<DecodeError>) {
    let mut out = Vec::new();
    let read = reader.take(cap as u64 + 1).read_to_end(&mut out);
    let error = match read {
        Ok(_) if out.len() > cap => Some(DecodeError::TooLarge(cap)),
        Ok(_) => None,
        Err(_) => Some(DecodeError::Mislabelled(label.to_owned())),
    };
    out.truncate(cap);
    (out, error)
}

/// Whether bytes that do not unpack may still be a packed text: a gzip or zlib header, or no text.
fn looks_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b]) || std::str::from_utf8(bytes).is_err()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut writer = write::GzEncoder::new(Vec::new(), Compression::best());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut writer = write::ZlibEncoder::new(Vec::new(), Compression::best());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn raw(bytes: &[u8]) -> Vec<u8> {
        let mut writer = write::DeflateEncoder::new(Vec::new(), Compression::best());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn every_asked_encoding_unpacks() {
        for (label, packed) in [
            (None, b"gegevens".to_vec()),
            (Some("identity"), b"gegevens".to_vec()),
            (Some("GZIP "), gzip(b"gegevens")),
            (Some("x-gzip"), gzip(b"gegevens")),
            (Some("deflate"), zlib(b"gegevens")),
            (Some("deflate"), raw(b"gegevens")),
        ] {
            assert_eq!(decode(label, &packed, 100), Ok(b"gegevens".to_vec()), "{label:?}");
        }
    }

    #[test]
    fn a_bomb_stops_at_the_cap() {
        let bomb = gzip(&vec![0; 50 << 20]);
        assert!(bomb.len() < 60_000);
        assert_eq!(decode(Some("gzip"), &bomb, 1 << 20), Err(DecodeError::TooLarge(1 << 20)));
        assert_eq!(readable(Some("gzip"), &bomb, 1000).len(), 1000);
        assert_eq!(decode(Some("deflate"), &raw(&vec![0; 5 << 20]), 1000), Err(DecodeError::TooLarge(1000)));
        assert_eq!(decode(Some("gzip"), &gzip(&[7; 1000]), 1000), Ok(vec![7; 1000]));
    }

    #[test]
    fn a_wrong_label_is_told_from_an_unknown_one() {
        let mislabelled = |label: &str| Err(DecodeError::Mislabelled(label.to_owned()));
        assert_eq!(decode(Some("gzip"), b"platte tekst", 100), mislabelled("gzip"));
        assert_eq!(decode(Some("deflate"), b"platte tekst", 100), mislabelled("deflate"));
        assert_eq!(decode(Some("gzip"), &zlib(b"x"), 100), mislabelled("gzip"));
        assert_eq!(decode(Some("br"), b"x", 100), Err(DecodeError::Unknown("br".to_owned())));
        assert_eq!(decode(Some("gzip, gzip"), b"x", 100), Err(DecodeError::Unknown("gzip, gzip".to_owned())));
    }

    #[test]
    fn only_what_can_be_looked_into_is_readable() {
        assert_eq!(readable(Some("gzip"), b"platte tekst", 100), b"platte tekst");
        let text: String = (0..5000).map(|n| format!("regel {n} ")).collect();
        let mut cut = gzip(text.as_bytes());
        cut.truncate(cut.len() / 2);
        let seen = readable(Some("gzip"), &cut, 1 << 20);
        assert!(seen.len() > 1000 && text.as_bytes().starts_with(&seen), "{}", seen.len());
        assert!(readable(Some("br"), b"\x8b\x02\x80geheim\x03", 100).is_empty());
        assert!(readable(Some("gzip"), b"\x1f\x8b\x08\x00", 100).is_empty());
    }
}
