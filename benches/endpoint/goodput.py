"""How much of an endpoint's capacity is used: `quarry run`, a direct load generator, and a Python asyncio client.

    python3 benches/endpoint/goodput.py target/release/quarry [--documents 2000] [--slots 256] [--speed 1]

1. makes documents with benches/generate.py, or takes those of --input;
2. runs pipeline/recipes/webscale.toml over them against a fresh `quarry mock`, which keeps all request bodies;
3. sends the same bodies to a fresh mock with the direct generator, 4 x slots in flight: what the machine can do at most;
4. sends them with aiohttp at the limit that quarry had.

The figures are the mock's own, out of its report: the share of slot-seconds in use over the whole job, without its first
and last tenth (steady), and the answer tokens a second, all in model time. `--speed` shortens the wait; turnaround of the
client then counts that many times, so a figure at 4 is a lower bound for one at 1, and so does a slow build: quote figures of a release build at 1. `--bodies FILE` leaves out the run of
quarry and takes recorded requests; `--made N` takes N requests of plain text instead. aiohttp is taken from the Python
that runs this; without it that row is left out.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


class Mock:
    """A mock server of its own for each client."""

    def __init__(self, quarry, folder, args, **more):
        self.report = folder / "report.json"
        command = [quarry, "mock", "--listen", "127.0.0.1:0", "--slots", str(args.slots), "--report", str(self.report)]
        command += ["--speed", str(args.speed)] if args.speed else ["--instant"]
        for name, value in more.items():
            command += [f"--{name}", str(value)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def stop(self):
        """Ends it and gives its report and CPU seconds."""
        before = os.times()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        after = os.times()
        cpu = (after.children_user + after.children_system) - (before.children_user + before.children_system)
        return json.loads(self.report.read_text()) | {"cpu_seconds": cpu}


def made_bodies(path, count):
    """Prompts of about 4 kB, four to a document."""
    words = (ROOT / "benches" / "generate.py").read_text().split()
    draw = random.Random(1)
    with path.open("w") as file:
        for number in range(count):
            if number % 4 == 0:
                document = f"document {number}: " + " ".join(draw.choices(words, k=560))
            messages = [
                {"role": "system", "content": "You work on text."},
                {"role": "user", "content": f"{document}\n\nInstruction {number % 4}."},
            ]
            file.write(json.dumps({"model": "made", "messages": messages, "seed": number, "max_tokens": 4096}) + "\n")


def run_quarry(args, folder, url):
    config = folder / "config.toml"
    limit = f"in_flight = {args.in_flight}\n" if args.in_flight else ""
    models = [f'[models.{name}]\nid = "mock-{name}"\nendpoints = "{url}/v1"\n{limit}' for name in args.models.split(",")]
    config.write_text("\n".join(models))
    command = [args.quarry, "run", args.recipe, "--config", config, "--out", folder / "out", "--progress", "none"]
    command += ["--input", args.input or make_documents(args, folder)]
    before = os.times()
    start = time.monotonic()
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {"seconds": round(time.monotonic() - start, 2), "cpu_seconds": round(cpu, 2)}


def make_documents(args, folder):
    """About 3 kB each, as benches/generate.py makes them."""
    path = folder / "documents"
    command = [sys.executable, ROOT / "benches" / "generate.py", path, str(max(1, round(args.documents * 3 / 1000)))]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return path


def send(kind, url, bodies, in_flight):
    command = [sys.executable, HERE / "clients.py", kind, url, bodies, str(in_flight)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def row(name, in_flight, report, client):
    goodput = report["goodput"] or {}
    share = lambda key: f"{100 * goodput[key]:6.1f} %" if goodput.get(key) else "     - "
    tokens = report["tokens"]
    cached = tokens["cached_of_cacheable"]
    cells = [
        f"{name:<22}",
        f"{in_flight:>9}",
        f"{report['requests']['requests']:>8}",
        f"{goodput.get('seconds', client['seconds']):>9.1f}",
        share("steady"),
        share("whole"),
        f"{goodput.get('answer_tokens_per_second', 0):>9.0f}",
        f"{100 * cached:6.1f} %" if cached is not None else "     - ",
        f"{client['cpu_seconds']:>7.1f}",
    ]
    print(" | ".join(cells), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("quarry")
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--input")
    parser.add_argument("--recipe", default="pipeline/recipes/webscale.toml")
    parser.add_argument("--models", default="teacher,checker,student")
    parser.add_argument("--slots", type=int, default=256)
    parser.add_argument("--in-flight", type=int, help="of quarry and asyncio [1.25 x slots]")
    parser.add_argument("--speed", type=float, default=1.0, help="0 answers at once")
    parser.add_argument("--bodies", type=Path)
    parser.add_argument("--made", type=int)
    parser.add_argument("--keep", type=Path, help="keeps the request bodies in this file")
    args = parser.parse_args()
    args.quarry = str(Path(args.quarry).resolve())
    args.in_flight = args.in_flight or args.slots * 5 // 4
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        bodies = args.bodies or args.keep or folder / "bodies.jsonl"
        print(f"slots {args.slots}, speed {args.speed:g}; seconds and tokens are of model time, CPU is the client's")
        print("client                 | in flight | requests |   seconds |   steady |    whole |  tokens/s |   cached |   CPU s")
        if args.made:
            made_bodies(bodies, args.made)
        elif not args.bodies:
            mock = Mock(args.quarry, folder, args, bodies=bodies)
            client = run_quarry(args, folder, mock.url)
            row("quarry run", args.in_flight, mock.stop(), client)
        clients = [("direct", 4 * args.slots), ("asyncio", args.in_flight)]
        try:
            import aiohttp  # noqa: F401
        except ImportError:
            clients.pop()
        for kind, in_flight in clients:
            mock = Mock(args.quarry, folder, args)
            client = send(kind, mock.url, bodies, in_flight)
            row(kind if kind == "direct" else "aiohttp, semaphore", in_flight, mock.stop(), client)


if __name__ == "__main__":
    main()
