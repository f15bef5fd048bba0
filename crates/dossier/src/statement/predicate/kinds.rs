//! The content of each kind of statement.

use keur_evidence::event::{ProductIdentity, RunStarted};
use keur_verdict::Verdict;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use crate::dates::{day, instant};

/// A run was executed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Run id.
    pub run: String,
    /// practice or exam.
    pub mode: String,
    /// What was tested against.
    pub profile: Profile,
    /// The item under test.
    pub product: ProductIdentity,
    /// The tool.
    pub harness: Harness,
    /// SHA-256 (hex) of the journal's last line.
    pub journal_head: String,
    /// What came of it.
    pub verdict: Verdict,
    /// First event.
    #[serde(with = "instant")]
    pub started: OffsetDateTime,
    /// Last event.
    #[serde(with = "instant")]
    pub finished: OffsetDateTime,
    /// When it was signed.
    #[serde(with = "instant")]
    pub signed_at: OffsetDateTime,
}

impl Run {
    /// What there is to say of a run with this start, head and verdict.
    #[must_use]
    pub fn of(
        run: &RunStarted,
        journal_head: &str,
        verdict: Verdict,
        (started, finished): (OffsetDateTime, OffsetDateTime),
        signed_at: OffsetDateTime,
    ) -> Self {
        Self {
            run: run.run.clone(),
            mode: run.mode.clone(),
            profile: Profile {
                id: run.profile.clone(),
                release: run.profile_release.clone(),
                digest: run.profile_digest.clone(),
                variant: run.variant.clone(),
            },
            product: run.product.clone(),
            harness: Harness { version: run.harness_version.clone(), digest: run.harness_digest.clone() },
            journal_head: journal_head.to_owned(),
            verdict,
            started,
            finished,
            signed_at,
        }
    }
}

/// A profile in one edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Id.
    pub id: String,
    /// Release.
    pub release: String,
    /// `sha256:…`.
    pub digest: String,
    /// The variant chosen.
    pub variant: String,
}

/// The tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Harness {
    /// Version.
    pub version: String,
    /// `sha256:…` of the executable.
    pub digest: String,
}

/// The vendor stands by `product.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// The item under test.
    pub product: ProductIdentity,
    /// What it claims, as `key = value` lines.
    pub claims: Vec<String>,
    /// When it was signed.
    #[serde(with = "instant")]
    pub signed_at: OffsetDateTime,
}

/// What an assessor found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// The product meets it.
    Satisfied,
    /// The product does not meet it.
    NotSatisfied,
    /// It does not apply.
    NotApplicable,
}

/// What an attestation rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A certificate by a third party.
    Certificate,
    /// A document.
    Document,
    /// A demonstration.
    Demonstration,
    /// An interview.
    Interview,
}

/// Who says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct By {
    /// Name.
    pub name: String,
    /// Organisation.
    pub organisation: String,
    /// Role, in words.
    pub role: String,
}

/// For which product and profile something is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Vendor.
    pub vendor: String,
    /// Product.
    pub name: String,
    /// Version; `*` means every version, in a waiver only.
    pub version: String,
    /// Profile id.
    pub profile: String,
}

/// What a statement rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artefact {
    /// Title.
    pub title: String,
    /// SHA-256 in hex.
    pub sha256: String,
    /// Kept as a blob in the bundle; otherwise elsewhere.
    pub blob: bool,
}

/// A person judged what cannot be measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// The requirement.
    pub requirement: String,
    /// What was found.
    pub outcome: Found,
    /// In words.
    pub statement: String,
    /// What it rests on.
    pub basis: Basis,
    /// Who.
    pub by: By,
    /// Somebody watched the demonstration.
    pub witnessed: bool,
    /// When.
    #[serde(with = "day")]
    pub date: Date,
    /// Last day it holds.
    #[serde(with = "day")]
    pub expires: Date,
    /// For which product and profile.
    pub scope: Scope,
    /// What it rests on.
    pub artefacts: Vec<Artefact>,
    /// When it was signed.
    #[serde(with = "instant")]
    pub signed_at: OffsetDateTime,
}

/// The scheme owner lifts a requirement for a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The requirement.
    pub requirement: String,
    /// For which product and profile.
    pub scope: Scope,
    /// Why.
    pub reason: String,
    /// First day it holds.
    #[serde(with = "day")]
    pub granted: Date,
    /// Last day it holds.
    #[serde(with = "day")]
    pub expires: Date,
    /// What it rests on.
    pub artefacts: Vec<Artefact>,
    /// Who.
    pub by: By,
    /// When it was signed.
    #[serde(with = "instant")]
    pub signed_at: OffsetDateTime,
}

/// What a remark asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing.
    Accept,
    /// Another run.
    ReRun,
    /// An answer.
    Question,
}

/// What an evaluator says about a requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remark {
    /// The requirement.
    pub requirement: String,
    /// In words.
    pub remark: String,
    /// What it asks for.
    pub action: Action,
}

/// What an evaluation comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Grant it.
    Recommend,
    /// Do not grant it.
    NotRecommend,
    /// Run again first.
    ReRun,
}

/// A laboratory looked at the whole dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// Per requirement.
    pub remarks: Vec<Remark>,
    /// What it comes to.
    pub conclusion: Conclusion,
    /// When it was signed.
    #[serde(with = "instant")]
    pub signed_at: OffsetDateTime,
}

/// A second person looked at the evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// They come to the same.
    pub agrees: bool,
    /// In words.
    pub remarks: String,
    /// When it was signed.
    #[serde(with = "instant")]
    pub signed_at: OffsetDateTime,
}

/// What a certification body can decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionOutcome {
    /// Granted.
    Granted,
    /// Refused.
    Refused,
    /// Granted under conditions.
    Conditional,
    /// Suspended.
    Suspended,
    /// Withdrawn.
    Withdrawn,
}

/// The certification body decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What was decided.
    pub outcome: DecisionOutcome,
    /// Under which conditions.
    pub conditions: Vec<String>,
    /// Last day it holds.
    #[serde(with = "day")]
    pub valid_until: Date,
    /// Number of the certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// When it was signed.
    #[serde(with = "instant")]
    pub signed_at: OffsetDateTime,
}
