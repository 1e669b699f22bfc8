"""SymPy's functions as a backend: what a row computes with it is an expression.

A row that is a formula of other rows needs nothing here. The functions are those that rows call by their own name.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from autograd.backends.backend import Backend
from autograd.backends.expressions import UNEXPANDED, symbol
from autograd.errors import DataError
from autograd.interop.requirement import import_library
from autograd.ops import Elementwise, Op

# Floats are read as fractions if their denominator is a power of two up to this: 0.5 and 0.25 are meant exactly. With twice the
# value, 1/128 would be one, too; a float that was rounded, such as 0.1, has a denominator of about 2**55.
MAX_DENOMINATOR = 64


@cache
def function_classes() -> dict[str, Any]:
    """Return SymPy's function for each row that has one, by the name of the row.

    Examples
    --------
    >>> function_classes()["arcsin"]  # doctest: +SKIP
    asin
    """
    sympy = import_library("sympy", "to_sympy()")
    arc = {"arc" + name: getattr(sympy, "a" + name) for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")}
    same = ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sign", "floor", "erf", "erfc", "gamma", "beta", "polygamma")
    return {
        **{name: getattr(sympy, name) for name in same},
        **arc,
        "absolute": sympy.Abs,
        "ceil": sympy.ceiling,
        "gammaln": sympy.loggamma,
        "maximum": sympy.Max,
        "minimum": sympy.Min,
        "remainder": sympy.Mod,
    }


def _formulas(sympy: Any) -> dict[str, Callable[..., Any]]:
    """Return what has no function of SymPy for itself, as formulas of those."""
    log = sympy.log

    def where(condition: Any, a: Any, b: Any) -> Any:
        return sympy.Piecewise((a, condition), (b, True))

    def trunc(a: Any) -> Any:
        return sympy.sign(a) * sympy.floor(sympy.Abs(a))

    def power_derivative(a: Any, b: Any, *, by_a: int, by_b: int) -> Any:
        x, y = sympy.Dummy(positive=True), sympy.Dummy(real=True)
        return sympy.diff(x**y, *[x] * by_a, *[y] * by_b).subs({x: a, y: b})

    return {
        "where": where,
        "equal": sympy.Eq,
        "constant": lambda a: a,
        "power": sympy.Pow,
        "power_derivative": power_derivative,
        "sqrt": sympy.sqrt,
        "digamma": sympy.digamma,
        "cbrt": lambda a: sympy.sign(a) * sympy.cbrt(sympy.Abs(a)),
        "exp2": lambda a: 2**a,
        "expm1": lambda a: sympy.exp(a) - 1,
        "log1p": lambda a: log(1 + a),
        "log2": lambda a: log(a) / log(2),
        "log10": lambda a: log(a) / log(10),
        "logaddexp": lambda a, b: log(sympy.exp(a) + sympy.exp(b)),
        "hypot": lambda a, b: sympy.sqrt(a**2 + b**2),
        "trunc": trunc,
        "fmod": lambda a, b: a - b * trunc(a / b),
        "floor_divide": lambda a, b: sympy.floor(a / b),
    }


def _max_of_entries(function: Any) -> Callable[..., Any]:
    """Return the reduction along axes of arrays of expressions by SymPy's Max or Min."""

    def reduce(a: Any, *, axis: Any, keepdims: bool) -> Any:
        return np.frompyfunc(function, 2, 1, identity=None).reduce(a, axis=axis, keepdims=keepdims)

    return reduce


class _SympyBackend(Backend):
    """The backend in which a row that SymPy lacks is expanded to its formula."""

    def row(self, op: Op) -> Callable[..., Any]:
        def expand(*args: Any, **static: Any) -> Any:
            if not _is_formula(op, static):
                raise missing_function(op)
            return op.f(self, *args, **static)

        return expand

    def library_function(self, name: str) -> Callable[..., Any]:
        raise DataError(f"to_sympy(): SymPy has no counterpart of the function {name}: use others, or give its result a symbol")


def _is_formula(op: Op, static: dict[str, Any]) -> bool:
    """Return whether a row is computed from others, and not by a function of its own name."""
    if not isinstance(op, Elementwise) or op.library:
        return False
    return bool(op.f(UNEXPANDED, *[symbol(name) for name in "abcdef"[: op.arity]], **static).head != op.name)


def missing_function(op: Op) -> DataError:
    """Return the error for a row that SymPy has no function for."""
    return DataError(f"to_sympy(): SymPy has no counterpart of the operation {op.name}: use others, or give its result a symbol")


@cache
def scalar_backend() -> Backend:
    """Return the backend of single expressions."""
    sympy = import_library("sympy", "to_sympy()")
    return _SympyBackend("SYMPY", {**_formulas(sympy), **function_classes()})


def _set_entries(a: Any, x: Any, *, index: Any) -> Any:
    out = np.array(a, dtype=object)
    out[index] = np.asarray(x, dtype=object)[()]  # of an array of shape () the expression, and not the array
    return out


@cache
def array_backend() -> Backend:
    """Return the backend of arrays of expressions: NumPy's functions of shapes, sums and products; SymPy's elementwise ones."""
    sympy = import_library("sympy", "to_sympy()")
    entrywise = {name: np.frompyfunc(getattr(scalar_backend(), name), 1, 1) for name in ("exp", "log", "sqrt", "absolute")}
    shapes = ("reshape", "ravel", "expand_dims", "squeeze", "swapaxes", "flip", "broadcast_to", "concatenate", "stack", "shape")
    return _SympyBackend(
        "SYMPY",
        {
            **entrywise,
            **{name: getattr(np, name) for name in (*shapes, "sum", "prod", "cumsum", "trace", "matmul", "outer", "einsum")},
            "transpose": lambda a, *, axes: np.transpose(a, axes),
            "getitem": lambda a, *, index: a[index],
            "set_entries": _set_entries,
            "astype": lambda a, *, dtype: a,
            "item": lambda a: np.asarray(a).item(),
            "vdot": lambda a, b: np.sum(a * b),
            "max": _max_of_entries(sympy.Max),
            "min": _max_of_entries(sympy.Min),
            "norm": lambda a, *, axis, keepdims: entrywise["sqrt"](np.sum(a * a, axis=axis, keepdims=keepdims)),
            "logsumexp": lambda a, *, axis, keepdims: entrywise["log"](np.sum(entrywise["exp"](a), axis=axis, keepdims=keepdims)),
            "softmax": lambda a, *, axis: entrywise["exp"](a) / np.sum(entrywise["exp"](a), axis=axis, keepdims=True),
        },
    )


def make_numbers_exact(x: Any) -> Any:
    """Return an expression in which floats that are whole numbers or simple fractions are exact.

    Examples
    --------
    >>> import sympy  # doctest: +SKIP
    >>> make_numbers_exact(sympy.Symbol("x") ** 2.0 * 0.5)  # doctest: +SKIP
    x**2/2
    """
    sympy = import_library("sympy", "to_sympy()")
    expression = sympy.sympify(x)
    exact = {f: sympy.Rational(*float(f).as_integer_ratio()) for f in expression.atoms(sympy.Float) if np.isfinite(float(f))}
    return expression.xreplace({f: r for f, r in exact.items() if r.q <= MAX_DENOMINATOR})
