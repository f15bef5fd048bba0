//! Journal and profile to verdict: pure, total, deterministic.
