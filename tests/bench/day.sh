#!/usr/bin/env bash
# What openshare-desktop costs while nothing happens, with nobody at its page and with a page that follows it: CPU, memory, and what it writes.
# A benchmark: it measures, and judges nothing. Wants dbus-daemon.
set -uo pipefail

seconds=${1:-60}
[[ $seconds =~ ^[0-9]+$ && $seconds -ge 10 ]] || { echo "Usage: tests/bench/day.sh [SECONDS, from 10, default 60]" >&2; exit 2; }

. "$(dirname "${BASH_SOURCE[0]}")/../devices.sh"
. "$(dirname "${BASH_SOURCE[0]}")/contestants/measuring.sh"

written() { awk '/^write_bytes/ { print $2 }' "/proc/$desktop_pid/io"; }

# measure NAME: over the seconds asked for. What changed in the home is named, as a file system in memory counts no bytes.
measure() {
  begin "$1"
  local a w; a=$(cpu "$desktop_pid") w=$(written)
  touch "$work/mark"
  sleep "$seconds"
  say "$1: $(awk -v a="$a" -v b="$(cpu "$desktop_pid")" -v s="$seconds" 'BEGIN { printf "%.2f", (b - a) * 100 / s }') % of a core, $(awk '/^VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$desktop_pid/status") MiB, $(($(written) - w)) bytes written"
  find "$work/me" -type f -newer "$work/mark" -printf '          written: %P\n'
}

begin_work day
build
on_a_desktop
start_server
register me
begin "Start"
start desktop "${agent[@]}" --home "$work/me" --save-to "$work/in"
desktop_pid=$last_pid
wait_for 60 agent_listens desktop "$desktop_pid" || fail "it does not run: $(said "$work/logs/desktop.err")"
sleep 40
say "openshare-desktop, forty seconds old, in $work on $(stat -f -c %T "$work")"
measure "Nobody at the page"
start page curl -sN --unix-socket "$work/me/agent.sock" http://agent/v1/ui/watch
sleep 5
measure "A page that follows it"
