# Who is compared by tests/bench/compare.sh. To be sourced after tests/devices.sh.

contestants=""
for room in "$root"/tests/bench/contestants/*.sh; do . "$room"; done

install_missing() {
  local pair missing=()
  for pair in sshd:openssh-server ssh:openssh-client nc:netcat-openbsd rsync:rsync openssl:openssl curl:curl strace:strace iperf3:iperf3 \
    rclone:rclone wormhole:magic-wormhole syncthing:syncthing time:time; do
    command -v "${pair%%:*}" >/dev/null || [ -x "/usr/bin/${pair%%:*}" ] || missing+=("${pair##*:}")
  done
  has_mailbox || missing+=(python3-magic-wormhole-mailbox-server)
  [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" = 0 ] || return 0
  begin "Install"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$work/logs/apt" 2>&1 \
    && say "Installed ${missing[*]}"
}
# Debian's own python has it, whatever other python comes first on the PATH.
has_mailbox() { /usr/bin/python3 -c 'import wormhole_mailbox_server' 2>/dev/null; }

# wants NAME PROGRAM...: it is asked for, and what it needs is here.
wants() {
  [ -z "$only" ] || [[ ,$only, = *,$1,* ]] || return 1
  shift
  local needed
  for needed in "$@"; do
    command -v "$needed" >/dev/null || { note "No $needed here: what needs it is left out."; return 1; }
  done
}

# enter NAME [START]: it takes part.
enter() {
  [ -z "${2:-}" ] || "$2"
  contestants+=" $1"
}

start_contestants() {
  wants openshare && enter openshare start_openshare
  wants openshare-warm && enter openshare-warm start_openshare_warm
  if [ "$kind" = file ]; then
    wants pump && enter pump build_pump
    wants nc nc && enter nc
    wants iperf3 iperf3 && enter iperf3
  fi
  if [ "$kind" != tree ] && wants wormhole wormhole twist3; then
    if has_mailbox; then enter wormhole start_wormhole; else note "No mailbox server of magic-wormhole here: it is left out."; fi
  fi
  wants syncthing syncthing curl && enter syncthing start_syncthing
  wants rsync-daemon rsync && enter rsync-daemon start_rsync_daemon
  wants rclone rclone sshd && enter_ssh rclone
  wants rsync-ssh rsync sshd && enter_ssh rsync-ssh
  [ "$kind" != small ] && wants rsync-ssh-fsync rsync sshd && enter_ssh rsync-ssh-fsync
  wants scp scp sshd && enter_ssh scp
  wants scp-aes128-gcm scp sshd && enter_ssh scp-aes128-gcm
}

enter_ssh() {
  [ -n "${sshd_pid:-}" ] || start_sshd
  enter "$1"
}
