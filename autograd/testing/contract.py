"""check_vjp: the whole contract of anybody's reverse-mode rule at one point, value, shape, type, memory and manners."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.door import described
from autograd.errors import DataError, SettingError
from autograd.testing.estimate import Array
from autograd.testing.judging import RTOL, Judgement, Limits, Point, judge
from autograd.testing.report import Report

Rule = Callable[..., Any]
FEW = 6  # up to so many entries, or outputs, each is looked at by itself
DIRECTIONS = 4  # else so many mixtures of them


def check_vjp(
    f: Callable[..., Any],
    vjp: Rule,
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
    return Check(f, vjp, inputs, domains, static, "check_vjp()").run().raised(raise_on_fail)


class Check:
    """One check of one pair at one point."""

    def __init__(
        self,
        f: Callable[..., Any],
        vjp: Rule,
        inputs: Sequence[Any],
        domains: Sequence[Any] | None,
        static: dict[str, Any],
        call: str,
    ) -> None:
        self.report = Report(f"{call} of {getattr(f, '__name__', type(f).__name__)}")
        self.analytic = True  # whether f may be asked for complex numbers
        self.brief = False  # whether a finding need not be brought down to one entry
        self.call = call
        if not isinstance(inputs, tuple | list) or not inputs:
            raise DataError(f"{call} takes a tuple of at least one input, not {described(inputs)}")
        self.given = [self._input(i, x) for i, x in enumerate(inputs)]
        self.xs = [x.astype(np.float64) for x in self.given]
        self.single = any(x.dtype != np.float64 for x in self.given)
        self.limits = limits_of(domains, len(inputs), call)
        for i, (x, (low, high)) in enumerate(zip(self.xs, self.limits, strict=True)):
            if np.any(x < low) or np.any(x > high):
                raise DataError(f"{call}: input {i} leaves its domain, from {low} to {high}")
        self.size = max(1.0, self._size(self.xs))
        self.free = [(low < x) & (x < high) for x, (low, high) in zip(self.xs, self.limits, strict=True)]
        self.user_f, self.user_vjp, self.static = f, vjp, static
        self.rng = np.random.default_rng(0)

    def _input(self, i: int, x: Any) -> Array:
        array = np.asarray(x)
        if array.dtype.kind != "f":
            raise DataError(
                f"{self.call}: input {i} is {described(x)}, which has no derivative: pass floats, and what is no number by keyword"
            )
        return np.array(array, order="C")

    # -- the two functions, as they are called

    def f(self, *xs: Array) -> Any:
        """The function at arrays, of which single numbers are handed over as numbers."""
        return self.user_f(*[x[()] for x in xs], **self.static)

    def vjp(self, xs: Sequence[Array], g: Array) -> list[Any]:
        """The rule at copies of the inputs, with what it does to them noted."""
        copies, seed = [x.astype(x0.dtype)[()] for x, x0 in zip(xs, self.given, strict=True)], np.array(g)[()]
        before = [c.tobytes() for c in copies]
        result = self.user_vjp(tuple(copies), seed, **self.static)
        result = list(result) if isinstance(result, tuple | list) else [result]
        for i, (c, b) in enumerate(zip(copies, before, strict=True)):
            if c.tobytes() != b:
                self.report.add("mutation", f"the rule changes its input {i}", argument=i)
        if seed.tobytes() != g.tobytes():
            self.report.add("mutation", "the rule changes the cotangent it is given")
        for i, (r, c) in enumerate(itertools.product(result, copies)):
            if isinstance(r, np.ndarray) and isinstance(c, np.ndarray) and r.size and np.may_share_memory(r, c):
                self.report.add("aliasing", f"cotangent {i // len(copies)} is the memory of input {i % len(copies)}")
        return result

    # -- the parts of the contract

    def run(self) -> Report:
        """All of it; what condemns first ends it."""
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            parts: list[Callable[[], None]] = [self.function, self.first, self.manners, self.values, self.elsewhere]
            for part in parts:
                part()
                if self.report.findings:
                    break
        return self.report

    def function(self) -> None:
        """The function itself: it has a value here, the same one twice, and leaves its inputs alone."""
        self.report.evaluations += 2
        xs = [x.copy() for x in self.given]
        try:
            first = self.f(*xs)
        except Exception as error:
            raise DataError(f"{self.call}: the function raises {type(error).__name__} here: {error}") from error
        y = np.array(first)
        if y.dtype.kind not in "fiub":
            raise DataError(f"{self.call}: the function returns {described(first)}, where real numbers belong")
        self.y, self.shape, self.first_output = y.astype(np.float64), y.shape, first
        for i, (x, x0) in enumerate(zip(xs, self.given, strict=True)):
            if x.tobytes() != x0.tobytes():
                self.report.add("mutation", f"the function changes its input {i}", argument=i)
        again = np.asarray(self.f(*self.given))
        if again.shape != y.shape:
            self.report.add("function", f"the function returned shape {y.shape} and then {again.shape} for the same inputs")
        elif not np.array_equal(again, y, equal_nan=True):
            self.report.add(
                "function", "the function returned two values for the same inputs: it is random, or remembers; fix its seed"
            )
        exact = self.single or y.dtype != np.float64
        self.rtol = 2e-3 if exact else RTOL
        wide = lambda *points: self.f(*points)  # noqa: E731 - a function of arrays in double precision
        self.point = Point(wide, self.xs, self.limits, self.y.ravel(), self.rtol, self.analytic)
        if self.y.size and not np.any(np.isfinite(self.y)):
            self.report.doubt("the function is nan or infinite here: there is no derivative to compare with")

    def first(self) -> None:
        """The rule's answers for the cotangents of the check: their number, shapes and types."""
        m = self.y.size
        self.seeds = np.eye(m) if m <= FEW else self.rng.uniform(0.5, 1.5, (3, m)) * self.rng.choice([-1.0, 1.0], (3, m))
        if not m:
            self.seeds = np.zeros((1, 0))
        self.kept: list[list[Any]] = []
        self.answers = [self._answer(g, keep=True) for g in self.seeds]

    def _answer(self, g: Array, xs: Sequence[Array] | None = None, keep: bool = False) -> list[Array]:
        """The cotangents for one seed as arrays of double precision, with their shapes and types looked at."""
        result = self.vjp(self.xs if xs is None else xs, g.reshape(self.shape))
        if len(result) != len(self.xs):
            self.report.add("shape", f"the rule returns {len(result)} cotangents for {len(self.xs)} inputs")
        arrays = [np.zeros(x.shape) if r is None else np.asarray(r) for r, x in zip(result, self.xs, strict=False)]
        for i, (r, x) in enumerate(zip(arrays, self.given, strict=False)):
            if r.shape != x.shape:
                self.report.add("shape", f"the cotangent of input {i} has shape {r.shape}, where {x.shape} belongs", argument=i)
            elif r.dtype.kind not in "fiub":
                self.report.add("dtype", f"the cotangent of input {i} is {described(r)}", argument=i)
            elif r.dtype.kind == "f" and r.dtype != x.dtype and result[i] is not None and r.dtype.itemsize < x.dtype.itemsize:
                self.report.add(
                    "dtype", f"the cotangent of input {i} is {r.dtype}, where {x.dtype} belongs: digits are lost", argument=i
                )
        if keep:
            self.kept.append(result)
        if self.report.findings:
            return [np.zeros(x.shape) for x in self.xs]
        return [np.array(r, dtype=np.float64) for r in arrays]

    def values(self) -> None:
        """The claimed derivatives against measured ones."""
        if not self.y.size or not any(x.size for x in self.xs):
            return
        undecided, count = [], 0
        for us in self.directions():
            judged = self._along(us, self.seeds, self.answers)
            if any(j.verdict != "pass" for j in judged) and self.y.size > FEW:
                judged = self._one_by_one(us)
            count += len(judged)
            undecided += [j for j in judged if j.verdict == "undecided"]
            if any(j.verdict == "fail" for j in judged):
                self._condemn(us, judged)
                return
            self.report.kinds += [j.kind for j in judged]
        if any(kind == "kink" for kind in self.report.kinds):
            self._ties()
        if undecided and len(undecided) > 0.5 * count and not self.report.findings:
            j = undecided[0]
            self.report.doubt(f"cannot tell here ({j.kind}): claimed {j.claimed:.8g}, measured {j.measured:.8g} ± {j.error:.1g}")

    def directions(self) -> list[list[Array]]:
        """Along which lines to look: each entry by itself where they are few, else mixtures, and each input by itself.

        Entries at an edge of their domain move by themselves: where they go along, the others would be seen from one side only.
        """
        sizes = [np.where(np.abs(x) > 1e-300, 2.0 ** np.round(np.log2(np.where(x == 0.0, 1.0, np.abs(x)))), 1.0) for x in self.xs]
        if sum(x.size for x in self.xs) <= FEW:
            return [self._only(k, size.flat[i], i) for k, size in enumerate(sizes) for i in range(size.size)]
        alone = [(k, i) for k, free in enumerate(self.free) for i in map(int, np.flatnonzero(~free))][:FEW]
        sizes = [s * free for s, free in zip(sizes, self.free, strict=True)]
        mixed = [[s * self.rng.choice([-1.0, 1.0], s.shape) for s in sizes] for _ in range(DIRECTIONS)]
        if len(sizes) > 1:
            mixed += [[u * (k == j) for j, u in enumerate(mixed[0])] for k in range(len(sizes[:4]))]
        mixed = [us for us in mixed if any(u.any() for u in us)]
        return mixed + [self._only(k, max(abs(self.xs[k].flat[i]), 1.0), i) for k, i in alone]

    def _only(self, k: int, size: float, i: int) -> list[Array]:
        us = [np.zeros(x.shape) for x in self.xs]
        us[k].flat[i] = size
        return us

    def _along(self, us: Sequence[Array], seeds: Array, answers: Sequence[Sequence[Array]]) -> list[Judgement]:
        """The judgements of all seeds along one direction."""
        claims = np.array([sum(float(np.sum(r * u)) for r, u in zip(rs, us, strict=True)) for rs in answers])
        scales = np.array([sum(float(np.sum(np.abs(r * u))) for r, u in zip(rs, us, strict=True)) for rs in answers])
        if seeds.shape[0] == seeds.shape[1] == self.y.size and self.y.size <= FEW:
            judged, n = judge(self.point, us, claims, scales)
        else:
            f, shape = self.point.f, self.shape

            def mixed(*xs: Array) -> Any:
                y = np.asarray(f(*xs))
                if y.shape != shape:
                    raise ValueError("the shape changed")
                return seeds @ y.ravel()

            judged, n = judge(self.point._replace(f=mixed, y=seeds @ self.point.y), us, claims, scales)
        self.report.evaluations += n
        return judged

    def _one_by_one(self, us: Sequence[Array]) -> list[Judgement]:
        """Each output's claim by itself, which a kink needs."""
        some = np.arange(self.y.size) if self.y.size <= 64 else self.rng.choice(self.y.size, 64, replace=False)
        seeds = np.zeros((len(some), self.y.size))
        seeds[np.arange(len(some)), some] = 1.0
        return self._along(us, seeds, [self._answer(g) for g in seeds])

    def _ties(self) -> None:
        """At a kink, entries that are equal are also moved together, and all entries at once."""
        values = np.concatenate([x.ravel() for x in self.xs])
        groups = [values == v for v in np.unique(values) if np.sum(values == v) > 1][:4]
        free = np.concatenate([f.ravel() for f in self.free])
        for chosen in [*groups, np.ones(values.size, bool)]:
            flat, us, start = free * chosen * 1.0 * max(1.0, float(np.max(np.abs(values)))), [], 0
            for x in self.xs:
                us.append(flat[start : start + x.size].reshape(x.shape))
                start += x.size
            judged = self._along(us, self.seeds, self.answers)
            if any(j.verdict != "pass" for j in judged) and self.y.size > FEW:
                judged = self._one_by_one(us)
            if any(j.verdict == "fail" for j in judged):
                self._condemn(us, judged)
                return

    def _condemn(self, us: Sequence[Array], judged: Sequence[Judgement]) -> None:
        """The finding for a direction in which a claim is wrong, brought down to one entry where one shows it."""
        entries = [] if self.brief else [(k, int(i)) for k, u in enumerate(us) for i in np.flatnonzero(u)]
        worst: tuple[float, Any, Judgement] | None = None
        if len(entries) == 1:
            worst = (0.0, entries[0], max((j for j in judged if j.verdict == "fail"), key=_discrepancy))
        for k, i in entries[:32] if len(entries) > 1 else []:
            found = [j for j in self._along(self._only(k, us[k].flat[i], i), self.seeds, self.answers) if j.verdict == "fail"]
            for j in found:
                if worst is None or _discrepancy(j) > worst[0]:
                    worst = (_discrepancy(j), (k, i), j)
        if worst is None:
            j = next(j for j in judged if j.verdict == "fail")
            self.report.add(
                "nan" if not np.isfinite(j.claimed) else "value",
                f"along a direction in all of the entries that tie or mix: {_numbers(j)}",
                claimed=j.claimed,
                measured=j.measured,
                error=j.error,
            )
            return
        _, (k, i), j = worst
        size = us[k].flat[i]
        index = tuple(int(n) for n in np.unravel_index(i, self.xs[k].shape))
        numbers = [n / size for n in (j.claimed, j.measured, abs(j.error))]
        side = f" ({j.kind})" if j.kind != "smooth" else ""
        where = f"input {k}" + (f" at index {index}" if index else "")
        self.report.add(
            "nan" if not np.isfinite(j.claimed) else "value",
            f"by {where}: claimed {numbers[0]:.10g}, measured {numbers[1]:.10g} ± {abs(numbers[2]):.1g}{side}",
            argument=k,
            index=index,
            claimed=numbers[0],
            measured=numbers[1],
            error=abs(numbers[2]),
        )

    def manners(self) -> None:
        """Linear, zero for zero, the same again, after a call elsewhere, and in another memory layout."""
        # what cancels inside leaves rounding of the size of what went in
        g, scale = self.seeds[0], max(self.size, self._size(self.answers[0]))
        base = self.answers[0]
        other = self.seeds[-1] + 0.5 * self.seeds[0]
        expected = [-3.0 * (b + 0.5 * a) for a, b in zip(base, self.answers[-1], strict=True)]
        self._same(self._answer(g), base, "staleness", "asked the same again, the rule gives {0} where it gave {1}", scale)
        mixed = self._answer(-3.0 * other)
        if self._size(base) and all(map(np.array_equal, mixed, base)):
            self.report.add("staleness", "for another cotangent the rule gives the answer that it gave before")
        self._same(
            mixed,
            expected,
            "nonlinearity",
            "the rule is not linear in the cotangent: for the sum of two it gives {0}, where {1} is their sum",
            4.5 * scale,
        )
        self._same(
            self._answer(1e4 * g),
            [1e4 * a for a in base],
            "nonlinearity",
            "the rule is not linear in the cotangent: for 10⁴ g it gives {0}, where {1} belongs",
            1e4 * scale,
        )
        if all(np.all(np.isfinite(a)) for a in base):
            self._same(
                self._answer(0.0 * g), [0.0 * a for a in base], "nonlinearity", "for the cotangent 0 the rule gives {0}", scale
            )
        self._call_elsewhere(g)
        self._buffers()
        self._same(
            self._answer(g), base, "staleness", "asked again after a call elsewhere, the rule gives {0} where it gave {1}", scale
        )
        self._layouts(g, base, scale)

    def _same(self, have: Sequence[Array], want: Sequence[Array], fault: str, message: str, scale: float) -> None:
        for k, (a, b) in enumerate(zip(have, want, strict=True)):
            rtol = 0.1 * self.rtol if self.single else 1e-6
            if bool((np.abs(a - b) <= rtol * np.abs(b) + 1e-12 * scale).all()) or self.report.findings:
                continue
            bad = ~np.isclose(a, b, rtol=rtol, atol=1e-12 * scale, equal_nan=True)
            if bad.any():
                i = tuple(int(n) for n in np.argwhere(bad)[0])
                text = message.format(f"{a[i]:.10g}", f"{b[i]:.10g}") + f", in input {k}" + (f" at index {i}" if i else "")
                self.report.add(fault, text, argument=k, index=i, claimed=float(a[i]), measured=float(b[i]))

    @staticmethod
    def _size(arrays: Sequence[Array]) -> float:
        finite = [np.max(np.abs(a[np.isfinite(a)]), initial=0.0) for a in arrays]
        return float(max(finite, default=0.0))

    def _call_elsewhere(self, g: Array) -> None:
        """A call of both at another point."""
        self.there: tuple[list[Array], Array, list[Array]] | None = None
        shifted = [x * 1.0625 + np.where(x == 0.0, 0.03125, 0.0) for x in self.xs]
        moved = [np.asarray(np.clip(x, low, high)) for x, (low, high) in zip(shifted, self.limits, strict=True)]
        self.report.evaluations += 1
        try:
            y = np.asarray(self.f(*[x.astype(x0.dtype) for x, x0 in zip(moved, self.given, strict=True)]), dtype=float)
        except Exception:
            return
        if y.shape != self.shape:
            self.report.add("function", f"the function returned shape {self.shape}, and {y.shape} for inputs of the same shapes")
        if self.report.findings or not y.size or not np.all(np.isfinite(y)) or not any(x.size for x in self.xs):
            return
        answer = self._answer(g, moved)
        self.there = None if self.single else (moved, y, answer)

    def elsewhere(self) -> None:
        """At the other point the rule must have been right too: one that remembers the first call is not."""
        if self.there is None:
            return
        g = self.seeds[0]
        moved, y, answer = self.there
        here = self.point._replace(xs=moved, y=np.atleast_1d(g @ y.ravel()), f=lambda *xs: g @ np.ravel(self.f(*xs)))
        us = [np.where(x == 0.0, 1.0, np.abs(x)) * self.rng.choice([-1.0, 1.0], x.shape) for x in moved]
        claims = np.array([sum(float(np.sum(r * u)) for r, u in zip(answer, us, strict=True))])
        scales = np.array([sum(float(np.sum(np.abs(r * u))) for r, u in zip(answer, us, strict=True))])
        judged, n = judge(here, us, claims, scales)
        self.report.evaluations += n
        if judged[0].verdict == "fail" and judged[0].kind == "smooth":
            j = judged[0]
            self.report.add(
                "staleness",
                f"right at the first point, wrong at the next: {_numbers(j)}",
                claimed=j.claimed,
                measured=j.measured,
                error=j.error,
            )

    def _layouts(self, g: Array, base: Sequence[Array], scale: float) -> None:
        """Fortran order and negative strides: the same numbers, otherwise laid out."""
        if not any(x.size > 1 for x in self.xs) or self.report.findings:
            return
        strange = [_strange(x0) for x0 in self.given]
        self.report.evaluations += 1
        y = np.asarray(self.f(*[_strange(x0) for x0 in self.given]), dtype=float)
        within = float(np.max(np.abs(self.y[np.isfinite(self.y)]), initial=self.size))
        if not np.allclose(y, self.y, rtol=1e-6, atol=1e-10 * within, equal_nan=True):
            self.report.add("layout", "the function gives other values for the same numbers in another memory layout")
            return
        result = self.user_vjp(tuple(x[()] for x in strange), _strange(g.reshape(self.shape))[()], **self.static)
        result = list(result) if isinstance(result, tuple | list) else [result]
        arrays = [np.zeros(x.shape) if r is None else np.array(r, dtype=float) for r, x in zip(result, self.xs, strict=False)]
        if [a.shape for a in arrays] != [x.shape for x in self.xs]:
            self.report.add("layout", "the rule gives other shapes for the same numbers in another memory layout")
            return
        self._same(arrays, base, "layout", "for the same numbers in another memory layout the rule gives {0} and not {1}", scale)

    def _buffers(self) -> None:
        """Results of earlier calls are still what they were."""
        for kept, answer in zip(self.kept, self.answers, strict=True):
            for i, (r, a) in enumerate(zip(kept, answer, strict=True)):
                if r is not None and not np.array_equal(np.asarray(r, dtype=float), a, equal_nan=True):
                    self.report.add("aliasing", f"the cotangent of input {i} was overwritten by a later call", argument=i)
                    return
        if not np.array_equal(np.asarray(self.first_output, dtype=float), self.y, equal_nan=True):
            self.report.add("aliasing", "the function's result was overwritten by a later call")


def _strange(x: Array) -> Array:
    """The same numbers as a view with negative strides of an array in Fortran order."""
    if not x.ndim:
        return x.copy()
    back = tuple(slice(None, None, -1) for _ in x.shape)
    return np.array(x[back], order="F")[back]


def _numbers(j: Judgement) -> str:
    return f"claimed {j.claimed:.10g}, measured {j.measured:.10g} ± {j.error:.1g}"


def _discrepancy(j: Judgement) -> float:
    if not np.isfinite(j.claimed):
        return np.inf
    return abs(j.claimed - j.measured) / (abs(j.error) + 1e-12 * max(abs(j.measured), abs(j.claimed)) + 1e-300)


def limits_of(domains: Sequence[Any] | None, count: int, call: str) -> Limits:
    """A pair (low, high) for each input."""
    if domains is None:
        return [(-np.inf, np.inf)] * count
    if len(domains) != count:
        raise SettingError(f"{call}: {len(domains)} domains for {count} inputs: give one for each, or None")
    pairs = []
    for d in domains:
        low, high = (-np.inf, np.inf) if d is None else (d.low, d.high) if hasattr(d, "low") else d
        if not low < high:
            raise SettingError(f"{call}: the domain from {low} to {high} is empty")
        pairs.append((float(low), float(high)))
    return pairs
