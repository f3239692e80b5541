# The little LaTeX that stands inside plain answers.

_TEXT_COMMAND = re.compile(RULES["latex"]["text_command"])
_PLAIN = RULES["latex"]["plain"]


def _plain(text):
    """Rewrites LaTeX spellings of plain text; text without a backslash or brace comes back as it is."""
    if "\\" not in text and "{" not in text:
        return text
    rewritten = _TEXT_COMMAND.sub(lambda found: " " + found.group(1) + " ", text)
    for spelling, plain in _PLAIN:
        rewritten = rewritten.replace(spelling, plain)
    return " ".join(_words(rewritten))
