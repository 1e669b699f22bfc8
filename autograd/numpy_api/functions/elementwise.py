"""Functions that act elementwise: one line for each row of the table."""

from __future__ import annotations

from typing import Any, Protocol, overload

from autograd.core.coercion import to_float
from autograd.core.operators import BINARY
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.numpy_api.apply import apply_elementwise
from autograd.numpy_api.row_formulas import format_row
from autograd.ops import Elementwise, Op, find

_LEAKY_RELU, _ELU = find("leaky_relu"), find("elu")
_OPERATORS = {row: operator for operator, row in BINARY.items()}
_NUMBERS = (Value, float)  # the second argument of a method of Value
_OPERATOR_METHODS = {"positive": "__pos__", "negative": "__neg__", "absolute": "__abs__"}


class Unary(Protocol):
    """A function of one argument that acts elementwise."""

    @overload
    def __call__(self, a: Value, /) -> Value: ...
    @overload
    def __call__(self, a: Tensor, /) -> Tensor: ...
    @overload
    def __call__(self, a: float, /) -> float: ...
    @overload
    def __call__(self, a: Any, /) -> Any: ...


class Binary(Protocol):
    """A function of two arguments that acts elementwise, with broadcasting."""

    def __call__(self, a: Any, b: Any, /) -> Any: ...


def _unary(name: str, sample: float = 0.5) -> Unary:
    """Make the function of a row with one argument; ``sample`` is the argument of the example in its docstring."""
    op, method = find(name), _OPERATOR_METHODS.get(name, name)

    def function(a: Any, /) -> Any:
        if type(a) is Tensor:
            return Tensor.record(op, (a,), {})
        return getattr(a, method)() if type(a) is Value else apply_elementwise(op, a)

    named: Unary = _document(function, op, f"{name}(Tensor([{sample}, {sample}])).shape")
    return named


def _binary(name: str) -> Binary:
    """Make the function of a row with two arguments."""
    op, method = find(name), f"__{_OPERATORS[name]}__" if name in _OPERATORS else name

    def function(a: Any, b: Any, /) -> Any:
        if type(a) is Value and type(b) in _NUMBERS:
            return getattr(a, method)(b)
        return apply_elementwise(op, a, b)

    named: Binary = _document(function, op, f"{name}(Tensor([0.5, 2.0]), 0.25).shape")
    return named


def _document(function: Any, op: Op, example: str) -> Any:
    """Give the function the name of its row, and the formulas as its docstring."""
    assert isinstance(op, Elementwise)
    is_unary = op.arity == 1
    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = f"""Return {format_row(op)}, elementwise.

    Parameters
    ----------
    {"a" if is_unary else "a, b"} : number, array_like, Value or Tensor
        {"The argument." if is_unary else "The arguments, which are broadcast."}

    Returns
    -------
    float, array, Value or Tensor
        y, in the shape {"of ``a``" if is_unary else "that the arguments broadcast to"}. It is a node if an argument is one.

    Raises
    ------
    DataError
        If an argument is neither a number nor an array of numbers.
    ShapeError
        If shapes do not broadcast.

    Examples
    --------
    >>> from autograd import Tensor
    >>> {example}
    (2,)
    """
    return function


# Arithmetic
add: Binary = _binary("add")
subtract: Binary = _binary("subtract")
multiply: Binary = _binary("multiply")
divide: Binary = _binary("divide")
remainder: Binary = _binary("remainder")
fmod: Binary = _binary("fmod")
floor_divide: Binary = _binary("floor_divide")
power: Binary = _binary("power")
hypot: Binary = _binary("hypot")
logaddexp: Binary = _binary("logaddexp")
maximum: Binary = _binary("maximum")
minimum: Binary = _binary("minimum")
positive: Unary = _unary("positive")
negative: Unary = _unary("negative")
absolute: Unary = _unary("absolute")
sign: Unary = _unary("sign")
square: Unary = _unary("square")
reciprocal: Unary = _unary("reciprocal")
sqrt: Unary = _unary("sqrt")
cbrt: Unary = _unary("cbrt")
floor: Unary = _unary("floor")
ceil: Unary = _unary("ceil")
trunc: Unary = _unary("trunc")
rint: Unary = _unary("rint")

# Exponentials and logarithms
exp: Unary = _unary("exp")
exp2: Unary = _unary("exp2")
expm1: Unary = _unary("expm1")
log: Unary = _unary("log")
log1p: Unary = _unary("log1p")
log2: Unary = _unary("log2")
log10: Unary = _unary("log10")

# Trigonometric and hyperbolic functions
sin: Unary = _unary("sin")
cos: Unary = _unary("cos")
tan: Unary = _unary("tan")
arcsin: Unary = _unary("arcsin")
arccos: Unary = _unary("arccos")
arctan: Unary = _unary("arctan")
arctan2: Binary = _binary("arctan2")
sinh: Unary = _unary("sinh")
cosh: Unary = _unary("cosh")
tanh: Unary = _unary("tanh")
arcsinh: Unary = _unary("arcsinh")
arccosh: Unary = _unary("arccosh", sample=1.5)
arctanh: Unary = _unary("arctanh")
deg2rad: Unary = _unary("deg2rad")
rad2deg: Unary = _unary("rad2deg")
erf: Unary = _unary("erf")
erfc: Unary = _unary("erfc")

# Activations
sigmoid: Unary = _unary("sigmoid")
relu: Unary = _unary("relu")
softplus: Unary = _unary("softplus")
silu: Unary = _unary("silu")
gelu: Unary = _unary("gelu")


def leaky_relu(x: Any, slope: float = 0.01) -> Any:
    """Return x for x > 0, else slope·x; the derivative at 0 is the slope.

    Parameters
    ----------
    x : number, array_like, Value or Tensor
        The argument.
    slope : float, optional
        The derivative for x ≤ 0; no gradient flows to it.

    Returns
    -------
    float, array, Value or Tensor
        In the shape of ``x``.

    Raises
    ------
    DataError
        If ``x`` or ``slope`` is not real.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(leaky_relu(Tensor(-2.0)))
    -0.02
    """
    return apply_elementwise(_LEAKY_RELU, x, slope=to_float(slope, "leaky_relu(slope=)"))


def elu(x: Any, alpha: float = 1.0) -> Any:
    """Return x for x > 0, else alpha·(eˣ - 1); the derivative at 0 is alpha.

    Parameters
    ----------
    x : number, array_like, Value or Tensor
        The argument.
    alpha : float, optional
        Minus the limit at x → -∞; no gradient flows to it.

    Returns
    -------
    float, array, Value or Tensor
        In the shape of ``x``.

    Raises
    ------
    DataError
        If ``x`` or ``alpha`` is not real.

    Examples
    --------
    >>> elu(0.5)
    0.5
    """
    return apply_elementwise(_ELU, x, alpha=to_float(alpha, "elu(alpha=)"))
