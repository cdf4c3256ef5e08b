# rsync and what goes through sshd: scp, rsync over ssh, rclone to sftp.

start_rsync_daemon() {
  begin "rsync --daemon"
  rsync_port=$(free_port)
  cat >"$work/rsyncd.conf" <<END
use chroot = no
[to]
path = $work
read only = no
uid = $(id -un)
gid = $(id -gn)
END
  start rsyncd rsync --daemon --no-detach --config="$work/rsyncd.conf" --port="$rsync_port" --address=127.0.0.1
  rsyncd_pid=$last_pid
  wait_for 10 listens "$rsync_port" || fail "rsync --daemon does not start: $(said "$work/logs/rsyncd.err")"
}

run_rsync_daemon() {
  served rsync-daemon "$rsyncd_pid" rsync -a --whole-file "$(rsync_source)" "rsync://127.0.0.1:$rsync_port/to/copy"
}

start_sshd() {
  begin "sshd"
  mkdir -p "$work/ssh"; chmod 700 "$work/ssh"
  [ "$(id -u)" != 0 ] || mkdir -p /run/sshd
  ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/host"
  ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/user"
  cp "$work/ssh/user.pub" "$work/ssh/authorized"
  ssh_port=$(free_port)
  cat >"$work/ssh/sshd_config" <<END
Port $ssh_port
ListenAddress 127.0.0.1
HostKey $work/ssh/host
AuthorizedKeysFile $work/ssh/authorized
PermitRootLogin prohibit-password
PasswordAuthentication no
StrictModes no
UsePAM no
PidFile none
Subsystem sftp internal-sftp
END
  start sshd "$(command -v sshd)" -D -e -f "$work/ssh/sshd_config"
  sshd_pid=$last_pid
  wait_for 10 grep -q "Server listening" "$work/logs/sshd.err" || fail "sshd does not start: $(said "$work/logs/sshd.err")"
  ssh_options=(-i "$work/ssh/user" -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR)
}

run_rsync_ssh() {
  served rsync-ssh "$sshd_pid" rsync -a --whole-file -e "ssh -p $ssh_port ${ssh_options[*]}" "$(rsync_source)" "127.0.0.1:$work/copy"
}
run_rsync_ssh_fsync() {
  served rsync-ssh-fsync "$sshd_pid" rsync -a --whole-file --fsync -e "ssh -p $ssh_port ${ssh_options[*]}" "$(rsync_source)" "127.0.0.1:$work/copy"
}
rsync_source() { [ "$kind" = tree ] && echo "$source/" || echo "$source"; }

run_scp() { served scp "$sshd_pid" scp -q -r -P "$ssh_port" "${ssh_options[@]}" "$source" "127.0.0.1:$work/copy"; }
run_scp_aes128_gcm() {
  served scp-aes128-gcm "$sshd_pid" scp -q -r -P "$ssh_port" "${ssh_options[@]}" -c aes128-gcm@openssh.com "$source" "127.0.0.1:$work/copy"
}

# As it comes: four files at once, and a check of each by its hash where the other side can be asked.
run_rclone() {
  served rclone "$sshd_pid" rclone copyto --config /dev/null "$source" \
    ":sftp,host=127.0.0.1,port=$ssh_port,user=$(id -un),key_file=$work/ssh/user:$work/copy"
}
