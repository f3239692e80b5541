"""Takes running prose out of MediaWiki markup; a sentence that leaned on markup it cannot read is dropped."""

import bz2
import html
import re

from .text import tidy, whole, words

_HOLE = "\ufffc"
_GONE = re.compile(r"^(?:efn|refn?|sfn|cite|cn|fact|citation|clarify|when|who|by whom|which|page needed|see also|main|further|anchor"
                   r"|better source|dubious|according|r$|rp|update|failed|vague|harv|not a typo|cn$|main article|portal|short)", re.I)


_UNITS = {"km": "km", "mi": "miles", "m": "m", "ft": "feet", "in": "inches", "cm": "cm", "mm": "mm", "kg": "kg", "lb": "pounds",
          "km2": "square kilometres", "sqmi": "square miles", "acre": "acres", "ha": "hectares", "nmi": "nautical miles",
          "mph": "miles per hour", "km/h": "km/h", "C": "°C", "F": "°F"}


def articles(dump):
    """The (title, markup) of each article of a bz2 dump that is neither a redirect nor a list."""
    text = bz2.decompress(dump).decode("utf-8")
    for page in re.findall(r"<page>(.*?)</page>", text, re.S):
        title, body = re.search(r"<title>(.*?)</title>", page), re.search(r"<text[^>]*>(.*?)</text>", page, re.S)
        if title and body and not body[1].lower().startswith("#redirect") and not re.search(r"List of|disambiguation", title[1]):
            yield html.unescape(title[1]), html.unescape(body[1])


def sections(markup):
    """The (heading, text) of each section whose paragraphs are prose; the lead's heading is empty."""
    markup = re.sub(r"<!--.*?-->", "", markup, flags=re.S)
    markup = re.sub(r"<ref[^>/]*/>|<ref.*?</ref>", "", markup, flags=re.S)
    markup = re.sub(r"<(math|chem|score|sub|sup|gallery|code|syntaxhighlight)[^>]*>.*?</\1>", _HOLE, markup, flags=re.S)
    markup = re.sub(r"\{\|.*?\n\|\}", "", _templates(markup), flags=re.S)
    heading = ""
    for part in re.split(r"^(={2,}[^=\n]+={2,})\s*$", markup, flags=re.M):
        if part.startswith("=="):
            heading = tidy(part.strip("= "))
            continue
        lines = "\n".join(map(_paragraph, part.split("\n")))
        paragraphs = [tidy(p) for p in re.split(r"\n\s*\n", lines)]
        text = "\n\n".join(p for p in paragraphs if p and not p.endswith(":"))
        if 60 <= words(text) <= 450 and whole(text) and _HOLE not in heading:
            yield heading, text


def _templates(markup):
    """The markup with templates resolved from the inside out: to their text, to nothing, or to a hole."""
    for _ in range(12):
        found = re.sub(r"\{\{([^{}]*)\}\}", lambda m: _template(m[1]), markup)
        if found == markup:
            break
        markup = found
    return markup


def _template(inside):
    name, *rest = [p.strip() for p in inside.split("|")]
    if name.lower() in ("convert", "cvt") and len(rest) >= 2 and rest[1] in _UNITS and re.fullmatch(r"[\d.,]+", rest[0]):
        return f"{rest[0]} {_UNITS[rest[1]]}"
    if name.lower() in ("lang", "transl") and len(rest) >= 2:
        return rest[1]
    if name.lower() in ("nowrap", "nobr", "ship", "em") and len(rest) == 1:
        return rest[0]
    if name.lower() in ("snd", "spnd", "ndash", "spaced ndash"):
        return " \u2013 "
    return "" if _GONE.match(name) else _HOLE


def _paragraph(line):
    """One line of markup as prose; empty where it is a list, a table, a file or a caption."""
    line = re.sub(r"\[\[(?:File|Image|Category):.*?\]\](?=\s|$|[^\]])", "", line, flags=re.I)
    if re.match(r"\s*(?:[*#:;|!{}<=]|\[\[(?:File|Image))", line) or line.strip().strip(_HOLE) == "":
        return ""
    line = re.sub(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]", r"\1", line)
    line = re.sub(r"\[https?://\S+ ([^\]]*)\]", r"\1", line)
    line = re.sub(r"'{2,}|</?\w+[^>]*>", "", line).lstrip(_HOLE)
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z\"])", tidy(line))
    return " ".join(s for s in sentences if not re.search(f"{_HOLE}|\\[\\[|http|\\]\\]|\\|", s) and not s[:1].islower())
