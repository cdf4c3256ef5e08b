#!/usr/bin/env bash
# How fast things go from one place to another on this machine, and what that costs: openshare beside what Debian has for
# it, and beside a bare pump that only reads, hashes, seals and sends. One after the other in each round, with content that
# nobody has seen before. A benchmark: it measures, and judges nothing.
# What others need is installed where this is run by root; else they are left out, and that is said.
set -uo pipefail

usage() {
  cat <<'END'
Usage: tests/bench/compare.sh [--work file|tree|small] [--size BYTES] [--count N] [--runs N] [--dir DIR] [--syncs]
                              [--only NAME,NAME…]

  --work KIND   file: one file of --size (the default); tree: --count files of 4 KiB, 100 in a folder; small: 1 MiB,
                the whole command, between agents that run
  --size BYTES  of the file, with K, M or G (default: 4G)
  --count N     of the files in the tree, in hundreds (default: 10000)
  --runs N      rounds (default: 5)
  --dir DIR     where sources and copies are (default: /dev/shm)
  --syncs       one more round that is not timed, in which strace counts what makes the receiver's data durable: of openshare-warm,
                syncthing and rsync-ssh-fsync
  --only NAMES  of openshare, openshare-warm, pump, nc, iperf3, wormhole, syncthing, rsync-daemon, rclone, rsync-ssh, rsync-ssh-fsync, scp,
                scp-aes128-gcm
END
}

kind=file size=4G count=10000 runs=5 dir=/dev/shm only= syncs=false source=
while [ $# -gt 0 ]; do
  case $1 in
    --work) kind=$2; shift ;;
    --size) size=$2; shift ;;
    --count) count=$2; shift ;;
    --runs) runs=$2; shift ;;
    --dir) dir=$2; shift ;;
    --syncs) syncs=true ;;
    --only) only=$2; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
case $kind in
  file) bytes=$(numfmt --from=iec "$size") || exit 2 ;;
  tree) count=$(((count + 99) / 100 * 100)) bytes=$((count * 4096)) ;;
  small) bytes=1048576 ;;
  *) usage >&2; exit 2 ;;
esac

. "$(dirname "${BASH_SOURCE[0]}")/../devices.sh"
. "$(dirname "${BASH_SOURCE[0]}")/contestants.sh"
PATH=$PATH:/usr/sbin

# make_source: content that was never there before, in a folder that was never there before: what is sent again from its old place may
# be another version of it.
make_source() {
  begin "Source"
  [ -z "$source" ] || rm -rf "${source%/*}"
  source=$(mktemp -d "$work/from.XXXXXX")/source
  if [ "$kind" = tree ]; then
    local folder
    for folder in $(seq $(((count + 99) / 100))); do
      mkdir -p "$source/$folder"
      noise $((100 * 4096)) | split -b 4096 -d -a 2 - "$source/$folder/f" || fail "no room in $dir"
    done
  else
    noise "$bytes" >"$source" || fail "no room for $bytes bytes in $dir"
  fi
}
# Random bytes many times as fast as /dev/urandom has them.
noise() { { openssl enc -aes-128-ctr -pass file:<(head -c 32 /dev/urandom | base64) -nosalt -pbkdf2 </dev/zero 2>/dev/null || :; } | head -c "$1"; }

# even_memory: a virtual machine gives free pages back to its host and pays for the next touch of each, so whoever comes first in
# a round would pay for those behind him. All start with as many pages as they need, touched a moment ago.
even_memory() {
  [ "$(stat -f -c %T "$dir")" = tmpfs ] || return 0
  # Written, not only taken: of room that is taken on tmpfs no page is touched.
  head -c "$bytes" /dev/zero >"$work/touched" || fail "no room for $bytes bytes in $dir"
  rm "$work/touched"
}

# check_copy PATH NAME: that it is the same, each byte of it in the first round.
check_copy() {
  if [ -n "${checked[$2]:-}" ]; then
    [ "$(du -sb --apparent-size "$1" | cut -f 1)" = "$(du -sb --apparent-size "$source" | cut -f 1)" ] || fail "$2: not all of it is there"
  else
    diff -r "$source" "$1" >"$work/logs/diff" 2>&1 || fail "$2: it is not the same: $(head -n 2 "$work/logs/diff")"
    checked[$2]=yes
  fi
  rm -rf "$1"
}
declare -A checked=()

table() {
  printf '\n| %s | seconds | spread | MB/s | CPU s, both ends | peak RSS, sender / receiver |\n|---|---|---|---|---|---|\n' "$(title)"
  local name
  for name in $(cut -d ' ' -f 1 "$results" | awk '!seen[$0]++'); do
    grep "^$name " "$results" | sort -n -k 2 | awk -v bytes="$bytes" '
      { name = $1; s[NR] = $2; cpu[NR] = $3 + $4; from = max(from, $5); to = max(to, $6) }
      END { m = int((NR + 1) / 2)
        printf "| %s | %.2f | %.2f to %.2f | %.0f | %.2f | %s / %s |\n", name, s[m], s[1], s[NR], bytes / s[m] / 1e6, cpu[m], mib(from), mib(to) }
      function max(a, b) { return b == "-" ? a : b > a ? b : a }
      function mib(n) { return n ? n " MiB" : "-" }'
  done
  printf '\nMedian of %d rounds, %s, %s cores, Linux %s, .NET %s, %s.\n' "$runs" \
    "$(awk -F ': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)" "$(nproc)" "$(uname -r)" "$(dotnet --version)" "$(date +%F)"
}
title() {
  case $kind in
    file) echo "a file of $size, in $dir" ;;
    tree) echo "$count files of 4 KiB, in $dir" ;;
    small) echo "1 MiB, the whole command" ;;
  esac
}

# count_syncs: of who has a server here whose processes can be watched.
count_syncs() {
  make_source
  printf '\n| calls of the receiver, %s | fsync | fdatasync | syncfs | sync_file_range |\n|---|---|---|---|---|\n' "$(title)"
  local name pid
  for name in $contestants; do
    case $name in
      openshare-warm) pid=$dave_pid ;;
      syncthing) pid=$sync_to_pid ;;
      rsync-ssh-fsync) pid=$sshd_pid ;;
      *) continue ;;
    esac
    begin "strace of $name"
    start strace strace -f -qq -e trace=fsync,fdatasync,syncfs,sync_file_range -o "$work/logs/strace-$name" -p "$pid"
    wait_for 10 is_traced "$pid" || fail "strace does not start: $(said "$work/logs/strace.err")"
    "run_${name//-/_}" >/dev/null
    kill -INT "$last_pid"
    wait "$last_pid"
    awk -v name="$name" '{ sub(/^[0-9]+ +/, ""); sub(/\(.*/, ""); n[$0]++ }
      END { printf "| %s | %d | %d | %d | %d |\n", name, n["fsync"], n["fdatasync"], n["syncfs"], n["sync_file_range"] }' "$work/logs/strace-$name"
  done
}
is_traced() { ! grep -q '^TracerPid:\s*0$' "/proc/$1/status"; }

begin_work bench "$dir"
results=$work/results
: >"$results"
install_missing
build
start_contestants
for round in $(seq "$runs"); do
  make_source
  note "Round $round"
  for name in $contestants; do
    begin "$name"
    even_memory
    "run_${name//-/_}"
  done
done
table
[ "$syncs" = false ] || count_syncs
