# Numbers in digits and words, and the two types that are a bare number.

_NUMBER = RULES["number"]
_EXPONENT = re.compile(_NUMBER["exponent"])
_TIMES_TEN = re.compile(_NUMBER["times_ten"])
_POWER_OF_TEN = re.compile(_NUMBER["power_of_ten"])
_RATIOS = [re.compile(_NUMBER[form]) for form in ("slashed", "frac", "over")]
_POWER = _anchored(_NUMBER["power"])
_FACTORIAL = _anchored(_NUMBER["factorial"])
_RANK = _anchored(_NUMBER["rank"])
_LONG_SCALES = {scale: (power, times) for scale, power, times in _NUMBER["scales"]}
_SHORT_SCALES = {scale: (power, 1) for scale, power in _NUMBER["short_scales"]}
_LETTERS = dict(_NUMBER["letters"])
_STORED = re.compile(r"(-?)([0-9]+(?:\.[0-9]+)?)(?:e([+-]?[0-9]{1,300}))?\Z")
_DIGITS = re.compile("[0-9]*")


class _Number:
    """The exact value, the power of ten of the last stated digit if there is one, and whether it is a fraction."""

    __slots__ = ("value", "last", "is_ratio")

    def __init__(self, value, last, is_ratio=False):
        self.value, self.last, self.is_ratio = value, last, is_ratio

    def scaled(self, power, times=1):
        last = None if self.last is None else self.last + power
        return _Number(self.value * (10**power * times), last, self.is_ratio)

    def last_half(self):
        return None if self.last is None else _times_power(5, self.last - 1)


def _times_power(mantissa, power):
    return Fraction(mantissa * 10**power) if power >= 0 else Fraction(mantissa, 10**-power)


def _power(text):
    power = int((text or "0").replace(" ", ""))
    return power if abs(power) <= _NUMBER["max_exponent"] else None


def _stored(value):
    """A number stored in a spec."""
    found = _STORED.match(value)
    if found is None or len(found.group(2)) > _NUMBER["max_digits"]:
        return None
    power = _power(found.group(3))
    if power is None:
        return None
    whole, _, fraction = found.group(2).partition(".")
    return _times_power(int(found.group(1) + whole + fraction), power - len(fraction))


def _tolerance(value):
    """A tolerance as the decimal number that it is written as, not as the float next to it."""
    value = float(value)
    return Fraction(repr(value)) if 0 <= value < float("inf") else None


def _split_number(text):
    """The number that a text begins with, and the rest; None if there is no number."""
    found = _split_power_of_ten(text) or _split_digits(text) or _split_words(text)
    if found is None or "0" <= found[1][:1] <= "9":
        return None
    return _split_scale(*found)


def _split_amount(text):
    """The same, with fractions."""
    written = _split_written(text)
    found = _split_share(text) if written is None else (_ratio_number(*written[:2]), written[2])
    return _split_number(text) if found is None else _split_scale(*found)


def _split_sign(text):
    if text[:1] in ("-", "+"):
        return text[0] == "-", text[2:] if text[1:2] == " " else text[1:]
    for word in ("minus ", "negative "):
        rest = _strip_word(text, word)
        if rest is not None:
            return True, rest
    return False, text


def _split_digits(text):
    negative, text = _split_sign(text)
    figure = _figure(text)
    if figure is None:
        return None
    digits, places, end = figure
    found = _EXPONENT.match(text[end:]) or _TIMES_TEN.match(text[end:])
    power = 0
    if found:
        power = _power(found.group("pow"))
        if power is None:
            return None
        end += found.end()
    mantissa = int(digits)
    power -= places
    return _Number(_times_power(-mantissa if negative else mantissa, power), power), text[end:]


def _figure(text):
    """Groups of digits with one separator between each two: the digits, how many are decimals, and the end."""
    first = end = _DIGITS.match(text).end()
    groups, separators, uniform = [text[:first]], [], True
    while end < len(text) and text[end] in ".,' ":
        separator = text[end]
        to = _DIGITS.match(text, end + 1).end()
        num_digits = to - end - 1
        is_same = not separators or separators[-1] == separator
        is_group = num_digits == 3 and first <= 3 and is_same and uniform
        if not num_digits or (separator in "' " and not is_group) or (not first and (separator != "." or end > 0)):
            break
        uniform = uniform and is_same
        groups.append(text[end + 1 : to])
        separators.append(separator)
        end = to
    digits = "".join(groups)
    if not digits or len(digits) > _NUMBER["max_digits"]:
        return None
    places = _places(groups, separators)
    return None if places is None else (digits, places, end)


def _places(groups, separators):
    if not separators:
        return 0
    last, fraction, whole = separators[-1], len(groups[-1]), groups[:-1]
    if len(separators) == 1:
        if last == "." or (last == "," and (fraction != 3 or whole == ["0"])):
            return fraction
        return 0 if _is_thousands(groups) else None
    first = separators[0]
    if all(other == first for other in separators):
        return 0 if _is_thousands(groups) or (last == "," and _is_indian(groups)) else None
    is_decimal = last in ".," and all(other == first for other in separators[:-1])
    if is_decimal and (_is_thousands(whole) or (first == "," and _is_indian(whole))):
        return fraction
    return None


def _is_thousands(groups):
    first = groups[0]
    return len(first) <= 3 and first[:1] != "0" and all(len(group) == 3 for group in groups[1:])


def _is_indian(groups):
    first = groups[0]
    pairs = groups[1:-1]
    return (
        len(groups) > 2
        and len(first) <= 2
        and first[:1] != "0"
        and all(len(group) == 2 for group in pairs)
        and len(groups[-1]) == 3
    )


def _split_power_of_ten(text):
    found = _POWER_OF_TEN.match(text)
    power = _power(found.group("pow")) if found else None
    if power is None:
        return None
    one = -1 if _is_negative(found) else 1
    return _Number(_times_power(one, power), power), text[found.end() :]


def _is_negative(found):
    return (found.group("sign") or "").startswith("-")


def _split_written(text):
    """Numerator and denominator as they are written, and the rest."""
    for form in _RATIOS:
        found = form.match(text)
        if found:
            break
    else:
        return None
    groups = found.groupdict()
    num, den = (
        int((groups[name] or groups[name + "1"]).replace(" ", "").replace(",", "")) for name in ("num", "den")
    )
    whole = groups.get("whole")
    rest = text[found.end() :]
    goes_on = rest[:1] in ".," and "0" <= rest[1:2] <= "9" if rest[:1] not in "/0123456789" else rest != ""
    is_sum = groups.get("plus") is not None and (_is_negative(found) or not whole)
    if goes_on or is_sum or not den or (whole and (num < 0 or den < 0)):
        return None
    if den < 0:
        num, den = -num, -den
    num += int(whole or 0) * den
    return (-num if _is_negative(found) else num), den, rest


def _split_words(text):
    rest = _strip_word(text, "a dozen")
    if rest is not None and not (rest and _is_alphanumeric(rest[0])):
        return _Number(Fraction(12), 0), rest
    for words, digits, power in _NUMBER["shares_of"]:
        rest = _strip_word(text, words)
        if rest is not None and rest[:1] in (" ", "-"):
            return _Number(_times_power(digits, power), None), rest
    spoken = _read_words(text)
    if spoken is None:
        return None
    mantissa, power, end = spoken
    rest = text[end:]
    if mantissa >= 0 and power >= 0:
        for words, share, places in _NUMBER["shares_more"]:
            after = _strip_word(rest, words)
            if after is not None and not (after and _is_alphanumeric(after[0])):
                return _Number(_times_power(mantissa * 10**places + share, power - places), None), after
    return _Number(_times_power(mantissa, power), power), rest


def _split_scale(number, rest):
    for _ in range(_NUMBER["max_scales"]):
        word = rest[1:] if rest[:1] in (" ", "-") else rest
        letters = _ASCII_LETTERS.match(word)
        name = letters.group() if letters else ""
        scale = _SHORT_SCALES.get(name) or _LONG_SCALES.get(_ascii_lower(name))
        if scale is None:
            break
        after = word[letters.end() :]
        if after and _is_alphanumeric(after[0]):
            break
        number = number.scaled(*scale)
        rest = after
    return number, rest


def _parse_value(text):
    """A number in any spelling and nothing else."""
    found = _split_amount(text)
    if found is not None:
        number, rest = found
        if not _trim(rest):
            return number
        if rest in _LETTERS:
            return number.scaled(_LETTERS[rest])
    return _parse_power(text) or _parse_factorial(text) or _spoken_fraction(text)


def _parse_power(text):
    found = _POWER.match(text)
    if found is None:
        return None
    base, power = found.group("base"), int(found.group("pow").replace(" ", ""))
    if len(base) * abs(power) > _NUMBER["max_digits"]:
        return None
    value, sign = int(base) ** abs(power), -1 if _is_negative(found) else 1
    if not found.group("pow").startswith("-"):
        return _Number(Fraction(sign * value), 0)
    return _Number(Fraction(sign, value), 0 if value == 1 else None, value != 1) if value else None


def _parse_factorial(text):
    found = _FACTORIAL.match(text)
    if found is None or int(found.group("base")) > _NUMBER["max_factorial"]:
        return None
    value = 1
    for factor in range(2, int(found.group("base")) + 1):
        value *= factor
    return _Number(Fraction(value), 0)


def _parse_rank(text):
    rest = _strip_word(text, "the ")
    text = text if rest is None else rest
    for tail in _NUMBER["rank_tails"]:
        if text.endswith(tail):
            text = text[: -len(tail)]
            break
    found = _RANK.match(text)
    if found is None:
        return _ordinal(text)
    digits = found.group("digits")
    is_teen = len(digits) > 1 and digits[-2] == "1"
    ending = "th" if is_teen else {"1": "st", "2": "nd", "3": "rd"}.get(found.group("last"), "th")
    return int(digits) if _ascii_lower(found.group("ending")) == ending else None


def _parse_counted(text, spec):
    """A number with the name of what the question counts, or with the unit that it asks for."""
    counted = spec.get("counted")
    found = None if counted is None else _split_quantity(text)
    return found[0] if found is not None and _is_noun_of(found[1], counted) else None


def _check_integer(spec, reply):
    gold = _stored(spec["value"])
    if gold is None:
        return _unknown("invalid_spec")

    def read(text):
        number = _parse_value(text)
        if number is not None:
            return _of(number.value == gold)
        if spec.get("ordinal"):
            rank = _parse_rank(text)
            if rank is not None:
                return _of(rank == gold)
        number = _parse_counted(text, spec)
        return _incorrect("unreadable") if number is None else _of(number.value == gold)

    return _judge(reply, False, read)


def _check_decimal(spec, reply):
    gold, rel_tol, abs_tol = _stored(spec["value"]), _tolerance(spec["rel_tol"]), _tolerance(spec["abs_tol"])
    if gold is None or rel_tol is None or abs_tol is None:
        return _unknown("invalid_spec")

    def read(text):
        number = _parse_value(text) or _parse_counted(text, spec)
        if number is None:
            return _incorrect("unreadable")
        if number.is_ratio:
            return _of(number.value == gold)
        return _of(abs(number.value - gold) <= max(abs(gold) * rel_tol, abs_tol))

    return _judge(reply, True, read)


_CHECKERS["integer"] = _check_integer
_CHECKERS["decimal"] = _check_decimal
