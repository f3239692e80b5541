"""Cleans text: what Wikipedia's extraction leaves behind, HTML, POD, Mallard; invents no word."""

import html.parser
import re
import unicodedata

_LEFTOVERS = [
    (re.compile(r"\(\s*listen\s*\)|\[\s*listen\s*\]", re.I), ""),
    (re.compile(r"\(\s*(?:[;,:]\s*)+(?=\S)"), "("),
    (re.compile(r"(?:\s*[;,:])+\s*\)"), ")"),
    (re.compile(r"\(\s*\)|\[\s*\]"), ""),
    (re.compile(r"[\u200b\u2060\u200e\u200f\ufeff\u00ad]"), ""),
    (re.compile(r"[\u00a0\u2009\u202f\u2002\u2003]"), " "),
    (re.compile(r"[ \t]+"), " "),
    (re.compile(r" +([,;.:?!)\]])(?=\s|$)"), r"\1"),
    (re.compile(r"([(\[]) +"), r"\1"),
]


def tidy(text):
    """One paragraph without extraction leftovers, on one line, in NFC."""
    text = unicodedata.normalize("NFC", text.replace("\n", " "))
    for pattern, by in _LEFTOVERS:
        text = pattern.sub(by, text)
    return text.strip()


def tidy_paragraphs(text):
    """A text whose paragraphs are tidied and divided by one empty line."""
    parts = re.split(r"(?<=[.!?\"'”)])\s*\n+\s*", text)
    return "\n\n".join(p for p in map(tidy, parts) if p)


def words(text):
    """How many whitespace-divided words a text has."""
    return len(text.split())


def whole(text):
    """Whether a text reads as complete: it ends a sentence, its brackets close, no formula was lost in it."""
    if not re.search(r"[.!?][\"'”’)]*$", text) or text.count("(") != text.count(")"):
        return False
    holes = (r"\b(?:denoted|written|by|is|of|the|a|and|or|with|as|for|in|to|where) ?[,;.](?:\s|$)|\s[,;]\s|displaystyle"
             r"|\bi\.e\.$|\$\$|\.\s*\.\s|,\s*,|\(\s*(?:or|and)\b")
    return not re.search(holes, text)


def first_words(text, limit):
    """The text cut at a sentence end at or before `limit` characters, at a word where no sentence ends there."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    ends = [m.end() for m in re.finditer(r"[.!?][\"')\]]*(?=\s)", cut)]
    return cut[: ends[-1]] if ends and ends[-1] > limit // 3 else cut.rsplit(" ", 1)[0]


class _Sections(html.parser.HTMLParser):
    """Collects (heading, paragraphs, skipped code) of a page; a paragraph that leads into code, a list or a table is left out."""

    SKIP = {"pre", "table", "script", "style", "nav", "dl", "ul", "ol", "aside", "footer", "header", "code-block"}
    VOID = {"br", "img", "hr", "meta", "link", "input", "col", "wbr"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.sections, self._buffer, self._mode, self._skip, self._stack = [], [], None, 0, []

    def handle_starttag(self, tag, attrs):
        if tag in self.VOID:
            return
        kind = dict(attrs).get("class") or ""
        skipped = tag in self.SKIP or re.search(r"highlight|admonition|toctree|sidebar|sphinxsidebar|related|versionmodified-box", kind)
        if self._skip or (skipped and tag != "span"):
            if tag in self.SKIP or tag == "div":
                self._drop_lead_in()
            if tag == "pre" and self.sections:
                self.sections[-1][2].append(tag)
            self._skip += 1
        elif re.fullmatch(r"h[1-6]", tag):
            self._mode, self._buffer = "h", []
        elif tag == "p":
            self._mode, self._buffer = "p", []
        elif tag == "a" and "headerlink" in kind:
            self._skip = 1
        self._stack.append(tag)

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        if self._skip:
            self._skip -= 1
        elif re.fullmatch(r"h[1-6]", tag):
            self.sections.append((tidy("".join(self._buffer)), [], []))
            self._mode = None
        elif tag == "p" and self._mode == "p":
            text = tidy("".join(self._buffer))
            if text and self.sections:
                self.sections[-1][1].append(text)
            self._mode = None

    def handle_data(self, data):
        if self._mode and not self._skip:
            self._buffer.append(data)

    def _drop_lead_in(self):
        if self.sections and self.sections[-1][1] and self.sections[-1][1][-1].endswith(":"):
            self.sections[-1][1].pop()


def html_sections(page):
    """The (heading, paragraphs, code blocks left out) of an HTML page: running prose only."""
    parser = _Sections()
    parser.feed(page)
    parser.close()
    return parser.sections
