#!/usr/bin/env python3
"""How fast, and how right, is near-duplicate removal beside rensa, Daft and datatrove: same documents, same truth.

    python3 benches/peers/corpus.py ...                      # its head says how; writes corpus.jsonl
    python3 -m venv V && V/bin/pip install rensa==0.5.0 daft==0.7.26 pyarrow
    python3 -m venv D && D/bin/pip install "datatrove[processing,io]==0.10.1" spacy
    cargo build --release && cargo bench --bench near_dedup --no-run
    V/bin/python benches/peers/near_dedup_python.py corpus.jsonl --quarry target/release/quarry \\
        --signature BENCH_BINARY --datatrove D/bin/python [--rounds 3] [--documents 20000]

Each way runs in a process of its own, all ways once a round, so that a busy machine is unkind to all alike. CPU seconds
are those of the process and its children, without start-up: what a run over one document takes is taken off ours,
Python's imports are not counted. Figures are medians of the rounds. All ways get 5-word shingles and 112 hash values.

- quarry dedup: the whole verb, reading JSON Lines, writing parquet, exact verification; default bands, and 14 x 8
- quarry signature: `near_dedup`'s keys alone, text handling included (Daft's counterpart), documents in memory
- rensa: words and shingles in Python, then its MinHash and LSH, 14 bands; a document goes if its query finds another
- Daft: normalise and minhash over the JSON Lines file, no decision, hence no quality
- datatrove: its four stages with FineWeb's settings (sha1, 14 x 8), one worker

Truth is the exact Jaccard similarity of sets of 5-word shingles, words being runs of `\\w`, lower-cased; found by prefix
filtering, which loses no pair. *Missed*: pairs at or above 0.8 of which both stay. *Wrong*: removed documents whose most
alike other document is below 0.8 (below 0.5 in brackets).
"""

import argparse
import collections
import json
import math
import os
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time

# What `quarry dedup` runs, where a setting has no flag.
RECIPE = """
[recipe]
name = "near"

[[stage]]
name = "dedup"
op = "near_dedup"
params = {{ threshold = {threshold}{params} }}
"""
WORD = re.compile(r"\w+")
WIDTH, THRESHOLD, LOW = 5, 0.8, 0.5


def documents(path, limit=None):
    with open(path, encoding="utf-8") as lines:
        rows = [json.loads(line) for _, line in zip(range(limit or sys.maxsize), lines)]
    return [(row["id"], row["text"]) for row in rows]


def shingles(text):
    words = WORD.findall(text.lower())
    return {" ".join(words[at : at + WIDTH]) for at in range(max(1, len(words) - WIDTH + 1))} if words else set()


def pairs_from(documents, low):
    """All pairs of documents with a Jaccard similarity of at least `low`: two such sets share one of their rarest
    shingles, of which so many are looked at that none can be missed."""
    sets = [shingles(text) for _, text in documents]
    counts = collections.Counter(shingle for one in sets for shingle in one)
    numbers = {shingle: number for number, (shingle, _) in enumerate(sorted(counts.items(), key=lambda item: item[1]))}
    sets = [sorted(numbers[shingle] for shingle in one) for one in sets]
    as_sets = [set(one) for one in sets]
    places, found = collections.defaultdict(list), {}
    for document, one in enumerate(sets):
        others = set()
        for shingle in one[: len(one) - math.ceil(low * len(one)) + 1]:
            others.update(places[shingle])
            places[shingle].append(document)
        for other in others:
            if min(len(one), len(sets[other])) < low * max(len(one), len(sets[other])):
                continue
            common = len(as_sets[document] & as_sets[other])
            jaccard = common / (len(one) + len(sets[other]) - common)
            if jaccard >= low:
                found[other, document] = jaccard
    return found


class Truth:
    def __init__(self, documents):
        self.ids = [name for name, _ in documents]
        self.pairs = pairs_from(documents, LOW)
        self.alike = [pair for pair, jaccard in self.pairs.items() if jaccard >= THRESHOLD]
        self.best = collections.defaultdict(float)
        for pair, jaccard in self.pairs.items():
            for document in pair:
                self.best[document] = max(self.best[document], jaccard)

    def judge(self, removed):
        gone = {number for number, name in enumerate(self.ids) if name in removed}
        missed = sum(1 for one, two in self.alike if one not in gone and two not in gone)
        wrong = [self.best[number] for number in gone if self.best[number] < THRESHOLD]
        return missed, len(wrong), sum(1 for best in wrong if best < LOW)


# ---- the ways, each in a process of its own: they print what they removed and what it cost


def cpu():
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def way_rensa(path, limit, folder):
    from rensa import RMinHash, RMinHashLSH

    yield
    index, hashes, removed = RMinHashLSH(threshold=THRESHOLD, num_perm=112, num_bands=14), {}, []
    for number, (name, text) in enumerate(documents(path, limit)):
        found = shingles(text)
        if not found:
            continue
        hashes[number] = RMinHash(num_perm=112, seed=42)
        hashes[number].update(list(found))
        if index.query(hashes[number]):
            removed.append(name)
        else:
            index.insert(number, hashes[number])
    yield removed


def way_daft(path, limit, folder):
    os.environ["DO_NOT_TRACK"] = "true"
    import daft

    yield
    frame = daft.read_json(str(path))
    text = daft.col("text").normalize(remove_punct=True, lowercase=True, nfd_unicode=True, white_space=True)
    signed = text.minhash(num_hashes=112, ngram_size=WIDTH, seed=1, hash_function="xxhash")
    frame.select(daft.col("id"), signed.alias("signature")).collect()
    yield None


def way_datatrove(path, limit, folder):
    import logging

    logging.disable(logging.INFO)
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter
    from datatrove.pipeline.dedup import MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers.jsonl import JsonlWriter
    from datatrove.utils.hashing import HashConfig

    yield
    settings = MinhashConfig(
        hash_config=HashConfig(hash_fc="sha1", precision=64), num_buckets=14, hashes_per_bucket=8, n_grams=WIDTH
    )
    read = lambda: JsonlReader(str(pathlib.Path(path).parent), glob_pattern=pathlib.Path(path).name)
    stages = [
        [read(), MinhashDedupSignature(output_folder=f"{folder}/signatures", config=settings)],
        [MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/buckets", config=settings)],
        [MinhashDedupCluster(f"{folder}/buckets", f"{folder}/remove", config=settings)],
        [
            read(),
            MinhashDedupFilter(
                f"{folder}/remove", exclusion_writer=JsonlWriter(f"{folder}/removed", compression=None)
            ),
        ],
    ]
    for number, stage in enumerate(stages):
        tasks = 14 if number == 1 else 1
        LocalPipelineExecutor(stage, tasks=tasks, workers=1, logging_dir=f"{folder}/logs{number}").run()
    removed = []
    for part in pathlib.Path(folder, "removed").rglob("*.jsonl"):
        removed += [json.loads(line)["id"] for line in part.read_text(encoding="utf-8").splitlines()]
    yield removed


WAYS = {"rensa": way_rensa, "daft": way_daft, "datatrove": way_datatrove}


def run_way(name, path, limit):
    """In the child: imports, then the work between two looks at the clocks."""
    with tempfile.TemporaryDirectory() as folder:
        steps = WAYS[name](path, limit, folder)
        next(steps)
        before, begun = cpu(), time.monotonic()
        removed = next(steps)
        spent = {"cpu": cpu() - before, "wall": time.monotonic() - begun, "removed": removed}
    print("RESULT " + json.dumps(spent))


# ---- the parent


def child(command, **more):
    """Runs a process; gives its output, CPU seconds and wall seconds."""
    with tempfile.TemporaryFile() as out:
        begun = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, **more)
        errors = process.stderr.read().decode(errors="replace")
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - begun
        out.seek(0)
        text = out.read().decode(errors="replace")
    if status != 0:
        return None, errors.strip().splitlines()[-1:] or [f"status {status}"]
    return {"text": text, "cpu": used.ru_utime + used.ru_stime, "wall": wall}, None


def peer(python, name, corpus, limit):
    command = [python, __file__, corpus, "--way", name] + (["--documents", str(limit)] if limit else [])
    done, failure = child(command)
    if done is None:
        return None, failure
    spent = json.loads(done["text"].rsplit("RESULT ", 1)[1])
    removed = None if spent["removed"] is None else set(spent["removed"])
    return {**spent, "removed": removed}, None


def quarry(binary, corpus, more):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        command = [binary, "dedup", corpus, "--out", out, "--threshold", str(THRESHOLD)]
        if more:
            recipe = os.path.join(folder, "recipe.toml")
            pathlib.Path(recipe).write_text(RECIPE.format(threshold=THRESHOLD, params=more), encoding="utf-8")
            command = [binary, "filter", corpus, "--recipe", recipe, "--out", out]
        done, failure = child([*command, "--progress", "none"])
        if done is None:
            return None, failure
        import pyarrow.parquet

        names = []
        for part in sorted(pathlib.Path(out, "rejects").glob("*.parquet")):
            table = pyarrow.parquet.read_table(part)
            column = "doc_id" if "doc_id" in table.column_names else "row_id"
            names += table[column].to_pylist()
    return {"cpu": done["cpu"], "wall": done["wall"], "removed": set(names)}, None


def signature(binary, corpus):
    done, failure = child([binary, corpus])
    if done is None:
        return None, failure
    spent = json.loads(done["text"])
    return {"cpu": spent["cpu_s"], "wall": spent["wall_s"], "removed": None}, None


def less_start(result, start):
    spent, failure = result
    if spent and start[0]:
        spent = {**spent, "cpu": spent["cpu"] - start[0]["cpu"], "wall": spent["wall"] - start[0]["wall"]}
    return spent, failure


def ways(args, corpus, one):
    if args.quarry:
        for label, more in (("quarry dedup", ""), ("quarry, 14 x 8", ", bands = 14, rows = 8")):
            yield label, lambda more=more: less_start(quarry(args.quarry, corpus, more), quarry(args.quarry, one, more))
    if args.signature:
        yield "quarry signature", lambda: signature(args.signature, corpus)
    yield "rensa 0.5.0", lambda: peer(sys.executable, "rensa", corpus, None)
    yield "Daft 0.7.26, signature", lambda: peer(sys.executable, "daft", corpus, None)
    if args.datatrove:
        yield "datatrove 0.10.1, sha1", lambda: peer(args.datatrove, "datatrove", corpus, None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--quarry")
    parser.add_argument("--signature")
    parser.add_argument("--datatrove")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--documents", type=int)
    parser.add_argument("--way", choices=WAYS)
    args = parser.parse_args()
    if args.way:
        return run_way(args.way, args.corpus, args.documents)
    given = documents(args.corpus, args.documents)
    truth = Truth(given)
    print(f"{len(given)} documents, {sum(len(text) for _, text in given) / len(given):.0f} characters each;"
          f" {len(truth.alike)} pairs >= {THRESHOLD}, {len(truth.pairs)} >= {LOW}")
    with tempfile.TemporaryDirectory() as folder:
        corpus, one = os.path.join(folder, "corpus.jsonl"), os.path.join(folder, "one.jsonl")
        for path, some in ((corpus, given), (one, given[:1])):
            with open(path, "w", encoding="utf-8") as out:
                out.writelines(json.dumps({"id": name, "text": text}) + "\n" for name, text in some)
        spent = collections.defaultdict(list)
        for number in range(args.rounds):
            load = os.getloadavg()[0]
            for label, run in ways(args, corpus, one):
                result, failure = run()
                print(f"round {number + 1}, load {load:.1f}: {label}: "
                      + (f"{result['cpu']:.2f} CPU s, {result['wall']:.2f} s" if result else f"failed: {failure}"),
                      file=sys.stderr)
                spent[label].append(result)
    table(spent, truth, len(given))


def table(spent, truth, num_documents):
    print("| way | documents a CPU second | CPU s | wall s (least to most) | removed | missed | wrong |")
    print("|---|---|---|---|---|---|---|")
    for label, results in spent.items():
        results = [result for result in results if result]
        if not results:
            print(f"| {label} | not installed | | | | | |")
            continue
        seconds = statistics.median(result["cpu"] for result in results)
        walls = sorted(result["wall"] for result in results)
        removed = results[0]["removed"]
        quality = "- | - | no decision"
        if removed is not None:
            missed, wrong, far = truth.judge(removed)
            share = 100 * (1 - missed / max(1, len(truth.alike)))
            quality = f"{len(removed)} | {missed} ({share:.2f} % found) | {wrong} ({far})"
        print(f"| {label} | {num_documents / max(seconds, 1e-9):,.0f} | {seconds:.2f} |"
              f" {statistics.median(walls):.2f} ({walls[0]:.2f} to {walls[-1]:.2f}) | {quality} |")


if __name__ == "__main__":
    main()
