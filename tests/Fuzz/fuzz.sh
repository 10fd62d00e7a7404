#!/usr/bin/env bash
# Searches for inputs that break the parsers of untrusted bytes, with AFL++ and SharpFuzz (coverage-guided fuzzing).
# Usage: tests/Fuzz/fuzz.sh [MINUTES] [TARGET…]     MINUTES per target (default 10); the targets run one after another (default: all)
# All files go to tests/Fuzz/bin/fuzz, or to the folder in TSP_FUZZ_FOLDER. Exit code 1: it found crashes or hangs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

minutes=${1:-10}
[ $# -eq 0 ] || shift
folder=${TSP_FUZZ_FOLDER:-tests/Fuzz/bin/fuzz}
# The parts that are instrumented. All other code runs unchanged.
parts=(Protocol Mpeg Media Configuration)

say() { printf '%s\n' "fuzz.sh: $*" >&2; }
die() {
  say "$*"
  exit 2
}

[[ $minutes =~ ^[0-9]+$ ]] || die "MINUTES is a whole number, not $minutes"
if ! command -v afl-fuzz >/dev/null; then
  [ "$(id -u)" -eq 0 ] || die "afl-fuzz is missing; install it as root: apt-get install afl++"
  say "installing afl++"
  apt-get -qq update >&2
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends afl++ >&2
fi

# Two copies of the program: a plain one that writes seeds and describes findings, and an instrumented one that counts branches.
rm -rf "$folder/plain" "$folder/watched" "$folder/seeds" "$folder/found"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
dotnet publish tests/Fuzz -c Release -o "$folder/plain" -v quiet --nologo
dotnet tool restore >/dev/null
cp -r "$folder/plain" "$folder/watched"
for part in "${parts[@]}"; do
  dotnet tool run sharpfuzz "$folder/watched/TspActors.$part.dll"
  # The tool fails silently, with exit code 0.
  grep -qa SharpFuzz.Common "$folder/watched/TspActors.$part.dll" || die "TspActors.$part.dll was not instrumented"
done

plain=(dotnet "$folder/plain/TspActors.Fuzz.dll")
read -ra known <<<"$("${plain[@]}" targets)"
[ $# -gt 0 ] || set -- "${known[@]}"
for target in "$@"; do
  [[ " ${known[*]} " == *" $target "* ]] || die "there is no target $target; the targets are: ${known[*]}"
done

# The parsers of files read them from a temporary folder, which is in memory if possible.
TMPDIR=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

# Short songs from a real encoder, with its tags and its info frame.
add_songs() {
  command -v lame >/dev/null || return 0
  local song options
  song=0
  for options in "-b 32 -m m --id3v2-only" "-V 9 -m j --id3v2-utf16 --pad-id3v2" "-b 24 -m m --id3v1-only -t"; do
    # shellcheck disable=SC2086
    head -c 12000 /dev/zero | lame --quiet -r -s 22.05 --bitwidth 16 $options \
      --tt "Seed" --ta "Äther" --tg 17 --ty 2001 --tn 3 - "$1/lame-$song" || true
    song=$((song + 1))
  done
}

make_seeds() {
  local seeds="$folder/seeds/$1" file
  "${plain[@]}" seeds "$1" "$seeds"
  case $1 in
    mp3 | tags) add_songs "$seeds" ;;
    hocon)
      for file in config/*.conf; do
        grep -v '^ *#' "$file" | grep -v '^ *$' >"$seeds/$(basename "$file")"
      done
      ;;
  esac
  # A seed that breaks a rule is already a finding.
  "${plain[@]}" run "$1" "$seeds"
}

# The maximum length of an input in bytes: long enough to reach every branch, short enough for a thousand executions a second.
max_length() {
  case $1 in
    mp3 | tags | mpeg) echo 16384 ;;
    ignore) echo 2048 ;;
    *) echo 8192 ;;
  esac
}

run_afl() {
  local target=$1 dictionary=$1
  case $target in mp3 | mpeg) dictionary=tags ;; esac
  AFL_NO_UI=1 AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
    AFL_FORKSRV_INIT_TMOUT=60000 \
    afl-fuzz -i "$folder/seeds/$target" -o "$folder/found/$target" -x "tests/Fuzz/Dictionaries/$dictionary.dict" \
    -V $((minutes * 60)) -m none -t 10000 -G "$(max_length "$target")" \
    -- dotnet "$folder/watched/TspActors.Fuzz.dll" fuzz "$target" >"$folder/found/$target.log" 2>&1
}

stat_of() { awk -v key="$1" '$1 == key { print $3 }' "$folder/found/$2/default/fuzzer_stats"; }

status=0
report=()
mkdir -p "$folder/found"
for target in "$@"; do
  if ! make_seeds "$target"; then
    report+=("$target: a seed breaks a rule (see above); the inputs are in $folder/seeds/$target")
    status=1
    continue
  fi
  say "$target: $minutes minutes"
  if ! run_afl "$target" || [ ! -f "$folder/found/$target/default/fuzzer_stats" ]; then
    tail -n 20 "$folder/found/$target.log" >&2
    report+=("$target: afl-fuzz failed, see $folder/found/$target.log")
    status=1
    continue
  fi
  crashes=$(stat_of saved_crashes "$target") hangs=$(stat_of saved_hangs "$target")
  counts="$(stat_of run_time "$target") s, $(stat_of execs_done "$target") executions ($(stat_of execs_per_sec "$target")/s)"
  counts+=", $(stat_of corpus_count "$target") paths, $(stat_of edges_found "$target") edges, $crashes crashes, $hangs hangs"
  report+=("$target: $counts; inputs: $folder/found/$target/default")
  if [ $((crashes + hangs)) -gt 0 ]; then
    status=1
    # Prints what is wrong with each finding, without afl-fuzz. Its inputs are named id:*; another file in these folders is a note.
    find "$folder/found/$target/default/crashes" "$folder/found/$target/default/hangs" -name 'id:*' -print0 2>/dev/null \
      | xargs -0r timeout 600 "${plain[@]}" run "$target" || true
  fi
done
printf '%s\n' "${report[@]}"
exit "$status"
