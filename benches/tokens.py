"""Prompt tokens an accepted pair: a finished run of webscale.toml beside the call structure of the reference system.

    python3 benches/tokens.py target/release/quarry OUT

Ours are the server's own counts, out of the ledger of OUT. The reference's are computed for the same documents:

- calls: filter and, for each document that our own judge let pass, one for domain and personas, one a persona for the
  question (three personas), one a question for the check; all with the whole document and nothing shared between them;
- a call is a fixed head of 60 tokens, the text of its stage (250, 350, 950 and 350 tokens), the document, and a tail of 30
  (question) or 150 (check): the figures of the published prompts. A second line counts the two whole demonstration documents
  of each question call as the published cost implies them (15,800 prompt tokens for a document of 1,000 with three personas);
- tokens of a document: the slope of our filter's prompt tokens over the bytes of its document, so both sides are counted by
  the same server;
- accepted pairs: of each hundred questions as many as our first model check lets pass, since the reference has no other; that
  is kind to it, so a third line has the yield that it publishes, 1.2 pairs a document.
"""

import argparse
import json
import subprocess

PERSONAS = 3
HEAD, FILTER, IDENTIFY, ASK, CHECK, ASK_TAIL, CHECK_TAIL = 60, 250, 350, 950, 350, 30, 150
PUBLISHED_TOKENS, PUBLISHED_DOCUMENT, PUBLISHED_YIELD = 15_800, 1_000, 1.2


def sql(quarry, out, query):
    """Rows of the ledger as dicts."""
    command = [quarry, "ledger", out, "--sql", query, "--json"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def documents(quarry, out):
    """Bytes of the shown document and prompt tokens of each filter call."""
    query = (
        "SELECT request.request AS request, call.prompt_tokens AS tokens FROM call JOIN request USING (hash) "
        "WHERE call.stage = 'worth_asking' AND call.attempt = 0"
    )
    for row in sql(quarry, out, query):
        text = json.loads(row["request"])["messages"][1]["content"]
        start, end = text.index(">\n") + 2, text.index("\n</document")
        yield len(text[start:end].encode()), row["tokens"]


def slope(points):
    """Least squares: tokens a byte."""
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    over = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return over / sum((x - mean_x) ** 2 for x, _ in points)


def after_filter(tokens, demos):
    """The reference's calls for a document that its filter lets pass."""
    identify = HEAD + IDENTIFY + tokens
    ask = HEAD + ASK + demos + ASK_TAIL + tokens
    check = HEAD + CHECK + CHECK_TAIL + tokens
    return identify + PERSONAS * (ask + check)


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("quarry")
    parser.add_argument("out")
    args = parser.parse_args()
    with open(f"{args.out}/run_results.json", encoding="utf-8") as file:
        results = json.load(file)
    stages = {stage["stage"]: stage["counts"] for stage in results["stages"]}
    ledger = sql(args.quarry, args.out, "SELECT stage, sum(prompt_tokens) p, sum(cached_tokens) c FROM call GROUP BY stage")
    points = list(documents(args.quarry, args.out))
    per_byte = slope(points)
    sizes = [size * per_byte for size, _ in points]
    mean = sum(sizes) / len(sizes)
    judged, kept = stages["worth_asking"]["num_in"], stages["worth_asking"]["num_accepted"]
    passing = 1 - stages["repaired"]["num_in"] / stages["judged"]["num_in"]
    pairs = kept * PERSONAS * passing
    accepted = results["pairs"]["num_accepted"]
    demos = (PUBLISHED_TOKENS - (HEAD + FILTER + PUBLISHED_DOCUMENT) - after_filter(PUBLISHED_DOCUMENT, 0)) / PERSONAS
    print(f"{judged} documents of {mean:.0f} tokens, {kept} pass the filter; ours {accepted} accepted pairs, reference {pairs:.0f}")
    print(f"{'':34} {'all / pair':>10} {'uncached / pair':>16}")
    rows = []
    for name, extra, made in (
        ("reference", 0, pairs),
        ("reference, demonstrations counted", demos, pairs),
        ("reference, published yield", 0, judged * PUBLISHED_YIELD),
    ):
        tokens = judged * (HEAD + FILTER + mean) + kept * after_filter(mean, extra)
        rows.append(tokens / made)
        print(f"{name:34} {tokens / made:10.0f} {tokens / made:16.0f}")
    shared = [row for row in ledger if row["stage"] != "difficulty"]
    for name, part in (("ours, without `difficulty`", shared), ("ours, all stages", ledger)):
        tokens, cached = sum(row["p"] for row in part), sum(row["c"] for row in part)
        every, uncached = tokens / accepted, (tokens - cached) / accepted
        ratios = ", ".join(f"{every / base:.2f} and {uncached / base:.2f}" for base in rows)
        print(f"{name:34} {every:10.0f} {uncached:16.0f}   of the three: {ratios}")


main()
