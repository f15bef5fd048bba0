//! The verdict's tables, laws and shape.

mod cases;
mod exam;
mod laws;
mod model;
mod runs;
mod shape;
mod support;
