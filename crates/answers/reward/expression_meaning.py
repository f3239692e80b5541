# What an expression says, whatever its dress: (name, form, sides between). A form is a tuple that begins with its kind:
# ("value", node), ("values", nodes, whether in any order), ("sequence", nodes), ("tuple", open, close, nodes),
# ("matrix", rows), ("system", pairs), ("relation", signs, sides), ("other", node).

_MAX_SIGNS = 3
_NO_NAMES = ("e", "π", "i", "∞", "ℝ", "∅")
_KNOWN_CALLS = frozenset(function for _, function in _FUNCTIONS) | frozenset(_FUNCTION_NAMES)
_KNOWN_CALLS |= {"abs", "+...", "*...", "∪", "∩", "∖", "builder"}


def _meaning(node):
    kind = node[0]
    if kind == "relation":
        return _relation_meaning(node[1], node[2])
    if kind == "either":
        return _named_items(node[1]) or (None, ("other", node), ())
    if kind == "tuple":
        return _tuple_meaning(node)
    if kind == "matrix":
        return None, node, ()
    if kind == "negative":
        form = _meaning(node[1])[1]
        if form[0] == "matrix":
            return None, ("matrix", tuple(tuple(("negative", cell) for cell in row) for row in form[1])), ()
    if kind == "call" and len(node[2]) > 1 and len(node[1]) == 1 and "A" <= node[1] <= "Z":
        return None, ("tuple", "(", ")", node[2]), ()
    if kind == "product" and len(node[1]) == 2 and _is_capital(node[1][0]) and node[1][1][:3] == ("tuple", "(", ")"):
        return _meaning(node[1][1])
    if kind == "product":
        return None, _scaled_matrix(node[1]) or ("value", node), ()
    return None, ("value" if _is_value(node) else "other", node), ()


def _tuple_meaning(node):
    _, opening, _, items = node
    if _conditions(node):
        return _meaning(items[0])
    if _ELLIPSIS in items:
        return None, ("sequence", items), ()
    if opening == " " and any(item[0] == "relation" for item in items):
        return _system(items) or _named_items(items) or (None, ("other", node), ())
    if opening in " {":
        points = all(item[:3] == ("tuple", "(", ")") for item in items)
        return None, ("values", items, opening == "{" or points), ()
    return None, node, ()


def _conditions(node):
    """In "kπ, k ∈ ℤ" and "1/x, x ≠ 0" what follows only says where the value is meant."""
    if node[:2] != ("tuple", " "):
        return ()
    first, *others = node[3]
    is_said = _is_value(first) or first[:2] == ("relation", "=")
    return tuple(others) if is_said and all(map(_is_condition, others)) else ()


def _is_condition(item):
    if item[0] != "relation":
        return False
    last = item[2][-1]
    if item[1] != "∈" or last[0] != "name":
        return item[1] == "≠"
    return last[1].startswith("𝔹") or last[1] in ("Z", "N")


def _relation_meaning(signs, sides):
    # What a name is about is all that is said of it.
    if signs[0] == "≈" and not _is_constant(sides[0]):
        signs = "=" + signs[1:]
    num_exact = signs.find("≈") + 1 or len(sides)
    sides, signs = sides[:num_exact], signs[: num_exact - 1]
    if len(sides) == 1:
        return _meaning(sides[0])
    first, last = sides[0], sides[-1]
    if signs == "∈" and first[0] == "name" and last[:2] == ("tuple", "{"):
        return _named(first, last, ())
    if signs != "=" * len(signs):
        return None, ("relation", signs, sides), ()
    if len(sides) == 2 and first[:3] == last[:3] == ("tuple", "(", ")"):
        if len(first[3]) == len(last[3]) and all(name[0] == "name" for name in first[3]):
            return None, ("system", tuple(zip(first[3], last[3]))), ()
    if _is_definable(first) and not _occurs(first, last):
        return _named(first, last, sides[1:-1])
    if len(sides) == 2 and _is_definable(last) and not _occurs(last, first):
        return _named(last, first, ())
    return None, ("relation", signs, sides), ()


def _named(name, value, between):
    """A name with its value or values: these are solutions, in any order."""
    form = _meaning(value)[1]
    if name[0] == "name" and name[1].endswith("_1,2"):
        name = ("name", name[1][:-4])
    return name, ("values", form[1], True) if form[0] == "values" else form, between


def _is_definable(node):
    """Names, applied letters, derivatives and the like, which an equation may give a value."""
    if node[0] == "name":
        return node[1] not in _NO_NAMES
    if node[0] == "product":
        return all(map(_is_capital, node[1]))
    if node[0] != "call":
        return False
    return node[1] not in _KNOWN_CALLS or (node[1] == "abs" and all(inner[0] == "name" for inner in node[2]))


def _is_capital(node):
    return node[0] == "name" and "A" <= node[1][0] <= "Z"


def _numbered_letter(pairs):
    """The letter that all names of a system have before their numbers, as in "x_1 = 3, x_2 = -1"."""
    letters = set()
    for name, _ in pairs:
        letter, mark, number = name[1].partition("_") if name[0] == "name" else ("", "", "")
        if not mark or not _is_digits(number):
            return None
        letters.add(letter)
    return ("name", letters.pop()) if len(letters) == 1 else None


def _occurs(name, node):
    return _any(node, lambda inner: inner == name)


def _named_items(items):
    """"x = 2 or x = -2", "x = 2 or -2", "2 or 3": values of one name, or of none."""
    name, values = None, ()
    for item in items:
        other, form, _ = _meaning(item)
        if other is not None:
            if form[0] not in ("value", "values") or name not in (None, other):
                return None
            name = other
            values += (form[1],) if form[0] == "value" else form[1]
        elif form[0] == "value":
            values += (form[1],)
        elif form[0] == "tuple" and form[1] in "(⟨":
            values += (form,)
        else:
            return None
    return name, ("values", values, True), ()


def _system(items):
    """"x = 1, y = 2": different names, a value for each."""
    pairs = []
    for item in items:
        name, form, _ = _meaning(item)
        if name is None or form[0] != "value" or any(name == other for other, _ in pairs):
            return None
        pairs.append((name, form[1]))
    return None, ("system", tuple(pairs)), ()


def _scaled_matrix(factors):
    """A matrix times numbers, with the numbers in each cell."""
    rows, scale = None, ()
    for factor in factors:
        if factor[0] != "matrix":
            scale += (factor,)
        elif rows is not None:
            return None
        else:
            rows = factor[1]
    return rows and ("matrix", tuple(tuple(("product", scale + (cell,)) for cell in row) for row in rows))


def _num_open_signs(node):
    return _count(node, lambda inner: inner[0] == "either_sign")


def _spread(node, linked):
    """A point with open signs is several points."""
    if node[0] == "tuple" and node[1] in "(⟨" and any(map(_num_open_signs, node[3])):
        points = _expanded(node, linked)
        return ("either", tuple(points)) if len(points) > 1 else node
    return node


def _expanded(node, linked):
    """Writes out the signs that are left open, all together or each on its own."""
    num_signs = _num_open_signs(node)
    if not 0 < num_signs <= _MAX_SIGNS:
        return [node]
    if linked:
        return [_resolved(node, [plus] * num_signs) for plus in (True, False)]
    return [_resolved(node, [not choice >> idx & 1 for idx in range(num_signs)]) for choice in range(1 << num_signs)]


def _resolved(node, plus):
    """The node with a sign for each open one, in the order of reading."""
    signs = iter(plus)

    def resolve(inner):
        if inner[0] != "either_sign":
            return None
        sign = next(signs)
        value = _replaced(inner[2], resolve)
        return value if sign == inner[1] else ("negative", value)

    return _replaced(node, resolve)
