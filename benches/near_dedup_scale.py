#!/usr/bin/env python3
"""What does a document cost, and how much memory does it take, as near-deduplication grows?

    python3 benches/near_dedup_scale.py target/release/quarry FOLDER [--documents 100000 1000000 5000000] [--words 80]

Writes documents of `--words` words (80 are about 600 bytes) that are all different, 15 % of them near copies of an earlier
one with none, one or two of its words changed (a Jaccard similarity of 1, about 0.88 and about 0.77), runs
`quarry dedup` over them and prints seconds, CPU seconds and peak memory, by document and in all. What was removed is
compared with what was planted: copies with no change or one have to go, and nothing that is no copy. Five million documents
take about 3.2 GB of input in FOLDER and three times as much while the run goes on; all of it is deleted afterwards.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]


def vocabulary(rng, num_words=50_000):
    words = set()
    while len(words) < num_words:
        words.add("".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4))))
    return sorted(words)


def write(folder, num_documents, num_words, seed):
    """Shards of documents, and how many copies with how many changes there are."""
    rng = random.Random(seed)
    words, recent, planted, number = vocabulary(rng), [], [0, 0, 0], 0
    while number < num_documents:
        with open(folder / f"part-{number // 500_000:03}.jsonl", "w", encoding="utf-8") as out:
            for number in range(number, min(num_documents, number + 500_000)):
                if recent and rng.random() < 0.15:
                    chosen, changes = list(rng.choice(recent)), rng.randrange(3)
                    for place in rng.sample(range(num_words), changes):
                        chosen[place] = rng.choice(words)
                    planted[changes] += 1
                    name = f"copy{changes}-{number}"
                else:
                    chosen, name = rng.choices(words, k=num_words), f"own-{number}"
                    if len(recent) < 10_000:
                        recent.append(chosen)
                    elif rng.random() < 0.1:
                        recent[rng.randrange(len(recent))] = chosen
                out.write(json.dumps({"id": name, "text": " ".join(chosen)}) + "\n")
            number += 1
    return planted


def run(binary, folder, out):
    begun = time.monotonic()
    command = [binary, "dedup", str(folder / "in"), "--out", str(out), "--progress", "none"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{binary} ended with status {status}")
    return time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def removed(out):
    try:
        import pyarrow.parquet
    except ImportError:
        return None
    counts = {}
    for part in sorted((out / "rejects").glob("*.parquet")):
        for name in pyarrow.parquet.read_table(part, columns=["row_id"])["row_id"].to_pylist():
            kind = name.split("-")[0]
            counts[kind] = counts.get(kind, 0) + 1
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("quarry")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--documents", type=int, nargs="+", default=[100_000, 1_000_000, 5_000_000])
    parser.add_argument("--words", type=int, default=80)
    parser.add_argument("--seed", type=int, default=17)
    args = parser.parse_args()
    print("| documents | MB | wall s | CPU s | CPU microseconds a document | peak MiB | planted 0, 1, 2 changes | removed |")
    print("|---|---|---|---|---|---|---|---|")
    for num_documents in args.documents:
        place = args.folder / f"scale-{num_documents}"
        shutil.rmtree(place, ignore_errors=True)
        (place / "in").mkdir(parents=True)
        planted = write(place / "in", num_documents, args.words, args.seed)
        size = sum(part.stat().st_size for part in (place / "in").iterdir()) / 1e6
        wall, cpu, peak = run(args.quarry, place, place / "out")
        counts = removed(place / "out")
        found = "pyarrow is not installed" if counts is None else json.dumps(counts, sort_keys=True)
        print(f"| {num_documents:,} | {size:.0f} | {wall:.1f} | {cpu:.1f} | {cpu / num_documents * 1e6:.1f} | {peak:.0f} |"
              f" {planted} | {found} |", flush=True)
        shutil.rmtree(place)


if __name__ == "__main__":
    main()
