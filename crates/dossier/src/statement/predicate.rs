//! What can be said, by whom: one type per kind of statement.

mod kinds;

pub use kinds::*;

use serde_json::Value;
use time::OffsetDateTime;

use super::StatementError;
use crate::keys::Role;

const PREFIX: &str = "keur:predicate/";
const VERSION: &str = "1";

/// What is said.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// A run was executed; these are its files.
    Run(Run),
    /// The same, signed with a key anybody can derive.
    PracticeRun(Run),
    /// The vendor stands by the declaration.
    Declaration(Declaration),
    /// A person judged what cannot be measured.
    Attestation(Attestation),
    /// The same in practice.
    PracticeAttestation(Attestation),
    /// The scheme owner lifts a requirement for a product.
    Waiver(Waiver),
    /// A laboratory looked at the whole dossier.
    Evaluation(Evaluation),
    /// A second person looked at the evaluation.
    Review(Review),
    /// The certification body decided.
    Decision(Decision),
}

/// Kind → who may sign it. In the order of the variants.
const KINDS: [(&str, &[Role]); 9] = [
    ("run", &[Role::Operator]),
    ("practice-run", &[Role::Practice]),
    ("declaration", &[Role::Vendor]),
    ("attestation", &[Role::Assessor, Role::Laboratory]),
    ("practice-attestation", &[Role::Practice]),
    ("waiver", &[Role::SchemeOwner]),
    ("evaluation", &[Role::Laboratory]),
    ("review", &[Role::Reviewer]),
    ("decision", &[Role::CertificationBody]),
];

impl Predicate {
    fn row(&self) -> (&'static str, &'static [Role]) {
        KINDS[match self {
            Self::Run(_) => 0,
            Self::PracticeRun(_) => 1,
            Self::Declaration(_) => 2,
            Self::Attestation(_) => 3,
            Self::PracticeAttestation(_) => 4,
            Self::Waiver(_) => 5,
            Self::Evaluation(_) => 6,
            Self::Review(_) => 7,
            Self::Decision(_) => 8,
        }]
    }

    /// `run`, `attestation`, ….
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.row().0
    }

    /// Its type as an in-toto statement has it.
    #[must_use]
    pub fn uri(&self) -> String {
        format!("{PREFIX}{}/{VERSION}", self.kind())
    }

    /// The roles that may sign it.
    #[must_use]
    pub fn roles(&self) -> &'static [Role] {
        self.row().1
    }

    /// Whether a key of this role may sign it.
    #[must_use]
    pub fn may_be_signed_by(&self, role: Role) -> bool {
        self.roles().contains(&role)
    }

    /// When it was signed.
    #[must_use]
    pub fn signed_at(&self) -> OffsetDateTime {
        match self {
            Self::Run(run) | Self::PracticeRun(run) => run.signed_at,
            Self::Declaration(declaration) => declaration.signed_at,
            Self::Attestation(attestation) | Self::PracticeAttestation(attestation) => attestation.signed_at,
            Self::Waiver(waiver) => waiver.signed_at,
            Self::Evaluation(evaluation) => evaluation.signed_at,
            Self::Review(review) => review.signed_at,
            Self::Decision(decision) => decision.signed_at,
        }
    }

    pub(super) fn to_value(&self) -> Result<Value, serde_json::Error> {
        match self {
            Self::Run(run) | Self::PracticeRun(run) => serde_json::to_value(run),
            Self::Declaration(declaration) => serde_json::to_value(declaration),
            Self::Attestation(attestation) | Self::PracticeAttestation(attestation) => {
                serde_json::to_value(attestation)
            }
            Self::Waiver(waiver) => serde_json::to_value(waiver),
            Self::Evaluation(evaluation) => serde_json::to_value(evaluation),
            Self::Review(review) => serde_json::to_value(review),
            Self::Decision(decision) => serde_json::to_value(decision),
        }
    }

    pub(super) fn parse(uri: &str, value: Value) -> Result<Self, StatementError> {
        let unknown = || StatementError::UnknownType(uri.to_owned());
        let (kind, version) =
            uri.strip_prefix(PREFIX).and_then(|rest| rest.split_once('/')).ok_or_else(unknown)?;
        let at = KINDS.iter().position(|(known, _)| *known == kind).ok_or_else(unknown)?;
        if version != VERSION {
            return Err(StatementError::UnknownVersion(uri.to_owned()));
        }
        let parsed = match at {
            0 => serde_json::from_value(value).map(Self::Run),
            1 => serde_json::from_value(value).map(Self::PracticeRun),
            2 => serde_json::from_value(value).map(Self::Declaration),
            3 => serde_json::from_value(value).map(Self::Attestation),
            4 => serde_json::from_value(value).map(Self::PracticeAttestation),
            5 => serde_json::from_value(value).map(Self::Waiver),
            6 => serde_json::from_value(value).map(Self::Evaluation),
            7 => serde_json::from_value(value).map(Self::Review),
            _ => serde_json::from_value(value).map(Self::Decision),
        };
        parsed.map_err(|error| StatementError::Parse(format!("{kind}: {error}")))
    }
}
