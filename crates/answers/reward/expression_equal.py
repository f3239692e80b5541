# Whether two values are equal: by form, by residues, and by numbers with error bounds.

_FUEL = _NOTATION["fuel"]
_PRECISIONS = _NOTATION["precisions"]
_MAX_FACTORIALS = _NOTATION["max_factorials"]
_FIXED_VALUES = _NOTATION["fixed_values"]
_STEPS = frozenset(_NOTATION["steps"])


def _infinite(node):
    """Positive or negative infinity, as the sign; else None."""
    if node == _INFINITY:
        return 1
    if node[0] != "negative":
        return None
    sign = _infinite(node[1])
    return None if sign is None else -sign


def _residues_agree(gold, reply):
    num_compared = 0
    for idx in range(_NUM_POINTS):
        prime, root = _PRIMES[idx % 2]
        left, right = _residue(gold, idx, prime, root), _residue(reply, idx, prime, root)
        if left is not None and right is not None:
            if left != right:
                return False
            num_compared += 1
    return True if num_compared >= 6 else None


@functools.lru_cache(maxsize=4096)
def _residue_cost(node):
    own = 4 if node[0] == "inverse" else 1
    if node[0] == "factorial":
        own = _cost_of_count(node[1], 8)
    elif node[:2] == ("call", "binom"):
        own = _cost_of_count(node[2][1], 4) if len(node[2]) > 1 else 1
    return own + sum(map(_residue_cost, _children(node)))


@functools.lru_cache(maxsize=4096)
def _numeric_cost(node):
    own = 2
    if node[0] == "factorial":
        own = _cost_of_count(node[1], 8)
    elif node[:2] == ("call", "binom"):
        own = _cost_of_count(node[2][1], 2) if len(node[2]) > 1 else 1
    elif node[0] == "call":
        own = 16
    elif node[0] == "power":
        own = 24 if _whole(node[2]) is None else 8
    return own + sum(map(_numeric_cost, _children(node)))


def _cost_of_count(node, a_unit):
    count = _whole(node)
    return 20 if count is None else min(max(count, 0), 3000) // a_unit + 2


def _fixed(node, shift):
    """The node at a point where each of its variables is a fixed number."""
    names = sorted(_variables(node))
    values = {}
    for idx, name in enumerate(names):
        above, below = _FIXED_VALUES[(idx + 3 * shift) % len(_FIXED_VALUES)]
        values[("name", name)] = _over(("number", str(above)), ("number", str(below)))
    return _replaced(node, values.get)


def _met(gold, reply, bits):
    """Compares two values of one point."""
    tight = bits * 5 // 8
    scale = max(_top(part) for value in (gold, reply) for part in value if part is not None)
    is_tight = is_zero = True
    for left, right in ((gold[0], reply[0]), (gold[1] or _BALL_ZERO, reply[1] or _BALL_ZERO)):
        gap = _minus(left, right, bits)
        if gap is None:
            return "open"
        if not _contains_zero(gap):
            return "different"
        is_tight = is_tight and _top(gap) <= scale - tight
        is_zero = is_zero and _contains_zero(left) and _contains_zero(right)
    return "same" if is_tight or (is_zero and scale <= -tight) else "open"


class _Equality:
    def __init__(self, positive):
        self.fuel, self.positive, self.linked = _FUEL, positive, True

    def equal(self, gold, reply):
        """Whether two values are equal, or None where that cannot be told."""
        if gold == reply:
            return True
        gold_end, reply_end = _infinite(gold), _infinite(reply)
        if gold_end is not None or reply_end is not None:
            other = reply if gold_end is not None else gold
            told = (gold_end is not None and reply_end is not None) or not _has_name(other, "∞")
            return gold_end == reply_end if told else None
        if any(_has_infinite_part(node) or _may_be_matrices(node) for node in (gold, reply)):
            return None
        for node in (gold, reply):
            if _count(node, lambda inner: inner[0] == "factorial") > _MAX_FACTORIALS:
                return None
        self.fuel -= 4 + _residue_cost(gold) + _residue_cost(reply)
        if self.fuel < 0:
            return None
        agreement = _residues_agree(gold, reply)
        if agreement is True:
            # Numbers that differ by a multiple of the primes agree modulo each of them.
            return None if self.outcome(gold, reply, 0, False, False) == "different" else True
        if _is_rational(gold) and _is_rational(reply):
            return agreement
        equal = self.equal_numbers(gold, reply)
        is_doubtful = _has_steps(gold) or _has_steps(reply) or _num_complex_bars(gold) != _num_complex_bars(reply)
        return None if equal and is_doubtful else equal

    def equal_numbers(self, gold, reply):
        natural = self.equal_at_points(gold, reply, False)
        if natural is None or not any(_any(node, _is_bare_log) for node in (gold, reply)):
            return natural
        decadic = self.equal_at_points(gold, reply, True)
        return natural if natural == decadic else None

    def equal_at_points(self, gold, reply, log_10):
        if _is_constant(gold) and _is_constant(reply):
            return {"same": True, "different": False}.get(self.outcome(gold, reply, 0, log_10, True))
        is_bent = _has_bends(gold) or _has_bends(reply)
        far = range(*_FAR_POINTS) if is_bent else ()
        for first in (0, _FIRST_WHOLE_POINT):
            num_same, one_undefined = 0, False
            for idx in (*range(first, first + _FIRST_WHOLE_POINT), *far):
                outcome = self.outcome(gold, reply, idx, log_10, idx == first)
                if outcome == "different":
                    return False
                num_same += outcome == "same" and idx < _FAR_POINTS[0]
                one_undefined = one_undefined or (outcome == "one_undefined" and idx < _FAR_POINTS[0])
            if self.fuel < 0:
                return None
            if one_undefined and _any(gold, _is_bars) != _any(reply, _is_bars):
                return None
            # The root of a square is more than what it is a square of.
            if one_undefined and is_bent and len(_variables(gold, reply)) == 1:
                return None
            if num_same >= 4:
                return True
        return None

    def outcome(self, gold, reply, idx, log_10, twice):
        """What one point shows; values are the same `twice` if they agree in the second precision too."""
        is_complex = _has_name(gold, "i") or _has_name(reply, "i")
        for bits, factor in zip(_PRECISIONS, (1, 3)):
            self.fuel -= factor * (_numeric_cost(gold) + _numeric_cost(reply))
            if self.fuel < 0:
                return "open"
            evaluation = _Evaluation(bits, idx, log_10, is_complex, self.positive)
            left, right = evaluation.evaluate(gold), evaluation.evaluate(reply)
            if left is None or right is None:
                return "undefined" if left is right else "one_undefined"
            outcome = _met(left, right, bits)
            is_sure = not evaluation.lossy and not (twice and bits == _PRECISIONS[0])
            if outcome == "different" or (outcome == "same" and is_sure):
                return outcome
        return "open"

    def sign(self, node):
        """The sign of a value without variables, or of one that keeps it at every point."""
        end = _infinite(node)
        if end is not None:
            return end
        ratio = _exact(node)
        if ratio is not None:
            return (ratio[0] > 0) - (ratio[0] < 0)
        is_zero = self.equal(node, _ZERO)
        if is_zero is not False:
            return 0 if is_zero else None
        found = None
        for idx in range(1 if _is_constant(node) else _FIRST_WHOLE_POINT):
            self.fuel -= _numeric_cost(node)
            if self.fuel < 0:
                return None
            value = _Evaluation(_PRECISIONS[1], idx, False, False, self.positive).evaluate(node)
            if value is None or value[1] is not None:
                continue
            sign = 1 if _is_positive(value[0]) else -1 if _is_below_zero(value[0]) else None
            if sign is None or (found is not None and found != sign):
                return None
            found = sign
        return found


def _is_bare_log(node):
    return node[:2] == ("call", "log") and len(node[2]) == 1


@functools.lru_cache(maxsize=4096)
def _has_steps(node):
    """Whether a function of variables changes by steps: points between them show nothing of them."""
    return _any(node, lambda inner: inner[0] == "call" and inner[1] in _STEPS and not _is_constant(inner))


def _num_complex_bars(node):
    """How many bars stand around names that are customary for complex numbers, which the points here are not."""
    return _count(node, lambda inner: _is_bars(inner) and (_has_name(inner, "z") or _has_name(inner, "w")))


@functools.lru_cache(maxsize=4096)
def _has_bends(node):
    """Whether a node is bent somewhere, by bars or roots, so that far points matter."""
    return _any(node, _is_bend)


def _is_bend(node):
    if node[0] == "call":
        return node[1] in ("abs", "max", "min") and not _is_constant(node)
    if node[0] != "power":
        return False
    return not _is_constant(node[1]) and _is_constant(node[2]) and _whole(node[2]) is None


def _has_infinite_part(node):
    """Whether one calculates with infinity as with a number."""
    return node == _INFINITY or (node[0] != "call" and any(map(_has_infinite_part, _children(node))))


@functools.lru_cache(maxsize=4096)
def _may_be_matrices(node):
    """Whether two capitals and an inverse or a transpose may be matrices, whose order counts."""
    return _num_capitals(node) > 1 and _any(node, _is_turned_capital)


def _is_turned_capital(node):
    return node[0] == "power" and node[2] in (("name", "T"), ("negative", _ONE)) and _num_capitals(node[1]) > 0


def _num_capitals(node):
    return sum(len(name) == 1 and "A" <= name <= "Z" and name != "T" for name in _variables(node))


def _is_bars(node):
    return node[:2] == ("call", "abs")
