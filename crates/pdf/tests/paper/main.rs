//! The paper over hand-made runs: the same ones the other formats are tested with.

#[path = "../../../../reports/tests/reports/build.rs"]
mod build;
mod data;
#[path = "../../../../reports/tests/reports/every.rs"]
mod every;
#[cfg(feature = "typst")]
mod print;
