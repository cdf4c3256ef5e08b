#!/usr/bin/env bash
# How many registrations a second the service takes, each with its proof verified and durable (SQLite synchronous=FULL), and how many
# unchanged revocation lists it answers for; client and server together on this machine. A benchmark: it measures, and judges nothing.
set -uo pipefail

usage() {
  cat <<'END'
Usage: tests/bench/registration.sh [--count N] [--connections N] [--runs N] [--postgres] [--pkcs11]

  --count N        registrations in each round, in accounts of 500 (default: 5000)
  --connections N  that stay open (default: 64)
  --runs N         rounds (default: 3)
  --postgres       with a PostgreSQL of its own in place of SQLite (Debian's, in a temporary directory; root)
  --pkcs11         with the signing keys in a SoftHSM2 token of its own
END
}

count=5000 connections=64 runs=3 postgres=false pkcs11=false
while [ $# -gt 0 ]; do
  case $1 in
    --count) count=$2; shift ;;
    --connections) connections=$2; shift ;;
    --runs) runs=$2; shift ;;
    --postgres) postgres=true ;;
    --pkcs11) pkcs11=true ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

. "$(dirname "${BASH_SOURCE[0]}")/../devices.sh"
. "$(dirname "${BASH_SOURCE[0]}")/contestants/measuring.sh"

admin() { "$server" "$@" --data "$work/server" "${database[@]}"; }

start_postgres() {
  local programs=(/usr/lib/postgresql/*/bin)
  [ -x "${programs[0]}/initdb" ] || fail "PostgreSQL is not installed here"
  mkdir "$work/postgres" && chown nobody "$work/postgres" "$work" || fail "PostgreSQL does not run as root, and another user needs root to be chosen"
  pg() { setpriv --reuid=65534 --clear-groups "${programs[0]}/$1" "${@:2}"; }
  pg initdb -D "$work/postgres/data" -A trust -U openshare >"$work/logs/initdb" 2>&1 || fail "$(said "$work/logs/initdb")"
  start postgres setpriv --reuid=65534 --clear-groups "${programs[0]}/postgres" -D "$work/postgres/data" -c listen_addresses= -k "$work/postgres"
  wait_for 20 pg pg_isready -q -h "$work/postgres" || fail "PostgreSQL does not start"
  database=(--database "Host=$work/postgres;Database=postgres;Username=openshare")
}

make_token() {
  mkdir "$work/softhsm"
  export SOFTHSM2_CONF=$work/softhsm2.conf
  printf 'directories.tokendir = %s\n' "$work/softhsm" >"$SOFTHSM2_CONF"
  softhsm2-util --init-token --free --label bench --pin 1234 --so-pin 5678 >"$work/logs/softhsm" 2>&1 || fail "SoftHSM2 is not installed here"
  echo 1234 >"$work/pin"; chmod 600 "$work/pin"
  signing=(--signing-key "pkcs11:token=bench?module-path=$(ls /usr/lib/*/softhsm/libsofthsm2.so | head -n 1)&pin-source=file:$work/pin")
}

begin_work registration
database=() signing=()
build
dotnet build "$root/tests/OpenShare.Benchmarks" -c Release --nologo -v quiet >"$work/logs/driver-build" 2>&1 || fail "$(said "$work/logs/driver-build")"
[ "$postgres" = false ] || start_postgres
[ "$pkcs11" = false ] || make_token
begin "Server"
port=$(free_port) url=https://127.0.0.1:$port
start server "$server" run --urls "$url" --data "$work/server" "${database[@]}" "${signing[@]}" \
  --writes-per-second 1000000 --reads-per-second 1000000 --account-per-second 1000000
server_pid=$last_pid
wait_for 60 curl -ks --max-time 2 -o /dev/null "$url/v1/health" || fail "the service does not answer: $(said "$work/logs/server.err")"
say "The service runs with ${database[*]:-SQLite} and ${signing[*]:-keys in a file}"

for round in $(seq "$runs"); do
  begin "Registrations"
  tokens=()
  # Of 500 devices, each account.
  for n in $(seq $(((count + 499) / 500))); do tokens+=("$(admin token create --account "crowd$round.$n" --uses 500)") || fail "no token"; done
  before=$(cpu "$server_pid")
  dotnet "$root/artifacts/bin/OpenShare.Benchmarks/release/pump.dll" registrations "$url" "$count" "$connections" "${tokens[@]}" >"$work/logs/driver" 2>&1 || fail "$(said "$work/logs/driver")"
  say "Round $round: $(cat "$work/logs/driver"), $(less "$(cpu "$server_pid")" "$before") CPU s of the service"
done

if command -v wrk >/dev/null; then
  begin "Lists"
  tag=$(curl -ksi "$url/v1/crl" | tr -d '\r' | sed -n 's/^[Ee][Tt]ag: //p')
  before=$(cpu "$server_pid")
  wrk -t 1 -c "$connections" -d 10s -H "If-None-Match: $tag" "$url/v1/crl" >"$work/logs/wrk" 2>&1 || fail "$(said "$work/logs/wrk")"
  say "GET /v1/crl, unchanged: $(awk '/Requests\/sec/ { printf "%.0f", $2 }' "$work/logs/wrk") a second for 10 s, $(less "$(cpu "$server_pid")" "$before") CPU s of the service, $(awk '/Non-2xx/ { print $NF; found = 1 } END { if (!found) print 0 }' "$work/logs/wrk") refused"
fi
