"""The published string normalisers as their authors wrote them down, to compare ours with.

`published.py alphabet` writes ranges of the characters that this Python knows, and what they do to a capital sigma
beside them; `published.py` reads lines of JSON strings and writes lines of both normal forms.
"""

import json
import re
import string
import sys
import unicodedata

PUNCTUATION = set(string.punctuation)
QUOTES = set("‘’´`")


def finish(text):
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def squad(text):
    return finish("".join(ch for ch in text.lower() if ch not in PUNCTUATION))


def trivia_qa(text):
    lower = text.replace("_", " ").lower()
    return finish("".join(" " if ch in PUNCTUATION or ch in QUOTES else ch for ch in lower)).strip()


def around_sigma(ch):
    """How a character bears on a capital sigma before, after and around it."""
    probes = (ch + "Σ", "Α" + ch + "Σ", "ΑΣ" + ch, "ΑΣ" + ch + "Α")
    return sum(1 << idx for idx, probe in enumerate(probes) if "ς" in probe.lower())


def alphabet():
    ranges = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) in ("Cn", "Cs"):
            continue
        kind = around_sigma(chr(code))
        if ranges and ranges[-1][1:] == [code - 1, kind]:
            ranges[-1][1] = code
        else:
            ranges.append([code, code, kind])
    return ranges


if sys.argv[1:] == ["alphabet"]:
    print(json.dumps(alphabet()))
else:
    for line in sys.stdin:
        given = json.loads(line)
        print(json.dumps([squad(given), trivia_qa(given)]))
