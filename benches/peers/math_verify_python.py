#!/usr/bin/env python3
"""How fast, and how right, is `reward.py` beside Math-Verify: same gold answers, same replies.

    pip install math-verify==0.9.0 antlr4-python3-runtime==4.11.1
    cargo build --release && target/release/quarry answers reward > reward.py
    python3 benches/peers/math_verify_python.py crates/answers/tests/cases/*.jsonl --reward reward.py --quarry target/release/quarry

Files are JSON lines with `id`, `gold`, `reply` and `expect` (`correct` or `incorrect`), and `spec`, or `question` for `quarry answers
infer` to make the spec from; lines without a spec are counted and left out. In each of ROUNDS rounds every case goes through every
way in turn, so that a busy machine is unkind to all alike, and a case's CPU seconds are the median of its rounds:

- Math-Verify, `verify(parse(gold), parse(reply))`, gold in a box, since it reads no bare text; and the same with gold parsed beforehand
- ours, `reward.check(spec, reply)`, the spec read from JSON each time
- with `--quarry`, the program itself, `quarry answers check`, over all cases at once, COPIES times over, less the time of an empty input;
  reading and writing JSON counts

A round of warming up goes before. A wrong accept is an `incorrect` case that a way calls correct, a miss is a `correct` one that it does
not; what our checker cannot tell is counted apart.
"""

import argparse
import importlib.util
import json
import logging
import pathlib
import resource
import statistics
import subprocess
import time
from collections import Counter

from math_verify import parse, verify

logging.getLogger("math_verify").setLevel(logging.CRITICAL)


def read_cases(paths, quarry):
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    cases = [json.loads(line) for line in lines]
    untyped = [case for case in cases if not case.get("spec")]
    if quarry and untyped:
        given = "".join(json.dumps(case) + "\n" for case in untyped)
        done = subprocess.run([quarry, "answers", "infer"], input=given, text=True, capture_output=True)
        for case, line in zip(untyped, done.stdout.splitlines()):
            case["spec"] = json.loads(line)["spec"]
    kept = [case for case in cases if case.get("spec") and case["expect"] in ("correct", "incorrect")]
    for case in kept:
        case["spec"] = case["spec"] if isinstance(case["spec"], str) else json.dumps(case["spec"])
        case["type"] = json.loads(case["spec"])["type"]
        case["gold"] = case.get("gold") or spelled(json.loads(case["spec"]))
    return kept, len(cases) - len(kept)


def spelled(spec):
    """The gold answer of a case that has only a spec."""
    if spec["type"] in ("list", "set"):
        return ", ".join(spelled(item) for item in spec["items"])
    if spec["type"] == "fraction":
        return f"{spec['num']}/{spec['den']}"
    return spec[{"choice": "label", "string": "canonical", "expression": "latex"}.get(spec["type"], "value")]


def load_reward(path):
    spec = importlib.util.spec_from_file_location("reward", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def boxed(gold):
    return "\\boxed{" + gold + "}"


def ways(cases, reward):
    """Each way takes a case and gives its verdict."""
    parsed = {id(case): parse(boxed(case["gold"])) for case in cases}
    said = {True: "correct", False: "incorrect"}
    return {
        "math-verify": lambda case: said[bool(verify(parse(boxed(case["gold"])), parse(case["reply"])))],
        "math-verify, gold parsed before": lambda case: said[bool(verify(parsed[id(case)], parse(case["reply"])))],
        "reward.py": lambda case: reward.check(case["spec"], case["reply"])["verdict"],
    }


def measure(cases, table, rounds):
    """The CPU seconds of every case by way, a list a case, and the verdicts."""
    seconds = {name: [[] for _ in cases] for name in table}
    verdicts = {name: [None] * len(cases) for name in table}
    for number in range(rounds + 1):
        for idx, case in enumerate(cases):
            for name, judge in table.items():
                begun = time.process_time()
                try:
                    verdict = judge(case)
                except Exception as error:
                    verdict = type(error).__name__
                taken = time.process_time() - begun
                verdicts[name][idx] = verdict
                # The first round only fills caches and compiles patterns.
                if number > 0:
                    seconds[name][idx].append(taken)
    return {name: [statistics.median(taken) for taken in lists] for name, lists in seconds.items()}, verdicts


def children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def through_quarry(quarry, cases, copies, rounds):
    """Mean CPU seconds a case of the program, start-up left out, and its verdicts."""
    lines = [json.dumps({"id": case["id"], "spec": json.loads(case["spec"]), "reply": case["reply"]}) for case in cases]
    spent = {0: [], copies: []}
    for _ in range(rounds):
        for count in spent:
            begun = children_cpu()
            given = "".join(line + "\n" for line in lines * count)
            done = subprocess.run([quarry, "answers", "check"], input=given, text=True, capture_output=True)
            spent[count].append(children_cpu() - begun)
    judged = [json.loads(line)["verdict"] for line in done.stdout.splitlines()]
    assert len(judged) == len(cases) * copies, f"{len(judged)} verdicts for {len(cases) * copies} cases: {done.stderr[-400:]}"
    each = (statistics.median(spent[copies]) - statistics.median(spent[0])) / len(judged)
    return each, judged[: len(cases)]


def rightness(cases, verdicts):
    """Counts of right verdicts and of each way to be wrong."""
    counts = Counter()
    for case, verdict in zip(cases, verdicts):
        if verdict not in ("correct", "incorrect"):
            counts["unknown" if verdict == "unknown" else "errors"] += 1
        elif verdict == case["expect"]:
            counts["right"] += 1
        elif verdict == "correct":
            counts["wrong accepts"] += 1
        else:
            counts["misses"] += 1
    return counts


def print_rightness(cases, verdicts):
    columns = ("right", "wrong accepts", "misses", "unknown", "errors")
    print(f"\n{'':32} " + " ".join(f"{column:>13}" for column in columns))
    for name, given in verdicts.items():
        counts = rightness(cases, given)
        print(f"{name:32} " + " ".join(f"{counts[column]:13}" for column in columns))
    first, *others = verdicts
    for name in others:
        agreed = sum(a == b for a, b in zip(verdicts[first], verdicts[name]))
        print(f"{name} agrees with {first} on {agreed} of {len(cases)}")


def print_types(cases, verdicts, seconds):
    print("\nBy type: mean µs, right, wrong accepts")
    print(f"{'':16} " + " ".join(f"{name:>32}" for name in verdicts))
    for kind, count in sorted(Counter(case["type"] for case in cases).items()):
        chosen = [idx for idx, case in enumerate(cases) if case["type"] == kind]
        cells = []
        for name, given in verdicts.items():
            counts = rightness([cases[idx] for idx in chosen], [given[idx] for idx in chosen])
            mean = statistics.fmean(seconds[name][idx] for idx in chosen) * 1e6 if name in seconds else None
            cells.append(f"{mean:9.1f}" if mean else " " * 9)
            cells[-1] += f" {counts['right']:6} {counts['wrong accepts']:5}"
        print(f"{kind:10} {count:5} " + " ".join(f"{cell:>32}" for cell in cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=pathlib.Path, nargs="+")
    parser.add_argument("--reward", type=pathlib.Path, required=True, help="a reward.py that quarry wrote")
    parser.add_argument("--quarry", type=pathlib.Path, help="the program, built with --release")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--copies", type=int, default=50)
    arguments = parser.parse_args()
    cases, num_left = read_cases(arguments.cases, arguments.quarry)
    table = ways(cases, load_reward(arguments.reward))
    seconds, verdicts = measure(cases, table, arguments.rounds)
    means = {name: statistics.fmean(taken) for name, taken in seconds.items()}
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    if arguments.quarry:
        means["quarry answers check"], judged = through_quarry(arguments.quarry, cases, arguments.copies, arguments.rounds)
        verdicts["quarry answers check"] = judged
    print(f"{len(cases)} cases, {num_left} left out, median of {arguments.rounds} rounds a case, CPU")
    print(f"{'':32} {'median µs':>10} {'mean µs':>10}  as fast (of means)")
    for name, mean in means.items():
        median = f"{medians[name] * 1e6:10.1f}" if name in medians else f"{'':10}"
        print(f"{name:32} {median} {mean * 1e6:10.1f}  {means['math-verify'] / mean:8.1f}x")
    print_rightness(cases, verdicts)
    print_types(cases, verdicts, seconds)


if __name__ == "__main__":
    main()
