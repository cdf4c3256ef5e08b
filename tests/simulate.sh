#!/usr/bin/env bash
# Simulates whole devices over many seeds, or replays one.
#   tests/simulate.sh --minutes 30                every scenario, seed after seed, on every processor
#   tests/simulate.sh --replay SCENARIO SEED      one run with its trace: when, who, what
#   tests/simulate.sh --bugs                      plants each bug and counts the seeds until it is found
#   tests/simulate.sh --bench                     large worlds, in figures
# Ends with seeds run, virtual hours, faults injected and failures; 0 only if no promise was broken.
set -euo pipefail
cd "$(dirname "$0")/.."

# A world makes much that lives for one step: rarer collections cost less than the memory they save.
export DOTNET_GCgen0size=${DOTNET_GCgen0size:-4000000}

built=$(dotnet build tests/OpenShare.Simulation -c Release --nologo -v quiet) || { echo "$built" >&2; exit 1; }
simulation=artifacts/bin/OpenShare.Simulation/release/simulation.dll
case "${1:-}" in
  --replay) shift; exec dotnet "$simulation" replay --trace "$@" ;;
  --bugs) shift; exec dotnet "$simulation" bug "$@" ;;
  --bench) shift; exec dotnet "$simulation" bench "$@" ;;
  *) exec dotnet "$simulation" explore "$@" ;;
esac
