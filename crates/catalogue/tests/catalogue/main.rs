//! What authors and vendors are told about their files.

mod attestations;
mod products;
mod profiles;
mod requirements;
mod selections;
mod support;
