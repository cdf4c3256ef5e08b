#!/usr/bin/env bash
# Throws mutated packets at the reader of discovery's packets: tests/fuzz.sh [MINUTES [SEED]] (default: 1, and a seed of its own).
# What breaks it is kept in tests/vectors/fuzz/dns, where tests/run.sh reads it from then on. Ends 0 only if nothing did.
set -euo pipefail
cd "$(dirname "$0")/.."
built=$(dotnet build tests/OpenShare.Fuzz -c Release --nologo -v quiet) || { echo "$built" >&2; exit 1; }
exec dotnet artifacts/bin/OpenShare.Fuzz/release/fuzz.dll dns tests/vectors/fuzz/dns "${1:-1}" ${2:+"$2"}
