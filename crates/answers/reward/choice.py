# Multiple choice: the label, or text that only one option has.

_LABEL = re.compile(RULES["choice"]["label"][:-1] + r"\Z")
_LABEL_LAST = re.compile(RULES["choice"]["label_last"][:-1] + r"\Z")
_IS_CORRECT = re.compile(RULES["choice"]["is_correct"][:-1] + r"\Z")


def _check_choice(spec, reply):
    if not spec["options"]:
        return _check_label(spec["label"], reply)
    if _is_longer(reply, max(len(option["text"]) for option in spec["options"])):
        return _incorrect("unreadable")
    plain = _trim_wrappers(_plain(reply).replace("**", "")).strip('"')
    chosen = _option_named(spec["options"], plain)
    if chosen is None:
        rest = _bare_choice(plain)
        if len(rest) < len(plain):
            chosen = _option_named(spec["options"], rest)
    if chosen is None:
        return _incorrect("unreadable")
    return _of(chosen["label"] == spec["label"])


def _check_label(label, reply):
    """Compares a reply with a label. Whether the text behind a label is that of its option cannot be told."""
    if _is_longer(reply, 0):
        return _incorrect("unreadable")
    given, rest = _labelled(_bare_choice(_trim_wrappers(_plain(reply).replace("**", ""))))
    if given is None:
        return _incorrect("unreadable")
    if given != label or (rest is not None and _is_label(rest)):
        return _of(False)
    return CORRECT if rest is None else _unknown("undecided")


def _bare_choice(plain):
    """Takes off what says that an option is the right one, and nothing more."""
    rest = _without_frame(plain)
    rest = plain if rest is None else rest
    found = _IS_CORRECT.search(_ascii_lower(rest))
    return _trim_wrappers(rest[: found.start()] if found else rest)


def _labelled(reply):
    """The label of a reply in capital letters, and the text that stands beside it."""
    lower = _ascii_lower(reply)
    found, group = _LABEL.match(lower), "rest"
    if not found:
        found, group = _LABEL_LAST.match(lower), "text"
    if not found:
        return None, None
    start, end = found.span(group)
    return found["label"].upper(), reply[start:end] if start >= 0 else None


def _is_label(text):
    label, rest = _labelled(text)
    return label is not None and rest is None


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
            return None if _is_question(_trim_wrappers(given)) and not _asks(option["text"]) else option
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
