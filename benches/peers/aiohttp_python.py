#!/usr/bin/env python3
"""How many requests a second does a bare aiohttp loop carry? `benches/llm_client.rs` runs it beside our client.

    pip install aiohttp
    python3 benches/peers/aiohttp_python.py BASE_URL REQUESTS IN_FLIGHT PROMPT_BYTES

It does the least that a client must: send a prompt, wait, parse the answer's JSON. No retries, no limits, no budget, no record.
"""

import asyncio
import resource
import sys
import time

import aiohttp


async def worker(session, url, document, numbers):
    num_good = 0
    for number in numbers:
        body = {
            "model": "bench",
            "messages": [{"role": "user", "content": f"{number} {document}"}],
            "temperature": 0.0,
            "top_p": 1.0,
            "top_k": 20,
            "max_tokens": 512,
            "seed": number,
        }
        async with session.post(url, json=body) as response:
            answer = await response.json()
            num_good += bool(answer["choices"][0]["message"]["content"])
    return num_good


async def main():
    base, num_requests, in_flight, prompt_bytes = sys.argv[1], *map(int, sys.argv[2:5])
    sentence = "Some words about nothing in particular, again and again. "
    document = (sentence * (prompt_bytes // len(sentence) + 1))[:prompt_bytes]
    numbers = iter(range(num_requests))
    connector = aiohttp.TCPConnector(limit=in_flight)
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    async with aiohttp.ClientSession(connector=connector) as session:
        url = base + "/chat/completions"
        counts = await asyncio.gather(*(worker(session, url, document, numbers) for _ in range(in_flight)))
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    assert sum(counts) == num_requests
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    memory = after.ru_maxrss // 1024
    print(
        f"aiohttp: {num_requests / wall:.0f} req/s, {cpu / num_requests * 1e3:.3f} CPU s a thousand, "
        f"{cpu / wall:.2f} cores, {memory} MB"
    )


asyncio.run(main())
