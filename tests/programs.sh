# Makes artifacts/openshare and artifacts/openshare-server. To be sourced, with the checkout's path in root.

# publish_programs LOG: compiled ahead (ADR 0027), so that they start in half the time.
publish_programs() {
  local project
  for project in src/OpenShare.Cli src/OpenShare.Registration; do
    dotnet publish "$root/$project" -c Release -p:CompileAhead=true --nologo -v quiet >>"$1" 2>&1 || return 1
  done
  launcher openshare OpenShare.Cli
  launcher openshare-server OpenShare.Registration
}

# launcher NAME PROJECT: works wherever the dotnet on the PATH is installed.
launcher() {
  printf '#!/bin/sh\n# Made by run-local.sh.\nexec dotnet "$(dirname "$(readlink -f "$0")")/publish/%s/release_ahead/%s.dll" "$@"\n' "$2" "$1" >"$root/artifacts/$1"
  chmod +x "$root/artifacts/$1"
}
