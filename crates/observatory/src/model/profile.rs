//! A profile in the picture: one role in one exchange.

use keur_catalogue::{
    Text,
    profile::Legal,
    requirement::{Level, Method, Spoor},
};
use serde::{Deserialize, Serialize};

use super::{Count, Standing};

/// A profile and the products that were tested against it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfilePicture {
    /// Id: also its key in addresses of pages.
    pub id: String,
    /// The release in this keur.
    pub release: String,
    /// Title.
    pub title: Text,
    /// One or two sentences.
    pub summary: Text,
    /// The exchange, by [`super::Exchange::id`].
    pub exchange: String,
    /// The role.
    pub role: String,
    /// Legal status, with date and source.
    pub legal: Legal,
    /// Releases that products were tested against, ascending.
    pub releases: Vec<String>,
    /// Per period.
    pub standing: Vec<Standing>,
    /// The requirements of the release in this keur, in the order of the profile.
    pub requirements: Vec<RequirementPicture>,
    /// How much of the norm is looked at, and how.
    pub coverage: Coverage,
    /// Requirements that nothing and nobody looks at.
    pub not_tested: Vec<NotTested>,
    /// Per period: SHA-256 (hex) of the bundles the figures of that period come from, ascending. `None` where the period
    /// is not yearly, or the number of bundles would tell what is withheld.
    pub digests: Vec<Option<Vec<String>>>,
}

/// A requirement and how many products meet it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequirementPicture {
    /// Id.
    pub id: String,
    /// A sentence that is true of a conforming product.
    pub title: Text,
    /// Why it matters.
    pub why: Text,
    /// What to mend.
    pub fix: Text,
    /// After the profile's overrides.
    pub level: Level,
    /// The track.
    pub spoor: Spoor,
    /// test, examine or interview.
    pub method: Method,
    /// Whether it can decide the verdict in this profile.
    pub gates: bool,
    /// Per period, for yearly ones.
    pub counts: Vec<Option<Outcomes>>,
}

/// A partition of the products of a profile (its `products`) by what came of a requirement in their latest run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outcomes {
    /// Satisfied.
    pub satisfied: Count,
    /// Not satisfied.
    pub not_satisfied: Count,
    /// Undetermined.
    pub undetermined: Count,
    /// Not applicable, with proof.
    pub not_applicable: Count,
    /// Not tested.
    pub not_tested: Count,
    /// Not asked: the product was tested in a variant or release without it.
    pub not_asked: Count,
}

impl Outcomes {
    /// The parts, in order, with their keys in open data.
    #[must_use]
    pub fn parts(&self) -> [(&'static str, Count); 6] {
        [
            ("satisfied", self.satisfied),
            ("not_satisfied", self.not_satisfied),
            ("undetermined", self.undetermined),
            ("not_applicable", self.not_applicable),
            ("not_tested", self.not_tested),
            ("not_asked", self.not_asked),
        ]
    }
}

/// How many requirements of a profile are looked at, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// All.
    pub requirements: usize,
    /// By an automated test.
    pub tested: usize,
    /// By a person.
    pub attested: usize,
    /// By nobody yet.
    pub not_tested: usize,
    /// Of all: those that decide the verdict.
    pub gating: usize,
    /// Of all: spoor 1.
    pub spoor_1: usize,
    /// Of all: spoor 2.
    pub spoor_2: usize,
}

/// A requirement that nothing and nobody looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotTested {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Why not.
    pub why: Text,
}
