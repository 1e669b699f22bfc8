"""The inputs, domains and values of a check, read and validated."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.core.coercion import check_array_kind, describe
from autograd.errors import DataError, SettingError
from autograd.testing.judgement.point import Bounds
from autograd.testing.measurement.estimate import EPS, Array

EVERYWHERE = (-np.inf, np.inf)


def read_input(label: str, x: Any, call: str) -> Array:
    """Read an input of a check.

    Parameters
    ----------
    label : str
        What messages call the input, as in "input 0".
    x : array_like
        The input.
    call : str
        The call for error messages, as in "check_vjp()".

    Returns
    -------
    array
        A copy in C order, of the input's own precision.

    Raises
    ------
    DataError
        If the input is not an array of finite floats with at least single precision, or has masked entries.
    """
    check_array_kind(x, f"{call}: {label}")
    array = read_numbers(x, f"{call}: {label} is")
    if array.dtype.kind != "f":
        raise DataError(
            f"{call}: {label} is {describe(x)}, which has no derivative: pass floats, and integers and other settings by keyword"
        )
    if not np.all(np.isfinite(array)):
        raise DataError(f"{call}: {label} contains {array[~np.isfinite(array)][0]}: pass finite numbers")
    return np.array(array, order="C")


def read_numbers(x: Any, what: str) -> Array:
    """Convert numbers to an array.

    Parameters
    ----------
    x : array_like
    what : str
        The beginning of a sentence about x for error messages, as in "check_vjp(): input 0 is".

    Returns
    -------
    array

    Raises
    ------
    DataError
        If x is a nested list of unequal lengths, or has half precision.
    """
    try:
        array = np.array(x)
    except ValueError:
        raise DataError(f"{what} a nested list of unequal lengths: use a number or an array") from None
    if array.dtype == np.float16:
        raise DataError(
            f"{what} float16, whose three digits cannot tell a right derivative from a wrong one: use float32 or float64"
        )
    return array


def read_bounds(domains: Sequence[Any] | None, n_inputs: int, call: str) -> Bounds:
    """Read the domains of the inputs.

    Parameters
    ----------
    domains : sequence or None
        For each input None, a pair (low, high), or an object with the attributes ``low`` and ``high``, as Real and Array.
    n_inputs : int
        How many inputs there are.
    call : str
        The call for error messages.

    Returns
    -------
    list of (float, float)

    Raises
    ------
    SettingError
        If there is not one domain per input, or if one is no interval.
    """
    if domains is None:
        return [EVERYWHERE] * n_inputs
    if len(domains) != n_inputs:
        raise SettingError(f"{call}: {len(domains)} domains for {n_inputs} inputs: pass one for each input, or None")
    return [_read_interval(domain, call) for domain in domains]


def _read_interval(domain: Any, call: str) -> tuple[float, float]:
    ends = EVERYWHERE if domain is None else domain
    if hasattr(domain, "low"):
        ends = (domain.low, domain.high)
    if not isinstance(ends, tuple | list) or len(ends) != 2 or not all(isinstance(end, float | int) for end in ends):
        raise SettingError(f"{call}: a domain must be None, a pair (low, high), Real or Array, not {domain!r}")
    low, high = map(float, ends)
    if not low < high:
        raise SettingError(f"{call}: the domain from {low:g} to {high:g} is empty: low must be less than high")
    return low, high


def machine_epsilon(x: Array) -> float:
    """Return the spacing at 1 of numbers of an array's type.

    Parameters
    ----------
    x : array

    Returns
    -------
    float
        At least that of double precision, in which the checks compute; also for integers.
    """
    return max(EPS, float(np.finfo(x.dtype).eps)) if x.dtype.kind == "f" else EPS


def refuse_coroutine(y: Any, call: str) -> None:
    """Raise if a function returned something to be awaited.

    Parameters
    ----------
    y : object
        What the function returned.
    call : str
        The call for error messages.

    Raises
    ------
    DataError
        If y is awaitable.
    """
    if inspect.isawaitable(y):
        if inspect.iscoroutine(y):
            y.close()  # without this Python warns that it was never awaited
        raise DataError(f"{call}: the function is async: pass a plain function that calls asyncio.run()")
