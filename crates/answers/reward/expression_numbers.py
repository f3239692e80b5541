# Numbers with error bounds in whole-number arithmetic: (mid, rad, exp) for all from (mid - rad) * 2**exp to
# (mid + rad) * 2**exp. None stands for no value. Every step is that of the Rust checker, bit for bit.

_RADIUS_BITS = 32
_MAX_EXP = 1 << 40
_STORED_BITS = 704
_SPARE_BITS = 64
_BALL_ZERO = (0, 0, 0)
_BALL_ONE = (1, 0, 0)


def _shift(value, by):
    return value << by if by >= 0 else value >> -by


def _machin(terms, hyperbolic):
    total = 0
    for factor, below in terms:
        term, odd, sign = (1 << (_STORED_BITS + 32)) // below, 1, factor
        while term:
            total += term // odd * sign
            term //= below * below
            odd += 2
            sign = sign if hyperbolic else -sign
    return total >> 32


_STORED_PI = _machin([(16, 5), (-4, 239)], False)
_STORED_LN_2 = _machin([(18, 26), (-2, 4801), (8, 8749)], True)


def _rounded(mid, rad, exp, bits):
    """A ball with its digits cut to a number of bits."""
    extra = max(mid.bit_length() - bits, rad.bit_length() - _RADIUS_BITS, 0)
    if abs(exp) > _MAX_EXP:
        return None
    if not extra:
        return mid, rad, exp
    cut = mid >> extra
    if rad or cut << extra != mid:
        rad = (rad >> extra) + 2
    return cut, rad, exp + extra


def _contains_zero(ball):
    return abs(ball[0]) <= ball[1]


def _is_positive(ball):
    return ball[0] > ball[1]


def _is_below_zero(ball):
    return -ball[0] > ball[1]


def _top(ball):
    """The power of two above every member's magnitude."""
    mid, rad, exp = ball
    return (abs(mid) + rad).bit_length() + exp if mid or rad else -_MAX_EXP * 4


def _to_whole(ball):
    mid, rad, exp = ball
    if rad or _top(ball) > 40:
        return None
    if not mid:
        return 0
    # Below one: moving the digits there and back would write out every one of them.
    if -exp >= mid.bit_length():
        return None
    whole = _shift(mid, exp)
    return whole if _shift(whole, -exp) == mid else None


def _negated(ball):
    return -ball[0], ball[1], ball[2]


def _plus(left, right, bits):
    if not (left[0] or left[1]):
        return right
    if not (right[0] or right[1]):
        return left
    high, low = (left, right) if left[2] >= right[2] else (right, left)
    gap = high[2] - low[2]
    if gap > 3 * bits and _top(low) <= high[2]:
        return high[0], high[1] + 1, high[2]
    if gap > 16 * bits:
        return None
    return _rounded((high[0] << gap) + low[0], (high[1] << gap) + low[1], low[2], bits)


def _minus(left, right, bits):
    return _plus(left, _negated(right), bits)


def _times(left, right, bits):
    rad = 0
    if left[1]:
        rad += (abs(right[0]) + right[1]) * left[1]
    if right[1]:
        rad += abs(left[0]) * right[1]
    return _rounded(left[0] * right[0], rad, left[2] + right[2], bits)


def _scaled(ball, power):
    return ball[0], ball[1], ball[2] + power


def _inverted(ball, bits):
    mid, rad, exp = ball
    size = abs(mid)
    if size <= rad:
        return None
    places = size.bit_length() + bits + 8
    quotient, rest = divmod(1 << places, size)
    error = (rad << places) // (size * (size - rad)) + 2 if rad or rest else 0
    return _rounded(-quotient if mid < 0 else quotient, error, -places - exp, bits)


def _raised_to(ball, exponent, bits):
    result = _BALL_ONE
    while exponent > 0:
        if exponent % 2:
            result = _times(result, ball, bits)
            if result is None:
                return None
        exponent //= 2
        if exponent:
            ball = _times(ball, ball, bits)
            if ball is None:
                return None
    return result


def _magnitude(ball):
    mid, rad, exp = ball
    if abs(mid) > rad or not rad:
        return abs(mid), rad, exp
    return abs(mid) + rad, abs(mid) + rad, exp - 1


def _root_of(ball, bits):
    mid, rad, exp = ball
    if not (mid or rad):
        return ball
    if mid <= rad:
        return None
    places = max(2 * bits + 16 - mid.bit_length(), 0)
    places += (exp - places) % 2
    radicand = mid << places
    root = math.isqrt(radicand)
    error = 0
    if rad or root * root != radicand:
        error = (rad << places) // math.isqrt((mid - rad) << places) + 2
    return _rounded(root, error, (exp - places) // 2, bits)


def _pi_ball(bits):
    return _rounded(_STORED_PI >> (_STORED_BITS - bits - 8), 2, -bits - 8, bits)


def _fixed_radius(ball, places):
    """The radius in units of a fixed-point number, or None if it is above one."""
    if not ball[1]:
        return 0
    return _shift(ball[1], ball[2] + places) + 1 if ball[1].bit_length() + ball[2] <= 0 else None


def _exponential(ball, bits):
    if not (ball[0] or ball[1]):
        return _BALL_ONE
    if _top(ball) > 31:
        return None
    places = bits + _SPARE_BITS
    delta = _fixed_radius(ball, places)
    if delta is None:
        return None
    power, rest = divmod(_shift(ball[0], ball[2] + places), _STORED_LN_2 >> (_STORED_BITS - places))
    rest >>= 8
    total = term = 1 << places
    count = 1
    while term:
        term = (term * rest >> places) // count
        total += term
        count += 1
    for _ in range(8):
        total = total * total >> places
    return _rounded(total, (total * delta * 2 >> places) + 1 + (1 << 40), power - places, bits)


def _logarithm(ball, bits):
    mid, rad, exp = ball
    if mid <= rad:
        return None
    places, num_digits = bits + _SPARE_BITS, mid.bit_length()
    power = exp + num_digits - 1
    if not power and not rad and mid == 1 << -exp:
        return _BALL_ZERO
    fixed = _shift(mid, places - (num_digits - 1))
    one = 1 << places
    if fixed * 2 > one * 3:
        fixed >>= 1
        power += 1
    term = (abs(fixed - one) << places) // (fixed + one)
    square, total, odd = term * term >> places, 0, 1
    while term:
        total += term // odd
        term = term * square >> places
        odd += 2
    total = (-total if fixed < one else total) * 2 + (_STORED_LN_2 >> (_STORED_BITS - places)) * power
    delta = (rad << places) // (mid - rad) + 1 if rad else 0
    return _rounded(total, delta + 1024 + 2 * abs(power), -places, bits)


def _sine_cosine(ball, bits):
    if not (ball[0] or ball[1]):
        return _BALL_ZERO, _BALL_ONE
    if _top(ball) > 40:
        return None
    places = bits + _SPARE_BITS
    delta = _fixed_radius(ball, places)
    if delta is None:
        return None
    fixed = _shift(ball[0], ball[2] + places)
    quarter = (_STORED_PI >> (_STORED_BITS - places)) >> 1
    turns = (fixed + (quarter >> 1)) // quarter
    rest = fixed - turns * quarter
    square = rest * rest >> places
    sine = _series(abs(rest), 2, square, places)
    cosine = _series(1 << places, 1, square, places)
    if rest < 0:
        sine = -sine
    sine, cosine = ((sine, cosine), (cosine, -sine), (-sine, -cosine), (-cosine, sine))[turns % 4]
    rad = delta + 1024 + abs(turns)
    sine, cosine = _rounded(sine, rad, -places, bits), _rounded(cosine, rad, -places, bits)
    return None if sine is None or cosine is None else (sine, cosine)


def _series(term, count, square, places):
    total, sign = term, -1
    while term:
        term = (term * square >> places) // (count * (count + 1))
        total += term * sign
        sign, count = -sign, count + 2
    return total


def _arctangent(ball, bits):
    if not (ball[0] or ball[1]):
        return _BALL_ZERO
    if _top(ball) > 1:
        inverse = _inverted(ball, bits)
        rest = None if inverse is None else _arctangent(inverse, bits)
        if rest is None:
            return None
        quarter = _scaled(_pi_ball(bits), -1)
        return _minus(_negated(quarter) if _is_below_zero(ball) else quarter, rest, bits)
    places = bits + _SPARE_BITS
    delta = _fixed_radius(ball, places)
    if delta is None:
        return None
    one = 1 << places
    term = _shift(abs(ball[0]), ball[2] + places)
    for _ in range(3):
        term = (term << places) // (one + math.isqrt((one << places) + term * term))
    square, total, odd, sign = term * term >> places, 0, 1, 1
    while term:
        total += term // odd * sign
        term = term * square >> places
        sign, odd = -sign, odd + 2
    total <<= 3
    return _rounded(-total if ball[0] < 0 else total, delta + 4096, -places, bits)
