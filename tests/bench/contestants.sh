# Who is compared by tests/bench/compare.sh, and how each is measured. To be sourced after tests/devices.sh.

tick=$(getconf CLK_TCK)
contestants=""

install_missing() {
  local missing=()
  command -v sshd >/dev/null || missing+=(openssh-server openssh-client)
  command -v nc >/dev/null || missing+=(netcat-openbsd)
  command -v rsync >/dev/null || missing+=(rsync)
  command -v openssl >/dev/null || missing+=(openssl)
  [ -x /usr/bin/time ] || missing+=(time)
  [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" = 0 ] || return 0
  begin "Install"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$work/logs/apt" 2>&1 \
    && say "Installed ${missing[*]}"
}

# wants NAME: it is asked for, and what it needs is here.
wants() {
  [ -z "$only" ] || [[ ,$only, = *,$1,* ]] || return 1
  shift
  local needed
  for needed in "$@"; do
    command -v "$needed" >/dev/null || { note "No $needed here: what needs it is left out."; return 1; }
  done
}

start_contestants() {
  if wants openshare; then
    start_server
    register alice
    register bob
    start_agent alice "$(free_port)"
    start_agent bob "$(free_port)"
    discover
    contestants+=" openshare"
  fi
  if [ "$kind" = file ]; then
    wants pump && build_pump && contestants+=" pump"
    wants nc nc && contestants+=" nc"
  fi
  if wants rsync-daemon rsync; then
    start_rsync_daemon
    contestants+=" rsync-daemon"
  fi
  local needing_ssh=""
  wants rsync-ssh rsync sshd && needing_ssh+=" rsync-ssh"
  [ "$kind" = file ] && wants rsync-ssh-fsync rsync sshd && needing_ssh+=" rsync-ssh-fsync"
  wants scp scp sshd && needing_ssh+=" scp"
  wants scp-aes128-gcm scp sshd && needing_ssh+=" scp-aes128-gcm"
  [ -z "$needing_ssh" ] || start_sshd
  contestants+=$needing_ssh
}

# ---- measuring

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

# ---- each of them

run_openshare() {
  local a b t
  forget_peak "$alice_pid"; forget_peak "$bob_pid"
  a=$(cpu "$alice_pid") b=$(cpu "$bob_pid") t=$EPOCHREALTIME
  device alice send "$work/source" --to "$bob_id" --json >"$work/logs/send.out" 2>"$work/logs/send.err" || fail "$(said "$work/logs/send.err")"
  t=$(elapsed "$t")
  [ "$(json bytes_reused "$(cat "$work/logs/send.out")")" = 0 ] || fail "some of it was there before"
  record openshare "$t" "$(less "$(cpu "$alice_pid")" "$a")" "$(less "$(cpu "$bob_pid")" "$b")" "$(peak "$alice_pid")" "$(peak "$bob_pid")"
  check_copy "$work/bob-received/source" openshare
}

build_pump() {
  dotnet build "$root/tests/OpenShare.Benchmarks" -c Release --nologo -v quiet >"$work/logs/pump-build" 2>&1 || fail "$(said "$work/logs/pump-build")"
}

run_pump() {
  local port pump=$root/artifacts/bin/OpenShare.Benchmarks/release/pump.dll
  port=$(free_port)
  timed "$work/logs/to" dotnet "$pump" receive "127.0.0.1:$port" "$work/copy" &
  one_way "$port" dotnet "$pump" send "$work/source" "127.0.0.1:$port"
  record_one_way pump
}

run_nc() {
  local port; port=$(free_port)
  timed "$work/logs/to" nc -l -N 127.0.0.1 "$port" >"$work/copy" </dev/null &
  one_way "$port" nc -N 127.0.0.1 "$port" <"$work/source" >/dev/null
  record_one_way nc
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
record_one_way() {
  record "$1" "$took" "$(timed_cpu "$work/logs/from")" "$(timed_cpu "$work/logs/to")" "$(timed_peak "$work/logs/from")" "$(timed_peak "$work/logs/to")"
  check_copy "$work/copy" "$1"
}
# Asked of the kernel: a connection made to find out would be the only one.
listens() { grep -qi ":$(printf %04X "$1") 00000000:0000 0A" /proc/net/tcp; }

start_rsync_daemon() {
  begin "rsync --daemon"
  rsync_port=$(free_port)
  cat >"$work/rsyncd.conf" <<END
use chroot = no
[to]
path = $work
read only = no
uid = $(id -un)
gid = $(id -gn)
END
  start rsyncd rsync --daemon --no-detach --config="$work/rsyncd.conf" --port="$rsync_port" --address=127.0.0.1
  rsyncd_pid=$last_pid
  wait_for 10 listens "$rsync_port" || fail "rsync --daemon does not start: $(said "$work/logs/rsyncd.err")"
}

run_rsync_daemon() {
  served rsync-daemon "$rsyncd_pid" rsync -a --whole-file "$(rsync_source)" "rsync://127.0.0.1:$rsync_port/to/copy"
}

start_sshd() {
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
  ssh_options=(-i "$work/ssh/user" -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR)
}

run_rsync_ssh() {
  served rsync-ssh "$sshd_pid" rsync -a --whole-file -e "ssh -p $ssh_port ${ssh_options[*]}" "$(rsync_source)" "127.0.0.1:$work/copy"
}
run_rsync_ssh_fsync() {
  served rsync-ssh-fsync "$sshd_pid" rsync -a --whole-file --fsync -e "ssh -p $ssh_port ${ssh_options[*]}" "$(rsync_source)" "127.0.0.1:$work/copy"
}
rsync_source() { [ "$kind" = tree ] && echo "$work/source/" || echo "$work/source"; }

run_scp() { served scp "$sshd_pid" scp -q -r -P "$ssh_port" "${ssh_options[@]}" "$work/source" "127.0.0.1:$work/copy"; }
run_scp_aes128_gcm() {
  served scp-aes128-gcm "$sshd_pid" scp -q -r -P "$ssh_port" "${ssh_options[@]}" -c aes128-gcm@openssh.com "$work/source" "127.0.0.1:$work/copy"
}

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
