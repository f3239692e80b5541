# Names and terms: equal when their folded spellings are equal, to the last character.

_STRING = RULES["string"]
_CLOCK = re.compile(_STRING["clock"]["time"][:-1] + r"\Z")
_NAMED_TIMES = dict(_STRING["clock"]["named"])
_COUNTED_ATOMS = re.compile("[A-Z].*[0-9]|[0-9].*[A-Z]", re.DOTALL)
_AMOUNT = re.compile(_STRING["amount"])
_NEUTRAL = _anchored(_STRING["case"]["neutral"])
_ASKING = frozenset(_STRING["asking"])
_PUNCTUATION = re.compile("[\"'`,.:;!?~-]")
_ANY_BRACKET = re.compile(r"[][(){}]")
_MARKS_ON_LETTERS = re.compile("[%s-%s]" % tuple(chr(code) for code in _STRING["marks"]["marks"]))
_PLAIN_LETTERS = {ord(letter): plain for letter, plain in _STRING["marks"]["plain"]}
_EXPANDED_LETTERS = {ord(letter): plain for letter, plain in _STRING["marks"]["expanded"]}
_PUBLISHED_ARTICLES = re.compile(r"\b(?:" + "|".join(RULES["published"]["articles"]) + r")\b")
_ASCII_PUNCTUATION = "".join(chr(code) for code in range(33, 127) if not chr(code).isalnum())
_NO_PUNCTUATION = {ord(ch): None for ch in _ASCII_PUNCTUATION}
_BLANK_PUNCTUATION = {ord(ch): " " for ch in _ASCII_PUNCTUATION + RULES["published"]["quotes"]}


def _check_string(spec, reply):
    golds = [spec["canonical"]] + spec["aliases"]
    published = _PUBLISHED.get(spec["normaliser"])
    if published:
        given = published(reply)
        return _of(given != "" and any(published(gold) == given for gold in golds))
    if _is_longer(reply, max(map(len, golds))):
        return _of(False)
    is_bare = spec["canonical"].isascii()
    case_sensitive = spec["case_sensitive"]
    return _of(
        _same_name(spec["canonical"], reply, case_sensitive, True)
        or any(_same_name(alias, reply, case_sensitive, is_bare) for alias in spec["aliases"])
    )


def _is_longer(reply, num_chars):
    """Whether a reply is too long for any spelling of an answer of so many characters."""
    return len(reply) > num_chars * _STRING["max_growth"] + _STRING["max_extra_chars"]


def _same_name(gold, reply, case_sensitive, may_be_marked):
    """Whether two texts spell one name. An alias without the marks of the name stands for those alone."""
    gold = _gold(gold)
    gold_time, gold_day, gold_formula, asks, gold_forms = _read_gold(gold, case_sensitive)
    given_time, given_day, given_formula, is_question, given_forms, swapped = _read_given(reply, case_sensitive)
    if gold_time and given_time:
        return _same_time(gold_time, given_time)
    if gold_day and given_day:
        return gold_day == given_day
    if given_formula and gold_formula:
        return gold_formula == given_formula
    if is_question and not asks:
        return False
    if swapped and "," not in gold:
        given_forms = given_forms + [swapped]
    return any(not _is_other_by_case(gold, text) and _meet(gold_forms, forms, may_be_marked) for text, forms in given_forms)


@functools.lru_cache(maxsize=4096)
def _read_gold(gold, case_sensitive):
    return _read_time(gold), _month_and_day(gold), _formula_of(gold), _asks(gold), _forms(gold, case_sensitive)


@functools.lru_cache(maxsize=256)
def _read_given(reply, case_sensitive):
    """A reply as a time, as a day, as a formula, whether it is in doubt, in its forms, and with the surname last."""
    texts = (reply, _glossed(reply), _without_frame(reply), _unbracketed(reply))
    forms = [(text, _forms(text, case_sensitive)) for text in texts if text is not None]
    swapped = _surname_last(reply)
    swapped = (swapped, _forms(swapped, case_sensitive)) if swapped else None
    return _read_time(reply), _month_and_day(reply), _formula_of(reply), _is_question(reply), forms, swapped


@functools.lru_cache(maxsize=4096)
def _gold(text):
    return _normalize(text)


def _is_question(reply):
    """Whether a question mark makes a reply less sure: "Paris?" """
    return reply.rstrip("\"')]*. ").endswith("?")


def _asks(gold):
    """Whether a name may end in a question mark."""
    words = _ascii_lower(gold).rpartition(" ")[0].replace("'", " ").split(" ")
    return "?" in gold or not _ASKING.isdisjoint(words)


def _is_other_by_case(gold, reply):
    """Whether a reply has the letters of a gold, but in a case that makes another symbol or an acronym of them."""
    is_named = gold.startswith("The ")
    bare = gold[4:] if is_named else gold
    given = reply[4:] if reply.startswith(("the ", "The ")) else reply
    if bare == given or not given.isascii() or _ascii_lower(bare) != _ascii_lower(given):
        return False
    # "Us" is a film.
    is_titled = len(given) == 2 and "A" <= bare[0] <= "Z" and "A" <= given[0] <= "Z"
    is_symbol = len(given) == 2 and given != _ascii_lower(given) and not any(ch in "aeiouy" for ch in _ascii_lower(given))
    is_acronym = len(given) <= _STRING["case"]["max_acronym"] and all("A" <= ch <= "Z" for ch in given)
    # "FE2O3" could be another formula, "fe2o3" could not.
    is_formula = _formula_of(bare) is not None and given != _ascii_lower(given)
    if is_formula or is_titled or is_symbol or (is_named and is_acronym) or _is_case_bound(given):
        return True
    if len(bare) > _STRING["case"]["max_unit"]:
        return False
    units = [{unit.id for unit in _resolve(symbol, "gold")} for symbol in (bare, given)]
    return all(units) and units[0].isdisjoint(units[1])


def _is_case_bound(text):
    """ASCII symbols that are others in another case: `Co` and `CO`, `kPa`, `pH`."""
    if len(text) == 2 and text[0] in _STRING["case"]["bits"] and text[1] == "b":
        return True
    if len(text) not in (2, 3) or not text.isalpha():
        return False
    is_mixed = text[1:] != text[1:].lower() and text != text.upper()
    return is_mixed or (len(text) == 2 and text != text.lower() and text.title() in _ELEMENTS)


def _formula_of(text):
    """A formula of atoms and numbers in its plain spelling; charges are compared as they are written."""
    # "B 1 2" has the blanks of a text, "H_2 O" those of LaTeX.
    is_one = " " not in text or "\\" in text or "_" in text
    if not is_one or not _COUNTED_ATOMS.search(text):
        return None
    for old, new in _NOTATION["formula_dress"]:
        text = text.replace(old, new)
    is_formula = _NEUTRAL.match(text) and _FORMULA.match(text)
    return text if is_formula and all(atom in _ELEMENTS for atom in _ATOM.findall(text)) else None


def _meet(gold, given, may_be_marked):
    """Marks on letters may be left out, but those that are written have to agree."""
    return (
        not gold[0].isdisjoint(given[0])
        or (gold[2] and may_be_marked and not gold[0].isdisjoint(given[1]))
        or (given[2] and not gold[1].isdisjoint(given[0]))
    )


@functools.lru_cache(maxsize=1024)
def _forms(text, case_sensitive):
    """The spellings of a text, those in ASCII letters if it has others, and whether it is ASCII."""
    if not text.isascii() and any(unicodedata.category(ch) == "Cn" for ch in text):
        raise _CannotTell
    spelled, plain = set(), set()
    for one in dict.fromkeys((text, _strip_article(text))):
        spelled |= _spellings(one, case_sensitive)
        # Where case counts, so do marks: "resume" is no "résumé".
        for letters in [] if case_sensitive else _plain_spellings(one):
            plain |= _spellings(letters, case_sensitive)
    return spelled, plain, text.isascii()


def _spellings(text, case_sensitive):
    parted, joined = _fold(text, case_sensitive), _fold(text, case_sensitive, True)
    if not case_sensitive:
        parted, joined = _canonical(parted), _close(_canonical(joined))
    return {spelling for spelling in (parted, joined) if spelling}


def _strip_article(text):
    for article in ("the ", "a ", "an "):
        start = text[: len(article)]
        if start == article or (article == "the " and _ascii_lower(start) == article):
            rest = _trim(text[len(article) :])
            # Only the first that fits is tried; "The The" is a name.
            return rest if rest and _ascii_lower(rest) != "the" else text
    return text


def _surname_last(text):
    """ "Curie, Marie" as "Marie Curie"."""
    surname, comma, given = text.partition(", ")
    # "Great Gatsby, The" is turned round as well.
    is_name = " " not in surname and given.count(" ") < _STRING["max_given_names"]
    if not comma or "," in given or not (is_name or _ascii_lower(given) == "the"):
        return None
    # The period behind the last of several initials was taken for the end of the sentence.
    is_cut = ". " in given and len(given.rpartition(" ")[2]) == 1
    return given + ("." if is_cut else "") + " " + surname


def _unbracketed(text):
    """The text within the brackets around it."""
    inner = text[1:-1]
    if len(text) < 2 or text[0] + text[-1] not in _STRING["brackets"] or _ANY_BRACKET.search(inner):
        return None
    return _trim_wrappers(inner)


def _glossed(text):
    """The name before its initials in brackets: "World Health Organization (WHO)"."""
    if not text.endswith(")"):
        return None
    name, bracket, acronym = text[:-1].partition(" (")
    initials = "".join(word[0] for word in re.split("[ -]", name) if word and "A" <= word[0] <= "Z")
    return name if bracket and len(acronym) >= 2 and initials == acronym else None


def _plain_spellings(text):
    """The spellings in plain ASCII letters; none if there are other letters than Latin ones."""
    if text.isascii() or len(text) < _STRING["marks"]["min_chars"]:
        return []
    composed = unicodedata.normalize("NFC", text)
    spellings = []
    for expanded in (composed, composed.translate(_EXPANDED_LETTERS)):
        bare = _MARKS_ON_LETTERS.sub("", unicodedata.normalize("NFD", expanded))
        spelling = bare.translate(_PLAIN_LETTERS)
        if spelling.isascii():
            spellings.append(spelling)
    return spellings


def _fold(text, case_sensitive, joined=False):
    """Case, quotes, commas, periods, hyphens and blanks; joined, hyphens go instead of parting words."""
    text = _strip_quotes(_trim(_strip_markup(_trim(_plain(text)))))
    if _ascii_lower(text[:4]) == "the " and _ascii_lower(_trim(text[4:])) not in ("", "the"):
        text = text[4:]
    if not case_sensitive:
        text = _lower(text)
    text = _trim(text.replace("&amp;", "&").replace("&", " and ").replace(" / ", "/"))
    if _PUNCTUATION.search(text):
        text = _fold_punctuation(text, joined)
    return " ".join(_words(text))


def _strip_markup(text):
    """Takes off the bullet of a single item, and emphasis or mathematics around some of the words."""
    for bullet in _STRING["bullets"]:
        rest = text[len(bullet) :]
        # "- 5" is minus five and "> 5" is more.
        if text.startswith(bullet) and (rest == "" or _is_letter(rest[0]) or rest[0] in "\"'*("):
            text = rest
            break
    for mark in _STRING["paired"]:
        if text.count(mark) % 2 == 0 and not (mark == "$" and _AMOUNT.search(text)):
            text = text.replace(mark, "")
    return text


def _strip_quotes(text):
    """Takes the quotes off that stand around a text; double ones are dropped elsewhere too."""
    for quote in "\"'":
        if len(text) >= 2 and text.startswith(quote) and text.endswith(quote):
            text = text[1:-1]
        text = _trim(text)
    return text


def _fold_punctuation(text, joined):
    folded, num_letters, idx = [], 0, 0

    def at(idx):
        return text[idx] if 0 <= idx < len(text) else " "

    while idx < len(text):
        ch, before, after = text[idx], at(idx - 1), at(idx + 1)
        if ch == '"':
            pass
        elif ch in "'`" and _is_apostrophe(before, after) and not _is_contraction(text, idx, num_letters):
            pass
        elif ch == ",":
            folded.append(_fold_comma(before, text[idx + 1 : idx + 5]))
        elif ch == "." and "0" <= after <= "9":
            folded.append(ch)
        elif ch == "." and "..." in text[max(idx - 2, 0) : idx + 3]:
            # Where something was left out, what is there is not all.
            folded.append(ch)
        elif ch == "." and _is_initial(text, idx):
            # "J. R. R." and "J.R.R." are one word, whatever the blanks.
            if after == " " and _is_initial(text, idx + 3):
                idx += 1
        elif ch == "." and _is_letter(after) and _is_word(at(idx + 2)):
            # "St.Louis" are two words, "Ph.D." is one.
            folded.append(" ")
        elif ch == ".":
            pass
        elif ch == "-" and _is_word(before) and _is_word(after):
            # "F-16" and "F16" are one, "10-12" and "1012" are not.
            if not (joined and _is_joint(text, idx)):
                # "3-1" is a score or a range, "3 1" and "3, 1" are two numbers.
                folded.append(ch if "0" <= before <= "9" and "0" <= after <= "9" else " ")
        elif ch == "-" and before == after == " " and _is_letter_at(text, idx - 2) and _is_letter_at(text, idx + 2):
            pass
        elif ch == " " and after in ":-" and _is_ratio(text, idx + 1):
            pass
        elif ch in ":-" and _is_ratio(text, idx):
            folded.append(ch)
            idx += 1
        elif ch == ":" and after == " ":
            pass
        elif ch == "~" and _is_word(before) and _is_word(after):
            # A blank of LaTeX.
            folded.append(" ")
        elif ch == ";" and idx + 1 == len(text):
            pass
        elif ch in "!?" and num_letters >= _STRING["min_exclaimed"] and not _is_word(after):
            pass
        else:
            folded.append(ch)
        if ch not in "!?":
            num_letters = num_letters + 1 if _is_letter(ch) else 0
        idx += 1
    return "".join(folded)


def _fold_comma(before, after):
    """A comma groups digits, stands inside a code of digits, or parts words."""
    num_digits = len(after) - len(after.lstrip("0123456789"))
    if not "0" <= before <= "9" or num_digits == 0:
        return " "
    return "" if num_digits == 3 else ","


def _is_apostrophe(before, after):
    return (_is_word(before) and _is_letter(after)) or (before in "sS" and after == " ")


def _is_initial(text, idx):
    """Whether the period at an index ends a single letter."""
    if not 0 < idx < len(text) or text[idx] != "." or not _is_letter(text[idx - 1]):
        return False
    return idx == 1 or not _is_word(text[idx - 2])


def _is_contraction(text, idx, num_letters):
    """ "I'll" and "we're", where the apostrophe stands for letters, and "O's", which is no "Os"."""
    rest = ""
    for ch in text[idx + 1 : idx + 4]:
        if not _is_word(ch):
            break
        rest += ch
    rest = _ascii_lower(rest)
    return rest in _STRING["contracted"] or (rest == "s" and num_letters == 1)


def _is_joint(text, idx):
    """Whether the hyphen at an index may be left out: before a consonant, "re-" makes another word."""
    before, after = text[idx - 1], text[idx + 1]
    is_repeated = (
        text[max(idx - 2, 0) : idx] in ("re", "RE", "Re", "rE")
        and not (idx >= 3 and _is_word(text[idx - 3]))
        and after not in "aeiouAEIOU"
    )
    # "A-C" is a range, "AC" a current.
    is_alone = not (idx >= 2 and _is_word(text[idx - 2])) and not _is_word(text[idx + 2 : idx + 3] or " ")
    return (_is_letter(before) or _is_letter(after)) and not is_repeated and not is_alone


def _is_ratio(text, idx):
    """ "3 : 1" has a colon between numbers."""
    around = text[idx - 2 : idx] + text[idx + 1 : idx + 3] if idx >= 2 else ""
    return len(around) == 4 and around[1:3] == "  " and "0" <= around[0] <= "9" and "0" <= around[3] <= "9"


def _is_letter_at(text, idx):
    return 0 <= idx < len(text) and _is_letter(text[idx])


def _read_time(text):
    """Seconds from midnight, and how the time says which half of the day it means."""
    lower = _ascii_lower(text)
    if lower in _NAMED_TIMES:
        return _NAMED_TIMES[lower], "said"
    found = _CLOCK.match(lower)
    if not found:
        return None
    hour, within = int(found["hour"]), int(found["minute"] or 0) * 60 + int(found["second"] or 0)
    half = found["half"]
    if not half:
        # "7.30" is a number, and so is "7".
        if found["mark"] != ":" or hour > 24 or (hour == 24 and within > 0):
            return None
        is_shown = hour == 0 or hour > 12 or found["hour"].startswith("0")
        return hour % 24 * 3600 + within, "shown" if is_shown else "open"
    if not 1 <= hour <= 12 or (half in ("noon", "midnight") and (hour != 12 or within > 0)):
        return None
    afternoon = 43200 if half.startswith("p") or half == "noon" else 0
    return hour % 12 * 3600 + within + afternoon, "said"


def _same_time(first, second):
    return first[0] == second[0] and {first[1], second[1]} != {"said", "open"}


def _squad(text):
    return _without_articles(_lower(text).translate(_NO_PUNCTUATION))


def _trivia_qa(text):
    return _without_articles(_lower(text.replace("_", " ")).translate(_BLANK_PUNCTUATION))


def _without_articles(text):
    return " ".join(_PUBLISHED_ARTICLES.sub(" ", text).split())


_PUBLISHED = {RULES["published"]["squad"]: _squad, RULES["published"]["trivia_qa"]: _trivia_qa}
_CHECKERS["string"] = _check_string
