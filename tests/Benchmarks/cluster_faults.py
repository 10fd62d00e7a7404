#!/usr/bin/env python3
"""Faults of a cluster of three trackers, seen by an independent client that knows only docs/protocol.md.

  cluster_faults.py SCENARIO [RUNS]

  kill1      one tracker is killed and started again after 15 s
  kill2      two of three are killed; one starts again after 12 s, the other after 24 s
  badlink    the link between the two oldest trackers is cut for 45 s
  flap       that link works for 4 s and is cut for 8 s, six times
  freeze     one tracker is stopped for 20 s; also: how long `list` of a peer takes that tries the stopped one first
  partition  one tracker is cut off from both others for 40 s

Prints for each run: how often a tracker ended its membership; for the trackers that were not killed, stopped or cut off, the longest time
without an answer and the longest time in which songs were missing; the longest time in which no tracker answered; and the number of ids that
meant two songs. 120 songs are shared by three peers, and 60 more by peers that are absent, which come back at the end.

Runs in network namespaces without a way out. Root needed: ip, nft, ffmpeg. TSP_TRACKER and TSP_PEER name other programs than those built here.
With KEEP=1, the logs and each tracker's number of songs over time stay in /tmp/tsp-faults-SCENARIO-RUN.
"""
import ctypes
import hashlib
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TRACKER = os.environ.get("TSP_TRACKER", f"{ROOT}/src/Tracker/bin/Debug/net10.0/TspActors.Tracker")
PEER = os.environ.get("TSP_PEER", f"{ROOT}/src/Peer/bin/Debug/net10.0/TspActors.Peer")
SONGS, ABSENT = 120, 60
INIT, LIST, PING, PONG, ERROR, ASSIGN, SHARE = 0, 1, 8, 9, 10, 11, 12
NEWNET = 0x40000000


# -- a client ----------------------------------------------------------------------------------------------------------------

def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def fields(data):
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
    while at < len(data):
        tag = number()
        if tag & 7 == 0:
            yield tag >> 3, number()
        elif tag & 7 == 2:
            length = number()
            yield tag >> 3, data[at:at + length]
            at += length
        else:
            at += 8 if tag & 7 == 1 else 4


class Client:
    def __init__(self, address, timeout=2):
        self.socket = socket.create_connection((address, 7070), timeout)
        self.socket.settimeout(timeout)

    def send(self, operation, body=b"", number=0):
        self.socket.sendall(struct.pack(">BiI", operation | 0x80, number, len(body)) + body)

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise OSError("closed")
            data += more
        return data

    def receive(self):
        kind, number = struct.unpack(">Bi", self.exactly(5))
        return kind & 127, number, self.exactly(struct.unpack(">I", self.exactly(4))[0]) if kind & 128 else b""

    def expect(self, wanted):
        while True:
            kind, _, body = self.receive()
            if kind == PING:
                self.socket.sendall(struct.pack(">Bi", PONG, 0))
            elif kind == wanted:
                return body
            elif kind == ERROR:
                raise OSError(dict(fields(body)).get(2, b"").decode())

    def list(self):
        songs, cursor = {}, 0
        while True:
            self.send(LIST, field(2, 1000), cursor)
            page = list(fields(self.expect(LIST)))
            for number, song in page:
                if number == 1:
                    facts = dict(fields(song))
                    songs[facts[1]] = facts[2].hex()
            cursor = dict(page).get(2, 0)
            if not cursor:
                return songs

    def share(self, peer, hashes):
        """Registers a peer that remembers no ids, and returns the ids of its songs."""
        self.send(INIT, field(1, field(1, 1) + field(2, hashlib.sha256(b"peer%d" % peer).digest()[:16]) + field(3, b"absent") + field(4, 9)))
        self.expect(INIT)
        audio = field(1, 1000) + field(2, 128000) + field(4, 44100) + field(5, 2) + field(6, 16000)
        songs = b"".join(field(3, field(1, song) + field(2, field(1, b"absent")) + field(3, audio)) for song in hashes)
        self.send(SHARE, field(1, 1) + field(2, 1) + songs)
        ids = {}
        while len(ids) < len(hashes):
            for number, assigned in fields(self.expect(ASSIGN)):
                facts = dict(fields(assigned))
                if facts.get(2, 0) == 0:
                    raise OSError(facts.get(3, b"refused").decode())
                ids[facts[2]] = facts[1].hex()
        return ids

    def close(self):
        self.socket.close()


# -- the cluster -------------------------------------------------------------------------------------------------------------

class Network:
    def __init__(self):
        self.prefix = f"tspfault{os.getpid()}"

    def name(self, machine):
        return f"{self.prefix}{machine}"

    def __enter__(self):
        for machine in ("sw", "t1", "t2", "t3", "peers"):
            subprocess.run(["ip", "netns", "add", self.name(machine)], check=True)
            self.ip(machine, "link", "set", "lo", "up")
        self.ip("sw", "link", "add", "br0", "type", "bridge")
        self.ip("sw", "link", "set", "br0", "up")
        for machine, address in (("t1", 1), ("t2", 2), ("t3", 3), ("peers", 10)):
            self.ip("sw", "link", "add", machine, "type", "veth", "peer", "name", "e0", "netns", self.name(machine))
            self.ip("sw", "link", "set", machine, "master", "br0", "up")
            self.ip(machine, "addr", "add", f"10.77.0.{address}/24", "dev", "e0")
            self.ip(machine, "link", "set", "e0", "up")
        with open(f"/run/netns/{self.name('peers')}", encoding="ascii") as space:
            if ctypes.CDLL(None, use_errno=True).setns(space.fileno(), NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        return self

    def ip(self, machine, *arguments):
        subprocess.run(["ip", "-n", self.name(machine), *arguments], check=True)

    def start(self, machine, command, log):
        with open(log, "ab") as out:
            return subprocess.Popen(["ip", "netns", "exec", self.name(machine), *command], stdout=subprocess.DEVNULL, stderr=out, cwd="/",
                                    env={**os.environ, "TSP__TRACKER__HTTP__ENABLED": "off", "TSP__TRACKER__CLUSTER__SECRET": "a secret of this test",
                                         "TSP__TRACKER__CLUSTER__HOST": f"10.77.0.{machine[1:]}", "TSP__TRACKER__REACHABILITY__ENABLED": "off"})

    def cut(self, one, *others):
        drops = {end: "\n".join(f"ip {end} 10.77.0.{other} drop" for other in others) for end in ("saddr", "daddr")}
        rules = f"""table inet cut {{
            chain in {{
                type filter hook input priority 0
                {drops["saddr"]}
            }}
            chain out {{
                type filter hook output priority 0
                {drops["daddr"]}
            }}
        }}"""
        subprocess.run(["ip", "netns", "exec", self.name(f"t{one}"), "nft", "-f", "-"], input=rules, text=True, check=True)

    def heal(self, one):
        subprocess.run(["ip", "netns", "exec", self.name(f"t{one}"), "nft", "flush", "ruleset"], check=True)

    def __exit__(self, *_):
        for machine in ("t1", "t2", "t3", "peers", "sw"):
            for pid in subprocess.run(["ip", "netns", "pids", self.name(machine)], capture_output=True, text=True).stdout.split():
                if int(pid) != os.getpid():
                    subprocess.run(["kill", "-KILL", pid], stderr=subprocess.DEVNULL, check=False)
            subprocess.run(["ip", "netns", "del", self.name(machine)], check=False)


class Watch(threading.Thread):
    """Lists the songs of one tracker again and again."""

    def __init__(self, number, ids, lock):
        super().__init__(daemon=True)
        self.number, self.ids, self.lock, self.wrong = number, ids, lock, set()
        self.samples, self.ending = [], False

    def run(self):
        while not self.ending:
            begun = time.monotonic()
            try:
                client = Client(f"10.77.0.{self.number}")
                try:
                    songs = client.list()
                finally:
                    client.close()
                with self.lock:
                    for number, song in songs.items():
                        if self.ids["song"].setdefault(number, song) != song or self.ids["id"].setdefault(song, number) != number:
                            self.wrong.add((number, song))
                self.samples.append((time.monotonic(), len(songs)))
            except OSError:
                self.samples.append((time.monotonic(), None))
            time.sleep(max(0, 0.1 - (time.monotonic() - begun)))

    def longest(self, begun, ended, is_good):
        last, longest = begun, 0
        for at, count in self.samples:
            if begun <= at <= ended and is_good(count):
                longest, last = max(longest, at - last), at
        return max(longest, ended - last)


class Cluster:
    def __init__(self, network, folder):
        self.network, self.folder, self.processes = network, folder, {}

    def log(self, number):
        return f"{self.folder}/t{number}.log"

    def text(self, number):
        with open(self.log(number), encoding="utf-8", errors="replace") as log:
            return log.read()

    def start(self, number):
        seeds = [word for seed in (1, 2, 3) for word in ("--seed-node", f"10.77.0.{seed}:7072")]
        self.processes[number] = self.network.start(
            f"t{number}", [TRACKER, "--host", f"10.77.0.{number}", "--port", "7070", "--cluster-port", "7072", *seeds], self.log(number))

    def ready(self, number, times=1):
        until(lambda: self.text(number).count("tracker ready on 10.") >= times, f"tracker {number} is ready {times} times: {self.text(number)[-2000:]}", 180)

    def signal(self, number, name):
        for pid in subprocess.run(["ip", "netns", "pids", self.network.name(f"t{number}")], capture_output=True, text=True).stdout.split():
            os.kill(int(pid), name)


def until(holds, what, seconds=120):
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit(f"this did not happen: {what}")
        time.sleep(0.1)


def retry(action, seconds=90):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return action()
        except OSError as error:
            if time.monotonic() > deadline:
                raise SystemExit(f"still refused after {seconds} s: {error}")
            time.sleep(0.5)


def absent(number):
    return [hashlib.sha256(b"%d of %d" % (song, number)).digest() for song in range(ABSENT // 3)]


def return_absent(tracker):
    ids = {}
    for number in range(3):
        def share():
            client = Client(f"10.77.0.{tracker}", 30)
            try:
                return client.share(number, absent(number))
            finally:
                client.close()
        ids.update(retry(share))
    return ids


def fault(scenario, cluster, network):
    """Does it; returns the trackers that are not expected to answer all the time."""
    run = cluster.run
    if scenario == "kill1":
        victim = run % 3 + 1
        cluster.signal(victim, signal.SIGKILL)
        time.sleep(15)
        cluster.start(victim)
        return {victim}
    if scenario == "kill2":
        left = run % 3 + 1
        victims = [number for number in (1, 2, 3) if number != left]
        if run % 2:
            victims.reverse()
        for victim in victims:
            cluster.signal(victim, signal.SIGKILL)
        for victim in victims:
            time.sleep(12)
            cluster.start(victim)
        return set(victims)
    if scenario == "badlink":
        network.cut(1, 2)
        time.sleep(45)
        network.heal(1)
        return {2}
    if scenario == "flap":
        for _ in range(6):
            network.cut(1, 2)
            time.sleep(8)
            network.heal(1)
            time.sleep(4)
        return {2}
    victim = run % 3 + 1
    if scenario == "freeze":
        cluster.signal(victim, signal.SIGSTOP)
        begun = time.monotonic()
        order = [victim, victim % 3 + 1, (victim + 1) % 3 + 1]
        listed = subprocess.run([PEER, "list", "--json", *[word for number in order for word in ("--tracker", f"10.77.0.{number}:7070")]],
                                capture_output=True, text=True, check=False, cwd="/")
        cluster.listed = (time.monotonic() - begun, len(json.loads(listed.stdout or "[]")))
        time.sleep(max(0, 20 - (time.monotonic() - begun)))
        cluster.signal(victim, signal.SIGCONT)
        return {victim}
    network.cut(victim, victim % 3 + 1, (victim + 1) % 3 + 1)
    time.sleep(40)
    network.heal(victim)
    return {victim}


def once(scenario, run):
    folder = tempfile.mkdtemp(prefix="tsp-faults-")
    wall = time.time() - time.monotonic()
    try:
        with Network() as network:
            cluster = Cluster(network, folder)
            cluster.run, cluster.listed = run, None
            for number in (1, 2, 3):
                cluster.start(number)
                cluster.ready(number)
            for peer in range(3):
                music = f"{folder}/music{peer}"
                os.mkdir(music)
                for song in range(SONGS // 3):
                    shutil.copyfile(TONES[peer][song], f"{music}/{song}.mp3")
                trackers = [word for number in range(3) for word in ("--tracker", f"10.77.0.{(peer + number) % 3 + 1}:7070")]
                network.start("peers", [PEER, "serve", *trackers, "--music", music, "--data", f"{folder}/data{peer}", "--name", f"peer{peer}",
                                        "--port", str(7100 + peer)], f"{folder}/p{peer}.log")
            away = return_absent(1)
            ids, lock = {"song": dict(away), "id": {song: number for number, song in away.items()}}, threading.Lock()
            watches = [Watch(number, ids, lock) for number in (1, 2, 3)]
            for watch in watches:
                watch.start()
            until(lambda: all(watch.samples and watch.samples[-1][1] == SONGS for watch in watches), "all songs are listed")
            time.sleep(2)
            before = [cluster.text(number).count("no longer in its cluster") for number in (1, 2, 3)]
            begun = time.monotonic()
            excused = fault(scenario, cluster, network)
            until(lambda: all(watch.samples[-1][1] == SONGS for watch in watches), "all songs are listed again by all: "
                  + ", ".join(f"{watch.samples[-1][1]}" for watch in watches), 240)
            ended = time.monotonic()
            back = return_absent(run % 3 + 1)
            wrong = sum(1 for number, song in back.items() if away.get(number) != song) + sum(len(watch.wrong) for watch in watches)
            for watch in watches:
                watch.ending = True
            for watch in watches:
                watch.join()
            good = [watch for watch in watches if watch.number not in excused]
            answers = sorted(at for watch in watches for at, count in watch.samples if count is not None and begun <= at <= ended)
            nobody = max((later - earlier for earlier, later in zip([begun, *answers], [*answers, ended])), default=0)
            result = {
                "run": run, "left": [cluster.text(number).count("no longer in its cluster") - before[number - 1] for number in (1, 2, 3)],
                "silent": round(max(watch.longest(begun, ended, lambda count: count is not None) for watch in good), 1),
                "missing": round(max(watch.longest(begun, ended, lambda count: count is not None and count >= SONGS) for watch in good), 1),
                "nobody": round(nobody, 1), "whole again": round(ended - begun, 1), "wrong": wrong,
            }
            if cluster.listed:
                result["list"] = (round(cluster.listed[0], 1), cluster.listed[1])
            print(json.dumps(result), flush=True)
            with open(f"{folder}/counts", "w", encoding="utf-8") as counts:
                for watch in watches:
                    for at, count in watch.samples:
                        if at >= begun - 1:
                            counts.write(f"tracker {watch.number} {time.strftime('%X', time.localtime(wall + at))} {at - begun:.1f} {count}\n")
            if wrong or os.environ.get("KEEP"):
                shutil.copytree(folder, f"/tmp/tsp-faults-{scenario}-{run}", dirs_exist_ok=True, ignore=shutil.ignore_patterns("music*"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def tones(folder):
    made = []
    for peer in range(3):
        made.append([])
        for song in range(SONGS // 3):
            path = f"{folder}/{peer}-{song}.mp3"
            subprocess.run(["ffmpeg", "-v", "quiet", "-f", "lavfi", "-i", f"sine=frequency={300 + peer * 500 + song * 10}:duration=0.3",
                            "-metadata", f"title=tone {peer} {song}", path], check=True)
            made[-1].append(path)
    return made


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in ("kill1", "kill2", "badlink", "flap", "freeze", "partition"):
        raise SystemExit(__doc__)
    SOUNDS = tempfile.mkdtemp(prefix="tsp-tones-")
    try:
        TONES = tones(SOUNDS)
        for RUN in range(int(sys.argv[2]) if len(sys.argv) == 3 else 1):
            # A process of its own, because it enters a network namespace.
            CHILD = os.fork()
            if CHILD == 0:
                try:
                    once(sys.argv[1], RUN)
                except SystemExit as failure:
                    print(f"run {RUN}: {failure}", flush=True)
                os._exit(0)
            os.waitpid(CHILD, 0)
    finally:
        shutil.rmtree(SOUNDS, ignore_errors=True)
