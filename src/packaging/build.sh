#!/usr/bin/env bash
# Makes what people install: see docs/packages.md. The version is that of Directory.Build.props.
set -euo pipefail

usage() {
  cat <<'END'
Usage: src/packaging/build.sh [--out DIR] [deb|tar|zip|tool]…

  --out DIR   where the packages go (default: artifacts/packages)
  deb         openshare and openshare-server for Debian, amd64
  tar         openshare for Linux, x64 and arm64, to be unpacked anywhere
  zip         openshare for Windows, x64
  tool        the command for who has .NET: dotnet tool install
END
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=$root/artifacts/packages
kinds=()
while [ $# -gt 0 ]; do
  case $1 in
    --out) out=$2; shift ;;
    deb | tar | zip | tool) kinds+=("$1") ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
[ ${#kinds[@]} -gt 0 ] || kinds=(deb tar zip tool)

for needed in dpkg-deb zip gcc; do
  command -v "$needed" >/dev/null || { echo "src/packaging/build.sh: $needed is missing; apt-get install dpkg zip gcc libc6-dev zlib1g-dev" >&2; exit 1; }
done
. "$root/tests/programs.sh"
stage=$root/artifacts/stage
log=$root/artifacts/packages.log
version=$(dotnet msbuild "$root/src/OpenShare.Cli" -getProperty:Version)
# The same commit gives the same files: their time is the commit's.
time=$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)
rm -rf "$stage"
mkdir -p "$stage" "$out"
: >"$log"
trap 'code=$?; [ $code = 0 ] || { tail -n 20 "$log" >&2; echo "FAILED    the packages are not complete; all of it is in $log" >&2; }' EXIT

# publish PROJECT PLATFORM FOLDER: with the runtime. What is shared of several projects in one folder is the same.
publish() {
  dotnet publish "$root/src/$1" -c Release -p:PackageFor="$2" -o "$3" --nologo -v quiet >>"$log" 2>&1
  rm -f "$3"/*.pdb "$3/packages.lock.json"
  find "$3" -type f -exec chmod 644 {} +
}

# programs PLATFORM FOLDER: the command and the desktop's program, once for each platform.
programs() {
  [ ! -d "$2" ] || return 0
  publish OpenShare.Cli "$1" "$2"
  publish OpenShare.Desktop "$1" "$2"
  cp "$root/LICENSE" "$2/"
  # The native command (ADR 0033), which becomes the other one where no agent runs.
  if [ "$1" = linux-x64 ]; then
    publish_native "$log"
    mv "$2/openshare" "$2/openshare-full"
    cp "$root/artifacts/publish/OpenShare.Cli.Native/release_ahead/openshare-native" "$2/openshare"
  fi
  [ "$1" = win-x64 ] || chmod 755 "$2"/{openshare,openshare-desktop,createdump}
  [ ! -e "$2/openshare-full" ] || chmod 755 "$2/openshare-full"
}

# deb NAME FOLDER: whose DEBIAN/control has everything but version and size.
deb() {
  find "$2" -type d -exec chmod 755 {} +
  sed -i "s/@VERSION@/$version/; s/@SIZE@/$(du -sk --exclude DEBIAN "$2" | cut -f 1)/" "$2/DEBIAN/control"
  find "$2" -exec touch --no-dereference --date="@$time" {} +
  SOURCE_DATE_EPOCH=$time dpkg-deb --root-owner-group --build "$2" "$out/$1_${version}_amd64.deb" >>"$log"
}

# describe NAME FOLDER: control files and the license, as Debian has them.
describe() {
  mkdir -p "$2/usr/share/doc/$1"
  printf '%s\n' "Copyright: OpenShare contributors" "License: Apache-2.0, which Debian has in /usr/share/common-licenses/Apache-2.0" >"$2/usr/share/doc/$1/copyright"
  cp -R "$root/src/packaging/$1" "$2/DEBIAN"
}

deb_of_devices() {
  local folder=$stage/deb/openshare
  programs linux-x64 "$stage/linux-x64"
  mkdir -p "$folder/usr/lib" "$folder/usr/bin" "$folder/usr/share/applications" "$folder/usr/share/icons/hicolor/scalable/apps"
  cp -R "$stage/linux-x64" "$folder/usr/lib/openshare"
  ln -s ../lib/openshare/openshare ../lib/openshare/openshare-desktop "$folder/usr/bin/"
  cp "$root/src/packaging/openshare.desktop" "$folder/usr/share/applications/"
  cp "$root/src/OpenShare.Desktop/Install/openshare.svg" "$folder/usr/share/icons/hicolor/scalable/apps/"
  rm "$folder/usr/lib/openshare/LICENSE"
  completions "$folder/usr/share"
  describe openshare "$folder"
  deb openshare "$folder"
}

# completions SHARE: where each shell looks for a package's.
completions() {
  mkdir -p "$1/bash-completion/completions" "$1/zsh/vendor-completions" "$1/fish/vendor_completions.d"
  "$stage/linux-x64/openshare" completions bash >"$1/bash-completion/completions/openshare"
  "$stage/linux-x64/openshare" completions zsh >"$1/zsh/vendor-completions/_openshare"
  "$stage/linux-x64/openshare" completions fish >"$1/fish/vendor_completions.d/openshare.fish"
}

deb_of_server() {
  local folder=$stage/deb/openshare-server deploy=$root/src/OpenShare.Registration/Deploy
  mkdir -p "$folder/usr/lib/systemd/system" "$folder/usr/bin"
  publish OpenShare.Registration linux-x64 "$folder/usr/lib/openshare-server"
  chmod 755 "$folder"/usr/lib/openshare-server/{openshare-server,createdump}
  ln -s ../lib/openshare-server/openshare-server "$folder/usr/bin/"
  sed 's,/opt/openshare/,/usr/bin/,' "$deploy/openshare-server.service" >"$folder/usr/lib/systemd/system/openshare-server.service"
  describe openshare-server "$folder"
  deb openshare-server "$folder"
}

for kind in "${kinds[@]}"; do
  case $kind in
    deb) deb_of_devices; deb_of_server ;;
    tar)
      for platform in linux-x64 linux-arm64; do
        programs "$platform" "$stage/$platform"
        mkdir -p "$stage/tar"
        ln -sfn "$stage/$platform" "$stage/tar/openshare-$version"
        tar --create --gzip --dereference --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner \
          --file "$out/openshare-$version-$platform.tar.gz" --directory "$stage/tar" "openshare-$version"
      done ;;
    zip)
      programs win-x64 "$stage/win-x64"
      find "$stage/win-x64" -exec touch --date="@$time" {} +
      rm -f "$out/openshare-$version-win-x64.zip"
      (cd "$stage/win-x64" && find . -type f -printf '%P\n' | LC_ALL=C sort | zip -q -X "$out/openshare-$version-win-x64.zip" -@) >>"$log" 2>&1 ;;
    tool)
      # Apart: PackageId in the restore would be a second project of the solution's name.
      tool=("$root/src/OpenShare.Cli" -p:PackAsTool=true --nologo -v quiet)
      dotnet restore "${tool[@]}" >>"$log" 2>&1
      dotnet pack "${tool[@]}" --no-restore -c Release -p:PackageId=OpenShare -o "$out" >>"$log" 2>&1 ;;
  esac
done

printf '| package | MiB |\n|---|---|\n'
for file in "$out"/*"$version"*; do printf '| %s | %d |\n' "$(basename "$file")" $((($(stat -c %s "$file") + 524288) / 1048576)); done
