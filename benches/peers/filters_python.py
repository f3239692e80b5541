#!/usr/bin/env python3
"""How fast is `quality_filter` beside datatrove's four filters, and does it decide as they do?

    python3 benches/peers/corpus.py CORPUS --cache DIR
    python3 benches/peers/filters_python.py --venv VENV decisions CORPUS/corpus.jsonl CORPUS/decisions.jsonl --odd 2000
    cargo bench -p quarry-operators --bench quality --no-run     # says where the program `quality-...` is
    python3 benches/peers/filters_python.py --venv VENV measure CORPUS/corpus.jsonl --bench PROGRAM --decisions CORPUS/decisions.jsonl

`--venv` makes a virtual environment in that folder, unless it is there, and installs datatrove 0.10.1 with spaCy into it.

`decisions` writes one line a document: its text, datatrove's words of it, what each of the four blocks decides alone and what the chain in
FineWeb's order decides, and what datatrove's tokenizer counted on the way: sentences a line in C4's block, words of the text that C4's
block leaves. `c4` is C4's block as it comes, `c4_any_end` the one without the rule on line ends, which the chain has. `--odd` adds
documents that break rules or look alike to a program but not to Python: strange line breaks and spaces, citations, phrases, repetition.
The fixture of the parity test is made so, of the sample's shards:

    ... decisions sample-data/shards/web-00.jsonl crates/operators/src/quality_filter/parity/datatrove-0.10.1.jsonl.gz --num 150 --odd 250

`measure` runs both over the same documents in turn, ROUNDS rounds in all, each on one core and with the texts in memory: datatrove's
chain, each of its blocks alone, and `quality_filter` by its bench, whose loop is the operator's. With `--decisions` each row of ours says
on how many documents it decides as datatrove does: with datatrove's tokens, and with our own.
"""

import argparse
import gzip
import io
import json
import os
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import time

PINNED = ["datatrove[processing,io]==0.10.1", "spacy==3.8.18", "regex==2026.11.15"]


def enter(venv):
    """Makes the environment and goes on in it."""
    python = venv.absolute() / "bin" / "python"
    if pathlib.Path(sys.prefix).resolve() == venv.resolve():
        return
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PINNED], check=True)
    os.execv(python, [str(python), *sys.argv])


def read_texts(path, count):
    """Ids and texts; lines that have none are left out, since the sample's shards have such on purpose."""
    texts = []
    with path.open(encoding="utf-8-sig") as file:
        for line in file:
            try:
                row = json.loads(line)
                texts.append((str(row["id"]), row["text"].encode().decode()))
            except (ValueError, KeyError, TypeError, AttributeError):
                continue
            if len(texts) == count:
                break
    return texts


def blocks():
    """datatrove's blocks by name. Imported here, since that is only possible in the environment."""
    from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter

    return {
        "gopher_repetition": GopherRepetitionFilter(),
        "gopher_quality": GopherQualityFilter(),
        "c4": C4QualityFilter(),
        "c4_any_end": C4QualityFilter(filter_no_terminal_punct=False),
        "fineweb": FineWebQualityFilter(),
    }


# datatrove's reasons, with those of `quality_filter`.
REASONS = {
    "gopher_repetition/empty": "empty_text",
    "dup_para_frac": "duplicate_paragraphs",
    "dup_para_char_frac": "duplicate_paragraph_chars",
    "dup_line_frac": "duplicate_lines",
    "dup_line_char_frac": "duplicate_line_chars",
    "top_2_gram": "top_2_gram",
    "top_3_gram": "top_3_gram",
    "top_4_gram": "top_4_gram",
    "duplicated_5_n_grams": "duplicate_5_grams",
    "duplicated_6_n_grams": "duplicate_6_grams",
    "duplicated_7_n_grams": "duplicate_7_grams",
    "duplicated_8_n_grams": "duplicate_8_grams",
    "duplicated_9_n_grams": "duplicate_9_grams",
    "duplicated_10_n_grams": "duplicate_10_grams",
    "gopher_short_doc": "too_few_words",
    "gopher_long_doc": "too_many_words",
    "gopher_below_avg_threshold": "words_too_short",
    "gopher_above_avg_threshold": "words_too_long",
    "gopher_too_many_hashes": "too_many_hashes",
    "gopher_too_many_ellipsis": "too_many_ellipses",
    "gopher_too_many_bullets": "too_many_bullets",
    "gopher_too_many_end_ellipsis": "too_many_cut_lines",
    "gopher_below_alpha_threshold": "too_few_letters",
    "gopher_enough_stop_words": "too_few_stop_words",
    "lorem_ipsum": "placeholder_text",
    "curly_bracket": "curly_bracket",
    "too_few_sentences": "too_few_sentences",
    "fineweb/empty": "no_lines",
    "line_punct_ratio": "too_few_ended_lines",
    "short_line_ratio": "too_many_short_lines",
    "char_dup_ratio": "repeated_line_chars",
    "list_ratio": "too_many_line_breaks",
}

CHAIN = ("gopher_repetition", "gopher_quality", "c4_any_end", "fineweb")


def verdict(name, block, document):
    """The reason for which a block drops a document, as we call it; none if it keeps it."""
    answer = block.filter(document)
    return None if answer is True else REASONS.get(answer[1]) or REASONS[f"{name}/{answer[1]}"]


def decide(doc_id, text, filters, counted):
    """What the blocks decide of one text, and what its tokenizer said. C4's blocks rewrite the text that they are given."""
    from datatrove.data import Document
    from datatrove.utils.text import split_into_words

    decided, sentences, left = {}, {}, None
    for name, block in filters.items():
        document = Document(text=text, id=doc_id)
        counted.clear()
        decided[name] = verdict(name, block, document)
        if name.startswith("c4"):
            sentences[name] = list(counted)
            if name == "c4_any_end" and decided[name] is None:
                left = document
    broken = next((decided[name] for name in CHAIN[:3] if decided[name]), None)
    if broken is None:
        broken = verdict("fineweb", filters["fineweb"], left)
    num_words_left = None if left is None else len(split_into_words(left.text))
    return {
        "id": doc_id,
        "text": text,
        "words": split_into_words(text),
        "sentences": sentences,
        "num_words_left": num_words_left,
        "decided": {**decided, "chain": broken},
    }


def open_out(path):
    """A `.gz` has no time in it, so that the same documents give the same bytes."""
    if path.suffix != ".gz":
        return path.open("w", encoding="utf-8")
    return io.TextIOWrapper(gzip.GzipFile(path, "wb", mtime=0), encoding="utf-8")


def write_decisions(args):
    from datatrove.pipeline.filters import c4_filters

    counted, split = [], c4_filters.split_into_sentences

    def counting(line, language):
        found = split(line, language)
        counted.append(len(found))
        return found

    c4_filters.split_into_sentences = counting
    texts = read_texts(args.corpus, args.num)
    texts += odd_texts([text for _, text in texts], args.odd, random.Random(args.seed))
    filters = blocks()
    with open_out(args.out) as file:
        for done, (doc_id, text) in enumerate(texts):
            file.write(json.dumps(decide(doc_id, text, filters, counted), ensure_ascii=False) + "\n")
            if done % 1000 == 0:
                print(f"{done} of {len(texts)}", file=sys.stderr, flush=True)


ODD_CHARS = "\t\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2003\u2028\u2029\u3000#{}[]….-•\"'!?…。।؟\u200b\ufeff´ªⅫ²٣é€"
ODD_WORDS = (
    "[1]", "[23]", "[]", "[edit]", "[citation needed]", "[٣]", "[note]", "...", "…", "#", "##", "{", "}", "javascript", "JavaScript", "java[1]script",
    "lorem ipsum", "Lorem Ipsum", "lorem\u00a0ipsum", "terms of use", "Privacy Policy", "coo\u212aie policy", "uses cookies", "use of cookies",
    "use\ncookies", "x" * 1000, "y" * 1001, "3.14", "-", "•", "--", "ﬁ", "ⅳ", "İ", "the", "be", "\r\n", "\n\n", "\n\n\n", "\v", "\u2028", "\x85", "\x1c",
)


def odd_texts(texts, count, draw):
    """Documents made strange, each in one to three ways."""
    made = []
    for idx in range(count):
        text = draw.choice(texts)
        start = draw.randrange(max(len(text) - 1200, 0) + 1)
        text = text[start : start + draw.randrange(200, 1500)]
        for _ in range(draw.randrange(1, 4)):
            text = draw.choice(WAYS)(text, draw)
        made.append((f"odd/{idx}", text[:6000]))
    return made + [("odd/empty", ""), ("odd/blank", " \n\t\n "), ("odd/separators", "\x1c\x1d\n\x85"), ("odd/letter", "a")]


def with_words(text, draw):
    words = text.split(" ")
    for _ in range(draw.randrange(1, 12)):
        words.insert(draw.randrange(len(words) + 1), draw.choice(ODD_WORDS))
    return " ".join(words)


def with_chars(text, draw):
    kinds = draw.sample(ODD_CHARS, 3)
    share = draw.choice((0.003, 0.02, 0.1))
    return "".join(char + draw.choice(kinds) if draw.random() < share else char for char in text)


def with_line_ends(text, draw):
    end = draw.choice(("...", "…", " ...", "?", "\"", "'", ".", "!\"", "。", " ", "[1]", ".[2]", "\r", "\u2028", ".\v"))
    begin = draw.choice(("", "", "- ", "• ", "\x1c- ", "\u2003•"))
    return "\n".join(begin + line + end if draw.random() < 0.8 else line for line in text.split("\n"))


def with_breaks(text, draw):
    sign = draw.choice(("\n", "\n\n", "\r\n", "\u2029", "\x85", "\n \n", "\x1e", ".\n", ".\n\n\n\n\n"))
    share = draw.choice((0.05, 0.1, 0.3, 0.8))
    return "".join(sign if char == " " and draw.random() < share else char for char in text)


def with_repeats(text, draw):
    size = draw.choice((8, 20, 40, 80, 200))
    part = text[draw.randrange(max(len(text) - size, 1)) :][:size]
    joint = draw.choice(("", " ", "\n", "\n\n", ". "))
    pieces = text.split(" ")
    for _ in range(draw.choice((1, 2, 4, 12))):
        pieces.insert(draw.randrange(len(pieces) + 1), joint + part + joint)
    return " ".join(pieces)


def with_other_splits(text, draw):
    """The same letters with other word boundaries: alike where words are joined, unlike where they are counted."""
    half = text[: len(text) // 2].replace("\n", " ")
    moved = "".join(" " if char != " " and draw.random() < 0.02 else char for char in half)
    return half + " " + moved + " " + half.replace(" ", "", draw.randrange(1, 9))


def with_symbols(text, draw):
    signs = draw.choice(("12", "3.5", "%", "->", "&&", "99", "+", "€", "½", "#", "..."))
    share = draw.choice((0.1, 0.3, 0.6))
    return " ".join(signs if draw.random() < share else word for word in text.split(" "))


def with_other_case(text, draw):
    return draw.choice((text.upper(), text.lower(), text.title(), text.swapcase(), text.replace("e", "é"), text.replace(" ", "")))


def as_few_words(text, draw):
    kept = draw.randrange(40, 70)
    return " ".join(text.split(" ")[:kept])


WAYS = (
    with_words, with_words, with_chars, with_line_ends, with_breaks, with_repeats, with_repeats, with_other_splits, with_symbols,
    with_other_case, as_few_words,
)  # fmt: skip


def timed(work):
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    kept = work()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    return kept, wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peers(texts):
    """A loop over the documents for each contestant of datatrove's; each gives how many documents are kept."""
    from datatrove.data import Document

    filters = blocks()

    def over(names):
        def work():
            documents = [Document(text=text, id=doc_id) for doc_id, text in texts]
            return sum(all(filters[name].filter(doc) is True for name in names) for doc in documents)

        return work

    rows = {"all four in FineWeb's order": over(CHAIN)}
    rows.update({f"{name} alone": over([name]) for name in CHAIN})
    return rows


def ours(args):
    command = [args.bench, "measure", args.corpus, str(args.num)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {row["name"]: (row["kept"], row["wall_s"], row["cpu_s"]) for row in map(json.loads, done.stdout.splitlines())}


def measure(args):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    texts = read_texts(args.corpus, args.num)
    print(f"{len(texts)} documents, {sum(len(text.encode()) for _, text in texts) / 1e6:.1f} MB, load {os.getloadavg()[0]:.1f}")
    peers(texts[:20])["all four in FineWeb's order"]()  # loads spaCy
    contestants, rows = peers(texts), {}
    for _ in range(args.rounds):
        for name, work in contestants.items():
            rows.setdefault(("datatrove 0.10.1", name), []).append(timed(work))
        for name, row in ours(args).items():
            rows.setdefault(("quarry", name), []).append(row)
    agreement = agreements(args)
    print(f"{'who':<18} {'what':<42} {'docs/s':>8} {'docs/CPU-s':>10} {'wall s':>18} {'CPU s':>8} {'kept':>6}  decides as datatrove")
    for (who, name), rounds in rows.items():
        walls, cpu = sorted(row[1] for row in rounds), statistics.median(row[2] for row in rounds)
        wall = statistics.median(walls)
        said = "by definition" if who != "quarry" else agreement.get(name, "not compared")
        span = f"{wall:.3f} ({walls[0]:.3f}-{walls[-1]:.3f})"
        print(f"{who:<18} {name:<42} {args.num / wall:>8.0f} {args.num / cpu:>10.0f} {span:>18} {cpu:>8.3f} {rounds[0][0]:>6}  {said}")
    base = statistics.median(row[2] for row in rows["datatrove 0.10.1", "all four in FineWeb's order"])
    mine = statistics.median(row[2] for row in rows["quarry", "all four in FineWeb's order, whitespace"])
    print(f"CPU seconds of datatrove's four over ours: {base / mine:.0f}")


def agreements(args):
    if args.decisions is None:
        return {}
    done = subprocess.run([args.bench, "agree", args.decisions], capture_output=True, text=True)
    print(done.stdout, end="")
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {row["name"]: row["said"] for row in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--venv", type=pathlib.Path, help="a throw-away environment, made if it is not there")
    verbs = parser.add_subparsers(required=True)
    verb = verbs.add_parser("decisions")
    verb.add_argument("corpus", type=pathlib.Path)
    verb.add_argument("out", type=pathlib.Path)
    verb.add_argument("--num", type=int, default=20_000)
    verb.add_argument("--odd", type=int, default=0, help="how many strange documents to add")
    verb.add_argument("--seed", type=int, default=17)
    verb.set_defaults(run=write_decisions)
    verb = verbs.add_parser("measure")
    verb.add_argument("corpus", type=pathlib.Path)
    verb.add_argument("--bench", type=pathlib.Path, required=True, help="the program of our bench")
    verb.add_argument("--decisions", type=pathlib.Path, help="what `decisions` wrote")
    verb.add_argument("--num", type=int, default=2_000)
    verb.add_argument("--rounds", type=int, default=3)
    verb.set_defaults(run=measure)
    args = parser.parse_args()
    if args.venv:
        enter(args.venv)
    args.run(args)


if __name__ == "__main__":
    main()
