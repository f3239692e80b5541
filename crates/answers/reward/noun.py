# The nouns of counted things.

_PLURALS = dict(RULES["noun"]["plurals"])
_NOUN_BREAKS = re.compile("[ -]")


def _is_noun_of(noun, counted):
    """Whether a noun names what is counted, or a part of that name."""
    noun, counted = _noun_keys(noun), _noun_keys(counted)
    if not noun or not counted:
        return False
    if noun in _windows(counted, len(noun)):
        return True
    # "km" names what "how many kilometres" counts.
    ids = {unit.id for unit in _resolve(" ".join(noun))}
    return bool(ids) and any(
        unit.id in ids
        for size in range(1, len(counted) + 1)
        for part in _windows(counted, size)
        for unit in _resolve(" ".join(part))
    )


def _windows(words, size):
    return [words[at : at + size] for at in range(len(words) - size + 1)]


def _is_same_noun(noun, other):
    return _noun_keys(noun) == _noun_keys(other)


def _noun_keys(noun):
    return [_singular(word) for word in _NOUN_BREAKS.split(_ascii_lower(noun)) if word]


def _singular(word):
    if word in _PLURALS:
        return _PLURALS[word]
    # Rust counts bytes.
    num_bytes = len(word.encode("utf-8", "surrogatepass"))
    if word.endswith("ies") and num_bytes > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and num_bytes > 2 and not word.endswith(("ss", "us")) else word
