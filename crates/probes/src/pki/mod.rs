//! Certificates of the Dutch healthcare PKI and what their issuers say of them later. Everything read here comes from
//! outside: what does not fit is an error as data.

pub mod crl;
mod issued;
pub mod ocsp;
mod revocation;
#[cfg(test)]
mod test_ca;
pub mod uzi;

pub use issued::{Issued, issued, issuer};
pub use revocation::not_revoked;

use time::OffsetDateTime;

/// What an issuer says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not revoked.
    Good,
    /// Revoked, since this moment.
    Revoked(OffsetDateTime),
}

/// Why revocation data say nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PkiError {
    /// Not what it should be.
    #[error("onleesbaar: {0}")]
    Malformed(&'static str),
    /// From another issuer.
    #[error("afkomstig van een andere uitgever")]
    OtherIssuer,
    /// About another certificate.
    #[error("gaat niet over dit certificaat")]
    OtherCertificate,
    /// The issuer did not sign it, or the algorithm is unknown.
    #[error("de handtekening van de uitgever klopt niet")]
    Signature,
    /// Not valid yet, or not any more.
    #[error("verouderd of nog niet geldig: geldt van {0} tot {1}")]
    Stale(String, String),
    /// The responder gives no answer.
    #[error("de OCSP-dienst weigert te antwoorden: status {0}")]
    Refused(u8),
    /// The responder does not know the certificate.
    #[error("de OCSP-dienst kent dit certificaat niet")]
    Unknown,
    /// There was no answer at all.
    #[error("niet opgehaald: {0}")]
    Unreachable(String),
}

/// Whether the moment lies between both; without an end, a day after the beginning.
fn current(from: OffsetDateTime, until: Option<OffsetDateTime>, now: OffsetDateTime) -> Result<(), PkiError> {
    let until = until.unwrap_or(from.saturating_add(time::Duration::DAY));
    if from <= now && now <= until {
        return Ok(());
    }
    Err(PkiError::Stale(from.to_string(), until.to_string()))
}
