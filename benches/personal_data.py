#!/usr/bin/env python3
"""Which planted personal data does `pii_filter` find, what does it take for personal data, and what does it find in the sample.

    python3 benches/personal_data.py target/release/quarry            # needs pyarrow
    python3 benches/personal_data.py target/release/quarry --pages FILE.jsonl

PER_KIND values of each kind, in the forms that people write, and as many look-alikes of each sort (dates, ISBNs, versions, tables, ...),
one a document of `sample-data/labels`, between two of its sentences. quarry masks them in one run; a value is found if exactly its
characters were written over with its kind, and whatever else was written over is a false alarm. Values are drawn by a fixed seed, with
check digits reckoned here. With `--pages` every document of a JSONL file is masked too, and what was written over is listed.
"""

import argparse
import collections
import gzip
import json
import pathlib
import random
import re
import string
import subprocess
import tempfile

import pyarrow.dataset

ROOT = pathlib.Path(__file__).resolve().parent.parent
PER_KIND, SEED = 200, 17
RECIPE = '[recipe]\nname = "pii"\nseed = 1\n[[stage]]\nname = "pii"\nop = "pii_filter"\nparams = { action = "mask" }\n'
NAMES = "anna mark j.doe k_weiss maria-lopez d.chen99 office sales x.y.z o.brien+news".split()
HOSTS = "firm.de uni-koeln.de mail.city.org x1.co.uk zeitung.at foo.io labs.museum post.school.nz".split()


def digits(draw, count):
    return "".join(draw.choice(string.digits) for _ in range(count))


def luhn(body):
    """The body with its check digit."""
    total = sum(sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10)) for i, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def iban(draw):
    country, body = draw.choice([("DE", digits(draw, 18)), ("GB", "WEST" + digits(draw, 14)), ("NL", "ABNA" + digits(draw, 10)),
                                 ("FR", digits(draw, 23)), ("AT", digits(draw, 16)), ("PL", digits(draw, 24))])
    number = "".join(str(int(ch, 36)) for ch in body + country + "00")
    whole = f"{country}{98 - int(number) % 97:02}{body}"
    return whole if draw.random() < 0.5 else " ".join(whole[i:i + 4] for i in range(0, len(whole), 4))


def phone(draw):
    d = lambda count: digits(draw, count)
    n = lambda: draw.choice("2346789") + d(2)
    first = lambda: draw.choice("23456789")
    return draw.choice([
        lambda: f"+49 {first()}{d(2)} {d(3)} {d(4)}", lambda: f"+1 ({n()}) {n()}-{d(4)}", lambda: f"+44 (0)20 8{d(3)} {d(4)}",
        lambda: f"+33{first()}{d(8)}", lambda: f"({n()}) {n()}-{d(4)}", lambda: f"{n()}-{n()}-{d(4)}", lambda: f"{n()}.{n()}.{d(4)}",
        lambda: f"0{draw.choice('1234567')} {d(2)} {d(2)} {d(2)} {d(2)}", lambda: f"0{first()}0/{first()}{d(6)}", lambda: f"1-800-{n()}-{d(4)}",
        lambda: f"0161 {d(3)} {d(4)}", lambda: f"+81-3-{d(4)}-{d(4)}"])()


def card(draw):
    whole = luhn(draw.choice(["4" + digits(draw, 14), f"5{draw.choice('12345')}" + digits(draw, 13), "37" + digits(draw, 12), "6011" + digits(draw, 11)]))
    if draw.random() < 0.4:
        return whole
    sizes, mark = ([4, 6, 5] if len(whole) == 15 else [4, 4, 4, 4]), draw.choice(" -")
    return mark.join(whole[sum(sizes[:i]):sum(sizes[:i + 1])] for i in range(len(sizes)))


def host(draw):
    if draw.random() < 0.2:
        return "2a02:" + ":".join(f"{draw.randrange(1, 65536):x}" for _ in range(7))
    return f"{draw.choice([23, 37, 81, 93, 141, 185, 203])}.{draw.randrange(1, 255)}.{draw.randrange(256)}.{draw.randrange(1, 255)}"


def token(draw, count, letters=string.ascii_letters + string.digits):
    return "".join(draw.choice(letters) for _ in range(count))


VALUES = {
    "email": lambda draw: ("", f"{draw.choice(NAMES)}@{draw.choice(HOSTS)}", ""),
    "phone": lambda draw: (draw.choice(["", "Tel. ", "call "]), phone(draw), ""),
    "card": lambda draw: ("", card(draw), ""),
    "iban": lambda draw: (draw.choice(["", "IBAN "]), iban(draw), ""),
    "ip": lambda draw: (draw.choice(["from ", "at ", ""]), host(draw), ""),
    "key": lambda draw: draw.choice([
        lambda: ("", "AKIA" + token(draw, 16, string.ascii_uppercase + "234567"), ""), lambda: ("token ", "ghp_" + token(draw, 36), ""),
        lambda: ("", "sk-proj-" + token(draw, 48), ""), lambda: ("key=", "AIza" + token(draw, 35), ""),
        lambda: ('api_key = "', token(draw, 32, "0123456789abcdef"), '"'), lambda: ("CLIENT_SECRET: ", token(draw, 24), ""),
        lambda: ("", "xoxb-" + digits(draw, 12) + "-" + token(draw, 24), ""), lambda: ("postgres://", f"app:{token(draw, 10)}", "@db.internal.net/x")])(),
}
LOOK_ALIKES = {
    "date": lambda d: d.choice(["{0:02}-{1:02}-{2}", "{2}-{1:02}-{0:02} 12:30:05", "{0:02}.{1:02}.{2}", "{2}/{1:02}/{0:02}"]).format(d.randrange(1, 29), d.randrange(1, 13), d.randrange(1700, 2030)),
    "years": lambda d: f"{d.randrange(1500, 1900)}-{d.randrange(1900, 2020)} and {d.randrange(1900, 2000)} {d.randrange(2000, 2020)}",
    "isbn": lambda d: d.choice([f"ISBN 978-{d.randrange(9)}-{digits(d, 4)}-{digits(d, 4)}-{d.randrange(9)}", f"ISBN {d.randrange(9)}-{digits(d, 3)}-{digits(d, 5)}-X"]),
    "table": lambda d: " ".join(digits(d, d.choice([2, 3, 4])) for _ in range(d.randrange(4, 9))),
    "count": lambda d: d.choice([f"{d.randrange(1, 999)} {digits(d, 3)} {digits(d, 3)}", f"{d.randrange(10**6, 10**10)}", f"{d.random():.9f}", f"{d.randrange(10**6, 10**9):,}"]),
    "version": lambda d: d.choice(["version {}.{}.{}.{}", "v{}.{}.{}.{}", "{}.{}.{}", "release {}.{}.{}.{}", "section {}.{}.{}.{}"]).format(*[d.randrange(1, 40) for _ in range(4)]),
    "place": lambda d: d.choice([f"{d.uniform(-90, 90):.6f}, {d.uniform(-180, 180):.6f}", f"{d.randrange(90)}° {d.randrange(60)}' {d.randrange(60)}\" N"]),
    "arxiv": lambda d: f"arXiv:{digits(d, 4)}.{digits(d, 5)}v{d.randrange(1, 9)}",
    "doi": lambda d: f"doi:10.{digits(d, 4)}/{digits(d, 7)}.{digits(d, 4)}",
    "order": lambda d: f"order 4{digits(d, 3)} {digits(d, 4)} {digits(d, 4)}",
    "hash": lambda d: "commit " + token(d, 40, "0123456789abcdef"),
    "clock": lambda d: f"{d.randrange(24):02}:{d.randrange(60):02}:{d.randrange(60):02} and 00:1a:{d.randrange(99):02}:3c:4d:5e",
    "handle": lambda d: d.choice(["@anna_k", "icon@2x.png", "lodash@4.17.21", "@user@social.host.org", "user@localhost", "name@example.com"]),
    "code": lambda d: d.choice(["std::vector<int>", "token = next_token(stream)", "password = getpass()", "a[1:2:3]", "x = 10 ** 12 + 1234567", "127.0.0.1:8080", "192.168.1.1"]),
}


def documents():
    """Texts to plant in, cut at a border of sentences near the middle: (head, tail)."""
    with gzip.open(ROOT / "sample-data" / "labels" / "domain.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            sentences = re.split(r"(?<=[.!?]) ", json.loads(line)["text"])
            if len(sentences) > 1:
                yield " ".join(sentences[: len(sentences) // 2]), " ".join(sentences[len(sentences) // 2:])


def mask(quarry, texts):
    """The texts as `pii_filter` leaves them."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "pipeline" / "recipes").mkdir(parents=True)
        (folder / "pipeline" / "recipes" / "pii.toml").write_text(RECIPE)
        with open(folder / "in.jsonl", "w", encoding="utf-8") as out:
            for idx, text in enumerate(texts):
                out.write(json.dumps({"id": str(idx), "text": text}) + "\n")
        command = [quarry, "run", folder / "pipeline" / "recipes" / "pii.toml", "--input", folder / "in.jsonl", "--out", folder / "out", "--progress", "none"]
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        files = [str(path) for path in (folder / "out" / "data").glob("*.parquet")]
        rows = pyarrow.dataset.dataset(files).to_table(columns=["doc_id", "text"]).to_pylist()
    masked = {int(row["doc_id"]): row["text"] for row in rows}
    return [masked[idx] for idx in range(len(texts))]


def written_over(text, masked):
    """Places that differ: (start, end, kind)."""
    assert len(text) == len(masked) and len(text.encode()) == len(masked.encode()), "a mask moved something"
    found, start = [], None
    for idx in range(len(text) + 1):
        differs = idx < len(text) and text[idx] != masked[idx]
        if differs and start is None:
            start = idx
        if not differs and start is not None:
            kind = re.match(r"\[([A-Z]+)", masked[start:idx])
            # A character that the mask writes as it was, such as a hyphen, does not end a place.
            end = masked.find("]", start) + 1
            if end > idx:
                continue
            found.append((start, idx, kind.group(1).lower() if kind else "?"))
            start = None
    return found


def planted(quarry):
    draw, pool = random.Random(SEED), documents()
    cases = []
    for kind, make in VALUES.items():
        for _ in range(PER_KIND):
            (head, tail), (before, value, after) = next(pool), make(draw)
            text = f"{head} {before}"
            cases.append((kind, text + value + after + " " + tail, (len(text), len(text) + len(value))))
    for name, make in LOOK_ALIKES.items():
        for _ in range(PER_KIND // 2):
            head, tail = next(pool)
            cases.append((f"no: {name}", f"{head} {make(draw)} {tail}", None))
    hits, alarms, misses = collections.Counter(), collections.Counter(), []
    total = collections.Counter(kind for kind, _, _ in cases)
    for (kind, text, place), masked in zip(cases, mask(quarry, [text for _, text, _ in cases])):
        for start, end, found in written_over(text, masked):
            if place == (start, end) and found == kind:
                hits[kind] += 1
            else:
                alarms[found if place else kind] += 1
                misses.append(("false alarm", kind, found, text[max(0, start - 20):end + 10]))
        if place and masked[place[0]:place[1]] == text[place[0]:place[1]]:
            misses.append(("missed", kind, "", text[max(0, place[0] - 15):place[1] + 5]))
    print(f"{'planted':<14}{'rows':>6}{'found':>7}{'recall':>8}{'false alarms':>14}{'precision':>11}")
    for kind in total:
        recall = f"{hits[kind] / total[kind]:.3f}" if kind in VALUES else ""
        precision = f"{hits[kind] / max(1, hits[kind] + alarms[kind]):.3f}" if kind in VALUES else ""
        print(f"{kind:<14}{total[kind]:>6}{hits[kind]:>7}{recall:>8}{alarms[kind]:>14}{precision:>11}")
    num_hits, num_alarms = sum(hits.values()), sum(alarms.values())
    print(f"in all: recall {num_hits / sum(total[kind] for kind in VALUES):.4f}, precision {num_hits / (num_hits + num_alarms):.4f}")
    for miss in misses[:40]:
        print("   ", *miss, sep="  ")


def listed(quarry, path):
    texts = [json.loads(line)["text"] for line in open(path, encoding="utf-8")]
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    kinds = collections.Counter()
    for text, masked in zip(texts, mask(quarry, texts)):
        for start, end, kind in written_over(text, masked):
            kinds[kind] += 1
            print(f"{kind:<6} {text[max(0, start - 40):start]!r} {text[start:end]!r}")
    print(f"{len(texts)} documents: {dict(kinds)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("quarry", type=pathlib.Path)
    parser.add_argument("--pages", type=pathlib.Path)
    args = parser.parse_args()
    planted(args.quarry.resolve())
    if args.pages:
        listed(args.quarry.resolve(), args.pages)


if __name__ == "__main__":
    main()
