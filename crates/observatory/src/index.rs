//! What was verified before: with it a build verifies only what is new. It rests on the verifier, its policy and keys;
//! when one of these is another, or the index is damaged, everything is verified again.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use keur_evidence::digest::to_hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{gather::Found, record::Record};

const FORMAT: &str = "keur/observatory-index/1";
/// No line of ours is longer.
const LONGEST_LINE: usize = 16 << 20;

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verified {
    /// It verifies.
    Sound(Box<Record>),
    /// It does not.
    Broken {
        /// The step that failed.
        step: String,
        /// What is wrong, in Dutch; not for publication, because it may name a product.
        detail: String,
    },
}

/// What was found in bytes with this digest, and in which files they were seen.
#[derive(Debug, Clone, Default)]
pub struct Index {
    bundles: HashMap<String, Verified>,
    files: BTreeMap<PathBuf, Seen>,
    /// Why an earlier index was not used, in Dutch.
    pub rebuilt: Option<String>,
}

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    size: u64,
    written: i128,
    digest: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Head {
        format: String,
        basis: String,
    },
    Bundle {
        digest: String,
        verified: Verified,
    },
    File {
        path: PathBuf,
        seen: Seen,
    },
    /// The digest of all lines before it.
    End {
        sha256: String,
    },
}

impl Index {
    /// Reads the index of this basis; one that is missing, damaged or of another basis is empty.
    #[must_use]
    pub fn open(path: &Path, basis: &str) -> Self {
        if !path.exists() {
            return Self::default();
        }
        Self::read(path, basis).unwrap_or_else(|why| {
            let rebuilt = format!("{}: {why}; alle bundels worden opnieuw gecontroleerd", path.display());
            Self { rebuilt: Some(rebuilt), ..Self::default() }
        })
    }

    fn read(path: &Path, basis: &str) -> Result<Self, String> {
        let damaged = || "de index is beschadigd".to_owned();
        let mut reader = BufReader::new(fs::File::open(path).map_err(|error| error.to_string())?);
        let (mut index, mut sum, mut line) = (Self::default(), Sha256::new(), Vec::new());
        let mut first = true;
        loop {
            line.clear();
            reader.read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
            if line.len() > LONGEST_LINE {
                return Err(damaged());
            }
            match serde_json::from_slice(&line).map_err(|_| damaged())? {
                Line::Head { format, basis: found } if first => {
                    if (format.as_str(), found.as_str()) != (FORMAT, basis) {
                        return Err("de keur, het beleid of de vertrouwde sleutels zijn veranderd".to_owned());
                    }
                }
                Line::Bundle { digest, verified } if !first => drop(index.bundles.insert(digest, verified)),
                Line::File { path, seen } if !first => drop(index.files.insert(path, seen)),
                Line::End { sha256 } if !first => {
                    return if sha256 == to_hex(&sum.finalize()) { Ok(index) } else { Err(damaged()) };
                }
                _ => return Err(damaged()),
            }
            sum.update(&line);
            first = false;
        }
    }

    /// The digest of a file that was seen before and did not change since.
    #[must_use]
    pub fn digest(&self, file: &Found) -> Option<&str> {
        let seen = self.files.get(&file.path)?;
        (seen.size == file.size && seen.written == file.written).then_some(seen.digest.as_str())
    }

    /// What was found in these bytes.
    #[must_use]
    pub fn bundle(&self, digest: &str) -> Option<&Verified> {
        self.bundles.get(digest)
    }

    /// Writes an index of these files and bundles; the old one stands until the new one is whole.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write<'f>(
        path: &Path,
        basis: &str,
        files: impl IntoIterator<Item = (&'f Found, &'f str)>,
        bundles: &BTreeMap<String, Verified>,
    ) -> std::io::Result<()> {
        let part = path.with_extension("part");
        let mut out = BufWriter::new(fs::File::create(&part)?);
        let mut sum = Sha256::new();
        let mut put = |line: &Line| -> std::io::Result<()> {
            let mut bytes = serde_json::to_vec(line)?;
            bytes.push(b'\n');
            sum.update(&bytes);
            out.write_all(&bytes)
        };
        put(&Line::Head { format: FORMAT.to_owned(), basis: basis.to_owned() })?;
        for (digest, verified) in bundles {
            put(&Line::Bundle { digest: digest.clone(), verified: verified.clone() })?;
        }
        for (file, digest) in files {
            let seen = Seen { size: file.size, written: file.written, digest: digest.to_owned() };
            put(&Line::File { path: file.path.clone(), seen })?;
        }
        let end = Line::End { sha256: to_hex(&sum.finalize()) };
        serde_json::to_writer(&mut out, &end)?;
        out.write_all(b"\n")?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(part, path)
    }
}
