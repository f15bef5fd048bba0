//! Why a bundle cannot be made or opened.

use std::path::PathBuf;

use keur_evidence::journal::JournalError;

use crate::{
    archive::ArchiveError, dsse::DsseError, keys::Role, manifest::ManifestError, statement::StatementError,
};

/// A bundle that cannot be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// `result.json`.
    #[error("result.json is geen uitslag van keur: {0}")]
    Result(String),
    /// A statement that is not one of ours.
    #[error("{path}: {source}")]
    Envelope {
        /// Where it stands.
        path: String,
        /// What is wrong.
        source: DsseError,
    },
    /// A statement that cannot be signed or read.
    #[error("{path}: {source}")]
    Statement {
        /// Where it stands.
        path: String,
        /// What is wrong.
        source: StatementError,
    },
    /// A public key that is not one of ours.
    #[error("{path}: geen openbare sleutel van keur: {message}")]
    Key {
        /// Where it stands.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// The file system refused.
    #[error("{path}: {source}\n  help: controleer de naam en de rechten; de map van een run heeft journal.ndjson, result.json en ledger.ndjson", path = path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The journal says nothing.
    #[error("{path}: het journaal begint niet met het begin van een run; er is niets te bundelen", path = path.display())]
    NoRun {
        /// The journal.
        path: PathBuf,
    },
    /// The stored verdict is about another journal.
    #[error(
        "result.json hoort niet bij journal.ndjson: {0}\n  help: maak result.json opnieuw met `keur report DIR --format json`"
    )]
    Mismatch(&'static str),
    /// An exam must be signed by somebody.
    #[error(
        "dit is een examen: een bundel daarvan moet worden getekend\n  help: geef met --sign de sleutel van de uitvoerder (rol operator)"
    )]
    Unsigned,
    /// Only an operator signs runs.
    #[error(
        "een run wordt getekend door de uitvoerder (rol operator); deze sleutel heeft de rol {0}\n  help: maak met `keur keys` een sleutel met de rol operator"
    )]
    Role(Role),
    /// A blob that the journal or a statement refers to is not there.
    #[error(
        "{refers} verwijst naar {address}, maar dat bestand ontbreekt of heeft een andere inhoud\n  help: zet de map blobs/ van deze run terug; zonder bewijs is er geen bundel"
    )]
    Blob {
        /// Who refers to it.
        refers: String,
        /// Its address.
        address: String,
    },
    /// A statement whose key is not beside it.
    #[error(
        "{path}: de openbare sleutel {keyid} ontbreekt in statements/keys\n  help: voeg de verklaring opnieuw toe met haar sleutel"
    )]
    NoKey {
        /// The statement.
        path: PathBuf,
        /// Its key.
        keyid: String,
    },
    /// A statement that would change what was judged.
    #[error(
        "een {0} verandert het oordeel en kan niet aan een bundel worden toegevoegd\n  help: voeg haar toe aan de map van de run (`keur attest`, `keur waive`) en maak daarna een nieuwe bundel"
    )]
    Changes(&'static str),
    /// More statements than names.
    #[error("meer dan 999 verklaringen bij één run")]
    TooManyStatements,
}
