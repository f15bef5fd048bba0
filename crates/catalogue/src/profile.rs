//! A profile: what a product is certified against, one exchange role per file.

mod parse;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Text, requirement::Level};

/// `profiles/<id>.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// `keur/profile`.
    pub format: String,
    /// `1.0`.
    pub version: String,
    /// `bgz-beschikbaarstellen`; equals the file name.
    pub id: String,
    /// `2026.1`.
    pub release: String,
    /// Title.
    pub title: Text,
    /// One or two sentences.
    pub summary: Text,
    /// The product role.
    pub role: String,
    /// The exchange.
    pub exchange: String,
    /// FHIR version of the exchange.
    pub fhir: FhirVersion,
    /// The variant when none is asked for.
    pub default_variant: String,
    /// Whether keur plays the other party, so that the product has somebody to ask.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub counterparty: bool,
    /// Legal status of the exchange, with a date.
    pub legal: Legal,
    /// Requirement ids or inclusive ranges `WGZ-SEC-001..019`.
    pub select: Vec<String>,
    /// The variants.
    pub variant: Vec<Variant>,
    /// Levels changed for this profile.
    #[serde(default, rename = "override")]
    pub overrides: Vec<Override>,
    /// Requirements that gate here although their sources alone would not make them.
    #[serde(default)]
    pub gate: Vec<Gate>,
    /// Numbers the tests need.
    #[serde(default)]
    pub parameters: BTreeMap<String, i64>,
    /// The selected requirement ids, ranges written out, in the order of `select`.
    #[serde(skip)]
    pub requirements: Vec<String>,
    /// SHA-256 of the file, `sha256:…`.
    #[serde(skip)]
    pub digest: String,
}

/// FHIR version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FhirVersion {
    /// STU3, 3.0.2.
    Stu3,
    /// R4, 4.0.1.
    R4,
}

/// The legal status of the exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Legal {
    /// designated, prioritised, draft or none.
    pub status: LegalStatus,
    /// The date at which this was looked up, `YYYY-MM-DD`.
    pub date: String,
    /// Where.
    pub source: String,
    /// In words.
    pub note: Text,
}

/// Legal status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LegalStatus {
    /// Designated by decree.
    Designated,
    /// On the multi-year agenda.
    Prioritised,
    /// A draft decree or norm.
    Draft,
    /// None.
    None,
}

/// A variant of the profile where norms contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// `gisa-2026-b`.
    pub id: String,
    /// Title.
    pub title: Text,
    /// The document it follows.
    pub source: String,
    /// The OAuth profile it follows; the default one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth: Option<String>,
    /// FHIR version, when it is another than the profile's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fhir: Option<FhirVersion>,
}

impl Profile {
    /// FHIR version of the exchange in this variant.
    #[must_use]
    pub fn fhir_in(&self, variant: &str) -> FhirVersion {
        self.variant.iter().find(|one| one.id == variant).and_then(|one| one.fhir).unwrap_or(self.fhir)
    }
}

/// A level changed for this profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The requirement.
    pub requirement: String,
    /// The level here.
    pub level: Level,
    /// Why.
    pub reason: Text,
}

/// A requirement that gates here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// The requirement.
    pub requirement: String,
    /// Why.
    pub reason: Text,
}
