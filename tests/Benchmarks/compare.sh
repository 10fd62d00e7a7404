#!/usr/bin/env bash
# Compares this host with Icecast 2 (real time) and nginx (full speed): each in turn sends the same MP3 to the same number of listeners.
# With --tls, this host and nginx also send over TLS. The listeners' part of that is not measured: only the server's processor time counts.
# Needs icecast2, nginx, ffmpeg and lame, and openssl for --tls. Usage: tests/Benchmarks/compare.sh [--tls] [LISTENERS] [SECONDS] [ROUNDS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

tls=
if [ "${1:-}" = --tls ]; then tls=yes; shift; fi
listeners=${1:-2000} seconds=${2:-60} rounds=${3:-5}
ramp=$(((listeners + 199) / 200))
for program in icecast2 nginx ffmpeg lame; do
  command -v "$program" >/dev/null || { echo "compare.sh: $program is not installed" >&2; exit 1; }
done
ulimit -n "$(ulimit -Hn)"

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
load=tests/Benchmarks/bin/Release/net10.0/TspActors.Benchmarks

# A song of ten minutes at 128 kbit/s, and 300 MB of the same frames.
mkdir "$work/music" "$work/logs"
ffmpeg -v error -f lavfi -i "anoisesrc=duration=600:color=pink:amplitude=0.3" -ac 2 -ar 44100 "$work/song.wav"
lame --quiet -t -b 128 --cbr "$work/song.wav" "$work/music/a-song.mp3"
rm "$work/song.wav"
for _ in $(seq 33); do cat "$work/music/a-song.mp3"; done >"$work/music/b-long.mp3"

cat >"$work/icecast.xml" <<EOF
<icecast>
  <limits><clients>100000</clients><sources>2</sources><queue-size>1048576</queue-size><burst-size>160000</burst-size></limits>
  <authentication><source-password>source</source-password><admin-user>admin</admin-user><admin-password>admin</admin-password></authentication>
  <hostname>localhost</hostname>
  <listen-socket><port>17090</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <fileserve>0</fileserve>
  <paths><basedir>$work</basedir><logdir>$work/logs</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
  <logging><loglevel>1</loglevel></logging>
  <security><chroot>0</chroot><changeowner><user>nobody</user><group>nogroup</group></changeowner></security>
</icecast>
EOF
chmod 777 "$work/logs"
secure=
if [ -n "$tls" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -keyout "$work/key.pem" -out "$work/certificate.pem" 2>"$work/logs/openssl.log"
  secure="server { listen 127.0.0.1:17093 ssl; ssl_certificate $work/certificate.pem; ssl_certificate_key $work/key.pem; ssl_protocols TLSv1.3; }"
fi
cat >"$work/nginx.conf" <<EOF
daemon off; pid $work/nginx.pid; error_log $work/logs/nginx.log; worker_processes auto; user root;
events { worker_connections 20000; }
http {
  access_log off; root $work/music;
  server { listen 127.0.0.1:17091; sendfile off; }
  server { listen 127.0.0.1:17092; sendfile on; }
  $secure
}
EOF

"$tracker" --host 127.0.0.1 --port 17088 2>"$work/logs/tracker.log" & started+=($!)
sleep 2
TSP__PEER__HOST=127.0.0.1 TSP__PEER__CONNECTIONS__MAX=100000 TSP__PEER__CONNECTIONS__MAX_PER_ADDRESS=100000 TSP__PEER__HOSTING__MAX_STREAMS=0 TSP__PEER__HOSTING__MAX_STREAMS_PER_ADDRESS=0 TSP__PEER__HOSTING__MAX_STREAMS_PER_PEER=0 \
  "$peer" serve --tracker 127.0.0.1:17088 --music "$work/music" --port 17089 --data "$work/data" --name host 2>"$work/logs/host.log" & started+=($!)
host=$!
icecast2 -c "$work/icecast.xml" >"$work/logs/icecast.log" 2>&1 & started+=($!)
icecast=$!
sleep 2
ffmpeg -v error -re -stream_loop -1 -i "$work/music/a-song.mp3" -c copy -f mp3 -content_type audio/mpeg icecast://source:source@127.0.0.1:17090/song.mp3 & started+=($!)
nginx -c "$work/nginx.conf" & started+=($!)
nginx=$!
for _ in $(seq 60); do grep -q '^peer ready' "$work/logs/host.log" && break; sleep 0.5; done
grep -q '^peer ready' "$work/logs/host.log" || { cat "$work/logs/host.log" >&2; exit 1; }
sleep 15 # Icecast's burst

measure() { # NAME ARGUMENTS_OF_THE_GENERATOR...
  local name=$1
  shift
  echo "== $name, round $round"
  "$load" load "$@" --json "$work/$name.$round.json" || echo "compare.sh: the run $name failed" >&2
}
song=$work/music/a-song.mp3 long=$work/music/b-long.mp3
# The host reads both files at the same time, so either of them can be listed first.
id() { "$peer" list --tracker 127.0.0.1:17088 2>>"$work/logs/list.log" | awk -F '\t' -v title="$1" '$2 == title { print $1 }'; }
song_id=$(id a-song) long_id=$(id b-long)
[ -n "$song_id" ] && [ -n "$long_id" ] || { echo "compare.sh: the tracker does not list both songs" >&2; exit 1; }
# At full speed, one run per server compares every byte. In the timed rounds, the operating system drops the bytes, so that the server is measured and not the generator.
round=0
measure host-checked 127.0.0.1:17089 --song "$long_id" --file "$long" --count 4 --full-speed --seconds 0 --ramp 0 --pid "$host"
[ -z "$tls" ] || measure host-tls-checked 127.0.0.1:17089 --song "$long_id" --tls --file "$long" --count 4 --full-speed --seconds 0 --ramp 0 --pid "$host"
measure nginx-checked 127.0.0.1:17091 --path /b-long.mp3 --file "$long" --count 4 --full-speed --seconds 0 --ramp 0 --pid "$nginx"
for round in $(seq "$rounds"); do
  realtime=(--file "$song" --count "$listeners" --seconds "$seconds" --ramp "$ramp")
  full=(--file "$long" --count 4 --full-speed --discard --seconds 0 --ramp 0)
  measure host-realtime 127.0.0.1:17089 --song "$song_id" "${realtime[@]}" --pid "$host"
  measure icecast 127.0.0.1:17090 --path /song.mp3 --live "${realtime[@]}" --pid "$icecast"
  measure host-full 127.0.0.1:17089 --song "$long_id" "${full[@]}" --pid "$host"
  measure nginx-no-sendfile 127.0.0.1:17091 --path /b-long.mp3 "${full[@]}" --pid "$nginx"
  measure nginx-sendfile 127.0.0.1:17092 --path /b-long.mp3 "${full[@]}" --pid "$nginx"
  if [ -n "$tls" ]; then
    # 40 new listeners a second: both ends of a handshake use 5 to 10 ms of processor time, and they share the processors here.
    measure host-realtime-tls 127.0.0.1:17089 --song "$song_id" --tls "${realtime[@]}" --ramp $(((listeners + 39) / 40)) --pid "$host"
    measure host-full-tls 127.0.0.1:17089 --song "$long_id" --tls "${full[@]}" --pid "$host"
    measure nginx-tls 127.0.0.1:17093 --path /b-long.mp3 --tls "${full[@]}" --pid "$nginx"
  fi
done

python3 - "$work" <<'EOF'
import glob, json, os, statistics, sys
print(f"{'':20}{'CPU s':>22}{'CPU s/GB':>10}{'MB/s':>24}{'first byte ms':>15}{'late bytes':>12}{'KB/listener':>13}")
median = {}
cost = {}
for name in ("host-realtime", "host-realtime-tls", "icecast", "host-full", "nginx-no-sendfile", "nginx-sendfile", "host-full-tls", "nginx-tls"):
    runs = [json.load(open(path)) for path in glob.glob(os.path.join(sys.argv[1], name + ".*.json"))]
    if not runs:
        continue
    def of(value): return sorted(value(run) for run in runs)
    def text(values, form): return f"{statistics.median(values):{form}} ({values[0]:{form}}-{values[-1]:{form}})"
    cpu, rate = of(lambda run: run["serverProcessorSeconds"]), of(lambda run: run["megabytesPerSecond"])
    per_gb = statistics.median(of(lambda run: run["serverProcessorSeconds"] / (run["megabytesPerSecond"] * run["seconds"] / 1000)))
    memory = statistics.median(of(lambda run: (run["serverBytes"] - run["serverIdleBytes"]) / 1024 / run["listeners"]))
    cost[name] = per_gb
    median[name] = statistics.median(cpu), statistics.median(rate)
    print(f"{name:20}{text(cpu, '.2f'):>22}{per_gb:10.2f}{text(rate, '.0f'):>24}{statistics.median(of(lambda run: run['firstByteMs'][0])):15.1f}"
          f"{max(of(lambda run: run['lateBytes'])):12}{memory:13.1f}")
    if any(run["isBottleneck"] for run in runs):
        print(f"{'':20}the generator may have been the bottleneck")
if "icecast" in median and "host-realtime" in median:
    print(f"CPU for real-time streams: {median['host-realtime'][0] / max(median['icecast'][0], 0.01):.2f} of Icecast's")
if "nginx-no-sendfile" in median and "host-full" in median:
    print(f"throughput at full speed: {median['host-full'][1] / median['nginx-no-sendfile'][1]:.2f} of nginx's without sendfile")
if "host-full-tls" in median:
    print(f"CPU for real-time streams over TLS: {median['host-realtime-tls'][0] / max(median['icecast'][0], 0.01):.2f} of Icecast's in plain")
    print(f"bytes at full speed over TLS for each second of CPU: {cost['nginx-tls'] / cost['host-full-tls']:.2f} of nginx's")
EOF
