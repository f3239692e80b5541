# Units of measurement.


def _ratio(text):
    """A factor, which may be a ratio."""
    num, slash, den = text.partition("/")
    num, den = _stored(num), _stored(den) if slash else Fraction(1)
    return num / den if num is not None and den else None
