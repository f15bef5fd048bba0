//! Verdict to bytes, one format per file.
