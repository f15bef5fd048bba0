//! Journal and profile to verdict: pure, total, deterministic.

pub mod result;

pub use result::*;
