//! Digests of content, written as `sha256:<hex>`.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// The digest of one text.
pub(crate) fn of_text(text: &str) -> String {
    render(&Sha256::digest(text.as_bytes()))
}

/// The digest of a set of files, whatever order they come in.
pub(crate) fn of_files(files: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = files.iter().collect();
    sorted.sort();
    let mut hasher = Sha256::new();
    for (path, text) in sorted {
        // Lengths keep two different sets from yielding the same bytes.
        hasher.update((path.len() as u64).to_be_bytes());
        hasher.update(path.as_bytes());
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    render(&hasher.finalize())
}

fn render(bytes: &[u8]) -> String {
    bytes.iter().fold(String::from("sha256:"), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_its_well_known_digest() {
        assert_eq!(of_text("abc"), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn the_order_of_files_does_not_matter_but_their_borders_do() {
        let a = ("a".to_owned(), "bc".to_owned());
        let b = ("ab".to_owned(), "c".to_owned());
        assert_eq!(of_files(&[a.clone(), b.clone()]), of_files(&[b.clone(), a.clone()]));
        assert_ne!(of_files(&[a]), of_files(&[b]));
    }
}
