# From a reply to a verdict.


def check(spec, reply):
    """Finds the final answers of a reply and compares them with a spec, given as a dict or as JSON text."""
    if isinstance(spec, (str, bytes)):
        spec = json.loads(spec)
    found = _finals(reply[-RULES["check"]["max_reply_chars"] :])
    if isinstance(found, str):
        return {"verdict": "incorrect", "reason": found, "extracted": None}
    try:
        verdict, reason = _check_finals(spec, found)
    except _CannotTell:
        verdict, reason = _unknown("undecided")
    return {"verdict": verdict, "reason": reason, "extracted": found[-1] or None}


def _check_finals(spec, found):
    rules = RULES["check"]
    max_chars = max(_longest(spec) * rules["max_growth"], rules["max_value_chars"])
    different = list(dict.fromkeys(found))
    if len(different) > 1:
        num_bytes = sum(len(answer.encode("utf-8", "surrogatepass")) for answer in different)
        if len(different) > rules["max_finals"] or num_bytes > 2 * max_chars:
            return _incorrect("several_answers")
    texts = []
    for answer in different:
        text = _spelled(spec, answer, max_chars)
        if text is None:
            return _incorrect("too_long")
        if text not in texts:
            texts.append(text)
    verdicts = [_check_normalized(spec, text) for text in texts]
    if len(verdicts) == 1:
        return verdicts[0]
    if all(verdict == CORRECT for verdict in verdicts):
        return CORRECT
    if any(verdict == "incorrect" for verdict, _ in verdicts):
        return _incorrect("several_answers")
    return _unknown("several_answers")


def _spelled(spec, answer, max_chars):
    """An answer as its type wants it spelled, or None if it is too long."""
    if spec["type"] == "string" and spec["normaliser"] in _PUBLISHED:
        # A published normaliser is the only one that touches the text.
        return answer if len(answer) <= max_chars else None
    if spec["type"] in ("list", "set"):
        answer = _lines_as_items(answer)
    return _normalize_within(answer, max_chars)


def _longest(spec):
    kind = spec["type"]
    if kind == "string":
        return max(len(text) for text in [spec["canonical"]] + spec["aliases"])
    if kind == "choice":
        return max((len(option["text"]) for option in spec["options"]), default=0)
    if kind in ("list", "set"):
        return sum(max(_longest(item), 16) for item in spec["items"])
    return len(spec["latex"]) if kind == "expression" else 0


def _check_normalized(spec, text):
    """Compares a text that went through the normaliser."""
    if not text:
        return _incorrect("empty")
    if not text.isascii() and any(unicodedata.category(ch) == "Cn" for ch in text):
        # A later Unicode may know the character; Rust's tables do.
        raise _CannotTell
    return _CHECKERS[spec["type"]](spec, text)
