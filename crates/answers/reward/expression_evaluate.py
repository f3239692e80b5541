# The value of a tree with error bounds, of complex numbers where there are any.


class _NoValue(Exception):
    """Outside the domain, or not followed."""


def _sure(value):
    if value is None:
        raise _NoValue
    return value


def _is_turned(name, idx):
    """Whether a variable is below zero at a point: all are at the first of eight, and no two letters are at the same."""
    raw = name.encode("utf-8", "surrogatepass")
    code = raw[0] if len(raw) == 1 else _hash64(0, name) % 126 + 1
    turn = idx % 8
    return not turn or code >> (turn - 1) & 1 == 1


class _Evaluation:
    """A value is a pair of balls: the real part and the imaginary one, which is None for real numbers."""

    def __init__(self, bits, idx, log_10, is_complex, positive):
        self.bits, self.idx, self.log_10, self.is_complex, self.positive = bits, idx, log_10, is_complex, positive
        self.lossy = False

    def evaluate(self, node):
        try:
            return self.value(node)
        except _NoValue:
            return None

    def value(self, node):
        kind = node[0]
        if kind == "number":
            return self.numeral(node[1]), None
        if kind == "name":
            return self.named(node[1])
        if kind == "sum":
            return self.sum(node[1])
        if kind == "product":
            product = (_BALL_ONE, None)
            for factor in node[1]:
                product = self.multiply(product, self.value(factor))
            return product
        if kind == "negative":
            re_part, im_part = self.value(node[1])
            return _negated(re_part), im_part and _negated(im_part)
        if kind == "inverse":
            return self.invert(self.value(node[1]))
        if kind == "power":
            return self.power(node[1], node[2])
        if kind == "factorial":
            return self.factorial(_sure(_to_whole(self.real(node[1])))), None
        if kind == "call":
            return self.call(node[1], node[2])
        raise _NoValue

    def real(self, node):
        re_part, im_part = self.value(node)
        if im_part is not None:
            raise _NoValue
        return re_part

    def plus(self, left, right):
        return _sure(_plus(left, right, self.bits))

    def minus(self, left, right):
        return _sure(_minus(left, right, self.bits))

    def times(self, left, right):
        return _sure(_times(left, right, self.bits))

    def inverse(self, ball):
        return _sure(_inverted(ball, self.bits))

    def root(self, ball):
        return _sure(_root_of(ball, self.bits))

    def ln(self, ball):
        return _sure(_logarithm(ball, self.bits))

    def numeral(self, digits):
        whole, _, fraction = digits.partition(".")
        mantissa = (int(whole + fraction), 0, 0)
        if not fraction:
            return mantissa
        return self.times(mantissa, self.inverse(_sure(_raised_to((10, 0, 0), len(fraction), self.bits))))

    def named(self, name):
        if name == "π":
            return _pi_ball(self.bits), None
        if name == "e":
            return _exponential(_BALL_ONE, self.bits), None
        if name == "i":
            return _BALL_ZERO, _BALL_ONE
        if name in ("∞", "ℝ", "∅"):
            raise _NoValue
        return self.sample(name), None

    def sample(self, name):
        """The value of a variable: below one, then above zero, then of either sign, then whole."""
        random = _hash64(self.idx, name, self.idx)
        if _FIRST_WHOLE_POINT <= self.idx < _FAR_POINTS[0]:
            return (random >> 33) % (12 if self.idx < 24 else 90) + 1, 0, 0
        mantissa, power = (random >> 40) | 1, -24
        if self.idx >= 8:
            power = (-24, -23, -22, -20, -18, -12)[(random >> 8) % 6]
            if self.idx >= _FIRST_WHOLE_POINT:
                power = 20 if self.idx >= 34 else -8
            if not self.positive and _is_turned(name, self.idx):
                mantissa = -mantissa
        elif self.idx >= 4:
            power = (-24, -23, -22, -21)[(random >> 8) % 4]
        return mantissa, 0, power

    def sum(self, terms):
        total, tops = (_BALL_ZERO, None), []
        for term in terms:
            value = self.value(term)
            tops += [_top(part) for part in value if part is not None and not _contains_zero(part)]
            total = self.add(total, value)
        if tops and min(tops) < max(tops) - self.bits // 4:
            self.lossy = True
        return total

    def add(self, left, right):
        im_part = left[1] if right[1] is None else right[1]
        if left[1] is not None and right[1] is not None:
            im_part = self.plus(left[1], right[1])
        return self.plus(left[0], right[0]), im_part

    def multiply(self, left, right):
        (a, b), (c, d) = left, right
        if b is None and d is None:
            return self.times(a, c), None
        if d is None:
            return self.times(a, c), self.times(b, c)
        if b is None:
            return self.times(a, c), self.times(a, d)
        re_part = self.minus(self.times(a, c), self.times(b, d))
        return re_part, self.plus(self.times(a, d), self.times(b, c))

    def invert(self, value):
        re_part, im_part = value
        if im_part is None:
            return self.inverse(re_part), None
        square = self.inverse(self.plus(self.times(re_part, re_part), self.times(im_part, im_part)))
        return self.times(re_part, square), self.times(_negated(im_part), square)

    def power(self, base, exponent):
        if base == ("name", "e"):
            return self.exponential(self.value(exponent))
        value = self.value(base)
        ratio = _exact(exponent)
        if ratio is not None:
            return self.rational_power(value, ratio, exponent)
        whole = _to_whole(self.real(exponent))
        if whole is not None:
            return self.raised(value, whole)
        if value[1] is not None:
            raise _NoValue
        return self.real_power(value[0], exponent), None

    def rational_power(self, value, ratio, exponent):
        above, below = ratio
        if not (-(1 << 63) <= above < 1 << 63 and below < 1 << 63):
            raise _NoValue
        if below == 1:
            return self.raised(value, above)
        if below == 2:
            return self.raised(self.square_root(value), above)
        base, im_part = value
        if im_part is not None:
            raise _NoValue
        if _is_below_zero(base) and below % 2 and not self.is_complex:
            size = self.real_power(_negated(base), exponent)
            return (_negated(size) if above % 2 else size), None
        if base[:2] == (0, 0) and above > 0:
            return base, None
        return self.real_power(base, exponent), None

    def real_power(self, base, exponent):
        exponent = self.real(exponent)
        return self.exp(self.times(self.ln(base), exponent))

    def raised(self, base, exponent):
        if abs(exponent) > _MAX_NUMERIC_EXPONENT:
            raise _NoValue
        if exponent < 0:
            return self.raised(self.invert(base), -exponent)
        if not exponent and _contains_zero(base[0]) and (base[1] is None or _contains_zero(base[1])):
            raise _NoValue
        if base[1] is None:
            return _sure(_raised_to(base[0], exponent, self.bits)), None
        result = (_BALL_ONE, None)
        while exponent > 0:
            if exponent % 2:
                result = self.multiply(result, base)
            base = self.multiply(base, base)
            exponent //= 2
        return result

    def square_root(self, value):
        re_part, im_part = value
        if im_part is None:
            if not _is_below_zero(re_part):
                return self.root(re_part), None
            root = self.root(_negated(re_part))
            if not self.is_complex:
                raise _NoValue
            return _BALL_ZERO, root
        root = self.root(_scaled(self.plus(self.size(value), re_part), -1))
        return root, self.times(im_part, self.inverse(_scaled(root, 1)))

    def size(self, value):
        re_part, im_part = value
        if im_part is None:
            return _magnitude(re_part)
        return self.root(self.plus(self.times(re_part, re_part), self.times(im_part, im_part)))

    def watch(self, argument):
        """A tiny argument changes a function by less than can be seen."""
        if not _contains_zero(argument) and _top(argument) < -self.bits // 4:
            self.lossy = True

    def exp(self, argument):
        self.watch(argument)
        return _sure(_exponential(argument, self.bits))

    def exponential(self, exponent):
        re_part, im_part = exponent
        size = self.exp(re_part)
        if im_part is None:
            return size, None
        self.watch(im_part)
        sine, cosine = _sure(_sine_cosine(im_part, self.bits))
        return self.times(size, cosine), self.times(size, sine)

    def factorial(self, count):
        if not 0 <= count <= _MAX_FACTORIAL:
            raise _NoValue
        product, chunk = _BALL_ONE, 1
        for factor in range(2, count + 1):
            chunk *= factor
            if chunk >= 1 << 40 or factor == count:
                product, chunk = self.times(product, (chunk, 0, 0)), 1
        return product

    def call(self, name, arguments):
        if name == "binom" and len(arguments) == 2:
            above = self.real(arguments[0])
            return self.binomial(above, _sure(_to_whole(self.real(arguments[1])))), None
        if name in ("max", "min", "gcd", "lcm"):
            return _sure(self.extreme(name, arguments)), None
        if name == "log" and len(arguments) == 2:
            base = self.ln(self.real(arguments[0]))
            return self.times(self.ln(self.real(arguments[1])), self.inverse(base)), None
        if len(arguments) != 1:
            raise _NoValue
        if name in ("floor", "ceil"):
            return self.rounded(name, arguments[0]), None
        if name in ("Re", "Im") and not _is_constant(arguments[0]):
            raise _NoValue
        value = self.value(arguments[0])
        if name == "abs":
            return self.size(value), None
        if name == "Re":
            return value[0], None
        if name == "Im":
            return (_BALL_ZERO if value[1] is None else value[1]), None
        if value[1] is not None:
            raise _NoValue
        self.watch(value[0])
        return self.function(name, value[0]), None

    def binomial(self, above, count):
        if not 0 <= count <= _MAX_CHOSEN:
            raise _NoValue
        product = _BALL_ONE
        for less in range(count):
            product = self.times(product, self.minus(above, (less, 0, 0)))
        return self.times(product, self.inverse(self.factorial(count)))

    def extreme(self, name, arguments):
        found = None
        for argument in arguments:
            value = self.real(argument)
            if found is None:
                found = value
            elif name in ("gcd", "lcm"):
                left, right = _sure(_to_whole(found)), _sure(_to_whole(value))
                if not (0 < left <= 1 << 30 and 0 < right <= 1 << 30):
                    raise _NoValue
                divisor = math.gcd(left, right)
                found = (divisor if name == "gcd" else left // divisor * right, 0, 0)
            else:
                gap = _magnitude(self.minus(found, value))
                gap = gap if name == "max" else _negated(gap)
                found = _scaled(self.plus(self.plus(found, value), gap), -1)
        return found

    def rounded(self, name, argument):
        ratio = _exact(argument)
        if ratio is not None:
            return (ratio[0] // ratio[1] if name == "floor" else -(-ratio[0] // ratio[1])), 0, 0
        mid, rad, exp = ball = self.real(argument)
        if _top(ball) > 60:
            raise _NoValue
        if name == "floor":
            lower, upper = _shift(mid - rad, exp), _shift(mid + rad, exp)
        else:
            lower, upper = -_shift(rad - mid, exp), -_shift(-mid - rad, exp)
        if lower != upper:
            raise _NoValue
        return lower, 0, 0

    def function(self, name, x):
        bits = self.bits
        if name == "ln" or (name == "log" and not self.log_10):
            return self.ln(x)
        if name == "log":
            return self.times(self.ln(x), self.inverse(self.ln((10, 0, 0))))
        if name in ("sin", "cos", "csc", "sec", "tan", "cot"):
            return self.circular(name, *_sure(_sine_cosine(x, bits)))
        if name == "arctan":
            if _top(x) > bits // 4:
                raise _NoValue
            return _sure(_arctangent(x, bits))
        if name == "arcsin":
            return self.arcsine(x)
        if name == "arccos":
            return self.minus(_scaled(_pi_ball(bits), -1), self.arcsine(x))
        if name == "arccsc":
            return self.arcsine(self.inverse(x))
        if name == "arcsec":
            return self.minus(_scaled(_pi_ball(bits), -1), self.arcsine(self.inverse(x)))
        if name in ("sinh", "cosh", "tanh", "coth", "sech", "csch"):
            return self.hyperbolic(name, x)
        if name in ("arcsinh", "arccosh"):
            square = self.times(x, x)
            square = self.plus(square, _BALL_ONE) if name == "arcsinh" else self.minus(square, _BALL_ONE)
            return self.ln(self.plus(self.root(square), x))
        if name == "arctanh":
            ratio = self.times(self.plus(_BALL_ONE, x), self.inverse(self.minus(_BALL_ONE, x)))
            return _scaled(self.ln(ratio), -1)
        if name == "sgn" and (not _contains_zero(x) or x[:2] == (0, 0)):
            return ((x[0] > 0) - (x[0] < 0), 0, 0)
        raise _NoValue

    def circular(self, name, sine, cosine):
        if name == "sin":
            return sine
        if name == "cos":
            return cosine
        if name == "csc":
            return self.inverse(sine)
        if name == "sec":
            return self.inverse(cosine)
        if name == "tan":
            return self.times(sine, self.inverse(cosine))
        return self.times(cosine, self.inverse(sine))

    def arcsine(self, x):
        rest = self.minus(_BALL_ONE, self.times(x, x))
        if rest[:2] == (0, 0):
            right = _scaled(_pi_ball(self.bits), -1)
            return _negated(right) if _is_below_zero(x) else right
        return _sure(_arctangent(self.times(x, self.inverse(self.root(rest))), self.bits))

    def hyperbolic(self, name, x):
        if _top(x) > 5:
            raise _NoValue
        raised = _sure(_exponential(x, self.bits))
        lowered = self.inverse(raised)
        sinh, cosh = _scaled(self.minus(raised, lowered), -1), _scaled(self.plus(raised, lowered), -1)
        if name == "sinh":
            return sinh
        if name == "cosh":
            return cosh
        if name == "sech":
            return self.inverse(cosh)
        if name == "csch":
            return self.inverse(sinh)
        if name == "tanh":
            return self.times(sinh, self.inverse(cosh))
        return self.times(cosh, self.inverse(sinh))
