#!/usr/bin/env bash
# Builds the programs of the last release into artifacts/last-release/VERSION, unless they are there. The file last-release names its
# version and commit. Exit code 3: this is a shallow clone, and the commit cannot be fetched.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

read -r version commit < tests/Compatibility/last-release
target=$PWD/artifacts/last-release/$version
[ "$(cat "$target/commit" 2>/dev/null)" != "$commit" ] || exit 0

if ! git cat-file -e "$commit^{commit}" 2>/dev/null && ! git fetch --quiet --depth 1 origin "$commit"; then
  printf 'the commit %s of release %s is not in this clone\n' "$commit" "$version" >&2
  [ "$(git rev-parse --is-shallow-repository)" = true ] && exit 3
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git archive "$commit" | tar -x -C "$work"
# The peer's build contains the tracker.
dotnet build "$work/src/Peer" -c Release -nologo -v q -o "$work/out" >&2
echo "$commit" > "$work/out/commit"
mkdir -p "$(dirname "$target")"
rm -rf "$target" "$target.new"
cp -r "$work/out" "$target.new"
mv "$target.new" "$target"
