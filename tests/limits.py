"""One-sided limits of derivatives, at hundreds of digits: what derivatives at kinks, edges and ties are held to.

A row's value is computed in the backend MP, which is mpmath entry by entry, so that a new row needs nothing here; no partial is used.
Derivatives near a point are central differences, which are exact at so many digits; three places that draw nearer tell the limit.
"""

import functools
import itertools
import math
import os

import mpmath
import numpy as np

from autograd.backends.backend import Backend

mp = mpmath.MPContext()
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
NEAR = (10, 20, 40)  # the places are at 10⁻¹⁰, 10⁻²⁰ and 10⁻⁴⁰ from the point
STEP = 15  # and the steps of the differences 10⁻¹⁵ of that


def real(f):
    """A function of reals: nan where it has no real value."""

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
    return a**b if b == mp.floor(b) or a > 0 or (a == 0 and b > 0) else mp.nan


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


def digits(point):
    """Enough digits for differences of third order near the point."""
    return 3 * (NEAR[-1] + STEP) + 60 + max(int(4 * abs(math.log10(abs(x)))) if x and not math.isinf(x) else 0 for x in point)


def sizes(point):
    """What distances are measured in: the coordinate or 1, whichever is less; at 0 the least of the other coordinates."""
    others = [abs(x) for x in point if x and not math.isinf(x)]
    return [min(mp.mpf(abs(x)), 1) if x and not math.isinf(x) else mp.mpf(min([*others, 1.0])) for x in point]


def difference(f, at, order, steps):
    """The partial derivative of ``f`` that is taken ``order[i]`` times by each argument, by central differences."""
    places = [i for i, n in enumerate(order) for _ in range(n)]
    total = mp.mpf(0)
    for signs in itertools.product((1, -1), repeat=len(places)):
        moved = list(at)
        for i, s in zip(places, signs, strict=True):
            moved[i] += s * steps[i]
        total += math.prod(signs) * f(*moved)
    for i in places:
        total /= 2 * steps[i]
    return total


def tendency(first, second, third):
    """Where three numbers tend that were taken nearer and nearer: a number, an infinity, or nan where that cannot be said."""
    if any(map(mp.isnan, (first, second, third))):
        return math.nan
    if abs(third) > 50 and abs(third) > 1.4 * abs(second) > 1.9 * abs(first) and mp.sign(third) == mp.sign(second):
        return math.inf * float(mp.sign(third))
    if abs(third) < 1e-320 or abs(third) < 0.5 * abs(second) < 0.25 * abs(first):
        return 0.0
    return float(third) if abs(third - second) <= 1e-8 * abs(third) else math.nan


def limit(f, point, direction, order):
    """The limit of a partial derivative when the point is drawn near to from the side to which ``direction`` leads."""
    mp.dps = digits(point)
    values = []
    for k in NEAR:
        way = [mp.mpf(10) ** -k * d * size for d, size in zip(direction, sizes(point), strict=True)]
        at = [mp.sign(x) * mp.mpf(10) ** k if math.isinf(x) else mp.mpf(x) + w for x, w in zip(point, way, strict=True)]
        values.append(difference(f, at, order, [abs(w) * mp.mpf(10) ** -STEP for w in way]))
    return tendency(*values)


@functools.cache
def directions(count):
    """Directions to all sides, none of them along an axis or a diagonal; the long profile has more."""
    some = mp.mpf("0.371")
    lengths = [tuple(some ** ((i + k) % count) for i in range(count)) for k in range(count if LONG else 1)]
    return [
        tuple(s * n for s, n in zip(side, ns, strict=True)) for side in itertools.product((1, -1), repeat=count) for ns in lengths
    ]


def limits(f, point, order):
    """The limits of a partial derivative from all sides; those that do not exist are left out."""
    found = [limit(f, point, direction, order) for direction in directions(len(point))]
    return [x for x in found if not math.isnan(x)]


def objection(claim, found, chosen=None):
    """What is wrong with a derivative whose one-sided limits are ``found``; None where nothing is.

    It lies between the least and the greatest of them, is finite where one of them is, and never nan. ``chosen`` is the derivative
    of a subgradient that is chosen once and for all: allowed, too.
    """
    allowed = found if chosen is None else [*found, chosen]
    if not found:
        return None
    if math.isnan(claim):
        return "nan"
    finite = [x for x in allowed if not math.isinf(x)]
    if not finite:
        return None if claim in allowed else "the infinity is another"
    if math.isinf(claim):
        return None if max(map(abs, finite)) > 1e300 else "infinite where a finite limit exists"
    slack = 1e-7 * max(map(abs, finite)) + 1e-14
    return None if min(allowed) - slack <= claim <= max(allowed) + slack else "not between the limits"
