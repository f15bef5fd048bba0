//! One requirement and the catalogue of all of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Profile, Text,
    conformity::Conformity,
    layers::Layers,
    oauth::{self, OAuthProfile},
};

/// How binding a requirement is (RFC 2119 sense).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Blocks conformity.
    Must,
    /// Yields a remark.
    Should,
    /// Tested only where the product claims it, and then it blocks.
    May,
}

/// The track of the law a requirement belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Spoor {
    /// Spoor 1: the exchange happens electronically.
    #[serde(rename = "1")]
    One,
    /// Spoor 2: electronically and per NEN norm, with certified products.
    #[serde(rename = "2")]
    Two,
    /// European Health Data Space.
    #[serde(rename = "ehds")]
    Ehds,
    /// Another act.
    #[serde(rename = "wet")]
    Wet,
}

/// How conformity is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// By an automated test.
    Test,
    /// By examination of documents or a demonstration.
    Examine,
    /// By an interview.
    Interview,
}

/// What a source is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceStatus {
    /// An act or decree.
    Law,
    /// What a letter to parliament literally says.
    Letter,
    /// A published norm.
    Norm,
    /// A published specification.
    Specification,
    /// A concept note.
    Concept,
    /// A draft.
    Draft,
    /// Our own inference.
    Derived,
}

impl SourceStatus {
    /// Whether a requirement resting on such a source may decide a verdict.
    #[must_use]
    pub fn gates(self) -> bool {
        matches!(self, Self::Law | Self::Letter | Self::Norm | Self::Specification)
    }
}

/// Where a requirement comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The document.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The clause; `"unknown"` when it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// What the document is worth.
    pub status: SourceStatus,
}

/// What is demanded: one entry of `profiles/eisen/<norm>.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// `WGZ-SEC-010`.
    pub id: String,
    /// A sentence that is true of a conforming product.
    pub title: Text,
    /// must, should or may.
    pub level: Level,
    /// The track of the law.
    pub spoor: Spoor,
    /// The product roles it holds for.
    pub roles: Vec<String>,
    /// test, examine or interview.
    pub method: Method,
    /// Where it comes from, at least one.
    pub source: Vec<Source>,
    /// Why it matters.
    pub why: Text,
    /// What to mend.
    pub fix: Text,
    /// The catalogue release that introduced it.
    pub since: String,
    /// The catalogue release that withdrew it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<String>,
    /// Ids in other catalogues that say the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The profile variants it holds in; empty = all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<String>,
    /// Why nothing tests it in this release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_tested: Option<Text>,
    /// What the assessor looks at (method examine or interview).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look_at: Option<Text>,
    /// Numbers the test needs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, i64>,
}

impl Requirement {
    /// Whether it holds in this variant of a profile.
    #[must_use]
    pub fn holds_in(&self, variant: &str) -> bool {
        self.variants.is_empty() || self.variants.iter().any(|own| own == variant)
    }
}

/// The norm a catalogue file belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Norm {
    /// `NEN7512`; the value of the `@norm:` tag.
    pub id: String,
    /// The title for readers.
    pub title: String,
    /// The edition.
    pub edition: String,
}

/// All requirements, in file and entry order.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// The requirements with the norm (file) they stand in.
    pub requirements: Vec<Requirement>,
    /// Norm of each requirement id.
    pub norms: BTreeMap<String, Norm>,
    /// The layers of trust and the attacks on them.
    pub layers: Layers,
    /// The OAuth profiles a variant can name.
    pub oauth: Vec<OAuthProfile>,
    /// The keys of the declaration of conformity.
    pub conformity: Conformity,
    /// SHA-256 over all catalogue files, `sha256:…`.
    pub digest: String,
}

impl Catalogue {
    /// The requirement with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.id == id)
    }

    /// The OAuth profile a variant follows; the default one where it names none.
    #[must_use]
    pub fn oauth_of(&self, profile: &Profile, variant: &str) -> OAuthProfile {
        let variant = profile.variant.iter().find(|known| known.id == variant);
        let id = variant.and_then(|variant| variant.oauth.as_deref()).unwrap_or(oauth::DEFAULT);
        self.oauth.iter().find(|known| known.id == id).cloned().unwrap_or_default()
    }
}
