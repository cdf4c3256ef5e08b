#!/bin/sh
# postgres.sh BIN DIR [OPTIONS]: a PostgreSQL server of its own, with its socket in DIR, until this script's input ends.
# Lines of input are `crash` and `start`; each is answered by `done`.
set -e
bin=$1 dir=$2 options=$3
if [ "$(id -u)" = 0 ]; then
  # It does not run as root.
  chown postgres "$dir"
  as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
cd "$dir"
$as "$bin/initdb" -D "$dir/data" -U postgres --auth=trust -E UTF8 --locale=C --no-sync >"$dir/log" 2>&1
# One user who needs his password.
{ echo "local all locked scram-sha-256"; cat "$dir/data/pg_hba.conf"; } >"$dir/hba" && cat "$dir/hba" >"$dir/data/pg_hba.conf"
start() { $as "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/log" -o "-k $dir -c listen_addresses= -c max_connections=200 $options" -w start >>"$dir/log" 2>&1 </dev/null; }
# As a crash does: nothing that is under way ends well.
crash() { $as "$bin/pg_ctl" -D "$dir/data" -m immediate stop >>"$dir/log" 2>&1; }
start
echo done
while read -r order; do
  "$order"
  echo done
done
crash || true
rm -rf "$dir"
