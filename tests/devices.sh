# What run-local.sh, tests/long.sh and tests/bench/compare.sh share: it builds the programs, and runs a registration
# server and two devices, alice and bob, each with its own home, as real processes of this machine.
# To be sourced by bash under `set -uo pipefail`.
export LC_ALL=C.UTF-8 DOTNET_NOLOGO=1

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tests/programs.sh"
openshare=$root/artifacts/openshare
server=$root/artifacts/openshare-server
work="" pids=() step="" started=$EPOCHREALTIME keep_files=false keep_running=false

# begin_work NAME [PARENT]: makes the directory that everything is in; from now on the end of the script ends
# what it started.
begin_work() {
  work=$(mktemp -d "${2:-${TMPDIR:-/tmp}}/openshare-$1.XXXXXX")
  mkdir -p "$work/logs"
  trap end_work EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

end_work() {
  local code=$?
  trap - EXIT INT TERM
  [ "$keep_running" = true ] && [ "$code" = 0 ] && exit 0
  for pid in "${pids[@]+"${pids[@]}"}"; do kill -TERM "$pid" 2>/dev/null; done
  for pid in "${pids[@]+"${pids[@]}"}"; do
    for _ in {1..50}; do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null
  done
  wait 2>/dev/null
  [ "$keep_files" = true ] || rm -rf --one-file-system "$work"
  exit "$code"
}

# ---- telling

# A step is said when it is done, with its time: what is on the screen has happened.
begin() { step=$1 started=$EPOCHREALTIME; }

say() {
  printf '%6s s  %s\n' "$(seconds_since "$started")" "$*"
  started=$EPOCHREALTIME
}

note() { printf '          %s\n' "$*"; }

fail() {
  printf 'FAILED    %s: %s\n' "$step" "$*" >&2
  [ -z "$work" ] || { keep_files=true; printf '          The logs are in %s\n' "$work/logs" >&2; }
  exit 1
}

# said FILE...: the last words of a program, for a failure's line.
said() { cat -- "$@" 2>/dev/null | grep -v '^$' | tail -n 2; }

seconds_since() { local us=$((${EPOCHREALTIME/./} - ${1/./})); printf '%d.%d' $((us / 1000000)) $((us / 100000 % 10)); }

mib() { awk -v n="$1" 'BEGIN { printf n < 10485760 ? "%.1f MiB" : "%.0f MiB", n / 1048576 }'; }

# ---- helpers

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
  local deadline=$((SECONDS + $1)); shift
  until "$@"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.1
  done
}

# json KEY TEXT: the first value of this key.
json() { grep -oE "\"$1\" *: *(\"[^\"]*\"|[^],}]*)" <<<"$2" | head -n 1 | sed -E 's/^"[^"]*" *: *"?//; s/"? *$//'; }

# json_objects TEXT: the objects of a list, one per line.
json_objects() { tr -d '\n' <<<"$1" | sed -E 's/\} *, *\{/}\n{/g'; }

free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); do
    (exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# start NAME COMMAND...: in the background, its output in logs/NAME.out and .err; its id is in last_pid.
start() {
  local name=$1; shift
  "$@" >"$work/logs/$name.out" 2>"$work/logs/$name.err" </dev/null &
  last_pid=$!
  pids+=("$last_pid")
}

# device NAME COMMAND...: a command as the person at that device types it.
device() { local name=$1; shift; "$openshare" --home "$work/$name" "$@"; }

# ---- programs

build() {
  begin "Build"
  mkdir -p "$root/artifacts"
  local log=$root/artifacts/build.log
  dotnet build "$root/tests/OpenShare.Relay" -c Release --nologo -v quiet >"$log" 2>&1 || { cat "$log" >&2; fail "the relay does not build"; }
  publish_programs "$log" || { cat "$log" >&2; fail "the programs do not build"; }
  say "Built artifacts/openshare and artifacts/openshare-server"
}

# ---- server and devices

start_server() {
  begin "Server"
  local port; port=$(free_port)
  url=https://127.0.0.1:$port
  start server "$server" run --urls "$url" --data "$work/server"
  server_pid=$last_pid
  wait_for 60 server_listens || fail "openshare-server did not come up at $url: $(said "$work/logs/server.err")"
  say "Registration server at $url, TLS fingerprint $(grep -oE 'sha256:[0-9a-f]{12}' "$work/logs/server.out" | head -n 1)…"
}
server_listens() {
  kill -0 "$server_pid" 2>/dev/null || fail "openshare-server ended: $(said "$work/logs/server.err")"
  grep -qs "^Listening" "$work/logs/server.out"
}

# register NAME: with a one-time token of its own; its device id is in NAME_id.
register() {
  local name=$1 token id log=$work/logs/$1-register
  begin "Registration of $name"
  token=$("$server" token create --account home --data "$work/server" 2>"$log.err") || fail "$(said "$log.err")"
  device "$name" register --server "$url" --token "$token" --name "$name" >"$log.out" 2>"$log.err" || fail "$(said "$log.err")"
  id=$(json device_id "$(device "$name" status --json)")
  [ -n "$id" ] || fail "status shows no device id"
  printf -v "${name}_id" %s "$id"
  say "$name registered with a one-time token: $(head -n 1 "$log.out")"
}

# start_agent NAME PORT [ADVERTISED-PORT]: receives into NAME-received; its process id is in NAME_pid. agent is the command that is one.
agent=("$openshare" agent)
start_agent() {
  local name=$1
  begin "Agent of $name"
  mkdir -p "$work/$name-received"
  start "$name" env ${3:+"OPENSHARE__Discovery__AdvertisedPort=$3"} \
    "${agent[@]}" --home "$work/$name" --accept own --save-to "$work/$name-received" --listen "0.0.0.0:$2"
  printf -v "${name}_pid" %s "$last_pid"
  wait_for 60 agent_listens "$name" "$last_pid" || fail "it does not listen: $(said "$work/logs/$name.err")"
}
agent_listens() {
  kill -0 "$2" 2>/dev/null || fail "it ended: $(said "$work/logs/$1.err")"
  # Its first words are said once it listens; openshare-desktop's are for people.
  [ -s "$work/logs/$1.out" ] || grep -qs " runs" "$work/logs/$1.err"
}

# on_a_desktop: the agents are openshare-desktop, each with an icon in the tray of the same session, of which there is the bus alone.
on_a_desktop() {
  begin "Desktop"
  publish_desktop "$root/artifacts/build.log" || fail "openshare-desktop does not build"
  start bus dbus-daemon --session --nofork --nopidfile --print-address
  wait_for 10 test -s "$work/logs/bus.out" || fail "no session bus: $(said "$work/logs/bus.err")"
  agent=(env DBUS_SESSION_BUS_ADDRESS="$(head -n 1 "$work/logs/bus.out")" "$root/artifacts/openshare-desktop" run)
  say "Built artifacts/openshare-desktop"
}

# discover: until alice and bob see each other; what alice shows of bob is in bob_seen.
discover() {
  begin "Discovery"
  wait_for 40 sees alice "$bob_id" || fail "alice does not see bob: $(device alice peers 2>&1)"
  bob_seen=$seen
  wait_for 40 sees bob "$alice_id" || fail "bob does not see alice: $(device bob peers 2>&1)"
  say "alice and bob found each other by $(json found_by "$bob_seen"): bob at $(json address "$bob_seen"), after $(json latency_ms "$bob_seen") ms"
}
sees() {
  seen=$(json_objects "$(device "$1" peers --json 2>/dev/null)" | grep -F "$2") && [ "$(json address "$seen")" != null ]
}

# same PATH COPY: every byte, name, kind, permission bit, time of change (of files and directories) and link.
same() {
  diff -r --no-dereference -- "$1" "$2" >"$work/logs/diff" 2>&1 || fail "they differ: $(head -n 3 "$work/logs/diff")"
  diff <(listing "$1") <(listing "$2") >"$work/logs/diff" 2>&1 || fail "kinds, modes, times or links differ: $(head -n 3 "$work/logs/diff")"
}
listing() {
  (cd "$(dirname -- "$1")" && find "./$(basename -- "$1")" \( -type l -printf '%p l %l\n' \) -o -printf '%p %y %m %T@\n' | sed -E 's/ ([fd]) [0-9]([0-7]{3}) / \1 \2 /' | sort)
}

# ---- the link

# start_relay: in front of both, whichever of them dials; alice_port, alice_front, bob_port and bob_front are set.
start_relay() {
  begin "Relay"
  alice_port=$(free_port) bob_port=$(free_port) alice_front=$(free_port) bob_front=$(free_port)
  relay_out=$work/logs/relay.out
  mkfifo "$work/relay"
  # Opened for both, so that its input does not end between two commands.
  dotnet "$root/artifacts/bin/OpenShare.Relay/release/relay.dll" --down 600 \
    --listen "[::]:$bob_front" --to "127.0.0.1:$bob_port" --listen "[::]:$alice_front" --to "127.0.0.1:$alice_port" \
    <>"$work/relay" >"$relay_out" 2>"$work/logs/relay.err" &
  relay_pid=$!
  pids+=("$relay_pid")
  wait_for 20 grep -qF "\"port\":$alice_front" "$relay_out" || fail "it did not start: $(said "$relay_out" "$work/logs/relay.err")"
}

relay() { echo "$*" >"$work/relay"; }

# events NAME: how many of this event there were; event NAME: the newest.
events() { grep -cF "\"event\":\"$1\"" "$relay_out"; }
event() { grep -F "\"event\":\"$1\"" "$relay_out" | tail -n 1; }

# passed: the bytes that have crossed by now.
passed() {
  local before; before=$(events stats)
  relay stats
  wait_for 5 more_than "$before" stats || fail "the relay does not answer"
  json passed "$(event stats)"
}
more_than() { [ "$(events "$2")" -gt "$1" ]; }
