#!/usr/bin/env bash
# Cuts one of three trackers off from the others for at least 30 s, by dropping packets, while peers share songs. Prints what each tracker lists, and whether the ids are the same afterwards.
# Needs root (network namespaces, iptables), ffmpeg and python3. Usage: partition.sh [FOLDER]. FOLDER is a built repository; the default is this one.
set -uo pipefail
root=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
tracker="dotnet $root/src/Tracker/bin/Release/net10.0/TspActors.Tracker.dll"
peer="dotnet $root/src/Peer/bin/Release/net10.0/TspActors.Peer.dll"
net=10.77.0
work=$(mktemp -d)

cleanup() {
  kill $(jobs -p) 2>/dev/null
  wait
  for space in tsp1 tsp2 tsp3 tspp; do ip netns del "$space"; done
  ip link del tspbr
  rm -rf "$work"
}
trap cleanup EXIT

space() { # NAME NUMBER
  ip netns add "$1"
  ip link add "v$1" type veth peer name e0 netns "$1"
  ip link set "v$1" master tspbr up
  ip -n "$1" addr add "$net.$2/24" dev e0
  ip -n "$1" link set e0 up
  ip -n "$1" link set lo up
}

# Without this setting, a firewall that also filters bridged packets may drop all of them.
sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null
ip link add tspbr type bridge
ip link set tspbr up
for number in 1 2 3; do space "tsp$number" "$number"; done
space tspp 10

seeds="--seed-node $net.1:7072 --seed-node $net.2:7072 --seed-node $net.3:7072"
for number in 1 2 3; do
  TSP__TRACKER__CLUSTER__HOST=$net.$number TSP__TRACKER__HTTP__ENABLED=off \
    ip netns exec "tsp$number" $tracker --host "$net.$number" --port 7070 --cluster-port 7072 $seeds 2> "$work/t$number" &
done
for number in 1 2 3; do until grep -q ready "$work/t$number"; do sleep 0.2; done; done

tone() { ffmpeg -v quiet -f lavfi -i "sine=frequency=$1:duration=0.4" -metadata title="tone $1" "$2"; }
for number in 0 1 2 3 4 5; do
  mkdir -p "$work/music$number"
  for song in $(seq 20); do tone $((300 + number * 50 + song)) "$work/music$number/$song.mp3"; done
  ip netns exec tspp $peer serve --tracker "$net.$((number % 3 + 1)):7070" --tracker "$net.$(((number + 1) % 3 + 1)):7070" --tracker "$net.$(((number + 2) % 3 + 1)):7070" \
    --music "$work/music$number" --data "$work/data$number" --name "peer$number" --port $((7100 + number)) 2> "$work/p$number" &
done

list() { # TRACKER. Prints id, content hash and number of hosts of every song, one song per line.
  ip netns exec tspp timeout 20 $peer list --json --tracker "$net.$1:7070" 2> "$work/list.err" |
    python3 -c 'import json,sys; [print(song["id"], song["hash"], len(song["hosts"])) for song in sorted(json.load(sys.stdin), key=lambda song: song["id"])]' 2>/dev/null
}
brief() { awk '{ ids[$1]; contents[$2]; hosts += $3 } END { print NR, "songs,", length(ids), "ids,", length(contents), "contents,", hosts + 0, "hosts" }'; }
show() { for number in 1 2 3; do echo "$(date +%T) tracker $number: $(list "$number" | brief) $(tail -1 "$work/list.err")"; done; }

until [ "$(list 1 | wc -l)" = 120 ]; do sleep 1; done
show
list 2 > "$work/before"

echo "$(date +%T) tracker 1 is cut off"
for other in 2 3; do
  ip netns exec tsp1 iptables -A INPUT -s "$net.$other" -j DROP
  ip netns exec tsp1 iptables -A OUTPUT -d "$net.$other" -j DROP
done
cut=$SECONDS
sleep 2
for number in 0 1 2 3; do tone $((900 + number)) "$work/music$number/new.mp3"; done
while [ $((SECONDS - cut)) -lt 30 ]; do show; done

echo "$(date +%T) the partition ends after $((SECONDS - cut)) s"
ip netns exec tsp1 iptables -F
until [ "$(grep -c ready "$work/t1")" -ge 2 ]; do sleep 0.5; done
echo "$(date +%T) tracker 1 is a member again"
for try in $(seq 30); do
  for number in 1 2 3; do list "$number" > "$work/after$number"; done
  [ "$(cat "$work"/after? | wc -l)" = 372 ] && break
  sleep 1
done
show
cmp "$work/after1" "$work/after2" && cmp "$work/after2" "$work/after3" && echo "all three list the same"
echo "$(comm -12 <(cut -d' ' -f1,2 "$work/before" | sort) <(cut -d' ' -f1,2 "$work/after1" | sort) | wc -l) of 120 songs have the same id as before"
