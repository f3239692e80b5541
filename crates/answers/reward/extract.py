# Finding the answers that a reply commits itself to: every scan is one pass.

_THINK = re.compile(RULES["extract"]["think"])
_THINKING = re.compile(RULES["extract"]["thinking"])
_TAG = re.compile(RULES["extract"]["tag"])
_BOX = re.compile(RULES["extract"]["box"][1:])
_LINE = re.compile(RULES["extract"]["line"])
_HEADING = re.compile(RULES["extract"]["heading"])
_ITEMS = re.compile(RULES["extract"]["items"][1:])
_LEAD_IN = re.compile(RULES["extract"]["lead_in"][:-1] + r"\Z")
_SENTENCE = re.compile(RULES["extract"]["sentence"][:-1] + r"\Z")
_TITLED = _anchored(RULES["extract"]["titled"])
_COMMITMENT = re.compile(RULES["extract"]["commitment"])
_CONTEXT = RULES["extract"]["context"]
_DENIED_BEFORE = _anchored(_CONTEXT["denied_before"])
_JOINED_BEFORE = _anchored(_CONTEXT["joined_before"])
_DENIED_AFTER = _anchored(_CONTEXT["denied_after"])
_JOINED_AFTER = _anchored(_CONTEXT["joined_after"])
_PERCENT_BEHIND = re.compile(_CONTEXT["percent"])
_LEAD_OUT = re.compile(RULES["extract"]["lead_out"][:-1] + r"\Z")
_HASHES = RULES["extract"]["hashes"]
_TOKEN_NAME = re.compile(r"[A-Za-z0-9_-]{1,39}\Z")
_BRACES = re.compile(r"[\\{}]")


def _finals(reply):
    """The marked answers, or the whole reply in a list of its own; or why there is none, as a text."""
    text = _without_end_tokens(reply)
    # Python takes these letters for an "i" in another case, Rust does not.
    shown = text.replace("ı", "\ue000").replace("İ", "\ue000")
    ends = list(_THINK.finditer(shown))
    if ends:
        text, shown = text[ends[-1].end() :], shown[ends[-1].end() :]
    elif _THINKING.match(shown):
        return "unfinished"
    # A span is (start, from, to, end): with its mark from start to end, without from `from` to `to`.
    spans = _innermost(shown, _tags(shown) + _boxes(shown) + _hashes(shown) + _lines(shown))
    if any(
        _trim(text[span[1] : span[2]]) and shown[span[0]] in "\\<" and _is_disowned(shown, span[0], span[3])
        for span in spans[-_CONTEXT["max_marks"] :]
    ):
        return "disowned"
    marked = [answer for answer in (_final_answer(text, shown, span) for span in spans) if answer]
    if marked:
        return marked
    if spans:
        return [""]
    return [_unmarked(_trim(text), _trim(shown))]


def _unmarked(text, shown):
    """A reply without a mark, less the words of a sentence around the answer and what led to that sentence."""
    answer = _said(text, shown)
    if answer is not None:
        return answer
    titled = _TITLED.search(shown)
    if titled and not _COMMITMENT.search(shown[: titled.start()]):
        start = titled.start("answer")
        answer = _said(text[start:], shown[start:])
        return text[start:] if answer is None else answer
    for end in (shown.rfind("\n"), shown.rfind(". ")):
        if end >= 0:
            answer = _said(_trim(text[end + 1 :]), _trim(shown[end + 1 :]))
            if answer is not None and not _COMMITMENT.search(shown[:end]):
                return answer
    return text


def _said(text, shown):
    """The answer in a sentence that is nothing but the answer."""
    sentence = _SENTENCE.match(shown)
    return text[sentence.start("answer") :] if sentence else None


def _final_answer(text, shown, span):
    """The answer without a sentence around it, and with the sign of percent that follows a box."""
    answer = _trim(text[span[1] : span[2]])
    said = _said(answer, _trim(shown[span[1] : span[2]]))
    if said is not None:
        answer = _trim(said)
    if answer and shown[span[0]] == "\\" and _PERCENT_BEHIND.match(_after(shown, span[3])):
        answer += "%"
    return answer


def _is_disowned(text, start, end):
    """Whether the line of a mark takes the marked answer back, or makes it a part of something else."""
    before = text[max(start - _CONTEXT["max_chars"], 0) : start].rsplit("\n", 1)[-1]
    after = _after(text, end)
    return bool(
        _DENIED_BEFORE.search(before)
        or _JOINED_BEFORE.search(before)
        or _DENIED_AFTER.search(after)
        or _JOINED_AFTER.search(after)
    )


def _after(text, end):
    return text[end : end + _CONTEXT["max_chars"]].split("\n", 1)[0]


def _without_end_tokens(reply):
    text = reply.rstrip(_WHITE)
    for _ in range(RULES["extract"]["max_end_tokens"]):
        special = text[:-2].rpartition("<|") if text.endswith("|>") else ("", "", "")
        if special[1] and _TOKEN_NAME.match(special[2]):
            text = special[0]
        else:
            token = next((token for token in RULES["extract"]["end_tokens"] if text.endswith(token)), None)
            if token is None:
                return text
            text = text[: -len(token)]
        text = text.rstrip(_WHITE)
    return text


def _tags(text):
    spans, opened = [], None
    for found in _TAG.finditer(text):
        if not found.group("close"):
            opened = found
        elif opened is not None:
            spans.append((opened.start(), opened.end(), found.start(), found.end()))
            opened = None
    return spans


def _boxes(text):
    spans, groups, idx = [], [], 0
    while True:
        found = _BRACES.search(text, idx)
        if found is None:
            return spans
        at, sign = found.start(), found.group()
        idx = at + 1
        if sign == "\\":
            box = _BOX.match(text, at)
            if box:
                idx = box.end()
                groups.append((at, idx))
            else:
                idx = at + 2
        elif sign == "{":
            groups.append(None)
        elif groups:
            group = groups.pop()
            if group is not None:
                while spans and spans[-1][0] > group[0]:
                    spans.pop()
                spans.append((group[0], group[1], at, idx))


def _hashes(text):
    spans, end, is_last = [], len(text), True
    for line in reversed(text.split("\n")):
        start = end - len(line)
        after = _hash_mark(line)
        if after is None:
            is_last = is_last and not _trim(line)
        elif is_last or not _HEADING.match(_trim(line[after:])):
            spans.append((start + after - len(_HASHES), start + after, end, end))
        end = start - 1
    return spans


def _hash_mark(line):
    at = line.rfind(_HASHES)
    if at < 0 or (at > 0 and line[at - 1] not in " \t"):
        return None
    return at + len(_HASHES)


def _lines(text):
    spans = []
    for found in _LINE.finditer(text):
        start, end = found.span("answer")
        if not _trim(text[start:end]):
            below = text[end:].lstrip(_WHITE)
            start = len(text) - len(below)
            items = _ITEMS.match(below)
            end = start + len(_display(below) or (items.group() if items else below.split("\n", 1)[0]))
        to = end
        mark = text[found.start() : found.start("answer")]
        if ("*" in mark or "_" in mark) and not _trim(text[start:end]).startswith(("*", "_")):
            to = start + len(text[start:end].rstrip(_WHITE).rstrip("*_"))
        spans.append((found.start(), start, to, end))
    return spans


def _display(text):
    """Mathematics on lines of its own, delimiters included."""
    for opening, closing in (("\\[", "\\]"), ("$$", "$$")):
        if text.startswith(opening):
            at = text.find(closing, len(opening))
            if at >= 0:
                return text[: at + len(closing)]
    return None


def _innermost(text, spans):
    kept = []
    for span in sorted(spans, key=lambda span: (span[0], -span[3])):
        if kept and span[0] < kept[-1][3]:
            outer = kept[-1]
            before, after = text[outer[1] : span[0]], text[span[3] : outer[2]]
            if _trim(text[span[1] : span[2]]) and _LEAD_IN.match(before) and _LEAD_OUT.match(after):
                kept[-1] = span
        else:
            kept.append(span)
    return kept
