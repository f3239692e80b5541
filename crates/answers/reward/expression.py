# Comparing two expressions: equal, different, or not to be told.

_UNDECIDED = ("unknown", "undecided")
_DIFFERENT = ("incorrect", "different_value")
_WRONG_COUNT = ("incorrect", "wrong_count")
_MAX_UNORDERED = 24
_ON_LINE = "=<>≤≥≠"
_VALUE_CONDITION = _anchored(_NOTATION["condition"])
_VALUE_LABEL = _anchored(_NOTATION["label"])
_LABEL_DENIAL = re.compile(_NOTATION["denial"])
_SQUASHED = _NOTATION["squashed"]
_POSITIVE = _NOTATION["positive"]
_BLANK_GROUPS = re.compile(" +")
_LOOSE_BLANK = re.compile("(?<![0-9]) | (?![0-9])")
_INTEGRATION = frozenset(_NOTATION["integration"])


def _check_expression(spec, reply):
    try:
        return _compare_texts(spec, reply)
    except RecursionError:
        raise _CannotTell from None


def _compare_texts(spec, reply):
    latex = _normalize(spec["latex"])
    if spec["kind"] == "formula":
        rest = _without_frame(reply)
        return _compare_formulae(latex, reply if rest is None else rest)
    if _squash(latex) == _squash(reply):
        return CORRECT
    gold, given = _parsed(latex), _parsed(reply)
    if not isinstance(gold, _Unread) and not isinstance(given, _Unread):
        positive = any(word in (spec.get("domain") or "") for word in _POSITIVE)
        verdict = _compare(gold[0], given[0], positive)
        return _UNDECIDED if gold[1] and given[1] and gold[1] != given[1] else verdict
    return _incorrect("unreadable") if isinstance(given, _Unread) and given.malformed else _UNDECIDED


def _parsed(text):
    """Reads an expression behind its label and before the condition on its letters."""
    found = _VALUE_CONDITION.search(text)
    if found:
        text = text[: found.start()]
    parsed = _parse_or_not(text)
    if not isinstance(parsed, _Unread):
        return parsed
    rest = _without_frame(text)
    if rest is None:
        rest = _unlabelled(text)
    again = parsed if rest is None else _parse_or_not(rest)
    return parsed if isinstance(again, _Unread) else again


def _unlabelled(text):
    found = _VALUE_LABEL.match(text)
    return _trim_wrappers(found["rest"]) if found and not _LABEL_DENIAL.search(found["words"]) else None


def _parse_or_not(text):
    try:
        return _parse_expression(text)
    except _Unread as unread:
        return unread


def _squash(text):
    """Writes a text without what moves letters only: "3 1/2" keeps the blank that "31/2" lacks."""
    for old, new in _SQUASHED:
        text = _without_command(text, old, new)
    return _LOOSE_BLANK.sub("", _BLANK_GROUPS.sub(" ", text))


def _without_command(text, command, other):
    """Replaces a command, and not the start of a longer one."""
    first, *parts = text.split(command)
    has_letters = _is_ascii_letter(command[-1])
    return first + "".join((command if has_letters and _is_ascii_letter(part[:1]) else other) + part for part in parts)


def _is_ascii_letter(text):
    return text.isascii() and text.isalpha()


def _compare(gold, reply, positive):
    gold, reply = _with_capital_constants(gold, reply), _with_capital_constants(reply, gold)
    comparison = _Comparison(positive)
    verdict = comparison.nodes(gold, reply)
    several = _num_open_signs(gold) > 1 or _num_open_signs(reply) > 1
    if not several or any(_any(node, lambda inner: inner[:2] == ("either_sign", False)) for node in (gold, reply)):
        return verdict
    comparison.linked = False
    apart = comparison.nodes(gold, reply)
    return verdict if verdict[0] == apart[0] else _UNDECIDED


def _conjunction(verdicts):
    """What holds for all parts."""
    together = CORRECT
    for verdict in verdicts:
        if verdict[0] == "incorrect":
            return verdict
        if verdict[0] == "unknown":
            together = verdict
    return together


def _told(equal):
    return _UNDECIDED if equal is None else _of(equal)


def _unless_different(verdict):
    return _UNDECIDED if verdict == CORRECT else verdict


class _Comparison(_Regions):
    def nodes(self, gold, reply):
        if gold == reply:
            return CORRECT
        conditions, others = _conditions(gold), _conditions(reply)
        if conditions and others:
            verdict = self.nodes(gold[3][0], reply[3][0])
            return verdict if conditions == others else _unless_different(verdict)
        if _is_region(gold) or _is_region(reply):
            return self.regions(gold, reply)
        gold, reply = _meaning(_spread(gold, self.linked)), _meaning(_spread(reply, self.linked))
        conflict = _names_conflict(gold[0], reply[0])
        if conflict:
            forms = self.forms(gold[1], reply[1])
            verdict = self.equations(gold, reply, conflict)
            moving = gold[1][0] != "value" or not _is_constant(gold[1][1])
            if verdict == CORRECT or (forms != CORRECT and moving):
                return verdict
            return _unless_different(forms)
        verdict = self.equations(gold, reply, conflict)
        if verdict is None:
            verdict = self.numbered_values(gold, reply)
        if verdict is not None:
            return verdict
        verdict = self.forms(gold[1], reply[1])
        if verdict != CORRECT or gold[1][0] != "value":
            return verdict
        return _conjunction(self.sides_between(gold[1][1], reply[2]))

    def sides_between(self, value, between):
        """In "A = 5 = 6" the sides contradict each other."""
        names, verdicts = _variables(value), []
        for side in filter(_is_value, between):
            others = _variables(side)
            if others and not all(other in names for other in others):
                continue
            verdict = self.values(value, side)
            # A side may hold functions that are not known; one that differs for sure contradicts the value.
            if not others or verdict[0] == "incorrect":
                verdicts.append(verdict)
        return verdicts

    def numbered_values(self, gold, reply):
        """"x_1 = 3, x_2 = -1" lists the values of x."""
        kinds = gold[1][0], reply[1][0]
        if kinds == ("system", "values"):
            pairs, values, name = gold[1][1], reply[1][1], reply[0]
        elif kinds == ("values", "system"):
            pairs, values, name = reply[1][1], gold[1][1], gold[0]
        else:
            return None
        letter = _numbered_letter(pairs)
        if letter is None or name not in (None, letter):
            return None
        return self.sets([value for _, value in pairs], values, True)

    def regions(self, gold, reply):
        name, other = _region_name(gold), _region_name(reply)
        if name is not None and other is not None and name != other:
            return _UNDECIDED
        forms = [_meaning(node)[1] for node in (gold, reply)]
        if any(form[0] in ("matrix", "system", "sequence") for form in forms):
            return _DIFFERENT
        for form in forms:
            if form[0] == "values" and not form[2]:
                return _UNDECIDED if len(form[1]) == 2 else _WRONG_COUNT
        return _told(self.same_region(_without_name(gold), _without_name(reply)))

    def equations(self, gold, reply, conflict):
        """Two equations, of which one at least does not give a value to a name; None for others."""
        if gold[1][0] != "relation" and reply[1][0] != "relation" and not conflict:
            return None
        left, right = _sides_of(gold), _sides_of(reply)
        if right is None:
            return _DIFFERENT
        return self.relations(*left, *right) if left is not None else self.chain(gold[1], *right)

    def chain(self, form, signs, sides):
        """A chain of equal values as the reply: "2 + 3 = 5"."""
        if form[0] != "value":
            return _UNDECIDED
        if signs != "=" * len(signs):
            return _DIFFERENT
        value = form[1]
        last = self.values(value, sides[-1])
        if last != CORRECT:
            return last
        moving = not _is_constant(value)
        return _conjunction(
            [self.values(value, side) if moving or _is_constant(side) else _UNDECIDED for side in sides[:-1]]
        )

    def relations(self, gold_signs, gold, signs, reply):
        turned = "".join(map(_mirror, reversed(signs)))
        ways = ((signs, reply), (turned, reply[::-1]))
        for other_signs, others in ways[: 2 if all(sign in "=<>≤≥≠≈≡∼⇌" for sign in signs) else 1]:
            if gold_signs == other_signs and len(gold) == len(others) and self.in_order(gold, others) == CORRECT:
                return CORRECT
        if len(gold_signs) != 1 or len(signs) != 1 or len(gold) != 2 or len(reply) != 2:
            return _UNDECIDED
        return self.proportional(gold_signs, gold, signs, reply)

    def proportional(self, gold_sign, gold, sign, reply):
        """Two relations are the same if their differences of sides are, but for a factor."""
        if gold_sign not in _ON_LINE or sign not in _ON_LINE or not all(map(_is_value, gold + reply)):
            return _UNDECIDED
        gold_gap, gap = _difference(*gold), _difference(*reply)
        for shift in range(3):
            gold_value, value = _fixed(gold_gap, shift), _fixed(gap, shift)
            first = self.sign(gold_value)
            second = self.sign(value)
            if not first or not second:
                continue
            equal = self.equal(("product", (gold_gap, value)), ("product", (gap, gold_value)))
            if equal is None:
                return _UNDECIDED
            if not equal:
                told = self.other_solutions(gold_gap, gap)
                return told if gold_sign == sign == "=" else _unless_different(told)
            return _of(gold_sign == (sign if first == second else _mirror(sign)))
        return _UNDECIDED

    def other_solutions(self, gold, reply):
        """A solution of one that is none of the other shows that they differ; if each solves the other and nothing
        is lost where the slope is zero, they are the same."""
        for name in _variables(gold):
            found = self.zero(gold, name)
            if found is None:
                root = self.quadratic_root(gold, name)
                if root is not None and self.equal(_put(reply, name, root), _ZERO) is False:
                    return _DIFFERENT
                continue
            slope, root = found
            if self.equal(_put(reply, name, root), _ZERO) is False:
                return _DIFFERENT
            found = self.zero(reply, name)
            if found is None:
                continue
            same = self.equal(root, found[1]) is True
            same = same and self.keeps_solutions(gold, name, slope) and self.keeps_solutions(reply, name, found[0])
            return CORRECT if same else _UNDECIDED
        return _UNDECIDED

    def keeps_solutions(self, gap, name, slope):
        """Whether a slope is a product of names, of which none divides the rest of the equation."""
        start, names = _put(gap, name, _ZERO), _variables(slope)
        ones = _at_one(slope, names)
        product = (ones,)
        for other in names:
            twice = _at_one(_put(slope, other, _TWO), names)
            for power in (0, 1, 2, -1, -2):
                scale = ("number", str(2 ** abs(power)))
                if self.equal(twice, ("product", (ones, ("inverse", scale) if power < 0 else scale))) is True:
                    break
            else:
                return False
            if power > 0 and self.equal(_put(start, other, _ZERO), _ZERO) is True:
                return False
            factor = ("name", other)
            product += (("inverse", factor) if power < 0 else factor,) * abs(power)
        return self.equal(slope, ("product", product)) is True

    def forms(self, gold, reply):
        kinds = gold[0], reply[0]
        if kinds == ("value", "value"):
            return self.signed_values(gold[1], reply[1])
        if kinds == ("value", "values"):
            return _UNDECIDED if _is_grouped(reply[1]) else self.sets(_expanded(gold[1], self.linked), reply[1], True)
        if kinds == ("values", "value"):
            return self.sets(gold[1], _expanded(reply[1], self.linked), True)
        if kinds == ("values", "values"):
            return self.listed(gold[1], gold[2], reply[1], reply[2])
        if kinds == ("sequence", "sequence"):
            return self.sequences(gold[1], reply[1])
        if kinds in (("sequence", "values"), ("values", "sequence")):
            return _unless_different(self.heads(gold[1], reply[1]))
        if any(form[:2] == ("tuple", ":") for form in (gold, reply)):
            return self.forms_of_ratio(gold, reply)
        if kinds == ("tuple", "tuple"):
            return self.tuples(gold, reply)
        if kinds == ("tuple", "values"):
            return self.bare_and_bracketed(gold[3], reply[1], reply[2])
        if kinds == ("values", "tuple"):
            return self.bare_and_bracketed(gold[1], reply[3], gold[2])
        if kinds == ("matrix", "matrix"):
            return self.matrices(gold[1], reply[1])
        if kinds == ("matrix", "tuple"):
            return self.matrix_and_tuple(gold[1], reply)
        if kinds == ("tuple", "matrix"):
            return self.matrix_and_tuple(reply[1], gold)
        return self.other_forms(kinds, gold, reply)

    def other_forms(self, kinds, gold, reply):
        if kinds == ("system", "system"):
            return self.systems(gold[1], reply[1])
        if kinds == ("system", "tuple") and reply[1] in "(⟨":
            return self.system_and_tuple(gold[1], reply[3], True)
        if kinds == ("tuple", "system") and gold[1] in "(⟨":
            return self.system_and_tuple(reply[1], gold[3], False)
        if kinds == ("value", "tuple"):
            return _UNDECIDED if _is_grouped(reply[3]) else _WRONG_COUNT
        if kinds == ("tuple", "value"):
            return _WRONG_COUNT
        plain = ("value", "values", "sequence", "system")
        if "matrix" in kinds and any(kind in plain for kind in kinds):
            return _DIFFERENT
        if "system" in kinds and any(kind in plain[:3] for kind in kinds):
            return _DIFFERENT
        return _DIFFERENT if set(kinds) == {"value", "sequence"} else _UNDECIDED

    def signed_values(self, gold, reply):
        if not _num_open_signs(gold) and not _num_open_signs(reply):
            return self.values(gold, reply)
        return self.sets(_expanded(gold, self.linked), _expanded(reply, self.linked), True)

    def values(self, gold, reply):
        """Two values, up to a constant where both end in "+ C"."""
        left, right = _without_constant(gold), _without_constant(reply)
        if left is None or right is None or (left[1] and right[1]):
            return _told(self.equal(gold, reply))
        gap = _difference(left[0], right[0])
        for shift in range(3):
            equal = self.equal(gap, _fixed(gap, shift))
            if equal is not None:
                return _of(equal)
        return _UNDECIDED

    def in_order(self, gold, reply):
        return _conjunction([self.nodes(left, right) for left, right in zip(gold, reply)])

    def sets(self, gold, reply, free):
        """Every value on each side has an equal one on the other."""
        gold = [value for node in gold for value in _expanded(node, self.linked)]
        reply = [value for node in reply for value in _expanded(node, self.linked)]
        if any(_is_value(node) and _num_open_signs(node) for node in gold + reply):
            return _UNDECIDED
        same_count = len(gold) == len(reply)
        if max(len(gold), len(reply)) > _MAX_UNORDERED:
            return CORRECT if same_count and self.in_order(gold, reply) == CORRECT else _UNDECIDED
        table = [[self.nodes(left, right)[0] for right in reply] for left in gold]
        lines = table + list(zip(*table))
        if all("correct" in line for line in lines):
            return CORRECT if free and same_count and _is_one_to_one(table) else _UNDECIDED
        if all(any(verdict != "incorrect" for verdict in line) for line in lines):
            return _UNDECIDED
        return _DIFFERENT if same_count else _WRONG_COUNT

    def listed(self, gold, free, reply, reply_free):
        if not free and len(gold) == len(reply) and self.in_order(gold, reply) == CORRECT:
            return CORRECT
        if free and not reply_free and _is_grouped(reply):
            return _UNDECIDED
        return self.sets(gold, reply, free)

    def bare_and_bracketed(self, gold, reply, free):
        if len(gold) != len(reply):
            return _WRONG_COUNT
        verdict = self.in_order(gold, reply)
        return verdict if len(gold) > 2 and not free else _unless_different(verdict)

    def tuples(self, gold, reply):
        if len(gold[3]) != len(reply[3]):
            return _WRONG_COUNT
        verdict = self.in_order(gold[3], reply[3])
        same, angled = gold[1:3] == reply[1:3], "⟨" in (gold[1], reply[1])
        if not same and len(gold[3]) == 2 and not angled:
            return _DIFFERENT
        return verdict if same or angled or len(gold[3]) > 2 else _unless_different(verdict)

    def forms_of_ratio(self, gold, reply):
        """Whether a ratio has to be in lowest terms is not known."""
        if gold[1] != ":" or reply[1] != ":":
            return _UNDECIDED if "value" in (gold[0], reply[0]) else _DIFFERENT
        verdict = self.tuples(gold, reply)
        if len(gold[3]) != 2 or len(reply[3]) != 2:
            return verdict
        (above, below), (other_above, other_below) = gold[3], reply[3]
        equal = self.equal(("product", (above, other_below)), ("product", (below, other_above)))
        return verdict if equal is False or verdict == CORRECT else _UNDECIDED

    def matrices(self, gold, reply):
        if len(gold) != len(reply) or len(gold[0]) != len(reply[0]):
            return _WRONG_COUNT
        return self.in_order(sum(gold, ()), sum(reply, ()))

    def matrix_and_tuple(self, rows, given):
        cells, items = sum(rows, ()), given[3]
        is_column = all(len(row) == 1 for row in rows)
        if not (is_column or len(rows) == 1) or len(cells) != len(items):
            return _WRONG_COUNT
        verdict = self.in_order(cells, items)
        return verdict if is_column or given[1] == "[" else _unless_different(verdict)

    def systems(self, gold, reply):
        if len(gold) != len(reply):
            return _WRONG_COUNT
        given, verdicts = dict(reversed(reply)), []
        for name, value in gold:
            if name not in given:
                return _UNDECIDED
            verdicts.append(self.signed_values(value, given[name]))
        return _conjunction(verdicts)

    def system_and_tuple(self, pairs, items, system_is_gold):
        """A tuple gives the values of names in their order, which is that of the alphabet."""
        if len(pairs) != len(items):
            return _WRONG_COUNT
        if any(name[0] != "name" for name, _ in pairs):
            return _UNDECIDED
        values = [value for _, value in sorted(pairs, key=lambda pair: pair[0][1])]
        return self.in_order(values, items) if system_is_gold else self.in_order(items, values)

    def heads(self, gold, reply):
        num_shared = min(_gap(gold), _gap(reply))
        return self.in_order(gold[:num_shared], reply[:num_shared])

    def sequences(self, gold, reply):
        """Sequences with dots: the same items where they are written out, and the same end."""
        if len(gold) == len(reply) and _gap(gold) == _gap(reply):
            return _conjunction([self.nodes(*pair) for pair in zip(gold, reply) if pair[0] != _ELLIPSIS])
        heads = self.heads(gold, reply)
        if heads[0] == "incorrect":
            return heads
        if _ELLIPSIS in (gold[-1], reply[-1]):
            return _UNDECIDED
        return _unless_different(self.nodes(gold[-1], reply[-1]))


def _is_one_to_one(table):
    """Whether each value is repeated on both sides as often."""
    columns = [column.count("correct") for column in zip(*table)]
    return all(row.count("correct") == columns[idx] for row in table for idx in range(len(row)) if row[idx] == "correct")


def _gap(items):
    return items.index(_ELLIPSIS) if _ELLIPSIS in items else len(items)


def _at_one(node, names):
    for name in names:
        node = _put(node, name, _ONE)
    return node


def _without_name(node):
    name, form, _ = _meaning(node)
    if name is None or form[0] not in ("other", "value", "tuple"):
        return node
    return form if form[0] == "tuple" else form[1]


def _sides_of(meaning):
    name, form, _ = meaning
    if form[0] == "relation" and name is None:
        return form[1], form[2]
    return ("=", (name, form[1])) if form[0] == "value" and name is not None else None


def _names_conflict(name, other):
    """Whether values are given to two names of a kind: "f(x)" and "y" may be one."""
    if name is None or other is None or name == other:
        return False
    if _num_primes(name) != _num_primes(other) or _is_bars(name) != _is_bars(other):
        return True
    return "derivative" not in (name[1], other[1]) and (name[0] == "call") == (other[0] == "call")


def _num_primes(name):
    """How often what a name stands for is derived."""
    if name[:2] == ("call", "derivative"):
        above = name[2][0]
        first = above[1][0] if above[0] == "product" else above
        order = _whole(first[2]) if first[0] == "power" else 1
        return order if order is not None and order >= 0 else 0
    return name[1].count("'") if name[0] in ("name", "call") else 0


def _is_grouped(items):
    """Whether items may be the groups of one number with separators of thousands."""
    return all(item[0] == "number" and len(item[1]) == 3 and "." not in item[1] for item in items[1:])


def _without_constant(node):
    """A sum without its constant of integration, which occurs once, among names in small letters; and whether the
    constant itself has a small letter, and so may be any name."""
    if node[0] != "sum":
        return None
    constants = [term[1] for term in node[1] if term[0] == "name" and term[1] in _INTEGRATION]
    rest = ("sum", tuple(term for term in node[1] if term[0] != "name" or term[1] not in _INTEGRATION))
    names = _variables(rest)
    if len(constants) != 1 or constants[0] in names or not names or any("A" <= name[0] <= "Z" for name in names):
        return None
    return rest, not "A" <= constants[0][0] <= "Z"


def _with_capital_constants(node, other):
    """Writes constants such as "c_1" with capitals where the other side does."""

    def has(tree, letter):
        return _any(tree, lambda inner: inner[0] == "name" and inner[1].startswith(letter) and "_" in inner[1])

    if not has(other, "C") or has(node, "C") or has(other, "c"):
        return node

    def replace(inner):
        return ("name", "C" + inner[1][1:]) if inner[0] == "name" and inner[1].startswith("c_") else None

    return _replaced(node, replace)


_CHECKERS["expression"] = _check_expression
