#!/usr/bin/env python3
"""Writes JSON Lines shards of about 3 kB documents made from the sample's sentences, all different, for load tests.

    python3 benches/generate.py DIR MEGABYTES [--shard-megabytes 100] [--seed 17]
"""

import argparse
import json
import pathlib
import random
import re

SAMPLE = pathlib.Path(__file__).resolve().parent.parent / "sample-data" / "shards"


def sentences():
    found = []
    for name in ("web-00.jsonl", "web-01.jsonl"):
        for line in (SAMPLE / name).read_bytes().splitlines():
            try:
                text = json.loads(line)["text"]
            except (ValueError, KeyError, TypeError):
                continue
            if isinstance(text, str) and len(text) > 300:
                found += [part for part in re.split(r"(?<=[.!?])\s+", text) if 40 < len(part) < 400]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=pathlib.Path)
    parser.add_argument("megabytes", type=int)
    parser.add_argument("--shard-megabytes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=17)
    args = parser.parse_args()
    args.dir.mkdir(parents=True, exist_ok=True)
    pool, rng, number = sentences(), random.Random(args.seed), 0
    for shard in range((args.megabytes + args.shard_megabytes - 1) // args.shard_megabytes):
        left = min(args.shard_megabytes, args.megabytes - shard * args.shard_megabytes) * 1_000_000
        with open(args.dir / f"generated-{shard:04}.jsonl", "w", encoding="utf-8") as out:
            while left > 0:
                parts, length = [], 0
                while length < 3_000:
                    parts.append(rng.choice(pool))
                    length += len(parts[-1]) + 1
                row = json.dumps({"id": f"g{number}", "text": " ".join(parts)}, ensure_ascii=False)
                out.write(row + "\n")
                left -= len(row.encode()) + 1
                number += 1
    print(f"{number} documents in {args.dir}")


if __name__ == "__main__":
    main()
