//! Goldens of every command and every message: `tests/cmd/*.trycmd`. Refresh with `TRYCMD=overwrite cargo test -p keur`.

#[test]
fn commands_and_messages() {
    trycmd::TestCases::new().env("NO_COLOR", "1").env("COLUMNS", "100").case("tests/cmd/*.trycmd");
}
