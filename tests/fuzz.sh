#!/usr/bin/env bash
# Throws mutated inputs at a reader, discovery's packets (dns) or the numbers of a revocation list (device-numbers):
# tests/fuzz.sh [MINUTES [SEED [TARGET]]] (default: 1, a seed of its own, dns).
# What breaks it is kept in tests/vectors/fuzz/TARGET, where tests/run.sh reads it from then on. Ends 0 only if nothing did.
set -euo pipefail
cd "$(dirname "$0")/.."
built=$(dotnet build tests/OpenShare.Fuzz -c Release --nologo -v quiet) || { echo "$built" >&2; exit 1; }
target=${3:-dns}
exec dotnet artifacts/bin/OpenShare.Fuzz/release/fuzz.dll "$target" "tests/vectors/fuzz/$target" "${1:-1}" ${2:+"$2"}
