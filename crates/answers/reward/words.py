# Words that are written in several ways, in folded text.

_WORDS = RULES["string"]["words"]
_ONE_SPELLING = dict(_WORDS["words"])
_WORDS_BEFORE = dict(_WORDS["before"])
_WORDS_BEHIND = dict(_WORDS["behind"])
_WORDS_BETWEEN = {**dict(_WORDS["between"]), **_WORDS_BEFORE}
_WORD_UNITS = {word: value for value, word in enumerate(_WORDS["units"])}
_WORD_ORDINAL_UNITS = {word: value for value, word in enumerate(_WORDS["ordinal_units"])}
_WORD_TENS = {word: value * 10 + 20 for value, word in enumerate(_WORDS["tens"])}
_WORD_ORDINAL_TENS = {word: value * 10 + 20 for value, word in enumerate(_WORDS["ordinal_tens"])}
_POWERS = dict(_WORDS["powers"])
_ROMAN = {
    tens + units: ten * 10 + unit
    for ten, tens in enumerate(_WORDS["roman_tens"])
    for unit, units in enumerate(_WORDS["roman_units"])
    if len(tens + units) > 1
}
_ROMAN_LETTERS = dict(_WORDS["roman_letters"])
_COUNTED = frozenset(_WORDS["counted"])
_ORDINAL = re.compile("([0-9]+)(?:st|nd|rd|th)")


def _canonical(folded):
    """Writes folded text with one spelling for each word."""
    words, written, idx = folded.split(" "), [], 0
    while idx < len(words):
        previous = words[idx - 1] if idx else None
        following = words[idx + 1] if idx + 1 < len(words) else None
        number, num_words = _number_in_words(words[idx], following)
        written.append(number or _spelling(previous, words[idx], following))
        idx += num_words
    return _join_initials(_regnal(written))


def _number_in_words(word, following):
    """A number of one or two words, and how many words it has."""
    if word in _WORD_UNITS:
        value = _WORD_UNITS[word]
        if following in _POWERS and 1 <= value < 10:
            return str(value * _POWERS[following]), 2
        return str(value), 1
    if word in _POWERS:
        return str(_POWERS[word]), 1
    if word in _WORD_ORDINAL_UNITS:
        return _ordinal_digits(_WORD_ORDINAL_UNITS[word]), 1
    if word in _WORD_ORDINAL_TENS:
        return _ordinal_digits(_WORD_ORDINAL_TENS[word]), 1
    if word not in _WORD_TENS:
        return None, 1
    tens = _WORD_TENS[word]
    if 1 <= _WORD_UNITS.get(following, 0) < 10:
        return str(tens + _WORD_UNITS[following]), 2
    if 1 <= _WORD_ORDINAL_UNITS.get(following, 0) < 10:
        return _ordinal_digits(tens + _WORD_ORDINAL_UNITS[following]), 2
    return str(tens), 1


def _ordinal_digits(value):
    suffix = "th" if 11 <= value <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return str(value) + suffix


def _spelling(previous, word, following):
    """The one spelling of a word, given its neighbours."""
    if word in _ONE_SPELLING:
        return _ONE_SPELLING[word]
    if previous is None:
        by_place = _WORDS_BEFORE if following is not None else {}
    else:
        by_place = _WORDS_BETWEEN if following is not None else _WORDS_BEHIND
    if word in by_place:
        return by_place[word]
    if word in _WORDS["number"] and following and "0" <= following[0] <= "9":
        return "number"
    if previous is not None:
        if word in _ROMAN:
            return str(_ROMAN[word])
        if word in _ROMAN_LETTERS and previous in _COUNTED:
            return _ROMAN_LETTERS[word]
    if len(word) >= _WORDS["min_ended"]:
        for ending, other in _WORDS["endings"]:
            if word.endswith(ending):
                return word[: -len(ending)] + other
    return word


def _regnal(words):
    """ "Henry the 8th" is "Henry 8"."""
    if len(words) >= 3 and words[-3] in _COUNTED and words[-2] == "the":
        found = _ORDINAL.fullmatch(words[-1])
        if found:
            return words[:-2] + [found.group(1)]
    return words


def _join_initials(words):
    """ "J R R Tolkien" is "JRR Tolkien". Letters alone may be several answers."""
    initials = [len(word) == 1 and ("a" <= word <= "z" or "A" <= word <= "Z") for word in words]
    if all(initials):
        return " ".join(words)
    joined = ""
    for idx, word in enumerate(words):
        if idx and not (initials[idx] and initials[idx - 1]):
            joined += " "
        joined += word
    return joined


def _close(text):
    """Leaves out the blank between a letter and a digit: "Apollo 11" as "Apollo11"."""
    return "".join(ch for idx, ch in enumerate(text) if ch != " " or not _is_inside(text, idx))


def _is_inside(text, idx):
    if not 0 < idx < len(text) - 1:
        return False
    before, after = text[idx - 1], text[idx + 1]
    return (_is_letter(before) and "0" <= after <= "9") or ("0" <= before <= "9" and _is_letter(after))
