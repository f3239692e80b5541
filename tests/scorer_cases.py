"""Cases for the scorers of an exported directory: gold answers as replies, and answers that are wrong instead. Reading rows and scoring are
left to `trainers.py`."""

import json
import re
import string
from decimal import Decimal

TYPES = "integer decimal quantity percentage fraction boolean choice string date list set expression".split()
FORMS = {
    "\\boxed": "Working it out step by step leads to one value.\n\nThe answer is \\boxed{%s}.",
    "<answer>": "Working it out step by step leads to one value.\n\n<answer>%s</answer>",
    "####": "Working it out step by step leads to one value.\n#### %s",
    "Answer:": "Working it out step by step leads to one value.\n\nAnswer: %s",
}


class Case:
    """A row with its prompt, its gold answer as one scorer spells it, and what is known of that answer."""

    def __init__(self, row, prompt, spec, gold):
        self.row, self.prompt, self.spec, self.gold = row, prompt, spec, gold
        self.kind = spec["type"] if spec else "choice" if re.fullmatch("[A-Z]", gold) else "unknown"
        self.spellings = {squeeze(gold), squeeze(gold_text(spec)) if spec else squeeze(gold)}
        if self.kind == "string":
            self.spellings |= {squeeze(alias) for alias in spec.get("aliases", [])}
        if self.kind == "choice" and spec:
            self.spellings |= {squeeze(o["text"]) for o in spec["options"] if o["label"] == spec["label"]}

    def reply(self, answer):
        """The answer in the form that the end of the prompt asks for."""
        ends = {mark: self.prompt[-400:].rfind(mark) for mark in FORMS}
        mark = max(ends, key=ends.get)
        assert ends[mark] >= 0, f"the prompt asks for no form: {self.prompt[-120:]!r}"
        return FORMS[mark] % answer

    def may_equal(self, other):
        """Whether another row's answer could be a right one too: then it is no wrong answer to try."""
        if self.spellings & other.spellings:
            return True
        mine, theirs = numbers(self.gold), numbers(other.gold)
        return bool(mine and theirs) and abs(mine[0] - theirs[0]) <= max(abs(mine[0]), 1) / 50


def squeeze(text):
    words = "".join(ch for ch in text.lower() if ch not in string.punctuation).split()
    return " ".join(word for word in words if word not in ("a", "an", "the"))


def numbers(text):
    return [float(found.replace(",", "")) for found in re.findall(r"-?\d[\d,]*(?:\.\d+)?", text)]


def gold_text(spec):
    """The answer as a perfect reply would say it."""
    kind = spec["type"]
    if kind == "quantity":
        return f"{spec['value']} {spec['unit']}"
    if kind == "percentage":
        return f"{spec['value']}%"
    if kind == "fraction":
        return f"{spec['num']}/{spec['den']}"
    if kind == "boolean":
        return "yes" if spec["value"] else "no"
    if kind in ("list", "set"):
        return "; ".join(gold_text(item) for item in spec["items"])
    return spec[{"choice": "label", "string": "canonical", "expression": "latex"}.get(kind, "value")]


def find_spec(value):
    """The first answer spec in a row, however deep, also where it is written as JSON."""
    if isinstance(value, str):
        value = json_or_none(value) if value.startswith("{") else None
    if isinstance(value, dict) and value.get("type") in TYPES:
        return value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((spec for spec in map(find_spec, inner) if spec), None)


# What is wrong instead of a gold answer.


def one_more(case):
    """The answer with its first number one higher, or higher by more where its tolerance is wider than one."""
    found = re.search(r"-?\d[\d,]*(?:\.\d+)?", case.gold)
    if not found:
        return None
    value = Decimal(found.group().replace(",", ""))
    spec = case.spec or {}
    tolerance = max(Decimal(str(spec.get("rel_tol", 0))) * abs(value), Decimal(str(spec.get("abs_tol", 0))))
    value += 1 if tolerance < Decimal("0.9") else (10 * tolerance).to_integral_value()
    return case.gold[: found.start()] + str(value) + case.gold[found.end() :]


def other_options(case):
    if case.spec:
        return [option["label"] for option in case.spec["options"] if option["label"] != case.gold]
    return [label for label in "ABCD" if label != case.gold]


def flipped(case):
    pairs = [("yes", "no"), ("true", "false")]
    return next((b for a, b in pairs + [(b, a) for a, b in pairs] if squeeze(case.gold) == a), None)


def other_answers(cases, idx, same_kind):
    """Answers of other rows, each once, starting far away, so that neighbours about the same thing come last."""
    case, seen = cases[idx], set()
    for step in range(len(cases)):
        other = cases[(idx + len(cases) // 2 + step) % len(cases)]
        if other.gold not in seen and (not same_kind or other.kind == case.kind) and not case.may_equal(other):
            seen.add(other.gold)
            yield other.gold


def wrong_answers(cases, idx):
    """Three wrong answers for a row, each with the way in which it is wrong."""
    case = cases[idx]
    of_its_kind, of_any_kind = other_answers(cases, idx, True), other_answers(cases, idx, False)
    if case.kind == "choice":
        options = other_options(case)
        wrong = [("another option", option) for option in options[:2]]
    elif case.kind == "boolean":
        wrong = [("the opposite", flipped(case))]
    else:
        wrong = [("number plus one", one_more(case)), ("a row's of its type", next(of_its_kind, None))]
    wrong = [(name, answer) for name, answer in wrong if answer is not None]
    while len(wrong) < 3:
        answer = next(of_its_kind, None) if case.kind not in ("choice", "boolean") else None
        answer = answer or next(of_any_kind, None)
        if answer is None:
            break
        wrong.append(("another row's", answer))
    return wrong


def json_or_none(text):
    try:
        return json.loads(text)
    except ValueError:
        return None
