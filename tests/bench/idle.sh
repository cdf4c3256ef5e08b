#!/usr/bin/env bash
# What an agent costs all day: CPU and memory while nothing happens, alone and with a crowd that is announced on its network.
# Needs root, for network namespaces. A benchmark: it measures, and judges nothing.
set -uo pipefail

crowd=${1:-1000} seconds=${2:-60}
[[ $crowd =~ ^[0-9]+$ && $crowd -ge 1 && $crowd -le 10000 && $seconds =~ ^[0-9]+$ && $seconds -ge 10 ]] \
  || { echo "Usage: tests/bench/idle.sh [DEVICES, 1 to 10000, default 1000] [SECONDS, from 10, default 60]" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "Network namespaces need root." >&2; exit 2; }

. "$(dirname "${BASH_SOURCE[0]}")/../devices.sh"
. "$(dirname "${BASH_SOURCE[0]}")/contestants/measuring.sh"
lan=osidle$$

host() { ip netns exec "$lan-$1" "${@:2}"; }

end_idle() {
  local code=$? n
  for n in agent crowd; do ip netns delete "$lan-$n" 2>/dev/null; done
  (exit "$code"); end_work
}

# measure NAME: CPU of a core and memory, over the seconds asked for.
measure() {
  begin "$1"
  local a; a=$(cpu "$agent_pid")
  sleep "$seconds"
  say "$1: $(awk -v a="$a" -v b="$(cpu "$agent_pid")" -v s="$seconds" 'BEGIN { printf "%.2f", (b - a) * 100 / s }') % of a core, $(awk '/^VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$agent_pid/status") MiB"
}

begin_work idle
trap end_idle EXIT
build
dotnet build "$root/tests/OpenShare.Benchmarks" -c Release --nologo -v quiet >"$work/logs/pump-build" 2>&1 || fail "$(said "$work/logs/pump-build")"
start_server
register agent
begin "Network"
ip netns add "$lan-agent" && ip netns add "$lan-crowd" && ip link add eth0 netns "$lan-agent" type veth peer name eth0 netns "$lan-crowd" || fail "no network"
for n in agent:1 crowd:2; do
  host "${n%:*}" ip link set lo up && host "${n%:*}" ip address add "10.79.0.${n#*:}/16" dev eth0 && host "${n%:*}" ip link set eth0 up || fail "no host ${n%:*}"
done
# Each of the crowd has an address of its own, as it would have.
for n in $(seq 0 $((crowd - 1))); do echo "address add 10.79.$((n / 256 + 1)).$((n % 256))/16 dev eth0"; done | host crowd ip -batch - || fail "no addresses"
start agent ip netns exec "$lan-agent" "$openshare" --home "$work/agent" agent --save-to "$work/in"
agent_pid=$last_pid
wait_for 60 agent_listens agent "$agent_pid" || fail "it does not listen: $(said "$work/logs/agent.err")"
sleep 40
say "An agent, forty seconds old"
measure "Alone"
begin "Crowd"
start crowd ip netns exec "$lan-crowd" dotnet "$root/artifacts/bin/OpenShare.Benchmarks/release/pump.dll" crowd "$crowd" 10.79.1.0
wait_for 180 grep -qs "All were announced" "$work/logs/crowd.out" || fail "the crowd is silent: $(said "$work/logs/crowd.err")"
say "$crowd devices are announced each minute"
sleep 30
measure "With $crowd devices announced"
begin "Seen"
seen=$(curl -s --max-time 20 --unix-socket "$work/agent/agent.sock" http://agent/v1/peers | grep -o '"address":"' | wc -l)
say "It shows $seen of them"
