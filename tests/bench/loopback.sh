#!/usr/bin/env bash
# How fast one file goes from one device to another on this machine, tmpfs to tmpfs, and what it costs: openshare beside
# scp and a plain nc copy, alternating in the same run, medians. A benchmark: it measures, and judges nothing.
# scp needs openssh-server and nc netcat-openbsd: installed where this is run by root, else left out and said.
set -uo pipefail

usage() {
  cat <<'END'
Usage: tests/bench/loopback.sh [--size BYTES] [--runs N] [--dir DIR]

  --size BYTES  of the file, with K, M or G (default: 4G)
  --runs N      of each (default: 3)
  --dir DIR     where source and copies are (default: /dev/shm)
END
}

size=4G runs=3 dir=/dev/shm
while [ $# -gt 0 ]; do
  case $1 in
    --size) size=$2; shift ;;
    --runs) runs=$2; shift ;;
    --dir) dir=$2; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
bytes=$(numfmt --from=iec "$size") || exit 2

. "$(dirname "${BASH_SOURCE[0]}")/../devices.sh"
PATH=$PATH:/usr/sbin
tick=$(getconf CLK_TCK)
results=""

install_missing() {
  command -v sshd >/dev/null && command -v nc >/dev/null && return
  [ "$(id -u)" = 0 ] || return
  begin "Install"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openssh-server openssh-client netcat-openbsd; } >"$work/logs/apt" 2>&1 \
    && say "Installed openssh-server and netcat-openbsd"
}

# cpu PID: CPU seconds (user and system) of a process and of its children that have ended.
cpu() { sed 's/.*) //' "/proc/$1/stat" | awk -v tick="$tick" '{ printf "%.2f", ($12 + $13 + $14 + $15) / tick }'; }

# peak PID: its largest resident set since the last forget_peak, in MiB.
peak() { awk '/^VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status"; }
forget_peak() { echo 5 >"/proc/$1/clear_refs"; }

# record NAME SECONDS CPU-FROM CPU-TO PEAK-FROM PEAK-TO
record() {
  echo "$*" >>"$results"
  awk -v bytes="$bytes" -v name="$1" -v s="$2" 'BEGIN { printf "          %-16s %6.0f MB/s\n", name, bytes / s / 1e6 }'
}

elapsed() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }'; }
less() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a - b }'; }

check_copy() {
  [ "$(stat -c %s "$1")" = "$bytes" ] || fail "$1 has not all bytes"
  if [ "${checked[$2]:-}" = "" ]; then cmp "$work/source" "$1" || fail "$1 is not the same"; checked[$2]=yes; fi
  rm -f "$1"
}
declare -A checked=()

run_openshare() {
  begin "openshare"
  local a b t
  forget_peak "$alice_pid"; forget_peak "$bob_pid"
  a=$(cpu "$alice_pid") b=$(cpu "$bob_pid") t=$EPOCHREALTIME
  device alice send "$work/source" --to "$bob_id" --json >"$work/logs/send.out" 2>"$work/logs/send.err" || fail "$(said "$work/logs/send.err")"
  t=$(elapsed "$t")
  record openshare "$t" "$(less "$(cpu "$alice_pid")" "$a")" "$(less "$(cpu "$bob_pid")" "$b")" "$(peak "$alice_pid")" "$(peak "$bob_pid")"
  check_copy "$work/bob-received/source" openshare
}

start_sshd() {
  command -v sshd >/dev/null || { note "No sshd here: scp is left out."; return 1; }
  begin "sshd"
  mkdir -p "$work/ssh"; chmod 700 "$work/ssh"
  [ "$(id -u)" != 0 ] || mkdir -p /run/sshd
  ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/host"
  ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/user"
  cp "$work/ssh/user.pub" "$work/ssh/authorized"
  ssh_port=$(free_port)
  cat >"$work/ssh/sshd_config" <<END
Port $ssh_port
ListenAddress 127.0.0.1
HostKey $work/ssh/host
AuthorizedKeysFile $work/ssh/authorized
PermitRootLogin prohibit-password
PasswordAuthentication no
StrictModes no
UsePAM no
PidFile none
Subsystem sftp internal-sftp
END
  start sshd "$(command -v sshd)" -D -e -f "$work/ssh/sshd_config"
  sshd_pid=$last_pid
  wait_for 10 grep -q "Server listening" "$work/logs/sshd.err" || fail "sshd does not start: $(said "$work/logs/sshd.err")"
}

run_scp() {
  begin "scp"
  local from to t TIMEFORMAT='%U %S'
  to=$(cpu "$sshd_pid") t=$EPOCHREALTIME
  from=$({ time scp -q -P "$ssh_port" -i "$work/ssh/user" -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
    ${2:+-c "$2"} "$work/source" "127.0.0.1:$work/copy" 2>"$work/logs/scp.err"; } 2>&1) || fail "$(said "$work/logs/scp.err")"
  t=$(elapsed "$t")
  # The server's side of the connection counts once its process has ended.
  wait_for 10 no_children "$sshd_pid"
  record "$1" "$t" "$(awk '{ print $1 + $2 }' <<<"$from")" "$(less "$(cpu "$sshd_pid")" "$to")" - -
  check_copy "$work/copy" "$1"
}
no_children() { [ -z "$(cat "/proc/$1/task/$1/children")" ]; }

run_nc() {
  begin "nc"
  local from to port t TIMEFORMAT='%U %S'
  port=$(free_port)
  { time nc -l -N 127.0.0.1 "$port" >"$work/copy" </dev/null; } 2>"$work/logs/nc" &
  local listener=$!
  wait_for 10 listens "$port" || fail "nc does not listen"
  t=$EPOCHREALTIME
  from=$({ time nc -N 127.0.0.1 "$port" <"$work/source" >/dev/null; } 2>&1)
  wait "$listener"
  t=$(elapsed "$t")
  to=$(tail -n 1 "$work/logs/nc")
  record nc "$t" "$(awk '{ print $1 + $2 }' <<<"$from")" "$(awk '{ print $1 + $2 }' <<<"$to")" - -
  check_copy "$work/copy" nc
}
# Asked of the kernel: a connection made to find out would be nc's only one.
listens() { grep -qi ":$(printf %04X "$1") 00000000:0000 0A" /proc/net/tcp; }

# The run of median speed stands for all of its kind.
table() {
  printf '\n%-16s %8s %8s %10s %10s %11s %11s\n' "" MB/s seconds "CPU s from" "CPU s to" "peak from" "peak to"
  local name line
  for name in $(cut -d ' ' -f 1 "$results" | awk '!seen[$0]++'); do
    line=$(grep "^$name " "$results" | sort -n -k 2 | sed -n "$(((runs + 1) / 2))p")
    awk -v bytes="$bytes" '{ printf "%-16s %8.0f %8.2f %10.2f %10.2f %11s %11s\n", $1, bytes / $2 / 1e6, $2, $3, $4, mib($5), mib($6) } function mib(n) { return n == "-" ? n : n " MiB" }' <<<"$line"
  done
  printf '\n%s, median of %d runs each, %s, %s cores, Linux %s, .NET %s\n' "$size" "$runs" \
    "$(awk -F ': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)" "$(nproc)" "$(uname -r)" "$(dotnet --version)"
}

begin_work bench "$dir"
results=$work/results
install_missing
build
start_server
register alice
register bob
start_agent alice "$(free_port)"
start_agent bob "$(free_port)"
discover
begin "Source"
head -c "$bytes" /dev/urandom >"$work/source" || fail "no room for $size in $dir"
say "A file of $size in $dir"
scp=false nc=false
start_sshd && scp=true
if command -v nc >/dev/null; then nc=true; else note "No nc here: the plain copy is left out."; fi
for _ in $(seq "$runs"); do
  run_openshare
  [ "$scp" = false ] || { run_scp scp; run_scp scp-aes128-gcm aes128-gcm@openssh.com; }
  [ "$nc" = false ] || run_nc
done
table
