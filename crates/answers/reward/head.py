"""Scores replies against the typed answers of a quarry dataset: one file, no package, Python 3.9 and later.

    check(spec, reply)      {"verdict": "correct" | "incorrect" | "unknown", "reason": ..., "extracted": ...}
    compute_score(...)      1.0 or 0.0, as verl calls it; reward(...) for TRL, reward_func(...) for OpenRLHF,
                            evaluate(...) for rLLM, slime_reward(...) for slime
    python3 reward.py < cases.jsonl         lines of {"id", "spec", "reply"} to lines of {"id", "verdict", ...}

A spec is the value of the column `answer_spec`, as JSON text or as a dict. Made by quarry from its own rule tables; it
says the same as `quarry answers check`. Where this file cannot be sure of that it says unknown, never correct.
"""

import functools
import json
import math
import re
import sys
import unicodedata
from fractions import Fraction

# Shared with the Rust checker, which wrote them here.
RULES = {}

CORRECT = ("correct", None)

# A checker for each type, put here by the parts: takes the spec and the normalised reply, gives verdict and reason.
_CHECKERS = {}


def _incorrect(reason):
    return ("incorrect", reason)


def _unknown(reason):
    return ("unknown", reason)


def _of(equal):
    return CORRECT if equal else ("incorrect", "different_value")


class _CannotTell(Exception):
    """Raised where Python's tables may differ from those of the Rust checker; the verdict is unknown."""


# Unicode's White_Space, without the separators U+001C to U+001F that str.isspace takes too.
_WHITE = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def _trim(text):
    return text.strip(_WHITE)


def _is_alphabetic(ch):
    """Unicode's Alphabetic. Some marks and symbols are, but Python does not say which."""
    if ch.isalpha():
        return True
    category = unicodedata.category(ch)
    if category == "Nl":
        return True
    if category in ("Mn", "Mc", "Me", "So", "Cn"):
        raise _CannotTell
    return False


def _is_numeric(ch):
    return unicodedata.category(ch) in ("Nd", "Nl", "No")


def _is_alphanumeric(ch):
    return _is_numeric(ch) or _is_alphabetic(ch)


def _is_digits(text):
    """ASCII digits alone; an empty text too."""
    return all("0" <= ch <= "9" for ch in text)


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _ascii_lower(text):
    return text.lower() if text.isascii() else text.translate(_LOWER)


def _strip_word(text, word):
    """Takes a lower-case word off the beginning of a text, in any case; None if it begins with something else."""
    return text[len(word) :] if _ascii_lower(text[: len(word)]) == word else None


def _anchored(pattern):
    """Compiles a pattern that goes to the end of the text; Python's `$` stops before a line break as well."""
    return re.compile(pattern[:-1] + r"\Z")
