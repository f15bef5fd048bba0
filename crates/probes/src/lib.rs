//! Probes (facts out, no opinion) and pure checks (facts to expected and observed).
