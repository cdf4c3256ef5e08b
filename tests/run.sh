#!/usr/bin/env bash
# Installs what the tests need, builds once, runs every test, and closes with one line: N passed, N failed, N skipped.
# Works on a fresh Debian 12 that has the .NET 10 SDK. A test whose real part is missing is skipped by name.
set -uo pipefail
cd "$(dirname "$0")/.."

needed=(gcc:gcc chromium:chromium avahi-daemon:avahi-daemon avahi-browse:avahi-utils dbus-daemon:dbus dbus-send:dbus-bin ip:iproute2 nft:nftables ethtool:ethtool tc:iproute2 faketime:faketime fish:fish zsh:zsh setpriv:util-linux zbarimg:zbar-tools softhsm2-util:softhsm2 nginx:nginx-light)
missing=()
# What the native compiler links with, and programs that are not on the PATH.
[ -e /usr/include/stdio.h ] || missing+=(libc6-dev)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
for pair in "${needed[@]}"; do
  PATH="$PATH:/usr/sbin:/sbin" command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  sudo=""; [ "$(id -u)" = 0 ] || sudo="sudo -n"
  echo "Installing ${missing[*]}"
  { $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1 \
    || echo "Could not install ${missing[*]} (no root, or no apt): the tests that need them are skipped by name."
fi

dotnet build OpenShare.sln -c Release --nologo -v quiet || { echo "The build failed."; echo "0 passed, 1 failed, 0 skipped"; exit 1; }

# End to end, what people run is tested: the programs as they are published.
. tests/programs.sh
root=$PWD publish_programs artifacts/publish.log || { cat artifacts/publish.log; echo "The programs could not be published."; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
export OPENSHARE_TESTS_PROGRAMS=publish

# What takes a minute is in tests/long.sh.
whole=false
[ $# -gt 0 ] || { whole=true; set -- --filter 'Length!=Long'; }

logs=$(mktemp -d); trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$logs"' EXIT
# run_tests PROJECT...: one after the other; what each said is in logs.
run_tests() {
  local project failed=0
  for project in "$@"; do
    dotnet test "tests/$project" -c Release --no-build --nologo --logger "console;verbosity=minimal" --blame-hang-timeout 10m --blame-hang-dump-type none "${arguments[@]}" 2>&1 \
      | tee "$logs/$project" | grep -vE '^(Test run for|A total of|Starting test|VSTest version|$)'
    [ "${PIPESTATUS[0]}" = 0 ] || failed=1
  done
  return $failed
}
arguments=("$@") status=0
# Those whose time is virtual take what the others, which mostly wait, leave of the processors; they are told of at the end.
aside=(OpenShare.Protocol.Tests OpenShare.Simulation.Tests)
others=(); for project in tests/*.Tests; do [[ " ${aside[*]} " = *" ${project#tests/} "* ]] || others+=("${project#tests/}"); done
(renice -n 10 $BASHPID >/dev/null; run_tests "${aside[@]}") >"$logs/aside" & aside_pid=$!
run_tests "${others[@]}" || status=1
wait "$aside_pid" || status=1
cat "$logs/aside"; rm "$logs/aside"

[ "$whole" = false ] || tests/models.sh || status=1
[ "$whole" = false ] || echo "Left to tests/long.sh: $(grep -rl --include='*Tests.cs' 'Trait("Length", "Long")' tests | xargs -n 1 basename -s .cs | sort | paste -sd ' ')"

total() { cat "$logs"/* | sed -nE "s/.*$1: +([0-9]+).*/\1/p" | awk '{n+=$1} END {print n+0}'; }
passed=$(total Passed) failed=$(total Failed) skipped=$(total Skipped)
# A test host that dies counts no failed test of its own.
[ "$status" = 1 ] && [ "$failed" = 0 ] && failed=1
[ "$passed" = 0 ] && status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
