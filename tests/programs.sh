# Makes artifacts/openshare and artifacts/openshare-server, and artifacts/openshare-desktop where that is wanted. To be sourced, with the checkout's path in root.

# publish_programs LOG: compiled ahead (ADR 0027), so that they start in half the time; and openshare natively (ADR 0033), so that
# it starts at once, where there is what that takes.
publish_programs() {
  local project beside=$root/artifacts/publish/OpenShare.Cli/release_ahead
  for project in src/OpenShare.Cli src/OpenShare.Registration; do
    dotnet publish "$root/$project" -c Release -p:CompileAhead=true --nologo -v quiet >>"$1" 2>&1 || return 1
  done
  launcher openshare-server OpenShare.Registration
  # Beside openshare.dll, which it becomes where no agent runs.
  rm -f "$beside/openshare"
  if publish_native "$1"; then
    cp "$root/artifacts/publish/OpenShare.Cli.Native/release_ahead/openshare-native" "$beside/openshare"
    ln -sf publish/OpenShare.Cli/release_ahead/openshare "$root/artifacts/openshare"
  else
    launcher openshare OpenShare.Cli
  fi
}

# publish_desktop LOG
publish_desktop() {
  dotnet publish "$root/src/OpenShare.Desktop" -c Release -p:CompileAhead=true --nologo -v quiet >>"$1" 2>&1 || return 1
  launcher openshare-desktop OpenShare.Desktop
}

# launcher NAME PROJECT: works wherever the dotnet on the PATH is installed.
launcher() {
  rm -f "$root/artifacts/$1"
  printf '#!/bin/sh\n# Made by run-local.sh.\nexec dotnet "$(dirname "$(readlink -f "$0")")/publish/%s/release_ahead/%s.dll" "$@"\n' "$2" "$1" >"$root/artifacts/$1"
  chmod +x "$root/artifacts/$1"
}

# publish_native LOG
publish_native() {
  [ "$(uname -sm)" = "Linux x86_64" ] && command -v gcc >/dev/null || return 1
  dotnet publish "$root/src/OpenShare.Cli.Native" -c Release -p:CompileAhead=true --nologo -v quiet >>"$1" 2>&1
}
