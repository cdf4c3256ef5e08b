# openshare itself, between two agents that run.

start_openshare() {
  start_server
  register alice
  register bob
  start_agent alice "$(free_port)"
  start_agent bob "$(free_port)"
  discover
}

run_openshare() {
  local a b t
  forget_peak "$alice_pid"; forget_peak "$bob_pid"
  a=$(cpu "$alice_pid") b=$(cpu "$bob_pid") t=$EPOCHREALTIME
  device alice send "$source" --to "$bob_id" --json >"$work/logs/send.out" 2>"$work/logs/send.err" || fail "$(said "$work/logs/send.err")"
  t=$(elapsed "$t")
  [ "$(json bytes_reused "$(cat "$work/logs/send.out")")" = 0 ] || fail "some of it was there before"
  record openshare "$t" "$(less "$(cpu "$alice_pid")" "$a")" "$(less "$(cpu "$bob_pid")" "$b")" "$(peak "$alice_pid")" "$(peak "$bob_pid")"
  check_copy "$work/bob-received/source" openshare
}
