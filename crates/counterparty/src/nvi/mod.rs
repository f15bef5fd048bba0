//! The national localisation index and the pseudonym service as Keur plays them.

mod index;
mod pseudonyms;
mod sources;

pub use index::{Index, State};
pub use pseudonyms::Pseudonyms;
pub use sources::{Source, Sources};

/// NamingSystem of a pseudonym for the index.
pub const PSEUDONYM: &str = "http://minvws.github.io/generiekefuncties-docs/NamingSystem/nvi-identifier";
/// NamingSystem of the registering client.
pub const CLIENT: &str = "http://minvws.github.io/generiekefuncties-docs/NamingSystem/oauth-client-id";
/// Code system of the categories of data.
pub const CATEGORIES: &str =
    "http://minvws.github.io/generiekefuncties-docs/CodeSystem/nl-gf-data-categories-cs";
/// The extension that names the custodian.
pub const CUSTODIAN: &str =
    "http://minvws.github.io/generiekefuncties-docs/StructureDefinition/nl-gf-localization-custodian";
/// NamingSystem of organisations.
pub const URA: &str = "http://fhir.nl/fhir/NamingSystem/ura";

const FHIR: &str = "application/fhir+json";
