#!/usr/bin/env bash
# The everyday commands. ./build.sh without arguments lists them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
./build.sh build            build everything; warnings are errors
./build.sh test [PART]      run all tests, or those of one part: ./build.sh test Media
./build.sh one PART TEXT    run the tests of a part whose names contain TEXT: ./build.sh one Protocol torn
./build.sh demo             a tracker, two peers with bundled music, and a console
./build.sh check            everything that CI runs
TEXT
}

# The test project of a part: Media is tests/Media.Tests.
project() {
  local folder="tests/$1.Tests"
  if [ ! -d "$folder" ]; then
    echo "build.sh: there is no $folder; the parts are: $(cd tests && printf '%s ' *.Tests | sed 's/\.Tests//g')" >&2
    exit 2
  fi
  printf '%s' "$folder"
}

command=${1:-help}
[ $# -eq 0 ] || shift
case "$command" in
  build) dotnet build TspActors.sln "$@" ;;
  test)
    if [ $# -eq 0 ]; then
      dotnet test TspActors.sln
    else
      folder=$(project "$1")
      dotnet test "$folder" "${@:2}"
    fi
    ;;
  one)
    [ $# -ge 2 ] || { usage >&2; exit 2; }
    folder=$(project "$1")
    dotnet test "$folder" --filter "$2" --logger "console;verbosity=detailed" "${@:3}"
    ;;
  demo) dotnet run --project src/Peer -- demo "$@" ;;
  check) .ci/run ;;
  help | --help | -h) usage ;;
  *)
    usage >&2
    exit 2
    ;;
esac
