# Sets of real numbers as lists of pieces: (left, whether it belongs to the piece, right, whether it does).

_MAX_PIECES = 16
_MIRRORED = {"<": ">", ">": "<", "≤": "≥", "≥": "≤"}
_MINUS_INFINITY = ("negative", _INFINITY)
_REAL_LINE = (_MINUS_INFINITY, False, _INFINITY, False)
_EMPTY_SET = ("name", "∅")
_SET_SIGNS = ("∪", "∩", "∖", "builder")


def _mirror(sign):
    return _MIRRORED.get(sign, sign)


def _is_value(node):
    """Whether a node is a value, or could be one: no list, relation, set or matrix."""
    if node[0] == "name":
        return node[1] not in ("ℝ", "∅")
    if node[0] == "call":
        return node[1] not in _SET_SIGNS
    return node[0] not in ("tuple", "either", "relation", "matrix", "ellipsis")


def _is_region(node):
    """Whether a node can only be read as a set of real numbers."""
    kind = node[0]
    if kind == "name":
        return node[1] in ("ℝ", "∅")
    if kind == "call":
        return node[1] in _SET_SIGNS
    if kind == "tuple":
        _, opening, closing, items = node
        if opening == " ":
            return len(items) > 1 and all(item[0] == "relation" and _is_region(item) for item in items)
        if opening + closing in ("[)", "(]"):
            return True
        return opening in "([" and len(items) == 2 and any(_infinite(item) is not None for item in items)
    if kind == "either":
        return any(map(_is_region, node[1]))
    if kind == "relation":
        if node[1] == "∈" and len(node[2]) == 2 and node[2][0][0] == "name":
            return node[2][1][:2] != ("tuple", "{")
        return len(_variables(*node[2])) == 1 and all(sign in "<>≤≥≠" for sign in node[1])
    return False


def _region_name(node):
    """The name whose values a region holds."""
    if node[0] == "relation":
        if node[1] == "∈":
            return node[2][0][1] if node[2][0][0] == "name" else None
        if "=" in node[1]:
            return None
        return next(iter(_variables(*node[2])), None)
    items = node[1] if node[0] == "either" else node[3] if node[:2] == ("tuple", " ") else ()
    return next((name for name in map(_region_name, items) if name is not None), None)


def _set_letter(name):
    """The letter of a set, and whether its complement is meant; None for other names."""
    before, behind = name.startswith("¯"), name.endswith("'")
    letter = name if before == behind else name[1:] if before else name[:-1]
    return (letter, before != behind) if len(letter) == 1 and "A" <= letter <= "Z" else None


def _set_names(node, names):
    """Collects the letters of sets; whether there is nothing else."""
    if node[0] == "name":
        found = _set_letter(node[1])
        if found:
            names.setdefault(found[0])
        return found is not None
    return node[0] == "call" and node[1] in "∪∩∖" and all([_set_names(inner, names) for inner in node[2]])


def _is_member(node, names, case):
    if node[0] == "name":
        letter, outside = _set_letter(node[1])
        return bool(case >> names.index(letter) & 1) != outside
    members = [_is_member(inner, names, case) for inner in node[2]]
    if node[1] == "∖":
        return members[0] and not members[1]
    return any(members) if node[1] == "∪" else all(members)


def _has_several_names(node):
    """Whether conditions are stated of more than one name: what they say together is no set of numbers."""
    items = node[1] if node[0] == "either" else node[3] if node[:2] == ("tuple", " ") else ()
    return len({_region_name(item) for item in items} - {None}) > 1


def _is_about(condition, name):
    """Whether a condition is one on a name."""
    if name[0] != "name" or _has_several_names(condition):
        return False
    return _region_name(condition) in (None, name[1])


def _bounded(sign, value):
    """The numbers on one side of a value."""
    below, above = (_MINUS_INFINITY, False, value, sign == "≤"), (value, sign == "≥", _INFINITY, False)
    pieces = {"<": [below], "≤": [below], ">": [above], "≥": [above], "≠": [below, above]}
    return [(value, True, value, True)] if sign == "=" else pieces.get(sign)


class _Regions(_Equality):
    def same_region(self, gold, reply):
        """Whether two nodes are the same set of numbers."""
        names = {}
        if _set_names(gold, names) and _set_names(reply, names) and len(names) <= 6:
            cases = range(1 << len(names))
            return all(_is_member(gold, list(names), case) == _is_member(reply, list(names), case) for case in cases)
        are_named_empty = gold == _EMPTY_SET, reply == _EMPTY_SET
        gold = self.region(gold)
        reply = None if gold is None else self.region(reply)
        if reply is None:
            return None
        if len(gold) == len(reply) == 1:
            return self.same_piece(gold[0], reply[0])
        gold = self.united(gold)
        reply = None if gold is None else self.united(reply)
        if reply is None:
            return None
        # Nobody writes two contradicting conditions for the empty set: "x < 0, x > 1" may mean either.
        if not all(pieces or named for pieces, named in zip((gold, reply), are_named_empty)):
            return None
        if len(gold) != len(reply):
            return False
        same = True
        for left, right in zip(gold, reply):
            equal = self.same_piece(left, right)
            if equal is False:
                return False
            same = same if equal else None
        return same

    def same_piece(self, gold, reply):
        left, right = self.equal(gold[0], reply[0]), self.equal(gold[2], reply[2])
        closed = [[shut and _infinite(end) is None for end, shut in (piece[:2], piece[2:])] for piece in (gold, reply)]
        if left is False or right is False or closed[0] != closed[1]:
            return False
        # An end at infinity belongs to no set of numbers, but somebody wrote so.
        written = (gold[1], gold[3]) == (reply[1], reply[3])
        return True if left and right and written else None

    def region(self, node):
        """The pieces of a set, in no order."""
        kind = node[0]
        if kind == "name" and node[1] in ("ℝ", "R"):
            return [_REAL_LINE]
        if node == _EMPTY_SET:
            return []
        if _has_several_names(node):
            return None
        if kind == "tuple":
            _, opening, closing, items = node
            if opening in ("(", "["):
                if len(items) != 2 or not all(map(_is_value, items)):
                    return None
                return [(items[0], opening == "[", items[1], closing == "]")]
            if opening == "{":
                return [(item, True, item, True) for item in items]
            regions = self.regions_of(items)
            common = None if regions is None else self.intersection(regions)
            united = None if common is None else self.united(common)
            # "x < 1, x > 2" leaves no number if both have to hold, and is meant as a choice.
            if united is None:
                return None
            return common if united or closing == "∧" else [piece for region in regions for piece in region]
        if kind == "either":
            return self.joined(node[1])
        if kind == "relation":
            return self.solutions(node[1], node[2])
        if kind == "call" and node[1] in _SET_SIGNS:
            return self.combined(node[1], node[2])
        # A function of values could be a set, but is not read as one.
        return [(node, True, node, True)] if kind != "call" and _is_value(node) else None

    def combined(self, sign, sets):
        if sign == "∪":
            return self.joined(sets)
        if sign == "∩":
            return self.common(sets)
        if sign == "∖":
            without, within = self.region(sets[1]), self.region(sets[0])
            outside = None if without is None or within is None else self.complement(without)
            return None if outside is None else self.intersection([within, outside])
        if sets[0][0] == "name":
            return self.region(sets[1]) if _is_about(sets[1], sets[0]) else None
        is_read = sets[0][0] == "relation" and _is_about(sets[1], sets[0][2][0])
        return self.common(sets) if is_read else None

    def regions_of(self, nodes):
        regions = []
        for node in nodes:
            region = self.region(node)
            if region is None:
                return None
            regions.append(region)
        return regions

    def joined(self, nodes):
        regions = self.regions_of(nodes)
        return None if regions is None else [piece for region in regions for piece in region]

    def common(self, nodes):
        regions = self.regions_of(nodes)
        return None if regions is None else self.intersection(regions)

    def solutions(self, signs, sides):
        """The numbers that a chain of inequalities allows."""
        regions = []
        for sign, left, right in zip(signs, sides, sides[1:]):
            is_member = sign == "∈" and left[0] == "name"
            region = self.region(right) if is_member else self.solved(sign, left, right)
            if region is None:
                return None
            regions.append(region)
        return regions[0] if len(regions) == 1 else self.intersection(regions)

    def solved(self, sign, left, right):
        if sign == "≠" and left[0] == "name":
            points = (right,)
            if right[:2] == ("tuple", " ") or right[0] == "either":
                points = right[-1]
            points = [value for point in points for value in _expanded(point, True)]
            return self.complement([(point, True, point, True) for point in points])
        if left[0] == "name" and not _has_name(right, left[1]):
            return _bounded(sign, right)
        if right[0] == "name" and not _has_name(left, right[1]):
            return _bounded(_mirror(sign), left)
        if left[:2] == ("call", "abs") and _is_constant(right):
            return self.between_bars(sign, left[2][0], right)
        if right[:2] == ("call", "abs") and _is_constant(left):
            return self.between_bars(_mirror(sign), right[2][0], left)
        gap = _difference(left, right)
        names = _variables(gap)
        found = self.zero(gap, names[0]) if len(names) == 1 else None
        slope = None if found is None else self.sign(found[0])
        if not slope:
            return None
        return _bounded(sign if slope > 0 else _mirror(sign), found[1])

    def between_bars(self, sign, inner, value):
        size = self.sign(value)
        if size is None or size < 0:
            return None
        upper = self.solved(sign, inner, value)
        lower = None if upper is None else self.solved(_mirror(sign), inner, ("negative", value))
        if lower is None:
            return None
        if sign in ("<", "≤"):
            return self.intersection([upper, lower])
        return upper + lower if sign in (">", "≥") else None

    def zero(self, gap, name):
        """Slope and root of what is linear in a name."""
        start, first = (_put(gap, name, value) for value in (_ZERO, _ONE))
        slope = _difference(first, start)
        # At whole numbers alone |x| is linear as well.
        line = ("sum", (start, ("product", (slope, ("name", name)))))
        if self.equal(gap, line) is not True or self.equal(slope, _ZERO) is not False:
            return None
        return slope, ("negative", _over(start, slope))

    def quadratic_root(self, gap, name):
        """A root of what is quadratic in a name."""
        start, one, two, three = (_put(gap, name, ("number", digit)) for digit in "0123")
        first, second = _difference(one, start), _difference(two, one)
        twice = _difference(second, first)
        slope = _difference(first, _over(twice, _TWO))
        third = _difference(_difference(three, two), second)
        if self.equal(twice, third) is not True or self.equal(twice, _ZERO) is not False:
            return None
        radicand = _difference(("power", slope, _TWO), ("product", (_TWO, ("product", (twice, start)))))
        return _over(_difference(("power", radicand, ("inverse", _TWO)), slope), twice)

    def intersection(self, regions):
        common = [_REAL_LINE]
        for region in regions:
            pieces = []
            for left in common:
                for right in region:
                    piece = self.overlap(left, right)
                    if piece is None:
                        return None
                    pieces.append(piece)
            if len(pieces) > _MAX_PIECES:
                return None
            common = pieces
        return common

    def overlap(self, one, other):
        order = self.order(one[0], other[0])
        if order is None:
            return None
        left = other[:2] if order < 0 else one[:2] if order > 0 else (one[0], one[1] and other[1])
        order = self.order(one[2], other[2])
        if order is None:
            return None
        return left + (one[2:] if order < 0 else other[2:] if order > 0 else (one[2], one[3] and other[3]))

    def complement(self, pieces):
        pieces = self.united(pieces)
        if pieces is None:
            return None
        regions = []
        for left, left_closed, right, right_closed in pieces:
            outside = []
            if _infinite(left) is None:
                outside.append((_MINUS_INFINITY, False, left, not left_closed))
            if _infinite(right) is None:
                outside.append((right, not right_closed, _INFINITY, False))
            regions.append(outside)
        return self.intersection(regions)

    def united(self, pieces):
        """The same set as pieces in order that do not touch."""
        if len(pieces) > _MAX_PIECES:
            return None
        ordered = []
        for piece in pieces:
            order = self.order(piece[0], piece[2])
            if order is None:
                return None
            if order > 0 or (order == 0 and not (piece[1] and piece[3])):
                continue
            at = 0
            for other in ordered:
                order = self.order(other[0], piece[0])
                if order is None:
                    return None
                if order > 0 or (order == 0 and not other[1]):
                    break
                at += 1
            ordered.insert(at, piece)
        return self.merged(ordered)

    def merged(self, ordered):
        merged = []
        for piece in ordered:
            order = 0
            if merged:
                last = merged[-1]
                order = self.order(last[2], piece[0])
                if order is None:
                    return None
            if not merged or order < 0 or (order == 0 and not (last[3] or piece[1])):
                merged.append(piece)
                continue
            order = self.order(last[2], piece[2])
            if order is None:
                return None
            if order < 0:
                merged[-1] = last[:2] + piece[2:]
            elif order == 0:
                merged[-1] = last[:3] + (last[3] or piece[3],)
        return merged

    def order(self, left, right):
        ends = _infinite(left), _infinite(right)
        if ends != (None, None):
            left, right = (end or 0 for end in ends)
            return (left > right) - (left < right)
        return self.sign(_difference(left, right))
