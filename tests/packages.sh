#!/usr/bin/env bash
# Builds the packages and has each do the main job where it is installed: register, and receive a file. As root: the .debs are
# installed into a copy of this system's root that is thrown away, and in which there is no .NET. Ends 0 only if all that could be tried holds.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/devices.sh"

packages=$root/artifacts/packages
[ "${1:-}" = --built ] || "$root/src/packaging/build.sh" || exit 1
version=$(dotnet msbuild "$root/src/OpenShare.Cli" -getProperty:Version)
[ "$(id -u)" = 0 ] || { echo "tests/packages.sh: installs packages and mounts, and so needs root" >&2; exit 2; }

# The mounts end with this process.
[ "${OPENSHARE_IN_NAMESPACE:-}" = yes ] || OPENSHARE_IN_NAMESPACE=yes exec unshare --mount --propagation private "$0" --built

skip() { note "SKIPPED: $*"; }

# program NAME COMMAND...: one that may be called by one path.
program() {
  local path=$work/bin/$1; shift
  printf '#!/bin/sh\nexec %s "$@"\n' "$*" >"$path"
  chmod +x "$path"
  echo "$path"
}

# prints_version PROGRAM: and nothing else but the commit.
prints_version() {
  local said; said=$("$1" --version 2>&1)
  [[ $said =~ ^"$version"(\+[0-9a-f]+)?$ ]] || fail "--version says: $said"
}

# milliseconds PROGRAM: of --version, the median of 21, when all of it has been read once.
milliseconds() {
  local t
  for _ in {1..21}; do
    t=$EPOCHREALTIME
    "$1" --version >/dev/null
    echo $((${EPOCHREALTIME/./} - ${t/./}))
  done | sort -n | awk 'NR == 11 { printf "%d", $1 / 1000 }'
}

# joins NAME: registers, receives, and is sent a file by alice, whose agent is the .deb's.
joins() {
  local name=$1 id=${1}_id
  register "$name"
  start_agent "$name" "$(free_port)"
  receives "$name" "${!id}"
}
receives() {
  local name=$1 id=$2
  begin "A file for $name"
  head -c 20M /dev/urandom >"$work/for $name"
  wait_for 40 sees alice "$id" || fail "alice does not see $name: $(device alice peers 2>&1)"
  "$of_alice" --home "$work/alice" send "$work/for $name" --to "$id" >"$work/logs/send.out" 2>"$work/logs/send.err" || fail "$(said "$work/logs/send.err")"
  cmp "$work/for $name" "$work/$name-received/for $name" || fail "it is not the same"
  say "$name has the file"
}

# screen: one that nobody sees, where there can be one. What wine began without one never shows anything.
screen() {
  command -v Xvfb >/dev/null && command -v xdotool >/dev/null || return 0
  Xvfb -displayfd 1 -screen 0 800x600x24 >"$work/display" 2>"$work/logs/xvfb.err" & pids+=($!)
  wait_for 20 test -s "$work/display" || fail "there is no screen: $(said "$work/logs/xvfb.err")"
  screen=:$(cat "$work/display")
  export DISPLAY=$screen
}

# windows_desktop: shortcuts, icon and menu; wine shows the icon in a small window of its own.
windows_desktop() {
  local desktop home=$work/frank folder=$WINEPREFIX/drive_c/users/$(id -un)/AppData/Roaming/Microsoft/Windows
  [ -n "$screen" ] || { skip "Windows' notification area, for want of xvfb and xdotool"; return; }
  begin "openshare-desktop, on Windows"
  desktop=$(program wine-desktop "$wine" "$work/win/openshare-desktop.exe")
  timeout 120 "$desktop" install --home "Z:${home//\//\\}" >"$work/logs/install.out" 2>&1 || fail "it is not installed: $(said "$work/logs/install.out")"
  pids+=($(pgrep -f "openshare-desktop.exe run .*${work##*/}"))
  for link in "Start Menu/Programs/StartUp" "Start Menu/Programs" SendTo; do
    tr -d '\0' <"$folder/$link/OpenShare.lnk" | grep -aqF -- "--home Z:${home//\//\\}" || fail "$link/OpenShare.lnk does not start it"
  done
  say "It is in three shortcuts, to be started at login, among the programs, and in Send to"

  wait_for 60 tray >/dev/null || fail "no icon is shown: $(said "$work/logs/install.out")"
  say "Its icon is in the notification area"
  wait_for 20 test -s "$home/pid" || fail "it runs no agent"
  # Accept from is the fifth of its entries, and Ask me the second of its own; Quit is the last.
  wait_for 40 chosen_accept || fail "choosing in its menu changes nothing"
  say "What is chosen in its menu is done"
  wait_for 40 has_quit || fail "Quit does not end it"
  timeout 120 "$desktop" uninstall >"$work/logs/uninstall.out" 2>&1
  [ -z "$(find "$folder" -name OpenShare.lnk)" ] || fail "it is still there: $(said "$work/logs/uninstall.out")"
  say "Quit in the menu ends it, and it is uninstalled"
}
tray() { xdotool search --onlyvisible --name "Wine System Tray" 2>/dev/null; }
chosen_accept() {
  xdotool mousemove --window "$(tray)" 8 8 click 3 sleep 1 key Down key Down key Down key Down key Down key Right sleep 1 key Down key Return sleep 1
  grep -qs '"value":"ask"' "$work/frank/settings.json"
}
has_quit() {
  is_gone && return
  xdotool mousemove --window "$(tray)" 8 8 click 3 sleep 1 key Down key Down key Down key Down key Down key Down key Down key Return sleep 1 2>/dev/null
  is_gone
}
is_gone() { ! pgrep -f "openshare-desktop.exe run .*${work##*/}" >/dev/null; }

install_debs() {
  begin "openshare.deb and openshare-server.deb"
  mkdir "$work/layer" "$work/system"
  mount -t tmpfs tmpfs "$work/layer" && mkdir "$work/layer/upper" "$work/layer/work" || fail "tmpfs cannot be mounted"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$work/layer/upper,workdir=$work/layer/work" "$work/system" || fail "no copy of this system can be mounted"
  mount -t proc proc "$work/system/proc" && mount -t tmpfs tmpfs "$work/system/dev" && mount --bind "$work" "$work/system$work" || fail "its folders cannot be mounted"
  # Of its own: what is thrown away afterwards is not to be this machine's.
  mknod -m 666 "$work/system/dev/null" c 1 3 && mknod -m 666 "$work/system/dev/urandom" c 1 9 && ln -s /proc/self/fd "$work/system/dev/fd" || fail "its devices cannot be made"
  rm -rf "$work/system/usr/share/dotnet" "$work/system/usr/lib/dotnet" "$work/system/root/.dotnet" "$work/system/usr/bin/dotnet" "$work/system/usr/local/bin/dotnet"
  ! chroot "$work/system" sh -c 'command -v dotnet' >&2 || fail "there is a dotnet still"
  chroot "$work/system" dpkg --install "$(cd "$work" && cp "$packages"/openshare{,-server}_"$version"_amd64.deb . && pwd)"/openshare{,-server}_"$version"_amd64.deb \
    >"$work/logs/dpkg.out" 2>&1 || fail "$(said "$work/logs/dpkg.out")"
  [ "$(stat -c %a "$work/system/etc/openshare/signing-passphrase")" = 600 ] || fail "the passphrase is not the owner's alone"
  chroot "$work/system" getent passwd openshare >/dev/null || fail "the service has no user"
  systemd-analyze --root="$work/system" verify openshare-server.service >"$work/logs/verify.out" 2>&1 || fail "$(said "$work/logs/verify.out")"
  local name
  for name in openshare openshare-desktop openshare-server; do
    prints_version "$(program "deb-$name" chroot "$work/system" "/usr/bin/$name")"
    note "$name --version: $(milliseconds "$work/bin/deb-$name") ms"
  done
  say "Installed, with no .NET there"
}

remove_debs() {
  begin "Removing them"
  chroot "$work/system" dpkg --purge openshare openshare-server >"$work/logs/purge.out" 2>&1 || fail "$(said "$work/logs/purge.out")"
  [ ! -e "$work/system/usr/lib/openshare" ] && [ ! -e "$work/system/usr/lib/openshare-server" ] || fail "something is left of them"
  [ -e "$work/system/etc/openshare/signing-passphrase" ] || fail "the passphrase is gone, and with it every signing key"
  say "Removed; the passphrase of the signing keys stays"
}

begin_work packages
trap 'code=$?; umount --lazy --recursive "$work/system"; umount --lazy "$work/layer"; (exit $code); end_work' EXIT
mkdir "$work/bin"
install_debs
openshare=$work/bin/deb-openshare of_alice=$work/bin/deb-openshare server=$work/bin/deb-openshare-server
start_server
register alice
start_agent alice "$(free_port)"
joins bob

begin "openshare-$version-linux-x64.tar.gz"
mkdir -p "$work/system/opt" && tar -xzf "$packages/openshare-$version-linux-x64.tar.gz" -C "$work/system/opt" || fail "it cannot be unpacked"
openshare=$(program tar-openshare chroot "$work/system" "/opt/openshare-$version/openshare")
prints_version "$openshare"
note "openshare --version: $(milliseconds "$openshare") ms"
joins carol

begin "dotnet tool install"
dotnet tool install OpenShare --version "$version" --add-source "$packages" --tool-path "$work/tool" >"$work/logs/tool.out" 2>&1 || fail "$(said "$work/logs/tool.out")"
openshare=$work/tool/openshare
prints_version "$openshare"
note "openshare --version: $(milliseconds "$openshare") ms"
joins dave

begin "openshare-$version-linux-arm64.tar.gz"
if command -v qemu-aarch64-static >/dev/null && [ -e /usr/aarch64-linux-gnu/lib/libstdc++.so.6 ]; then
  tar -xzf "$packages/openshare-$version-linux-arm64.tar.gz" -C "$work" || fail "it cannot be unpacked"
  prints_version "$(program arm64-openshare qemu-aarch64-static -L /usr/aarch64-linux-gnu "$work/openshare-$version/openshare")"
  say "Says its version, emulated; more was not tried"
else
  skip "arm64, for want of qemu-user-static and libstdc++6-arm64-cross"
fi

begin "openshare-$version-win-x64.zip"
if command -v wine64 >/dev/null || [ -x /usr/lib/wine/wine64 ]; then
  wine=$(command -v wine64 || echo /usr/lib/wine/wine64)
  mkdir "$work/win" && (cd "$work/win" && python3 -m zipfile -e "$packages/openshare-$version-win-x64.zip" .) || fail "it cannot be unpacked"
  export WINEPREFIX=$work/wine WINEDEBUG=-all
  screen="" && screen
  openshare=$(program wine-openshare "$wine" "$work/win/openshare.exe")
  said=$(timeout 120 "$openshare" --version 2>&1 | tr -d '\r' | tail -n 1)
  [[ $said =~ ^"$version" ]] || fail "--version says: $said"
  say "Says its version, under wine"
  # Wine 8 has no TLS 1.3, which the service wants: registered it cannot be there.
  start_agent erin "$(free_port)"
  [ "$(json trust "$(device erin status --json 2>/dev/null)")" = unpaired ] || fail "its agent does not answer"
  say "Its agent runs under wine, and says that it is not paired"
  windows_desktop
else
  skip "Windows, for want of wine64"
fi

remove_debs
