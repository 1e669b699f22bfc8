"""Hypothesis strategies for the points of a search.

The draws mix ordinary numbers with zeros, ties, the edges of the domain and magnitudes from 10⁻¹² to 10⁶. Arrays may be empty or
have one entry, and may be in Fortran order or have negative strides. Failures shrink towards few, small, round numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from autograd.testing.arrays import reversed_fortran
from autograd.testing.search.argument_specs import Array, Choice, Real, Spec, get_dimension_lengths

# Ordinary numbers: of size 1, of both signs, and exact in binary, so that a printed failure can be read and typed. The order is the
# order of shrinking.
ORDINARY = (0.5, -0.5, 1.0, -1.0, 2.0, -2.0, 3.0, 0.25, -1.5, 0.75, -3.25, 1.25)

# Extreme numbers, each for a kind of mistake: below the square root of eps (1.5e-8), where x * x vanishes relative to 1; around 20,
# where sigmoid and tanh saturate; 710, where exp overflows; and large arguments of sines and powers.
EXTREME = (1e-12, -1e-12, 1e-9, 1e-7, -1e-7, 1e-4, -1e-4, 20.0, -20.0, 50.0, 710.0, -710.0, 1e3, -1e3, 5e3, 1e4, -1e4, 1e6, -1e6)

# Distances from an edge of the domain, relative to its magnitude or to 1, at which there are extreme numbers. A difference quotient
# that steps by 1e-8 or more leaves the domain from the first and not from the second. Doubled, that is still so.
EDGE_DISTANCES = (1e-9, 1e-3)

# A domain with fewer ordinary numbers than this, for example from 100 to 101, gets some at fixed fractions of its length, or of
# MAX_SPAN if it is unbounded. With fewer than three, an array could not hold different numbers; doubled, more domains get
# fractions, which are harder to read.
MIN_ORDINARY = 3
FRACTIONS = (0.5, 0.25, 0.75, 0.35)
MAX_SPAN = 8.0

# From this magnitude on a number can be an offset that is added to all entries of an array. exp(-20) has half of its digits left
# relative to 1, so such offsets show whether a rule is numerically stable. Doubled, the offsets ±20 are no longer drawn.
LARGE = 20.0

# Entries of an ordinary array are moved by multiples of this, so that none tie by accident. It is exact in binary, so that sums
# stay exact. ORDINARY numbers differ by at least 0.25, so 31 entries stay apart; doubled, 15, fewer than a 4 × 4 matrix has.
SPACING = 2.0**-7

# How the entries of an array are drawn. "shifted" arrays, which have a large offset, are drawn twice as often, since rules that
# are not stable are a frequent fault.
STYLES = ("ordinary", "ties", "one extreme", "mixed", "extreme", "shifted", "shifted")
LAYOUTS = ("C", "F", "reversed")


def numbers_in_domain(low: float, high: float) -> tuple[list[float], list[float]]:
    """Return the ordinary and the extreme numbers of a domain. Its edges are among the latter.

    >>> numbers_in_domain(0.0, 1.0)[0]
    [0.5, 1.0, 0.25, 0.75]
    """
    ordinary = [x for x in ORDINARY if low <= x <= high]
    extreme = [0.0, *EXTREME]
    for edge, sign in ((low, 1.0), (high, -1.0)):
        if np.isfinite(edge):
            extreme += [edge, *(edge + sign * distance * max(1.0, abs(edge)) for distance in EDGE_DISTANCES)]
    if len(ordinary) < MIN_ORDINARY:
        start, end = (low, min(high, low + MAX_SPAN)) if np.isfinite(low) else (high, high - MAX_SPAN)
        ordinary += [start + fraction * (end - start) for fraction in FRACTIONS]
    return ordinary, [x for x in extreme if low <= x <= high]


# Hypothesis validates every new strategy object, which takes longer than a draw; so the strategies are cached. A search needs a few
# dozen, so that doubled sizes change nothing.
@lru_cache(maxsize=1024)
def sampled_from(options: tuple[Any, ...]) -> Any:
    """Return a strategy for one of some hashable options."""
    from hypothesis import strategies as st

    return st.sampled_from(options)


@lru_cache(maxsize=1024)
def lists_from(options: tuple[Any, ...], size: int) -> Any:
    """Return a strategy for a list of ``size`` of the options."""
    from hypothesis import strategies as st

    return st.lists(sampled_from(options), min_size=size, max_size=size)


class DomainNumbers:
    """The numbers that are drawn from a domain.

    Attributes
    ----------
    all, ordinary : tuple of float
        All numbers, and the ordinary ones. Both begin with 0, or the number of the domain that is nearest to it; failures are
        shrunk towards that.
    extreme, large : tuple of float
        The extreme numbers, and those of them that can be an offset.
    """

    def __init__(self, low: float, high: float) -> None:
        self.low: float = low
        self.high: float = high
        ordinary, extreme = numbers_in_domain(low, high)
        simplest = min(max(0.0, low), high)
        self.all: tuple[float, ...] = (simplest, *ordinary, *extreme)
        self.ordinary: tuple[float, ...] = (simplest, *ordinary)
        self.extreme: tuple[float, ...] = tuple(extreme)
        self.large: tuple[float, ...] = tuple(x for x in extreme if abs(x) >= LARGE)
        self._options_by_style = {"extreme": (simplest, *extreme), "ties": self.ordinary[:3], "mixed": self.all}

    def entries(self, style: str, size: int) -> Any:
        """Return a strategy for the entries of an array."""
        return lists_from(self._options_by_style.get(style, self.ordinary), size)

    def separate(self, x: float, i: int) -> float:
        """Return ``x`` moved a little, by another amount for each place ``i``; unmoved if it is 0 or would leave the domain."""
        moved = x + SPACING * (i + 1) if x else x
        return moved if self.low <= moved <= self.high else x


get_domain_numbers: Callable[..., DomainNumbers] = lru_cache(maxsize=256)(DomainNumbers)


def points(specs: dict[str, Spec]) -> Any:
    """Return a strategy for points: dicts with a value for each argument."""
    from hypothesis import strategies as st

    options = {name: st.sampled_from(spec.options) for name, spec in specs.items() if isinstance(spec, Choice)}
    length_strategies = {dim: sampled_from(tuple(lengths)) for dim, lengths in get_dimension_lengths(specs).items()}

    @st.composite
    def point(draw: Any) -> dict[str, Any]:
        lengths = {dim: draw(strategy) for dim, strategy in length_strategies.items()}
        values = {}
        for name, spec in specs.items():
            if isinstance(spec, Choice):
                values[name] = draw(options[name])
            elif isinstance(spec, Real):
                values[name] = draw(sampled_from(get_domain_numbers(spec.low, spec.high).all))
            else:
                values[name] = _draw_array(draw, spec, get_shape(spec, lengths))
        return values

    return point()


def get_shape(spec: Array, lengths: dict[str, int]) -> tuple[int, ...]:
    """Return the shape of an array if the named dimensions have these lengths."""
    return tuple(lengths[dim] if isinstance(dim, str) else dim for dim in spec.dims)


def _draw_array(draw: Any, spec: Array, shape: tuple[int, ...]) -> Any:
    size, numbers = math.prod(shape), get_domain_numbers(spec.low, spec.high)
    style = draw(sampled_from(STYLES))
    entries = draw(numbers.entries(style, size))
    if style == "ordinary":
        entries = [numbers.separate(x, i) for i, x in enumerate(entries)]
    if style == "shifted" and numbers.large:
        offset = draw(sampled_from(numbers.large))
        entries = [min(max(x + offset, spec.low), spec.high) for x in entries]
    if style == "one extreme" and size and numbers.extreme:
        entries[draw(sampled_from(tuple(range(size))))] = draw(sampled_from(numbers.extreme))
    return _draw_layout(draw, np.array(entries, dtype=spec.dtype).reshape(shape))


def _draw_layout(draw: Any, array: Any) -> Any:
    """Return an array in one of several memory layouts."""
    layout = draw(sampled_from(LAYOUTS)) if array.ndim and array.size > 1 else "C"
    if layout == "F":
        return np.asfortranarray(array)
    if layout == "reversed":
        return reversed_fortran(array)
    return array
