#!/usr/bin/env python3
"""How fast, and how right, is decontamination beside datatrove and lm-eval's Janitor: same documents, same test questions.

    python3 benches/peers/corpus.py ...                      # its head says how; writes corpus.jsonl
    python3 -m venv D && D/bin/pip install "datatrove[processing,io]==0.10.1" spacy
    pip download --no-deps --only-binary :all: lm-eval==0.4.13 && unzip lm_eval-*.whl 'lm_eval/decontamination/janitor.py'
    python3 benches/peers/decontamination_python.py corpus.jsonl --quarry target/release/quarry \\
        --datatrove D/bin/python --janitor lm_eval/decontamination/janitor.py [--rounds 3] [--documents 5000]

Test questions are 2,000 passages of 48 words out of documents that are not searched, none with 13 words in a row that
these have; 481 are planted, each as a paragraph in the middle of a document. Whatever is removed beside those is a false
hit. Each way runs in a process of its own, all ways once a round; CPU seconds are those of the process, without imports
and without building the index; ours are those of the whole verb with reading and writing, less a run over one document.

- quarry: the verb with its defaults
- datatrove: its n-gram filter, n = 12 (default) and 13, hashes of the questions written as its indexer would
- Janitor: 13, pure Python; a document counts as found if anything is cut out of it

Then the same 481 questions lightly edited: case, punctuation, spacing, numbers spelled (those that have numbers), and
choices in another order (questions of ten words with four options); and rewritten, every sixth word dropped, which no
n-gram promises to find. Last, our stage's own time with one pack and with a hundred packs of as many other questions.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile

WORD = re.compile(r"\w+")
NUM_ITEMS, NUM_PLANTED, ITEM_WORDS, NUM_PACKS = 2000, 481, 48, 100
ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen""".split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()


def spelled(number):
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    if number < 1000:
        rest = f" and {spelled(number % 100)}" if number % 100 else ""
        return f"{ONES[number // 100]} hundred{rest}"
    rest = number % 1000
    return f"{spelled(number // 1000)} thousand" + (f" {'and ' if rest < 100 else ''}{spelled(rest)}" if rest else "")


def grams(text, n):
    words = WORD.findall(text.lower())
    return {" ".join(words[at : at + n]) for at in range(len(words) - n + 1)}


# What stands between white space, so that `4.2.1` and `x2` stay as they are.
NUMBER = re.compile(r"(?<!\S)[1-9]\d{0,5}(?=[.,;]?(?:\s|$))")


def in_words(text, _):
    return NUMBER.sub(lambda found: spelled(int(found.group())), text)


def reordered(text, dice):
    stem, *options = text.split("\n")
    options = [option[4:] for option in options]
    dice.shuffle(options)
    return "\n".join([stem, *(f"({label}) {option}" for label, option in zip("ABCD", options))])


def choice(text):
    words = text.split()
    options = [" ".join(words[at : at + 3]) for at in (10, 18, 26, 34)]
    lines = [f"({label}) {option}" for label, option in zip("ABCD", options)]
    return "\n".join([" ".join(words[:10]) + "?", *lines])


EDITS = {
    "verbatim": lambda text, dice: text,
    "case": lambda text, dice: text.upper(),
    "punctuation removed": lambda text, dice: re.sub(r"[!-/:-@\[-`{-~]", "", text),
    "punctuation as spaces": lambda text, dice: re.sub(r"[!-/:-@\[-`{-~]", " ", text),
    "spacing": lambda text, dice: re.sub(r"\s", lambda _: dice.choice(["  ", "\n", "\t", "\u00a0"]), text),
    "numbers spelled": in_words,
    "rewritten": lambda text, dice: " ".join(word for at, word in enumerate(text.split()) if at % 6 != 5),
}


class Material:
    """Documents and questions; all that is drawn depends on the seed alone."""

    def __init__(self, corpus, num_documents):
        dice = random.Random(17)
        with open(corpus, encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        self.documents = [(row["id"], row["text"]) for row in rows[:num_documents]]
        known = set().union(*(grams(text, 13) for _, text in self.documents))
        self.items = []
        for row in rows[num_documents:]:
            words = row["text"].split()
            if len(words) < 2 * ITEM_WORDS:
                continue
            start = dice.randrange(len(words) - ITEM_WORDS)
            item = " ".join(words[start : start + ITEM_WORDS])
            found = grams(item, 13)
            if len(found) >= 20 and not found & known:
                known |= found
                self.items.append(item)
        if len(self.items) < NUM_ITEMS:
            sys.exit(f"the corpus gives {len(self.items)} questions of {NUM_ITEMS}; take fewer documents")
        self.items = self.items[:NUM_ITEMS]
        self.targets = dice.sample(range(len(self.documents)), NUM_PLANTED)

    def planted(self, edit, items, only=False):
        """Documents with an edited question each, and which of them have one."""
        dice = random.Random(23)
        documents, planted = [list(document) for document in self.documents], []
        touched = [item for item in items if edit is EDITS["verbatim"] or edit(item, random.Random(29)) != item]
        for target, item in zip(self.targets, touched):
            text, edited = documents[target][1], edit(item, dice)
            cut = text.rfind("\n", 0, max(len(text) // 2, 1)) + 1
            documents[target][1] = f"{text[:cut]}\n{edited}\n\n{text[cut:]}"
            planted.append(target)
        rows = [documents[at] for at in planted] if only else documents
        return rows, {documents[at][0] for at in planted}


def write(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def write_documents(path, documents):
    return write(path, ({"id": name, "text": text} for name, text in documents))


def write_pack(path, items):
    return write(path, ({"name": f"{path.stem}/{at}", "question": item} for at, item in enumerate(items)))


QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

# Ways. Each gives CPU seconds and the ids that were removed.


def quarry(program, documents, packs, folder):
    out = pathlib.Path(tempfile.mkdtemp(dir=folder)) / "out"
    command = [program, "decontaminate", str(documents), "--out", str(out), "--rows", "documents", "--progress", "none"]
    environment = {**os.environ, "QUARRY__RUN__THREADS": "1"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*command, "--packs", *map(str, packs)], check=True, env=environment, **QUIET)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(out / "removed.jsonl", encoding="utf-8") as lines:
        removed = {json.loads(line)["doc_id"] for line in lines}
    stages = json.loads((out / "run_results.json").read_text())["stages"]
    (stage,) = (stage for stage in stages if stage["op"] == "decontaminate")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, removed, (stage.get("counts") or stage)["busy_ms"] / 1000


def peer(python, way, documents, pack, janitor):
    command = [python, __file__, str(documents), "--way", way, "--pack", str(pack), "--janitor", str(janitor)]
    answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])
    return answer["cpu"], set(answer["removed"])


def way_datatrove(n, documents, items):
    import numpy
    from datatrove.data import Document
    from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontFilter
    from datatrove.utils.text import ngrams, simplify_text

    # Its indexer wants lighteval, the filter does not: the index is written here, with the filter's own words and hashes.
    config = NGramsDecontConfig(n_grams=n)
    with tempfile.TemporaryDirectory() as folder:
        block = NGramsDecontFilter(folder, config)
        words = lambda text: block.tokenizer.word_tokenize(simplify_text(text, config.norm_config))
        hashes = {block.hash_func(" ".join(gram)) for item in items for gram in ngrams(words(item), n)}
        numpy.array(list(hashes), dtype=config.hash_config.np_descr).tofile(f"{folder}/pack.index.hashes")
        block.load_index_hashes()
        return measured(lambda text: block.filter(Document(text=text, id="0")) is not True, documents)


def way_janitor(path, documents, items):
    spec = importlib.util.spec_from_file_location("janitor", path)
    module = importlib.util.module_from_spec(spec)
    sys.stderr = open(os.devnull, "w")
    spec.loader.exec_module(module)
    janitor = module.Janitor()
    for item in items:
        janitor.register_contaminant_python(item)
    # Texts below the slice length are dropped whatever they hold.
    return measured(lambda text: janitor.clean_python(text) != [text] and len(text) > 200, documents)


def measured(is_found, documents):
    before = resource.getrusage(resource.RUSAGE_SELF)
    removed = [name for name, text in documents if is_found(text)]
    after = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, "removed": removed}


def run_way(args):
    read = lambda path: [json.loads(line) for line in open(path, encoding="utf-8")]
    documents = [(row["id"], row["text"]) for row in read(args.corpus)]
    items = [row["question"] for row in read(args.pack)]
    if args.way == "janitor":
        answer = way_janitor(args.janitor, documents, items)
    else:
        answer = way_datatrove(int(args.way.split("-")[1]), documents, items)
    print(json.dumps(answer))


def speed(args, material, folder, pack):
    documents, planted = material.planted(EDITS["verbatim"], material.items)
    path = write_documents(folder / "documents.jsonl", documents)
    one = write_documents(folder / "one.jsonl", documents[:1])
    ways = {"quarry": lambda: quarry(args.quarry, path, [pack], folder)[:2]}
    if args.datatrove:
        for n in (12, 13):
            ways[f"datatrove, n = {n}"] = lambda n=n: peer(args.datatrove, f"datatrove-{n}", path, pack, args.janitor)
    if args.janitor:
        ways["Janitor, n = 13"] = lambda: peer(args.datatrove or sys.executable, "janitor", path, pack, args.janitor)
    seconds = {name: [] for name in ways}
    found = {}
    for _ in range(args.rounds):
        start_up = quarry(args.quarry, one, [pack], folder)[0]
        for name, way in ways.items():
            cpu, found[name] = way()
            seconds[name].append(cpu - (start_up if name == "quarry" else 0))
    print(f"{len(documents)} documents, {sum(len(text) for _, text in documents) / 1e6:.1f} MB, {NUM_ITEMS} questions, "
          f"load {os.getloadavg()[0]:.1f}\n")
    print("| way | docs/CPU-s, median (min-max) | found | false |\n|---|---|---|---|")
    for name in ways:
        rates = sorted(len(documents) / cpu for cpu in seconds[name])
        right, false = len(found[name] & planted), len(found[name] - planted)
        print(f"| {name} | {statistics.median(rates):,.0f} ({rates[0]:,.0f}-{rates[-1]:,.0f}) | {right} of "
              f"{len(planted)} | {false} |")
    for name in ("datatrove, n = 12", "datatrove, n = 13", "Janitor, n = 13"):
        if name not in ways:
            print(f"| {name} | not installed | | |")


def quality(args, material, folder, pack):
    print("\n| edit | planted | quarry | datatrove, n = 13 | Janitor |\n|---|---|---|---|---|")
    choices = [choice(item) for item in material.items]
    choice_pack = write_pack(folder / "choices.jsonl", choices)
    cases = [(name, edit, material.items, pack) for name, edit in EDITS.items()]
    cases.append(("choices in another order", reordered, choices, choice_pack))
    for name, edit, items, pack in cases:
        documents, planted = material.planted(edit, items, only=True)
        path = write_documents(folder / "edited.jsonl", documents)
        cells = [quarry(args.quarry, path, [pack], folder)[1]]
        cells.append(peer(args.datatrove, "datatrove-13", path, pack, args.janitor)[1] if args.datatrove else None)
        python = args.datatrove or sys.executable
        cells.append(peer(python, "janitor", path, pack, args.janitor)[1] if args.janitor else None)
        shown = ["not installed" if cell is None else f"{len(cell & planted)}" for cell in cells]
        print(f"| {name} | {len(planted)} | {' | '.join(shown)} |")


def many_packs(args, material, folder, pack):
    """Other packs have the same words with an ending, so that they are as long and nothing of them is found."""
    packs = [pack]
    for number in range(1, NUM_PACKS):
        other = [" ".join(f"{word}x{number}" for word in item.split()) for item in material.items]
        packs.append(write_pack(folder / f"other-{number}.jsonl", other))
    documents = write_documents(folder / "documents.jsonl", material.planted(EDITS["verbatim"], material.items)[0])
    one, many = [], []
    for _ in range(args.rounds):
        one.append(quarry(args.quarry, documents, [pack], folder)[2])
        many.append(quarry(args.quarry, documents, packs, folder)[2])
    one, many = statistics.median(one), statistics.median(many)
    print(f"\nstage alone: one pack {one:.2f} s, {NUM_PACKS} packs {many:.2f} s, {many / one:.2f} times as much")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--quarry", default="target/release/quarry")
    parser.add_argument("--datatrove", help="a Python that has datatrove")
    parser.add_argument("--janitor", help="janitor.py of lm-eval")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--pack", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.way:
        return run_way(args)
    material = Material(args.corpus, args.documents)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        pack = write_pack(folder / "pack.jsonl", material.items)
        speed(args, material, folder, pack)
        quality(args, material, folder, pack)
        many_packs(args, material, folder, pack)


if __name__ == "__main__":
    main()
