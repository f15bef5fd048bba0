//! `manifest.json`: the size and digests of every file of a bundle that is evidence. The run statement signs its bytes.

use serde::{Deserialize, Serialize};

use crate::{archive::is_path, digest};

/// Where it stands in the archive.
pub const PATH: &str = "manifest.json";
/// Folder of what is added to a finished run: statements and keys. Signatures protect it, not the manifest.
pub const ATTEST: &str = "attest/";

const FORMAT: &str = "keur/bundle";
const VERSION: &str = "1.0";
const LONGEST: usize = 32 << 20;

/// The files of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `keur/bundle`.
    pub format: String,
    /// `1.0`.
    pub version: String,
    /// Run id.
    pub run: String,
    /// practice or exam.
    pub mode: String,
    /// SHA-256 (hex) of the journal's last line.
    pub journal_head: String,
    /// Every entry except this one and those under `attest/`, ascending by path.
    pub files: Vec<ManifestFile>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Its path.
    pub path: String,
    /// Bytes of its content.
    pub size: u64,
    /// SHA-256 (hex) of its content.
    pub sha256: String,
    /// SHA-256 (hex) of its bytes in the archive: bits of a compressed stream can change without its content changing.
    pub stored_sha256: String,
}

/// A manifest that is not one of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Too long.
    #[error("manifest.json is groter dan 32 MiB")]
    TooLong,
    /// Not this format.
    #[error("manifest.json is geen manifest van een bundel: {0}")]
    Parse(String),
    /// Another format or edition.
    #[error(
        "manifest.json heeft formaat `{format}` versie `{version}`; bekend is keur/bundle 1.0\n  help: gebruik een keur die deze versie kent"
    )]
    Edition {
        /// The format it says.
        format: String,
        /// The edition it says.
        version: String,
    },
    /// The same information in other bytes.
    #[error("manifest.json staat niet in de vorm waarin keur hem schrijft")]
    NotCanonical,
    /// A file that cannot be.
    #[error("manifest.json: `{0}` is geen bestand van een bundel, staat dubbel of staat niet op volgorde")]
    File(String),
}

impl Manifest {
    /// A manifest of these files.
    #[must_use]
    pub fn new(run: &str, mode: &str, journal_head: &str, files: Vec<ManifestFile>) -> Self {
        let (format, version) = (FORMAT.to_owned(), VERSION.to_owned());
        let (run, mode, journal_head) = (run.to_owned(), mode.to_owned(), journal_head.to_owned());
        Self { format, version, run, mode, journal_head, files }
    }

    /// Its only form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Strings and numbers always become JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads it back.
    ///
    /// # Errors
    /// When one byte is not as [`Manifest::to_bytes`] would write it.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        if bytes.len() > LONGEST {
            return Err(ManifestError::TooLong);
        }
        let manifest: Self =
            serde_json::from_slice(bytes).map_err(|error| ManifestError::Parse(error.to_string()))?;
        if (manifest.format.as_str(), manifest.version.as_str()) != (FORMAT, VERSION) {
            return Err(ManifestError::Edition { format: manifest.format, version: manifest.version });
        }
        let mut before = "";
        for file in &manifest.files {
            let kind = is_path(&file.path) && file.path != PATH && !file.path.starts_with(ATTEST);
            let digests = digest::is_hex(&file.sha256) && digest::is_hex(&file.stored_sha256);
            if !kind || !digests || before >= file.path.as_str() {
                return Err(ManifestError::File(file.path.clone()));
            }
            before = &file.path;
        }
        if manifest.to_bytes() != bytes {
            return Err(ManifestError::NotCanonical);
        }
        Ok(manifest)
    }

    /// The file at this path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&ManifestFile> {
        let at = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        self.files.get(at)
    }
}
