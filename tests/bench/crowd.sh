#!/usr/bin/env bash
# How long a crowd of agents takes until everybody sees everybody: real agents, each on a host of its own, on one bridge of
# network namespaces. Needs root. A benchmark: it measures, and judges only that all are seen.
set -uo pipefail

agents=${1:-30}
[[ $agents =~ ^[0-9]+$ && $agents -ge 2 && $agents -le 200 ]] || { echo "Usage: tests/bench/crowd.sh [AGENTS, 2 to 200, default 30]" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "Network namespaces need root." >&2; exit 2; }

. "$(dirname "${BASH_SOURCE[0]}")/../devices.sh"
lan=oscrowd$$

host() { ip netns exec "$lan-$1" "${@:2}"; }

make_host() {
  ip netns add "$lan-$1" && host "$1" ip link set lo up
}

# Its cable ends at the bridge.
plug_in() {
  ip link add "p$1" netns "$lan-bridge" type veth peer name eth0 netns "$lan-$1" \
    && host bridge ip link set "p$1" master br0 up \
    && host "$1" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad' \
    && host "$1" ip address add "10.78.0.$1/24" dev eth0 \
    && host "$1" ip link set eth0 up
}

end_crowd() {
  local code=$? n
  # The networks themselves go with the agents, which are ended next.
  for n in bridge $(seq "$agents"); do ip netns delete "$lan-$n" 2>/dev/null; done
  (exit "$code"); end_work
}

# seen N: how many others agent N sees, asked over its local API: a command for each question would be most of the work.
seen() { peers_of "$1" | grep -o '"address":"' | wc -l; }
peers_of() { curl -s --max-time 5 --unix-socket "$work/d$1/agent.sock" http://agent/v1/peers; }
sees_all() { [ "$(seen "$1")" = $((agents - 1)) ]; }

begin_work crowd
trap end_crowd EXIT
build
start_server
begin "Hosts"
make_host bridge && host bridge ip link add br0 type bridge mcast_snooping 0 && host bridge ip link set br0 up || fail "no bridge"
for n in $(seq "$agents"); do
  make_host "$n" && plug_in "$n" || fail "no host $n"
done
say "$agents hosts on one bridge"
begin "Registration"
token=$("$server" token create --account home --uses "$agents" --data "$work/server") || fail "no token"
for n in $(seq "$agents"); do
  device "d$n" register --server "$url" --token "$token" --name "device-$n" >/dev/null 2>"$work/logs/register" || fail "$(said "$work/logs/register")"
done
say "$agents devices registered"
begin "Agents"
for n in $(seq "$agents"); do
  start "d$n" ip netns exec "$lan-$n" "$openshare" --home "$work/d$n" agent --save-to "$work/in$n"
done
for n in $(seq "$agents"); do
  wait_for 120 sees_all "$n" || fail "device-$n sees $(seen "$n") of $((agents - 1)): $(said "$work/logs/d$n.err")"
done
say "All see all, from the start of the first agent on"
for n in $(seq "$agents"); do peers_of "$n" | grep -oE '"latency_ms":[0-9]+' | cut -d : -f 2; done | sort -n >"$work/latencies"
awk '{ l[NR] = $1 } END { printf "%d sightings, from the first sign of life or the start of the search: median %d ms, nine of ten %d ms, worst %d ms\n", NR, l[int((NR + 1) / 2)], l[int(NR * 0.9)], l[NR] }' "$work/latencies"
printf '%s, %s cores, Linux %s, .NET %s, %s\n' "$(awk -F ': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)" "$(nproc)" "$(uname -r)" "$(dotnet --version)" "$(date +%F)"
