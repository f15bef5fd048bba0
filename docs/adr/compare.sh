#!/usr/bin/env bash
# Lints one OpenAPI document with keur and with Spectral and prints the processor time of both, and the ratio.
# Usage: docs/adr/compare.sh KEUR DOCUMENT RULESET, with `spectral` on the PATH (npm i -g @stoplight/spectral-cli) and
# RULESET the official media/linter.yaml of the API Design Rules.
set -euo pipefail
keur=$(realpath "$1") document=$(realpath "$2") ruleset=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$document" "$work/"
cat >"$work/product.toml" <<TOML
format = "keur/product"
version = "1.0"
environment = "test"
[endpoints]
openapi = "$(basename "$document")"
TOML
cd "$work"
# Either finds something in most documents, and then fails: that is an answer too.
seconds() {
    local TIMEFORMAT='%U %S'
    { time "$@" >/dev/null 2>&1 || true; } 2>&1 | awk '{ print $1 + $2 }'
}
for round in 1 2 3; do
    ours=$(seconds "$keur" run api-ontwerpregels --variant adr-2.2-document --product product.toml --out "$work/out")
    theirs=$(seconds spectral lint -r "$ruleset" "$(basename "$document")")
    awk -v a="$ours" -v b="$theirs" -v n="$round" -v l="$(wc -l <"$document")" \
        'BEGIN { printf "round %d, %d lines: keur %.2f s, spectral %.2f s, ratio %.1f\n", n, l, a, b, b / a }'
done
