//! A product that the policy allows to be named.

use keur_dossier::statement::predicate::DecisionOutcome;
use keur_verdict::{Modality, Outcome, Verdict};
use serde::{Deserialize, Serialize};

/// A product, over all its versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductPicture {
    /// Its key in addresses of pages: lower-case letters, digits, hyphens; unique.
    pub id: String,
    /// Vendor.
    pub vendor: String,
    /// Name.
    pub name: String,
    /// Chamber of commerce number, when declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kvk: Option<String>,
    /// By profile.
    pub profiles: Vec<ProductProfile>,
}

/// A product under one profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductProfile {
    /// The profile.
    pub profile: String,
    /// On the whole profile, now.
    pub whole: State,
    /// Spoor 1, now; none when the profile has nothing that decides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spoor_1: Option<State>,
    /// Spoor 2, now; none when the profile has nothing that decides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spoor_2: Option<State>,
    /// The day of the run this rests on, `YYYY-MM-DD`.
    pub since: String,
    /// The last day `whole` holds, when something it rests on ends, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// What was decided, newest first, over all runs.
    pub certificates: Vec<Certificate>,
    /// Waivers in the latest run, valid or not.
    pub waivers: Vec<WaiverLine>,
    /// All runs that count, newest first; the first is the latest run.
    pub runs: Vec<RunLine>,
    /// The outcomes of the latest run, in the order of its profile.
    pub requirements: Vec<RequirementLine>,
}

/// Where a product stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Every requirement that decides is met.
    Conform,
    /// The same but for requirements under a waiver that still holds.
    ConformWithWaiver,
    /// At least one is not met.
    NotConform,
    /// Nothing failed, and not all is known.
    Incomplete,
    /// It was conform, and what that rested on is no longer valid.
    Expired,
}

impl State {
    /// Its key in open data, as in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Conform => "conform",
            Self::ConformWithWaiver => "conform_with_waiver",
            Self::NotConform => "not_conform",
            Self::Incomplete => "incomplete",
            Self::Expired => "expired",
        }
    }
}

/// A decision of a certification body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// What was decided.
    pub outcome: DecisionOutcome,
    /// Number of the certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The certification body.
    pub by: String,
    /// When, `YYYY-MM-DD`.
    pub decided: String,
    /// Last day it holds, `YYYY-MM-DD`.
    pub valid_until: String,
    /// Under which conditions.
    pub conditions: Vec<String>,
    /// It is past its last day.
    pub expired: bool,
    /// The run it is about.
    pub run: String,
}

/// A waiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaiverLine {
    /// The requirement.
    pub requirement: String,
    /// Why.
    pub reason: String,
    /// First day, `YYYY-MM-DD`.
    pub granted: String,
    /// Last day, `YYYY-MM-DD`.
    pub expires: String,
}

/// A run that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLine {
    /// SHA-256 (hex) of the bundle.
    pub digest: String,
    /// Id.
    pub run: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// Version of the product.
    pub version: String,
    /// Release of the profile.
    pub release: String,
    /// Variant of the profile.
    pub variant: String,
    /// Whole profile, as recomputed.
    pub verdict: Verdict,
    /// Spoor 1.
    pub spoor_1: Verdict,
    /// Spoor 2.
    pub spoor_2: Verdict,
}

/// What came of a requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementLine {
    /// The requirement.
    pub id: String,
    /// What came of it.
    pub outcome: Outcome,
    /// By a test or a person.
    pub modality: Modality,
    /// Under a waiver.
    pub waived: bool,
}
