# From tokens to a tree. A node is a tuple that begins with its kind:
# ("number", digits), ("name", name), ("sum", nodes), ("product", nodes), ("negative", node), ("inverse", node),
# ("power", base, exponent), ("factorial", node), ("call", name, nodes), ("either_sign", plus, node),
# ("tuple", open, close, nodes), ("either", nodes), ("relation", signs, nodes), ("matrix", rows), ("ellipsis",).

_MAX_DEPTH = _NOTATION["max_depth"]
_MAX_TOKENS = _NOTATION["max_tokens"]
_INVERTIBLE = frozenset(_NOTATION["invertible"])
_FUNCTION_LETTERS = _NOTATION["function_letters"]
_PERHAPS_FUNCTION_LETTERS = _NOTATION["perhaps_function_letters"]
_STEP_LETTERS = _NOTATION["step_letters"]
_FACTOR_KINDS = frozenset(["number", "name", "function", "frac", "root", "binom", "big", "open", "begin"])
_CLOSING = {"(": ")", "[": "]", "{": "}", "⌊": "⌋", "⌈": "⌉", "⟨": "⟩", "|": "|"}
_NO_TOKEN = ("", "", False)
_ELLIPSIS = ("ellipsis",)
_ZERO, _ONE, _TWO = ("number", "0"), ("number", "1"), ("number", "2")
_INFINITY = ("name", "∞")


def _over(above, below):
    return ("product", (above, ("inverse", below)))


def _difference(left, right):
    return ("sum", (left, ("negative", right)))


def _parse_expression(text):
    """The tree and the unit behind it."""
    tokens = _lex(text)
    if len(tokens) > _MAX_TOKENS:
        raise _Unread(True)
    tokens, unit = _split_unit(tokens)
    parser = _Parser(tokens)
    if parser.is_at("relation", "="):
        parser.next += 1
    node = parser.list(" ")
    if parser.next < len(tokens):
        raise _Unread(True)
    return node, unit


def _split_unit(tokens):
    first = next((idx for idx, token in enumerate(tokens) if token[0] == "unit"), 0)
    tail = tokens[first:]
    if not first or not _is_unit(tail):
        return tokens, ""
    return tokens[:first], "".join(text for _, text, _ in tail).replace("{", "").replace("}", "")


_BEHIND_UNIT = ("unit", "power", "}")
_BEFORE_UNIT_PART = {
    "unit": ("", "*", "/") + _BEHIND_UNIT,
    "*": _BEHIND_UNIT,
    "/": _BEHIND_UNIT,
    "^": ("unit",),
    "-": ("^", "{"),
    "{": ("^",),
    "power": ("^", "{", "-", "unit"),
    "}": ("power",),
}


def _is_unit(tail):
    """Units with powers, side by side or with a sign between them: "m/s^2", and not "m - 3" or "m/2"."""
    before = ""
    for kind, text, _ in tail:
        part = "unit" if kind == "unit" else text
        if kind == "number":
            part = "power" if text in ("1", "2", "3") else ""
        if before not in _BEFORE_UNIT_PART.get(part, ()):
            return False
        before = part
    return before in _BEHIND_UNIT


class _Parser:
    def __init__(self, tokens):
        self.tokens, self.next, self.depth, self.num_bars = tokens, 0, 0, 0

    def peek(self, ahead=0):
        at = self.next + ahead
        return self.tokens[at] if at < len(self.tokens) else _NO_TOKEN

    def kind(self):
        return self.peek()[0]

    def is_at(self, kind, text):
        return self.peek()[:2] == (kind, text)

    def take(self):
        if self.next >= len(self.tokens):
            raise _Unread(True)
        self.next += 1
        return self.tokens[self.next - 1]

    def take_sign(self, wanted):
        kind, text, _ = self.peek()
        if kind != "sign" or text not in wanted:
            return ""
        self.next += 1
        return text

    def descend(self):
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise _Unread(True)

    def sum(self):
        self.descend()
        terms, sign = [], self.take_sign("+-±∓")
        while True:
            negative = bool(sign and terms and self.take_sign("-"))
            term = self.product()
            if negative:
                term = ("negative", term)
            if sign == "-":
                term = ("negative", term)
            elif sign in ("±", "∓"):
                term = ("either_sign", sign == "±", term)
            terms.append(term)
            sign = self.take_sign("+-±∓")
            if not sign:
                break
        self.depth -= 1
        if len(terms) == 1:
            return terms[0]
        if len(terms) == 2 and terms[0] == ("name", "ℝ") and terms[1][0] == "negative":
            return ("call", "∖", (terms[0], terms[1][1]))
        return ("call", "+...", tuple(terms)) if _ELLIPSIS in terms else ("sum", tuple(terms))

    def product(self):
        factors, divided, mixed_up = [self.factor()], False, False
        while True:
            sign = self.take_sign("*/")
            if sign:
                negative = self.take_sign("-")
                factor = self.factor()
                if negative:
                    factor = ("negative", factor)
                if sign == "/" and _is_d(factor) and _is_differential(factors[0]) and self.kind() == "name":
                    below = ("product", (factor, self.factor()))
                    above = factors[0] if len(factors) == 1 else ("product", tuple(factors))
                    factors = [("call", "derivative", (above, below))]
                    continue
                divided = sign == "/"
                mixed_up = divided and factor[0] != "number"
                factors.append(("inverse", factor) if divided else factor)
            elif self.at_factor():
                if divided and (mixed_up or not self.peek()[2]):
                    raise _Unread(False)
                divided = False
                self.implied_factor(factors)
            else:
                break
        if len(factors) == 1:
            return factors[0]
        return ("call", "*...", tuple(factors)) if _ELLIPSIS in factors else ("product", tuple(factors))

    def at_factor(self):
        kind = self.kind()
        return kind in _FACTOR_KINDS or (kind == "bar" and not self.num_bars)

    def implied_factor(self, factors):
        """A factor without a sign before it. A number before a fraction of numbers is a mixed number."""
        before = self.tokens[self.next - 1]
        if self.kind() == "number" and before[0] != "close" and before[1] != "!":
            raise _Unread(False)
        is_fraction = self.kind() == "frac"
        factor = self.factor()
        if _is_condition(factor):
            return
        before = factors[-1]
        share = None
        if is_fraction and len(factors) == 1 and before[0] == "number" and "." not in before[1]:
            share = _proper_fraction(factor)
        if share is None:
            factors.append(factor)
        elif share:
            factors[-1] = ("sum", (before, factor))
        else:
            raise _Unread(False)

    def factor(self):
        self.descend()
        node = self.atom()
        while True:
            if self.take_sign("!"):
                if self.is_at("sign", "!"):
                    raise _Unread(False)
                node = ("factorial", node)
            elif self.take_sign("^"):
                exponent = self.exponent()
                if node[0] == "matrix" and exponent == ("name", "T"):
                    node = ("matrix", tuple(zip(*node[1])))
                elif node[0] == "tuple" and exponent == ("name", "T"):
                    node = ("matrix", tuple((cell,) for cell in node[3]))
                else:
                    node = ("power", node, exponent)
            elif self.kind() == "postfix":
                if self.take()[1] == "°":
                    node = ("product", (_over(node, ("number", "180")), ("name", "π")))
                else:
                    node = _over(node, ("number", "100"))
            else:
                break
        self.depth -= 1
        return node

    def exponent(self):
        negative = self.take_sign("-+") == "-"
        exponent = self.factor()
        return ("negative", exponent) if negative else exponent

    def atom(self):
        kind, text, _ = self.take()
        if kind == "number":
            return self.number(text)
        if kind == "ellipsis":
            return _ELLIPSIS
        if kind == "name":
            return self.name(text)
        if kind == "open":
            return self.bracket(text)
        if kind == "bar":
            return self.bars()
        if kind == "begin":
            return self.matrix(text)
        if kind == "big":
            return self.big(text)
        if kind == "frac":
            above, below = self.argument(), self.argument()
            if _is_differential(above) and _is_differential(below):
                return ("call", "derivative", (above, below))
            return _over(above, below)
        if kind == "binom":
            return ("call", "binom", (self.argument(), self.argument()))
        if kind == "root":
            return self.root(text)
        if kind == "function":
            return self.call(text)
        raise _Unread(kind != "unit")

    def number(self, digits):
        if self.kind() == "repeating":
            tail = self.take()[1]
            if "." not in digits:
                raise _Unread(True)
            num_places = len(digits.partition(".")[2])
            below = ("number", "9" * len(tail) + "0" * num_places)
            return ("sum", (("number", digits.rstrip(".")), _over(("number", tail), below)))
        digits = digits.rstrip(".")
        if self.take_sign("_"):
            return ("call", "base", (("number", digits), self.argument()))
        if self.kind() == "number" and self.peek(1)[:2] == ("sign", "/") and self.peek(2)[0] == "number":
            share = _over(("number", self.peek()[1]), ("number", self.peek(2)[1]))
            if not _proper_fraction(share) or "." in digits:
                raise _Unread(False)
            self.next += 3
            return ("sum", (("number", digits), share))
        return ("number", digits)

    def name(self, name):
        letter = name[0]
        if name == "Δ" and self.kind() == "name":
            name += self.take()[1]
        if letter in _FUNCTION_LETTERS and self.skip_inverse():
            name += "^-1"
        name += self.take_raised_number(name)
        if not self.is_at("open", "(") or self.peek()[2]:
            return ("name", name)
        if name == "C" and self.peek(2)[1] == ",":
            self.next += 1
            node = self.bracket("(")
            if node[:3] != ("tuple", "(", ")") or len(node[3]) != 2:
                raise _Unread(False)
            return ("call", "binom", node[3])
        always = letter in _FUNCTION_LETTERS or "'" in name
        behind = self.peek(2)
        simple = self.peek(1)[0] in ("name", "number") and (behind[0] == "close" or behind[1] == ",")
        is_step = letter in _STEP_LETTERS and self.peek(1)[1] in ("t", "n", "x")
        applied = always or is_step or self.is_defined(letter, simple)
        if not applied and not (simple and letter in _PERHAPS_FUNCTION_LETTERS):
            return ("name", name)
        self.next += 1
        node = self.bracket("(")
        return ("call", name, node[3] if node[:3] == ("tuple", "(", ")") else (node,))

    def take_raised_number(self, name):
        """A number in brackets above a name is no power: a derivative of a function, else a mark."""
        first, second, third, number, *rest = [self.peek(ahead)[1] for ahead in range(6)]
        if [first, second, third] + rest != ["^", "{", "(", ")", "}"] or name in ("e", "i", "π"):
            return ""
        if len(number) != 1 or number not in "123456789":
            return ""
        self.next += 6
        return "'" * int(number) if name == "y" or name[0] in _FUNCTION_LETTERS else "^(%s)" % number

    def is_defined(self, letter, simple):
        """"A(t) = ..." and "P(A ∩ B) = ..." at the beginning: a bracket with another name in it, or any behind a P."""
        if self.next > 1:
            kind, text, _ = self.tokens[self.next - 2]
            if text != "," and kind not in ("or", "and"):
                return False
        depth, at = 0, self.next
        while at < len(self.tokens):
            kind = self.tokens[at][0]
            depth += kind == "open"
            depth = max(depth - 1, 0) if kind == "close" else depth
            if not depth:
                break
            at += 1
        behind = self.tokens[at + 1][1] if at + 1 < len(self.tokens) else ""
        of_another = simple and self.peek(1)[0] == "name" and self.peek(1)[1] != letter
        return (of_another or letter == "P") and behind == "="

    def skip_inverse(self):
        """Passes over the exponent -1 between a function and its bracket."""
        texts = [self.peek(ahead)[1] for ahead in range(6)]
        if texts == ["^", "{", "-", "1", "}", "("]:
            self.next += 5
            return True
        if texts[:4] == ["^", "-", "1", "("]:
            self.next += 3
            return True
        return False

    def argument(self):
        """The argument of a LaTeX command: a group, or one digit or letter."""
        kind, text, spaced = self.take()
        if (kind, text) == ("open", "{"):
            return self.bracket("{")
        if kind == "number":
            if "." in text[1:]:
                raise _Unread(False)
            if len(text) > 1:
                self.next -= 1
                self.tokens[self.next] = (kind, text[1:], spaced)
            return ("number", text[0])
        if kind == "name":
            return ("name", text)
        raise _Unread(True)

    def root(self, written):
        degree = ("number", written) if written in ("3", "4") else _TWO
        if self.is_at("open", "["):
            self.next += 1
            degree = self.bracket("[")
        if written == "\\" and self.kind() == "number" and len(self.peek()[1]) > 1:
            raise _Unread(False)
        self.descend()
        radicand = self.atom()
        self.depth -= 1
        return ("power", radicand, ("inverse", degree))

    def call(self, written):
        name, _, base = written.partition("_")
        power = self.exponent() if self.take_sign("^") else None
        if power == ("negative", _ONE):
            if name not in _INVERTIBLE:
                raise _Unread(False)
            name, power = "arc" + name, None
        call = _called(name, base, self.call_arguments())
        return call if power is None else ("power", call, power)

    def call_arguments(self):
        """A bracket, or the factors up to the next function or sign."""
        if self.kind() == "open" or (self.kind() == "bar" and not self.num_bars):
            node = self.atom()
            return node[3] if node[0] == "tuple" and node[1] in "({" else (node,)
        negative = self.take_sign("-")
        factors = [self.factor()]
        while self.at_factor() and self.kind() != "function":
            if self.kind() not in ("name", "frac", "root"):
                raise _Unread(False)
            factors.append(self.factor())
        if self.is_at("sign", "/") and not self.peek()[2]:
            raise _Unread(False)
        argument = factors[0] if len(factors) == 1 else ("product", tuple(factors))
        return (("negative", argument) if negative else argument,)

    def list(self, opening):
        """One node, or several between commas, "or" and "and"."""
        items, either, joined, by_sign = [], False, False, False
        if opening == "{" and self.kind() == "close":
            return ("name", "∅")
        while True:
            self.attach(items, self.ratio(opening), opening == " ", either)
            comma = self.take_sign(",;")
            by_sign = by_sign or self.peek()[1] in ("∨", "∧")
            if self.kind() in ("or", "set_sign"):
                either = True
            elif self.kind() == "and":
                joined = True
            elif comma:
                continue
            else:
                break
            self.next += 1
        # "2 or 3" lists values, and a sign between two statements does not.
        if (either and joined) or (by_sign and any(map(_is_value, items))):
            raise _Unread(False)
        if len(items) == 1:
            return items[0]
        if either:
            return ("either", tuple(items))
        # Conditions with "and" between them all hold, those with commas perhaps not.
        all_hold = joined and opening == " " and all(item[0] == "relation" for item in items)
        return ("tuple", opening, "∧" if all_hold else _CLOSING.get(opening, " "), tuple(items))

    def ratio(self, opening):
        """A relation, or values with colons between them; in the braces of a set a colon means something else."""
        first = self.relation()
        if opening == "{" or self.kind() != "mid":
            return first
        items = [first]
        while self.kind() == "mid":
            self.next += 1
            items.append(self.sum())
        return ("tuple", ":", ":", tuple(items))

    def attach(self, items, item, bare, either):
        """In "n = 2, 3" the second number belongs to the relation."""
        last = items[-1] if items else _ELLIPSIS
        if not bare or item[0] == "relation" or last[0] != "relation" or not (last[1][-1] == "=" or last[1] == "≠"):
            return items.append(item)
        side = last[2][-1]
        if side[:3] == ("tuple", " ", " "):
            values = side[3]
        else:
            values = side[1] if side[0] == "either" else (side,)
        values += (item,)
        side = ("either", values) if either else ("tuple", " ", " ", values)
        items[-1] = ("relation", last[1], last[2][:-1] + (side,))

    def relation(self):
        self.descend()
        sides, signs = [self.side()], ""
        while self.kind() == "relation":
            signs += self.take()[1][0]
            sides.append(self.side())
        self.depth -= 1
        return ("relation", signs, tuple(sides)) if signs else sides[0]

    def side(self):
        """A value, or sets with signs between them."""
        side = self.sum()
        while self.kind() == "set_sign" and not self.joins_relations():
            sign = self.take()[1]
            sign = "binom" if sign == "choose" else sign
            other = self.sum()
            if side[:2] == ("call", "∪") and sign == "∪":
                side = ("call", sign, side[2] + (other,))
            else:
                side = ("call", sign, (side, other))
        return side

    def joins_relations(self):
        """In "x < 1 ∪ x > 2" the sign stands for "or"."""
        return (
            self.is_at("set_sign", "∪")
            and self.peek(1)[0] in ("name", "number")
            and self.peek(2)[0] == "relation"
        )

    def bracket(self, opening):
        num_bars, self.num_bars = self.num_bars, 0
        is_empty = self.kind() == "close"
        if opening == "{":
            self.mark_condition()
        node = self.sum() if opening == "|" else self.list(opening)
        if opening == "{" and self.kind() == "mid":
            self.next += 1
            node = ("call", "builder", (node, self.list(" ")))
        kind, close, _ = self.take()
        self.num_bars = num_bars
        if kind != "close":
            raise _Unread(True)
        # The set of the empty set is not empty.
        if opening == "{" and node == ("name", "∅") and not is_empty:
            raise _Unread(False)
        if opening + close in ("||", "⌊⌋", "⌈⌉"):
            return ("call", {"|": "abs", "⌊": "floor", "⌈": "ceil"}[opening], (node,))
        if opening + close == "⟨⟩":
            if node[0] != "tuple":
                raise _Unread(False)
            return ("tuple", "⟨", "⟩", node[3])
        if opening + close in ("[)", "(]"):
            if node[0] != "tuple" or len(node[3]) != 2:
                raise _Unread(True)
            return ("tuple", opening, close, node[3])
        if opening + close == "[]":
            return _rows(node)
        if close != _CLOSING[opening]:
            raise _Unread(True)
        return node

    def mark_condition(self):
        """Finds the bar or colon of a set such as {x | x > 0}: of an odd number of bars the first."""
        depth, bars = 0, []
        for idx in range(self.next, len(self.tokens)):
            kind = self.tokens[idx][0]
            if kind == "open":
                depth += 1
            elif kind == "close":
                if not depth:
                    break
                depth -= 1
            elif kind == "mid" and not depth:
                return
            elif kind == "bar" and not depth:
                bars.append(idx)
        if len(bars) % 2:
            self.tokens[bars[0]] = ("mid",) + self.tokens[bars[0]][1:]

    def bars(self):
        self.num_bars += 1
        node = self.sum()
        self.num_bars -= 1
        if self.take()[0] != "bar":
            raise _Unread(True)
        return ("call", "abs", (node,))

    def matrix(self, environment):
        rows = [[]]
        while True:
            rows[-1].append(self.sum())
            kind, text, _ = self.take()
            if kind == "row" and self.kind() == "end":
                self.next += 1
                break
            if kind == "row":
                rows.append([])
            elif kind == "end" and text == environment:
                break
            elif kind != "cell":
                raise _Unread(True)
        if any(len(row) != len(rows[0]) for row in rows):
            raise _Unread(True)
        matrix = ("matrix", tuple(map(tuple, rows)))
        return _determinant(matrix) if environment == "vmatrix" else matrix

    def big(self, name):
        """A sum, product, integral or limit with what stands below and above it, and the product that follows."""
        bounds = {"_": _ELLIPSIS, "^": _ELLIPSIS}
        sign = self.take_sign("_^")
        while sign:
            kind, text, _ = self.take()
            if (kind, text) == ("open", "{"):
                bounds[sign] = self.bracket("{")
            elif kind in ("number", "name"):
                bounds[sign] = (kind, text)
            else:
                raise _Unread(False)
            sign = self.take_sign("_^")
        self.descend()
        nodes = (bounds["_"], bounds["^"], self.product())
        self.depth -= 1
        below = nodes[0]
        if below[0] == "relation" and below[2][0][0] == "name":
            nodes = _without_index(nodes, below[2][0][1])
        return ("call", name, nodes)


def _without_index(nodes, index):
    """Writes a mark for the name that runs, another one than the marks of sums inside; in subscripts too."""
    depth = 1
    while any(_any(node, lambda inner: inner[0] == "name" and "•%d" % depth in inner[1]) for node in nodes):
        depth += 1
    mark = "•%d" % depth

    def renamed(node):
        if node[0] != "name":
            return None
        head, line, below = node[1].partition("_")
        if node[1] == index:
            return ("name", mark)
        return ("name", head + line + below.replace(index, mark)) if index in below else None

    return tuple(_replaced(node, renamed) for node in nodes)


def _determinant(matrix):
    """Small determinants are written out."""
    rows = matrix[1]
    if len(rows) == 2 and len(rows[0]) == 2:
        (a, b), (c, d) = rows
        return ("sum", (("product", (a, d)), ("negative", ("product", (b, c)))))
    if len(rows) == 3 and len(rows[0]) == 3:
        (a, b, c), (d, e, f), (g, h, i) = rows
        plus = tuple(("product", cells) for cells in ((a, e, i), (b, f, g), (c, d, h)))
        return ("sum", plus + tuple(("negative", ("product", cells)) for cells in ((c, e, g), (b, d, i), (a, f, h))))
    return ("call", "det", (matrix,))


def _rows(node):
    """[[1, 2], [3, 4]] is a matrix."""
    if node[:3] != ("tuple", "[", "]") or not all(cell[:3] == ("tuple", "[", "]") for cell in node[3]):
        return node
    rows = tuple(cell[3] for cell in node[3])
    return ("matrix", rows) if all(len(row) == len(rows[0]) for row in rows) else node


def _called(name, base, arguments):
    if name in ("gcd", "lcm", "max", "min", "binom"):
        return ("call", name, arguments)
    if len(arguments) != 1:
        raise _Unread(False)
    if name == "exp":
        return ("power", ("name", "e"), arguments[0])
    if name == "cbrt":
        return ("power", arguments[0], ("inverse", ("number", "3")))
    if name == "lg" or (name == "log" and base):
        base = base or "10"
        if base == "e":
            return ("call", "ln", arguments)
        if _is_digits(base):
            base = ("number", base)
        elif len(base) == 1 and base.isascii() and base.isalpha():
            base = ("name", base)
        else:
            raise _Unread(False)
        return ("call", "log", (base,) + arguments)
    return ("call", name + "_" + base if base else name, arguments)


def _proper_fraction(node):
    """Whether a fraction of two whole numbers is below one; None for other nodes."""
    if node[0] != "product" or len(node[1]) != 2:
        return None
    above, below = node[1]
    if above[0] != "number" or below[0] != "inverse" or below[1][0] != "number":
        return None
    above, below = _whole(above), _whole(below[1])
    return None if above is None or below is None else above < below


def _is_differential(node):
    first = node[1][0] if node[0] == "product" else node
    return _is_d(first[1] if first[0] == "power" else first)


def _is_d(node):
    return node in (("name", "d"), ("name", "∂"))
