# Numbers with units, money among them: a reply is converted into the gold's unit and then compared.

_QUANTITY = RULES["quantity"]
_CURRENCY = _anchored(_QUANTITY["currency"])
_MONEY_SCALE = _anchored(_QUANTITY["money_scale"])
_MONEY_BEHIND = _anchored(_QUANTITY["money_behind"])
_MONEY_SCALES = dict(_QUANTITY["money_scales"])
_PI = re.compile(_QUANTITY["pi"])
_FIRST_DIGIT = re.compile("[0-9]")


def _check_quantity(spec, reply):
    gold, rel_tol, abs_tol = _ratio(spec["value"]), _tolerance(spec["rel_tol"]), _tolerance(spec["abs_tol"])
    if gold is None or rel_tol is None or abs_tol is None:
        return _unknown("invalid_spec")
    gold = (gold, rel_tol, abs_tol)
    return _judge(reply, bool(abs_tol), lambda text: _check_stated_quantity(spec, gold, text))


def _check_stated_quantity(spec, gold, text):
    sums = _read_sums(text)
    if sums:
        own = _unit_with_id(spec["unit"])
        for value, unit in sums:
            conversion = _conversion(spec, own, unit)
            if conversion is not None:
                return _compare_quantity(gold, value, None, conversion)
        return _incorrect("wrong_unit")
    measured = _split_quantity(text)
    if measured is None:
        return _incorrect("unreadable")
    number, unit = measured
    is_own = abs(number.value - gold[0]) <= gold[2]
    if not unit:
        return _of(is_own) if spec["unit_optional"] else _incorrect("missing_unit")
    if unit == spec["unit"]:
        return _of(is_own)
    if not spec["accepted_units"]:
        return _of(is_own) if _is_noun_of(unit, spec["unit"]) else _incorrect("wrong_unit")
    own = _unit_with_id(spec["unit"])
    for meaning in _unit_meanings(unit):
        conversion = _conversion(spec, own, meaning)
        if conversion is not None:
            return _compare_quantity(gold, number.value, number.last_half(), conversion)
    for accepted in spec["accepted_units"]:
        if accepted["unit"] == unit or (own is None and _is_same_noun(accepted["unit"], unit)):
            conversion = _stored_conversion(accepted)
            if conversion is None:
                break
            return _compare_quantity(gold, number.value, number.last_half(), conversion)
    return _incorrect("wrong_unit")


def _conversion(spec, own, unit):
    for accepted in spec["accepted_units"]:
        if accepted["unit"] == unit.id:
            return _stored_conversion(accepted)
    return None if own is None else unit.conversion_to(own)


def _stored_conversion(accepted):
    factor, summand = _ratio(accepted["factor"]), accepted.get("summand")
    summand = Fraction(0) if summand is None else _ratio(summand)
    return (factor, summand) if factor and summand is not None else None


def _compare_quantity(gold, value, half, conversion):
    gold, rel_tol, abs_tol = gold
    factor, summand = conversion
    difference = abs(value * factor + summand - gold)
    if difference <= abs_tol:
        return CORRECT
    # From metres to kilometres nothing is rounded.
    is_shift = not summand and _digits_of(factor) == 1 and _is_power_of_ten(factor)
    if is_shift or difference > abs(gold) * rel_tol:
        return _of(False)
    # An hour has 3600 seconds, and 3601 is not its rounding; but five kilograms have 11.02 pounds.
    exact = (gold - summand) / factor
    digits = _digits_of(exact)
    is_short = digits is not None and digits <= _QUANTITY["max_exact_digits"]
    return _of(not is_short or (half is not None and abs(value - exact) <= half))


def _digits_of(value):
    """How many digits a number has without the zeros around them, or None if they do not end."""
    den, powers = value.denominator, []
    for prime in (2, 5):
        power = 0
        while den % prime == 0:
            den //= prime
            power += 1
        powers.append(power)
    if den != 1:
        return None
    return len(_decimal_digits(abs((value * 10 ** max(powers)).numerator)).rstrip("0"))


def _decimal_digits(value):
    """str() refuses more than 4300 digits."""
    if value < 10**4000:
        return str(value)
    high, low = divmod(value, 10**4000)
    return _decimal_digits(high) + str(low).zfill(4000)


def _is_power_of_ten(value):
    whole = value.numerator if value.denominator == 1 else value.denominator
    text = _decimal_digits(abs(whole))
    return text.startswith("1") and text.rstrip("0") == "1"


def _unit_meanings(text):
    found = _resolve(text)
    if not found:
        for tail in _QUANTITY["tails"]:
            if text.endswith(tail):
                return _resolve(text[: -len(tail)])
    return found


def _split_quantity(text):
    """The number and the spelling of its unit."""
    found = _CURRENCY.match(text)
    if found:
        return _split_money(found)
    found = _PI.match(text)
    if found:
        return _split_pi(found, text)
    one = None
    for article in ("a ", "an "):
        one = _strip_word(text, article)
        if one is not None:
            break
    amount = _split_amount(text)
    if amount is None:
        if one is None:
            return None
        amount = (_Number(Fraction(1), 0), one)
    number, unit = amount[0], _strip_of(amount[1])
    for words, share in _QUANTITY["shares"]:
        if unit.endswith(words):
            if number.value.denominator != 1 or number.value < 0:
                return None
            return _Number(number.value + _ratio(share), None, True), unit[: -len(words)]
    found = _MONEY_BEHIND.match(unit)
    if found and any(it.is_money() for it in _resolve(found.group("rest"), "gold")):
        return number.scaled(_MONEY_SCALES[found.group("scale")]), found.group("rest")
    return number, unit


def _split_pi(found, text):
    num, den = (found.group(name) or found.group(name + "1") or "1" for name in ("num", "den"))
    den = _ratio(den)
    if not den:
        return None
    value = _ratio(_QUANTITY["pi_digits"]) * _ratio(num) / den
    return _Number(-value if found.group("sign") else value, None, True), _strip_of(text[found.end() :])


def _split_money(found):
    amount = _trim(found.group("sign") or "") + found.group("rest").replace("- ", "-", 1)
    split = _split_amount(amount)
    if split is None:
        return None
    number, rest = split
    scaled = _MONEY_SCALE.match(rest)
    if scaled:
        number = number.scaled(_MONEY_SCALES[scaled.group("scale")])
        rest = scaled.group("rest")
    currency, rest = found.group("currency").replace(" ", ""), _trim(rest)
    if not rest:
        return number, currency
    if rest.startswith(("/", "per ", "a ", "an ")):
        return number, currency + " " + rest
    before, behind = _resolve(currency), _resolve(rest)
    ids = {unit.id for unit in before}
    repeats = any(unit.id in ids for unit in behind)
    names = currency == "$" and any(unit.is_money() and unit.id.endswith("D") for unit in behind)
    return (number, rest) if repeats or names else None


def _strip_of(rest):
    rest = _trim(rest)
    return _trim(rest[3:]) if rest.startswith("of ") else rest


def _read_sums(text):
    """Two or more parts, each in a smaller unit than the one before: the value in each meaning of the units."""
    parts = _quantity_parts(text)
    if not parts:
        return []
    sums = []
    for smallest in parts[-1][1]:
        value = _sum_parts(parts, smallest)
        if value is not None:
            sums.append((value, smallest))
    return sums


def _quantity_parts(text):
    parts, rest = [], text
    while rest:
        split = _split_number(rest)
        if split is None:
            return None
        number, after = split
        found = _FIRST_DIGIT.search(after)
        end = found.start() if found else _spoken_part(after)
        is_last = end == len(after)
        value = number.value
        if len(parts) == _QUANTITY["max_parts"] or value < 0 or (not is_last and value.denominator != 1):
            return None
        if not parts and is_last:
            return None
        money = [unit for unit in parts[-1][1] if unit.is_money()] if parts and _is_hundredth(rest) else []
        if money:
            unit = money[0]
            parts.append((value, [_Unit(unit.id + "/100", unit.dimension, unit.factor / 100)]))
            break
        if not is_last and after[:end].endswith(" -"):
            return None
        units = _part_units(after[:end], is_last, parts[-1] if parts else None)
        if not units:
            return None
        parts.append((value, units))
        rest = after[end:]
    return parts


def _spoken_part(after):
    """Where the next part begins in "two hours and thirty minutes", "five feet ten inches"."""
    if len(after) <= _QUANTITY["max_spoken"] and after.isascii():
        at = after.find(" ", 1)
        while at >= 0:
            if _read_words(after[at + 1 :]) is not None:
                return at + 1
            at = after.find(" ", at + 1)
    return len(after)


def _is_hundredth(rest):
    if len(rest) == 2 and _is_digits(rest):
        return True
    value = _cardinal(rest)
    return value is not None and 9 < value < 100


def _part_units(text, is_last, previous):
    text = _trim(text)
    if not is_last:
        text = text[:-4] if text.endswith(" and") else text.rstrip(", ")
    if text == "m" and previous and any(unit.id == "h" for unit in previous[1]):
        text = "min"
    return [unit for unit in _resolve(text) if not unit.offset]


def _sum_parts(parts, smallest):
    if len(parts) < 2:
        return None
    total, previous = Fraction(0), None
    for value, units in parts:
        conversions = (unit.conversion_to(smallest) for unit in units)
        factor = next((conversion[0] for conversion in conversions if conversion is not None), None)
        if factor is None:
            return None
        if previous is not None and (factor >= previous or value * factor >= previous):
            return None
        total += value * factor
        previous = factor
    return total


_CHECKERS["quantity"] = _check_quantity
