# Mathematics as tokens of kind, text and whether a blank stands before.

_NOTATION = RULES["expression"]
_MAX_EXPRESSION_CHARS = _NOTATION["max_chars"]
_MAX_NUMERAL = _NOTATION["max_digits"]
_MAX_LETTERS = _NOTATION["max_letters"]
_REPLACED = _NOTATION["replaced"]
_COMMAND_TOKENS = {name: (kind, text) for name, kind, text in _NOTATION["commands"]}
_SIGN_TOKENS = {sign: (kind, text) for sign, kind, text in _NOTATION["signs"]}
_ESCAPED_TOKENS = {sign: (kind, text) for sign, kind, text in _NOTATION["escaped"]}
_WORD_TOKENS = {word: (kind, text) for word, kind, text in _NOTATION["words"]}
_FUNCTIONS = _NOTATION["functions"]
_FUNCTION_NAMES = {}
for _name, _function in _FUNCTIONS:
    _FUNCTION_NAMES.setdefault(_name, _function)
_GREEK_NAMES = {}
for _name, _sign in _NOTATION["greek"]:
    _GREEK_NAMES.setdefault(_name, _sign)
_GREEK_SIGNS = frozenset(sign for _, sign in _NOTATION["greek"])
_MATH_UNITS = frozenset(_NOTATION["units"])
_ENVIRONMENTS = frozenset(_NOTATION["environments"])
_DRESS = _NOTATION["dress"]
_VECTORS = _NOTATION["vectors"]
_LETTER_RUN = re.compile("[A-Za-z]*")
_DIGIT_RUN = re.compile("[0-9]*")
_NUMERAL_RUN = re.compile("[0-9.]*")
_WORD_RUN = re.compile("[0-9A-Za-z]*")
_PRIME_MARKS = re.compile("'*")
_BLANK_RUN = re.compile(" *")
_SET_BEHIND = re.compile(r" *[\[({]")
_UNITS_BEHIND = re.compile(r"[0-9A-Za-z ^{}/*-]*\Z")
_FUNCTION_RUN = re.compile("|".join(name for name, _ in _FUNCTIONS))


class _Unread(Exception):
    """A text that is no readable expression: malformed, or in a notation that is not read."""

    def __init__(self, malformed):
        super().__init__()
        self.malformed = malformed


def _lex(text):
    if len(text) > _MAX_EXPRESSION_CHARS:
        raise _Unread(True)
    for old, new in _REPLACED:
        text = text.replace(old, new)
    lexer = _Lexer(_with_turned_brackets(text))
    while lexer.next < len(lexer.text):
        lexer.step()
    return lexer.tokens


def _with_turned_brackets(text):
    """"]0, 1[" is "(0, 1)" to some."""
    text = text.strip(" ")
    if len(text) < 2 or text.count("[") + text.count("]") != 2 or "," not in text:
        return text
    if text[0] not in "[]" or text[-1] not in "[]":
        return text
    return ("(" if text[0] == "]" else text[0]) + text[1:-1] + (")" if text[-1] == "[" else text[-1])


class _Lexer:
    def __init__(self, text):
        self.text, self.next, self.depth, self.spaced, self.tokens = text, 0, 0, False, []
        self.has_vectors = any(command in text for command in _VECTORS)

    def peek(self):
        return self.text[self.next] if self.next < len(self.text) else ""

    def take(self, run):
        found = run.match(self.text, self.next)
        self.next = found.end()
        return found.group()

    def push(self, kind, text):
        if kind == "open":
            self.depth += 1
        elif kind == "close":
            self.depth = max(self.depth - 1, 0)
        self.tokens.append((kind, text, self.spaced))
        self.spaced = False

    def step(self):
        ch = self.peek()
        if ch in "0123456789.":
            return self.number()
        if ch.isascii() and ch.isalpha():
            return self.letters()
        self.next += 1
        if ch in " ~":
            self.spaced = True
        elif ch == "\\":
            self.command()
        elif ch in "<>!" and self.peek() == "=":
            self.next += 1
            self.push("relation", {"<": "≤", ">": "≥", "!": "≠"}[ch])
        elif ch == "-" and self.peek() == ">":
            self.next += 1
            self.push("relation", "→")
        elif ch in _SIGN_TOKENS:
            self.push(*_SIGN_TOKENS[ch])
        elif ch in _GREEK_SIGNS:
            self.name(ch)
        else:
            raise _Unread(True)

    def number(self):
        written = self.take(_NUMERAL_RUN)
        if written == "...":
            return self.push("ellipsis", "")
        if written.startswith(".") and len(written) > 1:
            written = "0" + written
        if len(written) <= 3 and not written.startswith("0") and "." not in written:
            group = self.group_of_digits()
            while group is not None:
                written += group
                group = self.group_of_digits()
        whole, _, fraction = written.partition(".")
        if not whole or "." in fraction or len(written) > _MAX_NUMERAL:
            raise _Unread(True)
        self.push("number", written if self.peek() == "\\" else written.rstrip("."))

    def group_of_digits(self):
        """The next three digits of a number such as "12,000"."""
        group = self.text[self.next + 1 : self.next + 4]
        behind = self.text[self.next + 4 : self.next + 5]
        if self.depth or self.peek() != "," or len(group) != 3 or not _is_digits(group):
            return None
        if (behind and _is_digits(behind)) or ", " in self.text:
            return None
        self.next += 1
        return self.take(_NUMERAL_RUN)

    def letters(self):
        start = self.next
        run = self.take(_LETTER_RUN)
        if run in _WORD_TOKENS:
            if _WORD_TOKENS[run][0] == "unread":
                raise _Unread(True)
            return self.push(*_WORD_TOKENS[run])
        if run in _GREEK_NAMES:
            return self.name(_GREEK_NAMES[run])
        if run == "U" and self.tokens and self.tokens[-1][0] == "close" and _SET_BEHIND.match(self.text, self.next):
            return self.push("set_sign", "∪")
        if len(run) > 1 and self.spaced and self.tokens and run in _MATH_UNITS and run not in _FUNCTION_NAMES:
            if _UNITS_BEHIND.match(self.text, self.next):
                return self.push("unit", run)
        self.next, end, num_letters = start, start + len(run), 0
        while self.next < end:
            found = _FUNCTION_RUN.match(self.text, self.next, end)
            if found:
                self.next = found.end()
                self.function(_FUNCTION_NAMES[found.group()])
            elif self.text.startswith("pi", self.next, end):
                self.next += 2
                self.name("π")
            else:
                num_letters += 1
                self.next += 1
                self.name(self.text[self.next - 1])
        if num_letters > _MAX_LETTERS:
            raise _Unread(True)

    def name(self, letter):
        suffix = self.subscript()
        is_argument = bool(self.tokens) and self.tokens[-1][0] in ("frac", "root")
        digits = "" if suffix or is_argument else self.take(_DIGIT_RUN)
        if digits and letter in ("e", "i", "π"):
            raise _Unread(False)
        self.push("name", letter + suffix + ("_" + digits if digits else ""))

    def function(self, name):
        subscript = self.subscript()
        digits = _DIGIT_RUN.match(self.text, self.next).group()
        behind = self.text[self.next + len(digits) : self.next + len(digits) + 1]
        if name == "log" and not subscript and digits and behind in ("(", " ", "{"):
            self.next += len(digits)
            subscript = "_" + digits
        self.push("function", name + subscript)

    def command(self):
        name = self.take(_LETTER_RUN)
        if not name:
            return self.escaped()
        if name in _GREEK_NAMES:
            return self.name(_GREEK_NAMES[name])
        if name not in _COMMAND_TOKENS:
            if name in _FUNCTION_NAMES:
                return self.function(_FUNCTION_NAMES[name])
            raise _Unread(False)
        kind, text = _COMMAND_TOKENS[name]
        if kind == "unread":
            raise _Unread(False)
        if kind == "text":
            self.upright()
        elif kind == "mark":
            self.marked(text)
        elif kind in ("begin", "end"):
            self.environment(kind)
        elif kind == "name":
            self.name(text)
        elif name == "times" and self.has_vectors and not (self.tokens and self.tokens[-1][0] == "number"):
            # The product of two vectors is another one in the other order.
            raise _Unread(False)
        elif text == "*" and self.tokens and self.tokens[-1][1] == "∇":
            # Gradient, divergence and curl are three things.
            raise _Unread(False)
        elif kind != "skip":
            self.push(kind, text)

    def escaped(self):
        if self.next >= len(self.text):
            raise _Unread(True)
        ch = self.peek()
        self.next += 1
        kind, text = _ESCAPED_TOKENS.get(ch, ("unread", ""))
        if kind == "skip":
            self.spaced = True
        elif kind == "unread":
            raise _Unread(False)
        else:
            self.push(kind, text)

    def upright(self):
        """Upright text: a unit, a word, or letters like any others."""
        self.take(_BLANK_RUN)
        if self.peek() != "{":
            return
        start = self.next
        inner = _trim(self.braced())
        if inner in _MATH_UNITS:
            self.spaced = True
            return self.push("unit", inner)
        is_letter = len(inner) == 1 and inner.isascii() and inner.isalpha()
        if inner in _WORD_TOKENS or inner in _FUNCTION_NAMES or is_letter:
            end = self.next
            self.next = start + 1
            self.take(_BLANK_RUN)
            self.letters()
            self.next = end
            self.spaced = True
        elif inner:
            raise _Unread(False)

    def marked(self, mark):
        """A mark over letters makes another name of them; over the digits of a decimal it repeats them."""
        self.take(_BLANK_RUN)
        if self.peek() == "{":
            inner = self.braced().replace(" ", "")
        else:
            inner = self.peek()
            self.next += 1
        inner = inner.replace("\\imath", "i").replace("\\jmath", "j")
        if not inner:
            raise _Unread(True)
        if mark == "^" and inner in ("i", "j", "k"):
            return self.name(inner)
        after_number = bool(self.tokens) and self.tokens[-1][0] == "number"
        if after_number and not self.spaced and len(inner) <= 9 and _is_digits(inner):
            return self.push("repeating", inner)
        if not (inner.isascii() and inner.isalpha()):
            raise _Unread(False)
        self.name(mark + inner)

    def environment(self, kind):
        if self.peek() != "{":
            raise _Unread(True)
        name = self.braced()
        if name not in _ENVIRONMENTS:
            raise _Unread(False)
        if name == "array" and kind == "begin" and self.peek() == "{":
            self.braced()
        self.push(kind, name)

    def subscript(self):
        """Primes and a subscript belong to the name before them."""
        suffix = self.take(_PRIME_MARKS)
        if self.peek() != "_":
            return suffix
        self.next += 1
        if self.peek() == "{":
            inner = self.braced().replace(" ", "")
        elif self.peek() == "\\":
            self.next += 1
            inner = "\\" + self.take(_LETTER_RUN)
        else:
            inner = self.take(_DIGIT_RUN) or self.take(_WORD_RUN)
        for dress in _DRESS:
            inner = inner.replace(dress, "")
        if not inner:
            raise _Unread(True)
        return suffix + "_" + inner + self.take(_PRIME_MARKS)

    def braced(self):
        """What stands between an opening brace and its closing one."""
        self.next += 1
        start, depth = self.next, 1
        while self.next < len(self.text):
            ch = self.text[self.next]
            self.next += 1
            depth += (ch == "{") - (ch == "}")
            if not depth:
                return self.text[start : self.next - 1]
        raise _Unread(True)
