# Numbers written as English words.

_SMALL = dict(RULES["number_words"]["small"])
_TENS = dict(RULES["number_words"]["tens"])
_SCALES = dict(RULES["number_words"]["scales"])
_PLACES = dict(RULES["number_words"]["places"])
_CARDINALS = frozenset(_PLACES.values())
_MAX_WORDS = RULES["number_words"]["max_words"]
_ASCII_LETTERS = re.compile("[A-Za-z]+")


def _cardinal(text):
    spoken = _read_words(text)
    return spoken[0] if spoken is not None and spoken[2] == len(text) and spoken[1] == 0 else None


def _ordinal(text):
    lower = _ascii_lower(text)
    start = max(lower.rfind(" "), lower.rfind("-")) + 1
    before, last = lower[:start], lower[start:]
    if last in _PLACES:
        word = _PLACES[last]
    elif last.endswith("ieth"):
        word = last[:-4] + "y"
    elif last.endswith("th") and last[:-2] not in _CARDINALS:
        word = last[:-2]
    else:
        return None
    one = "one " if not before and (word == "hundred" or word in _SCALES) else ""
    return _cardinal(before + one + word)


def _read_words(text):
    """The number that a text begins with: its digits, its power of ten, and where it ends."""
    words = _words_of_number(text)
    if not words:
        return None
    start = 1 if words[0][0] in ("minus", "negative") else 0
    found = _whole_number(words[start:])
    if found is None:
        return None
    mantissa, used = found
    used += start
    exponent = 0
    if used < len(words) and words[used][0] == "point":
        end = used + 1
        while end < len(words) and _SMALL.get(words[end][0], 10) < 10:
            mantissa = mantissa * 10 + _SMALL[words[end][0]]
            exponent -= 1
            end += 1
        if not exponent:
            return None
        used = end
    return -mantissa if start else mantissa, exponent, words[used - 1][1]


def _words_of_number(text):
    words, at = [], 0
    while True:
        found = _ASCII_LETTERS.match(text, at)
        if found is None:
            return words
        end = found.end()
        ch = text[end] if end < len(text) else " "
        if len(words) == _MAX_WORDS or _is_alphanumeric(ch):
            return words
        word = _ascii_lower(found.group())
        words.append((word, end))
        if end == len(text):
            return words
        if ch in " -":
            at = end + 1
        elif ch == "," and word in _SCALES:
            at = end + (2 if text[end + 1 : end + 2] == " " else 1)
        else:
            return words


def _whole_number(words):
    total = used = 0
    scale_below = None
    while True:
        skip = 1 if used and used < len(words) and words[used][0] == "and" else 0
        found = _below_thousand(words, used + skip)
        if found is None:
            break
        value, end = found
        scale = _SCALES.get(words[end][0]) if end < len(words) else None
        if scale_below is not None and (scale or 0) >= scale_below:
            return None
        total += value * 10 ** (scale or 0)
        used = end if scale is None else end + 1
        if scale is None:
            break
        scale_below = scale
    return (total, used) if used else None


def _below_thousand(words, at):
    def word(idx):
        return words[idx][0] if idx < len(words) else ""

    found = _below_hundred(words, at)
    if found is None:
        if word(at) in ("a", "an") and (word(at + 1) == "hundred" or word(at + 1) in _SCALES):
            found = (1, at + 1)
        else:
            return None
    first, end = found
    if word(end) != "hundred" or not first:
        return found
    skip = 1 if word(end + 1) == "and" else 0
    rest = _below_hundred(words, end + 1 + skip)
    if rest is not None and rest[0] > 0:
        return first * 100 + rest[0], rest[1]
    return first * 100, end + 1


def _below_hundred(words, at):
    if at >= len(words):
        return None
    first = words[at][0]
    if first in _SMALL:
        return _SMALL[first], at + 1
    if first not in _TENS:
        return None
    digit = _SMALL.get(words[at + 1][0], 10) if at + 1 < len(words) else 10
    if 0 < digit < 10:
        return _TENS[first] + digit, at + 2
    return _TENS[first], at + 1
