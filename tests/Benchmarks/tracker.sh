#!/usr/bin/env bash
# Measures the tracker with a large catalog, many peers and hostile clients, and redis-server in the same run for comparison. Needs redis-server, redis-tools and curl.
# Usage: tracker.sh [PEERS] [SONGS_OF_EACH] [CONNECTED_PEERS]. The figures in docs/performance.md are from 1000 1000 10000.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
peers=${1:-1000} songs=${2:-1000} connected=${3:-10000}

dotnet build -c Release -v q tests/Benchmarks
work=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2>/dev/null; wait; rm -rf "$work"' EXIT
# Raises the limits per address and the request rate, because all clients share one address and send requests as fast as they can.
printf 'tsp.tracker { connections.max-per-address = 20000, requests.per-second = 0, new-songs.per-address-hour = 0, known-songs.per-address-hour = 0, changes.per-address = 0, http.port = 0 }\n' > "$work/tracker.conf"
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"

start_tracker() {
  dotnet src/Tracker/bin/Release/net10.0/TspActors.Tracker.dll --config "$work/tracker.conf" --host 127.0.0.1 --port "$1" 2> "$work/tracker.$1" &
  tracker=$!
  started+=("$tracker")
  until grep -qs ready "$work/tracker.$1"; do kill -0 "$tracker"; sleep 0.1; done
}

load() { dotnet tests/Benchmarks/bin/Release/net10.0/TspActors.Benchmarks.dll tracker-load "$@"; }

echo "== redis-server, values of 230 bytes, 8 connections"
redis-server --port 7390 --bind 127.0.0.1 --save '' --appendonly no > "$work/redis" &
started+=("$!")
until redis-cli -p 7390 ping > /dev/null 2>&1; do sleep 0.1; done
redis-benchmark -p 7390 -q -t set -P 64 -c 8 -d 230 -r 100000 -n 500000
redis-benchmark -p 7390 -q -t get -P 64 -c 8 -d 230 -r 100000 -n 3000000
redis-benchmark -p 7390 -q -t get -P 1 -c 1 -d 230 -r 100000 -n 50000

echo "== catalog of $peers peers with $songs songs each"
start_tracker 7391
load catalog 127.0.0.1:7391 --peers "$peers" --songs "$songs" --pid "$tracker"
kill "$tracker"

echo "== INFO, alternately with metrics off and on (read once a second)"
port=7400
for round in 1 2 3; do
  for http in off on; do
    port=$((port + 1))
    TSP__TRACKER__HTTP__ENABLED=$http TSP__TRACKER__HTTP__PORT=$((port + 100)) start_tracker "$port"
    if [ "$http" = on ]; then
      while curl -s -o /dev/null "http://127.0.0.1:$((port + 100))/metrics"; do sleep 1; done &
    fi
    load catalog "127.0.0.1:$port" --peers 20 --songs 500 --pid "$tracker" | grep INFO | sed "s/^/$http: /"
    kill "$tracker"
  done
done

echo "== $connected peers with 10 songs each connect within 10 s"
start_tracker 7392
load peers 127.0.0.1:7392 --peers "$connected" --songs 10 --ramp 10 --subscribers 20 --churn 100 --pid "$tracker"
kill "$tracker"

echo "== $connected peers receive 100 changes a second"
start_tracker 7393
load peers 127.0.0.1:7393 --peers "$connected" --songs 0 --ramp 10 --churn 100 --pid "$tracker"
kill "$tracker"

echo "== $connected peers with 10 songs each, whose tracker is restarted"
start_tracker 7394
load restart 127.0.0.1:7394 --peers "$connected" --songs 10 --ramp 10 --pid "$tracker" > "$work/restart" &
restarting=$!
until grep -qs 'ready for the restart' "$work/restart"; do kill -0 "$restarting"; sleep 0.1; done
kill "$tracker"
wait "$tracker" || true
start_tracker 7394
wait "$restarting"
cat "$work/restart"
kill "$tracker"

echo "== good clients under attack by hostile ones, all limits at their defaults"
: > "$work/tracker.conf"
start_tracker 7395
load adversaries 127.0.0.1:7395 --peers 100 --songs 1000 --seconds 5 --pid "$tracker"
