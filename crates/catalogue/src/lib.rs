//! The requirement catalogue, the profiles, the selection, and the vendor's declaration (`product.toml`). No I/O: text in, values and problems out.

pub mod attestation;
pub mod bsn;
pub mod conformity;
pub mod diagnostic;
mod digest;
pub mod embedded;
pub mod layers;
mod load;
pub mod oauth;
pub mod product;
pub mod profile;
mod reader;
pub mod requirement;
pub mod selection;
mod suggest;

pub use attestation::{Attestation, Attestations};
pub use diagnostic::{Diagnostic, Problems};
pub use product::Product;
pub use profile::Profile;
pub use requirement::{Catalogue, Requirement};
pub use selection::{Selected, Selection, SelectionError};
pub use suggest::suggest;

use serde::{Deserialize, Serialize};

/// A text for readers, in Dutch and English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

/// The language a reader sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
}

impl Text {
    /// The text in the asked language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Nl => &self.nl,
            Lang::En => &self.en,
        }
    }
}
