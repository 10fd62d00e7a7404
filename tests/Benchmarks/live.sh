#!/usr/bin/env bash
# Listeners of one live feed at a host of this project and at Icecast, in turns, with one ffmpeg as the source of both.
#
#   tests/Benchmarks/live.sh [LISTENERS=2000] [SECONDS=30] [TURNS=2]
#
# Needs icecast2, ffmpeg and root (Icecast runs as nobody), and a Release build: dotnet build TspActors.sln -c Release
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

listeners=${1:-2000} seconds=${2:-30} turns=${3:-2}
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; pkill -f "$work/icecast.xml" 2>/dev/null || true; rm -rf "$work"' EXIT
ulimit -n 20000
mkdir -p "$work/log" "$work/music"
cat >"$work/icecast.xml" <<X
<icecast><limits><clients>$((listeners + 100))</clients><sources>2</sources><burst-size>65535</burst-size></limits>
<authentication><source-password>hush</source-password><relay-password>hush</relay-password><admin-user>admin</admin-user>
<admin-password>hush</admin-password></authentication><hostname>localhost</hostname>
<listen-socket><port>18100</port><bind-address>127.0.0.1</bind-address></listen-socket>
<paths><logdir>$work/log</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>2</loglevel></logging></icecast>
X
chown -R nobody "$work"; chmod 755 "$work"
setpriv --reuid=nobody --regid=nogroup --clear-groups icecast2 -c "$work/icecast.xml" >/dev/null 2>&1 &

export HOME=$work XDG_DATA_HOME=$work/data TSP__TRACKER__HTTP__PORT=0 TSP__PEER__HOSTING__MAX_STREAMS=0 TSP__PEER__LIVE__PASSWORD=hush
export TSP__PEER__HOSTING__MAX_STREAMS_PER_PEER=0 TSP__PEER__HOSTING__MAX_STREAMS_PER_ADDRESS=0 \
  TSP__PEER__CONNECTIONS__MAX_PER_ADDRESS=5000
dotnet src/Tracker/bin/Release/net10.0/TspActors.Tracker.dll --host 127.0.0.1 --port 18070 >"$work/tracker" 2>&1 &
sleep 3
dotnet src/Peer/bin/Release/net10.0/TspActors.Peer.dll serve --tracker tsp://127.0.0.1:18070 --music "$work/music" --data "$work/d" \
  --port 18071 --name host --live Radio=icecast:18101/live >"$work/peer" 2>&1 &
peer=$!
sleep 4
ffmpeg -re -loglevel error -f lavfi -i "anoisesrc=amplitude=0.3:sample_rate=44100" -map 0:a -ac 2 -c:a libmp3lame -b:a 128k -f tee \
  "[f=mp3:content_type=audio/mpeg]icecast://source:hush@127.0.0.1:18100/live|[f=mp3:content_type=audio/mpeg]icecast://source:hush@127.0.0.1:18101/live" \
  >"$work/ffmpeg" 2>&1 &
sleep 8; cat "$work"/log/error.log 2>/dev/null | tail -3
grep -q "is on the air" "$work/peer" || { cat "$work/peer" "$work/ffmpeg"; exit 1; }
icecast=$(pgrep -f "^icecast2 -c $work/icecast.xml" | tail -1)
for _ in $(seq "$turns"); do
  dotnet tests/Benchmarks/bin/Release/net10.0/TspActors.Benchmarks.dll live-load http 18100 /live "$listeners" "$seconds" "$icecast"
  sleep 3
  dotnet tests/Benchmarks/bin/Release/net10.0/TspActors.Benchmarks.dll live-load tsp 18071 1 "$listeners" "$seconds" "$peer"
  sleep 3
done
