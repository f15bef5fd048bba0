//! A scheme's policy (`--policy`): what a verifier accepts beyond what every bundle must be.

use std::{fs, io, path::Path};

use serde::{Deserialize, de::DeserializeOwned};

use crate::digest;

const FORMAT: &str = "keur/policy";
const LONGEST: u64 = 1 << 20;

/// What a verifier accepts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// `keur/policy`.
    pub format: String,
    /// Digests of catalogues, profiles and features that are accepted beside the embedded ones.
    #[serde(default)]
    pub norms: Vec<String>,
    /// Digests of accepted keur executables; empty accepts any.
    #[serde(default)]
    pub harness: Vec<String>,
    /// Which runs are accepted.
    #[serde(default)]
    pub mode: Mode,
    /// Which attestations are accepted.
    #[serde(default)]
    pub attestations: Attestations,
    /// Most attempts in the ledger.
    #[serde(default)]
    pub max_attempts: Option<u64>,
    /// What an outcome that differs between attempts means.
    #[serde(default)]
    pub flaky: Flaky,
    /// Kinds of statements that must be there.
    #[serde(default)]
    pub require: Vec<Required>,
}

/// Which runs are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Exams and practice.
    #[default]
    Any,
    /// Exams only.
    Exam,
}

/// Which attestations are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attestations {
    /// Signed and declared ones.
    #[default]
    Any,
    /// Signed ones only.
    Signed,
}

/// What an outcome that differs between attempts means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaky {
    /// It is told.
    #[default]
    Report,
    /// The bundle is refused.
    Refuse,
}

/// A kind of statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Required {
    /// By the vendor.
    Declaration,
    /// By the laboratory.
    Evaluation,
    /// By a second person.
    Review,
    /// By the certification body.
    Decision,
}

impl Required {
    /// The kind as statements have it.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Declaration => "declaration",
            Self::Evaluation => "evaluation",
            Self::Review => "review",
            Self::Decision => "decision",
        }
    }
}

/// A policy that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The file system refused.
    #[error("{path}: {source}\n  help: geef met --policy een leesbaar TOML-bestand van hoogstens 1 MiB")]
    Io {
        /// Where.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// It is not a policy.
    #[error(
        "{path}:{line}: dit is geen beleid van keur: {message}\n  help: begin met format = \"keur/policy\" en gebruik alleen norms, harness, mode, attestations, max_attempts, flaky en require"
    )]
    Parse {
        /// Where.
        path: String,
        /// Line, 1-based.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

/// The text of a policy file, when it is no larger than a policy may be.
///
/// # Errors
/// Those of the file system.
pub fn text(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > LONGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    fs::read_to_string(path)
}

/// A value from TOML.
///
/// # Errors
/// The line, 1-based, and what is wrong there.
pub fn toml_at<T: DeserializeOwned>(text: &str) -> Result<T, (usize, String)> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or(text));
        (before.matches('\n').count() + 1, error.message().to_owned())
    })
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// When it cannot be read, or has one key or value we do not know.
    pub fn open(path: &Path) -> Result<Self, PolicyError> {
        let name = path.display().to_string();
        let text = text(path).map_err(|source| PolicyError::Io { path: name.clone(), source })?;
        Self::parse(&name, &text)
    }

    /// Reads the text of a policy; `path` names it in errors.
    ///
    /// # Errors
    /// When one key or value is not known.
    pub fn parse(path: &str, text: &str) -> Result<Self, PolicyError> {
        let wrong =
            |line: usize, message: String| PolicyError::Parse { path: path.to_owned(), line, message };
        let policy: Self = toml_at(text).map_err(|(line, message)| wrong(line, message))?;
        if policy.format != FORMAT {
            return Err(wrong(1, format!("formaat `{}`; bekend is {FORMAT}", policy.format)));
        }
        let digests = policy.norms.iter().chain(&policy.harness);
        if let Some(other) = digests.into_iter().find(|text| digest::address(text).is_none()) {
            return Err(wrong(1, format!("`{other}` is geen sha256:… van 64 tekens")));
        }
        Ok(policy)
    }
}
