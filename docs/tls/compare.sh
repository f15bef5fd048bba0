#!/bin/sh
# Scans one local server with keur and with whichever of sslscan, sslyze and testssl.sh is installed, and prints a table of
# what each found and how long it took. Needs openssl and python3. The servers are those of openssl, one sound and one weak.
# KEUR names the binary (default: keur on the path), RUNS how often each scan is timed (default 3; the quickest counts).
set -eu
KEUR=${KEUR:-keur}
RUNS=${RUNS:-3}
work=$(mktemp -d)
server=
trap 'test -z "$server" || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

now() { python3 -c 'import time; print(int(time.monotonic() * 1000))'; }

# best COMMAND…: runs it RUNS times, leaves its output in $work/out and the quickest time (ms) in $best.
best() {
  best=
  for _ in $(seq "$RUNS"); do
    from=$(now)
    "$@" > "$work/out" 2> "$work/err" < /dev/null || true
    took=$(($(now) - from))
    if [ -z "$best" ] || [ "$took" -lt "$best" ]; then best=$took; fi
  done
}

row() { printf '| %s | %s | %s | %s | %s | %s |\n' "$@"; }

# scan NAME HOST PORT PRODUCT: a table of one server.
scan() {
  printf '\n%s\n\n' "$1"
  row tool 'time (ms)' versions suites groups 'key'
  row --- --- --- --- --- ---
  best "$KEUR" run tls --product "$4" --out "$work/keur" -q
  python3 - "$work/keur" > "$work/facts" <<'PY'
import json, pathlib, sys
run = sorted(pathlib.Path(sys.argv[1]).iterdir())[-1]
found = []
for line in (run / "journal.ndjson").open():
    text = json.loads(line)
    stack = [text]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            if one.get("what") == "tls_findings":
                found = one["facts"]["findings"]
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
of = lambda topic: [one["finding"] for one in found if one["topic"] == topic]
key = [text for text in of("certificates") if "sleutel" in text][:1]
groups = {text.split(": ")[-1] for text in of("exchange")}
print(len(of("versions")), len(of("suites")), len(groups), (key or ["?"])[0].split(": ")[-1], sep="|")
PY
  IFS='|' read -r versions suites groups key < "$work/facts"
  row keur "$best" "$versions" "$suites" "$groups" "$key"
  if command -v sslscan > /dev/null; then
    best sslscan --no-colour --xml=- "$2:$3"
    versions=$(grep -c '<protocol type=.*enabled="1"' "$work/out" || true)
    suites=$(grep -c '<cipher ' "$work/out" || true)
    groups=$(grep -o '<group .*id="[^"]*"' "$work/out" | grep -o 'id="[^"]*"' | sort -u | grep -c . || true)
    key=$(grep -o '<pk error="[^"]*" type="[^"]*".*bits="[0-9]*"\|<pk .*' "$work/out" | head -1 | sed 's/.*type="\([^"]*\)".*/\1/')
    row "sslscan $(sslscan --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -1)" "$best" "$versions" "$suites" "$groups" "$key"
  fi
  if command -v sslyze > /dev/null; then
    best sslyze --json_out="$work/sslyze.json" "$2:$3"
    python3 - "$work/sslyze.json" > "$work/facts" <<'PY'
import json, sys
result = json.load(open(sys.argv[1]))["server_scan_results"][0]["scan_result"] or {}
accepted = {name: one["result"]["accepted_cipher_suites"] for name, one in result.items()
            if name.endswith("_cipher_suites") and one and one["result"]}
curves = (result.get("elliptic_curves") or {}).get("result") or {}
chains = ((result.get("certificate_info") or {}).get("result") or {}).get("certificate_deployments") or []
key = chains[0]["received_certificate_chain"][0]["public_key"] if chains else {}
print(sum(1 for one in accepted.values() if one), sum(map(len, accepted.values())), len(curves.get("supported_curves") or []),
      key.get("key_size", "?"), sep="|")
PY
    IFS='|' read -r versions suites groups key < "$work/facts"
    row sslyze "$best" "$versions" "$suites" "$groups" "$key"
  fi
  if command -v testssl > /dev/null || command -v testssl.sh > /dev/null; then
    tool=$(command -v testssl || command -v testssl.sh)
    # It takes minutes: once is enough.
    from=$(now)
    rm -f "$work/testssl.json"
    "$tool" --warnings off --color 0 --jsonfile "$work/testssl.json" -p -E -f -S "$2:$3" > "$work/out" 2> "$work/err" < /dev/null || true
    took=$(($(now) - from))
    python3 - "$work/testssl.json" > "$work/facts" <<'PY'
import json, re, sys
try:
    found = json.load(open(sys.argv[1]))
except (OSError, ValueError):
    found = []
names = {"SSLv2", "SSLv3", "TLS1", "TLS1_1", "TLS1_2", "TLS1_3"}
versions = sum(1 for one in found if one["id"] in names and re.match("offered", one["finding"]))
suites = sum(1 for one in found if one["id"].startswith("cipher-tls") or one["id"].startswith("cipher-ssl"))
curves = [one["finding"] for one in found if one["id"].endswith("FS_ECDHE_curves")]
key = [one["finding"] for one in found if one["id"].startswith("cert_keySize")]
print(versions, suites, len(curves[0].split()) if curves else 0, key[0] if key else "?", sep="|")
PY
    IFS='|' read -r versions suites groups key < "$work/facts"
    row testssl.sh "$took" "$versions" "$suites" "$groups" "$key"
  fi
}

declare_product() {
  printf 'format = "keur/product"\nversion = "1.0"\nenvironment = "test"\n[endpoints]\nfhir_base = "https://localhost:%s"\n[trust]\nca = [{ file = "ca.pem" }]\n' "$1" > "$work/product.toml"
}

serve() {
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  declare_product "$port"
  (cd "$work" && exec openssl s_server -accept "127.0.0.1:$port" -cert ca.pem -key ca.key -www "$@") > /dev/null 2>&1 &
  server=$!
  python3 - "$port" <<'PY'
import socket, sys, time
for _ in range(200):
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1).close()
        break
    except OSError:
        time.sleep(0.05)
PY
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/ca.key" -out "$work/ca.pem" -days 30 \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE 2> /dev/null
serve
scan 'OpenSSL as it comes, ECDSA' localhost "$port" "$work/product.toml"
kill "$server"
serve -cipher 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'
scan 'OpenSSL with all it has' localhost "$port" "$work/product.toml"
