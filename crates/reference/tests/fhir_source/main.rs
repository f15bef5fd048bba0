//! The FHIR side of the sample product: a BgZ source over its synthetic patients, without a network.

mod behaviour;
mod bgz;
mod defects;
mod folder;
mod support;
mod xml;
