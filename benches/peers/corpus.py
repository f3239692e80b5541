#!/usr/bin/env python3
"""Builds the corpus that filters, deduplication and decontamination are measured on: English documentation, and planted copies of it.

    python3 benches/peers/corpus.py OUT --cache DIR [--num 20000] [--seed 17]

Writes OUT/corpus.jsonl (`id`, `text`, shuffled) and OUT/planted.jsonl (`id`, `of`, `rate`). The text comes from the Debian packages in
SOURCES (`apt-get download`, a Debian 12 machine; packages are unpacked and read, never installed): HTML, POD, manual pages and Mallard,
with the markup taken off and menus left out. Pages are cut between paragraphs into documents of a log-normal length (median about 1,500
characters, mean about 2,200). 85 documents of 100 are such; 15 are copies of others with a share RATES of their words replaced, deleted,
doubled or swapped, the same number for each rate.

The same package versions and the same seed give the same bytes. A package that cannot be fetched is named, and so is a corpus that falls
short of what was asked for; versions and counts go into OUT/README.txt. The corpus is not committed: the licences of its parts differ.
"""

import argparse
import gzip
import html.parser
import json
import pathlib
import random
import re
import subprocess
import sys
import xml.etree.ElementTree

SOURCES = {
    "python3.11-doc": "usr/share/doc/python3.11/html/**/*.html",
    "postgresql-doc-15": "usr/share/doc/postgresql-doc-15/html/*.html",
    "perl-doc": "usr/share/perl/**/*.pod",
    "manpages": "usr/share/man/man*/*.gz",
    "manpages-dev": "usr/share/man/man*/*.gz",
    "gnome-user-docs": "usr/share/help/C/**/*.page",
    "debian-reference-en": "usr/share/debian-reference/*.en.html",
    "gap-doc": "usr/share/gap/**/*.html",
    "anarchism": "usr/share/doc/anarchism/html/*.html",
}
RATES = (0.0, 0.005, 0.01, 0.02, 0.05, 0.10)
COPY_SHARE = 0.15
MEDIAN_CHARS, SIGMA = 1500, 0.88
LEAST_CHARS, MOST_CHARS = 200, 40_000
# Pages that only list what stands elsewhere.
LISTS = re.compile(r"(genindex|py-modindex|search|bookindex|chapInd|theindex|toc)[^/]*\.html$|(^|/)(index|contents|chap0)\.html$")


class Page(html.parser.HTMLParser):
    """The text of an HTML page: paragraphs apart by an empty line, list items and rows by a line break."""

    SKIPPED = {"head", "script", "style", "nav", "form", "svg"}
    FURNITURE = {"related", "sphinxsidebar", "navheader", "navfooter", "footer", "chlinktop", "chlinkbot", "pcenter", "chlinkprevnexttop"}
    BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "dl", "table", "blockquote", "section", "div"}
    LINES = {"li", "dt", "dd", "tr", "br"}
    VOID = {"br", "img", "hr", "meta", "link", "input", "wbr", "col"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.pieces, self.open_tags, self.num_skipped, self.num_pre = [], [], 0, 0

    def handle_starttag(self, tag, attrs):
        classes = set((dict(attrs).get("class") or "").split())
        is_skipped = tag in self.SKIPPED or bool(classes & self.FURNITURE) or "headerlink" in classes
        if tag not in self.VOID:
            self.open_tags.append((tag, is_skipped))
            self.num_skipped += is_skipped
            self.num_pre += tag == "pre"
        self.break_at(tag)

    def handle_endtag(self, tag):
        if tag not in [name for name, _ in self.open_tags]:
            return
        while True:
            name, was_skipped = self.open_tags.pop()
            self.num_skipped -= was_skipped
            self.num_pre -= name == "pre"
            if name == tag:
                break
        self.break_at(tag)

    def handle_data(self, data):
        if not self.num_skipped:
            self.pieces.append(data if self.num_pre else re.sub(r"\s+", " ", data))

    def break_at(self, tag):
        if self.num_skipped:
            return
        if tag in self.BLOCKS:
            self.pieces.append("\n\n")
        elif tag in self.LINES:
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append(" ")


def from_html(data):
    page = Page()
    page.feed(data)
    page.close()
    return "".join(page.pieces)


def from_pod(data):
    data = re.sub(r"(?ms)^=(begin|for)\b.*?(^=end\b[^\n]*|\n\n)|^=(encoding|over|back|cut|pod)\b[^\n]*", "", data)
    data = re.sub(r"(?m)^=(head\d|item)[ \t]*", "", data)
    for _ in range(3):
        data = re.sub(r"[BCFIS]<<+ (.*?) >>+|[BCFIS]<([^<>]*)>", lambda found: found[1] or found[2] or "", data, flags=re.S)
    data = re.sub(r"L<(?:([^|<>]*)\|)?([^<>]*)>", lambda found: found[1] or found[2], data)
    data = re.sub(r"[XZ]<[^<>]*>", "", data)
    return re.sub(r"E<(\w+)>", lambda found: {"lt": "<", "gt": ">"}.get(found[1], ""), data)


def from_man(data):
    """Prose of a manual page: requests for fonts keep their words, those for paragraphs break, all others go."""
    lines, in_table = [], False
    for line in data.splitlines():
        in_table = (in_table or line.startswith(".TS")) and not line.startswith(".TE")
        if in_table or line.startswith((".\\\"", "'\\\"", ".TE")):
            continue
        request = re.match(r"[.'](\w+)\s*(.*)", line)
        if request is None:
            lines.append(line if not line.startswith((".", "'")) else "")
            continue
        name, words = request[1], [quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|(\S+)', request[2])]
        rest = " ".join(words)
        if name in ("SH", "SS", "TH"):
            lines += ["", rest, ""]
        elif name in ("PP", "TP", "IP", "LP", "P", "HP"):
            lines.append("")
        elif name in ("B", "I", "R", "SM"):
            lines.append(rest)
        elif name in ("BR", "RB", "IR", "RI", "BI", "IB"):
            lines.append("".join(words))
    data = re.sub(r"\\f(\[\w*\]|\(\w\w|\w)|\\[&/,:|^]|\\s[-+]?\d", "", "\n".join(lines))
    for escape, char in (("\\-", "-"), ("\\(aq", "'"), ("\\(co", "©"), ("\\e", "\\"), ("\\ ", " "), ("\\(bu", "•"), ("\\[aq]", "'")):
        data = data.replace(escape, char)
    return re.sub(r"\\\(\w\w|\\\[\w+\]|\\\*\(\w\w|\\\*\[\w+\]", "", data)


def from_mallard(data):
    try:
        root = xml.etree.ElementTree.fromstring(data)
    except xml.etree.ElementTree.ParseError:
        return ""
    name = lambda element: element.tag.rsplit("}", 1)[-1]
    blocks = []

    def walk(element):
        if name(element) in ("info", "media", "links"):
            return
        if name(element) in ("p", "title", "code", "screen"):
            blocks.append(re.sub(r"\s+", " ", "".join(element.itertext())).strip())
            return
        for child in element:
            walk(child)

    walk(root)
    return "\n\n".join(blocks)


READERS = {".html": from_html, ".pod": from_pod, ".gz": from_man, ".page": from_mallard}


def fetch(package, cache):
    """The folder with a package's files and its version; none if the package cannot be had."""
    unpacked = cache / package
    if not list(cache.glob(f"{package}_*.deb")):
        subprocess.run(["apt-get", "download", package], cwd=cache, capture_output=True)
    found = sorted(cache.glob(f"{package}_*.deb"))
    if not found:
        return None, None
    if not unpacked.is_dir():
        subprocess.run(["dpkg-deb", "-x", found[-1], unpacked], check=True)
    return unpacked, found[-1].name.split("_")[1].replace("%3a", ":")


def paragraphs(path):
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = READERS[path.suffix](data.decode("utf-8", errors="replace"))
    lines = "\n".join(line.rstrip() for line in text.replace("\r", "").split("\n"))
    return [part.strip("\n") for part in re.split(r"\n{2,}", lines) if part.strip()]


def passages(parts, draw):
    """Cuts a page between paragraphs; what is left at its end goes with the last passage."""
    cut, gathered, num_chars, wanted = [], [], 0, draw.lognormvariate(0, SIGMA) * MEDIAN_CHARS
    for part in parts:
        gathered.append(part)
        num_chars += len(part) + 2
        if num_chars >= wanted:
            cut.append("\n\n".join(gathered))
            gathered, num_chars, wanted = [], 0, draw.lognormvariate(0, SIGMA) * MEDIAN_CHARS
    if gathered:
        rest = "\n\n".join(gathered)
        if cut and len(rest) < MEDIAN_CHARS / 2:
            cut[-1] += "\n\n" + rest
        else:
            cut.append(rest)
    return [text[:MOST_CHARS] for text in cut if len(text) >= LEAST_CHARS]


def read_source(package, pattern, cache, draw, seen):
    root, version = fetch(package, cache)
    if root is None:
        return [], None
    documents, prefix = [], pattern.split("*")[0]
    # A package links to its own files; each is read once.
    for path in sorted({path.resolve() for path in root.glob(pattern) if path.is_file() and not path.is_symlink()}):
        name = path.relative_to(root.resolve()).as_posix()
        if LISTS.search(name):
            continue
        for idx, text in enumerate(passages(paragraphs(path), draw)):
            if text not in seen:
                seen.add(text)
                documents.append({"id": f"{package}/{name.removeprefix(prefix)}/{idx}", "text": text})
    return documents, version


def edited(text, rate, vocabulary, draw):
    """A copy with so many of its words replaced, deleted, doubled or swapped with the next; white space stays."""
    pieces = re.split(r"(\s+)", text)
    places = [idx for idx in range(0, len(pieces), 2) if pieces[idx]]
    count = round(rate * len(places))
    if rate > 0:
        count = max(count, 1)
    for idx in draw.sample(places, count):
        kind = draw.randrange(4)
        if kind == 0:
            pieces[idx] = draw.choice(vocabulary)
        elif kind == 1:
            pieces[idx] = ""
        elif kind == 2:
            pieces[idx] = f"{pieces[idx]} {pieces[idx]}"
        elif idx + 2 < len(pieces):
            pieces[idx], pieces[idx + 2] = pieces[idx + 2], pieces[idx]
    return "".join(pieces)


def plant(base, num_copies, draw):
    vocabulary = sorted({word for doc in base[:2000] for word in doc["text"].split() if word.isalpha()})
    copies, planted = [], []
    for idx, doc in enumerate(draw.sample(base, num_copies)):
        rate = RATES[idx % len(RATES)]
        copies.append({"id": f"{doc['id']}/copy", "text": edited(doc["text"], rate, vocabulary, draw)})
        planted.append({"id": copies[-1]["id"], "of": doc["id"], "rate": rate})
    return copies, planted


def gather(cache, draw):
    documents, lines, seen = [], [], set()
    for package, pattern in SOURCES.items():
        found, version = read_source(package, pattern, cache, draw, seen)
        if version is None:
            lines.append(f"{package}: COULD NOT BE FETCHED, its text is missing")
        else:
            lines.append(f"{package} {version}: {len(found)} documents, {sum(len(doc['text']) for doc in found):,} characters")
        documents += found
    assert len({doc["id"] for doc in documents}) == len(documents), "two documents of one name"
    return documents, lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--cache", type=pathlib.Path, required=True, help="a folder for packages")
    parser.add_argument("--num", type=int, default=20_000, help="documents, copies included")
    parser.add_argument("--seed", type=int, default=17)
    args = parser.parse_args()
    for folder in (args.cache, args.out):
        folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(args.seed)
    base, lines = gather(args.cache.resolve(), draw)
    num_copies = int(min(args.num, len(base) / (1 - COPY_SHARE)) * COPY_SHARE)
    draw.shuffle(base)
    base = base[: args.num - num_copies]
    copies, planted = plant(base, num_copies, draw)
    documents = base + copies
    draw.shuffle(documents)
    write(args.out / "corpus.jsonl", documents)
    write(args.out / "planted.jsonl", planted)
    sizes = sorted(len(doc["text"]) for doc in documents)
    lines.append(
        f"{len(documents)} documents of {args.num} asked for, seed {args.seed}: {len(base)} of their own, {len(copies)} copies; "
        f"{sum(sizes):,} characters, mean {sum(sizes) // max(len(sizes), 1)}, median {sizes[len(sizes) // 2] if sizes else 0}"
    )
    if len(documents) < args.num:
        lines.append("THE PACKAGES HOLD TOO LITTLE TEXT for the number that was asked for")
    (args.out / "README.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return 0 if len(documents) == args.num else 1


def write(path, rows):
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
