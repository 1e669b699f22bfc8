"""check_vjp: the whole contract of anybody's reverse-mode rule at one point, value, shape, type, memory and manners."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.testing.arrays import format_array, reversed_fortran
from autograd.testing.checks.rule_under_test import Pair
from autograd.testing.checks.value_comparison import FEW, Claims, Values, accuse, judged_along
from autograd.testing.judgement.roundoff import SCATTER_FACTOR, rule_scatter
from autograd.testing.measurement.estimate import EPS, SMOOTH, Array
from autograd.testing.report import Report


def check_vjp(
    f: Callable[..., Any],
    vjp: Callable[..., Any],
    inputs: Sequence[Any],
    /,
    *,
    domains: Sequence[Any] | None = None,
    raise_on_fail: bool = True,
    **static: Any,
) -> Report:
    """Hold a rule ``vjp(inputs, g, **static)`` to the function ``f(*inputs, **static)`` at one point.

    The rule gives one cotangent per input, NumPy arrays of the inputs' shapes. Checked are the values, against derivatives
    measured on f alone; shapes and types; that nothing is changed or handed out twice; the same answer again, also after a call
    elsewhere and in any memory layout; linearity in g. ``domains`` are pairs (low, high), or Real and Array, one per input.
    GradientError on a fail, unless ``raise_on_fail=False``; DataError for inputs or a function that cannot be checked.

    >>> report = check_vjp(lambda x: np.sum(x**2), lambda xs, g: (2 * g * xs[0],), (np.array([1.0, -2.0]),))
    >>> report.verdict, report.evaluations <= 30
    ('pass', True)
    """
    return Check(Pair(f, vjp, inputs, domains, static, "check_vjp()")).run().raise_if_failed(raise_on_fail)


LARGER = (1.0, 1.0007, 1.0013, 1.0021)  # multiples of a cotangent, so close that an answer that is not linear in it hardly shows
COARSE = 1e-9  # how far such answers may lie apart, beside their size; single precision shows far more
AGAIN = (1e-11, 0.0)  # how far two answers to one question may lie apart, beside their size and in all


class Elsewhere(NamedTuple):
    """Another point: the inputs, the output and the rule's answer there."""

    xs: list[Array]
    y: Array
    answer: list[Array]


class Apart(NamedTuple):
    """Where two answers differ: the input, the place in it, and the two numbers."""

    argument: int
    place: tuple[int, ...]
    have: float
    want: float


class Check:
    """The parts of the contract, one after the other; what condemns first ends it."""

    def __init__(self, pair: Pair, brief: bool = False) -> None:
        self.pair, self.report, self.brief = pair, pair.report, brief
        self.rng = np.random.default_rng(0)
        self.size = max(1.0, _size(pair.xs))
        self.answers: list[list[Array]] = []
        self.results: list[list[Any]] = []

    def run(self) -> Report:
        """All of it."""
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for part in (
                self.pair.begin,
                self.first,
                self.again,
                self.linear,
                self.there,
                self.memory,
                self.values,
                self.right_there,
            ):
                part()
                if self.report.findings:
                    break
        return self.report

    def first(self) -> None:
        """The rule's answers for the cotangents of the check: their number, shapes and types."""
        m = self.pair.y.size
        self.seeds = np.eye(m) if 0 < m <= FEW else self._mixtures(m) * np.isfinite(self.pair.y.ravel())
        self.answers = [self._asked(g) for g in self.seeds]
        self.dense = None
        if m > 1 and not all(np.all(np.isfinite(a)) for row in self.answers for a in row):
            seeds = self._mixtures(m)  # an infinite slope times a cotangent of 0 is nan
            self.dense = Claims(seeds, [self._asked(g) for g in seeds])
        self.every = np.sum(self.seeds, axis=0)
        # what cancels inside leaves rounding of the size of what went in
        self.scale = max(self.size, _size(self.answers[0]))

    def _mixtures(self, m: int) -> Array:
        """Cotangents with no zero among them."""
        return self.rng.uniform(0.5, 1.5, (3, m)) * self.rng.choice([-1.0, 1.0], (3, m)) if m else np.zeros((1, 0))

    def _asked(self, g: Array) -> list[Array]:
        """The rule's answer for one cotangent; what it returned is kept."""
        self.results.append(self.pair.called(g))
        return self.pair.read(self.results[-1])  # at once: the next call may overwrite it

    def again(self) -> None:
        """The same question has the same answer."""
        self._repeated("asked the same again, the rule gives {0} where it gave {1}")

    def linear(self) -> None:
        """The sum of two cotangents gives the sum, a multiple the multiple, and zero gives zero."""
        g, base, last = self.seeds[0], self.answers[0], self.answers[-1]
        both = -3.0 * (self.seeds[-1] + 0.5 * g)
        mixed = self.pair.answer(both)
        if _size(base) and all(map(np.array_equal, mixed, base)):
            self.report.add_failure("staleness", "for another cotangent the rule gives the answer that it gave before")
            return
        what = "the rule is not linear in the cotangent: "
        expected = [-3.0 * (b + 0.5 * a) for a, b in zip(base, last, strict=True)]
        expected = [np.where(np.isfinite(e), e, m) for e, m in zip(expected, mixed, strict=True)]
        self._compare(mixed, expected, both, "nonlinearity", what + "for the sum of two it gives {0}, where {1} is their sum", 4.5)
        if self.report.findings:
            return
        self._same(1e4 * g, [1e4 * a for a in base], "nonlinearity", what + "for 10⁴ g it gives {0}, where {1} belongs", 1e4)
        if all(np.all(np.isfinite(a)) for a in base):
            self._same(0.0 * g, [0.0 * a for a in base], "nonlinearity", "for the cotangent 0 the rule gives {0}")

    def there(self) -> None:
        """Both are called at another point, after which the rule must give its first answer again, and old results still stand."""
        self.elsewhere = self._elsewhere()
        for result, answer in zip(self.results, [*self.answers, *(self.dense.answers if self.dense else ())], strict=True):
            for i, (r, a) in enumerate(zip(result, answer, strict=True)):
                if r is not None and not np.array_equal(np.asarray(r, dtype=float), a, equal_nan=True):
                    self.report.add_failure("aliasing", f"the cotangent of input {i} was overwritten by a later call", argument=i)
                    return
        if not np.array_equal(np.asarray(self.pair.first, dtype=float), self.pair.y, equal_nan=True):
            self.report.add_failure("aliasing", "the function's result was overwritten by a later call")
        self._repeated("asked again after a call elsewhere, the rule gives {0} where it gave {1}")

    def _repeated(self, message: str) -> None:
        """The first question has its first answer again, up to the last digits; else two more tell chance from memory."""
        g, before = self.seeds[0], self.answers[0]
        if self._apart(self.pair.answer(g), before, *AGAIN) is None:
            return
        now, next_ = self.pair.answer(g), self.pair.answer(g)
        if (found := self._apart(next_, now, *AGAIN)) is not None:
            self._condemn(
                found,
                "nondeterminism",
                "asked the same twice in a row, the rule gives {0} and then {1}: it is random; fix its seed",
            )
        elif (found := self._apart(now, before, *AGAIN)) is not None:
            self._condemn(found, "staleness", message)

    def _elsewhere(self) -> Elsewhere | None:
        pair = self.pair
        shifted = [x * 1.125 + np.where(x == 0.0, 0.03125, 0.0) for x in pair.xs]
        moved = [np.asarray(np.clip(x, low, high)) for x, (low, high) in zip(shifted, pair.limits, strict=True)]
        self.report.evaluations += 1
        try:
            y = np.asarray(pair.f(*[x.astype(x0.dtype) for x, x0 in zip(moved, pair.given, strict=True)]), dtype=float)
        except Exception:  # outside its domain it may raise what it likes
            return None
        if y.shape != pair.shape:
            self.report.add_failure(
                "function", f"the function returned shape {pair.shape}, and {y.shape} for inputs of the same shapes"
            )
            return None
        if not y.size or not np.all(np.isfinite(y)) or not any(x.size for x in pair.xs):
            return None
        answers = pair.answer(self.every, moved)
        return None if pair.eps > EPS else Elsewhere(moved, y, answers)

    def memory(self) -> None:
        """Fortran order and negative strides: the same numbers, otherwise laid out."""
        pair = self.pair
        if not any(x.size > 1 for x in pair.xs):
            return
        self.report.evaluations += 1
        try:
            y = np.asarray(pair.f(*map(reversed_fortran, pair.given)), dtype=float)
        except Exception as error:
            self.report.add_failure(
                "layout", f"the function raises {type(error).__name__} for the same numbers in another memory layout: {error}"
            )
            return
        if y.shape != pair.shape:
            self.report.add_failure(
                "layout", f"the function gives shape {y.shape} for the same numbers in another memory layout, not {pair.shape}"
            )
            return
        within = float(np.max(np.abs(pair.y[np.isfinite(pair.y)]), initial=self.size))
        if not np.allclose(y, pair.y, rtol=1e-6, atol=1e-10 * within, equal_nan=True):
            self.report.add_failure("layout", "the function gives other values for the same numbers in another memory layout")
            return
        result = pair.called(self.seeds[0], layout=reversed_fortran)
        if [np.shape(r) for r in result if r is not None] != [np.shape(r) for r in self.results[0] if r is not None]:
            self.report.add_failure("layout", "the rule gives other shapes for the same numbers in another memory layout")
            return
        message = "for the same numbers in another memory layout the rule gives {0} and not {1}"
        self._compare(pair.read(result), self.answers[0], self.seeds[0], "layout", message)

    def values(self) -> None:
        """The claimed derivatives against measured ones."""
        if self.pair.y.size and any(x.size for x in self.pair.xs):
            Values(self.pair, Claims(self.seeds, self.answers), self.dense, self.rng, self.brief).judge()

    def right_there(self) -> None:
        """At the other point the rule must have been right too; one that gives its first answer there remembers it."""
        if self.elsewhere is None:
            return
        moved, y, answer = self.elsewhere
        stale = _size(answer) > 0.0 and self._same_as_here(answer)
        if self.brief and not stale:
            return  # a search comes by such a point anyhow, and should name that one
        claims = Claims(self.every[None], [answer])
        us = [np.where(x == 0.0, 1.0, np.abs(x)) * self.rng.choice([-1.0, 1.0], x.shape) for x in moved]
        point = self.pair.point._replace(xs=moved, y=y.ravel(), output_sizes=np.abs(y).ravel())
        (j,) = judged_along(self.pair, point, us, claims)
        if j.verdict == "fail" and j.kind == SMOOTH:
            where = "asked next at another point, the rule gives its first answer" if stale else "right here, and wrong near by"
            at = f", at {', '.join(map(format_array, moved))}"
            accuse(self.report, where, j, "staleness" if stale else "value", after=at)

    def _same_as_here(self, answer: Sequence[Array]) -> bool:
        """Whether an answer elsewhere, for all outputs at once, is what the first answers add up to."""
        here = [sum(parts) for parts in zip(*self.answers, strict=True)]
        return all(np.allclose(a, b, rtol=1e-12, atol=0.0) for a, b in zip(answer, here, strict=True))

    def _same(self, g: Array, want: Sequence[Array], fault: str, message: str, factor: float = 1.0) -> None:
        """The rule's answer for ``g`` against the one that it should give; ``factor`` is how much larger than the first it is."""
        self._compare(self.pair.answer(g), want, g, fault, message, factor)

    def _compare(
        self, have: Sequence[Array], want: Sequence[Array], g: Array, fault: str, message: str, factor: float = 1.0
    ) -> None:
        """Two answers for ``g`` that may differ by rounding, as much as answers scatter at inputs and cotangents near by."""
        eps = self.pair.eps
        rtol, atol = max(1e-9, 64.0 * eps), max(1e-12, 64.0 * eps) * factor * self.scale
        if self._apart(have, want, rtol, atol) is None:
            return
        loose = np.split(SCATTER_FACTOR * self._scatter(g), np.cumsum([x.size for x in self.pair.xs])[:-1])
        if (found := self._apart(have, want, rtol, atol, loose)) is not None:
            self._condemn(found, fault, message)

    def _scatter(self, g: Array) -> Array:
        """How far the rule's answers lie apart at inputs a few last digits away, and per unit of slightly larger cotangents."""

        def answer(xs: Sequence[Array], scale: float = 1.0) -> Array:
            return np.concatenate([a.ravel() for a in self.pair.answer(scale * g, xs)]) / scale

        scaled = [answer(self.pair.xs, scale) for scale in LARGER]
        coarse = np.fmin(np.ptp(scaled, axis=0), COARSE * np.abs(scaled[0]))
        near = rule_scatter(answer, self.pair.xs, self.pair.limits, self.pair.eps)
        return np.asarray(np.fmax(near, np.nan_to_num(coarse, nan=0.0, posinf=0.0)))

    def _apart(
        self, have: Sequence[Array], want: Sequence[Array], rtol: float, atol: float, loose: Sequence[Any] = ()
    ) -> Apart | None:
        """The first entry at which two answers differ by more than is allowed."""
        for k, (a, b) in enumerate(zip(have, want, strict=True)):
            more = loose[k].reshape(b.shape) if loose else 0.0
            near = (np.abs(a - b) <= rtol * np.abs(b) + atol + more) | (a == b) | (np.isnan(a) & np.isnan(b))
            if not near.all():
                i = tuple(int(n) for n in np.argwhere(~near)[0])
                return Apart(k, i, float(a[i]), float(b[i]))
        return None

    def _condemn(self, found: Apart, fault: str, message: str) -> None:
        k, i, have, want = found
        text = message.format(f"{have:.10g}", f"{want:.10g}") + f", in input {k}" + (f" at index {i}" if i else "")
        self.report.add_failure(fault, text, argument=k, index=i, claimed=have, measured=want)


def _size(arrays: Sequence[Array]) -> float:
    """The largest finite magnitude."""
    return float(max((np.max(np.abs(a[np.isfinite(a)]), initial=0.0) for a in arrays), default=0.0))
