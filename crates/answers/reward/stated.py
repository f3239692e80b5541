# What a short reply says of a value: `x = 5`, `exactly 5`, `1/2 = 0.5`, `five (5)`.

_STATED = RULES["stated"]
_NAME = _anchored(_STATED["name"])
_STATED_FRAME = re.compile(_STATED["frame"])
_BRACE = re.compile("[{}]")
_SIDES = re.compile("[()=≈\\[\\]]")


def _judge(reply, rounded, read):
    """Reads every statement of a reply, in plain spelling: the reply is right if all of them are."""
    text = _strip_words(_tidy(reply))
    verdict = read(text)
    if verdict == CORRECT:
        return verdict
    bare = _unwrap_negative(text)
    if bare is not None:
        return read(bare)
    stated = _statements(text, rounded)
    if stated is not None and all(read(_strip_words(side)) == CORRECT for side in stated):
        return CORRECT
    return verdict if text else _incorrect("unreadable")


def _tidy(text):
    plain = _plain(_undollared(text))
    if "\\" not in plain and "{" not in plain:
        return plain
    for spelling, meant in _STATED["spellings"]:
        plain = plain.replace(spelling, meant)
    return _ungrouped(" ".join(_words(plain)), "\\" in text)


def _undollared(text):
    """ "$\\$5$": mathematics around a sum of money."""
    if len(text) < 2 or not text.startswith("$") or not text.endswith("$"):
        return text
    inner = text[1:-1]
    return text if inner.endswith("\\") or inner.count("$") != inner.count("\\$") else inner


def _ungrouped(text, is_latex):
    """Takes the braces off a first group; around the whole of a plain text they make a set."""
    if not text.startswith("{"):
        return text
    depth = 0
    for found in _BRACE.finditer(text):
        depth += 1 if found.group() == "{" else -1
        if not depth:
            break
    else:
        return text
    inner, after = _trim(text[1 : found.start()]), text[found.end() :]
    if not (is_latex or after) or "\\over" in inner or "," in inner or ";" in inner:
        return text
    return inner + after


def _statements(text, rounded):
    text, repeated = _split_repetition(text)
    sides = _sides(text, rounded)
    if sides is None:
        return None
    named = len(sides) > 1 and (not sides[0] or _is_name(sides[0]))
    if named:
        del sides[0]
    if repeated is not None:
        sides.append(repeated)
    return sides if named or len(sides) > 1 else None


def _unwrap_negative(text):
    inner = text[1:].lstrip(_WHITE) if text.startswith("-") else ""
    if not inner.startswith("(") or not inner.endswith(")") or len(inner) < 2:
        return None
    inner = _trim(inner[1:-1])
    is_plain = inner[:1] in tuple("0123456789\\") and "(" not in inner and ")" not in inner
    return "-" + inner if is_plain else None


def _sides(text, rounded):
    """Cuts at equal signs outside brackets."""
    sides, start, depth = [], 0, 0
    for found in _SIDES.finditer(text):
        sign = found.group()
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif depth == 0 and (sign == "=" or rounded):
            sides.append(_trim(text[start : found.start()]))
            start = found.end()
            if len(sides) == _STATED["max_statements"]:
                return None
    sides.append(_trim(text[start:]))
    return sides


def _split_repetition(text):
    if not text.endswith(")") or "(" not in text:
        return text, None
    before, inner = text[:-1].split("(", 1)
    inner = _trim(inner)
    if "(" in inner or ")" in inner or not inner or not (not before or before.endswith(" ")):
        return text, None
    if not before and ("," in inner or ";" in inner):
        return text, None
    return before.rstrip(_WHITE) or inner, inner


def _is_name(text):
    return _NAME.match(text) is not None and not any(
        word in _STATED["denials"] for word in _ascii_lower(text).split(" ")
    )


def _strip_words(text):
    text = _without_quotes(text)
    # Python takes these letters for an "i" in another case, Rust does not.
    found = _STATED_FRAME.match(text.replace("ı", "\ue000").replace("İ", "\ue000"))
    text = text[found.end() :] if found else text
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


def _without_quotes(text):
    for quote in "\"'":
        inner = text[1:-1]
        if len(text) > 1 and text.startswith(quote) and text.endswith(quote) and quote not in inner:
            return _trim(inner)
    return text
