#!/usr/bin/env bash
# One source behind a thin uplink, relays, and many listeners, in network namespaces without a way out. Then relays are killed at random.
#
#   tests/Benchmarks/fanout.sh [RELAYS=8] [LISTENERS=100] [KILLS=20] [RATE=1mbit]
#
# Needs root, iproute2 and lame, and builds in Release mode: dotnet build TspActors.sln -c Release
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

relays=${1:-8} listeners=${2:-100} kills=${3:-20} rate=${4:-1mbit}
tracker="dotnet src/Tracker/bin/Release/net10.0/TspActors.Tracker.dll"
peer="dotnet src/Peer/bin/Release/net10.0/TspActors.Peer.dll"
bench="dotnet tests/Benchmarks/bin/Release/net10.0/TspActors.Benchmarks.dll"
work=$(mktemp -d) hub=fanout-hub-$$ far=fanout-src-$$

clean() {
  trap - EXIT
  # shellcheck disable=SC2046
  kill $(jobs -p) 2>/dev/null || true
  exec 2>/dev/null
  ip netns pids "$hub" 2>/dev/null | xargs -r kill -9 2>/dev/null || true
  ip netns pids "$far" 2>/dev/null | xargs -r kill -9 2>/dev/null || true
  ip netns del "$hub" 2>/dev/null || true
  ip netns del "$far" 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT

ip netns add "$hub"
ip netns add "$far"
ip link add wan0 netns "$far" type veth peer name lan0 netns "$hub"
ip -n "$hub" addr add 5.6.0.1/24 dev lan0
ip -n "$far" addr add 5.6.0.2/24 dev wan0
for ns in "$hub" "$far"; do ip -n "$ns" link set lo up; done
ip -n "$hub" link set lan0 up
ip -n "$far" link set wan0 up
# The uplink of the source. What leaves it is slowed down, what arrives is not.
ip netns exec "$far" tc qdisc add dev wan0 root tbf rate "$rate" burst 16kb latency 400ms

export HOME=$work XDG_DATA_HOME=$work/data TSP__TRACKER__HTTP__PORT=0 TSP__PEER__ENCRYPTION=off
mkdir -p "$work/music"
head -c 21168000 /dev/urandom | lame --quiet -r -s 44.1 -b 128 --nores - "$work/music/long.mp3" 2>/dev/null

wait_for() { # FILE TEXT
  for _ in $(seq 300); do grep -q "$2" "$1" 2>/dev/null && return; sleep 0.1; done
  echo "\"$2\" did not appear in $1:"; cat "$1"; exit 1
}

ip netns exec "$hub" $tracker --host 0.0.0.0 --port 7070 >"$work/tracker" 2>&1 &
wait_for "$work/tracker" "tracker ready on 0"
TSP__PEER__HOSTING__MAX_UPLOAD=900kbit/s ip netns exec "$far" $peer serve --tracker tsp://5.6.0.1:7070 --name source --music "$work/music" \
  --data "$work/source-data" --port 7071 --live Radio=station: >"$work/source" 2>&1 &
wait_for "$work/source" "is on the air"

start_relay() { # NUMBER
  rm -f "$work/in$1" && mkfifo "$work/in$1"
  : >"$work/relay$1"
  (exec 9<>"$work/in$1"; echo "play Radio" >&9
   TSP__PEER__LIVE__RELAY=on exec ip netns exec "$hub" $peer --tracker tsp://5.6.0.1:7070 --name "relay$1" --music "$work/none" \
     --data "$work/relay-data$1" --port "$((7100 + $1))" --audio null <"$work/in$1" >"$work/relay$1" 2>&1) &
  relay_pid[$1]=$!
}
mkdir -p "$work/none"
declare -A relay_pid
for n in $(seq "$relays"); do start_relay "$n"; done
for n in $(seq "$relays"); do wait_for "$work/relay$n" "playing Radio"; done
sleep 3

echo "$relays relays, $listeners listeners, source limited to $rate:"
ip netns exec "$hub" $bench live-listen 5.6.0.1:7070 Radio "$listeners" 30

if [ "$kills" -gt 0 ]; then
  echo "the same, while relays are killed $kills times and started again:"
  ip netns exec "$hub" $bench live-listen 5.6.0.1:7070 Radio "$listeners" $((kills * 4 + 15)) &
  listening=$!
  sleep 8
  killed=0
  for _ in $(seq "$kills"); do
    n=$((RANDOM % relays + 1))
    kill -9 "${relay_pid[$n]}" 2>/dev/null && killed=$((killed + 1)) || true
    pkill -9 -f -- "--name relay$n " 2>/dev/null || true
    wait "${relay_pid[$n]}" 2>/dev/null || true
    sleep 2
    start_relay "$n"
    sleep 2
  done
  wait "$listening"
  echo "killed $killed times"
fi
