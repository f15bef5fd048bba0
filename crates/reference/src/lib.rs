//! The conformant sample product: a BgZ source as a real server, with named defects. Shares no code with the harness.

pub mod defects;
pub mod fhir;
