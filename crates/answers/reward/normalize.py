# The spelling of a text, before any type reads it.

_RAISED = dict(RULES["normalize"]["raised"])
_VULGAR_FRACTIONS = frozenset(
    chr(code) for first, last in RULES["normalize"]["vulgar_fractions"] for code in range(first, last + 1)
)
_MISTYPED = dict(RULES["normalize"]["mistyped"])
_MARKS = RULES["normalize"]["marks"]
_LOWERED_DIGITS = frozenset(
    chr(code) for first, last in RULES["normalize"]["lowered_digits"] for code in range(first, last + 1)
)
_SPELLED = re.compile("[" + "".join(sorted(_LOWERED_DIGITS)) + "".join(_RAISED) + "".join(sorted(_VULGAR_FRACTIONS)) + "".join(_MISTYPED) + _MARKS + "]")
_UNIFIED = {code: None for first, last in RULES["normalize"]["invisible"] for code in range(first, last + 1)}
_UNIFIED.update(RULES["normalize"]["unified"])
_UNIFIED.update((ord(white), " ") for white in _WHITE)
_BLANKS = re.compile(" {2,}")
# A text of these alone is its own composed form.
_PLAIN_ASCII = re.compile("[ -~]*")
_DELIMITERS = RULES["normalize"]["delimiters"]
_COMMANDS = RULES["normalize"]["commands"]
_IDENTIFIER = re.compile("[a-z_]*")
_SEPARATORS = re.compile("[\x1c-\x1f]")
_WHITES = re.compile("[" + _WHITE + "]+")
_GROUPS = re.compile("[{}]")
_FRAME = re.compile(RULES["normalize"]["frame"])
_BEYOND_GREEK = re.compile("[^\x00-\x7f\u0370-\u03ff\u1f00-\u1fff]")


def _normalize(text):
    return _trim_wrappers(_strip_and_unify(_compose(text)))


def _normalize_within(text, max_chars):
    """None where the text is longer than so many characters, before or after: one may become eighteen."""
    if len(text) > max_chars:
        return None
    composed = _compose(text)
    return None if len(composed) > max_chars else _trim_wrappers(_strip_and_unify(composed))


def _compose(text):
    if text.isascii():
        return text
    if any(unicodedata.category(ch) == "Cn" for ch in text):
        # A later Unicode may know the character; Rust's tables do.
        raise _CannotTell
    return unicodedata.normalize("NFKC", _spell_raised(text))


def _spell_raised(text):
    """Spells out the raised characters whose place NFKC would lose."""
    if not _SPELLED.search(text):
        return text
    spelled, previous = [], " "
    for ch in text:
        if ch in _RAISED:
            if previous not in _RAISED and previous not in _WHITE:
                spelled.append("^")
            spelled.append(_RAISED[ch])
        elif ch in _VULGAR_FRACTIONS:
            spelled.append(" " + ch + " ")
        elif ch in _MISTYPED:
            spelled.append(_MISTYPED[ch])
        elif ch not in _MARKS:
            if ch in _LOWERED_DIGITS and "0" <= previous <= "9":
                spelled.append("_")
            # A digit right after a power is another factor, not one more digit of it.
            spelled.append(" " + ch if previous in _RAISED and "0" <= ch <= "9" else ch)
        previous = ch
    return "".join(spelled)


def _strip_and_unify(text):
    if not _PLAIN_ASCII.fullmatch(text):
        text = text.translate(_UNIFIED)
    return _BLANKS.sub(" ", text)


def _trim_wrappers(text):
    """Removes white space, mathematics delimiters, emphasis, boxes and a trailing period from both ends."""
    text = _trim(text)
    for _ in range(RULES["normalize"]["max_wrappers"]):
        inner = _trim(_peel(text))
        if len(inner) == len(text):
            break
        text = inner
    return text


def _peel(text):
    """Takes one layer off, or returns the text as it is."""
    for opening, closing in _DELIMITERS:
        if text.startswith(opening):
            inner = _between(text, opening, closing)
            if inner is not None:
                return inner
    if text.startswith("\\") and text.endswith("}"):
        for command in _COMMANDS:
            inner = _argument(text, command)
            if inner is not None:
                return inner
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def _between(text, opening, closing):
    """The text between two delimiters, unless they also occur inside: `*a* or *b*` is no emphasis of one thing."""
    if len(text) < len(opening) + len(closing) or not text.endswith(closing):
        return None
    inner = text[len(opening) : -len(closing)]
    # `__init__` is a name of its own.
    is_identifier = opening.startswith("_") and _IDENTIFIER.fullmatch(inner)
    return None if opening in inner or closing in inner or is_identifier else inner


def _argument(text, command):
    """The argument of a command that spans the whole text."""
    if not text.startswith(command):
        return None
    inner = text[len(command) :].lstrip(_WHITE)
    if len(inner) < 2 or not inner.startswith("{"):
        return None
    inner, depth = inner[1:-1], 0
    for brace in _GROUPS.findall(inner):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return None
    return inner if depth == 0 else None


def _words(text):
    """The text cut at white space, of which the separators U+001C to U+001F are none."""
    if _SEPARATORS.search(text):
        return [word for word in _WHITES.split(text) if word]
    return text.split()


def _lower(text):
    """Lower case. What comes before and after a capital sigma settles its form, by tables that change."""
    if "Σ" in text and _BEYOND_GREEK.search(text):
        raise _CannotTell
    return text.lower()



def _without_frame(text):
    """Takes off words that only announce the answer; None if there are none."""
    found = _FRAME.match(_ascii_lower(text))
    return _trim_wrappers(text[found.end() :]) if found else None


def _is_letter(ch):
    """A letter or a mark on one."""
    if ch.isascii():
        return ch.isalpha()
    category = unicodedata.category(ch)
    return category[0] in "LM" or category == "Nl"


def _is_word(ch):
    """A letter, a mark on one, or a number."""
    return ch.isalnum() if ch.isascii() else unicodedata.category(ch)[0] in "LMN"
