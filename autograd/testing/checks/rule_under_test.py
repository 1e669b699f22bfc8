"""A function and its claimed rule at one point: read, called as their author would call them, and watched while they run."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from autograd.core.coercion import described
from autograd.errors import DataError, SettingError
from autograd.testing.judgement.point import Bounds, Point
from autograd.testing.measurement.estimate import EPS, Array
from autograd.testing.report import Report

NARROW = 1e-3  # of an entry's size: with less room than that, all entries that move along would take tiny steps
Layout = Callable[[Array], Array]


class Pair:
    """``f(*inputs, **static)`` and ``vjp(inputs, g, **static)`` at one point; what is wrong with a call goes into the report.

    ``given`` are the inputs in their own precision, ``xs`` the same in double; ``free`` says which entries do not stand at an edge
    of their domain, or hard by one. ``y`` (double) and ``shape`` are the output's, and ``eps`` is the last digit of the least exact
    of all numbers, once :meth:`begin` has been called.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        vjp: Callable[..., Any],
        inputs: Sequence[Any],
        domains: Sequence[Any] | None,
        static: dict[str, Any],
        call: str,
        name: str = "",
        analytic: bool = True,
    ) -> None:
        if not isinstance(inputs, tuple | list) or not inputs:
            raise DataError(f"{call} takes a tuple of at least one input, not {described(inputs)}")
        self.report = Report(f"{call} of {name or getattr(f, '__name__', type(f).__name__)}")
        self.call = call
        self.user_f, self.user_vjp, self.static = f, vjp, static
        self.given = [_read(i, x, call) for i, x in enumerate(inputs)]
        self.xs = [x.astype(np.float64) for x in self.given]
        self.limits = limits_of(domains, len(inputs), call)
        for i, (x, (low, high)) in enumerate(zip(self.xs, self.limits, strict=True)):
            if np.any(x < low) or np.any(x > high):
                raise DataError(f"{call}: input {i} leaves its domain, from {low} to {high}")
        self.free = [_room(x, *limits) > NARROW * np.abs(x) for x, limits in zip(self.xs, self.limits, strict=True)]
        self.eps = max(map(_last_digit, self.given))
        self.analytic = analytic  # whether f may be asked for complex numbers

    def f(self, *xs: Array) -> Any:
        """The function at arrays, of which single numbers are handed over as numbers."""
        return self.user_f(*[x[()] for x in xs], **self.static)

    def begin(self) -> None:
        """Look at the function itself: it has a value here, the same one twice, and leaves its inputs alone."""
        self.report.evaluations += 2
        xs = [x.copy() for x in self.given]
        try:
            first = self.f(*xs)
        except DataError:
            raise  # which says what is wrong
        except Exception as error:
            if type(error).__name__ == "UnsatisfiedAssumption":  # Hypothesis' assume(): the point is not meant
                raise
            raise DataError(f"{self.call}: the function raises {type(error).__name__} here: {error}") from error
        refuse_coroutine(first, self.call)
        y = _numbers_of(first, f"{self.call}: the function returns")
        if y.dtype.kind not in "fiub":
            raise DataError(f"{self.call}: the function returns {described(first)}, where real numbers belong")
        _refuse_half(y, f"{self.call}: the function returns")
        self.first, self.y, self.shape = first, y.astype(np.float64), y.shape
        for i, (x, x0) in enumerate(zip(xs, self.given, strict=True)):
            if x.tobytes() != x0.tobytes():
                self.report.add_failure("mutation", f"the function changes its input {i}", argument=i)
        again = self._again()
        if again.shape != y.shape:
            self.report.add_failure("function", f"the function returned shape {y.shape} and then {again.shape} for the same inputs")
        elif not np.array_equal(again, y, equal_nan=True):
            self.report.add_failure(
                "function", "the function returned two values for the same inputs: it is random, or remembers; fix its seed"
            )
        self.eps = max(self.eps, _last_digit(y))
        if y.size and not np.any(np.isfinite(self.y)):
            self.report.add_inconclusive(
                "the function is nan or infinite here: there is no derivative to compare with", "unbounded"
            )

    def _again(self) -> Any:
        """The function's value, asked a second time."""
        try:
            return np.asarray(self.f(*self.given))
        except Exception as error:
            raise DataError(f"{self.call}: asked a second time, the function raises {type(error).__name__}: {error}") from error

    @cached_property
    def point(self) -> Point:
        """Where the function is examined: in double precision, unless it takes none."""
        f, y = self.f, self.y
        if any(x.dtype != np.float64 for x in self.given):
            self.report.evaluations += 1
            try:
                y = np.asarray(self.f(*[x.copy() for x in self.xs]), dtype=np.float64)
            except Exception:  # it takes numbers of its own precision only
                y = np.zeros(())
            if y.shape != self.shape:
                f, y = self._rounded, self.y
        return Point(f, self.xs, self.limits, y.ravel(), np.abs(y).ravel(), self.eps, self.analytic)

    def _rounded(self, *xs: Array) -> Any:
        """The function at arrays rounded to its own precision."""
        return self.f(*[x.real.astype(x0.dtype) for x, x0 in zip(xs, self.given, strict=True)])

    def called(self, g: Array, xs: Sequence[Array] | None = None, layout: Layout = np.copy) -> list[Any]:
        """What the rule returns for the cotangent ``g`` (flat) at copies of the inputs; what it does to them is noted."""
        at = self.xs if xs is None else xs
        copies = [layout(x.astype(x0.dtype))[()] for x, x0 in zip(at, self.given, strict=True)]
        seed = layout(g.reshape(self.shape))[()]
        before = [c.tobytes() for c in copies]
        try:
            result = self.user_vjp(tuple(copies), seed, **self.static)
        except Exception as error:
            self.report.add_failure("raised", f"the rule raises {type(error).__name__}: {error}")
            self.report.cause = error
            return [None] * len(copies)
        result = list(result) if isinstance(result, tuple | list) else [result]
        for i, (c, b) in enumerate(zip(copies, before, strict=True)):
            if c.tobytes() != b:
                self.report.add_failure("mutation", f"the rule changes its input {i}", argument=i)
        if seed.tobytes() != g.tobytes():
            self.report.add_failure("mutation", "the rule changes the cotangent it is given")
        for i, (r, c) in enumerate(itertools.product(result, copies)):
            if isinstance(r, np.ndarray) and isinstance(c, np.ndarray) and r.size and np.may_share_memory(r, c):
                self.report.add_failure("aliasing", f"cotangent {i // len(copies)} is the memory of input {i % len(copies)}")
        return result

    def read(self, result: Sequence[Any]) -> list[Array]:
        """What the rule returned as arrays of double precision; number, shapes and types are looked at."""
        if len(result) != len(self.xs):
            self.report.add_failure("shape", f"the rule returns {len(result)} cotangents for {len(self.xs)} inputs")
        try:
            arrays = [np.zeros(x.shape) if r is None else np.asarray(r) for r, x in zip(result, self.xs, strict=False)]
        except ValueError as error:
            self.report.add_failure("shape", f"a cotangent is no array: {error}")
            return [np.zeros(x.shape) for x in self.xs]
        for i, (r, x) in enumerate(zip(arrays, self.given, strict=False)):
            belongs = f"the cotangent of input {i} is {{}}, where {{}} belongs"
            if r.shape != x.shape:
                self.report.add_failure(
                    "shape", f"the cotangent of input {i} has shape {r.shape}, where {x.shape} belongs", argument=i
                )
            elif r.dtype.kind not in "fiub":
                self.report.add_failure("dtype", belongs.format(described(result[i]), x.dtype), argument=i)
            elif r.dtype.kind == "f" and result[i] is not None and r.dtype.itemsize < x.dtype.itemsize:
                self.report.add_failure("dtype", belongs.format(r.dtype, x.dtype) + ": digits are lost", argument=i)
        if self.report.findings:
            return [np.zeros(x.shape) for x in self.xs]
        return [np.array(r, dtype=np.float64) for r in arrays]

    def answer(self, g: Array, xs: Sequence[Array] | None = None) -> list[Array]:
        """The cotangents of the inputs for one cotangent ``g`` of the output (flat)."""
        return self.read(self.called(g, xs))


def refuse_coroutine(y: Any, call: str) -> None:
    """Raise where a function returned what has yet to be awaited."""
    if inspect.isawaitable(y):
        if inspect.iscoroutine(y):
            y.close()  # nobody will await it
        raise DataError(f"{call}: the function is async: pass a plain function, with asyncio.run() around what must be awaited")


def _room(x: Array, low: float, high: float) -> Array:
    """How far each entry is from the nearer end of its domain."""
    return np.asarray(np.minimum(x - low, high - x))


def _read(i: int, x: Any, call: str) -> Array:
    array = _numbers_of(x, f"{call}: input {i} is")
    if array.dtype.kind != "f":
        raise DataError(
            f"{call}: input {i} is {described(x)}, which has no derivative: pass floats, and what is no number by keyword"
        )
    _refuse_half(array, f"{call}: input {i} is")
    if not np.all(np.isfinite(array)):
        raise DataError(f"{call}: input {i} holds {array[~np.isfinite(array)][0]}, where nothing can be moved: pass finite numbers")
    return np.array(array, order="C")


def _refuse_half(x: Array, what: str) -> None:
    if x.dtype == np.float16:
        raise DataError(
            f"{what} float16, whose three digits cannot tell a right derivative from a wrong one: use float32 or float64"
        )


def _last_digit(x: Array) -> float:
    """The rounding of numbers of this type, of double precision at least."""
    return max(EPS, float(np.finfo(x.dtype).eps)) if x.dtype.kind == "f" else EPS


def _numbers_of(x: Any, what: str) -> Array:
    """An array, unless lists of unequal lengths are in the way."""
    try:
        return np.array(x)
    except ValueError:
        raise DataError(f"{what} nested lists of unequal lengths, where numbers or an array belong") from None


def limits_of(domains: Sequence[Any] | None, count: int, call: str) -> Bounds:
    """A pair (low, high) for each input."""
    if domains is None:
        return [(-np.inf, np.inf)] * count
    if len(domains) != count:
        raise SettingError(f"{call}: {len(domains)} domains for {count} inputs: give one for each, or None")
    pairs = []
    for d in domains:
        ends = (-np.inf, np.inf) if d is None else (d.low, d.high) if hasattr(d, "low") else d
        if not isinstance(ends, tuple | list) or len(ends) != 2 or not all(isinstance(e, float | int) for e in ends):
            raise SettingError(f"{call}: a domain is None, a pair (low, high), Real or Array, not {d!r}")
        low, high = map(float, ends)
        if not low < high:
            raise SettingError(f"{call}: the domain from {low:g} to {high:g} is empty")
        pairs.append((low, high))
    return pairs
