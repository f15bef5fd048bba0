//! All that is published, as one value: what the policy withholds is not in it. Pages, open data and the yearly report
//! are pure functions of a [`Picture`].

mod count;
mod product;
mod profile;
#[cfg(test)]
pub mod sample;
mod standing;

pub use self::{
    count::Count,
    product::{Certificate, ProductPicture, ProductProfile, RequirementLine, RunLine, State, WaiverLine},
    profile::{Coverage, NotTested, Outcomes, ProfilePicture, RequirementPicture},
    standing::{Certificates, Standing, Track},
};

use serde::{Deserialize, Serialize};

/// The format of a picture.
pub const FORMAT: &str = "keur/picture";

/// The national picture. Every list is in the order in which it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// [`FORMAT`].
    pub format: String,
    /// `1.0`.
    pub version: String,
    /// The moment it is about, RFC 3339; not when it was made.
    pub as_of: String,
    /// Version of the keur that verified the bundles.
    pub harness: String,
    /// The bundles were made by the generator: every page must say so.
    pub generated: bool,
    /// What the policy allows to be told.
    pub disclosure: Disclosure,
    /// The moments at which the field was looked at, ascending; the last is now ([`Picture::as_of`]). All `standing` and
    /// `counts` lists below are parallel to this one.
    pub periods: Vec<Period>,
    /// What became of the files that were read.
    pub sources: Sources,
    /// Distinct products that were tested and count now, over all profiles.
    pub products_now: Count,
    /// Over all profiles; a product counts once for every profile.
    pub total: Vec<Standing>,
    /// By exchange, with its roles (profiles).
    pub exchanges: Vec<Exchange>,
    /// By profile: one role in one exchange.
    pub profiles: Vec<ProfilePicture>,
    /// The products the policy allows to be named; empty when it allows none.
    pub products: Vec<ProductPicture>,
    /// Bundles and files that do not count, each with the reason.
    pub set_aside: Vec<SetAside>,
}

impl Picture {
    /// The position in [`Picture::periods`] of the end of this year, or of now when the year is still running.
    #[must_use]
    pub fn year_end(&self, year: i32) -> Option<usize> {
        let of_year = |period: &Period| period.year == year && period.yearly;
        self.periods.iter().rposition(of_year)
    }

    /// The profile with this id.
    #[must_use]
    pub fn profile(&self, id: &str) -> Option<&ProfilePicture> {
        self.profiles.iter().find(|profile| profile.id == id)
    }
}

/// What the policy allows to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// Numbers from 1 to one below this are not told; 0 and 1 withhold nothing.
    pub threshold: u64,
    /// Which products are named.
    pub named: Named,
    /// The policy in words of its owner, when it gives them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<keur_catalogue::Text>,
}

/// Which products are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    /// None.
    None,
    /// Those of a list in the policy.
    Listed,
    /// All.
    All,
}

/// A moment at which the field was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// `2026-Q3`, `2026-09` or `2026`, by the policy.
    pub id: String,
    /// Its year.
    pub year: i32,
    /// The day it is about, `YYYY-MM-DD`: the last of the period, or that of [`Picture::as_of`] for the last one.
    pub day: String,
    /// The year ends with it, or it is now: requirements and digests are kept for these only.
    pub yearly: bool,
}

/// What became of the files that were read. Every file is in exactly one of these. How many count is withheld where it
/// would tell how few products there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sources<N = Count> {
    /// Files that were read.
    pub files: N,
    /// Bundles whose runs count.
    pub counted: N,
    /// Bundles of practice runs.
    pub practice: usize,
    /// The same bundle or the same run again.
    pub repeated: usize,
    /// Bundles that do not verify.
    pub refused: usize,
    /// Everything else: no bundle at all, unreadable, changed while it was read, and so on.
    pub other: usize,
}

/// An exchange of the law with its roles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// Its key in addresses of pages: lower-case letters, digits, hyphens.
    pub id: String,
    /// Its name as the profiles have it.
    pub title: String,
    /// Ids of its profiles.
    pub profiles: Vec<String>,
    /// Over its profiles, per period.
    pub standing: Vec<Standing>,
}

/// A file or bundle that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// SHA-256 (hex) of its bytes, when they could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Why.
    pub reason: Reason,
    /// The step that failed, `V1` to `V13`, of a bundle that does not verify.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// How many files had these same bytes.
    pub files: usize,
}

/// Why a file or bundle does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A practice run: its signature says nothing of who signed.
    Practice,
    /// It does not verify; `step` says where.
    Refused,
    /// The same bytes as a bundle that counts.
    SameBundle,
    /// The same run as in a bundle that counts, packed or signed differently.
    SameRun,
    /// The record of a run that counts, under another product's name.
    OtherName,
    /// Signed with a key that was revoked by then.
    RevokedKey,
    /// Norms that this keur does not know.
    UnknownNorm,
    /// Made by the generator, among bundles that were not.
    Generated,
    /// It was cut short: a run for part of the requirements, or an interrupted one.
    Partial,
    /// Changed while it was read.
    Changed,
    /// Could not be read.
    Unreadable,
    /// Larger than is read.
    TooLarge,
    /// No bundle at all.
    NoBundle,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 13] = [
        Self::Practice,
        Self::Refused,
        Self::SameBundle,
        Self::SameRun,
        Self::OtherName,
        Self::RevokedKey,
        Self::UnknownNorm,
        Self::Generated,
        Self::Partial,
        Self::Changed,
        Self::Unreadable,
        Self::TooLarge,
        Self::NoBundle,
    ];
}
