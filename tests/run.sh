#!/usr/bin/env bash
# Installs what the tests need, builds once, runs every test, and closes with one line: N passed, N failed, N skipped.
# Works on a fresh Debian 12 that has the .NET 10 SDK. A test whose real part is missing is skipped by name.
set -uo pipefail
cd "$(dirname "$0")/.."

needed=(gcc:gcc chromium:chromium avahi-daemon:avahi-daemon avahi-browse:avahi-utils dbus-daemon:dbus dbus-send:dbus-bin ip:iproute2 nft:nftables ethtool:ethtool tc:iproute2 faketime:faketime fish:fish zsh:zsh setpriv:util-linux mkfs.ext4:e2fsprogs zbarimg:zbar-tools softhsm2-util:softhsm2 nginx:nginx-light strace:strace)
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

# Test hosts live for seconds or minutes: to measure what they call costs more than it gives.
export DOTNET_TieredPGO=0

# What takes long, and is much like what is here, is in tests/long.sh.
whole=false
[ $# -gt 0 ] || { whole=true; set -- --filter 'Length!=Long'; }

log=$(mktemp); trap 'rm -f "$log"' EXIT
status=0
for project in tests/*.Tests/*.csproj; do
  # Where this runs in the background of a script, Ctrl-C is ignored, and so it would be by all that tests start.
  env --default-signal=INT dotnet test "$project" -c Release --no-build --nologo --logger "console;verbosity=minimal" --blame-hang-timeout 10m --blame-hang-dump-type none "$@" 2>&1 | tee -a "$log" | grep -vE '^(Test run for|A total of|Starting test|VSTest version|$)'
  [ "${PIPESTATUS[0]}" = 0 ] || status=1
done

[ "$whole" = false ] || tests/models.sh || status=1
[ "$whole" = false ] || echo "Left to tests/long.sh, all or some of: $(grep -rl --include='*Tests*.cs' 'Trait("Length", "Long")' tests | xargs -n 1 basename -s .cs | sort | paste -sd ' ')"

total() { sed -nE "s/.*$1: +([0-9]+).*/\1/p" "$log" | awk '{n+=$1} END {print n+0}'; }
passed=$(total Passed) failed=$(total Failed) skipped=$(total Skipped)
# A test host that dies counts no failed test of its own.
[ "$status" = 1 ] && [ "$failed" = 0 ] && failed=1
[ "$passed" = 0 ] && status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
