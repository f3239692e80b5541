"""Runs the recipe that asks models against endpoints that are real, hostile or indiscreet, and checks what comes out.

    python3 tests/endpoints.py QUARRY [llama | judges | llmock | faults | streams | secrets]...

Needs what `tests/servers.txt` lists. Prints a line a case and ends with `N passed, N failed`.
"""

import base64
import concurrent.futures
import json
import sqlite3
import subprocess
import urllib.parse

import pyarrow

import jobs
import servers

# Long enough that no part of it comes up by chance.
KEY = "sk-canary-7Q2xV9mT4bK8/wZ3+nL6"
# As many characters of it in a row are a leak.
WINDOW = 8
# How `shout` answers, and how a run that hears it ends; none where it asks again until the endpoint counts as down.
SHOUTS = {"400": 2, "401": 2, "402": 5, "403": 2, "404": 2, "302": 2}
SHOUTS |= {"500": None, "503": None, "200": None, "text": None, "stream": None}
# Seconds until such a run is stopped. It has long said what is wrong.
PATIENCE = 25
# Whatever sees a request tells all of it.
LOG = "info," + ",".join(f"{name}=trace" for name in ("quarry", "quarry_llm", "reqwest", "hyper", "hyper_util", "rustls"))


# Short passages and answers: a processor reads some 200 tokens a second and writes 60.
ASKING = ("worth_asking", "ask", "judged", "repaired", "judged_again", "reproducible", "difficulty")
LIMITS = ["ask.max_tokens=400", "ask.max_questions=2", "repaired.max_tokens=300"]
LIMITS += [f"{stage}.max_passage_tokens=400" for stage in ASKING]
SHORT = [part for limit in LIMITS for part in ("--set", limit)]
LLAMA = {"key_env": "LLAMA_KEY", "context_tokens": 3072, "in_flight": 4}


def llama(quarry, folder):
    """A model of 135 million parameters writes mostly nonsense: it must end as rejects, not as pairs or crashes."""
    with servers.start("llama", "--slots", 4, "--context", 3072, "--key", KEY) as address:
        job = jobs.Job(quarry, folder, address, model="smollm2", limit=6, **LLAMA)
        first = job.run("out", *SHORT, LLAMA_KEY=KEY).exits(0)
        counted = llama_metrics(address)
        results = jobs.a_sound_dataset(quarry, job.out())
        assert results["documents"]["num_failed"] == 0 and results["pairs"]["num_failed"] == 0, results
        paid = job.paid()
        assert paid["calls"] > 0
        # Few pairs of such a model come as far as to several samples, of which this server counts but the first in a reply.
        assert paid["prompt"] == counted["prompt"] and paid["completion"] <= counted["completion"], (paid, counted)
        job.run("out", *SHORT, LLAMA_KEY=KEY).exits(0)
        again = jobs.Job(quarry, folder / "again", address, "smollm2", 6, ledger=job.out() / ".quarry/ledger.db", **LLAMA)
        again.run("out", *SHORT, LLAMA_KEY=KEY).exits(0)
        assert llama_metrics(address) == counted, "a second run asked again"
        jobs.same_files(again.out(), jobs.files(job.out()), "out of the ledger")
        no_trace_of(KEY, job.out(), first.stdout, first.stderr)
        return f"{paid} in {first.seconds:.0f} s; documents {results['documents']}, pairs {results['pairs']}"


def judges(quarry, folder):
    """The same model as the judge of pairs that are mostly good, so that all stages ask it, with several samples too."""
    with servers.start("llama", "--slots", 4, "--context", 3072, "--key", KEY) as address:
        with jobs.mock(quarry, folder / "mock", "--instant") as mock:
            roles = {"teacher": {"id": "mock", "endpoints": [f"{mock}/v1"]}}
            job = jobs.Job(quarry, folder, address, model="smollm2", limit=12, roles=roles, **LLAMA)
            first = job.run("out", *SHORT, LLAMA_KEY=KEY).exits(0)
            results = jobs.a_sound_dataset(quarry, job.out())
            assert results["documents"]["num_failed"] == 0 and results["pairs"]["num_failed"] == 0, results
            asked = {stage["stage"]: stage["counts"]["num_in"] for stage in results["stages"]}
            assert asked["judged"] > 0, asked
            no_trace_of(KEY, job.out(), first.stdout, first.stderr)
            return f"{job.paid()} in {first.seconds:.0f} s; pairs {results['pairs']}, rows in {asked}"


def llama_metrics(address):
    """Tokens that the server has counted."""
    text = servers.get(f"{address}/metrics", key=KEY)
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("llamacpp:"))
    number = lambda name: int(float(values[f"llamacpp:{name}_total"]))
    return {
        "prompt": number("prompt_tokens") + number("prompt_tokens_cached"),
        "completion": number("tokens_predicted"),
    }


def llmock(quarry, folder):
    """Every second request is refused and a part of the streams breaks; the dataset is the same, and llmock has no complaint."""
    settings = {"model": "llmock", "limit": 12, "stream": True, "timeout": "6s", "max_tries": 20, "in_flight": 8}
    with servers.start("llmock") as address:
        calm = jobs.Job(quarry, folder / "calm", address, **settings)
        calm.run().exits(0)
        results = jobs.a_sound_dataset(quarry, calm.out())
    expected = jobs.files(calm.out())
    refused = ["--error-rate", "429=0.3", "--error-rate", "503=0.2"]
    broken = [part for kind in ("truncate", "disconnect", "malformed", "stall") for part in ("--stream-fault", f"{kind}=0.05")]
    with servers.start("llmock", *refused, *broken) as address:
        job = jobs.Job(quarry, folder / "faults", address, **settings)
        job.run().exits(0)
        jobs.same_files(job.out(), expected, "with faults")
        verdict = json.loads(servers.get(f"{address}/_llmock/verdict"))
        told = servers.get(f"{address}/_llmock/verdict?format=text")
        assert verdict["passed"] and not verdict["warnings"], told
        assert verdict["faults_injected"] >= 10, told
    faults = f"{verdict['faults_injected']} faults in {verdict['attempts']} attempts of {verdict['calls']} calls"
    return f"{faults}, nothing to complain of; documents {results['documents']}, pairs {results['pairs']}"


def faults(quarry, folder, **settings):
    """As `llmock`, with real pairs, bodies that break in more ways, and all forms of Retry-After."""
    settings = {"limit": 50, "timeout": "6s", "max_tries": 20, "in_flight": 16} | settings
    with jobs.mock(quarry, folder / "mock", "--instant") as address:
        with servers.start("proxy", "--to", address, "--calm") as proxy:
            calm = jobs.Job(quarry, folder / "calm", proxy, **settings)
            calm.run().exits(0)
        results = jobs.a_sound_dataset(quarry, calm.out())
        assert results["pairs"]["num_accepted"] > 0, results["pairs"]
        with servers.start("proxy", "--to", address) as proxy:
            job = jobs.Job(quarry, folder / "faults", proxy, **settings)
            job.run().exits(0)
            report = json.loads(servers.get(f"{proxy}/proxy/report"))
    jobs.same_files(job.out(), jobs.files(calm.out()), "with faults")
    assert not report["early"], f"retried before Retry-After by {report['early']} s"
    assert report["repeated"] == 0, report
    # A stream that is cut off behind its usage has told all that there was to tell.
    spare = sum(report["faults"].get(kind, 0) for kind in ("truncate", "disconnect", "malformed", "stall"))
    paid = job.paid()["calls"]
    assert 0 <= paid - report["answered"] <= (spare if settings.get("stream") else 0), (report, paid)
    assert sum(report["faults"].values()) >= 10, report
    return f"{report}; documents {results['documents']}, pairs {results['pairs']}"


def streams(quarry, folder):
    return faults(quarry, folder, stream=True)


def secrets(quarry, folder):
    """Servers that repeat the key wherever they can, and a log that tells all: the key is in nothing that we write."""
    with servers.start("shout") as address, concurrent.futures.ThreadPoolExecutor(4) as pool:

        def asked(how):
            settings = {"key_env": "CANARY_KEY", "max_tries": 2, "timeout": "5s", "stream": how == "stream"}
            job = jobs.Job(quarry, folder / how, f"{address}/{how}", limit=30, **settings)
            return run_with_key(job, folder / how, 120 if SHOUTS[how] else PATIENCE)

        codes = dict(zip(SHOUTS, pool.map(asked, SHOUTS)))
        report = json.loads(servers.get(f"{address}/shout/report"))
    assert report["requests"] >= len(SHOUTS), report
    assert report["followed_with_key"] == 0, "the key went along with a redirect"
    assert codes == SHOUTS | {how: code for how, code in codes.items() if SHOUTS[how] is None}, codes
    assert not {code for how, code in codes.items() if SHOUTS[how] is None} - {0, 6, 143}, codes
    for setting in ("key_env", "key", "api_key"):
        job = jobs.Job(quarry, folder / "written", "http://127.0.0.1:9", **{setting: KEY})
        refused = job.run().exits(2)
        no_trace_of(KEY, job.out(), refused.stdout, refused.stderr)
    with jobs.mock(quarry, folder / "mock", "--instant") as address:
        job = jobs.Job(quarry, folder / "good", address, key_env="CANARY_KEY", limit=6)
        assert run_with_key(job, folder / "good") == 0
        exported = folder / "good" / "ledger.export"
        jobs.call([str(quarry), "ledger", str(job.out()), "--export", str(exported)], 60).exits(0)
        no_trace_of(KEY, exported.parent)
    return f"exit codes {codes}"


def run_with_key(job, folder, seconds=120):
    """Runs with a log that tells all, looks for the key in everything, and gives the exit code."""
    environment = job.environment(CANARY_KEY=KEY, QUARRY_LOG=LOG)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(job.command(), cwd=jobs.ROOT, env=environment, **pipes) as process:
        try:
            stdout, stderr = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.terminate()
            stdout, stderr = process.communicate(timeout=30)
    no_trace_of(KEY, folder, stdout, stderr)
    return process.returncode


def no_trace_of(key, folder, *printed):
    """No part of the key is in a file of the folder, as it is or unpacked, nor in what the program printed."""
    forms = [key, base64.b64encode(key.encode()).decode(), urllib.parse.quote(key, safe=""), key.replace("/", "\\/")]
    parts = {form[at : at + WINDOW].encode() for form in forms for at in range(len(form) - WINDOW + 1)}
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert not folder.exists() or paths, f"{folder} is empty"
    shown = [("what was printed", text.encode()) for text in printed]
    for name, content in [*shown, *((path, content) for path in paths for content in contents(path))]:
        for part in parts:
            at = content.find(part)
            if at >= 0:
                around = content[max(0, at - 150) : at + 60].decode(errors="replace")
                raise AssertionError(f"{name} holds a part of the key: ...{around}...")


def contents(path):
    """A file as it is, and what is packed in it."""
    raw = path.read_bytes()
    yield raw
    if path.suffix == ".parquet":
        yield json.dumps(pyarrow.parquet.read_table(path).to_pylist(), default=str).encode()
    if raw.startswith(b"SQLite format 3"):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in database.execute(f'SELECT * FROM "{table}"'):
                    yield b"\n".join(map(unpacked, row))
    if raw.startswith(ZSTD):
        yield unpacked(raw)


ZSTD = b"\x28\xb5\x2f\xfd"


def unpacked(value):
    if not isinstance(value, bytes):
        return str(value).encode()
    if not value.startswith(ZSTD):
        return value
    return pyarrow.CompressedInputStream(pyarrow.BufferReader(value), "zstd").read()


CASES = {"llama": llama, "judges": judges, "llmock": llmock, "faults": faults, "streams": streams, "secrets": secrets}

if __name__ == "__main__":
    jobs.main(__doc__, CASES)
