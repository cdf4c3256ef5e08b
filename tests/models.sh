#!/usr/bin/env bash
# Has ProVerif judge the models of docs/models: what is claimed is proven, and each variant that leaves a check out is refuted.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../docs/models"

command -v proverif >/dev/null || { echo "Skipped: the models of docs/models. proverif is not on the PATH (https://proverif.inria.fr); nothing else needs it."; exit 0; }

# variant NAME: the model on the standard input, with what this variant leaves out or adds.
variant() { sed -E "s/\(\*-$1-\*\).*\(\*-\*\)//; s/\(\*\+$1\+(.*)\+\*\)/\1/"; }

# judged FILE: a letter for each query, in their order: T proven, F refuted, ? neither.
judged() {
  timeout 600 proverif -lib primitives "$1" | sed -nE 's/^RESULT .* is true\.$/T/p; s/^RESULT .* is false\.$/F/p; s/^RESULT .* cannot be proved.*$/?/p' | paste -sd ' '
}

work=$(mktemp -d) failed=0 models=0
trap 'rm -rf "$work"' EXIT
proverif -help | head -n 1
for model in *.pv; do
  while read -r name expected; do
    variant "$name" <"$model" >"$work/$name.pv"
    [ "$name" = sound ] || ! cmp -s "$model" "$work/$name.pv" || { echo "$model has no variant $name"; failed=1; continue; }
    [ "$name" != sound ] || models=$((models + 1))
    found=$(judged "$work/$name.pv")
    if [ "$found" = "$expected" ]; then outcome=""; else outcome="  NOT AS EXPECTED: $expected"; failed=1; fi
    printf '%-12s %-36s %s%s\n' "${model%.pv}" "$name" "${found:-no result}" "$outcome"
  done < <(sed -nE 's/^ *expect ([a-z-]+): *([TF? ]*[TF?]).*$/\1 \2/p' "$model")
done
# A model that expects nothing would pass.
[ "$models" = "$(ls ./*.pv | wc -l)" ] || { echo "A model does not say what is expected of it."; failed=1; }
exit $failed
