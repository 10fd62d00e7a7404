#!/usr/bin/env bash
# Measures the memory of a console, and of a peer with the gateway, beside a tracker with a large catalog. Needs curl.
# Usage: tests/Benchmarks/peer-memory.sh [PEERS] [SONGS_OF_EACH]. With PROGRAMS=FOLDER it measures the programs of an earlier build: a folder with src/…/bin/Release of that build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
peers=${1:-100} songs=${2:-1000} programs=${PROGRAMS:-.}

if [ -z "${PROGRAMS:-}" ]; then
  for project in src/Tracker src/Peer tests/Benchmarks; do dotnet build -c Release "$project" -v quiet --nologo; done
fi
work=$(mktemp -d)
started=()
cleanup() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
mkdir "$work/none"
printf 'tsp.tracker { connections.max-per-address = 20000, requests.per-second = 0, new-songs.per-address-hour = 0, known-songs.per-address-hour = 0, changes.per-address = 0, http.port = 0 }\n' > "$work/tracker.conf"
printf 'tsp.peer.host = 127.0.0.1\n' > "$work/peer.conf"
release=bin/Release/net10.0
peer="$programs/src/Peer/$release/TspActors.Peer"

resident() { awk '/^VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$1/status"; }

# The memory has settled when it has not changed by more than 2 MB for 20 s.
settled() {
  local former=0 same=0 now
  while [ "$same" -lt 10 ]; do
    sleep 2
    kill -0 "$1" || { cat "$work"/*.log >&2; exit 1; }
    now=$(resident "$1")
    if [ $((now - former)) -le 2 ] && [ $((former - now)) -le 2 ]; then same=$((same + 1)); else same=0 former=$now; fi
  done
  resident "$1"
}

dotnet "$programs/src/Tracker/$release/TspActors.Tracker.dll" --config "$work/tracker.conf" --host 127.0.0.1 --port 17188 2> "$work/tracker.log" &
tracker=$!
started+=("$tracker")
until grep -qs ready "$work/tracker.log"; do kill -0 "$tracker"; sleep 0.1; done
dotnet "$programs/tests/Benchmarks/$release/TspActors.Benchmarks.dll" tracker-load peers 127.0.0.1:17188 \
  --peers "$peers" --songs "$songs" --subscribers 0 --churn 1 --seconds 3600 --pid "$tracker" > "$work/load.log" 2>&1 &
started+=($!)
until grep -qs registered "$work/load.log"; do kill -0 "$tracker"; sleep 1; done

mkfifo "$work/keys"
"$peer" --config "$work/peer.conf" --tracker tsp://127.0.0.1:17188 --music "$work/none" --port 17189 --data "$work/console" --name console < "$work/keys" > "$work/console.log" 2>&1 &
console=$!
started+=("$console")
exec 3> "$work/keys"
"$peer" serve --config "$work/peer.conf" --http 127.0.0.1:17192 --tracker tsp://127.0.0.1:17188 --music "$work/none" --port 17190 --data "$work/gate" --name gate > "$work/gate.log" 2>&1 &
gate=$!
started+=("$gate")

echo "console, nothing typed:       $(settled "$console") MB"
echo "serve with the gateway:       $(settled "$gate") MB"
printf 'status\nlist\nstatus\n' >&3
until [ "$(grep -c 'in the catalog' "$work/console.log")" = 2 ]; do kill -0 "$console"; sleep 1; done
echo "console, after a whole list:  $(settled "$console") MB"
grep -o '[0-9]* songs in the catalog' "$work/console.log" | tail -1
