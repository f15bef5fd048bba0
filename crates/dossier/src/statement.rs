//! In-toto statements: who says what about which bytes, and whether they may.

mod error;
pub mod predicate;
mod subject;

pub use self::{
    error::StatementError,
    predicate::Predicate,
    subject::{Subject, waiver_digest},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::{
    dsse::{DsseError, Envelope},
    keys::{PublicKey, SigningKey},
};

const TYPE: &str = "https://in-toto.io/Statement/v1";

/// Something somebody says about bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// What it is about.
    pub subject: Vec<Subject>,
    /// What is said.
    pub predicate: Predicate,
}

/// A statement whose signature holds, by a trusted key that may sign it.
#[derive(Debug, Clone, PartialEq)]
pub struct Signed {
    /// What is said.
    pub statement: Statement,
    /// By whom.
    pub key: PublicKey,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: Value,
}

impl Statement {
    /// A statement about these subjects.
    #[must_use]
    pub fn new(subject: Vec<Subject>, predicate: Predicate) -> Self {
        Self { subject, predicate }
    }

    /// When it was signed.
    #[must_use]
    pub fn signed_at(&self) -> OffsetDateTime {
        self.predicate.signed_at()
    }

    /// Its only form.
    ///
    /// # Errors
    /// When a value cannot be written as JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StatementError> {
        let raw = Raw {
            kind: TYPE.to_owned(),
            subject: self.subject.clone(),
            predicate_type: self.predicate.uri(),
            predicate: self.predicate.to_value().map_err(|error| StatementError::Parse(error.to_string()))?,
        };
        serde_json::to_vec(&raw).map_err(|error| StatementError::Parse(error.to_string()))
    }

    /// Reads it back.
    ///
    /// # Errors
    /// When it is not a statement we know, to the letter.
    pub fn parse(payload: &[u8]) -> Result<Self, StatementError> {
        let raw: Raw =
            serde_json::from_slice(payload).map_err(|error| StatementError::Parse(error.to_string()))?;
        if raw.kind != TYPE {
            return Err(StatementError::UnknownType(raw.kind));
        }
        if raw.subject.is_empty() || raw.subject.iter().any(|subject| !subject.is_sound()) {
            return Err(StatementError::Parse("`subject` is leeg of heeft geen SHA-256".to_owned()));
        }
        let predicate = Predicate::parse(&raw.predicate_type, raw.predicate)?;
        let statement = Self { subject: raw.subject, predicate };
        if statement.to_bytes()? != payload {
            return Err(StatementError::NotCanonical);
        }
        Ok(statement)
    }

    /// Signs it.
    ///
    /// # Errors
    /// When the key's role may not sign this, or the key is not valid then.
    pub fn sign(&self, key: &SigningKey) -> Result<Envelope, StatementError> {
        self.check_role(key.public())?;
        self.check_day(key.public())?;
        Ok(Envelope::sign(self.to_bytes()?, key)?)
    }

    /// Checks an envelope against the trusted keys and reads what was signed.
    ///
    /// # Errors
    /// Which of signature, key, role, validity or content is wrong.
    pub fn open(envelope: &Envelope, trusted: &[PublicKey]) -> Result<Signed, StatementError> {
        let signed = Self::authenticate(envelope, trusted)?;
        signed.statement.check_day(&signed.key)?;
        Ok(signed)
    }

    /// As [`Statement::open`], whatever the day of signing.
    pub(crate) fn authenticate(envelope: &Envelope, trusted: &[PublicKey]) -> Result<Signed, StatementError> {
        let known = trusted.iter().find(|key| key.id == envelope.keyid);
        let key = known.ok_or_else(|| StatementError::UnknownKey(envelope.keyid.clone()))?;
        envelope.verify(key).map_err(|error| match error {
            DsseError::BadSignature => StatementError::BadSignature,
            other => StatementError::Envelope(other),
        })?;
        let statement = Self::parse(&envelope.payload)?;
        statement.check_role(key)?;
        Ok(Signed { statement, key: key.clone() })
    }

    fn check_role(&self, key: &PublicKey) -> Result<(), StatementError> {
        let (kind, role) = (self.predicate.kind(), key.role);
        if !self.predicate.may_be_signed_by(role) {
            let roles = self.predicate.roles().iter().map(|role| role.as_str()).collect::<Vec<_>>();
            return Err(StatementError::WrongRole { kind, role, roles: roles.join(" of ") });
        }
        Ok(())
    }

    /// Whether the key was valid when it signed.
    pub(crate) fn check_day(&self, key: &PublicKey) -> Result<(), StatementError> {
        let day = self.signed_at().date();
        if !key.is_valid_on(day) {
            return Err(StatementError::KeyNotValid {
                key: key.id.clone(),
                day: crate::dates::day_text(day),
                from: crate::dates::day_text(key.valid_from),
                until: crate::dates::day_text(key.valid_until),
            });
        }
        Ok(())
    }
}
