#!/usr/bin/env bash
# The whole main job on one machine: a registration server and two devices in three processes; a transfer whose link
# is cut in the middle and that resumes by itself; the signed receipt; a device revoked and refused.
# Ends 0 only if every step held. Needs the .NET 10 SDK, and no root.
set -uo pipefail

usage() {
  cat <<'END'
Usage: ./run-local.sh [--build-only] [--keep] [PATH...]

  PATH...       files and directories to send (default: a generated 256 MiB file and a small tree)
  --build-only  build, make artifacts/openshare, openshare-desktop and openshare-server, and end
  --keep        leave server, devices and files in place at the end, and print the commands to go on with

Example: ./run-local.sh ~/Pictures
END
}

build_only=false keep=false paths=()
while [ $# -gt 0 ]; do
  case $1 in
    --build-only) build_only=true ;;
    --keep) keep=true ;;
    -h | --help) usage; exit 0 ;;
    --) shift; paths+=("$@"); break ;;
    -*) echo "run-local.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
    *) paths+=("$1") ;;
  esac
  shift
done
for i in "${!paths[@]}"; do
  [ -e "${paths[i]}" ] || { echo "run-local.sh: there is no ${paths[i]}" >&2; exit 2; }
  paths[i]=$(realpath -s -- "${paths[i]}")
done
twice=$(for path in "${paths[@]+"${paths[@]}"}"; do basename -- "$path"; done | sort | uniq -d)
[ -z "$twice" ] || { echo "run-local.sh: two of the paths are called $twice" >&2; exit 2; }

. "$(dirname "${BASH_SOURCE[0]}")/tests/devices.sh"

generate() {
  begin "Input"
  local file=$work/outgoing/holiday.mp4 tree="$work/outgoing/Notes and links"
  mkdir -p "$tree/deep/er/still" "$tree/an empty directory"
  head -c 268435456 /dev/urandom >"$file"
  : >"$tree/empty"
  head -c 3000001 /dev/urandom >"$tree/deep/er/three megabytes and a byte"
  echo 'grüße, 世界' >"$tree/Ünïcode 世界 🌍.txt"
  printf '#!/bin/sh\necho hello\n' >"$tree/deep/script"; chmod 755 "$tree/deep/script"
  echo secret >"$tree/deep/er/still/private"; chmod 600 "$tree/deep/er/still/private"
  ln -s ../empty "$tree/deep/link"
  for i in $(seq 200); do echo "note $i" >"$tree/deep/note-$i"; done
  touch -d '2001-02-03 04:05:06.789' "$tree/deep/script"
  paths=("$file" "$tree")
  say "Made a 256 MiB file and a tree with empty files, unicode names and a link"
}

send_through_a_cut() {
  begin "Transfer"
  local size base path transfer more code
  size=$(du -sbc --apparent-size -- "${paths[@]}" | tail -n 1 | cut -f 1)
  base=$(passed) || exit 1
  relay "cut-at $((base + size * 2 / 5 + 1))"
  start send "$openshare" --home "$work/alice" send "${paths[@]}" --to "$bob_id" --json
  send_pid=$last_pid
  wait_for 3600 cut_happened || fail "the link was not cut: $(said "$work/logs/send.err")"
  say "alice sends $(mib "$size") to bob; the link was cut when $(mib $(($(json passed "$(event cut)") - base))) had passed"

  kill -0 "$send_pid" 2>/dev/null || fail "send ended at the cut instead of waiting: $(said "$work/logs/send.err")"
  transfer=$(json_objects "$(device bob transfers --json)" | head -n 1)
  case $(json state "$transfer") in
    connecting | offered | transferring) ;;
    *) fail "at the cut bob's transfer was '$(json state "$transfer")', not incomplete" ;;
  esac
  for path in "${paths[@]}"; do
    [ ! -e "$work/bob-received/$(basename -- "$path")" ] || fail "$(basename -- "$path") had its final name before it was complete"
  done
  note "bob has it incomplete ($(json state "$transfer"), $(mib "$(json bytes_sent "$transfer")") written), and nothing under its final name"

  relay up
  wait "$send_pid"
  code=$?
  [ "$code" = 0 ] || fail "send ended with $code: $(said "$work/logs/send.err")"
  more=$(($(passed) - base - size))
  say "It resumed by itself and completed; $(mib $((more > 0 ? more : 0))) crossed the link beyond the files' own bytes"
}
cut_happened() {
  [ "$(events cut)" -gt 0 ] && return
  kill -0 "$send_pid" 2>/dev/null || fail "send ended before the cut: $(said "$work/logs/send.err" "$work/logs/send.out")"
  return 1
}

compare() {
  begin "Comparison"
  local path
  for path in "${paths[@]}"; do same "$path" "$work/bob-received/$(basename -- "$path")"; done
  say "Every byte, name, mode, time and link at bob's is as at alice's"
}

check_receipt() {
  begin "Receipt"
  local id; id=$(json transfer_id "$(cat "$work/logs/send.out")")
  device alice receipt verify "$id" >"$work/logs/receipt.out" 2>"$work/logs/receipt.err" || fail "$(said "$work/logs/receipt.err")"
  say "bob's signed receipt: $(head -n 1 "$work/logs/receipt.out")"
}

revoke() {
  begin "Revocation"
  local code
  "$server" device revoke "$alice_id" --reason demonstration --data "$work/server" >"$work/logs/revoke.out" 2>&1 || fail "$(said "$work/logs/revoke.out")"
  wait_for 20 is_revoked || fail "bob did not learn that alice is revoked: $(device bob peers 2>&1)"
  say "alice was revoked at the server, and bob has learned it"
  echo "too late" >"$work/too-late"
  device alice send "$work/too-late" --to "$bob_id" >"$work/logs/send-revoked.out" 2>&1
  code=$?
  [ "$code" = 5 ] || fail "send from a revoked device ended with $code, not 5: $(said "$work/logs/send-revoked.out")"
  [ ! -e "$work/bob-received/too-late" ] || fail "bob took a file from a revoked device"
  say "alice's next send was refused, exit code 5: $(said "$work/logs/send-revoked.out")"
}
is_revoked() { json_objects "$(device bob peers --json)" | grep -F "$alice_id" | grep -qE '"trust" *: *"revoked"'; }

how_to_go_on() {
  local running=()
  for pid in "${pids[@]}"; do kill -0 "$pid" 2>/dev/null && running+=("$pid"); done
  cat <<END

Left running; alice is revoked, bob is not. Everything is in $work. Go on with, say:
  export OPENSHARE_HOME=$work/bob PATH=$root/artifacts:\$PATH
  openshare status
  openshare peers
  openshare transfers
  openshare-server device list --data $work/server
Stop and remove it all:
  kill ${running[*]}; rm -rf $work
END
}

build
if [ "$build_only" = true ]; then
  publish_desktop "$root/artifacts/build.log" || { cat "$root/artifacts/build.log" >&2; fail "openshare-desktop does not build"; }
  say "Built artifacts/openshare-desktop"
  exit 0
fi

began=$EPOCHREALTIME
begin_work local
start_server
register alice
register bob
start_relay
start_agent alice "$alice_port" "$alice_front"
start_agent bob "$bob_port" "$bob_front"
discover
[ ${#paths[@]} -gt 0 ] || generate
send_through_a_cut
compare
check_receipt
revoke
started=$began
say "All of it held."
keep_running=$keep
[ "$keep" = false ] || how_to_go_on
