//! The formats over hand-made runs.

mod build;
mod claims;
mod every;
mod goldens;
mod hostile;
mod junit;
mod laws;
mod reading;
mod stamp;
