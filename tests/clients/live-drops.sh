#!/usr/bin/env bash
# A live feed whose source is killed and comes back after 1, 29 and 31 s, in real time. Prints what a listener heard, second by second, and
# how the feed ended. The exit code is 1 if it was not what docs/live.md says.
#
#   tests/clients/live-drops.sh [FOLDER WITH THE PROGRAMS]
#
# Needs ffmpeg and a build: dotnet build src/Peer -c Release. Takes two minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

programs=$(cd "${1:-src/Peer/bin/Release/net10.0}" && pwd)
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
export HOME=$work XDG_DATA_HOME=$work/data TSP__TRACKER__HTTP__PORT=0 TSP__PEER__LIVE__PASSWORD=hush
mkdir "$work/music"
cd "$work"

until_says() { # FILE TEXT
  for _ in $(seq 300); do
    ! grep -q "$2" "$1" || return 0
    sleep 0.1
  done
  echo "\"$2\" was not said:"; cat "$1"; exit 1
}

dotnet "$programs/TspActors.Tracker.dll" --host 127.0.0.1 --port 18270 > tracker 2>&1 &
until_says tracker "ready"
dotnet "$programs/TspActors.Peer.dll" serve --tracker tsp://127.0.0.1:18270 --music music --data host --port 18271 --name host \
  --live Radio=icecast:18272/live > host.log 2>&1 &
until_says host.log "^peer ready on "

source=
start_source() {
  ffmpeg -nostdin -re -loglevel error -f lavfi -i "sine=frequency=440:sample_rate=44100" -ac 2 -c:a libmp3lame -b:a 128k -f mp3 \
    -content_type audio/mpeg icecast://source:hush@127.0.0.1:18272/live 2> ffmpeg.log &
  source=$!
}

stop_source() {
  kill -9 "$source"
  wait "$source" 2> /dev/null || true
}

start_source
until_says host.log "Radio is on the air"
sleep 2
dotnet "$programs/TspActors.Peer.dll" play Radio --tracker tsp://127.0.0.1:18270 --output heard.mp3 > listener 2>&1 &
listener=$!
until_says listener "Radio"
sleep 6
stop_source; sleep 1; start_source; sleep 10
stop_source; sleep 29; start_source; sleep 10
stop_source; sleep 31
ended=no
kill -0 "$listener" 2> /dev/null || { ended=yes; wait "$listener" && code=0 || code=$?; }
before=$(grep -c "Radio is on the air" host.log)
start_source
for _ in $(seq 100); do [ "$(grep -c "Radio is on the air" host.log)" -gt "$before" ] && break; sleep 0.1; done
[ "$(grep -c "Radio is on the air" host.log)" -gt "$before" ] || { echo "the feed did not start again"; ended=no; }

# The sound, second by second: # = the tone, . = silence.
ffmpeg -nostdin -loglevel error -i heard.mp3 -ac 1 -ar 8000 -f s16le heard.raw
python3 - <<'P'
import array, re, sys
samples = array.array("h", open("heard.raw", "rb").read())
line = "".join("#" if sum(s * s for s in samples[i:i + 8000]) / 8000 > 10_000 else "." for i in range(0, len(samples) - 7999, 8000))
print(line)
parts = [(m[0][0], len(m[0])) for m in re.finditer("#+|\\.+", line)]
ok = [kind for kind, _ in parts][:4] == ["#", ".", "#", "."] and len(parts) == 4 and 25 <= parts[1][1] <= 30 and 26 <= parts[3][1] <= 31
print("the drop of 1 s is not heard, that of 29 s is silence, and that of 31 s ends the feed" if ok else f"NOT AS DESCRIBED: {parts}")
open("ok", "w").write("1" if ok else "")
P
grep "Radio" host.log
tail -2 listener
echo "the listener ended by itself: $ended ${code:-}"
[ -s ok ] && [ "$ended" = yes ] && [ "${code:-1}" = 0 ]
