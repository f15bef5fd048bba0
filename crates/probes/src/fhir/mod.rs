//! FHIR facts and checks, for STU3 and R4.

pub mod bundle;
pub mod canonical;
pub mod capability;
pub mod compartment;
pub mod content;
pub mod dossier;
pub mod identifiers;
pub mod include;
pub mod outcome;
pub mod paging;
pub mod query;
pub mod rest;
pub mod schema;
pub mod searchset;
pub mod self_link;
mod xml;
