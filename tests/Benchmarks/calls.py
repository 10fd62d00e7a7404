#!/usr/bin/env python3
"""Songs from hosts behind NAT, in network namespaces without a way out (root needed: ip, nft, ffmpeg; build the solution first).

  calls.py typed [RUNS]     the time from "play" in a running console to the sound: from a public host, and from one that calls back
  calls.py first [RUNS]     the time from the command to the first checked byte: from a public host, and from a host that calls back
  calls.py killed [ROUNDS]  four listeners of a host that calls back, which is killed: is every byte right, and does the sound go on?
"""
import hashlib, os, random, shutil, signal, statistics, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONFIGURATION = os.environ.get("CONFIGURATION", "Debug")
PEER = f"{ROOT}/src/Peer/bin/{CONFIGURATION}/net10.0/TspActors.Peer"
TRACKER = f"{ROOT}/src/Tracker/bin/{CONFIGURATION}/net10.0/TspActors.Tracker"
SECONDS = 40
NAMESPACES = ["inet", "tracker", "public", "router1", "router2", "host1", "host2"]
RULES = """
table inet filter {
  chain input { type filter hook input priority 0; iifname "wan" ct state established,related accept; iifname "wan" drop; }
  chain forward { type filter hook forward priority 0; iifname "wan" ct state established,related accept; iifname "wan" drop; }
}
table ip nat {
  chain post { type nat hook postrouting priority 100; oifname "wan" masquerade; }
}
"""


class Network:
    def __init__(self):
        self.prefix = f"tspcalls{os.getpid()}"

    def name(self, machine):
        return self.prefix + machine

    def ip(self, machine, *arguments):
        subprocess.run(["ip", "-n", self.name(machine), *arguments], check=True)

    def __enter__(self):
        return self

    def lay(self):
        for machine in NAMESPACES:
            subprocess.run(["ip", "netns", "add", self.name(machine)], check=True)
            self.ip(machine, "link", "set", "lo", "up")
        self.ip("inet", "link", "add", "br0", "type", "bridge")
        self.ip("inet", "link", "set", "br0", "up")
        for machine, address in (("tracker", "5.5.0.10"), ("public", "5.5.0.30"), ("router1", "5.5.0.21"), ("router2", "5.5.0.22")):
            self.ip("inet", "link", "add", f"w{machine}", "type", "veth", "peer", "name", "wan", "netns", self.name(machine))
            self.ip("inet", "link", "set", f"w{machine}", "master", "br0", "up")
            self.ip(machine, "addr", "add", f"{address}/16", "dev", "wan")
            self.ip(machine, "link", "set", "wan", "up")
        for number in "1", "2":
            router, host, net = f"router{number}", f"host{number}", f"192.168.{number}"
            self.ip(router, "link", "add", "lan", "type", "veth", "peer", "name", "eth0", "netns", self.name(host))
            self.ip(router, "addr", "add", f"{net}.1/24", "dev", "lan")
            self.ip(router, "link", "set", "lan", "up")
            self.ip(host, "addr", "add", f"{net}.5/24", "dev", "eth0")
            self.ip(host, "link", "set", "eth0", "up")
            self.ip(host, "route", "add", "default", "via", f"{net}.1")
            self.run(router, "sysctl", "-qw", "net.ipv4.ip_forward=1")
            subprocess.run(["ip", "netns", "exec", self.name(router), "nft", "-f", "-"], input=RULES, text=True, check=True)

    def run(self, machine, *command):
        subprocess.run(["ip", "netns", "exec", self.name(machine), *command], check=True)

    def kill(self, machine):
        pids = subprocess.run(["ip", "netns", "pids", self.name(machine)], capture_output=True, text=True).stdout.split()
        for pid in pids:
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                pass

    def __exit__(self, *_):
        for machine in NAMESPACES:
            self.kill(machine)
            subprocess.run(["ip", "netns", "del", self.name(machine)], check=False)


class Stage:
    def __init__(self, network, folder):
        self.network, self.folder = network, folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def song(self, folder, title, seconds, frequency):
        os.makedirs(self.path(folder))
        subprocess.run(
            ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", f"sine=frequency={frequency}:duration={seconds}", "-b:a", "128k",
             "-metadata", f"title={title}", self.path(f"{folder}/song.mp3")], check=True)

    def start(self, machine, name, *command, output=None, typed=False):
        home = self.path(f"home-{name}")
        os.makedirs(home, exist_ok=True)
        environment = dict(os.environ, HOME=home, XDG_DATA_HOME=home, TSP__PEER__PORT_MAPPING="off")
        with open(self.path(f"{name}.log"), "w") as log:
            return subprocess.Popen(
                ["ip", "netns", "exec", self.network.name(machine), *command], env=environment, cwd=self.folder, text=True,
                stdin=subprocess.PIPE if typed else None, stdout=output or log, stderr=log)

    def log(self, name):
        with open(self.path(f"{name}.log")) as log:
            return log.read()

    def wait(self, name, text):
        end = time.monotonic() + 60
        while text not in self.log(name):
            if time.monotonic() > end:
                sys.exit(f"{name} did not say \"{text}\":\n{self.log(name)}")
            time.sleep(0.05)

    def tracker(self):
        self.start("tracker", "tracker", TRACKER, "--data", self.path("ids"))
        self.wait("tracker", "tracker ready on tsps")

    def host(self, machine, music):
        process = self.start(
            machine, machine, PEER, "serve", "--tracker", "5.5.0.10:7070", "--name", machine, "--music", self.path(music))
        self.wait(machine, "peer ready")
        # The tracker tries a port for 3 s before it counts as unreachable.
        time.sleep(4)
        return process

    def ids(self):
        self.start("tracker", "list", PEER, "list", "--tracker", "5.5.0.10:7070").wait()
        return {line.split("\t")[1]: line.split("\t")[0] for line in self.log("list").splitlines() if "\t" in line}

    def play(self, machine, name, song, *options):
        for file in self.saved(name), self.saved(name) + ".part":
            if os.path.exists(file):
                os.remove(file)
        return self.start(machine, name, PEER, "play", song, "--tracker", "5.5.0.10:7070", "--output", self.saved(name), *options)

    def listen(self, machine, name, song):
        """A file is fetched as fast as possible, a pipe in real time."""
        with open(self.saved(name), "wb") as output:
            return self.start(
                machine, name, PEER, "play", song, "--tracker", "5.5.0.10:7070", "--output", "-", output=output)

    def saved(self, name):
        return self.path(f"{name}.mp3")

    def size(self, name):
        for file in self.saved(name) + ".part", self.saved(name):
            if os.path.exists(file):
                return os.path.getsize(file)
        return 0

    def hash(self, name):
        with open(self.saved(name), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()


def first(stage, runs):
    stage.song("far", "called back", 10, 440)
    stage.song("near", "direct", 10, 660)
    stage.tracker()
    stage.host("host1", "far")
    stage.host("public", "near")
    ids, times = stage.ids(), {"called back": [], "direct": []}
    for _ in range(runs):
        for title, taken in times.items():
            begun = time.monotonic()
            play = stage.play("tracker", "listener", ids[title])
            while stage.size("listener") == 0 and play.poll() is None:
                time.sleep(0.002)
            taken.append(time.monotonic() - begun)
            play.send_signal(signal.SIGINT)
            play.wait()
            if title == "called back" and "by callback" not in stage.log("listener"):
                sys.exit(f"the host did not call back:\n{stage.log('listener')}")
    report(times, runs)


def typed(stage, runs):
    stage.song("far", "called back", 10, 440)
    stage.song("near", "direct", 10, 660)
    stage.tracker()
    stage.host("host1", "far")
    stage.host("public", "near")
    ids, times = stage.ids(), {"called back": [], "direct": []}
    os.makedirs(stage.path("none"))
    console = stage.start(
        "tracker", "console", PEER, "--tracker", "5.5.0.10:7070", "--name", "console", "--music", stage.path("none"), "--port", "7071",
        "--audio", "null", typed=True)
    stage.wait("console", "others can reach this peer")
    for _ in range(runs):
        for title, taken in times.items():
            seen = len(stage.log("console"))
            begun = time.monotonic()
            console.stdin.write(f"play {ids[title]}\n")
            console.stdin.flush()
            while f"playing {title}" not in stage.log("console")[seen:] and time.monotonic() < begun + 30:
                time.sleep(0.002)
            taken.append(time.monotonic() - begun)
            seen = len(stage.log("console"))
            console.stdin.write("stop\n")
            console.stdin.flush()
            while "stopped" not in stage.log("console")[seen:] and console.poll() is None:
                time.sleep(0.01)
        # A tracker passes on 20 calls a minute.
        time.sleep(4)
    report(times, runs)


def report(times, runs):
    for title, taken in times.items():
        print(f"{title}: median {statistics.median(taken):.3f} s, {min(taken):.2f} to {max(taken):.2f} s in {runs} runs")


def killed(stage, rounds):
    stage.song("music", "song", SECONDS, 440)
    stage.tracker()
    stage.host("host2", "music")
    host = stage.host("host1", "music")
    song = stage.ids()["song"]
    stage.play("public", "whole", song, "--full-speed").wait()
    whole, size = stage.hash("whole"), os.path.getsize(stage.saved("whole"))
    lost = faults = 0
    for _ in range(rounds):
        names = [f"listener{number}" for number in range(4)]
        plays = {name: stage.listen("public", name, song) for name in names}
        begun, behind = {}, dict.fromkeys(names, 0.0)
        until = time.monotonic() + random.uniform(8, 14)
        while any(play.poll() is None for play in plays.values()):
            now = time.monotonic()
            if until and now > until:
                stage.network.kill("host1")
                until = None
            for name in names:
                received = stage.size(name)
                if received > 0:
                    begun.setdefault(name, now)
                if name in begun and received < size:
                    behind[name] = max(behind[name], now - begun[name] - received / size * SECONDS)
            time.sleep(0.1)
        for name, play in plays.items():
            lost += "continuing with" in stage.log(name)
            faults += play.returncode != 0 or stage.hash(name) != whole or behind[name] > 0
        host.wait()
        host = stage.host("host1", "music")
    print(f"{4 * rounds} listeners, {lost} of them lost their host; wrong bytes, failures or gaps in the sound: {faults}")


def main():
    kind = sys.argv[1] if len(sys.argv) > 1 else ""
    kinds = {"first": (first, 15), "typed": (typed, 15), "killed": (killed, 5)}
    if kind not in kinds:
        sys.exit(__doc__)
    run, usual = kinds[kind]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else usual
    with tempfile.TemporaryDirectory() as folder, Network() as network:
        network.lay()
        run(Stage(network, folder), count)


main()
