#!/usr/bin/env bash
# What takes too long for tests/run.sh, with figures: a bigger file, a hundred thousand small ones, a real tree (the .NET SDK's own
# folder), and the same tree over a link that is cut again and again at random, all in 150 MiB of memory at each end; and, as root, thirty agents that have to see each other, and the packages; and the tests that tests/run.sh leaves out. Ends 0 only if
# everything arrived as it was sent and all saw all.
set -uo pipefail

usage() {
  cat <<'END'
Usage: tests/long.sh [--size BYTES] [--cuts N] [--seed N] [TREE]
       tests/long.sh --wifi
       tests/long.sh --sparse [--size BYTES]
       tests/long.sh --desktop [--size BYTES] [--cuts N] [--seed N] [TREE]

  --size BYTES  of the file, with K, M or G (default: 4G)
  --cuts N      how often the link is cut in the last part (default: 20)
  --seed N      of the random cuts (default: printed)
  --wifi        instead of all that: what Wi-Fi does to transfers, in network namespaces (root), and a table of it
  --sparse      instead of all that: one file of 1 TiB (or --size, with T) that is holes but for 24 MiB
  --desktop     the transfers alone, of agents that are openshare-desktop
  TREE          the tree (default: the folder of the dotnet on the PATH)
END
}

size="" cuts=20 seed=$RANDOM tree="" wifi=false sparse=false desktop=false
while [ $# -gt 0 ]; do
  case $1 in
    --size) size=$2; shift ;;
    --cuts) cuts=$2; shift ;;
    --seed) seed=$2; shift ;;
    --wifi) wifi=true ;;
    --sparse) sparse=true ;;
    --desktop) desktop=true ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) tree=$1 ;;
  esac
  shift
done
[ -n "$size" ] || { [ "$sparse" = true ] && size=1T || size=4G; }
bytes=$(numfmt --from=iec "$size") || exit 2
tree=$(realpath -s -- "${tree:-$(dirname "$(readlink -f "$(command -v dotnet)")")}")

. "$(dirname "${BASH_SOURCE[0]}")/devices.sh"

# send WHAT PATH: and says how fast, in how much memory, and how much more than its bytes crossed the link: at most the windows for
# each cut, and 2 % for what is not the files' bytes, and 120 bytes for each file. It may be less than nothing, as what is repeated travels once.
send() {
  local what=$1 path=$2 total t base more cut most
  begin "$what"
  total=$(du -sb --apparent-size -- "$path" | cut -f 1)
  base=$(passed) || exit 1
  cut=$(events cut)
  t=$EPOCHREALTIME
  device alice send "$path" --to "$bob_id" --json >"$work/logs/send.out" 2>"$work/logs/send.err" || fail "$(said "$work/logs/send.err")"
  more=$(($(passed) - base - $(json bytes_total "$(cat "$work/logs/send.out")")))
  say "$what: $(mib "$total") at $(awk -v n="$total" -v a="$t" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.0f", n / (b - a) / 1e6 }') MB/s, $(mib "$more") more than the files' bytes crossed the link"
  hold_memory
  most=$((($(events cut) - cut) * 16 * 1048576 + total / 50 + $(find "$path" | wc -l) * 120))
  [ "$more" -le "$most" ] || fail "$(mib "$most") were promised at most"
  begin "$what, compared"
  same "$path" "$work/bob-received/$(basename -- "$path")"
  say "$what: the same at bob's"
  rm -rf "$work/bob-received/$(basename -- "$path")"
}
# hold_memory: the peaks of both agents, which nothing resets.
hold_memory() {
  note "peak memory: alice $(peak "$alice_pid") MiB, bob $(peak "$bob_pid") MiB"
  [ "$(peak "$alice_pid")" -le 150 ] && [ "$(peak "$bob_pid")" -le 150 ] || fail "150 MiB were promised at most"
}
peak() { awk '/^VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status"; }

# cut_again_and_again: each cut after another share of the tree, down for up to two seconds.
cut_again_and_again() {
  local share i before
  share=$(($(du -sb --apparent-size -- "$tree" | cut -f 1) / (cuts + 1)))
  RANDOM=$seed
  for i in $(seq "$cuts"); do
    before=$(events cut)
    relay "down $((RANDOM % 2)).$((RANDOM % 10))"
    relay "cut-at $(($(passed) + share * (50 + RANDOM % 100) / 100 + 1))"
    wait_for 600 more_than "$before" cut || return
    wait_for 10 is_up || return
  done
}
is_up() { [ "$(events up)" = "$(events cut)" ]; }

# wifi: the whole of the tests that tests/run.sh has the short form of. Each scenario is a line; what came out is asserted there.
wifi() {
  begin "Wi-Fi"
  dotnet build "$root/OpenShare.sln" -c Release --nologo -v quiet || fail "the build failed"
  OPENSHARE_WIFI=whole OPENSHARE_WIFI_REPORT=$work/wifi dotnet test "$root/tests/OpenShare.EndToEnd.Tests" -c Release --no-build --nologo \
    --filter "FullyQualifiedName~EndToEnd.Tests.Wifi" >"$work/logs/wifi" 2>&1 || fail "$(grep -E '^ +(Failed|Error)' -A 3 "$work/logs/wifi" | head -n 20)"
  [ -s "$work/wifi" ] || fail "nothing ran: it needs root, ip, nft, tc and ethtool"
  printf '| what happens | bytes | seconds | MB/s | sealed / size | |\n|---|---|---|---|---|---|\n'
  cat "$work/wifi"
  started=$began
  say "All of it held."
}

# sparse: a file with 8 MiB of data at its front, in its middle and at its end. Of the rest nothing is read, sent or written. The
# data is compared; that there is none elsewhere is seen by the room it takes.
sparse() {
  local t base cpu seconds place taken
  begin "A sparse file of $size"
  truncate -s "$bytes" "$work/sparse" || fail "this file system has no file of $size"
  for place in 0 $((bytes / 2 + 12345)) $((bytes - 8 * 1048576)); do
    dd if=/dev/urandom of="$work/sparse" bs=1M count=8 seek="$place" oflag=seek_bytes conv=notrunc status=none || fail "no room for 24 MiB in $work"
  done
  base=$(passed) || exit 1
  cpu=$(($(ticks "$alice_pid") + $(ticks "$bob_pid")))
  t=$EPOCHREALTIME
  device alice send "$work/sparse" --to "$bob_id" --json >"$work/logs/send.out" 2>"$work/logs/send.err" || fail "$(said "$work/logs/send.err")"
  seconds=$(seconds_since "$t")
  say "A sparse file of $size: $seconds s, $(mib $(($(passed) - base))) crossed the link"
  note "CPU of both $(awk -v n=$(($(ticks "$alice_pid") + $(ticks "$bob_pid") - cpu)) -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.1f", n / hz }') s"
  hold_memory
  note "databases: alice $(mib "$(stat -c %s "$work/alice/device.db")"), bob $(mib "$(stat -c %s "$work/bob/device.db")")"
  [ "$(stat -c %s "$work/bob-received/sparse")" = "$bytes" ] || fail "it has another size at bob's"
  for place in 0 $((bytes / 2 + 12345)) $((bytes - 8 * 1048576)); do
    cmp -i "$place" -n $((8 * 1048576)) "$work/sparse" "$work/bob-received/sparse" || fail "it differs at $place"
  done
  taken=$(($(stat -c %b "$work/bob-received/sparse") * 512))
  [ "$taken" -le $((28 * 1048576)) ] || fail "it takes $(mib "$taken") at bob's"
  say "A sparse file of $size: the same data at bob's, in $(mib "$taken")"
}
# ticks PID: user and system time.
ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }

# tests: those that tests/run.sh leaves out. Those on a desktop want xvfb, xfce4-panel, xfce4-notifyd and xdotool, and say so where these are missing.
tests() {
  local project
  for project in EndToEnd Desktop; do
    begin "Long tests, $project"
    dotnet build "$root/tests/OpenShare.$project.Tests" -c Release --nologo -v quiet >"$work/logs/tests" 2>&1 || fail "the build failed"
    OPENSHARE_TESTS_PROGRAMS=publish dotnet test "$root/tests/OpenShare.$project.Tests" -c Release --no-build --nologo --filter Length=Long >"$work/logs/tests" 2>&1 \
      || fail "$(grep -E '^ +(Failed|Error)' -A 3 "$work/logs/tests" | head -n 20)"
    say "Long tests, $project: $(grep -oE '(Passed|Skipped): +[0-9]+' "$work/logs/tests" | paste -sd ' ')"
  done
}

# crowd: thirty agents, each on a host of its own, until all see all.
crowd() {
  begin "Thirty agents"
  [ "$(id -u)" = 0 ] || { note "Thirty agents in network namespaces: left out, as it needs root"; return; }
  "$root/tests/bench/crowd.sh" 30 >"$work/logs/crowd" 2>&1 || fail "$(said "$work/logs/crowd")"
  say "Thirty agents on one bridge: all see all"
  note "$(grep sightings "$work/logs/crowd")"
}

packages() {
  begin "Packages"
  [ "$(id -u)" = 0 ] || { note "The packages: left out, as installing them needs root"; return; }
  "$root/tests/packages.sh" >"$work/logs/packages" 2>&1 || fail "$(said "$work/logs/packages")"
  say "The packages, each where it is installed"
  grep SKIPPED "$work/logs/packages"
}

begin_work long
began=$EPOCHREALTIME
[ "$wifi" = false ] || { wifi; exit 0; }
build
[ "$desktop" = false ] || on_a_desktop
start_server
register alice
register bob
start_relay
start_agent alice "$alice_port" "$alice_front"
start_agent bob "$bob_port" "$bob_front"
discover
began=$EPOCHREALTIME

if [ "$sparse" = true ]; then
  sparse
  started=$began
  say "All of it held."
  exit 0
fi

begin "Input"
head -c "$bytes" /dev/urandom >"$work/file" || fail "no room for $size in $work"
say "A file of $size; the tree $tree: $(find "$tree" | wc -l) entries, $(mib "$(du -sb --apparent-size -- "$tree" | cut -f 1)")"

mkdir "$work/many"
for folder in $(seq 1000); do
  mkdir "$work/many/$folder"
  head -c 10000 /dev/urandom | split -b 100 -d -a 2 - "$work/many/$folder/f" || fail "no room for 100,000 files in $work"
done

send "The file" "$work/file"
send "100,000 files of 100 bytes" "$work/many"
send "The tree" "$tree"
echo "          Random cuts, seed $seed"
cut_again_and_again &
cutter=$!
pids+=("$cutter")
send "The tree, with cuts" "$tree"
kill "$cutter" 2>/dev/null
note "the link was cut $(events cut) times"
[ "$(events cut)" -gt 0 ] || fail "there was no cut"
[ "$desktop" = true ] || { tests; packages; crowd; }
started=$began
say "All of it held."
