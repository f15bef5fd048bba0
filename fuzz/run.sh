#!/bin/sh
# fuzz/run.sh SECONDS [TARGET…]: fuzzes the targets named, or all, so many seconds each, with the stable compiler. Coverage
# comes from flags of the compiler, so neither cargo-fuzz nor a nightly is needed; libFuzzer itself needs a C++ compiler.
# What it finds stays in fuzz/corpus, and an input that crashes in fuzz/artifacts.
set -eu
seconds=${1:?"how many seconds for each target?"}
shift
cd "$(dirname "$0")"
host=$(rustc -vV | sed -n 's/^host: //p')
sancov=-Cpasses=sancov-module
for option in level=4 inline-8bit-counters pc-table trace-compares; do
  sancov="$sancov -Cllvm-args=-sanitizer-coverage-$option"
done
# With the host named, build scripts and macros stay without the flags.
RUSTFLAGS="--cfg fuzzing -Ccodegen-units=1 $sancov" cargo build --release --target "$host"
bin=${CARGO_TARGET_DIR:-target}/$host/release
[ $# -gt 0 ] || set -- $(sed -n 's/^name = "\(.*\)"/\1/p' Cargo.toml | tail -n +2)
for target in "$@"; do
  mkdir -p "corpus/$target" "artifacts/$target"
  corpus="corpus/$target"
  [ ! -d "seeds/$target" ] || corpus="$corpus seeds/$target"
  # A whole bundle is there already.
  [ "$target" != archive ] || corpus="$corpus ../crates/cli/tests/golden"
  # shellcheck disable=SC2086
  nice -n 15 "$bin/$target" $corpus -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 \
    -artifact_prefix="artifacts/$target/" -print_final_stats=1 2>&1 | tail -n 12 | sed "s/^/$target: /"
done
