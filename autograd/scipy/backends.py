"""What the rows of SciPy's functions call in the backends: SciPy's own functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd.ops.special  # noqa: F401 - it adds the rows
from autograd.backends.backend import IGNORE_FLOAT_ERRORS
from autograd.backends.float_backend import FLOAT
from autograd.backends.numpy_backend import ARRAY
from autograd.ops import TABLE, Op
from autograd.scipy import numerics
from autograd.scipy.requirement import import_scipy


def find_library_function(op: Op) -> Callable[..., Any]:
    """Return the function that computes the value of a row on arrays.

    Examples
    --------
    >>> from autograd.ops import find
    >>> float(find_library_function(find("gammaln"))(1.0))
    0.0
    """
    package, _, module = op.library.partition(".")
    function: Callable[..., Any] = getattr(import_scipy(module) if package == "scipy" else numerics, op.name)
    return function


def on_floats(function: Callable[..., Any]) -> Callable[..., float]:
    """Return a function of arrays as one of Python's floats, which does not warn."""

    def function_of_floats(*args: float) -> float:
        with np.errstate(**IGNORE_FLOAT_ERRORS):
            return float(function(*args))

    return function_of_floats


def _install(op: Op) -> None:
    """Give the functions of a row to the backends that compute numbers."""
    function = find_library_function(op)
    setattr(ARRAY, op.name, function)
    setattr(FLOAT, op.name, on_floats(function))


for _op in [op for op in TABLE.values() if op.library]:
    _install(_op)
