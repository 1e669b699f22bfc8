"""One-sided limits of derivatives with hundreds of digits: the expected derivatives at kinks, ties and the ends of domains.

A row is evaluated in the backend MP, which calls mpmath for each entry. A new row needs nothing here. No partial derivative of the row
is used: derivatives near a point are central differences of its values, which are exact with so many digits. The limit follows from
three points that approach the one in question.
"""

import functools
import itertools
import math
import os

import mpmath
import numpy as np

from autograd.backends.backend import Backend

# Minus the decimal exponents of the distances at which derivatives are evaluated. Each is the double of the one before, so that
# log(distance) doubles too and is seen to diverge. Twice as large exponents would need twice as many digits.
EXPONENTS = (10, 20, 40)

# Minus the decimal exponent of the step of a difference, relative to the distance from the point. The truncation error is relative to
# the square of the step, 1e-30. Twice as much would need 45 more digits for third derivatives.
STEP_EXPONENT = 15

# Digits that remain after three divisions by the smallest step. Twice as many would only take longer.
SPARE_DIGITS = 60

# A sequence diverges if its last number is larger than the first of these and each number is larger than the one before by the
# factors. log(distance), the slowest divergence in the table, reaches 92 with factors of 2. With a doubled minimum of 100, and with
# doubled factors, it would count as a sequence without limit.
DIVERGENT_MINIMUM = 50.0
DIVERGENT_FACTOR = 1.4
FIRST_DIVERGENT_FACTOR = 1.9 / 1.4

# A sequence tends to 0 if each number is smaller than the one before by this factor. A power of the distance is, if the exponent is
# at least 0.03. At 1.0 every decreasing sequence would count.
VANISHING_FACTOR = 0.5

# A number below this counts as 0: it is far below the smallest normal double, 2e-308.
SMALLEST = 1e-320

# Two numbers are the same limit if they differ by no more than this, relatively. Functions that approach their limit like the square
# root of the distance differ by 1e-10. Doubling it has no effect.
SAME_LIMIT = 1e-8

# A finite limit above this may be infinite in double precision, since intermediate results overflow at 1.8e308.
NEAR_OVERFLOW = 1e300

# How far a derivative may be outside of its limits, relative to the largest of them and absolutely: rows are evaluated in double
# precision. Doubling these still finds wrong factors, signs and infinities.
RELATIVE_TOLERANCE = 1e-7
ABSOLUTE_TOLERANCE = 1e-14

mp = mpmath.MPContext()
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"


def real(f):
    """Make a function of reals that returns nan if ``f`` has no real value."""

    @functools.wraps(f)
    def wrapped(*args):
        if any(mp.isnan(a) for a in args):
            return mp.nan
        try:
            y = f(*args)
        except (ValueError, ZeroDivisionError, OverflowError):
            return mp.nan
        return mp.nan if isinstance(y, mp.mpc) else mp.mpf(y)

    return wrapped


def power(a, b):
    is_real = b == mp.floor(b) or a > 0 or (a == 0 and b > 0)
    return a**b if is_real else mp.nan


def log(a):
    return mp.log(a) if a > 0 else mp.nan


UNARY = {
    "trunc": lambda a: mp.sign(a) * mp.floor(abs(a)),
    "rint": mp.nint,
    "cbrt": lambda a: mp.sign(a) * mp.root(abs(a), 3) if a else a,
    "exp2": lambda a: mp.mpf(2) ** a,
    "log": log,
    "log1p": lambda a: log(1 + a),
    "log2": lambda a: log(a) / mp.log(2),
    "log10": lambda a: log(a) / mp.log(10),
    "absolute": abs,
    **{name: getattr(mp, name) for name in ("exp", "expm1", "sqrt", "sign", "floor", "ceil", "erf", "erfc")},
    **{name: getattr(mp, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{"arc" + name: getattr(mp, "a" + name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
}
BINARY = {
    "power": power,
    "remainder": lambda a, b: a - b * mp.floor(a / b),
    "fmod": lambda a, b: mp.sign(a) * (abs(a) - abs(b) * mp.floor(abs(a) / abs(b))),
    "floor_divide": lambda a, b: mp.floor(a / b),
    "logaddexp": lambda a, b: max(a, b) + mp.log(1 + mp.exp(-abs(a - b))),
    "arctan2": mp.atan2,
    "hypot": lambda a, b: mp.sqrt(a * a + b * b),
    "maximum": max,
    "minimum": min,
}
MP = Backend(
    "MP",
    {
        **{name: np.frompyfunc(real(f), 1, 1) for name, f in UNARY.items()},
        **{name: np.frompyfunc(real(f), 2, 1) for name, f in BINARY.items()},
        "where": lambda condition, a, b: a if condition else b,
        "equal": lambda a, b: a == b,
    },
)


def needed_digits(point):
    """Return how many digits a third derivative near the point needs."""
    magnitudes = [abs(math.log10(abs(x))) for x in point if x and not math.isinf(x)]
    return 3 * (EXPONENTS[-1] + STEP_EXPONENT) + SPARE_DIGITS + int(4 * max(magnitudes, default=0))


def distance_units(point):
    """Return the unit of distance along each coordinate: its size, or 1 if that is smaller; at 0 the smallest other coordinate."""
    others = [abs(x) for x in point if x and not math.isinf(x)]
    unit_at_zero = mp.mpf(min([*others, 1.0]))
    return [min(mp.mpf(abs(x)), 1) if x and not math.isinf(x) else unit_at_zero for x in point]


def central_difference(f, at, order, steps):
    """Return the partial derivative of ``f`` that is taken ``order[i]`` times with respect to argument i."""
    weights = [((0, 1),), ((1, 1), (-1, -1)), ((2, 1), (0, -2), (-2, 1)), ((3, 1), (1, -3), (-1, 3), (-3, -1))]
    total = mp.mpf(0)
    for terms in itertools.product(*(weights[n] for n in order)):
        shifted = [x + multiple * step for x, (multiple, _), step in zip(at, terms, steps, strict=True)]
        total += math.prod(weight for _, weight in terms) * f(*shifted)
    for n, step in zip(order, steps, strict=True):
        total /= (2 * step) ** n
    return total


def limit_of_sequence(first, second, third):
    """Return the limit of three numbers at shrinking distances: a float, which may be infinite, or nan if it cannot be told."""
    if any(map(mp.isnan, (first, second, third))):
        return math.nan
    grows = abs(third) > DIVERGENT_FACTOR * abs(second) and abs(second) > FIRST_DIVERGENT_FACTOR * abs(first)
    if grows and abs(third) > DIVERGENT_MINIMUM and mp.sign(third) == mp.sign(second):
        return math.inf * float(mp.sign(third))
    shrinks = abs(third) < VANISHING_FACTOR * abs(second) and abs(second) < VANISHING_FACTOR * abs(first)
    if shrinks or abs(third) < SMALLEST:
        return 0.0
    return float(third) if abs(third - second) <= SAME_LIMIT * abs(third) else math.nan


def one_sided_limit(f, point, direction, order):
    """Return the limit of a partial derivative at the point, from the side to which ``direction`` leads."""
    mp.dps = needed_digits(point)
    derivatives = []
    for k in EXPONENTS:
        offsets = [mp.mpf(10) ** -k * d * unit for d, unit in zip(direction, distance_units(point), strict=True)]
        at = [
            mp.sign(x) * mp.mpf(10) ** k if math.isinf(x) else mp.mpf(x) + offset for x, offset in zip(point, offsets, strict=True)
        ]
        steps = [abs(offset) * mp.mpf(10) ** -STEP_EXPONENT for offset in offsets]
        derivatives.append(central_difference(f, at, order, steps))
    return limit_of_sequence(*derivatives)


@functools.cache
def directions(count):
    """Return directions to all sides, none of them along an axis or a diagonal; the long profile has more."""
    ratio = mp.mpf("0.371")
    lengths = [tuple(ratio ** ((i + k) % count) for i in range(count)) for k in range(count if LONG else 1)]
    sides = itertools.product((1, -1), repeat=count)
    return [tuple(sign * n for sign, n in zip(side, ns, strict=True)) for side in sides for ns in lengths]


@functools.lru_cache(maxsize=256)
def limits(f, point, order):
    """Return the limits of a partial derivative from all sides, without those that do not exist.

    0.0 and -0.0 are one point here, and its limits are computed once.
    """
    from_all_sides = [one_sided_limit(f, point, direction, order) for direction in directions(len(point))]
    return [x for x in from_all_sides if not math.isnan(x)]


def find_fault(claim, one_sided_limits, subgradient_derivative=None):
    """Say what is wrong with a derivative, given its one-sided limits; None if nothing is.

    The derivative must be between the smallest and the largest limit, finite if one of them is finite, and not nan. The derivative of
    a documented subgradient is allowed as well.
    """
    if not one_sided_limits:
        return None
    if math.isnan(claim):
        return "nan"
    allowed = one_sided_limits if subgradient_derivative is None else [*one_sided_limits, subgradient_derivative]
    finite = [x for x in allowed if not math.isinf(x)]
    if not finite:
        return None if claim in allowed else "the infinity is another"
    largest = max(map(abs, finite))
    if math.isinf(claim):
        return None if largest > NEAR_OVERFLOW else "infinite where a finite limit exists"
    tolerance = RELATIVE_TOLERANCE * largest + ABSOLUTE_TOLERANCE
    return None if min(allowed) - tolerance <= claim <= max(allowed) + tolerance else "not between the limits"
