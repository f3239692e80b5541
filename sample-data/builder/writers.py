"""Writes documents as shards, the same bytes each time: fixed order, no time stamps, pinned levels."""

import gzip
import io
import json

COLUMNS = ["id", "text", "url", "source", "licence", "language", "title", "topic"]


def _row(doc):
    keys = COLUMNS + [k for k in ("description", "published", "rendered") if doc.get(k) is not None]
    return json.dumps({k: doc.get(k) for k in keys}, ensure_ascii=False).encode()


def lines(docs, extra=(), *, end=b"\n", bom=False, blank_every=0):
    """Documents as JSON lines, with raw lines of `extra` strewn in evenly."""
    rows, extra = [_row(d) for d in docs], list(extra)
    gap = len(rows) // (len(extra) + 1) if extra else 0
    for n, line in reversed(list(enumerate(extra))):
        rows.insert((n + 1) * gap, line)
    if blank_every:
        rows = [part for n, row in enumerate(rows) for part in ((b"", row) if n and n % blank_every == 0 else (row,))]
    return (b"\xef\xbb\xbf" if bom else b"") + end.join(rows) + end


def _split(body, parts):
    """The body cut at line ends into about equal parts, the last one without regard to size."""
    found, start = [], 0
    for n in range(1, parts):
        at = body.index(b"\n", len(body) * n // parts) + 1
        found.append(body[start:at])
        start = at
    return [*found, body[start:]]


def gz(body, members=1):
    """A gzip file of several members."""
    out = io.BytesIO()
    for part in _split(body, members):
        with gzip.GzipFile(filename="", mode="wb", fileobj=out, compresslevel=9, mtime=0) as member:
            member.write(part)
    return out.getvalue()


def zst(body, frames=1):
    """A zstd file of several frames."""
    import zstandard

    pack = zstandard.ZstdCompressor(level=19, write_checksum=True)
    return b"".join(pack.compress(part) for part in _split(body, frames))


def parquet(docs):
    """A parquet file of several row groups, Utf8 columns only."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(c, pa.string()) for c in COLUMNS])
    table = pa.Table.from_pylist([{c: d.get(c) for c in COLUMNS} for d in docs], schema=schema)
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", compression_level=12, row_group_size=100, store_schema=True)
    return out.getvalue()


def labels(rows):
    """Labelled documents as one gzip file of JSON lines."""
    return gz(b"".join(json.dumps(r, ensure_ascii=False).encode() + b"\n" for r in rows))
