# The nouns of counted things.

_PLURALS = dict(RULES["noun"]["plurals"])
_NOUN_BREAKS = re.compile("[ -]")


def _is_noun_of(noun, counted):
    """Whether a noun names what is counted, or a part of that name."""
    keys, counted_keys = _noun_keys(noun), _noun_keys(counted)
    if not keys or not counted_keys:
        return False
    if keys in _windows(counted_keys, len(keys)):
        return True
    if counted == RULES["noun"]["percent"]:
        return _percent_sign(noun) == 1
    # "km" names what "how many kilometres" counts.
    ids = {unit.id for unit in _resolve(noun)}
    words = counted.split(" ")
    return bool(ids) and any(
        unit.id in ids
        for size in range(1, len(words) + 1)
        for part in _windows(words, size)
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
