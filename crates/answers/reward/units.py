# The units of the table, and how a spelling is resolved to them.

_UNIT_RULES = RULES["units"]
_UNIT_FRAC = re.compile(_UNIT_RULES["frac"])
_UNIT_TOKEN = re.compile(_UNIT_RULES["token"][1:])
_UNIT_BEFORE = dict(_UNIT_RULES["before"])
_UNIT_BEHIND = dict(_UNIT_RULES["behind"])


class _Unit:
    __slots__ = ("id", "dimension", "factor", "offset", "loose")

    def __init__(self, id, dimension, factor, offset=Fraction(0), loose=False):
        self.id, self.dimension, self.factor, self.offset, self.loose = id, dimension, factor, offset, loose

    def conversion_to(self, other):
        """The factor and the summand that turn a value of this unit into one of another."""
        if self.dimension != other.dimension:
            return None
        factor = self.factor / other.factor
        return factor, self.offset * factor - other.offset

    def is_money(self):
        (base, power), *others = self.dimension
        return not others and power == 1 and base.startswith("currency")


def _ratio(text):
    """A factor, which may be a ratio."""
    num, slash, den = text.partition("/")
    num, den = _stored(num), _stored(den) if slash else Fraction(1)
    return num / den if num is not None and den else None


@functools.lru_cache(maxsize=None)
def _unit_tables():
    """The rows with their prefixes, and where each symbol, word and canonical name leads."""
    rows, symbols, words, ids = [], {}, {}, {}
    for idx, (id, dimension, factor, offset, prefixes, of_symbol, of_word) in enumerate(_UNIT_RULES["rows"]):
        dimension = tuple((base, power) for base, power in dimension)
        rows.append((_Unit(id, dimension, _ratio(factor), _ratio(offset)), prefixes))
        ids[id] = idx
        for spellings, table in ((of_symbol, symbols), (of_word, words)):
            for spelling, loose in spellings:
                table.setdefault(spelling, []).append((idx, bool(loose)))
    return rows, symbols, words, ids


def _lookup_unit(text, reading):
    """Every meaning of a spelling that is no product."""
    rows, symbols, words, ids = _unit_tables()
    if reading == "id" and text in ids:
        return [rows[ids[text]][0]]
    lower = _ascii_lower(text)
    found = []
    for idx, loose in symbols.get(text, []) + words.get(lower, []):
        unit = rows[idx][0]
        if all(known.id != unit.id for known in found) and (reading == "reply" or not loose):
            found.append(unit)
    return found or _prefixed_unit(text, lower, reading)


def _prefixed_unit(text, lower, reading):
    rows, symbols, words, ids = _unit_tables()
    found = []
    loose = text in _UNIT_RULES["prose"]
    for symbol, word, base, power in _UNIT_RULES["prefixes"]:
        idxs = []
        if text.startswith(symbol) and len(text) > len(symbol):
            rest = text[len(symbol) :]
            if reading == "id" and rest in ids:
                idxs.append(ids[rest])
            idxs += [idx for idx, _ in symbols.get(rest, ())]
        if lower.startswith(word):
            idxs += [idx for idx, _ in words.get(lower[len(word) :], ())]
        for idx in idxs:
            unit = _with_prefix(*rows[idx], symbol, base, power)
            if unit and all(known.id != unit.id for known in found) and (reading == "reply" or not loose):
                found.append(unit)
    return found


def _with_prefix(unit, prefixes, symbol, base, power):
    fits = {"si": base == 10, "big": base == 10 and power >= 3, "data": power >= 3}
    if not fits.get(prefixes):
        return None
    symbol = {"μ": "u", "K": "k"}.get(symbol, symbol)
    return _Unit(symbol + unit.id, unit.dimension, unit.factor * Fraction(base) ** power, unit.offset)


@functools.lru_cache(maxsize=4096)
def _resolve(text, reading="reply"):
    """Every unit that a spelling may mean: none if unknown, several if it is ambiguous."""
    text = _trim(_trim(text).lstrip("-"))
    if not text or len(text) > _UNIT_RULES["max_chars"]:
        return []
    found = _lookup_unit(text, reading)
    if not found and text.endswith("."):
        found = _lookup_unit(text[:-1], reading)
    return found or _unit_product(text, reading)


def _unit_with_id(id):
    units = _resolve(id, "id")
    return units[0] if len(units) == 1 else None


def _unit_product(text, reading):
    plain = _UNIT_FRAC.sub(lambda found: "(" + found.group("above") + ")/(" + found.group("below") + ")", text)
    plain = plain.replace("{", "").replace("}", "")
    if plain.startswith("1") and plain[1:].lstrip(_WHITE).startswith("/"):
        plain = plain[1:]
    plain = plain.lstrip(_WHITE)
    tokens = _unit_tokens(plain)
    if tokens is None:
        return []
    signs = [sign for sign, _, _ in tokens]
    is_starred = "over" in signs and "times" in signs[signs.index("over") :]
    units = []
    for returns in (False, True) if is_starred else (False,):
        parser = _UnitParser(plain, tokens, reading, returns)
        products = parser.product(0)
        if products is None or parser.pos != len(tokens):
            continue
        for unit in map(_unit_of_product, products):
            if unit is not None and all(known.id != unit.id for known in units):
                units.append(unit)
    return units


def _unit_tokens(text):
    """Triples of what a stretch is (or its power), its start and its end."""
    tokens, start = [], 0
    while start < len(text):
        found = _UNIT_TOKEN.match(text, start)
        if found is None:
            return None
        end = found.end()
        raised = found.group("raised") or found.group("raised1")
        if raised:
            tokens.append((int(raised), start, end))
        elif found.group("name"):
            tokens.append(("name", start, found.end("name")))
            if found.group("exp"):
                tokens.append((int(found.group("exp")), start, end))
        else:
            tokens.append((next(sign for sign in ("gap", "times", "over", "open", "close") if found.group(sign)), start, end))
        start = end
    return tokens


# A product is its parts with their powers, the powers of its base quantities, and its factor.
_NO_UNIT = ({}, {}, Fraction(1))


def _times_unit(product, other, power):
    parts, dimension = dict(product[0]), dict(product[1])
    for id, exponent in other[0].items():
        parts[id] = parts.get(id, 0) + exponent * power
    for base, exponent in other[1].items():
        dimension[base] = dimension.get(base, 0) + exponent * power
    return parts, dimension, product[2] * other[2] ** power


def _product_of(unit):
    return {unit.id: 1}, dict(unit.dimension), unit.factor


def _unit_of_product(product):
    parts, dimension, factor = product
    dimension = tuple(sorted((base, power) for base, power in dimension.items() if power))
    if not dimension:
        return None
    above = "*".join(_raised_id(id, power) for id, power in parts.items() if power > 0) or "1"
    below = [_raised_id(id, -power) for id, power in parts.items() if power < 0]
    if below:
        above += "/" + (below[0] if len(below) == 1 else "(" + "*".join(below) + ")")
    return _Unit(above, dimension, factor)


def _raised_id(id, power):
    return id if power == 1 else id + str(power)


class _UnitParser:
    def __init__(self, text, tokens, reading, returns):
        self.text, self.tokens, self.reading, self.returns = text, tokens, reading, returns
        self.pos = 0

    def sign(self, pos):
        return self.tokens[pos][0] if pos < len(self.tokens) else None

    def name(self, pos):
        if self.sign(pos) != "name":
            return None
        _, start, end = self.tokens[pos]
        return _ascii_lower(self.text[start:end])

    def product(self, depth):
        """Factors up to a closing bracket or the end: every meaning of their product, or None."""
        totals = [_NO_UNIT]
        below = wants = False
        num_factors = 0
        while self.pos < len(self.tokens):
            sign = self.sign(self.pos)
            divides = num_factors > 0 or sign == "over" or self.name(self.pos) == "per"
            if sign == "close":
                break
            if sign == "gap":
                self.pos += 1
            elif divides and (sign == "over" or self.divides()):
                if wants:
                    return None
                below = wants = True
                self.pos += 1
            elif sign == "times":
                if wants or not num_factors:
                    return None
                below = below and not self.returns
                wants = True
                self.pos += 1
            else:
                factor = self.factor(depth)
                if factor is None:
                    return None
                factors, power = factor
                power = -power if below else power
                totals = [_times_unit(total, it, power) for total in totals for it in factors]
                del totals[_UNIT_RULES["max_meanings"] :]
                num_factors += 1
                wants = False
            if num_factors > _UNIT_RULES["max_factors"]:
                return None
        return totals if num_factors and not wants else None

    def divides(self):
        return self.name(self.pos) in _UNIT_RULES["divides"] and self.sign(self.pos + 1) == "gap"

    def factor(self, depth):
        power = _UNIT_BEFORE.get(self.name(self.pos))
        if power is not None:
            self.pos += 1
            if self.sign(self.pos) == "gap":
                self.pos += 1
        else:
            power = 1
        if self.sign(self.pos) == "open":
            if depth == _UNIT_RULES["max_depth"]:
                return None
            self.pos += 1
            factors = self.product(depth + 1)
            if factors is None or self.sign(self.pos) != "close":
                return None
            self.pos += 1
        else:
            factors = self.metre_per_second()
            if factors is not None:
                return factors, power
            factors = self.unit()
            if factors is None:
                return None
        if isinstance(self.sign(self.pos), int):
            power *= self.sign(self.pos)
            self.pos += 1
        behind = _UNIT_BEHIND.get(self.name(self.pos + 1)) if self.sign(self.pos) == "gap" else None
        if behind is not None:
            power *= behind
            self.pos += 2
        return (factors, power) if power and abs(power) <= _UNIT_RULES["max_power"] else None

    def metre_per_second(self):
        """ "ms^-1" is a metre per second as well, in replies."""
        power = self.sign(self.pos + 1)
        if self.reading != "reply" or self.name(self.pos) != "ms" or not isinstance(power, int):
            return None
        if not -_UNIT_RULES["max_power"] <= power < 0:
            return None
        metre, second, both = (_product_of(_lookup_unit(name, "gold")[0]) for name in ("m", "s", "ms"))
        self.pos += 2
        return [_times_unit(metre, second, power), _times_unit(_NO_UNIT, both, power)]

    def unit(self):
        """The longest name that is a unit."""
        if self.sign(self.pos) != "name":
            return None
        start = self.tokens[self.pos][1]
        ends, pos = [], self.pos
        while self.sign(pos) == "name":
            ends.append((pos + 1, self.tokens[pos][2]))
            if self.sign(pos + 1) != "gap" or len(ends) == _UNIT_RULES["max_words"]:
                break
            pos += 2
        for after, end in reversed(ends):
            text = self.text[start:end]
            units = _lookup_unit(text, self.reading)
            if not units and text.endswith("."):
                units = _lookup_unit(text[:-1], self.reading)
            units = units or self.pointed(text)
            if units:
                self.pos = after
                return [_product_of(unit) for unit in units]
        return None

    def pointed(self, text):
        left, point, right = text.partition(".")
        if not point:
            return None
        left, right = _lookup_unit(left, self.reading), _lookup_unit(right, self.reading)
        if len(left) != 1 or len(right) != 1:
            return None
        unit = _unit_of_product(_times_unit(_product_of(left[0]), _product_of(right[0]), 1))
        return None if unit is None else [unit]
