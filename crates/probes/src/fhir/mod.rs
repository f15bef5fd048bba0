//! FHIR facts and checks, for STU3 and R4.

pub mod bundle;
pub mod query;
