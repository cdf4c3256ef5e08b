# openshare itself, between two agents that run. Each round has new homes, so that nobody knows what was sent before, and agents
# that have just started, rehearsed (docs/adr/0052) and come to rest; `openshare-warm` are two that run through all rounds, as such agents do.

start_openshare() {
  [ -n "${server_pid:-}" ] || start_server
}

run_openshare() {
  renew alice
  renew bob
  discover >/dev/null
  { wait_for 30 rehearsed alice && wait_for 30 rehearsed bob; } || fail "no transfer is rehearsed: $(said "$work/logs/alice.err" "$work/logs/bob.err")"
  # What was called often is compiled again for some seconds more.
  { wait_for 30 rests "$alice_pid" && wait_for 30 rests "$bob_pid"; } || fail "an agent does not come to rest"
  # Once more: the host takes back what was touched before the seconds of their start.
  even_memory
  between openshare alice bob
  kill -TERM "$alice_pid" "$bob_pid"
  wait "$alice_pid" "$bob_pid" 2>/dev/null
}
# renew NAME: whoever is called so is a new device in a new home.
renew() {
  rm -rf "${work:?}/$1"
  register "$1" >/dev/null
  OPENSHARE__LOGLEVEL=information start_agent "$1" "$(free_port)" >/dev/null
}
# rests PID: it used no more than 2 % of a core for a second.
rests() {
  local before
  kill -0 "$1" 2>/dev/null || fail "an agent ended: $(said "$work/logs/alice.err" "$work/logs/bob.err")"
  before=$(cpu "$1")
  sleep 1
  awk -v a="$before" -v b="$(cpu "$1")" 'BEGIN { exit b - a > 0.025 }'
}
# Or gave it up, as the machine was busy for so long: then it is measured so, and said.
rehearsed() {
  grep -qF " transfer was rehearsed" "$work/logs/$1.err" || return 1
  ! grep -qF "No transfer was rehearsed" "$work/logs/$1.err" || note "$1 gave up its rehearsal: its first transfer is slower"
}

start_openshare_warm() {
  start_openshare
  register carol
  register dave
  start_agent carol "$(free_port)"
  start_agent dave "$(free_port)"
  wait_for 40 sees carol "$dave_id" || fail "carol does not see dave"
}

run_openshare_warm() { between openshare-warm carol dave; }

# between CONTESTANT FROM TO: the whole command, of which nothing may have been there before.
between() {
  local from=${2}_pid to=${3}_pid to_id=${3}_id a b t
  forget_peak "${!from}"; forget_peak "${!to}"
  a=$(cpu "${!from}") b=$(cpu "${!to}")
  t=$EPOCHREALTIME
  device "$2" send "$source" --to "${!to_id}" --json >"$work/logs/send.out" 2>"$work/logs/send.err" || fail "$(said "$work/logs/send.err")"
  t=$(elapsed "$t")
  [ "$(json bytes_reused "$(cat "$work/logs/send.out")")" = 0 ] || fail "some of it was there before"
  record "$1" "$t" "$(less "$(cpu "${!from}")" "$a")" "$(less "$(cpu "${!to}")" "$b")" "$(peak "${!from}")" "$(peak "${!to}")"
  check_copy "$work/$3-received/source" "$1"
}
