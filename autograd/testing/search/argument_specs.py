"""Specifications of arguments, for searches and for gradient tests: Real, Array and Choice."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.coercion import describe
from autograd.errors import DataError, SettingError

# The default upper bound of a named dimension. With 4 entries an array has a first, a last and two inner entries. Doubled, a search
# of right rules takes 1.5 times as long, and finds the same of the wrong rules in benchmarks/rules.
DEFAULT_MAX_SIZE = 4


class Real:
    """A float argument.

    Parameters
    ----------
    low, high : float
        The bounds of its domain, both included. Default: all finite numbers.

    Raises
    ------
    SettingError
        If a bound is not a number, or ``low`` is not less than ``high``.

    Examples
    --------
    >>> Real(0.0, 1.0)
    Real(0.0, 1.0)
    """

    def __init__(self, low: float = -np.inf, high: float = np.inf) -> None:
        self.low: float
        self.high: float
        self.low, self.high = _validate_domain(low, high, "Real")

    def __repr__(self) -> str:
        return "Real()" if _is_unbounded(self.low, self.high) else f"Real({self.low}, {self.high})"


class Array:
    """A float array argument.

    Parameters
    ----------
    *dims : str or int
        The dimensions: a length, or a name for a length that is drawn. Dimensions of the same name have the same length in all
        arguments.
    low, high : float
        The bounds of the entries, both included. Default: all finite numbers.
    min_size, max_size : int
        The bounds of the named dimensions. Default: 0 to 4.
    dtype : dtype-like
        A float dtype with at least single precision. Default: float64.

    Raises
    ------
    SettingError
        If a dimension, a bound, a size or the dtype is invalid.
    DataError
        If the dtype is not a float type, or is half precision.

    Examples
    --------
    >>> Array("n", 3, low=0.0)
    Array('n', 3, low=0.0, high=inf)
    """

    def __init__(
        self,
        *dims: str | int,
        low: float = -np.inf,
        high: float = np.inf,
        min_size: int = 0,
        max_size: int = DEFAULT_MAX_SIZE,
        dtype: Any = np.float64,
    ) -> None:
        for dim in dims:
            if not isinstance(dim, str) and not _is_length(dim):
                raise SettingError(f"Array(): a dimension must be a name or a length of at least 0, not {describe(dim)}")
        for name, size in (("min_size", min_size), ("max_size", max_size)):
            if not _is_length(size):
                raise SettingError(f"Array(): {name} must be an int of at least 0, not {size!r}")
        self.dims = dims
        self.low: float
        self.high: float
        self.low, self.high = _validate_domain(low, high, "Array")
        self.min_size = min_size
        # min_size=5 without max_size is not a contradiction
        self.max_size: int = max(max_size, min_size) if max_size == DEFAULT_MAX_SIZE else max_size
        self.dtype: Any = _validate_dtype(dtype)

    def __repr__(self) -> str:
        bounds = "" if _is_unbounded(self.low, self.high) else f", low={self.low}, high={self.high}"
        return f"Array({', '.join(map(repr, self.dims))}{bounds})"


class Choice:
    """A setting that is one of several options, such as an axis. Settings are passed by keyword and have no derivative.

    Parameters
    ----------
    *options : object
        The options. A failure is shrunk towards the first one.

    Raises
    ------
    SettingError
        If there are no options.

    Examples
    --------
    >>> Choice(0, 1, None)
    Choice(0, 1, None)
    """

    def __init__(self, *options: Any) -> None:
        if not options:
            raise SettingError("Choice() needs at least one option, as in Choice(0, 1)")
        self.options = options

    def __repr__(self) -> str:
        return f"Choice({', '.join(map(repr, self.options))})"


Spec = Real | Array | Choice


def validate_specs(specs: dict[str, Spec], call: str) -> None:
    """Raise DataError if a keyword is not a specification, and SettingError if none is an input or lengths contradict."""
    for name, spec in specs.items():
        if not isinstance(spec, Real | Array | Choice):
            raise DataError(f"{call}: {name}= must be Real(…), Array(…) or Choice(…), not {describe(spec)}")
    get_dimension_lengths(specs)
    if not input_specs(specs):
        raise SettingError(f"{call} needs at least one input, as in x=Array('n') or x=Real()")


def input_specs(specs: dict[str, Spec]) -> dict[str, Real | Array]:
    """Return the specifications of inputs, without those of settings."""
    return {name: spec for name, spec in specs.items() if not isinstance(spec, Choice)}


def get_domains(specs: dict[str, Spec]) -> list[tuple[float, float]]:
    """Return the bounds (low, high) of each input."""
    return [(spec.low, spec.high) for spec in input_specs(specs).values()]


def split_inputs_and_settings(values: dict[str, Any], specs: dict[str, Spec]) -> tuple[list[Any], dict[str, Any]]:
    """Return the inputs among the values as a list, and the settings as a dict."""
    inputs = [values[name] for name in input_specs(specs)]
    settings = {name: values[name] for name, spec in specs.items() if isinstance(spec, Choice)}
    return inputs, settings


def get_dimension_lengths(specs: dict[str, Spec]) -> dict[str, list[int]]:
    """Return the lengths that each named dimension may have, the simplest first.

    Raises
    ------
    SettingError
        If the sizes of two arrays leave no length for a dimension.
    """
    bounds: dict[str, tuple[int, int]] = {}
    for array in [spec for spec in specs.values() if isinstance(spec, Array)]:
        for dim in [dim for dim in array.dims if isinstance(dim, str)]:
            least, most = bounds.get(dim, (0, array.max_size))
            bounds[dim] = (max(least, array.min_size), min(most, array.max_size))
    return {dim: _lengths_between(dim, least, most) for dim, (least, most) in bounds.items()}


def _lengths_between(dim: str, least: int, most: int) -> list[int]:
    """Return the lengths between two bounds. 0 comes last: failures are shrunk towards the front, and empty arrays show little."""
    if least > most:
        raise SettingError(f"Array({dim!r}): no length is at least {least} and at most {most}: change min_size or max_size")
    lengths = list(range(max(least, 1), most + 1))
    return [*lengths, 0] if least == 0 else lengths


def _is_length(x: Any) -> bool:
    return isinstance(x, int) and not isinstance(x, bool) and x >= 0


def _is_unbounded(low: float, high: float) -> bool:
    return low == -np.inf and high == np.inf


def _validate_domain(low: float, high: float, call: str) -> tuple[float, float]:
    if not all(isinstance(bound, float | int) for bound in (low, high)):
        raise SettingError(f"{call}(): low and high must be numbers, not {low!r} and {high!r}")
    if not low < high:
        raise SettingError(f"{call}(): the domain from {low} to {high} is empty: low must be less than high")
    return float(low), float(high)


def _validate_dtype(dtype: Any) -> np.dtype[Any]:
    try:
        result: np.dtype[Any] = np.dtype(dtype)
    except TypeError:
        raise SettingError(f"Array(): dtype must be a float type of NumPy, such as np.float32, not {dtype!r}") from None
    if result.kind != "f":
        raise DataError(f"Array(): dtype must be a float type, not {result}: other types have no derivative")
    if result == np.float16:
        raise DataError(
            "Array(): float16 has three digits, too few to distinguish a right derivative from a wrong one: use np.float32"
        )
    return result
