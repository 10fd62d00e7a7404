#!/usr/bin/env bash
# Plays the gateway with real players: mpv, VLC, mpd and Strawberry, and npm's subsonic-api if node is there. Starts a tracker, a
# host and a gateway of its own on loopback. Needs lame and ffmpeg; a player that is not installed is skipped. Exit code 1 = one failed.
# Usage: tests/clients/players.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

export TSP__PEER__HOST=127.0.0.1
work=$(mktemp -d)
chmod 755 "$work"
started=() failed=0
cleanup() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
has() { for program in "$@"; do command -v "$program" >/dev/null || { echo "$1: skipped, $program is not installed"; return 1; }; done; }
check() { if "${@:2}"; then echo "$1: ok"; else echo "$1: FAILED"; failed=1; fi; }

for project in src/Tracker src/Peer; do dotnet build -c Release "$project" -v quiet --nologo >&2; done
tracker=src/Tracker/bin/Release/net10.0/TspActors.Tracker
peer=src/Peer/bin/Release/net10.0/TspActors.Peer

mkdir "$work/music" "$work/none" "$work/logs"
for number in 1 2 3; do
  ffmpeg -y -v error -f lavfi -i "sine=frequency=$((300 * number)):duration=20" -f lavfi -i "anoisesrc=duration=20:amplitude=0.05:seed=$number" \
    -filter_complex amix=inputs=2 -ac 2 -ar 44100 "$work/tone.wav"
  lame --quiet -t -b 128 --cbr --tt "Song $number" --ta "Artist $number" --tl "Album" --tn "$number" "$work/tone.wav" "$work/music/$number.mp3"
done

"$tracker" --host 127.0.0.1 --port 17188 2>"$work/logs/tracker.log" & started+=($!)
"$peer" serve --tracker tsp://127.0.0.1:17188 --music "$work/music" --port 17189 --data "$work/host" --name host 2>"$work/logs/host.log" & started+=($!)
key=$("$peer" device add players --data "$work/gate" 2>/dev/null | awk '$1 == "password" { print $2 }')
"$peer" serve --http 127.0.0.1:17192 --tracker tsp://127.0.0.1:17188 --music "$work/none" --port 17190 --data "$work/gate" --name gate 2>"$work/logs/gate.log" & started+=($!)
base="http://127.0.0.1:17192"
ids=
for _ in $(seq 120); do
  ids=$(curl -s "$base/rest/search3?u=tsp&p=$key&c=players&v=1.16.1&f=json&query=Song%201" | grep -o '"id":"tr-[a-z0-9]*"' | cut -d'"' -f4 || true)
  [ -n "$ids" ] && break
  sleep 0.5
done
[ -n "$ids" ] || { cat "$work"/logs/*.log >&2; exit 1; }
url="http://tsp:$key@127.0.0.1:17192/song/$(head -1 <<<"$ids").mp3"
file="$work/music/1.mp3"

mpv_pcm() { mpv --no-config --really-quiet --no-video --ao=pcm --ao-pcm-waveheader=no --ao-pcm-file="$1" "${@:3}" "$2" >/dev/null 2>&1; }
mpv_plays() { mpv_pcm "$work/a" "$url" && mpv_pcm "$work/b" "$file" && [ -s "$work/a" ] && cmp -s "$work/a" "$work/b"; }
mpv_seeks() { mpv_pcm "$work/a" "$url" --start=12 --length=3 && mpv_pcm "$work/b" "$file" --start=12 --length=3 && [ -s "$work/a" ] && cmp -s "$work/a" "$work/b"; }
if has mpv; then check "mpv plays" mpv_plays; check "mpv seeks" mpv_seeks; fi

# VLC refuses to run as root.
as_nobody() { if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$work/vlc" "$@"; else "$@"; fi; }
vlc_pcm() {
  as_nobody timeout 120 cvlc -q -I dummy --no-video "${@:3}" --sout "#transcode{vcodec=none,acodec=s16l,channels=2,samplerate=44100}:std{access=file,mux=wav,dst=$1}" \
    "$2" vlc://quit >/dev/null 2>&1 && [ -s "$1" ]
}
# VLC starts and seeks a frame or two apart from one run to the next: as much sound as from the file, to 0.2 s.
vlc_near() { local a b; a=$(stat -c %s "$work/vlc/a"); b=$(stat -c %s "$work/vlc/b"); [ $((a - b)) -lt 35280 ] && [ $((b - a)) -lt 35280 ]; }
vlc_plays() { vlc_pcm "$work/vlc/a" "$url" && vlc_pcm "$work/vlc/b" "$file" && vlc_near; }
vlc_seeks() { vlc_pcm "$work/vlc/a" "$url" --start-time=12 && vlc_pcm "$work/vlc/b" "$file" --start-time=12 && vlc_near; }
mkdir -m 777 "$work/vlc"
if has cvlc; then check "VLC plays" vlc_plays; rm -f "$work"/vlc/[ab]; check "VLC seeks" vlc_seeks; fi

mpd_control() { mpc --host "$work/mpd/socket" "$@"; }
mpd_plays() {
  mpd_control add "$url" >/dev/null && mpd_control play >/dev/null || return 1
  for _ in $(seq 240); do mpd_control status | grep -q playing || break; sleep 0.25; done
  # All 20 s of sound have arrived, give or take the padding of the encoder.
  local bytes; bytes=$(stat -c %s "$work/mpd/pcm")
  [ "$bytes" -ge $((44100 * 4 * 20)) ] && [ "$bytes" -le $((44100 * 4 * 21)) ]
}
mpd_seeks() {
  mpd_control play >/dev/null && mpd_control pause >/dev/null && mpd_control seek 00:00:12 >/dev/null && mpd_control status | grep -q '0:12/0:20'
}
if has mpd mpc; then
  mkdir "$work/mpd"
  cat >"$work/mpd/mpd.conf" <<EOF
music_directory "$work/none"
db_file "$work/mpd/db"
log_file "$work/mpd/log"
pid_file "$work/mpd/pid"
bind_to_address "$work/mpd/socket"
audio_output {
  type "pipe"
  name "pcm"
  command "cat >>$work/mpd/pcm"
  format "44100:16:2"
}
EOF
  mpd --no-daemon "$work/mpd/mpd.conf" >/dev/null 2>&1 & started+=($!)
  for _ in $(seq 40); do [ -S "$work/mpd/socket" ] && break; sleep 0.25; done
  check "mpd plays" mpd_plays
  check "mpd seeks" mpd_seeks
fi

# Strawberry copies the whole catalog into a database of its own, when "Refresh catalogue" is clicked.
strawberry_copies() {
  local home="$work/strawberry" display
  mkdir -p "$home/.config/strawberry"
  cat >"$home/.config/strawberry/strawberry.conf" <<EOF
[Subsonic]
enabled=true
url=$base
username=tsp
password=@ByteArray($(printf %s "$key" | base64))
http2=false
verifycertificate=false
downloadalbumcovers=false
authmethod=1
EOF
  Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>"$home/display" >/dev/null 2>&1 & started+=($!)
  for _ in $(seq 40); do [ -s "$home/display" ] && break; sleep 0.25; done
  display=:$(cat "$home/display")
  HOME="$home" XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/.config" DISPLAY="$display" \
    dbus-run-session -- strawberry >/dev/null 2>&1 & started+=($!)
  for _ in $(seq 120); do DISPLAY="$display" xdotool search --onlyvisible --name Strawberry >/dev/null 2>&1 && break; sleep 0.25; done
  # The tab of Subsonic, and the button above its list.
  for _ in $(seq 20); do
    DISPLAY="$display" xdotool mousemove 41 612 click 1 sleep 1 mousemove 166 67 click 1 sleep 2
    python3 - "$home/data/strawberry/strawberry/strawberry.db" 2>/dev/null <<'EOF' && return
import sqlite3, sys
songs = sorted(sqlite3.connect(sys.argv[1]).execute("select title, artist, album, track from subsonic_songs"))
sys.exit(songs != [(f"Song {number}", f"Artist {number}", "Album", number) for number in (1, 2, 3)])
EOF
  done
  return 1
}
if has strawberry Xvfb xdotool dbus-run-session; then check "Strawberry copies the catalog" strawberry_copies; fi

if has node && [ -d tests/clients/node_modules/subsonic-api ]; then
  check "npm subsonic-api" node tests/clients/subsonic-api.mjs "$base" tsp "$key"
else
  echo "subsonic-api: skipped, run npm install --prefix tests/clients"
fi

exit "$failed"
