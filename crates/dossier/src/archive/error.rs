//! What can be wrong with an archive.

use std::path::PathBuf;

/// An archive that is not as the writer would write it, or that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file system refused.
    #[error("{path} kan niet worden gelezen: {source}\n  help: controleer de naam en de rechten van het bestand", path = path.display())]
    Open {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No archive, a cut one, or one with something behind it.
    #[error(
        "dit is geen bundel: aan het einde staat geen eindrecord van een zip-archief\n  help: het bestand is afgekapt, er is iets achter gezet, of het is iets anders; vraag het opnieuw op"
    )]
    NotAnArchive,
    /// The directory or the record at the end.
    #[error("het archief is beschadigd: {0}")]
    Record(&'static str),
    /// A path that is not allowed.
    #[error(
        "ingang `{path}`: deze naam mag niet\n  help: een naam is relatief, zonder . of .., met letters, cijfers en ._- en hoogstens 200 tekens"
    )]
    Path {
        /// The path.
        path: String,
    },
    /// A header that is not the one the writer would write.
    #[error("ingang `{entry}`: in de {place} klopt dit niet: {field}")]
    Header {
        /// Which entry.
        entry: String,
        /// Which header.
        place: &'static str,
        /// Which field.
        field: &'static str,
    },
    /// Not ascending, or twice.
    #[error("ingang `{entry}` staat dubbel of niet op volgorde (na `{before}`)")]
    Order {
        /// The entry.
        entry: String,
        /// The one before.
        before: String,
    },
    /// Too much.
    #[error(
        "te veel: {what} is meer dan {limit}\n  help: deel de run op, of vraag de maker om een kleinere bundel"
    )]
    Limit {
        /// Of what.
        what: String,
        /// The limit.
        limit: u64,
    },
    /// The content is not what its header says.
    #[error("ingang `{entry}`: {what}")]
    Content {
        /// Which entry.
        entry: String,
        /// What is wrong.
        what: String,
    },
    /// No such entry.
    #[error("ingang `{entry}` ontbreekt")]
    Missing {
        /// Which entry.
        entry: String,
    },
    /// It could not be written.
    #[error("de bundel kan niet worden geschreven: {0}")]
    Write(std::io::Error),
}

impl ArchiveError {
    pub(super) fn header(entry: &str, place: &'static str, field: &'static str) -> Self {
        Self::Header { entry: entry.to_owned(), place, field }
    }

    pub(super) fn content(entry: &str, error: &std::io::Error) -> Self {
        Self::Content { entry: entry.to_owned(), what: error.to_string() }
    }

    /// The entry it is about.
    #[must_use]
    pub fn entry(&self) -> Option<&str> {
        match self {
            Self::Path { path: entry }
            | Self::Header { entry, .. }
            | Self::Order { entry, .. }
            | Self::Content { entry, .. }
            | Self::Missing { entry } => Some(entry),
            _ => None,
        }
    }
}
