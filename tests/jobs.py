"""A job of the program with a config of its own, and what must hold of every dataset that it finishes.

Used by `endpoints.py` and `kill.py`. Needs pyarrow.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import pyarrow.parquet

import servers

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("data", "documents", "rejects", "failures")
# The models that `webscale.toml` names.
ROLES = ("teacher", "checker", "student")


class Finished:
    """A process that has ended."""

    def __init__(self, process, seconds):
        self.code, self.stdout, self.stderr = process.returncode, process.stdout, process.stderr
        self.seconds = seconds

    def exits(self, *codes):
        assert self.code in codes, f"exit code {self.code}\n{self.stdout[-3000:]}\n{self.stderr[-6000:]}"
        return self


class Job:
    """A recipe over a few documents of the sample, with models behind one address."""

    def __init__(self, quarry, folder, address, model="mock", limit=12, roles=None, ledger=None, **settings):
        """`settings` are keys of `[models.NAME]`, the same for all models but for what `roles` says of one."""
        self.quarry, self.folder, self.limit = str(quarry), Path(folder), limit
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = {"id": model, "endpoints": [f"{address}/v1"]} | settings
        lines = ["[run]", "unit_rows = 4", "threads = 2"]
        for role in ROLES:
            own = settings | (roles or {}).get(role, {})
            # Strings, numbers, booleans and lists look the same in JSON and in TOML.
            lines += ["", f"[models.{role}]", *(f"{key} = {json.dumps(value)}" for key, value in own.items())]
        if ledger:
            lines += ["", "[ledger]", f"path = {json.dumps(str(ledger))}"]
        (self.folder / "config.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def out(self, name="out"):
        return self.folder / name

    def command(self, name="out", *arguments):
        recipe = ["pipeline/recipes/webscale.toml", "--input", "sample-data/shards/web-01.jsonl", "--limit", str(self.limit)]
        config = ["--config", str(self.folder / "config.toml"), "--out", str(self.out(name)), "--progress", "plain"]
        return [self.quarry, "run", *recipe, *config, *arguments]

    def environment(self, **more):
        return os.environ | {"QUARRY__ONNX__RUNTIME": "rten"} | more

    def run(self, name="out", *arguments, timeout=300, **environment):
        return call(self.command(name, *arguments), timeout, env=self.environment(**environment))

    def start(self, name="out"):
        """A run that is still going on, in a process group of its own."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
        return subprocess.Popen(self.command(name), cwd=ROOT, env=self.environment(), **quiet)

    def paid(self, name="out"):
        """What the ledger of a run says was paid: calls, prompt tokens and answer tokens."""
        sql = "SELECT count(*) AS calls, sum(prompt_tokens) AS prompt, sum(completion_tokens) AS completion FROM call"
        shown = call([self.quarry, "ledger", str(self.out(name)), "--json", "--sql", sql], 60).exits(0)
        (total,) = map(json.loads, shown.stdout.splitlines())
        return total


def call(command, timeout, **more):
    """Runs a command of the program from the root of the repository."""
    begun = time.monotonic()
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, **more)
    return Finished(process, time.monotonic() - begun)


@contextlib.contextmanager
def mock(quarry, folder, *arguments):
    """`quarry mock` at a free port; gives its address. Its log and report are in the folder once it has ended."""
    folder.mkdir(parents=True, exist_ok=True)
    files = ["--log", str(folder / "mock.jsonl"), "--report", str(folder / "mock.json")]
    command = [str(quarry), "mock", "--listen", "127.0.0.1:0", *files, *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip().removeprefix("listening on ")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def mock_report(folder):
    return json.loads((folder / "mock.json").read_text(encoding="utf-8"))


def rows(out, folder):
    return [row for path in sorted((out / folder).glob("*.parquet")) for row in pyarrow.parquet.read_table(path).to_pylist()]


def files(out):
    """The bytes of all that a dataset is, by path."""
    paths = [path for folder in FOLDERS for path in sorted((out / folder).iterdir())] + [out / "manifest.json"]
    return {str(path.relative_to(out)): path.read_bytes() for path in paths}


def same_files(found, expected, what):
    found = files(found)
    different = [name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)]
    assert not different, f"{what}: {sorted(different)} differ"


def every_row_is_accounted_for(out):
    """The sums of `run_results.json` hold, and agree with the files."""
    results = json.loads((out / "run_results.json").read_text(encoding="utf-8"))
    assert results["status"] == "complete", results["status"]
    for stage in results["stages"]:
        counts = stage["counts"]
        assert counts["num_in"] == counts["num_accepted"] + counts["num_rejected"] + counts["num_failed"], stage
        assert counts["num_rejected"] == sum(counts["reasons"].values()), stage
    in_files = {folder: rows(out, folder) for folder in FOLDERS}
    for level, totals, accepted in (("document", "documents", "documents"), ("pair", "pairs", "data")):
        counts = results[totals]
        of_level = {folder: sum(row["level"] == level for row in in_files[folder]) for folder in ("rejects", "failures")}
        found = len(in_files[accepted]), of_level["rejects"], of_level["failures"]
        assert found == (counts["num_accepted"], counts["num_rejected"], counts["num_failed"]), (found, counts)
        assert counts["num_in"] == sum(found), (found, counts)
    emitted = sum(stage["counts"]["num_emitted"] for stage in results["stages"])
    assert results["pairs"]["num_in"] == emitted, f"{emitted} emitted, {results['pairs']}"
    return results


def rejects_have_reasons_of_their_operators(quarry, out):
    listed = json.loads(call([str(quarry), "operators", "--json"], 60).exits(0).stdout)
    known = {operator["name"]: {reason["name"] for reason in operator["reasons"]} for operator in listed}
    operators = dict(json.loads((out / "manifest.json").read_text(encoding="utf-8"))["stages"])
    for row in rows(out, "rejects"):
        # The reader and the router have reasons too, but are no stages of the recipe.
        if row["stage"] in operators:
            assert row["reason"] in known[operators[row["stage"]]], f"{row['stage']}: {row['reason']}"


def answers_pass_their_own_checks(quarry, out):
    """Each accepted answer, given as a reply, is correct by the code that ships with the data. Returns how many there are."""
    pairs = rows(out, "data")
    asked = [
        {"id": pair["id"], "spec": json.loads(pair["answer_spec"]), "question": pair["question"], "reply": pair["answer"]}
        for pair in pairs
    ]
    lines = "".join(json.dumps(line) + "\n" for line in asked)
    checked = call([str(quarry), "answers", "check"], 60, input=lines).exits(0)
    verdicts = [json.loads(line) for line in checked.stdout.splitlines()]
    assert len(verdicts) == len(pairs)
    wrong = [verdict for verdict in verdicts if verdict["verdict"] != "correct"]
    assert not wrong, wrong
    return len(pairs)


def a_sound_dataset(quarry, out):
    """All of the above. Returns `run_results.json`."""
    results = every_row_is_accounted_for(out)
    rejects_have_reasons_of_their_operators(quarry, out)
    answers_pass_their_own_checks(quarry, out)
    return results


def main(doc, cases):
    """Runs the cases that are named, else all, each in a folder of its own, and ends as the tests did."""
    if len(sys.argv) < 2 or not set(sys.argv[2:]) <= cases.keys():
        sys.exit(doc)
    quarry = Path(sys.argv[1]).resolve()
    num_failed = 0
    chosen = sys.argv[2:] or list(cases)
    for name in chosen:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix=f"quarry-{name}-") as folder:
            try:
                said = cases[name](quarry, Path(folder))
                print(f"ok      {name} ({time.monotonic() - begun:.0f} s): {said}", flush=True)
            except Exception as error:
                num_failed += 1
                traceback.print_exc()
                print(f"FAILED  {name}: {type(error).__name__}: {error}", flush=True)
                keep(Path(folder), name)
    print(f"{len(chosen) - num_failed} passed, {num_failed} failed")
    sys.exit(1 if num_failed else 0)


def keep(folder, name):
    """Leaves the folder of a failed case where `QUARRY_KEEP` says."""
    if kept := os.environ.get("QUARRY_KEEP"):
        place = Path(kept) / re.sub(r"\W", "-", f"{name}-{int(time.time())}")
        place.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", folder, place], check=False)
        print(f"kept in {place}")
