#!/usr/bin/env bash
# Runs attacks like those in docs/security.md, all at once, against a tracker with a heap of 512 MB and a host with a heap of 256 MB,
# beside 50 honest peers that list, search and play. Exit code 0: both programs survive, no song is lost, and p99 is at most 3 times that
# of the quiet phase before. Needs lame, chrt and the right to open 20,000 files. Usage: siege.sh [SECONDS [QUIET_SECONDS
# [ATTACK,ATTACK,... [SETTLE_SECONDS]]]]. The attack "none" shows how much the figures vary without any attack, and "" means all attacks.
# With ELSEWHERE=1, another tracker and another host are attacked: this shows how much of the difference is due to the attackers' load on
# the processors. The attacks are measured after SETTLE_SECONDS. Limits that do not apply in the first minute of a program apply when the
# attacks begin if QUIET_SECONDS is at least 60.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:-600} quiet=${2:-60} only=${3:-} settle=${4:-0}
command -v lame > /dev/null || { echo "siege.sh: lame is not installed" >&2; exit 1; }
ulimit -n "$(ulimit -Hn)"

dotnet build -c Release tests/Benchmarks -v quiet --nologo
work=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2> /dev/null || true; wait; rm -rf "$work"' EXIT

# Noise of 20 s, and six songs of 2.9 MB: more than the operating system buffers for a listener that never reads.
mkdir "$work/music"
for song in $(seq 36); do
  if ((song <= 6)); then length=72 rate=320; else length=20 rate=128; fi
  head -c $((44100 * 2 * length)) /dev/urandom |
    lame --quiet -r -s 44.1 --bitwidth 16 -m m -b "$rate" --tt "siege $song" - "$work/music/$song.mp3" 2> /dev/null
done

# The limits are the defaults. The ports differ from them, so as not to disturb a tracker that already runs here.
start() { # NAME PORT: a tracker at PORT and HTTP port PORT + 2, and a host at PORT + 1
  DOTNET_GCHeapHardLimit=0x20000000 TSP__TRACKER__HTTP__PORT=$(($2 + 2)) src/Tracker/bin/Release/net10.0/TspActors.Tracker \
    --host 127.0.0.1 --port "$2" 2> "$work/$1.tracker.log" &
  tracker=$!
  started+=("$tracker")
  until grep -qs ready "$work/$1.tracker.log"; do kill -0 "$tracker"; sleep 0.2; done
  DOTNET_GCHeapHardLimit=0x10000000 TSP__PEER__HOST=127.0.0.1 src/Peer/bin/Release/net10.0/TspActors.Peer \
    serve --tracker "127.0.0.1:$2" --port $(($2 + 1)) --music "$work/music" --data "$work/$1" --name host 2> "$work/$1.host.log" &
  host=$!
  started+=("$host")
  until grep -qs '^peer ready' "$work/$1.host.log"; do kill -0 "$host"; sleep 0.2; done
}
[ -z "${ELSEWHERE:-}" ] || start elsewhere 17080
start measured 17070

code=0
tests/Benchmarks/bin/Release/net10.0/TspActors.Benchmarks siege 127.0.0.1:17070 127.0.0.1:17071 --http 17072 ${ELSEWHERE:+--elsewhere 17080} \
  --tracker "$tracker" --host "$host" --seconds "$seconds" --quiet "$quiet" --settle "$settle" ${only:+--only "$only"} || code=$?
for program in tracker host; do
  echo "== the last lines of the $program"
  tail -5 "$work/measured.$program.log"
done
exit "$code"
