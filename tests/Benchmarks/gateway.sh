#!/usr/bin/env bash
# Compares the gateway with nginx: each in turn sends the same MP3 over HTTP to listeners that read at the song's own rate, 128 kbit/s.
# nginx paces them itself (limit_rate). Needs nginx, ffmpeg and lame. Usage: tests/Benchmarks/gateway.sh [LISTENERS] [SECONDS] [ROUNDS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

listeners=${1:-500} seconds=${2:-30} rounds=${3:-3} rate=16000
for program in nginx ffmpeg lame curl; do
  command -v "$program" >/dev/null || { echo "gateway.sh: $program is not installed" >&2; exit 1; }
done
ulimit -n "$(ulimit -Hn)"

export TSP__PEER__HOST=127.0.0.1
work=$(mktemp -d)
chmod 755 "$work"
started=()
cleanup() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

for project in src/Tracker src/Peer tests/Benchmarks; do dotnet build -c Release "$project" -v quiet --nologo; done
tracker=src/Tracker/bin/Release/net10.0/TspActors.Tracker
peer=src/Peer/bin/Release/net10.0/TspActors.Peer
bench=tests/Benchmarks/bin/Release/net10.0/TspActors.Benchmarks

mkdir "$work/music" "$work/logs"
ffmpeg -v error -f lavfi -i "anoisesrc=duration=600:color=pink:amplitude=0.3" -ac 2 -ar 44100 "$work/song.wav"
lame --quiet -t -b 128 --cbr "$work/song.wav" "$work/music/song.mp3"
rm "$work/song.wav"
cat >"$work/nginx.conf" <<EOF
daemon off; pid $work/nginx.pid; error_log $work/logs/nginx.log; worker_processes auto; user root;
events { worker_connections 20000; }
http { access_log off; root $work/music; server { listen 127.0.0.1:17091; sendfile off; limit_rate_after 80k; limit_rate 16k; } }
EOF

"$tracker" --host 127.0.0.1 --port 17088 2>"$work/logs/tracker.log" & started+=($!)
"$peer" serve --tracker tsp://127.0.0.1:17088 --music "$work/music" --port 17089 --data "$work/host" --name host 2>"$work/logs/host.log" & started+=($!)
mkdir "$work/none"
key=$("$peer" device add bench --data "$work/gate" 2>/dev/null | awk '$1 == "password" { print $2 }')
TSP__PEER__HTTP__MEDIA__MAX_STREAMS_PER_DEVICE=10000 TSP__PEER__HTTP__LIMITS__MAX_CONNECTIONS=20000 TSP__PEER__HTTP__LIMITS__MAX_CONNECTIONS_PER_ADDRESS=20000 \
  "$peer" serve --http 127.0.0.1:17092 --tracker tsp://127.0.0.1:17088 --music "$work/none" --port 17090 --data "$work/gate" --name gate 2>"$work/logs/gate.log" & started+=($!)
gate=$!
nginx -c "$work/nginx.conf" & started+=($!)
nginx=$!
call="http://127.0.0.1:17092/rest/search3?u=tsp&p=$key&c=bench&v=1.16.1&f=json&query=%22%22"
id=
for _ in $(seq 120); do
  id=$(curl -s "$call" | grep -o '"id":"tr-[a-z0-9]*"' | head -1 | cut -d'"' -f4 || true)
  [ -n "$id" ] && break
  sleep 0.5
done
[ -n "$id" ] || { cat "$work"/logs/*.log >&2; exit 1; }
basic="Basic $(printf 'tsp:%s' "$key" | base64 -w0)"

for round in $(seq "$rounds"); do
  printf 'gateway  '
  "$bench" http-load 127.0.0.1:17092 "/song/$id.mp3" "$listeners" "$rate" "$seconds" "$gate" "$basic"
  printf 'nginx    '
  "$bench" http-load 127.0.0.1:17091 /song.mp3 "$listeners" "$rate" "$seconds" "$nginx"
done
