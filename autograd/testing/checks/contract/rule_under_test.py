"""A function and the rule that is checked, at one point: both are called as their author would call them, and watched."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from autograd.core.coercion import describe
from autograd.errors import DataError
from autograd.testing.checks.contract.inputs import machine_epsilon, read_bounds, read_input, read_numbers, refuse_coroutine
from autograd.testing.judgement.point import Bounds, Point
from autograd.testing.measurement.estimate import Array
from autograd.testing.report import Report

# An entry has room if its distance to the nearer end of its domain exceeds this fraction of its size. With less, it moves by
# itself: all entries that move along with it would have central differences only for steps that short. With 1e-3, 18 of the 22
# steps remain. Doubled, 17 do, and entries at up to 2e-3 need a measurement of their own.
MIN_ROOM = 1e-3

Layout = Callable[[Array], Array]


class RuleUnderTest:
    """``f(*inputs, **static)`` and ``vjp(inputs, g, **static)`` at one point.

    Whatever is wrong with a call goes into the report.

    Parameters
    ----------
    f, vjp : callable
        The function and the rule.
    inputs : tuple or list
        The point.
    domains : sequence or None
        The domain of each input, as :func:`read_bounds` takes them.
    static : dict
        Settings for both.
    call : str
        The call for messages, as in "check_vjp()".
    name : str, default ""
        The name of the function for messages; the default is its own name.
    is_analytic : bool, default True
        Whether f may be called with complex numbers.
    labels : sequence of str, optional
        What messages call the inputs; the default is "input 0", "input 1", and so on.

    Attributes
    ----------
    report : Report
    inputs : list of arrays
        The inputs in their own precision.
    xs : list of arrays
        The inputs in double precision.
    bounds : sequence of (float, float)
        Their domains.
    has_room : list of bool arrays
        Which entries have room to both sides in their domain.
    eps : float
        The spacing at 1 of the least precise number among the inputs and, after :meth:`examine_function`, the outputs.
    y, shape : array and tuple of int
        The output in double precision and its shape, after :meth:`examine_function`.
    first_result : object
        What the function returned at first.

    Raises
    ------
    DataError
        If the inputs are not a tuple of finite floats, or are outside of their domains.
    SettingError
        If the domains are none.
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
        is_analytic: bool = True,
        labels: Sequence[str] = (),
    ) -> None:
        if not isinstance(inputs, tuple | list) or not inputs:
            raise DataError(f"{call} takes a tuple of at least one input, not {describe(inputs)}")
        self.report: Report = Report(f"{call} of {name or getattr(f, '__name__', type(f).__name__)}")
        self.call = call
        self.user_f: Callable[..., Any] = f
        self.user_vjp: Callable[..., Any] = vjp
        self.static: dict[str, Any] = static
        self.is_analytic = is_analytic
        self.labels: Sequence[str] = labels or [f"input {i}" for i in range(len(inputs))]
        self.inputs: list[Array] = [read_input(label, x, call) for label, x in zip(self.labels, inputs, strict=True)]
        self.xs: list[Array] = [x.astype(np.float64) for x in self.inputs]
        self.bounds: Bounds = read_bounds(domains, len(inputs), call)
        for label, x, (low, high) in zip(self.labels, self.xs, self.bounds, strict=True):
            if np.any(x < low) or np.any(x > high):
                raise DataError(f"{call}: {label} is outside of its domain from {low:g} to {high:g}: pass a point inside of it")
        self.has_room: list[Any] = [
            _distance_to_bounds(x, *ends) > MIN_ROOM * np.abs(x) for x, ends in zip(self.xs, self.bounds, strict=True)
        ]
        self.eps: float = max(map(machine_epsilon, self.inputs))

    def f(self, *xs: Array) -> Any:
        """Call the function.

        Parameters
        ----------
        *xs : array
            The inputs; those of shape () are passed as numbers.

        Returns
        -------
        object
            What the function returns.
        """
        return self.user_f(*[x[()] for x in xs], **self.static)

    def examine_function(self) -> None:
        """Check that the function has a value, returns the same one twice, and does not modify its inputs.

        Raises
        ------
        DataError
            If the function raises, or returns no real numbers.
        """
        self.report.evaluations += 2
        xs = [x.copy() for x in self.inputs]
        self.first_result: Any
        self.first_result, y = self._first_value(xs)
        self.y: Array = y.astype(np.float64)
        self.shape: tuple[int, ...] = y.shape
        for i, (x, x0) in enumerate(zip(xs, self.inputs, strict=True)):
            if x.tobytes() != x0.tobytes():
                self.report.add_failure("mutation", f"the function modifies its {self.labels[i]}", argument=i)
        again = self._second_value()
        if again.shape != y.shape:
            self.report.add_failure("function", f"the function returned shape {y.shape} and then {again.shape} for the same inputs")
        elif not np.array_equal(again, y, equal_nan=True):
            self.report.add_failure(
                "function",
                "the function returned two different values for the same inputs: it is random or keeps state; fix its seed",
            )
        self.eps = max(self.eps, machine_epsilon(y))
        if y.size and not np.any(np.isfinite(self.y)):
            self.report.add_inconclusive(
                "the function is nan or infinite here: there is no derivative to compare with", "unbounded"
            )

    def _first_value(self, xs: Sequence[Array]) -> tuple[Any, Array]:
        """What the function returns, as it is and as an array."""
        try:
            result = self.f(*xs)
        except DataError:
            raise  # its message already names the problem
        except Exception as error:
            if type(error).__name__ == "UnsatisfiedAssumption":  # of Hypothesis: assume() rejects this point
                raise
            raise DataError(f"{self.call}: the function raises {type(error).__name__} at the inputs: {error}") from error
        refuse_coroutine(result, self.call)
        y = read_numbers(result, f"{self.call}: the function returns")
        if y.dtype.kind not in "fiub":
            raise DataError(f"{self.call}: the function returns {describe(result)}: it must return real numbers")
        return result, y

    def _second_value(self) -> Array:
        try:
            return np.asarray(self.f(*self.inputs))
        except Exception as error:
            raise DataError(f"{self.call}: called a second time, the function raises {type(error).__name__}: {error}") from error

    @cached_property
    def point(self) -> Point:
        """Where the function is measured: in double precision, unless it accepts only its own precision."""
        f, y = self.f, self.y
        if any(x.dtype != np.float64 for x in self.inputs):
            self.report.evaluations += 1
            try:
                y = np.asarray(self.f(*[x.copy() for x in self.xs]), dtype=np.float64)
            except Exception:  # it accepts only its own precision
                y = np.zeros(())
            if y.shape != self.shape:
                f, y = self._f_in_own_precision, self.y
        return Point(f, self.xs, self.bounds, y.ravel(), np.abs(y).ravel(), self.eps, self.is_analytic)

    def _f_in_own_precision(self, *xs: Array) -> Any:
        return self.f(*[x.real.astype(x0.dtype) for x, x0 in zip(xs, self.inputs, strict=True)])

    def call_vjp(self, g: Array, xs: Sequence[Array] | None = None, layout: Layout = np.copy) -> list[Any]:
        """Call the rule with copies of the inputs, and report what it does to them.

        Parameters
        ----------
        g : array of shape (n_outputs,)
            The cotangent of the output.
        xs : sequence of arrays, optional
            The inputs; the default is the point itself.
        layout : callable, default np.copy
            Makes the copies; another function may give them another memory layout.

        Returns
        -------
        list
            What the rule returns, one object per input; None for each if it raises.
        """
        at = self.xs if xs is None else xs
        copies = [layout(x.astype(x0.dtype))[()] for x, x0 in zip(at, self.inputs, strict=True)]
        seed = layout(g.reshape(self.shape))[()]
        before = [copy.tobytes() for copy in copies]
        try:
            result = self.user_vjp(tuple(copies), seed, **self.static)
        except Exception as error:
            self.report.add_failure("raised", f"the rule raises {type(error).__name__}: {error}")
            self.report.cause = error
            return [None] * len(copies)
        result = list(result) if isinstance(result, tuple | list) else [result]
        for i, (copy, bytes_before) in enumerate(zip(copies, before, strict=True)):
            if copy.tobytes() != bytes_before:
                self.report.add_failure("mutation", f"the rule modifies its {self.labels[i]}", argument=i)
        if seed.tobytes() != g.tobytes():
            self.report.add_failure("mutation", "the rule modifies the cotangent that it is given")
        self._report_shared_memory(result, copies)
        return result

    def _report_shared_memory(self, result: Sequence[Any], copies: Sequence[Any]) -> None:
        for (j, cotangent), (i, x) in itertools.product(enumerate(result), enumerate(copies)):
            are_arrays = isinstance(cotangent, np.ndarray) and isinstance(x, np.ndarray)
            if are_arrays and cotangent.size and np.may_share_memory(cotangent, x):
                self.report.add_failure("aliasing", f"cotangent {j} shares memory with {self.labels[i]}")

    def read_cotangents(self, result: Sequence[Any]) -> list[Array]:
        """Convert what the rule returned to arrays of double precision, and report wrong numbers, shapes and types.

        Parameters
        ----------
        result : sequence
            What :meth:`call_vjp` returned.

        Returns
        -------
        list of arrays
            One per input and of its shape; zeros if anything was reported.
        """
        if len(result) != len(self.xs):
            self.report.add_failure("shape", f"the rule returns {len(result)} cotangents for {len(self.xs)} inputs")
        try:
            arrays = [np.zeros(x.shape) if r is None else np.asarray(r) for r, x in zip(result, self.xs, strict=False)]
        except ValueError as error:
            self.report.add_failure("shape", f"a cotangent cannot be converted to an array: {error}")
            return [np.zeros(x.shape) for x in self.xs]
        for i, array in enumerate(arrays):
            self._check_cotangent(i, array, result[i])
        if self.report.findings:
            return [np.zeros(x.shape) for x in self.xs]
        return [np.array(array, dtype=np.float64) for array in arrays]

    def _check_cotangent(self, i: int, array: Array, result: Any) -> None:
        """Report a cotangent of a wrong shape or type."""
        x, cotangent = self.inputs[i], f"the cotangent of {self.labels[i]}"
        if array.shape != x.shape:
            self.report.add_failure("shape", f"{cotangent} has shape {array.shape}, but the input has shape {x.shape}", argument=i)
        elif array.dtype.kind not in "fiub":
            self.report.add_failure("dtype", f"{cotangent} is {describe(result)}, but the input is {x.dtype}", argument=i)
        elif array.dtype.kind == "f" and result is not None and array.dtype.itemsize < x.dtype.itemsize:
            message = f"{cotangent} is {array.dtype}, but the input is {x.dtype}: precision is lost"
            self.report.add_failure("dtype", message, argument=i)

    def vjp(self, g: Array, xs: Sequence[Array] | None = None) -> list[Array]:
        """Return the rule's cotangents as arrays.

        Parameters
        ----------
        g : array of shape (n_outputs,)
            The cotangent of the output.
        xs : sequence of arrays, optional
            The inputs; the default is the point itself.

        Returns
        -------
        list of arrays
            One per input, of its shape.
        """
        return self.read_cotangents(self.call_vjp(g, xs))


def _distance_to_bounds(x: Array, low: float, high: float) -> Array:
    """How far each entry is from the nearer end of its domain."""
    return np.asarray(np.minimum(x - low, high - x))
