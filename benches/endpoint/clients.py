"""Two clients that send a file of requests to an endpoint, to compare quarry's with.

    clients.py direct  URL BODIES IN_FLIGHT    as bare as can be: one connection a worker, bytes in, bytes out
    clients.py asyncio URL BODIES IN_FLIGHT    as people write it: aiohttp, a semaphore, gather over all requests

BODIES is JSON Lines, one request body a line, as `quarry mock --bodies FILE` keeps them. Both send all of it once, in the
order of the file, and print one JSON line: requests, those with status 200, seconds and CPU seconds.
Python 3.11 or later; `asyncio` needs aiohttp.
"""

import asyncio
import json
import resource
import sys
import time
from urllib.parse import urlsplit

PATH = "/v1/chat/completions"


async def direct(url, bodies, in_flight):
    """Sends over raw connections, and reads no more of a response than its status and length."""
    place = urlsplit(url)
    waiting = iter(bodies)
    good = 0

    async def worker():
        nonlocal good
        reader = writer = None
        for body in waiting:
            if writer is None:
                reader, writer = await asyncio.open_connection(place.hostname, place.port)
            head = (
                f"POST {PATH} HTTP/1.1\r\nhost: {place.netloc}\r\n"
                f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            try:
                answer = await reader.readuntil(b"\r\n\r\n")
                length = int(answer.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
                await reader.readexactly(length)
                good += answer.split(b" ", 2)[1] == b"200"
            except (OSError, asyncio.IncompleteReadError, IndexError):
                writer.close()
                writer = None
        if writer is not None:
            writer.close()

    await asyncio.gather(*(worker() for _ in range(min(in_flight, len(bodies)))))
    return good


async def with_aiohttp(url, bodies, in_flight):
    """A task for each request, a semaphore for the limit, each answer read as JSON."""
    import aiohttp

    limit = asyncio.Semaphore(in_flight)
    connector = aiohttp.TCPConnector(limit=in_flight)
    timeout = aiohttp.ClientTimeout(total=3600)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

        async def ask(body):
            async with limit, session.post(url + PATH, json=body) as response:
                answer = await response.json()
                return response.status == 200 and bool(answer["choices"])

        return sum(await asyncio.gather(*(ask(json.loads(body)) for body in bodies)))


def main():
    kind, url, path, in_flight = sys.argv[1:]
    with open(path, "rb") as file:
        bodies = file.read().splitlines()
    client = {"direct": direct, "asyncio": with_aiohttp}[kind]
    start = time.monotonic()
    good = asyncio.run(client(url.rstrip("/"), bodies, int(in_flight)))
    seconds = time.monotonic() - start
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = usage.ru_utime + usage.ru_stime
    print(json.dumps({"requests": len(bodies), "good": good, "seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2)}))


if __name__ == "__main__":
    main()
