# Lists and sets: several answers, each with a spec of its own, in order or not.

_SPLIT = RULES["list"]["split"]
_MAX_ITEMS = RULES["list"]["max_items"]
_LAST_WORD = re.compile(_SPLIT["last_word"])
_AND = re.compile(_SPLIT["and"])
_BULLET = re.compile(_SPLIT["bullet"])
_ITEM_NUMBER = re.compile(_SPLIT["number"])
_ITEMS_HEADING = re.compile(_SPLIT["heading"][:-1] + r"\Z")
_VARIABLE = re.compile(_SPLIT["variable"])
_OR = re.compile(_SPLIT["or"])
_BOTH = re.compile(_SPLIT["both"])
_DATED = re.compile(_SPLIT["dated"])
_SEPARATOR = {mark: re.compile("[][(){}" + mark + "]") for mark in ";,"}
_DIGIT = re.compile("[0-9]")
_THREE_DIGITS = re.compile("[0-9]{3}(?![0-9])")


def _check_items(spec, reply):
    first, undecided = None, False
    for items in _readings(reply, spec["ordered"]):
        verdict = _check_reading(spec, items)
        if verdict == CORRECT:
            return CORRECT
        first = first or verdict
        undecided = undecided or verdict[0] == "unknown"
    return _unknown("undecided") if undecided else first


def _check_reading(spec, items):
    golds = spec["items"]
    if len(items) > _MAX_ITEMS or len(items) < len(golds) or (len(items) > len(golds) and not spec["allow_extra"]):
        return _incorrect("wrong_count")
    verdicts = [[_check_normalized(gold, item)[0] for item in items] for gold in golds]
    possible = _is_in_order if spec["ordered"] else _has_assignment
    if possible(verdicts, ("correct",)):
        return CORRECT
    if possible(verdicts, ("correct", "unknown")):
        return _unknown("undecided")
    return _incorrect("different_value")


def _is_in_order(verdicts, wanted):
    """Whether every gold item comes in turn, with extra items passed over."""
    start = 0
    for row in verdicts:
        while start < len(row) and row[start] not in wanted:
            start += 1
        if start == len(row):
            return False
        start += 1
    return True


def _has_assignment(verdicts, wanted):
    """Whether every gold item gets a reply item of its own (augmenting paths)."""
    owner = {}

    def assign(gold, visited):
        for given, verdict in enumerate(verdicts[gold]):
            if verdict not in wanted or given in visited:
                continue
            visited.add(given)
            if given not in owner or assign(owner[given], visited):
                owner[given] = gold
                return True
        return False

    return all(assign(gold, set()) for gold in range(len(verdicts)))


def _lines_as_items(text):
    """Puts items that stand on lines of their own behind each other, which normalisation would run together."""
    lines = [line for line in map(_trim, text.split("\n")) if line]
    if len(lines) > 2 and _ITEMS_HEADING.match(_ascii_lower(lines[0])):
        lines = lines[1:]
    if len(lines) < 2 or len(lines) > _MAX_ITEMS or ";" in text:
        return text
    bullets = [_BULLET.match(line) for line in lines]
    if all(bullets):
        items = [line[bullet.end() :] for line, bullet in zip(lines, bullets)]
    else:
        items = _strip_numbers(lines)
    if items is None:
        if any("," in line or _AND.search(line) or _LAST_WORD.match(line) for line in lines):
            return text
        items = lines
    return "; ".join(_LAST_WORD.sub("", _trim(item).rstrip(",.")) for item in items)


def _readings(text, ordered):
    """Cuts a text in every way that its separators allow, the most usual one first."""
    outer = _BOTH.sub("", _trim_wrappers(text))
    inner = _strip_brackets(outer)
    parts = _at_separators(inner, True)
    found = [_trimmed(_at_usual_and(parts))] + _at_some_ands(parts)
    digits_apart = _at_separators(inner, False)
    if len(digits_apart) > len(parts) and (len(inner) < len(outer) or len(digits_apart) > 2):
        found.append(_trimmed(digits_apart))
    if len(parts) == 1:
        for separator in _other_separators(inner, ordered):
            # "• red • green" begins with its separator.
            start = len(separator) if inner.startswith(separator) else 0
            found.append(_trimmed(inner[start:].split(separator)))
    numbered = _numbered(inner)
    if numbered:
        found.append(numbered)
    named = _VARIABLE.match(outer)
    if named:
        found.append(_split(outer[named.end() :]))
        values = _without_variables(parts)
        if values:
            found.append(values)
    if "\\text" in text:
        found.append(_split(_plain(inner)))
    if _DATED.search(inner):
        found.append(_split(_DATED.sub(r"\g<day> \g<year>", inner)))
    readings = []
    for reading in found:
        bare = _strip_numbers(reading)
        reading = reading if bare is None else _trimmed(bare)
        if reading not in readings:
            readings.append(reading)
    return readings


def _split(text):
    """Cuts a text at semicolons, else at commas, and at the "and" before the last item; else at every "and"."""
    return _trimmed(_at_usual_and(_at_separators(_strip_brackets(_trim_wrappers(text)), True)))


def _without_variables(parts):
    """ "x = 1 or x = 2" are the values 1 and 2, if all are values of the same variable."""
    names, values = set(), []
    for piece in (piece for part in _at_every_and(parts) for piece in _OR.split(part)):
        piece = _trim_wrappers(piece)
        found = _VARIABLE.match(piece)
        if not found:
            return None
        names.add(found["name"])
        values.append(piece[found.end() :])
    return _trimmed(values) if len(names) == 1 else None


def _other_separators(text, ordered):
    # "1/2" is one number.
    slashes = [] if _DIGIT.search(text) else _SPLIT["slashes"]
    others = slashes + _SPLIT["bars"] + (_SPLIT["arrows"] if ordered else [])
    return [separator for separator in others if separator in text]


def _trimmed(parts):
    return [_trim_wrappers(part) for part in parts]


def _strip_brackets(text):
    for opening, closing in _SPLIT["brackets"]:
        if len(text) >= len(opening) + len(closing) and text.startswith(opening) and text.endswith(closing):
            inner = text[len(opening) : -len(closing)]
            if opening[-1].isalpha() or _is_balanced(inner, opening[-1], closing[-1]):
                return _trim(inner)
    return text


def _is_balanced(inner, opening, closing):
    """Whether brackets inside a text close as often as they open: those around it belong together."""
    if opening not in inner and closing not in inner:
        return True
    depth = 0
    for ch in inner:
        depth += (ch == opening) - (ch == closing)
        if depth < 0:
            return False
    return depth == 0


def _at_separators(text, grouped):
    parts = _top_level(text, ";", grouped)
    return parts if len(parts) > 1 else _top_level(text, ",", grouped)


def _top_level(text, separator, grouped):
    """Cuts at a separator outside brackets; grouped, a comma before three digits belongs to a number."""
    parts, depth, start = [], 0, 0
    for found in _SEPARATOR[separator].finditer(text):
        ch, idx = found.group(), found.start()
        if ch in "([{":
            depth += 1
        elif ch in ")]}":
            depth = max(depth - 1, 0)
        elif depth == 0 and not (grouped and _groups_digits(text, idx)):
            parts.append(text[start:idx])
            start = idx + 1
    parts.append(text[start:])
    return parts


def _groups_digits(text, comma):
    return text[comma] == "," and comma > 0 and "0" <= text[comma - 1] <= "9" and _THREE_DIGITS.match(text, comma + 1)


def _at_usual_and(parts):
    return _at_every_and(parts) if len(parts) == 1 else _at_last_and(parts)


def _at_last_and(parts):
    """Cuts the last part at its first "and", or takes off the "and" that it begins with."""
    last = _trim(parts[-1])
    word = _LAST_WORD.match(last)
    if word:
        return parts[:-1] + [last[word.end() :]]
    return parts[:-1] + _AND.split(last, maxsplit=1)


def _at_every_and(parts):
    return [piece for part in parts for piece in _AND.split(_LAST_WORD.sub("", _trim(part)))]


def _at_some_ands(parts):
    """Cuts at each choice of the "and"s: "The Beatles and Simon and Garfunkel" are two, and only the answer tells."""
    parts = [_LAST_WORD.sub("", _trim(part)) for part in parts]
    words = [list(_AND.finditer(part)) for part in parts]
    num_ands = sum(map(len, words))
    if num_ands > _SPLIT["max_ands"]:
        return [_trimmed(parts), _trimmed(_at_every_and(parts))]
    return [_trimmed(_cut(parts, words, choice)) for choice in range(1 << num_ands)]


def _cut(parts, words, choice):
    pieces, seen = [], 0
    for part, ands in zip(parts, words):
        start = 0
        for word in ands:
            if choice >> seen & 1:
                pieces.append(part[start : word.start()])
                start = word.end()
            seen += 1
        pieces.append(part[start:])
    return pieces


def _numbered(text):
    """Cuts "1) red 2) green" at its numbers."""
    for opening in ("(1) ", "1) ", "1. "):
        if not text.startswith(opening):
            continue
        parts, rest = [], text[len(opening) :]
        for number in range(2, _MAX_ITEMS + 1):
            part, mark, behind = rest.partition(" " + opening.replace("1", str(number)))
            if not mark:
                break
            parts.append(part)
            rest = behind
        parts.append(rest)
        return _trimmed([_trim(part).rstrip(",;") for part in parts]) if len(parts) > 1 else None
    return None


def _strip_numbers(items):
    """The items without their numbers from one or letters from "a"; None if they have none, or a gap."""
    if len(items) < 2:
        return None
    bare = []
    for idx, item in enumerate(items):
        found = _ITEM_NUMBER.match(item)
        if not found or found["number"] not in (str(idx + 1), chr(ord("a") + idx)):
            return None
        bare.append(item[found.end() :])
    return bare


_CHECKERS["list"] = _CHECKERS["set"] = _check_items
