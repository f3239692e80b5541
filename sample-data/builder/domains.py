"""Says which of the ten domains a document belongs to, from its source's own metadata.

The rules read topic, title and description of a Wikipedia vital article and never its text, so that a
classifier trained on the text is not trained on the rule. A document that no rule claims gets None and is
used neither as a label nor counted as any domain: dropping it is better than guessing.
"""

import re

from .hand_labels import DROPPED, by_hand
from .names import ALL, CODING, COMMERCE, EDUCATION, MATH, MEDICINE, NATURAL, OTHER, SOCIAL, TECH, TRAVEL

__all__ = ["ALL", "wiki_domain"]

_EDUCATION = re.compile(
    r"^(?:education|school|university|teacher|curriculum|pedagogy|lesson|homework|exam|college|learning|literacy)$"
    r"|\b(?:public|private|national|collegiate|research|technical)\b.*\buniversit(?:y|ies)\b"
    r"|\b(?:academic|bachelor's|master's|doctoral|postgraduate|undergraduate)\b.*\b(?:degree|qualification|diploma)"
    r"|\beducation(?:al)? (?:institution|practice|plan|assessment|qualification|between|for)"
    r"|\b(?:primary|secondary|tertiary|higher|vocational|childhood|distance|military|sex|special|adult) education\b"
    r"|\b(?:kindergarten|preschool|public school|private school|boarding school|homeschooling|scholarship|student)\b"
    r"|stage of education|institution for the education|theory and practice of education|transmission of knowledge"
    r"|time where learning|process of acquiring new knowledge|helps others learn|ability to read and write"
    r"|collection of books, materials|library in|national library|research library|educator",
    re.I,
)
_COMMERCE = re.compile(
    r"\b(?:econom(?:y|ic|ics|ist)\b|compan(?:y|ies)|corporation|conglomerate|multinational|retail|bank\b|banking|currency"
    r"|monetary|money|tax\b|taxation|trade\b|trading|financ|stock\b|stocks|shares|market|invest|insurance|loan|mortgage"
    r"|debt|bankruptcy|business|commerc|industry\b|price|inflation|deflation|wage|unemployment|employ|labou?r market"
    r"|entrepreneur|accounting|goods and services|consumer|fiscal|pension|retirement fund|profit|budget|subsid|automaker"
    r"|automobile brand|real estate|credit|capitalis|property tax|layoff|shopping|sale of|sales|supply chain|franchise"
    r"|wealth|pyramid scheme|exchange of goods|exchange rate|brand\b|manufacturer)",
    re.I,
)
_NOT_COMMERCE = re.compile(
    r"magazine|newspaper|social media|law\b|legal|crime|war\b|language|political|philosoph|theor(?:y|ies) of (?:society|history)"
    r"|video game|slave|prostitut|people and|indigenous|psycholog|organi[sz]ed crime|union of|journal",
    re.I,
)
_CODING = re.compile(
    r"\b(?:programming|program(?:s)?\b|software|compiler|source code|operating system|database|algorithm|style sheet"
    r"|markup|data structure|computer science|query language|unix|linux|assembly language|file system|web browser"
    r"|computer file|character encoding|recursion|computability|turing|sorting|hash|data type|computational complexity"
    r"|object-oriented|debugg|version control|instructions a computer|machine code|scripting|html|css|javascript"
    r"|ascii|unicode|sql\b|artificial intelligence|machine learning|language model|open.source)",
    re.I,
)
_MEDICINE = re.compile(
    r"\b(?:disease|disorder|syndrome|infection|infectious|cancer|tumou?r|medical|medicine|medication|drug\b|surg|symptom"
    r"|health|therap|treatment|vaccin|hospital|injury|diagnos|patholog|clinical|nursing|pharma|an[ae]esth|antibiotic"
    r"|illness|pregnan|dental|dentist|epidemic|pandemic|blood vessel|pain\b|allerg|fever|diabetes|contracepti|abortion"
    r"|childbirth|psychiatr|mental (?:state|condition)|inflammation|deficiency|poison|first aid|transplant|human body"
    r"|physician|biopsy|x-ray|nutrition|obes|cardiac|stroke|asthma|prosthe|examination|ability to hear)",
    re.I,
)
_NOT_MEDICINE = re.compile(
    r"species|genus|family of|order of|phylum|plant|animal|fish|bird|insect|agency|cell\b|veterinar|magazine|class of", re.I
)
_ORGANISM = re.compile(
    r"\b(?:species|genus|genera|family|families|order|class|phylum|clade|suborder|subfamily|superfamily|infraorder|tribe"
    r"|breed|division|kingdom|domain|group|subclass|superorder|infraclass|taxon)\b.*\b(?:of|in|between|which)\b"
    r"|\b(?:mammal|bird|fish|insect|reptile|amphibian|plant|tree|fung|bacteri|crustacean|mollus|dinosaur|rodent|snake"
    r"|lizard|whale|shark|spider|beetle|algae|protein|enzyme|gene\b|genetic|cell\b|cells\b|organelle|evolution|ecolog"
    r"|molecul|organism|DNA|RNA|chromosome|metaboli|photosynth|biolog|ecosystem|biome|predat|symbio|botan|zoolog)",
    re.I,
)
_CITY = re.compile(
    r"\b(?:city|cities|capital|town|municipality|metropolis|national park|resort|archipelago|landmark|tourist|borough"
    r"|region of france|heritage site|world heritage|waterfall|beach)\b",
    re.I,
)
_COUNTRY = re.compile(
    r"\b(?:country|sovereign state|state (?:of|in)|province (?:of|in)|region (?:of|in)|autonomous|territory|republic"
    r"|subregion|federal subject|historical region|constituent)\b",
    re.I,
)
_EARTH = re.compile(
    r"\b(?:river|mountain|range|lake|sea\b|ocean|bay\b|gulf|desert|plateau|volcano|peak|strait|basin|glacier|rainforest"
    r"|reef|peninsula|canyon|plain|steppe|channel|body of (?:salt)?water|island arc|tectonic|continent|savanna|valley)\b",
    re.I,
)
_LIFESTYLE = re.compile(
    r"\b(?:sport|game|food|dish|drink|beverage|cuisine|cook|culinary|dessert|bread|cheese|sauce|meat|wine|beer|tea\b|coffee"
    r"|cloth|garment|footwear|dress|fashion|furniture|household|kitchen|home\b|hobby|recreation|leisure|toy\b|tournament"
    r"|league|martial art|race\b|racing|athletic|track and field|swim|skiing|ski\b|travel|touris|hotel|lodging|festival"
    r"|holiday|meal|utensil|dairy|candy|confection|pastry|soup|salad|spirit|vegetable|fruit|seasoning|spice|condiment"
    r"|cosmetic|perfume|jewel|room\b|amusement|museum|vacation|camping|outdoor|park\b|gymnastic|olympic|competition"
    r"|puzzle|cards?\b|dance|hat\b|worn|bathing|bath\b|pet\b|gambling|angling|sailing|climbing)",
    re.I,
)
_NOT_LIFESTYLE = re.compile(r"wool|transport|sexual|marriage|sex\b|relationship|gender|stage of life|human life|video.game (?:series|character)|media franchise", re.I)
_SOCIAL = re.compile(
    r"\b(?:law\b|legal|crime|criminal|court|politic|government|governance|state\b|democra|constitution|parliament|election"
    r"|voting|rights|treaty|diplom|intergovernmental|international organi|language|linguist|grammar|phonolog|speech"
    r"|writing system|alphabet|script\b|ethnic|people|peoples|tribe|society|social|sociolog|psycholog|emotion|cognitive"
    r"|behavio|anthropolog|archaeolog|war\b|warfare|military|ideology|monarch|republic|nation|citizen|refugee|migration"
    r"|colonial|empire|police|prison|justice|civil|terror|propaganda|revolution|slavery|feminis|racis|family|kinship"
    r"|dialect|vocabular|word\b|clause|feeling|perception|memory|personality|mental process|human need|treat(?:y|ies))",
    re.I,
)
_TECH = re.compile(
    r"\b(?:engine|engineering|machine|device|vehicle|aircraft|ship\b|warship|boat|weapon|gun\b|rifle|missile|bomb|tool\b"
    r"|instrument|electronic|electric|component|circuit|semiconductor|computer|telecommunication|network|internet|radio"
    r"|television|telephone|satellite|spacecraft|space (?:station|agency|probe|telescope)|rocket|bridge|tunnel|dam\b|canal"
    r"|railway|train|locomotive|road\b|highway|car\b|automobile|bicycle|engineered|structure|construction|building"
    r"|architectural element|material|metalwork|steel|alloy|textile|fabric|plastic|glass|ceramic|concrete|manufactur"
    r"|industrial|process(?:ing)?\b|power plant|power station|energy|generator|turbine|pump|battery|nuclear|telescope"
    r"|microscope|camera|optical|printing|technolog|robot|sensor|laser|navigation|transport|appliance|fuel|explosive"
    r"|armou?r|fortif|valve|gear|lever|wheel|lathe|drill|saw\b|knife|clock|watch\b|storage|display|antenna|encryption)",
    re.I,
)
_ARTIST = re.compile(
    r"\b(?:poet|novelist|writer|author|playwright|dramatist|painter|sculptor|composer|musician|singer|actor|actress"
    r"|film(?:maker| director)|director|artist|architect|dancer|choreographer|conductor|pianist|violinist|band\b|rapper"
    r"|philosopher|theologian|saint|pope|prophet|bishop|cardinal|monk|mystic|rabbi|guru|religious|apostle|cartoonist)",
    re.I,
)
_RULER = re.compile(
    r"\b(?:president|prime minister|king\b|queen\b|emperor|empress|politician|statesman|ruler|chancellor|revolutionary"
    r"|general\b|military|sultan|pharaoh|caliph|monarch|tsar|leader of|dictator|admiral|activist|diplomat|conqueror"
    r"|shah|khan|leader|consort|commander|historian|sociologist|psychologist|anthropologist|linguist|jurist|duke|prince)",
    re.I,
)
_NOT_TECH = re.compile(
    r"farm|crop|agricultur|plant|animal|calendar|craft|textile art|medical|surg|heart|food|household"
    r"|company|clean|breed|disease|nanotech|biotech|dye\b|wool|world wide web|computer architecture|prosthe"
    r"|archaeolog|body armor|shield|alchem",
    re.I,
)
_NOT_OTHER = re.compile(
    r"architect|building|museum|palace|video game|social|politic|econom|law\b|psycholog|logic|\bscien|natur"
    r"|hypothes|reduction|industrial|design|mummy|mathemat|algebra|skeleton|origami",
    re.I,
)
_NOT_HISTORY = re.compile(
    r"religio|art\b|disease|epidemic|pandemic|econom|trade|city|ship|scien|technolog|dating|earthquake"
    r"|tsunami|crash|company|history of (?:biology|physics|chemistry|mathematics|medicine)",
    re.I,
)


def _people(desc):
    artist, ruler = _ARTIST.search(desc), _RULER.search(desc)
    if re.search(r"physic|chemi|astronom|biolog|natural|mathem|scien|engineer|econom|business|inventor|lexicograph|architect"
                 r"|boxer|athlete|player|explorer|businessman|polymath|legendary|reformer|abolitionist", desc, re.I):
        return None
    if artist and not ruler:
        return OTHER
    return SOCIAL if ruler and not artist else None


def _geography(title, desc):
    if _EARTH.search(desc) and not _CITY.search(desc) and not _COUNTRY.search(desc):
        return NATURAL
    if _CITY.search(desc) and not _EARTH.search(desc) and not re.search(r"\bcountry\b|sovereign state|archipelago|island", desc, re.I):
        return TRAVEL
    if re.search(r"\bcountry\b|sovereign state|historical region", desc, re.I) and not _CITY.search(desc):
        return SOCIAL
    return None


def _society(title, desc):
    both = f"{title} | {desc}"
    if _EDUCATION.search(desc) or _EDUCATION.search(title):
        return EDUCATION
    if re.search(r"magazine|newspaper|broadcaster|holiday|festival|religio|holy|fast", desc, re.I):
        return None
    if _COMMERCE.search(both) and not _NOT_COMMERCE.search(desc):
        return COMMERCE
    if _SOCIAL.search(both) and not _COMMERCE.search(both):
        return SOCIAL
    return None


def _biology(title, desc):
    organism = _ORGANISM.search(desc)
    if _MEDICINE.search(f"{title} | {desc}") and not _NOT_MEDICINE.search(desc):
        return MEDICINE
    if organism and not _MEDICINE.search(f"{title} | {desc}") and not re.search(r"food|fruit|vegetable|edible|spice|crop", desc, re.I):
        return NATURAL
    return None


def _technology(title, desc):
    both = f"{title} | {desc}"
    if _CODING.search(both):
        return CODING
    if _NOT_TECH.search(both):
        return None
    return TECH if _TECH.search(both) else None


def _mathematics(title, desc):
    if re.search(r"comput|algorithm|turing|sorting|automat|cipher|cryptograph|linear programming|game theory|data ", f"{title} {desc}", re.I):
        return None
    return MATH


def _uncategorized(title, desc):
    """The level-three articles, which the package leaves without a topic: every rule gets a say, one must win."""
    both = f"{title} | {desc}"
    if re.search(r"\(.*\d{3,4}.*\)", desc) and _people(desc):
        return _people(desc)
    if re.search(r"mathematician|physicist|scientist|polymath|chemist|astronomer|inventor|engineer\b", desc, re.I):
        return None
    claims = []
    if re.search(r"\bnumber|geometr|algebra|mathemat|equation|calculus|statistic|polygon|integer|shape with", both, re.I):
        claims.append(MATH)
    if _EDUCATION.search(both):
        claims.append(EDUCATION)
    if re.search(r"^(?:country|island country|archipelagic country|capital|city|largest city|most populous city|.*city in)\b", desc, re.I):
        claims.append(TRAVEL if re.search(r"capital|city", desc, re.I) else SOCIAL)
    if re.search(r"disease|\bmedic|disorder|infection|health|vaccin|surg|tooth|teeth", both, re.I):
        claims.append(MEDICINE)
    if re.search(r"chemical element|particle|\bphysics?\b|geolog|astronom|planet|star\b|animal|mammal|species|phylum|molecul|chemi"
                 r"|\batom|weather|electromagnetic|order of|class of|biolog|\bocean|\briver\b|\bmountain|\bdesert\b|organism", both, re.I):
        claims.append(NATURAL)
    if re.search(r"econom|tax|money|currency|trade\b|compan|bank|market", both, re.I):
        claims.append(COMMERCE)
    if re.search(r"\bsport|\bfood|\bdrink|beverage|cuisine|\bgame\b|cloth|garment|\bdish", both, re.I):
        claims.append(TRAVEL)
    if re.search(r"religio|deity|\bchristian|buddh|islam|music|paint|literature|philosoph|theatre|sculpt|\barts?\b|\bgod\b|\bfilm", both, re.I):
        claims.append(OTHER)
    if re.search(r"language|empire|war\b|politic|government|law\b|revolution|rights|dynasty|civilization|european history|ideolog", both, re.I):
        claims.append(SOCIAL)
    if re.search(r"engine\b|machine|vehicle|device|weapon|technolog|electronic|engineering|metalwork", both, re.I):
        claims.append(TECH)
    if re.search(r"programming|software|algorithm|computer science", both, re.I):
        claims.append(CODING)
    return claims[0] if len(claims) == 1 else None


def _everyday(title, desc):
    both = f"{title} | {desc}"
    if _EDUCATION.search(both):
        return EDUCATION if not re.search("sex", both, re.I) else None
    if _NOT_LIFESTYLE.search(both):
        return None
    return TRAVEL if _LIFESTYLE.search(both) else None


def _physical(title, desc):
    both = f"{title} | {desc}"
    if re.search(r"unit of|units|calendar|information|time zone|drug|medic|fuel|engine|instrument|research|plastic|alloy|telescope"
                 r"|spacecraft|probe|mission|vehicle|museum|software|comput|mathemat|weapon|device", both, re.I):
        return None
    return NATURAL


def wiki_domain(topic, title, desc):
    """The domain of a Wikipedia vital article, or None where its metadata leaves a doubt."""
    title, desc = title or "", desc or ""
    given = by_hand(title)
    if given:
        return None if given is DROPPED else given
    if topic == "People":
        return _people(desc)
    if topic in ("Arts", "Philosophy and religion"):
        return None if _NOT_OTHER.search(f"{title} {desc}") else OTHER
    if topic == "History":
        return None if _NOT_HISTORY.search(f"{title} {desc}") else SOCIAL
    rule = {
        "Geography": _geography, "Society and social sciences": _society, "Biology and health sciences": _biology,
        "Technology": _technology, "Mathematics": _mathematics, "Uncategorized": _uncategorized,
        "Everyday life": _everyday, "Physical sciences": _physical,
    }.get(topic)
    return rule(title, desc) if rule else None
