# What only moves bytes: the bare pump of tests/OpenShare.Benchmarks, nc, and iperf3, which reads no file and writes none.

build_pump() {
  dotnet build "$root/tests/OpenShare.Benchmarks" -c Release --nologo -v quiet >"$work/logs/pump-build" 2>&1 || fail "$(said "$work/logs/pump-build")"
}

run_pump() {
  local port pump=$root/artifacts/bin/OpenShare.Benchmarks/release/pump.dll
  port=$(free_port)
  timed "$work/logs/to" dotnet "$pump" receive "127.0.0.1:$port" "$work/copy" &
  one_way "$port" dotnet "$pump" send "$source" "127.0.0.1:$port"
  record_one_way pump
  check_copy "$work/copy" pump
}

run_nc() {
  local port; port=$(free_port)
  timed "$work/logs/to" nc -l -N 127.0.0.1 "$port" >"$work/copy" </dev/null &
  one_way "$port" nc -N 127.0.0.1 "$port" <"$source" >/dev/null
  record_one_way nc
  check_copy "$work/copy" nc
}

run_iperf3() {
  local port; port=$(free_port)
  timed "$work/logs/to" iperf3 --server --one-off --bind 127.0.0.1 --port "$port" >"$work/logs/iperf3" &
  one_way "$port" iperf3 --client 127.0.0.1 --port "$port" --bytes "$bytes" >"$work/logs/iperf3-client"
  record_one_way iperf3
}
