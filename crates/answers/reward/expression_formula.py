# Chemical formulae: equal when they are written with the same atoms in the same order.

_FORMULA = _anchored(_NOTATION["formula"])
_ATOM = re.compile(_NOTATION["atom"])
_COUNTED_ATOM = re.compile(_NOTATION["counted_atom"])
_ELEMENTS = frozenset(_NOTATION["elements"])


def _compare_formulae(gold, reply):
    """The same atoms written in another order may be another molecule."""
    gold, reply = _read_formula(gold), _read_formula(reply)
    if gold is None:
        return _unknown("invalid_spec")
    if reply is None:
        return _incorrect("unreadable")
    if gold["state"] and gold["state"] != reply["state"]:
        return _unknown("undecided") if not reply["state"] and gold["flat"] == reply["flat"] else _of(False)
    same = gold["flat"] == reply["flat"]
    if gold["charge"] is not None and reply["charge"] is not None:
        same = gold["body"] == reply["body"] and gold["charge"] == reply["charge"]
    counts = _count_atoms(gold["flat"])
    same_atoms = gold["charge"] == reply["charge"] and counts is not None and counts == _count_atoms(reply["flat"])
    return _unknown("undecided") if same_atoms and not same else _of(same)


def _read_formula(text):
    for old, new in _NOTATION["formula_dress"]:
        text = text.replace(old, new)
    found = _FORMULA.match(text)
    if not found or not all(atom in _ELEMENTS for atom in _ATOM.findall(text)):
        return None
    body = text[: found.end("body")]
    charge = None if found["charge"] is None else _ion_charge(found["charge"])
    tail = charge if charge is not None else _ion_charge(found["sign"]) if found["sign"] else ""
    return {"body": body, "charge": charge, "flat": body + tail, "state": found["state"] or ""}


def _ion_charge(written):
    """The number before the sign: "-2" and "--" are "2-", and "1+" is "+"."""
    sign = "-" if "-" in written else "+"
    digits = written.replace("+", "").replace("-", "")
    num_signs = len(written) - len(digits)
    if digits in ("", "1") and num_signs == 1:
        return sign
    return (digits or str(num_signs)) + sign


def _count_atoms(flat):
    """How many atoms of each element a formula has without brackets; None for others."""
    if any(sign in flat for sign in "()[]*") or "0" <= flat[:1] <= "9":
        return None
    counts = {}
    for found in _COUNTED_ATOM.finditer(flat):
        counts[found["symbol"]] = counts.get(found["symbol"], 0) + int(found["count"] or 1)
    return counts
