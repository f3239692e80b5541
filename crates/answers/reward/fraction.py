# Fractions: compared as ratios.

_REPEATING = _anchored(RULES["fraction"]["repeating"])
_BETWEEN = RULES["fraction"]["between"]


def _check_fraction(spec, reply):
    num, den = _stored(spec["num"]), _stored(spec["den"])
    if num is None or den is None or num.denominator != 1 or den.denominator != 1 or not den:
        return _unknown("invalid_spec")
    gold = num / den

    def read(text):
        written = _read_fraction(text)
        if written is not None:
            if Fraction(*written) != gold:
                return _incorrect("different_value")
            is_reduced = Fraction(*written).denominator == written[1]
            return _incorrect("not_reduced") if spec["require_reduced"] and not is_reduced else CORRECT
        number = _parse_value(text)
        value = _parse_repeating(text) if number is None else number.value
        return _incorrect("unreadable") if value is None else _of(value == gold)

    return _judge(reply, False, read)


def _read_fraction(text):
    written = _split_written(text)
    if written is not None and not written[2]:
        return written[:2]
    return _signed_fraction_words(text)


def _spoken_fraction(text):
    written = _signed_fraction_words(text)
    return None if written is None else _ratio_number(*written)


def _signed_fraction_words(text):
    unsigned = None
    for sign in ("-", "minus ", "negative "):
        unsigned = _strip_word(text, sign)
        if unsigned is not None:
            break
    words = _parse_fraction_words(_ascii_lower(text if unsigned is None else unsigned.lstrip(_WHITE)))
    if words is None:
        return None
    return words if unsigned is None else (-words[0], words[1])


def _split_share(text):
    """The share in "two-thirds of a cup", and what it is a share of."""
    for of in (" of a ", " of an "):
        at = text.find(of)
        if at >= 0:
            written = _parse_share(_ascii_lower(text[:at]))
            return None if written is None else (_ratio_number(*written), text[at + len(of) - 1 :])
    return None


def _ratio_number(num, den):
    return _Number(Fraction(num, den), 0 if den == 1 else None, den != 1)


def _parse_fraction_words(lower):
    share = _parse_share(lower)
    if share is not None:
        return share
    for words in _BETWEEN:
        if words in lower:
            num, den = (_whole_of(side) for side in lower.split(words, 1))
            return (num, den) if num is not None and den else None
    whole, joined, share = lower.rpartition(" and ")
    whole = _cardinal(whole) if joined else None
    share = _parse_share(share) if whole is not None and share != "half" else None
    return None if share is None else (whole * share[1] + share[0], share[1])


def _whole_of(text):
    if text and len(text) <= 300 and _is_digits(text):
        return int(text)
    return _cardinal(text)


def _parse_share(lower):
    for at in (lower.rfind(" "), lower.rfind("-")):
        if at < 0:
            continue
        num = lower[:at]
        is_one = num in ("a", "one", "1")
        num = 1 if is_one else _whole_of(num)
        den = _part(lower[at + 1 :], is_one) if num is not None else None
        if den is not None:
            return num, den
    return (1, 2) if lower == "half" else None


def _part(word, singular):
    if word == "halves" and not singular:
        word = "half"
    elif not singular:
        if not word.endswith("s"):
            return None
        word = word[:-1]
    if word in ("half", "quarter"):
        return 2 if word == "half" else 4
    if word in ("first", "second"):
        return None
    den = _ordinal(word)
    return den if den is not None and den > 2 else None


def _parse_repeating(text):
    found = _REPEATING.match(text)
    if found is None:
        return None
    fixed = found.group("fixed")
    repeated = found.group("line") or found.group("bracket")
    shift, nines = 10 ** len(fixed), 10 ** len(repeated) - 1
    value = Fraction((int(found.group("whole")) * shift + int(fixed or 0)) * nines + int(repeated), shift * nines)
    return -value if _is_negative(found) else value


_CHECKERS["fraction"] = _check_fraction
