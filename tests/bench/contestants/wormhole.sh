# magic-wormhole: a code, a mailbox server of this machine, and straight from one to the other.

start_wormhole() {
  begin "Mailbox of magic-wormhole"
  mailbox_port=$(free_port)
  mkdir -p "$work/wormhole"
  start mailbox twist3 wormhole-mailbox --port="tcp:$mailbox_port:interface=127.0.0.1" \
    --channel-db="$work/wormhole/relay.sqlite" --usage-db="$work/wormhole/usage.sqlite"
  wait_for 20 listens "$mailbox_port" || fail "the mailbox server does not start: $(said "$work/logs/mailbox.err")"
}

# Two commands, as two people type them at once: their start is part of it.
run_wormhole() {
  local t=$EPOCHREALTIME sender code="$((++wormholes))-bench-mark"
  timed "$work/logs/from" env HOME="$work/wormhole" \
    wormhole --relay-url "ws://127.0.0.1:$mailbox_port/v1" --transit-helper "" send --hide-progress --code "$code" "$source" >"$work/logs/wormhole" 2>&1 &
  sender=$!
  timed "$work/logs/to" env HOME="$work/wormhole" \
    wormhole --relay-url "ws://127.0.0.1:$mailbox_port/v1" --transit-helper "" receive --hide-progress --accept-file -o "$work/copy" "$code" >"$work/logs/wormhole-to" 2>&1 \
    || fail "$(said "$work/logs/wormhole-to")"
  wait "$sender" || fail "$(said "$work/logs/wormhole")"
  took=$(elapsed "$t")
  record_one_way wormhole
  check_copy "$work/copy" wormhole
}
wormholes=0
