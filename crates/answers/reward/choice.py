# Multiple choice: the label, or text that only one option has.

_LABEL = re.compile(RULES["choice"]["label"][:-1] + r"\Z")
_LABEL_LAST = re.compile(RULES["choice"]["label_last"][:-1] + r"\Z")
_BARE = _anchored(RULES["choice"]["labelled"]["bare"])
_NO_LETTER = re.compile("[^a-z']+")
_IS_CORRECT = re.compile(RULES["choice"]["is_correct"][:-1] + r"\Z")


def _check_choice(spec, reply):
    if reply.endswith("?") and not any(option["text"].rstrip(_WHITE).endswith("?") for option in spec["options"]):
        return _incorrect("unreadable")
    if not spec["options"]:
        label = _bare_label(reply)
        return _incorrect("unreadable") if label is None else _of(label == _ascii_lower(spec["label"]))
    if _is_longer(reply, max(len(option["text"]) for option in spec["options"])):
        return _incorrect("unreadable")
    plain = _trim_wrappers(_plain(reply).replace("**", "")).strip('"')
    chosen = _option_named(spec["options"], plain)
    if chosen is None:
        rest = _without_frame(plain)
        rest = plain if rest is None else rest
        found = _IS_CORRECT.search(_ascii_lower(rest))
        rest = _trim_wrappers(rest[: found.start()] if found else rest)
        if len(rest) < len(plain):
            chosen = _option_named(spec["options"], rest)
    if chosen is None:
        return _incorrect("unreadable")
    return _of(chosen["label"] == spec["label"])


def _bare_label(reply):
    """The label that a reply names, where nothing is known of the options."""
    plain = _trim_wrappers(_plain(reply).replace("**", "")).strip('"')
    text = _without_frame(plain)
    text = plain if text is None else text
    end = _IS_CORRECT.search(_ascii_lower(text))
    found = _BARE.match(_ascii_lower(_trim_wrappers(text[: end.start()] if end else text)))
    if not found:
        return None
    if found.group("rest") is not None:
        is_set_off = found.group("label") or found.group("dash") or found.group("sign")
        words = [word for word in _NO_LETTER.split(found.group("rest")) if word]
        doubts = RULES["choice"]["labelled"]["bare_doubts"]
        if not is_set_off or any(word in doubts for word in words):
            return None
        if any(len(word) == 1 and (word != "a" or idx + 1 == len(words)) for idx, word in enumerate(words)):
            return None
    return found.group("label") or found.group("label1")


def _option_named(options, reply):
    """The option that a text names by label, by text, or by both if they agree."""
    by_text = _option_with_text(options, reply)
    lower = _ascii_lower(reply)
    found, group = _LABEL.match(lower), "rest"
    if not found:
        found, group = _LABEL_LAST.match(lower), "text"
    if not found:
        return by_text
    label = found["label"].upper()
    by_label = next((option for option in options if option["label"] == label), None)
    if by_label is None:
        return by_text
    start, end = found.span(group)
    if start < 0:
        return by_label
    with_text = by_label if _same_text(by_label["text"], reply[start:end]) else None
    if with_text and by_text:
        return with_text if with_text["label"] == by_text["label"] else None
    return with_text or by_text


def _option_with_text(options, given):
    """The option whose text is given, to the letter if two are nearly the same."""
    key = _text_key(given)
    for option in options:
        if _text_key(option["text"]) == key:
            return option
    matching = [option for option in options if _same_text(option["text"], given)]
    return matching[0] if len(matching) == 1 else None


def _same_text(text, given):
    if _squeezed(_gold(text)) is not None and _squeezed(_gold(text)) == _squeezed(_normalize(given)):
        return True
    return _same_name(text, _trim_wrappers(given), False, True)


def _squeezed(text):
    """Mathematics without its blanks; None for other text."""
    return text.replace(" ", "") if any(sign in text for sign in RULES["choice"]["signs"]) else None


@functools.lru_cache(maxsize=4096)
def _text_key(text):
    return _fold(_trim_wrappers(_normalize(text)), False)


_CHECKERS["choice"] = _check_choice
