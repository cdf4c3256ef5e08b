#!/usr/bin/env bash
# Makes the pictures in docs/images from the programs themselves: a server and two devices, a tree sent from one to the other, and Chromium before the page.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/devices.sh"
command -v chromium >/dev/null || { echo "tests/screenshots.sh: wants chromium; apt-get install chromium" >&2; exit 1; }
images=$root/docs/images

# picture NAME: alice's page of that name. A link is good once, so each picture has its own.
picture() {
  begin "$1"
  local link; link=$(device alice ui --print) || fail "there is no page"
  timeout 20 chromium --headless=old --no-sandbox --disable-gpu --hide-scrollbars --window-size=900,400 --virtual-time-budget=6000 --user-data-dir="$work/browser-$1" \
    --screenshot="$work/$1.png" "$link&page=$1" >"$work/logs/chromium" 2>&1
  [ -s "$work/$1.png" ] || fail "no picture: $(said "$work/logs/chromium")"
  mkdir -p "$images"
  cp "$work/$1.png" "$images/$1.png"
  say "docs/images/$1.png, $(($(stat -c %s "$work/$1.png") / 1024)) KiB"
}

begin_work screenshots
build
start_server
register alice
register bob
start_agent alice "$(free_port)"
start_agent bob "$(free_port)"
discover
begin "A tree"
mkdir -p "$work/Photos"
for n in {1..24}; do head -c 300K /dev/urandom >"$work/Photos/summer-$n.jpg" || fail "no room"; done
device alice send "$work/Photos" --to bob >"$work/logs/send" 2>&1 || fail "$(said "$work/logs/send")"
say "A tree sent, for the history"
for page in devices transfers pairing; do picture "$page"; done
