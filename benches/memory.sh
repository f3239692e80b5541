#!/usr/bin/env bash
# Does memory stay flat as input grows? Peak resident memory over 200 MB and over 2 GB of generated shards, in one run,
# and over one shard of 2 GB. Usage: benches/memory.sh [QUARRY]   (needs python3 and GNU time; about 10 GB of disk)
set -euo pipefail
cd "$(dirname "$0")/.."
quarry=${1:-target/release/quarry}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 benches/generate.py "$work/small" 200
python3 benches/generate.py "$work/large" 2000
python3 benches/generate.py "$work/one" 2000 --shard-megabytes 2000
printf '%-8s %12s %10s %10s\n' input peak_kb seconds cpu_s
for input in small large one; do
  /usr/bin/time -f '%M %e %U %S' -o "$work/time" \
    "$quarry" run benches/recipes/filters.toml --input "$work/$input" --out "$work/out-$input" >"$work/log" 2>&1 ||
    { cat "$work/log"; exit 1; }
  read -r peak wall user system <"$work/time"
  printf '%-8s %12s %10s %10s\n' "$input" "$peak" "$wall" "$(echo "$user + $system" | bc)"
done
