# Percentages: exact, and never multiplied or divided by a hundred unless the spec says so.

_SIGNS = dict(RULES["percentage"]["signs"])


def _check_percentage(spec, reply):
    gold = _ratio(spec["value"])
    if gold is None:
        return _unknown("invalid_spec")
    form = spec["form"]

    def read(text):
        value = _parse_value(text) if form == "percent_or_ratio" else None
        if value is not None:
            return _of(value.value * 100 == gold)
        found = _split_amount(text)
        if found is None:
            return _incorrect("unreadable")
        number, rest = found
        word, sign = _trim(rest), _percent_sign(rest)
        if sign is not None:
            return _of(number.value / sign == gold)
        if word:
            return _incorrect("wrong_unit")
        return _of(number.value == gold) if form == "percent_or_bare" else _incorrect("missing_unit")

    return _judge(reply, False, read)


def _percent_sign(rest):
    """How many of the sign behind a number make a hundredth."""
    word = _trim(rest)
    return _SIGNS.get(_ascii_lower(word[1:].lstrip(_WHITE) if word.startswith("-") else word))


_CHECKERS["percentage"] = _check_percentage
