"""What an argument of a property may be: Real, Array and Choice, and the Hypothesis strategies that draw them.

The draws mix ordinary numbers with zeros, ties, the edges of the domain and magnitudes from 10⁻¹² to 10⁶, sizes 0 and 1, and arrays
in Fortran order or with negative strides. They shrink towards few, small, round numbers.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from autograd.core.coercion import described
from autograd.errors import DataError, SettingError
from autograd.testing.arrays import reversed_fortran

ORDINARY = (0.5, -0.5, 1.0, -1.0, 2.0, -2.0, 3.0, 0.25, -1.5, 0.75, -3.25, 1.25)
EXTREME = (1e-12, -1e-12, 1e-9, 1e-7, -1e-7, 1e-4, -1e-4, 20.0, -20.0, 50.0, 710.0, -710.0, 1e3, -1e3, 5e3, 1e4, -1e4, 1e6, -1e6)
LONGEST = 4
MOODS = ("ordinary", "ties", "one odd", "any", "odd", "far", "far")
LAYOUTS = ("C", "F", "reversed")


class Real:
    """A float between ``low`` and ``high``, both included.

    >>> Real(0.0, 1.0)
    Real(0.0, 1.0)
    """

    def __init__(self, low: float = -np.inf, high: float = np.inf) -> None:
        self.low, self.high = _domain(low, high, "Real")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({_ends(self.low, self.high)})"


class Array:
    """A float array; each dimension is a length, or a name: equal names are equal lengths, from 0 (or ``min_size``) to 4.

    >>> Array("n", 3, low=0.0)
    Array('n', 3, low=0.0, high=inf)
    """

    def __init__(
        self,
        *dims: str | int,
        low: float = -np.inf,
        high: float = np.inf,
        min_size: int = 0,
        max_size: int = LONGEST,
        dtype: Any = np.float64,
    ) -> None:
        for d in dims:
            if not isinstance(d, str) and (not isinstance(d, int) or isinstance(d, bool) or d < 0):
                raise SettingError(f"Array(): a dimension is a name or a length, not {described(d)}")
        self.dims = dims
        self.low, self.high = _domain(low, high, "Array")
        for name, size in (("min_size", min_size), ("max_size", max_size)):
            if isinstance(size, bool) or not isinstance(size, int) or size < 0:
                raise SettingError(f"Array(): {name} is a whole number of at least 0, not {size!r}")
        self.min_size, self.max_size = min_size, max(max_size, min_size) if max_size == LONGEST else max_size
        try:
            self.dtype = np.dtype(dtype)
        except TypeError:
            raise SettingError(f"Array(): dtype is a float type of NumPy, such as np.float32, not {dtype!r}") from None
        if self.dtype.kind != "f":
            raise DataError(f"Array(): a float dtype, not {self.dtype}: others have no derivative")
        if self.dtype == np.float16:
            raise DataError(
                "Array(): float16 has three digits, too few to tell a right derivative from a wrong one: use np.float32"
            )

    def __repr__(self) -> str:
        limits = "" if (self.low, self.high) == (-np.inf, np.inf) else f", low={self.low}, high={self.high}"
        return f"Array({', '.join(map(repr, self.dims))}{limits})"


class Choice:
    """One of several settings, such as an axis.

    >>> Choice(0, 1, None)
    Choice(0, 1, None)
    """

    def __init__(self, *options: Any) -> None:
        if not options:
            raise SettingError("Choice() needs at least one option")
        self.options = options

    def __repr__(self) -> str:
        return f"Choice({', '.join(map(repr, self.options))})"


Spec = Real | Array | Choice


def _domain(low: float, high: float, call: str) -> tuple[float, float]:
    if not all(isinstance(end, float | int) for end in (low, high)):
        raise SettingError(f"{call}(): low and high are numbers, not {low!r} and {high!r}")
    if not low < high:
        raise SettingError(f"{call}(): the domain from {low} to {high} is empty: low must be less than high")
    return float(low), float(high)


def _ends(low: float, high: float) -> str:
    return "" if (low, high) == (-np.inf, np.inf) else f"{low}, {high}"


def inside(low: float, high: float) -> tuple[list[float], list[float]]:
    """The ordinary and the extreme numbers of a domain, its edges among the latter.

    >>> inside(0.0, 1.0)[0]
    [0.5, 1.0, 0.25, 0.75]
    """
    ordinary = [x for x in ORDINARY if low <= x <= high]
    extreme = [x for x in (0.0, *EXTREME) if low <= x <= high]
    for edge, sign in ((low, 1.0), (high, -1.0)):
        if np.isfinite(edge):
            extreme += [edge, edge + sign * 1e-9 * max(1.0, abs(edge)), edge + sign * 1e-3 * max(1.0, abs(edge))]
    if len(ordinary) < 3:
        start, end = (low, min(high, low + 8.0)) if np.isfinite(low) else (high, high - 8.0)
        ordinary += [start + part * (end - start) for part in (0.5, 0.25, 0.75, 0.35)]
    return ordinary, [x for x in extreme if low <= x <= high]


@lru_cache(maxsize=1024)  # Hypothesis looks at a new strategy for longer than it draws from it
def one_of(options: tuple[Any, ...]) -> Any:
    """A strategy for one of some plain options."""
    from hypothesis import strategies as st

    return st.sampled_from(options)


@lru_cache(maxsize=1024)
def several(options: tuple[Any, ...], size: int) -> Any:
    """A strategy for so many of them."""
    from hypothesis import strategies as st

    return st.lists(one_of(options), min_size=size, max_size=size)


class Numbers:
    """The numbers of a domain that are drawn; zero, or the number nearest to it, is the simplest of each kind."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high
        ordinary, extreme = inside(low, high)
        simplest = min(max(0.0, low), high)
        self.any, self.ordinary = (simplest, *ordinary, *extreme), (simplest, *ordinary)
        self.extreme, self.large = tuple(extreme), tuple(x for x in extreme if abs(x) >= 20.0)
        self._moods = {"odd": (simplest, *extreme), "ties": (simplest, *ordinary[:2]), "any": self.any}

    def row(self, mood: str, size: int) -> Any:
        """A strategy for so many numbers in a mood."""
        return several(self._moods.get(mood, self.ordinary), size)

    def nudged(self, x: float, i: int) -> float:
        """A number a little off, by another amount at each place."""
        moved = x + 0.0078125 * (i + 1) if x else x
        return moved if self.low <= moved <= self.high else x


numbers = lru_cache(maxsize=256)(Numbers)


def points(specs: dict[str, Spec]) -> Any:
    """A strategy for one value of each spec; dimensions of one name agree."""
    from hypothesis import strategies as st

    options = {name: st.sampled_from(spec.options) for name, spec in specs.items() if isinstance(spec, Choice)}
    sizes = {d: one_of(tuple(choices)) for d, choices in lengths(specs).items()}

    @st.composite
    def point(draw: Any) -> dict[str, Any]:
        length = {d: draw(size) for d, size in sizes.items()}
        values = {}
        for name, spec in specs.items():
            if isinstance(spec, Choice):
                values[name] = draw(options[name])
            elif isinstance(spec, Real):
                values[name] = draw(one_of(numbers(spec.low, spec.high).any))
            else:
                values[name] = _array(draw, spec, tuple(d if isinstance(d, int) else length[d] for d in spec.dims))
        return values

    return point()


def lengths(specs: dict[str, Spec]) -> dict[str, list[int]]:
    """The lengths that each named dimension may have, the simplest first; SettingError where two arrays leave none."""
    limits: dict[str, tuple[int, int]] = {}
    for array in (s for s in specs.values() if isinstance(s, Array)):
        for d in (d for d in array.dims if isinstance(d, str)):
            least, most = limits.get(d, (0, array.max_size))
            limits[d] = (max(least, array.min_size), min(most, array.max_size))
    for d, (least, most) in limits.items():
        if least > most:
            raise SettingError(f"Array({d!r}): no length is at least {least} and at most {most}: change min_size or max_size")
    return {d: [n for n in (1, 2, 3, *range(4, most + 1), 0) if least <= n <= most] for d, (least, most) in limits.items()}


def probes(specs: dict[str, Spec]) -> list[dict[str, Any]]:
    """The points that every search tries: each extreme of each domain among ordinary numbers, each option, and nothing at all.

    >>> [point["x"] for point in probes({"x": Real(0.0, 1.0)})][:3]
    [0.0, 1e-12, 1e-09]
    """
    known = {name: numbers(spec.low, spec.high) for name, spec in specs.items() if not isinstance(spec, Choice)}
    sizes = {d: min(2, max(choices)) for d, choices in lengths(specs).items()}
    count = max(len(k.extreme) for k in known.values())
    return [_probe(specs, known, sizes, k) for k in range(count)] + _empty(specs, known)


def _probe(specs: dict[str, Spec], known: dict[str, Numbers], sizes: dict[str, int], k: int) -> dict[str, Any]:
    """Probe number ``k``: the extremes of the inputs are not the same ones, and stand in other places."""
    values: dict[str, Any] = {}
    for j, (name, spec) in enumerate(specs.items()):
        if isinstance(spec, Choice):
            values[name] = spec.options[k % len(spec.options)]
            continue
        ordinary, extreme = known[name].ordinary[1:], known[name].extreme
        odd = extreme[(k + 7 * j) % len(extreme)] if extreme else ordinary[0]
        if isinstance(spec, Real):
            values[name] = odd
            continue
        shape = tuple(d if isinstance(d, int) else sizes[d] for d in spec.dims)
        flat = [known[name].nudged(ordinary[(k + i + j) % len(ordinary)], i) for i in range(math.prod(shape))]
        if flat:
            flat[k % len(flat)] = odd
        values[name] = np.array(flat, dtype=spec.dtype).reshape(shape)
    return values


def _empty(specs: dict[str, Spec], known: dict[str, Numbers]) -> list[dict[str, Any]]:
    """The point at which every named dimension that may be is of length 0."""
    sizes = {d: min(choices) for d, choices in lengths(specs).items()}
    return [_probe(specs, known, sizes, 0)] if 0 in sizes.values() else []


def _array(draw: Any, spec: Array, shape: tuple[int, ...]) -> Any:
    """An array in one of several moods: all sorts, ordinary, ties, or ordinary with one odd entry."""
    size, known = math.prod(shape), numbers(spec.low, spec.high)
    mood = draw(one_of(MOODS))
    flat = draw(known.row(mood, size))
    if mood == "ordinary":  # no two alike, so that nothing ties by accident
        flat = [known.nudged(x, i) for i, x in enumerate(flat)]
    if mood == "far" and known.large:
        offset = draw(one_of(known.large))
        flat = [min(max(x + offset, spec.low), spec.high) for x in flat]
    if mood == "one odd" and size and known.extreme:
        flat[draw(one_of(tuple(range(size))))] = draw(one_of(known.extreme))
    array = np.array(flat, dtype=spec.dtype).reshape(shape)
    layout = draw(one_of(LAYOUTS)) if array.ndim and size > 1 else "C"
    if layout == "F":
        return np.asfortranarray(array)
    if layout == "reversed":
        return reversed_fortran(array)
    return array


def literal(x: Any) -> str:
    """A number or an array as Python reads it."""
    return f"np.array({np.asarray(x).tolist()})" if np.ndim(x) else repr(float(x))
