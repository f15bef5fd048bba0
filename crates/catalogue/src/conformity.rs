//! The declaration of conformity with the Nictiz API requirements: its keys, as data, and a vendor's declaration, read strictly.

mod parse;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Text;

/// What the file with the keys says it is.
pub(crate) const FORMAT: &str = "keur/conformity";
/// Longest remark the library takes.
pub const REMARKS: usize = 1_000;

/// The keys of one version of the requirements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conformity {
    /// `1.2.0`; empty when the catalogue has no keys.
    pub version: String,
    /// In the order of the library.
    pub keys: Vec<Key>,
}

/// One requirement a vendor declares about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// `SC008`, `IS003.002`, ….
    pub id: String,
    /// In our own words.
    pub summary: Text,
    /// How far the measuring requirements cover it; absent when nothing measures it.
    pub measured: Option<Extent>,
    /// The requirements of this catalogue that measure it.
    #[serde(default)]
    pub measured_by: Vec<String>,
}

/// How far a claim is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// Wholly: satisfied means that the claim is true.
    Whole,
    /// Partly: a failure contradicts the claim, and nothing proves it.
    Partly,
}

/// What is declared of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConformityType {
    /// The product meets it.
    Conformant,
    /// It does not.
    NotConformant,
    /// Nobody looked.
    NotEvaluated,
    /// It is not about this product.
    NotApplicable,
}

/// A vendor's declaration: known keys alone, though not necessarily all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declaration {
    /// What is declared, by key.
    pub keys: BTreeMap<String, Declared>,
}

/// What is declared of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The claim.
    pub conformity: ConformityType,
    /// What the vendor says beside it.
    pub remarks: Option<String>,
}

impl ConformityType {
    /// All of them, in the order of the library.
    pub const ALL: [Self; 4] =
        [Self::Conformant, Self::NotConformant, Self::NotEvaluated, Self::NotApplicable];

    /// The word in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conformant => "CONFORMANT",
            Self::NotConformant => "NOT_CONFORMANT",
            Self::NotEvaluated => "NOT_EVALUATED",
            Self::NotApplicable => "NOT_APPLICABLE",
        }
    }
}

impl Declaration {
    /// The keys it says nothing about.
    #[must_use]
    pub fn missing<'k>(&self, known: &'k Conformity) -> Vec<&'k str> {
        known.keys.iter().map(|key| key.id.as_str()).filter(|id| !self.keys.contains_key(*id)).collect()
    }
}

impl Key {
    /// What is wrong with it beside its shape.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        if self.summary.nl.trim().is_empty() || self.summary.en.trim().is_empty() {
            return Some("a summary is empty");
        }
        (self.measured.is_some() == self.measured_by.is_empty())
            .then_some("`measured` and `measured_by` stand together or not at all")
    }
}
