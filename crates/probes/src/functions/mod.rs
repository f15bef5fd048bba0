//! Checks on what a product asks of the services behind the generic functions, which we play.

pub mod addressing;
pub mod authorisation;
pub mod consent;
pub mod localisation;
mod traces;
