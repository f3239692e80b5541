# What a short reply says of a value: `x = 5`, `exactly 5`, `1/2 = 0.5`, `five (5)`.

_STATED = RULES["stated"]
_NAME = _anchored(_STATED["name"])
_EQUAL = re.compile("=")
_EQUAL_OR_CLOSE = re.compile("[=≈]")


def _judge(reply, rounded, read):
    """Reads every statement of a reply, in plain spelling: the reply is right if all of them are."""
    text = _strip_words(_tidy(reply))
    verdict = read(text)
    if verdict == CORRECT:
        return verdict
    stated = _statements(text, rounded)
    if stated is not None and all(read(_strip_words(side)) == CORRECT for side in stated):
        return CORRECT
    return verdict if text else _incorrect("unreadable")


def _tidy(text):
    plain = _plain(text)
    if "\\" not in plain and "{" not in plain:
        return plain
    for spelling, meant in _STATED["spellings"]:
        plain = plain.replace(spelling, meant)
    return " ".join(_words(plain))


def _statements(text, rounded):
    text, repeated = _split_repetition(text)
    sides = [_trim(side) for side in (_EQUAL_OR_CLOSE if rounded else _EQUAL).split(text)]
    if len(sides) > _STATED["max_statements"]:
        return None
    named = len(sides) > 1 and (not sides[0] or _is_name(sides[0]))
    if named:
        del sides[0]
    if repeated is not None:
        sides.append(repeated)
    return sides if named or len(sides) > 1 else None


def _split_repetition(text):
    if not text.endswith(")") or "(" not in text:
        return text, None
    before, inner = text[:-1].split("(", 1)
    inner = _trim(inner)
    if "(" in inner or ")" in inner or not inner or not (not before or before.endswith(" ")):
        return text, None
    return before.rstrip(_WHITE) or inner, inner


def _is_name(text):
    return _NAME.match(text) is not None and _ascii_lower(text) not in _STATED["denials"]


def _strip_words(text):
    for lead in _STATED["leads"]:
        rest = _strip_word(text, lead)
        if rest is not None:
            text = rest
            break
    for tail in _STATED["tails"]:
        if _ascii_lower(text[-len(tail) :]) == tail:
            text = text[: -len(tail)]
            break
    return _trim(text)
