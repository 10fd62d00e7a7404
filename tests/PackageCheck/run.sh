#!/bin/bash
# Builds the packages from the commit that is checked out, and uses them as people do, on systems without .NET.
#
#   tests/PackageCheck/run.sh [CHECK...]
#
#   same     two builds, in different folders, are the same bytes
#   debian   a fresh Debian 12: install, the commands of the units, a song heard on a null sink, remove; lintian
#   systemd  a fresh Debian 12 that boots: the units start, share, reload and stop; systemd-analyze
#   archive  the archive in a fresh Debian 12, also without its recommended packages
#   arm64    the archive for linux-arm64 in a fresh Debian 12 for arm64, under qemu
#   windows  the archive for win-x64 under Wine
#
# Without arguments, all of them: half an hour. Needs: root, the .NET SDK, git, python3, debootstrap, lintian, systemd, systemd-container, pulseaudio,
# pulseaudio-utils, qemu-user-static, wine64, wine, unzip. Debian's packages come from the mirror of this machine. The exit code is 1 if a check fails.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
checks=("$@")
[ ${#checks[@]} -gt 0 ] || checks=(same debian systemd archive arm64 windows)
if [ -z "${PACKAGE_CHECK_WORK:-}" ]; then
    # Everything that is mounted, and every process, ends with the script.
    PACKAGE_CHECK_WORK=$(mktemp -d)
    export PACKAGE_CHECK_WORK
    trap 'rm -rf "$PACKAGE_CHECK_WORK"' EXIT
    unshare --mount --pid --fork --kill-child --mount-proc "$0" "${checks[@]}"
    exit
fi
work=$PACKAGE_CHECK_WORK
mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | awk '$2 == "bookworm" { print $1; exit }')
port=27300
failed=0

say() { echo "--- $*"; }
fail() { echo "FAILED: $*"; failed=1; }

archive() { # RID
    [ -e "$work/dist/done-$1" ] || { "$here/packaging/publish" "$1" "$work/dist" > /dev/null && touch "$work/dist/done-$1"; }
    find "$work/dist" -name "tsp-*-$1.*" ! -name "*.sha256"
}

fresh() { # NAME PACKAGES
    local root=$work/$1
    debootstrap --variant=minbase --include="ca-certificates,libssl3,libstdc++6,libgcc-s1,zlib1g$2" bookworm "$root" "$mirror" \
        > "$work/debootstrap.log" 2>&1 || { tail -20 "$work/debootstrap.log"; exit 1; }
    furnish "$root"
}

furnish() { # ROOT
    mkdir -p "$1/proc" "$1/srv/music" "$1/opt" "$1/tmp"
    mount -t proc proc "$1/proc"
    cp "$here"/src/Peer/Demo/music/*/*.mp3 "$1/srv/music/"
    echo "$1"
}

# Waits until a file has a line.
line() { # PATTERN FILE
    for _ in $(seq 600); do
        grep -q -s -E "$1" "$2" && return
        sleep 0.2
    done
    fail "no line \"$1\" in $2:"
    cat "$2"
    return 1
}

start_sound() { # ROOT
    pulseaudio -n --daemonize=no --use-pid-file=no --exit-idle-time=-1 \
        -L "module-null-sink sink_name=check rate=44100 channels=2 format=s16le" \
        -L "module-native-protocol-unix auth-anonymous=1 socket=$1/tmp/native" > "$work/pulse.log" 2>&1 &
    for _ in $(seq 100); do
        PULSE_SERVER=unix:$1/tmp/native pactl info > /dev/null 2>&1 && return
        sleep 0.1
    done
    fail "the sound server did not start"
}

# The share of samples of a recording that are not silent, in percent.
heard() {
    python3 -c 'import array, sys
data = open(sys.argv[1], "rb").read()
samples = array.array("h", data[:len(data) // 2 * 2])
print(100 * sum(abs(sample) > 100 for sample in samples) // max(1, len(samples)))' "$1"
}

# A tracker and a peer; then list, play into a file, and play as sound.
try_programs() { # ROOT COMMAND-PREFIX...
    local root=$1 log bin
    log=$work/$(basename "$root")
    bin=/$(cd "$root" && echo opt/tsp-*)
    shift
    port=$((port + 1))
    "$@" "$bin/tsp-tracker" --host 127.0.0.1 --port $port --data /tmp/tracker > "$log-tracker.log" 2>&1 &
    line '^tracker ready on tsps' "$log-tracker.log" || return
    "$@" "$bin/tsp-peer" serve --tracker 127.0.0.1:$port --music /srv/music --data /tmp/peer --port 0 > "$log-peer.log" 2>&1 &
    line '^peer ready on .* sharing 6 songs$' "$log-peer.log" || return
    "$@" "$bin/tsp-peer" --version
    [ "$("$@" "$bin/tsp-peer" list --tracker 127.0.0.1:$port | wc -l)" = 6 ] || fail "$root: list"
    "$@" "$bin/tsp-peer" play 1 --output /tmp/song.mp3 --full-speed --tracker 127.0.0.1:$port 2>&1 | tail -1
    [ "$(stat -c %s "$root/tmp/song.mp3")" -gt 100000 ] || fail "$root: play into a file"
    "$@" "$bin/tsp-peer" play 1 --audio wav:/tmp/song.wav --tracker 127.0.0.1:$port 2>&1
    [ "$(stat -c %s "$root/tmp/song.wav")" -gt 2000000 ] || fail "$root: play into a WAV file"
}

check_same() {
    say "two builds"
    archive linux-x64 > /dev/null
    git clone -q "$here" "$work/elsewhere"
    "$work/elsewhere/packaging/publish" linux-x64 "$work/again" > /dev/null
    diff "$work/dist/SHA256SUMS" "$work/again/SHA256SUMS" > /dev/null || grep -q -F "$(cat "$work/again/SHA256SUMS")" "$work/dist/SHA256SUMS" \
        || fail "two builds differ"
    "$here/packaging/deb" "$(archive linux-x64)" "$work/dist" > /dev/null
    "$work/elsewhere/packaging/deb" "$(find "$work/again" -name "*.tar.gz")" "$work/again" > /dev/null
    cmp "$work"/dist/*.deb "$work"/again/*.deb || fail "two Debian packages differ"
}

check_debian() {
    local root deb
    deb=$("$here/packaging/deb" "$(archive linux-x64)" "$work/dist")
    say "lintian"
    lintian --fail-on error "$deb" || fail lintian
    say "fresh Debian"
    root=$(fresh debian ",adduser,mpg123")
    cp "$deb" "$root/tmp/tsp.deb"
    chroot "$root" dpkg -i /tmp/tsp.deb | tail -2
    say "the commands of the units, as the user tsp"
    install -d -m 700 -o "$(chroot "$root" id -u tsp)" -g "$(chroot "$root" id -g tsp)" "$root"/var/lib/tsp/{tracker,peer}
    for program in tracker peer; do
        # shellcheck disable=SC2046
        chroot --userspec tsp:tsp "$root" $(sed -n 's/^ExecStart=//p' "$root/lib/systemd/system/tsp-$program.service") > "$work/$program.log" 2>&1 &
        line "^$program ready on" "$work/$program.log"
    done
    line 'sharing 6 songs$' "$work/peer.log"
    chroot "$root" env HOME=/root tsp-peer list

    say "heard on a null sink"
    start_sound "$root"
    PULSE_SERVER=unix:$root/tmp/native timeout 30 parec -d check.monitor --format=s16le --rate=44100 --channels=2 > "$work/heard.raw" &
    chroot "$root" env HOME=/root PULSE_SERVER=unix:/tmp/native tsp-peer play 1 --audio auto 2>&1 | tail -2
    pkill parec || true
    echo "$(heard "$work/heard.raw") % of the recording is sound"
    [ "$(heard "$work/heard.raw")" -gt 50 ] || fail "nothing was heard"
    chroot "$root" env HOME=/root tsp-peer --help | head -3
    chroot "$root" bash -c '. /usr/share/bash-completion/completions/tsp-peer && complete -p tsp-peer'

    say "install again without one of the settings"
    rm "$root/etc/tsp/tracker.conf"
    chmod 600 "$root/etc/tsp/peer.conf"
    chroot "$root" dpkg -i /tmp/tsp.deb | tail -1
    [ ! -e "$root/etc/tsp/tracker.conf" ] || fail "the deleted settings are back"
    [ "$(stat -c %a "$root/etc/tsp/peer.conf")" = 600 ] || fail "the mode of the settings has changed"

    say "remove"
    pkill -f /usr/bin/tsp- || true
    pkill pulseaudio || true
    chroot "$root" dpkg -r tsp | tail -1
    [ -s "$root/var/lib/tsp/peer/key.pem" ] || fail "removal took the peer's key along"
    [ -e "$root/etc/tsp/peer.conf" ] || fail "removal took the settings along"
    [ ! -e "$root/usr/lib/tsp" ] || fail "removal left programs"
    chroot "$root" dpkg -P tsp | tail -1
    [ ! -e "$root/var/lib/tsp" ] || fail "purging left data"
}

check_systemd() {
    local root deb init
    say "the units under systemd"
    deb=$("$here/packaging/deb" "$(archive linux-x64)" "$work/dist")
    root=$(fresh booted ",systemd,systemd-sysv,adduser")
    umount "$root/proc"
    cp "$deb" "$root/root/tsp.deb"
    chroot "$root" dpkg -i /root/tsp.deb | tail -1
    systemd-nspawn --quiet --register=no --keep-unit --private-network --directory "$root" --boot > "$work/boot.log" 2>&1 < /dev/null &
    line 'Reached target.*multi-user' "$work/boot.log" || return
    init=$(pgrep --parent "$(pgrep -x systemd-nspawn)" | head -1)
    inside() { nsenter --target "$init" --mount --uts --ipc --net --pid --root "$@"; }
    inside systemctl start tsp-tracker tsp-peer
    for _ in $(seq 100); do
        inside journalctl --unit tsp-peer | grep -q "connected to TSP tracker" && break
        sleep 0.3
    done
    [ "$(inside tsp-peer list | wc -l)" = 6 ] || fail "the units do not share"
    inside systemctl reload tsp-tracker tsp-peer || fail "the units do not reload"
    inside systemctl stop tsp-tracker tsp-peer
    inside systemctl is-failed tsp-tracker tsp-peer && fail "a unit has failed"
    say "a wrong setting"
    cp "$root/etc/tsp/tracker.conf" "$work/tracker.conf"
    echo "tsp.tracker.port = wrong" >> "$root/etc/tsp/tracker.conf"
    inside systemctl start tsp-tracker || true
    for _ in $(seq 100); do
        inside systemctl --quiet is-failed tsp-tracker && break
        sleep 0.3
    done
    [ "$(inside systemctl show --value --property=ActiveState tsp-tracker)" = failed ] || fail "a unit with a wrong setting has not failed"
    [ "$(inside systemctl show --value --property=NRestarts tsp-tracker)" = 0 ] || fail "a unit with a wrong setting starts again and again"
    cp "$work/tracker.conf" "$root/etc/tsp/tracker.conf"
    inside systemctl reset-failed tsp-tracker
    inside systemd-analyze verify --man=no tsp-tracker.service tsp-peer.service || fail "systemd-analyze verify"
    inside systemd-analyze security --no-pager tsp-tracker tsp-peer | grep Overall
    pkill -x systemd-nspawn || true
}

check_archive() {
    local root
    say "the archive in a fresh Debian"
    root=$(fresh plain "")
    tar -x -C "$root/opt" -f "$(archive linux-x64)"
    try_programs "$root" chroot "$root" env HOME=/root
}

check_arm64() {
    local root
    say "linux-arm64 under qemu"
    # The packages are only unpacked: to configure them, the kernel would have to know qemu.
    root=$work/arm
    debootstrap --variant=minbase --arch=arm64 --foreign --include=libssl3,libstdc++6,libgcc-s1,zlib1g bookworm "$root" "$mirror" \
        > "$work/debootstrap.log" 2>&1 || { tail -20 "$work/debootstrap.log"; exit 1; }
    find "$root/var/cache/apt/archives" -name "*.deb" -exec dpkg-deb -x {} "$root" \;
    furnish "$root" > /dev/null
    cp "$(command -v qemu-aarch64-static)" "$root/qemu"
    tar -x -C "$root/opt" -f "$(archive linux-arm64)"
    # .NET writes code through a second mapping of the memory, which qemu does not notice, so that it runs code that has changed.
    try_programs "$root" env HOME=/root DOTNET_EnableWriteXorExecute=0 chroot "$root" /qemu
}

check_windows() {
    say "win-x64 under Wine"
    (cd "$work" && unzip -q "$(archive win-x64)")
    export WINEPREFIX=$work/wine WINEDEBUG=-all WINEDLLOVERRIDES="winedbg.exe=d;winemenubuilder.exe=d"
    wine winecfg -v win10 > /dev/null 2>&1
    # Wine 8 has no P-256, so nothing is encrypted, and only guests run under it beside the tracker.
    export TSP__TRACKER__ENCRYPTION=off TSP__PEER__ENCRYPTION=off
    local bin tracker=27390
    bin=$(echo "$work"/tsp-*-win-x64)
    (cd "$bin" && exec wine tsp-tracker.exe --host 127.0.0.1 --port $tracker) > "$work/windows-tracker.log" 2>&1 &
    line '^tracker ready on' "$work/windows-tracker.log" || return
    mkdir "$work/linux"
    tar -x -C "$work/linux" --strip-components=1 -f "$(archive linux-x64)"
    "$work/linux/tsp-peer" serve --tracker 127.0.0.1:$tracker --music "$here/src/Peer/Demo/music" --data "$work/windows-peer" --port 0 \
        > "$work/windows-peer.log" 2>&1 &
    line 'sharing 6 songs' "$work/windows-peer.log" || return
    cd "$bin"
    wine tsp-peer.exe --version
    [ "$(wine tsp-peer.exe list --tracker 127.0.0.1:$tracker | wc -l)" = 6 ] || fail "windows: list"
    wine tsp-peer.exe play 1 --output "Z:${work//\//\\}\\song.mp3" --full-speed --tracker 127.0.0.1:$tracker 2>&1 | tee "$work/play.log" | tail -1
    grep -q "every byte matches" "$work/play.log" || fail "windows: play"
    wine tsp-peer.exe play 1 --audio "wav:Z:${work//\//\\}\\song.wav" --tracker 127.0.0.1:$tracker 2>&1 | head -1
    [ "$(stat -c %s "$work/song.wav")" -gt 2000000 ] || fail "windows: play into a WAV file"
    wineserver -k
}

for setting in ${!TSP__@}; do
    unset "$setting"
done
for check in "${checks[@]}"; do
    "check_$check"
done
[ $failed = 0 ] && echo "all well"
exit $failed
