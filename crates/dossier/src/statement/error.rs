//! Why a statement is not accepted.

use crate::{
    dsse::DsseError,
    keys::{KeyError, Role},
};

/// A statement that cannot be signed or is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The envelope is not sound.
    #[error(transparent)]
    Envelope(DsseError),
    /// The key could not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The signature does not hold.
    #[error("de handtekening klopt niet: de inhoud is na het tekenen veranderd, of een ander heeft getekend")]
    BadSignature,
    /// Nobody trusts this key.
    #[error(
        "sleutel {0} is niet vertrouwd\n  help: geef de openbare sleutel die u buiten deze bundel om kreeg met --trust"
    )]
    UnknownKey(String),
    /// The role of the key may not say this.
    #[error("een {kind} mag alleen worden getekend door {roles}; deze sleutel heeft de rol {role}")]
    WrongRole {
        /// Which kind of statement.
        kind: &'static str,
        /// Whose key it is.
        role: Role,
        /// Who may.
        roles: String,
    },
    /// Expired, or not valid yet.
    #[error("sleutel {key} is geldig van {from} tot en met {until}, maar er is getekend op {day}")]
    KeyNotValid {
        /// The key.
        key: String,
        /// The day of signing.
        day: String,
        /// First valid day.
        from: String,
        /// Last valid day.
        until: String,
    },
    /// A type of statement we do not know.
    #[error("onbekend soort verklaring `{0}`\n  help: gebruik een keur die deze soort kent")]
    UnknownType(String),
    /// An edition we do not know.
    #[error("onbekende versie van een verklaring: `{0}`\n  help: gebruik een keur die deze versie kent")]
    UnknownVersion(String),
    /// Unknown or missing members.
    #[error("de verklaring is niet te lezen: {0}")]
    Parse(String),
    /// The same information in other bytes.
    #[error("de verklaring staat niet in de vorm waarin keur haar schrijft")]
    NotCanonical,
}
