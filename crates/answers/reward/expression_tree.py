# What can be said of a tree without a value for its names, and its value modulo a prime at a random point.

_PRIMES = _NOTATION["primes"]
_NUM_POINTS = _NOTATION["num_points"]
_MAX_EXPONENT = _NOTATION["max_exponent"]
_MAX_FACTORIAL = _NOTATION["max_factorial"]
_MAX_CHOSEN = _NOTATION["max_chosen"]
_MAX_NUMERIC_EXPONENT = _NOTATION["max_numeric_exponent"]
_FIRST_WHOLE_POINT = _NOTATION["first_whole_point"]
_FAR_POINTS = _NOTATION["far_points"]
_CONSTANTS = frozenset(_NOTATION["constants"])
_I128 = 1 << 127
_EXACT_LIMIT = 1 << 120
_NODE_LISTS = {"sum": 1, "product": 1, "tuple": 3, "either": 1, "relation": 2, "call": 2}


def _children(node):
    kind = node[0]
    if kind in _NODE_LISTS:
        return node[_NODE_LISTS[kind]]
    if kind in ("negative", "inverse", "factorial"):
        return node[1:]
    if kind == "either_sign":
        return node[2:]
    if kind == "power":
        return node[1:]
    return tuple(cell for row in node[1] for cell in row) if kind == "matrix" else ()


def _replaced(node, replace):
    """Writes the tree anew with some nodes replaced, in the order of reading."""
    found = replace(node)
    if found is not None:
        return found
    kind = node[0]
    if kind in _NODE_LISTS:
        at = _NODE_LISTS[kind]
        return node[:at] + (tuple(_replaced(inner, replace) for inner in node[at]),)
    if kind in ("negative", "inverse", "factorial", "power"):
        return (kind,) + tuple(_replaced(inner, replace) for inner in node[1:])
    if kind == "either_sign":
        return node[:2] + (_replaced(node[2], replace),)
    if kind == "matrix":
        return (kind, tuple(tuple(_replaced(cell, replace) for cell in row) for row in node[1]))
    return node


def _put(node, name, value):
    """The node with another one in the place of a name."""
    wanted = ("name", name)
    return _replaced(node, lambda inner: value if inner == wanted else None)


def _count(node, wanted):
    return bool(wanted(node)) + sum(_count(inner, wanted) for inner in _children(node))


def _any(node, wanted):
    return wanted(node) or any(_any(inner, wanted) for inner in _children(node))


def _has_name(node, name):
    return node == ("name", name) or any(_has_name(inner, name) for inner in _children(node))


def _variables(*nodes):
    found = {}
    for node in nodes:
        if node[0] == "name" and node[1] not in _CONSTANTS:
            found.setdefault(node[1])
        found.update(dict.fromkeys(_variables(*_children(node))))
    return list(found)


def _is_constant(node):
    return not _variables(node)


@functools.lru_cache(maxsize=4096)
def _exact(node):
    """The value of a node that is a ratio of small whole numbers, as (above, below); else None."""
    ratio = _ratio_of_wholes(node)
    return ratio if ratio and abs(ratio[0]) < _EXACT_LIMIT and ratio[1] < _EXACT_LIMIT else None


def _ratio_of_wholes(node):
    kind = node[0]
    if kind == "number":
        whole, _, fraction = node[1].partition(".")
        below = 10 ** len(fraction)
        return _reduced(int(whole + fraction), below) if below < _I128 else None
    if kind == "sum" or kind == "product":
        total = (0, 1) if kind == "sum" else (1, 1)
        for inner in node[1]:
            value = _exact(inner)
            if value is None:
                return None
            total = _ratio_plus(total, value) if kind == "sum" else _ratio_times(total, value)
            if total is None:
                return None
        return total
    if kind == "negative":
        value = _exact(node[1])
        return value and _ratio_times((-1, 1), value)
    if kind == "inverse":
        value = _exact(node[1])
        if not value or not value[0]:
            return None
        return (value[1], value[0]) if value[0] > 0 else (-value[1], -value[0])
    if kind == "power":
        exponent = _exact(node[2])
        if exponent is None or exponent[1] != 1 or not 0 <= exponent[0] <= 127:
            return None
        base, result = _exact(node[1]), (1, 1)
        for _ in range(exponent[0] if base is not None else 0):
            result = _ratio_times(result, base)
            if result is None:
                return None
        return result if base is not None else None
    return None


def _reduced(above, below):
    divisor = math.gcd(above, below)
    return above // divisor, below // divisor


def _fits(value):
    return -_I128 <= value < _I128


def _ratio_plus(left, right):
    common = left[1] // math.gcd(left[1], right[1]) * right[1]
    above, other = common // left[1] * left[0], common // right[1] * right[0]
    if not (_fits(common) and _fits(above) and _fits(other) and _fits(above + other)):
        return None
    return _reduced(above + other, common)


def _ratio_times(left, right):
    above, below = _reduced(left[0] * right[0], left[1] * right[1])
    return (above, below) if _fits(above) and _fits(below) else None


def _whole(node):
    value = _exact(node)
    return value[0] if value and value[1] == 1 else None


_M64 = (1 << 64) - 1


@functools.lru_cache(maxsize=8192)
def _hash64(idx, name, *values):
    """A number that depends on a name, values and the index of a point in no simple way."""
    state = 0xCBF29CE484222325 ^ idx
    for byte in name.encode("utf-8", "surrogatepass") + b"".join(value.to_bytes(8, "little") for value in values):
        state = (state ^ byte) * 0x100000001B3 & _M64
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & _M64
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB & _M64
    return state ^ (state >> 31)


@functools.lru_cache(maxsize=256)
def _factorial(count):
    return math.factorial(count)


def _residue(node, idx, prime, root):
    """The value modulo a prime, or None where there is none."""
    kind = node[0]
    if kind == "number":
        whole, _, fraction = node[1].partition(".")
        value = int(whole + fraction) % prime
        return value * pow(10 ** len(fraction), prime - 2, prime) % prime if fraction else value
    if kind == "name":
        return root if node[1] == "i" else _hash64(idx, node[1]) % prime
    if kind == "sum" or kind == "product":
        total = 0 if kind == "sum" else 1
        for inner in node[1]:
            value = _residue(inner, idx, prime, root)
            if value is None:
                return None
            total = (total + value if kind == "sum" else total * value) % prime
        return total
    if kind == "power":
        return _residue_power(node, idx, prime, root)
    if kind in ("negative", "inverse", "factorial"):
        count = _whole(node[1]) if kind == "factorial" else None
        if count is not None:
            return _factorial(count) % prime if 0 <= count <= _MAX_FACTORIAL else None
        value = _residue(node[1], idx, prime, root)
        if value is None or kind == "negative":
            return value if value is None else -value % prime
        if kind == "inverse":
            return pow(value, prime - 2, prime) if value else None
        return _hash64(idx, "!", value) % prime
    if kind == "call":
        if node[1] == "binom" and len(node[2]) == 2 and _is_chosen(node[2][1]):
            above, product = _residue(node[2][0], idx, prime, root), 1
            if above is None:
                return None
            count = _whole(node[2][1])
            for less in range(count):
                product = product * (above - less) % prime
            return product * pow(_factorial(count) % prime, prime - 2, prime) % prime
        return _digest_all(node[1], node[2], idx, prime, root)
    return None


def _residue_power(node, idx, prime, root):
    value = _residue(node[1], idx, prime, root)
    if value is None:
        return None
    count = _whole(node[2])
    if count is None:
        exponent = _residue(node[2], idx, prime, root)
        return None if exponent is None else _hash64(idx, "^", value, exponent) % prime
    if abs(count) > _MAX_EXPONENT or (not value and count <= 0):
        return None
    raised = pow(value, abs(count), prime)
    return pow(raised, prime - 2, prime) if count < 0 else raised


def _digest_all(name, nodes, idx, prime, root):
    values = [_digest(node, idx, prime, root) for node in nodes]
    return None if None in values else _hash64(idx, name, *values) % prime


def _digest(node, idx, prime, root):
    """The value of what a function is applied to: lists and relations too, item by item."""
    kind = node[0]
    if kind == "tuple":
        return _digest_all(node[1] + node[2], node[3], idx, prime, root)
    if kind == "either":
        return _digest_all("or", node[1], idx, prime, root)
    if kind == "relation":
        return _digest_all(node[1], node[2], idx, prime, root)
    if kind == "matrix":
        rows = [_digest_all("row", row, idx, prime, root) for row in node[1]]
        return None if None in rows else _hash64(idx, "matrix", *rows) % prime
    if kind == "ellipsis":
        return _hash64(idx, "...") % prime
    return _residue(node, idx, prime, root)


def _is_chosen(below):
    count = _whole(below)
    return count is not None and 0 <= count <= _MAX_CHOSEN


def _is_rational(node):
    """Whether two different residues prove two different expressions."""
    return not (_has_name(node, "e") and _has_name(node, "π")) and _is_evaluated(node)


def _is_evaluated(node):
    kind = node[0]
    if kind == "number":
        return True
    if kind == "name":
        return node[1] not in ("∞", "ℝ", "∅")
    if kind == "power":
        count = _whole(node[2])
        return count is not None and abs(count) <= _MAX_EXPONENT and _is_evaluated(node[1])
    if kind == "factorial":
        count = _whole(node[1])
        return count is not None and 0 <= count <= _MAX_FACTORIAL
    if kind == "call":
        return node[1] == "binom" and len(node[2]) == 2 and _is_chosen(node[2][1]) and _is_evaluated(node[2][0])
    return kind in ("sum", "product", "negative", "inverse") and all(map(_is_evaluated, _children(node)))
