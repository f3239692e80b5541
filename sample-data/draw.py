#!/usr/bin/env python3
"""Draws accepted pairs of a dataset by a fixed seed, to be read one by one. Needs pyarrow.

    python3 sample-data/draw.py OUT [--seed 17] [--number 100]
"""

import argparse
import pathlib
import random

import pyarrow.parquet


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--number", type=int, default=100)
    args = parser.parse_args()
    rows = pyarrow.parquet.read_table(args.out / "data").to_pylist()
    rows.sort(key=lambda row: row["id"])
    for number, row in enumerate(random.Random(args.seed).sample(rows, args.number), 1):
        print(f"{number}. {row['id'][:12]} [{row['domain']}; {row['answer_type']}]")
        print(f"   {row['question']}\n   => {row['answer']}")


if __name__ == "__main__":
    main()
