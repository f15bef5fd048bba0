//! Where products stand, counted: per track of the law and as certificates.

use serde::{Deserialize, Serialize};

use super::Count;

/// Where the products of a group stood at the end of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// Products with at least one run that counts by then.
    pub products: Count,
    /// The verdict on the whole profile.
    pub whole: Track,
    /// Spoor 1; none when no profile of the group has requirements that decide it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spoor_1: Option<Track>,
    /// Spoor 2; none when no profile of the group has requirements that decide it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spoor_2: Option<Track>,
    /// What certification bodies decided.
    pub certificates: Certificates,
}

/// A partition of products by verdict: every product of the group is in exactly one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Track {
    /// Products of this track; the sum of the parts.
    pub total: Count,
    /// Every requirement that decides is met.
    pub conform: Count,
    /// The same but for requirements under a waiver that still holds.
    pub conform_with_waiver: Count,
    /// At least one is not met.
    pub not_conform: Count,
    /// Nothing failed, and not all is known.
    pub incomplete: Count,
    /// It was conform, and what that rested on (waiver, statement, age of the evidence) is no longer valid.
    pub expired: Count,
}

impl Track {
    /// The parts, in order, with their keys in open data.
    #[must_use]
    pub fn parts(&self) -> [(&'static str, Count); 5] {
        [
            ("conform", self.conform),
            ("conform_with_waiver", self.conform_with_waiver),
            ("not_conform", self.not_conform),
            ("incomplete", self.incomplete),
            ("expired", self.expired),
        ]
    }
}

/// A partition of products by what a certification body decided last, over all their runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Certificates {
    /// Granted and valid.
    pub granted: Count,
    /// Granted under conditions and valid.
    pub conditional: Count,
    /// Suspended.
    pub suspended: Count,
    /// Withdrawn.
    pub withdrawn: Count,
    /// Refused.
    pub refused: Count,
    /// Granted, and no longer valid.
    pub expired: Count,
    /// Nothing was decided.
    pub none: Count,
}

impl Certificates {
    /// The parts, in order, with their keys in open data.
    #[must_use]
    pub fn parts(&self) -> [(&'static str, Count); 7] {
        [
            ("granted", self.granted),
            ("conditional", self.conditional),
            ("suspended", self.suspended),
            ("withdrawn", self.withdrawn),
            ("refused", self.refused),
            ("expired", self.expired),
            ("none", self.none),
        ]
    }
}
