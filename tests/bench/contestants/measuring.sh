# How a contestant's seconds, CPU seconds and memory are measured. To be sourced.

tick=$(getconf CLK_TCK)

# cpu PID: CPU seconds (user and system) of a process and of its children that have ended.
cpu() { sed 's/.*) //' "/proc/$1/stat" | awk -v tick="$tick" '{ printf "%.2f", ($12 + $13 + $14 + $15) / tick }'; }

# peak PID: its largest resident set since the last forget_peak, in MiB.
peak() { awk '/^VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status"; }
forget_peak() { echo 5 >"/proc/$1/clear_refs"; }

elapsed() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }'; }
less() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a - b }'; }

# timed FILE COMMAND...: its CPU seconds and largest resident set in MiB, into FILE.
timed() { local file=$1; shift; /usr/bin/time -q -o "$file" -f '%U %S %M' "$@"; }
timed_cpu() { awk '{ printf "%.2f", $1 + $2 }' "$1"; }
timed_peak() { awk '{ printf "%.0f", $3 / 1024 }' "$1"; }

# record NAME SECONDS CPU-FROM CPU-TO PEAK-FROM PEAK-TO
record() {
  echo "$*" >>"$results"
  awk -v bytes="$bytes" -v name="$1" -v s="$2" 'BEGIN { printf "          %-16s %7.2f s %6.0f MB/s\n", name, s, bytes / s / 1e6 }'
}

# one_way PORT COMMAND...: once the receiver that was just started listens there. Its start is not counted, nor is the sender's: each
# takes what a process takes.
one_way() {
  local port=$1 receiver=$!; shift
  wait_for 20 listens "$port" || fail "the receiver does not listen"
  took=$EPOCHREALTIME
  timed "$work/logs/from" "$@" || fail "the sender failed"
  wait "$receiver" || fail "the receiver failed"
  took=$(elapsed "$took")
}
record_one_way() { record "$1" "$took" "$(timed_cpu "$work/logs/from")" "$(timed_cpu "$work/logs/to")" "$(timed_peak "$work/logs/from")" "$(timed_peak "$work/logs/to")"; }
# Asked of the kernel: a connection made to find out would be the only one.
listens() { grep -qi ":$(printf %04X "$1") 00000000:0000 0A" /proc/net/tcp; }

# served NAME SERVER-PID COMMAND...: a client of a server that runs.
served() {
  local name=$1 server=$2 to t; shift 2
  to=$(cpu "$server") t=$EPOCHREALTIME
  timed "$work/logs/from" "$@" >"$work/logs/$name" 2>&1 || fail "$(said "$work/logs/$name")"
  t=$(elapsed "$t")
  # The server's side of the connection counts once its process has ended.
  wait_for 10 no_children "$server"
  record "$name" "$t" "$(timed_cpu "$work/logs/from")" "$(less "$(cpu "$server")" "$to")" "$(timed_peak "$work/logs/from")" -
  check_copy "$work/copy" "$name"
}
no_children() { [ -z "$(cat "/proc/$1/task/$1/children")" ]; }
