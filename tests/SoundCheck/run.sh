#!/bin/bash
# Plays songs through the backends for sound, records what is heard from a PulseAudio null sink, and compares the two.
#
#   tests/SoundCheck/run.sh [BACKEND...]
#
# BACKEND is PLATFORM:AUDIO. AUDIO is a value of --audio. PLATFORM is
#   linux    this machine
#   bare     this machine, but without the libraries and the program of mpg123 (needs root)
#   alsa     the same, and without libpulse-simple
#   program  the same, and without libasound
#   windows  the win-x64 build under Wine
# With linux, bare, alsa and program, a song of the peer's demo is played as well.
# Needs: the .NET SDK, lame, ffmpeg, pulseaudio, pulseaudio-utils; for bare, alsa and program patchelf and libasound2-plugins; for windows wine64 and wine. Prints a table
# for each backend; the exit code is 1 if something was not heard.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
backends=("$@")
[ ${#backends[@]} -gt 0 ] || backends=(linux:mpg123 bare:auto alsa:auto program:auto windows:naudio)
failed=0
server=

# A busy machine makes gaps that have nothing to do with the programs that are checked.
urgent=()
nice -n -15 true 2> /dev/null && urgent=(nice -n -15)

start_server() {
    ${urgent[@]+"${urgent[@]}"} pulseaudio -n --daemonize=no --use-pid-file=no --exit-idle-time=-1 --high-priority=no --realtime=no \
        -L "module-null-sink sink_name=check rate=44100 channels=2 format=s16le norewinds=1" \
        -L "module-native-protocol-unix auth-anonymous=1 socket=$work/native" > "$work/pulse.log" 2>&1 &
    server=$!
    for _ in $(seq 100); do
        pactl info > /dev/null 2>&1 && return
        sleep 0.1
    done
    echo "the sound server did not start:"
    cat "$work/pulse.log"
    exit 1
}

record() {
    ${urgent[@]+"${urgent[@]}"} parec -d check.monitor --format=s16le --rate=44100 --channels=2 --latency-msec=50 > "$1" &
    recorder=$!
}

clean_up() {
    [ -z "${recorder:-}" ] || kill "$recorder" 2> /dev/null || true
    [ -z "$server" ] || kill "$server" 2> /dev/null || true
    [ ! -d "$work/wine" ] || wineserver -k 2> /dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT

# Noise is unlike itself at every other place, so a piece of it is found at one place only.
song() { # NAME SEED SECONDS RATE CHANNELS
    ffmpeg -v error -f lavfi -i "anoisesrc=d=$3:c=pink:r=$4:a=0.5:s=$2" -ac "$5" "$work/$1.wav"
    lame --quiet -b 160 "$work/$1.wav" "$work/$1.mp3"
    # lame decodes with the library of mpg123, and cuts off delay and padding to the sample.
    lame --quiet --decode "$work/$1.mp3" "$work/$1.decoded.wav"
    ffmpeg -v error -i "$work/$1.decoded.wav" -af aresample=44100 -ac 2 -f s16le "$work/$1.raw"
}

export PULSE_SERVER="unix:$work/native" PULSE_RUNTIME_PATH="$work" PULSE_COOKIE="$work/cookie"
export WINEPREFIX="$work/wine" WINEDEBUG=-all WINEDLLOVERRIDES="winedbg.exe=d;winemenubuilder.exe=d"
song a 1 10 44100 2
song b 2 6 44100 2
song c 3 3 22050 1
dotnet build "$here" -c Release --artifacts-path "$work/native-build" -o "$work/linux" -nologo -v q > "$work/build.log" 2>&1 \
    || { cat "$work/build.log"; exit 1; }
# The sound of the demo, by its console.
demo=$here/../../src/Peer/Demo/music/bob/02-snowmelt-waltz.mp3
lame --quiet --decode "$demo" "$work/demo.wav"
ffmpeg -v error -i "$work/demo.wav" -af aresample=44100 -ac 2 -f s16le "$work/demo.raw"
dotnet build "$here/../../src/Peer" -c Release --artifacts-path "$work/native-build" -o "$work/peer" -nologo -v q > "$work/build.log" 2>&1 \
    || { cat "$work/build.log"; exit 1; }
if [[ " ${backends[*]} " == *" windows:"* ]]; then
    # A publish for another platform rewrites the lock files, so it works on a copy.
    mkdir "$work/source"
    (cd "$here/../.." && git ls-files -z -co --exclude-standard | tar --null -T - --ignore-failed-read -c) | tar -x -C "$work/source"
    dotnet publish "$work/source/tests/SoundCheck" -c Release -r win-x64 --self-contained -o "$work/windows" -nologo -v q \
        > "$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
    ${urgent[@]+"${urgent[@]}"} wine winecfg -v win10 > /dev/null 2>&1
fi

# Libraries and programs that the platform does not have.
hidden() {
    case $platform in
        bare) echo "libmpg123.so.0 libout123.so.0 mpg123" ;;
        alsa) echo "libmpg123.so.0 libout123.so.0 mpg123 libpulse-simple.so.0" ;;
        program) echo "libmpg123.so.0 libout123.so.0 mpg123 libpulse-simple.so.0 libasound.so.2" ;;
    esac
}

# libpulse needs libsndfile, which needs libmpg123: here under another name, by which the peer does not know it.
rename_mpg123() {
    mkdir -p "$work/renamed"
    cp "$(realpath /usr/lib/*/libmpg123.so.0)" "$work/renamed/librenamed123.so.0"
    cp "$(realpath /usr/lib/*/libsndfile.so.1)" "$work/renamed/libsndfile.so.1"
    patchelf --set-soname librenamed123.so.0 "$work/renamed/librenamed123.so.0"
    patchelf --replace-needed libmpg123.so.0 librenamed123.so.0 "$work/renamed/libsndfile.so.1"
}

# Runs a command in a mount namespace of its own, where an empty file is in the place of each hidden one.
without() { # NAMES COMMAND...
    local names=$1
    shift
    [ -d "$work/renamed" ] || rename_mpg123
    LD_LIBRARY_PATH="$work/renamed" unshare --mount bash -c '
        for name in $0; do
            for file in /usr/lib/*/$name /usr/bin/$name; do
                [ ! -f "$file" ] || mount --bind /dev/null "$(realpath "$file")"
            done
        done
        exec "$@"' "$names" "$@"
}

check() { # COMMAND AUDIO FILES...
    local command=$1 audio=$2
    shift 2
    if [ "$platform" = windows ]; then
        ${urgent[@]+"${urgent[@]}"} wine "$work/windows/TspActors.SoundCheck.exe" "$command" "$audio" "${@/#/Z:}"
    else
        on_platform dotnet "$work/linux/TspActors.SoundCheck.dll" "$command" "$audio" "$@"
    fi
}

# Runs a program of this machine as the platform has it.
on_platform() { # COMMAND...
    if [ "$platform" = linux ]; then
        ${urgent[@]+"${urgent[@]}"} "$@"
    else
        without "$(hidden)" ${urgent[@]+"${urgent[@]}"} "$@"
    fi
}

# Plays a song in the demo's console, until the console says that it has ended.
play_demo() { # AUDIO
    local said="$work/demo.log" player
    mkdir -p "$work/home"
    mkfifo "$work/keys"
    (cd "$work/home" && HOME="$work/home" on_platform dotnet "$work/peer/TspActors.Peer.dll" demo --audio "$1" < "$work/keys" > "$said" 2>&1) &
    player=$!
    exec 3> "$work/keys"
    until grep -q "^peer ready on " "$said"; do kill -0 "$player" && sleep 0.1 || break; done
    echo "play snowmelt" >&3
    until grep -q "^ended: " "$said"; do kill -0 "$player" && sleep 0.1 || break; done
    echo quit >&3
    exec 3>&-
    rm "$work/keys"
    wait "$player" || failed=1
    grep "audio\|^playing " "$said" || { cat "$said"; failed=1; }
}

compare() { dotnet "$work/linux/TspActors.SoundCheck.dll" "$@" || failed=1; }

for backend in "${backends[@]}"; do
    platform=${backend%%:*}
    audio=${backend#*:}
    echo "== $backend"
    start_server
    record "$work/heard.raw"
    check play "$audio" "$work/a.mp3" "$work/b.mp3" "$work/c.mp3" 2>&1 | tr -d '\r' || failed=1
    kill "$recorder"
    wait "$recorder" 2> /dev/null || true
    compare compare "$work/heard.raw" "$work/a.raw" "$work/b.raw" "$work/c.raw"

    if [ "$platform" != windows ]; then
        record "$work/demo.heard.raw"
        play_demo "$audio"
        kill "$recorder"
        wait "$recorder" 2> /dev/null || true
        compare whole "$work/demo.heard.raw" "$work/demo.raw"
    fi

    # The server is lost in the middle of a song, and comes back three seconds later.
    check lose "$audio" "$work/a.mp3" > "$work/lost.log" 2>&1 &
    player=$!
    until grep -q "song 0" "$work/lost.log"; do sleep 0.1; done
    sleep 1.5
    kill -9 "$server"
    wait "$server" 2> /dev/null || true
    sleep 1
    start_server
    record "$work/lost.raw"
    wait "$player" || failed=1
    kill "$recorder"
    wait "$recorder" 2> /dev/null || true
    tr -d '\r' < "$work/lost.log"
    compare found "$work/lost.raw" "$work/a.raw"
    kill "$server"
    wait "$server" 2> /dev/null || true
done
exit "$failed"
