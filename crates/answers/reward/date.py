# Dates: a year, a month of a year, or a day, compared as far as the gold goes.

_READ = RULES["date"]["read"]
_UNDECORATE = RULES["date"]["undecorate"]
_NAMED_DATES = [re.compile(form[:-1] + r"\Z") for form in _READ["named"]]
_YEAR_ONLY = re.compile(_READ["year_only"][:-1] + r"\Z")
_ISO = re.compile(_READ["iso"][:-1] + r"\Z")
_SLASHED_MONTH = re.compile(_READ["slashed_month"][:-1] + r"\Z")
_SPAN = re.compile(_READ["span"][:-1] + r"\Z")
_NUMERIC = re.compile(_READ["numeric"][:-1] + r"\Z")
_MONTH_DAY = [re.compile(form[:-1] + r"\Z") for form in _READ["month_day"]]
_MONTHS = {name: number for number, names in enumerate(_READ["months"], 1) for name in names}
_MONTHS[_UNDECORATE["sept"][0]] = _UNDECORATE["sept"][1]
_WEEKDAYS = {name: number for number, names in enumerate(_UNDECORATE["weekdays"]) for name in names}
_GRANULARITIES = ("year", "month", "day")


def _check_date(spec, reply):
    gold = _read_iso(spec["value"])
    if gold is None:
        return _unknown("invalid_spec")
    reading = _read_date(reply)
    if not reading:
        rest = _without_frame(reply)
        if rest is not None:
            reply, reading = rest, _read_date(rest)
    if not reading or None in reading:
        return _incorrect("unreadable")
    num_parts = _GRANULARITIES.index(spec["granularity"]) + 1
    fits = [gold[:num_parts] == stated[:num_parts] and None not in gold[:num_parts] for stated in reading]
    if all(fits):
        return _unknown("ambiguous_date") if num_parts == 1 and _is_span(reply) else CORRECT
    return _unknown("ambiguous_date") if any(fits) else _of(False)


def _is_span(text):
    """Whether a text may name the two years at the ends of a span: "1905-06"."""
    found = _SPAN.match(_undecorate(text)[0])
    return bool(found) and int(found["to"]) > int(found["from"])


def _read_iso(value):
    found = _ISO.match(value)
    if not found:
        found = _YEAR_ONLY.match(value)
        if not found or found["era"] or found["before"]:
            return None
    parts = found.groupdict()
    return _stated(parts, _number(parts.get("month")), _number(parts.get("day")))


def _read_date(text):
    """The dates that a text may be: none, one or two; [None] if it has the form of one, but is none."""
    plain, weekday = _undecorate(text)
    reading = _read_undecorated(plain)
    if weekday is not None and len(reading) == 1 and reading[0] and not _falls_on(reading[0], weekday):
        return [None]
    return reading


def _read_undecorated(text):
    found = _ISO.match(text)
    if found and (found["day"] or "." not in text):
        parts = found.groupdict()
        return [_stated(parts, _number(parts["month"]), _number(parts["day"]))]
    for form in _NAMED_DATES:
        found = form.match(text)
        if found and found["month"] in _MONTHS:
            parts = found.groupdict()
            return [_stated(parts, _MONTHS[parts["month"]], _number(parts.get("day")))]
    found = _YEAR_ONLY.match(text)
    if found:
        parts = found.groupdict()
        digits = parts["year"].lstrip("-")
        # "79" alone is a number; "AD 79" is a year.
        # Of years before 1, ISO 8601 has all four digits; others who write "-490" mean 490 BC.
        fewest = 4 if len(digits) < len(parts["year"]) else 3
        is_year = parts["era"] or parts["before"] or (fewest <= len(digits) <= 4 and "," not in digits)
        return [_stated(parts, None, None)] if is_year else []
    found = _SLASHED_MONTH.match(text)
    if found:
        return [_stated(found.groupdict(), int(found["month"]), None)]
    found = _NUMERIC.match(text)
    return _read_numeric(found.groupdict()) if found else []


def _read_numeric(parts):
    if len(parts["year"]) == 2:
        return [None]
    first, second = int(parts["first"]), int(parts["second"])
    readings = [_stated(parts, second, first), _stated(parts, first, second)]
    possible = list(dict.fromkeys(date for date in readings if date))
    return possible or [None]


def _stated(parts, month, day):
    """Year, month and day, if there is such a date. Years count astronomically: 1 BC is 0."""
    written, before, era = parts["year"], parts.get("before"), parts.get("era")
    if month is not None and not (era or before) and len(written) <= 2:
        return None
    year = int(written.replace(",", ""))
    if not -32768 <= year <= 32767 or ((era or before) and year <= 0):
        return None
    if era and era.startswith("b"):
        if before:
            return None
        year = 1 - year
    if month is None:
        return None if day is not None else (year, None, None)
    if not -9999 <= year <= 9999 or not 1 <= month <= 12 or not 1 <= (1 if day is None else day) <= _last_day(year, month):
        return None
    return (year, month, day)


def _last_day(year, month):
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _falls_on(date, weekday):
    """Whether a day falls on a weekday, counted from Monday."""
    year, month, day = date
    if month is None or day is None:
        return False
    if year < _READ["first_gregorian_year"]:
        return True
    shifted = year - 1 if month < 3 else year
    offset = (0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4)[month - 1]
    return (shifted + shifted // 4 - shifted // 100 + shifted // 400 + offset + day - 1) % 7 == weekday


def _number(digits):
    return int(digits) if digits else None


def _undecorate(text):
    """The date in lower case without what says nothing more, and the weekday that it named."""
    lower = _ascii_lower(_plain(text)).replace(" ,", ",").replace(", ", " ")
    words = lower.split(" ", _UNDECORATE["max_words"])
    if len(words) > _UNDECORATE["max_words"]:
        return lower, None
    if len(words) > 1 and words[0] in _UNDECORATE["before"]:
        words = words[1:]
    weekday = None
    if len(words) > 1:
        weekday, last = _weekday(words[0]), _weekday(words[-1])
        if weekday is not None:
            words = words[1:]
        elif last is not None:
            weekday, words = last, words[:-1]
    return " ".join(_bare_words(words)), weekday


def _bare_words(words):
    """Leaves out "the" before the day or the year, "of" between two words, and writes ordinals in digits."""
    kept, idx = [], 0
    while idx < len(words):
        word, following = words[idx], words[idx + 1] if idx + 1 < len(words) else None
        first, hyphen, second = word.partition("-")
        ordinal, num_words = _spoken_ordinal(first, second if hyphen else following)
        if ordinal and (not hyphen or num_words == 2):
            kept.append(ordinal)
            idx += 1 if hyphen else num_words
            continue
        if word in _UNDECORATE["kinds"] and following == "of":
            idx += 2
            continue
        is_kind = following in _UNDECORATE["kinds"]
        is_article = word == "the" and following is not None and (is_kind or _is_day_or_year(following))
        is_of = word == "of" and following not in (None, "of") and kept
        if not is_article and not is_of:
            kept.append(word)
        idx += 1
    return kept


def _spoken_ordinal(word, following):
    number, num_words = _number_in_words(word, following)
    return (number, num_words) if number and not number[-1].isdigit() else (None, 1)


def _is_day_or_year(word):
    first = word.split("-")[0]
    is_spoken = _spoken_ordinal(first, None)[0] or first in ("twenty", "thirty")
    return word == "year" or "0" <= word[:1] <= "9" or bool(is_spoken)


def _weekday(word):
    return _WEEKDAYS.get(word[:-1] if word.endswith((".", ",")) else word)


def _month_and_day(text):
    """A day of no particular year and no weekday: its month and day."""
    plain, weekday = _undecorate(text)
    if weekday is not None:
        return None
    for form in _MONTH_DAY:
        found = form.match(plain)
        if found:
            month, day = _MONTHS.get(found["month"]), int(found["day"])
            return (month, day) if month and 1 <= day <= 31 else None
    return None


_CHECKERS["date"] = _check_date
