//! `result.json`: the verdict as others read it. Schema: `profiles/schema/result.schema.json`.

use keur_evidence::{
    event::{Attested, ProductIdentity, Reason},
    trail::Trail,
};
use serde::{Deserialize, Serialize};

use crate::{declaration::DeclarationTable, layers::LayerMatrix, options::OptionRow, overlay::Waiver};

use keur_catalogue::requirement::{Level, Method, Spoor};

/// The whole result of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// `keur/result`.
    pub format: String,
    /// `1.0`.
    pub version: String,
    /// The run.
    pub run: Run,
    /// The profile it was judged against.
    pub profile: ProfileRef,
    /// The item under test.
    pub product: ProductIdentity,
    /// The tool.
    pub harness: Harness,
    /// L4.
    pub verdict: Verdict,
    /// L4 per track of the law.
    pub spoor: SpoorVerdicts,
    /// How many requirements have which outcome.
    pub counts: Counts,
    /// The attacks on the layers of trust, alone and together; absent when none were made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layers: Option<LayerMatrix>,
    /// The declaration of conformity beside what was measured; absent when none was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration: Option<DeclarationTable>,
    /// Declared, advertised and observed, option by option; absent when nothing was laid side by side.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionRow>,
    /// The log of the product beside the exchanges of the run; absent when none was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_log: Option<Trail>,
    /// L3, in profile order.
    pub requirements: Vec<RequirementResult>,
    /// What makes the result less than complete: partial selection, interruption, guard, broken journal; in Dutch.
    pub caveats: Vec<String>,
}

/// The run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Time-ordered id.
    pub id: String,
    /// RFC 3339.
    pub started: String,
    /// RFC 3339; of the last event.
    pub finished: String,
    /// practice or exam.
    pub mode: String,
    /// Seed, hex.
    pub seed: String,
    /// SHA-256 of the journal's last line.
    pub journal_head: String,
}

/// The profile a run was judged against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileRef {
    /// Id.
    pub id: String,
    /// Release.
    pub version: String,
    /// `sha256:…`.
    pub digest: String,
    /// Variant.
    pub variant: String,
}

/// The tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Harness {
    /// Version.
    pub version: String,
    /// `sha256:…` of the executable.
    pub digest: String,
    /// `sha256:…` of the features.
    pub features_digest: String,
    /// `sha256:…` of the catalogue.
    pub catalogue_digest: String,
}

/// L4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every gating requirement is satisfied, or not applicable with proof.
    Conform,
    /// At least one gating requirement is not satisfied.
    NotConform,
    /// Anything else.
    Incomplete,
}

/// L4 per track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpoorVerdicts {
    /// Spoor 1.
    #[serde(rename = "1")]
    pub one: Verdict,
    /// Spoor 2.
    #[serde(rename = "2")]
    pub two: Verdict,
}

/// How many requirements have which outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Satisfied (attested ones included).
    pub satisfied: usize,
    /// Not satisfied.
    pub not_satisfied: usize,
    /// Undetermined.
    pub undetermined: usize,
    /// Not applicable, with proof.
    pub not_applicable: usize,
    /// Not tested.
    pub not_tested: usize,
    /// Not satisfied but not blocking (should, or not gating).
    pub remarks: usize,
    /// Of the satisfied ones: attested by a person.
    pub attested: usize,
    /// Open, and not blocking because of a waiver.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waived: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// L3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every case passed.
    Satisfied,
    /// At least one case failed.
    NotSatisfied,
    /// It cannot be told.
    Undetermined,
    /// It does not apply, with proof.
    NotApplicable,
    /// Nothing was executed.
    NotTested,
}

/// How an outcome was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// By an automated test.
    Automatic,
    /// By a person's statement.
    Attested,
}

/// L3 with its cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequirementResult {
    /// `WGZ-SEC-010`.
    pub id: String,
    /// After the profile's overrides.
    pub level: Level,
    /// The track.
    pub spoor: Spoor,
    /// test, examine or interview.
    pub method: Method,
    /// Whether it can decide the verdict in this profile.
    pub gates: bool,
    /// L3.
    pub outcome: Outcome,
    /// automatic or attested.
    pub modality: Modality,
    /// It is not satisfied, and that does not block.
    pub remark: bool,
    /// L2.
    pub cases: Vec<CaseResult>,
    /// The statement it rests on, for attested ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attested>,
    /// The waiver under which it does not block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waiver>,
}

/// L2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseOutcome {
    /// It does not apply, with proof.
    Inapplicable,
    /// Every check holds.
    Passed,
    /// Selected, not executed.
    Untested,
    /// It cannot be told.
    CantTell,
    /// The tool's fault.
    Error,
    /// A check is violated and the cause is the product.
    Failed,
}

/// L2 with its checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// `features/…#slug`.
    pub id: String,
    /// The scenario's name.
    pub title: String,
    /// Line in the feature file.
    pub line: usize,
    /// L2.
    pub outcome: CaseOutcome,
    /// Why it cannot be told.
    pub reason: Option<Reason>,
    /// Finer: `unreachable`, `hook_missing`, ….
    pub cause: Option<String>,
    /// In words, when it ended early.
    pub detail: Option<String>,
    /// Proof of inapplicability: predicate, declared, observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// L1.
    pub checks: Vec<CheckResult>,
    /// Ids (`x-…`, `o-…`) of the exchanges and observations made in the case.
    pub exchanges: Vec<String>,
    /// Digests of the blobs they left.
    pub evidence: Vec<String>,
    /// Duration.
    pub ms: u64,
}

/// Why a requirement does not apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The predicate that is false.
    pub predicate: String,
    /// What the product declared.
    pub declared: String,
    /// What was observed.
    pub observed: String,
}

/// L1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The sentence of the step.
    pub step: String,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub observed: String,
    /// true, false, or null when it could not be decided.
    pub holds: Option<bool>,
    /// Ids of what it rests on.
    pub evidence: Vec<String>,
}
