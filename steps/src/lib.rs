//! World, Dutch sentences and the engine. The only user of cucumber.

pub mod contract;
pub mod desk;
pub mod doctor;
pub mod engine;
pub mod exam;
pub mod features;
pub mod gherkin;
pub mod lint;
pub mod material;
pub mod norms;
pub mod person;
pub mod plan;
pub mod replay;
pub mod resume;
pub mod run;
mod sentences;
pub mod session;
pub mod shared;
pub mod tour;
mod trail;
pub mod turns;
mod world;

pub use world::World;
