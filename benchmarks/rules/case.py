"""Cases, and the functions that add them to the lists."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Inputs = tuple[Any, ...]
Draw = Callable[[np.random.Generator], Inputs]


@dataclass(frozen=True)
class Case:
    """A function and its rule, with the points at which to check it."""

    name: str
    make: Callable[[], tuple[Callable, Callable]]  # returns a new pair (f, vjp)
    draw: Draw  # draws ordinary inputs; for a HARD case, the hard ones
    static: dict = field(default_factory=dict)
    shapes: tuple = ()  # for each input "real" or a tuple of dimensions; dimensions of the same name have the same length
    domain: tuple = ()  # for each input the closed interval on which f is defined; a HARD f may have kinks, jumps or noise there
    choices: dict = field(default_factory=dict)  # the options of static arguments in a search
    shows_at: Draw | None = None  # draws inputs at which the fault shows
    fault: str = ""  # value, shape, mutation, staleness, nonlinearity, aliasing, dtype, nan or nondeterminism
    right: str = ""  # the name of the corrected rule
    why: str = ""  # what is wrong, or hard
    min_size: int = 0  # the least length of a named dimension
    inconclusive: bool = False  # whether a HARD case may be called undecidable


WRONG: list[Case] = []
RIGHT_TWINS: list[Case] = []
HARD: list[Case] = []

ALL, BOX = (-math.inf, math.inf), (-1e3, 1e3)
R, V, M, SQ = "real", ("n",), ("n", "m"), ("n", "n")


def normal(*shapes):
    """Return a Draw of normal numbers."""
    return lambda rng: tuple(rng.normal(size=shape) if shape else float(rng.normal()) for shape in shapes)


def uniform(low, high, *shapes):
    """Return a Draw of uniform numbers."""
    return lambda rng: tuple(rng.uniform(low, high, shape) if shape else float(rng.uniform(low, high)) for shape in shapes)


def at(*points):
    """Return a Draw of fixed inputs."""
    return lambda rng: tuple(float(p) if np.ndim(p) == 0 else np.array(p, float) for p in points)


def make_silent(f):
    """Return a function without NumPy's warnings."""

    def silent(*inputs, **static):
        with np.errstate(all="ignore"):
            return f(*inputs, **static)

    return silent


def make_factory(f, rule, stateful=False):
    """Return Case.make for f and rule(g, *inputs, **static). A stateful rule is a factory that returns both."""

    def make():
        function, pullback = rule() if stateful else (f, rule)

        def vjp(inputs, g, **static):
            with np.errstate(all="ignore"):
                result = pullback(g, *inputs, **static)
            return result if isinstance(result, tuple) else (result,)

        return make_silent(function), vjp

    return make


def domain_per_input(domain, shapes):
    """Return a domain for each input, if one is given for all."""
    return tuple(domain) if isinstance(domain[0], tuple) else (domain,) * len(shapes)


def add_pair(
    name, fault, shapes, draw, f, bad, good, why, *, shows=None, domain=BOX, static=None, choices=None, min_size=0, stateful=False
):
    """Add an entry to WRONG and one to RIGHT_TWINS. A stateful ``bad`` is a factory of (f, rule)."""
    common = {"draw": draw, "static": static or {}, "shapes": shapes, "choices": choices or {}, "min_size": min_size}
    common["domain"] = domain_per_input(domain, shapes)
    right = name + "_right"
    WRONG.append(Case(name, make_factory(f, bad, stateful), shows_at=shows or draw, fault=fault, right=right, why=why, **common))
    RIGHT_TWINS.append(Case(right, make_factory(f, good), why=f"the corrected rule of {name}", **common))


def add_hard(name, shapes, draw, f, rule, why, *, inconclusive, domain=BOX, min_size=0):
    """Add an entry to HARD."""
    why += "; a checker may call it undecidable." if inconclusive else "; a checker should decide it."
    common = {"shapes": shapes, "domain": domain_per_input(domain, shapes), "min_size": min_size, "inconclusive": inconclusive}
    HARD.append(Case(name, make_factory(f, rule), draw, why=why, **common))
