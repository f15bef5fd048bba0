//! World, Dutch sentences and the runner; the only user of cucumber.
