# syncthing: two instances that know each other, one folder that goes one way. From "scan" until the other says it has all.

start_syncthing() {
  begin "syncthing"
  local name
  for name in from to; do
    mkdir -p "$work/syncthing/$name-folder/.stfolder"
    syncthing generate --home="$work/syncthing/$name" --no-default-folder --skip-port-probing >"$work/logs/syncthing-generate" 2>&1 || fail "$(said "$work/logs/syncthing-generate")"
    printf -v "sync_${name}_id" %s "$(grep -oE '[A-Z0-9]{7}(-[A-Z0-9]{7}){7}' "$work/syncthing/$name/config.xml" | head -n 1)"
    printf -v "sync_${name}_api" %s "$(free_port)"
    printf -v "sync_${name}_port" %s "$(free_port)"
  done
  syncthing_config from sendonly "$sync_from_api" "$sync_from_port" >"$work/syncthing/from/config.xml"
  syncthing_config to receiveonly "$sync_to_api" "$sync_to_port" >"$work/syncthing/to/config.xml"
  for name in from to; do
    # As what its monitor would start: the process that does the work is the one that is measured.
    start "syncthing-$name" env STNOUPGRADE=1 STMONITORED=yes syncthing serve --home="$work/syncthing/$name" --no-browser --no-restart
    printf -v "sync_${name}_pid" %s "$last_pid"
  done
  wait_for 60 syncthing_meets || fail "they do not meet: $(said "$work/logs/syncthing-from.out")"
}
syncthing_meets() { [[ $(syncthing_ask "$sync_from_api" system/connections) =~ \"connected\":\ *true ]]; }
syncthing_ask() { curl -s -H "X-API-Key: bench" "http://127.0.0.1:$1/rest/$2" "${@:3}"; }

# syncthing_config NAME TYPE API-PORT PORT: everything that would leave this machine is off, and nothing is looked for by time.
syncthing_config() {
  cat <<END
<configuration version="36">
  <folder id="bench" path="$work/syncthing/$1-folder" type="$2" rescanIntervalS="0" fsWatcherEnabled="false">
    <device id="$sync_from_id"/><device id="$sync_to_id"/>
  </folder>
  <device id="$sync_from_id" name="from"><address>tcp://127.0.0.1:$sync_from_port</address></device>
  <device id="$sync_to_id" name="to"><address>tcp://127.0.0.1:$sync_to_port</address></device>
  <gui enabled="true" tls="false"><address>127.0.0.1:$3</address><apikey>bench</apikey></gui>
  <options>
    <listenAddress>tcp://127.0.0.1:$4</listenAddress>
    <globalAnnounceEnabled>false</globalAnnounceEnabled><localAnnounceEnabled>false</localAnnounceEnabled>
    <relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled><startBrowser>false</startBrowser>
    <urAccepted>-1</urAccepted><crashReportingEnabled>false</crashReportingEnabled><autoUpgradeIntervalH>0</autoUpgradeIntervalH>
    <setLowPriority>false</setLowPriority><reconnectionIntervalS>5</reconnectionIntervalS>
  </options>
</configuration>
END
}

run_syncthing() {
  local a b t files
  files=$(find "$source" -type f | wc -l)
  rm -rf "$work/syncthing/from-folder/source"
  cp -al "$source" "$work/syncthing/from-folder/source"
  forget_peak "$sync_from_pid"; forget_peak "$sync_to_pid"
  a=$(cpu "$sync_from_pid") b=$(cpu "$sync_to_pid") t=$EPOCHREALTIME
  # Answers once it has scanned; what it found goes on from there.
  syncthing_ask "$sync_from_api" 'db/scan?folder=bench' -X POST >"$work/logs/syncthing-scan"
  wait_for 600 syncthing_has_all || fail "$(syncthing_ask "$sync_to_api" 'db/status?folder=bench')"
  t=$(elapsed "$t")
  record syncthing "$t" "$(less "$(cpu "$sync_from_pid")" "$a")" "$(less "$(cpu "$sync_to_pid")" "$b")" "$(peak "$sync_from_pid")" "$(peak "$sync_to_pid")"
  check_copy "$work/syncthing/to-folder/source" syncthing
}
# It counts some bytes for each folder: its files are what is asked for.
syncthing_has_all() {
  local status; status=$(syncthing_ask "$sync_to_api" 'db/status?folder=bench')
  [ "$(json globalFiles "$status")" = "$files" ] && [ "$(json globalBytes "$status")" -ge "$bytes" ] && [ "$(json needBytes "$status")" = 0 ] \
    && [ "$(json state "$status")" = idle ] && [ -e "$work/syncthing/to-folder/source" ]
}
