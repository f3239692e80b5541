#!/usr/bin/env python3
"""How fast is our embedding beside Python's onnxruntime: same model file, same texts, same tokenizer.

    pip install onnxruntime==1.31.1 tokenizers==0.23.3 numpy
    cargo build --release -p quarry-onnx --example throughput
    python3 benches/peers/onnx_python.py TEXTS --rust PATH/throughput --library PATH/libonnxruntime.so.1.31.1

TEXTS is JSON lines with a field `text`, plain or gzipped; ROWS of them are used, evenly drawn, in file order. With `--mixed` they
are cut to 4, 8, 16, 32, 64 words and not at all in turn, which is what a run embeds: questions, personas, passages, and
documents that fill the model's length. All ways run in turn, ROUNDS times, so that a busy machine is unkind to all alike, and the best round of each counts:

- Python, one row a call, one thread; and the same in one process a core
- Python, batches of 32 in file order, one thread; and one session with a thread a core
- ours on ONNX Runtime, with one worker and with a worker a core
- ours on rten, likewise

Python tokenises with the Rust tokenizer too, so what is compared is batching, padding and what lies around the engine.
"""

import argparse
import gzip
import json
import multiprocessing
import os
import pathlib
import subprocess
import tempfile
import time

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

MAX_TOKENS = 128


def read_texts(path, rows, mixed):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    texts = texts[:: max(1, len(texts) // rows)][:rows]
    if not mixed:
        return texts
    cuts = [4, 8, 16, 32, 64, None]
    return [" ".join(text.split()[: cuts[n % len(cuts)]]) for n, text in enumerate(texts)]


class Peer:
    def __init__(self, model, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(model / "encoder.int8.onnx"), options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self.tokenizer.enable_truncation(MAX_TOKENS)

    def one_by_one(self, texts):
        rows = []
        for text in texts:
            ids = np.array([self.tokenizer.encode(text).ids], dtype=np.int64)
            rows.append(self.session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0])
        return rows

    def batches(self, texts, size=32):
        self.tokenizer.enable_padding()
        rows = []
        for start in range(0, len(texts), size):
            encoded = self.tokenizer.encode_batch(texts[start : start + size])
            ids = np.array([e.ids for e in encoded], dtype=np.int64)
            mask = np.array([e.attention_mask for e in encoded], dtype=np.int64)
            rows.extend(self.session.run(None, {"input_ids": ids, "attention_mask": mask})[0])
        self.tokenizer.no_padding()
        return rows


def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    rows = work()
    return {"rows": len(rows), "wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu, "first": rows[:8]}


def share(arguments):
    model, texts = arguments
    peer = Peer(model, 1)
    peer.one_by_one(texts[:16])
    return timed(lambda: peer.one_by_one(texts))


def one_process_a_core(model, texts, cores):
    """Loading is left out: the slowest process's own time counts."""
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        found = pool.map(share, [(model, texts[n::cores]) for n in range(cores)])
    return {"rows": len(texts), "wall_s": max(f["wall_s"] for f in found), "cpu_s": sum(f["cpu_s"] for f in found)}


def ours(rust, model, texts_json, threads, library):
    command = [rust, model, texts_json, threads] + ([library] if library else [])
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def ways(arguments, texts, texts_json):
    model, cores = arguments.model, os.cpu_count() or 1
    single, wide = Peer(model, 1), Peer(model, cores)
    for peer in (single, wide):
        peer.one_by_one(texts[:32])
        peer.batches(texts[:64])
    table = {
        "python, one row a call, 1 thread": lambda: timed(lambda: single.one_by_one(texts)),
        "python, batches of 32, 1 thread": lambda: timed(lambda: single.batches(texts)),
        f"python, batches of 32, {cores} threads": lambda: timed(lambda: wide.batches(texts)),
        f"python, one row a call, {cores} processes": lambda: one_process_a_core(model, texts, cores),
    }
    if arguments.rust:
        for name, library in (("onnxruntime", arguments.library), ("rten", None)):
            if name == "onnxruntime" and not library:
                continue
            for threads in sorted({1, cores}):
                run = lambda library=library, threads=threads: ours(arguments.rust, model, texts_json, threads, library)
                table[f"ours, {name}, {threads} worker(s)"] = run
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=pathlib.Path)
    parser.add_argument("--model", type=pathlib.Path, default=pathlib.Path(__file__).parents[2] / "pipeline/models/minilm")
    parser.add_argument("--rust", type=pathlib.Path, help="the example `throughput`, built with --release")
    parser.add_argument("--library", type=pathlib.Path, help="the ONNX Runtime library for it")
    parser.add_argument("--mixed", action="store_true", help="cut the texts to many lengths")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    texts = read_texts(arguments.texts, arguments.rows, arguments.mixed)
    with tempfile.TemporaryDirectory() as scratch:
        texts_json = pathlib.Path(scratch) / "texts.json"
        texts_json.write_text(json.dumps(texts))
        table = ways(arguments, texts, texts_json)
        found = {name: [] for name in table}
        for _ in range(arguments.rounds):
            for name, run in table.items():
                found[name].append(run())
    tokenizer = Tokenizer.from_file(str(arguments.model / "tokenizer.json"))
    lengths = [len(tokenizer.encode(text).ids) for text in texts]
    print(f"{len(texts)} texts, {sum(lengths) / len(lengths):.0f} tokens on average, {os.cpu_count()} cores, best of {arguments.rounds}")
    print(f"{'':44} texts/s  texts/CPU-s")
    for name, rounds in found.items():
        wall = max(r["rows"] / r["wall_s"] for r in rounds)
        cpu = max(r["rows"] / max(r["cpu_s"], 0.01) for r in rounds)
        print(f"{name:44} {wall:7.1f}  {cpu:11.1f}")


if __name__ == "__main__":
    main()
