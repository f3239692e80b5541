# Yes and no: a closed list of words, each of which "not" turns round.

_BOOLEAN = RULES["boolean"]
_BOOLEAN_SENTENCE = _anchored(_BOOLEAN["sentence"])
_CUT = _anchored(_BOOLEAN["cut"])
_REASON = _anchored(_BOOLEAN["reason"])
_NO_WORD = re.compile("[^a-z']")


def _check_boolean(spec, reply):
    value = _parse_boolean(reply)
    return _incorrect("unreadable") if value is None else _of(value == bool(spec["value"]))


def _parse_boolean(text):
    lower = _ascii_lower(_tidy(text)).strip("\"'")
    if len(lower) > 1 and lower.startswith("(") and lower.endswith(")"):
        lower = lower[1:-1]
    lower = _trim(lower.rstrip("!."))
    value = _boolean_word(lower)
    if value is None and not _is_weak(lower):
        value = _boolean_sentence(lower)
    if value is None:
        value = _reasoned_boolean(lower)
    if value is not None:
        return value
    found = _CUT.match(lower)
    first = _boolean_word(found.group("first")) if found else None
    if first is None:
        return None
    rest = found.group("rest")
    if rest.startswith("("):
        rest = rest[1:-1] if rest.endswith(")") else "("
    again, sentence = _boolean_word(rest), _boolean_sentence(rest)
    if again is not None:
        agrees = again == first and found.group("first") != rest
    elif sentence is not None:
        agrees = sentence == first
    else:
        agrees = rest in _BOOLEAN["stress"] if first else rest == "not at all"
    return first if agrees else None


def _reasoned_boolean(lower):
    found = _REASON.match(lower)
    if found is None:
        return None
    first = _boolean_word(found.group("first"))
    rest = found.group("rest")
    stress = next((stress for stress in _BOOLEAN["stress"] if rest.startswith(stress)), None)
    if _boolean_sentence(rest if stress is None else rest[len(stress) :].lstrip(_WHITE)) is not None:
        return None
    words = _NO_WORD.split(found.group("rest"))
    if " because " not in lower and not any(word in _BOOLEAN["verbs"] for word in words):
        return None
    if any(word in _BOOLEAN["doubts"] for word in words):
        return None
    if first and any(word in _BOOLEAN["turns"] or word.endswith("n't") for word in words):
        return None
    return first


def _is_weak(lower):
    found = _BOOLEAN_SENTENCE.match(lower)
    return found is not None and found.group("verb") in _BOOLEAN["weak"]


def _boolean_word(lower):
    negated, word = False, lower
    for negation in _BOOLEAN["negations"]:
        if lower.startswith(negation):
            negated, word = True, lower[len(negation) :].lstrip(_WHITE)
            break
    if negated and word in ("yes", "no"):
        return None
    if word in _BOOLEAN["yes"]:
        return not negated
    return negated if word in _BOOLEAN["no"] else None


def _boolean_sentence(lower):
    found = _BOOLEAN_SENTENCE.match(lower)
    if found is None:
        return None
    plain = found.group("not") is None
    if found.group("word"):
        return _boolean_word(found.group("word")) == plain
    return plain if found.group("verb") else None


_CHECKERS["boolean"] = _check_boolean
