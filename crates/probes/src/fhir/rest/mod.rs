//! How a FHIR server behaves at its REST interface: reading, searching and writing, held to what its CapabilityStatement
//! claims.

pub mod bundles;
pub mod dates;
pub mod includes;
pub mod oracle;
pub mod parameters;
pub mod reading;
pub mod results;
pub mod trials;
mod values;
pub mod writing;
