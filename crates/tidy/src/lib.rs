//! Rules about the repository, as tests: what prose would only ask for. See `tests/`.
