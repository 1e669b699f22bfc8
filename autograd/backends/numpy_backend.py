"""The libraries that a row is handed: FLOAT (math), ARRAY (numpy), and SOURCE, TEXT and KEPT, which write instead of computing.

Each world owns its policy for what mathematics leaves open. Python's ``math`` raises at log 0 or on overflow; there the row is
evaluated again by :func:`ieee`, so that floats and arrays agree on every input.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.errors import DefinitionError
from autograd.ops import TABLE, Op

QUIET: dict[str, Any] = {"all": "ignore"}
RAISED = (ArithmeticError, ValueError)


class World:
    """The functions a row may call on ``xp``: the given ones, then the other rows, then those of the library below."""

    def __init__(self, name: str, functions: dict[str, Any], library: Any = None) -> None:
        self.__dict__.update(functions)
        self._name = name
        self._library = library

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        function = self.row(TABLE[name]) if name in TABLE else self.foreign(name)
        setattr(self, name, function)
        return function

    def row(self, op: Op) -> Callable[..., Any]:
        """Another row, computed in this world."""
        return partial(op.f, self)

    def foreign(self, name: str) -> Callable[..., Any]:
        """A function that has no row."""
        if not hasattr(self._library, name):
            raise DefinitionError(
                f"a row asks for xp.{name}, which the world {self._name} does not have; define() a row of that name"
            )
        function: Callable[..., Any] = getattr(self._library, name)
        return function

    def __repr__(self) -> str:
        return f"<world {self._name}>"


# --------------------------------------------------------------------------------------------------------------------------
# FLOAT


def float_maximum(a: float, b: float) -> float:
    """The larger of two floats; nan wins, as in NumPy."""
    return a if a >= b or a != a else b


def float_minimum(a: float, b: float) -> float:
    """The smaller of two floats; nan wins, as in NumPy."""
    return a if a <= b or a != a else b


def float_logaddexp(a: float, b: float) -> float:
    """log(eᵃ + eᵇ) without overflow."""
    if a == b:
        return a + math.log(2.0)
    return max(a, b) + math.log1p(math.exp(-abs(a - b)))


def float_sign(a: float) -> float:
    return math.copysign(1.0, a) if a < 0.0 or a > 0.0 else a


def float_step(step: Callable[[float], int]) -> Callable[[float], float]:
    """A rounding function with NumPy's signed zero; nan and infinities raise, and are left to the careful way."""
    return lambda a: math.copysign(float(step(a)), a)


FLOAT = World(
    "FLOAT",
    {
        "floor": float_step(math.floor),
        "ceil": float_step(math.ceil),
        "trunc": float_step(math.trunc),
        "rint": float_step(round),
        "remainder": operator.mod,
        "floor_divide": operator.floordiv,
        "fmod": math.fmod,
        "cbrt": math.cbrt,
        "exp2": math.exp2,
        **{name: getattr(math, name) for name in ("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "erf", "erfc")},
        **{name: getattr(math, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "hypot")},
        **{"arc" + name: getattr(math, "a" + name) for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")},
        "power": math.pow,
        "maximum": float_maximum,
        "minimum": float_minimum,
        "logaddexp": float_logaddexp,
        "sign": float_sign,
        "equal": lambda a, b: a == b,
        "where": lambda condition, a, b: a if condition else b,
        "clip": lambda a, low, high: min(max(a, low), high),
        "shape": lambda a: (),
    },
    math,
)


# --------------------------------------------------------------------------------------------------------------------------
# ARRAY


def each(function: Callable[[float], float]) -> Callable[[Any], Any]:
    """A function of one float, entry by entry: for the few that NumPy lacks."""

    def entrywise(a: Any) -> Any:
        a = np.asarray(a)
        return np.fromiter(map(function, a.ravel().tolist()), a.dtype, a.size).reshape(a.shape)

    return entrywise


def array_sum(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    return np.add.reduce(a, axis=axis, keepdims=keepdims)


def array_norm(a: Any, axis: Any, keepdims: Any) -> Any:
    return np.sqrt(np.add.reduce(a * a, axis=axis, keepdims=keepdims))


def array_logsumexp(a: Any, axis: Any, keepdims: bool) -> Any:
    top = np.maximum.reduce(a, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    value = top + np.log(np.add.reduce(np.exp(a - top), axis=axis, keepdims=True))
    return value if keepdims else np.squeeze(value, axis=axis)


def array_products_of_others(rows: Any) -> Any:
    """The product of all other entries of each row (..., n), without a division."""
    ones = np.ones_like(rows[..., :1])
    before = np.cumprod(np.concatenate([ones, rows[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([ones, rows[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
    return before * after


def array_broadcast_to(a: Any, shape: Sequence[int]) -> Any:
    """A full copy in the new shape: cheaper than NumPy's view, and it aliases nothing."""
    out = np.empty(shape, np.asarray(a).dtype)
    out[...] = a
    return out


def is_basic(index: Any) -> bool:
    """Whether an index picks every entry at most once: integers, slices, None and Ellipsis."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(part is None or part is ... or isinstance(part, (int, np.integer, slice)) for part in parts)


def array_scatter(a: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Zeros with ``a`` added at ``index``; repeated indices add up."""
    out = np.zeros(shape, np.result_type(a))
    array_add_at(out, index, a)
    return out


def array_scattered(gs: Sequence[Any], indices: Sequence[Any], shape: tuple[int, ...], dtype: Any) -> Any:
    """Zeros with each of several arrays added at its own index."""
    total = np.zeros(shape, dtype)
    for index, g in zip(indices, gs, strict=True):
        array_add_at(total, index, g)
    return total


def array_add_at(total: Any, index: Any, a: Any) -> None:
    """Add ``a`` to ``total`` at ``index``, in place."""
    if is_basic(index):
        total[index] += a
    else:
        np.add.at(total, index, a)


ARRAY = World(
    "ARRAY",
    {
        **{name: getattr(np, name) for name in ("floor", "ceil", "trunc", "rint", "remainder", "fmod", "floor_divide")},
        **{name: getattr(np, name) for name in ("cbrt", "exp2")},
        **{name: getattr(np, name) for name in ("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sign")},
        "power": operator.pow,  # which knows short ways for 2, 1, 0.5 and -1
        **{name: getattr(np, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "hypot", "logaddexp")},
        **{"arc" + name: getattr(np, "arc" + name) for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")},
        **{name: getattr(np, name) for name in ("where", "maximum", "minimum", "equal", "isfinite", "any", "prod", "cumsum")},
        **{name: getattr(np, name) for name in ("ravel", "swapaxes", "expand_dims", "squeeze", "flip")},
        "reshape": lambda a, shape: a.reshape(shape) if type(a) is np.ndarray else np.reshape(a, shape),
        "transpose": lambda a, axes: a.T if axes is None else np.transpose(a, axes),
        **{
            name: getattr(np, name)
            for name in ("concatenate", "stack", "matmul", "outer", "vdot", "einsum", "trace", "shape", "eye", "zeros")
        },
        "clip": np.clip,
        **{name: getattr(np.linalg, name) for name in ("inv", "det", "solve")},
        "logabsdet": lambda a: np.linalg.slogdet(a)[1],
        "max": np.max,
        "min": np.min,
        "erf": each(math.erf),
        "erfc": each(math.erfc),
        "sum": array_sum,
        "norm": array_norm,
        "logsumexp": array_logsumexp,
        "broadcast_to": array_broadcast_to,
        "getitem": lambda a, index: a[index],
        "scatter": array_scatter,
        "add_at": array_add_at,
        "scattered": array_scattered,
        "item": lambda a: float(a.reshape(())),
        "constant": lambda a: a,
        "products_of_others": array_products_of_others,
        "astype": lambda a, dtype: a.astype(dtype),
    },
    np,
)


def ieee(rule: Callable[..., Any], *args: float, **static: Any) -> float:
    """A rule evaluated at floats as NumPy would: log 0 is -inf, 1/0 is inf, no warning.

    >>> ieee(lambda xp, a: 1.0 / a, 0.0)
    inf
    """
    with np.errstate(**QUIET):
        return float(rule(ARRAY, *map(np.float64, args), **static))


def evaluated(rule: Callable[..., Any], floats: Sequence[float], static: dict[str, Any]) -> float:
    """A rule at floats, by Python's math where it answers and by NumPy where it raises."""
    try:
        return float(rule(FLOAT, *floats, **static))
    except RAISED:
        return ieee(rule, *floats, **static)


# --------------------------------------------------------------------------------------------------------------------------
# SOURCE, TEXT and KEPT: the row writes itself down


class Expr:
    """An expression that a row has written: ``head`` is an operator or a function, or "name" or "number" for a leaf."""

    __slots__ = ("_hash", "args", "head")

    def __init__(self, head: str, args: tuple[Any, ...]) -> None:
        self.head = head
        self.args = args
        self._hash = hash((head, args))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expr) and self._hash == other._hash and self.head == other.head and self.args == other.args

    def __add__(self, other: Any) -> Expr:
        return expr("+", self, other)

    def __radd__(self, other: Any) -> Expr:
        return expr("+", other, self)

    def __sub__(self, other: Any) -> Expr:
        return expr("-", self, other)

    def __rsub__(self, other: Any) -> Expr:
        return expr("-", other, self)

    def __mul__(self, other: Any) -> Expr:
        return expr("*", self, other)

    def __rmul__(self, other: Any) -> Expr:
        return expr("*", other, self)

    def __truediv__(self, other: Any) -> Expr:
        return expr("/", self, other)

    def __rtruediv__(self, other: Any) -> Expr:
        return expr("/", other, self)

    def __neg__(self) -> Expr:
        return expr("neg", self)

    def __pos__(self) -> Expr:
        return self

    def __abs__(self) -> Expr:
        return expr("abs", self)

    def __pow__(self, other: Any) -> Expr:
        return expr("power", self, other)

    def __gt__(self, other: Any) -> Expr:
        return expr(">", self, other)

    def __ge__(self, other: Any) -> Expr:
        return expr(">=", self, other)

    def __lt__(self, other: Any) -> Expr:
        return expr("<", self, other)

    def __le__(self, other: Any) -> Expr:
        return expr("<=", self, other)

    def __and__(self, other: Any) -> Expr:
        return expr("&", self, other)

    def __bool__(self) -> bool:
        raise TypeError("a formula has no truth value: rows choose with xp.where")

    def count(self, uses: dict[Expr, int]) -> None:
        """Add to ``uses`` how often each distinct part is used, arguments before what uses them."""
        if self not in uses:
            for arg in self.args:
                if isinstance(arg, Expr):
                    arg.count(uses)
        uses[self] = uses.get(self, 0) + 1

    @property
    def is_leaf(self) -> bool:
        return self.head in ("name", "number")

    @property
    def is_condition(self) -> bool:
        return self.head in (">", ">=", "<", "<=", "==", "&")


def expr(head: str, *args: Any) -> Expr:
    """An expression; plain numbers among its arguments become leaves."""
    return Expr(head, tuple(a if isinstance(a, Expr) else Expr("number", (a,)) for a in args))


def symbol(name: str) -> Expr:
    return Expr("name", (name,))


class Symbols:
    """A world that writes: ``xp.exp(a)`` is the expression "exp(a)". Names it is not given to keep open up into their rows."""

    def __init__(self, keep: Callable[[str], bool]) -> None:
        self._keep = keep

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "equal":
            return partial(expr, "==")
        return partial(self._written, name)

    def _written(self, name: str, *args: Any, **settings: Any) -> Any:
        """A function of the arguments alone as it is called; a row with settings opened up."""
        return expr(name, *args) if self._keep(name) and not settings else TABLE[name].f(self, *args, **settings)


SOURCE = Symbols(frozenset(vars(FLOAT)).__contains__)  # FLOAT itself collects the rows that it has opened
TEXT = Symbols(lambda name: not name.endswith("_slope"))  # a slope is read as the formula that it is
KEPT = Symbols(lambda name: True)

# How tightly each operator binds; a function call and a leaf bind tightest.
BINDS = {"where": 0, "&": 1, ">": 2, ">=": 2, "<": 2, "<=": 2, "==": 2, "+": 3, "-": 3, "*": 4, "/": 4, "neg": 5}
TIGHT = 6


def printed(e: Expr, known: dict[Expr, str] | None = None) -> str:
    """The expression as Python that floats can run; ``known`` names the ones that stand in a variable already."""
    return _print(e, known or {})[0]


def _print(e: Expr, known: dict[Expr, str]) -> tuple[str, int]:
    if e in known:
        return known[e], TIGHT
    if e.is_leaf:
        return (e.args[0], TIGHT) if e.head == "name" else (repr(e.args[0]), TIGHT if e.args[0] >= 0 else BINDS["neg"])

    def inner(i: int, at_least: int) -> str:
        text, binds = _print(e.args[i], known)
        return text if binds >= at_least else f"({text})"

    binds = BINDS.get(e.head, TIGHT)
    match e.head:
        case "neg":
            return f"-{inner(0, binds)}", binds
        case "&":
            return f"{inner(0, binds)} and {inner(1, binds + 1)}", binds
        case "where":
            return f"{inner(1, binds + 1)} if {inner(0, binds + 1)} else {inner(2, binds)}", binds
        case "maximum" if e.args[1].head == "number":
            return f"{inner(1, 1)} if {inner(0, 3)} < {inner(1, 3)} else {inner(0, 1)}", BINDS["where"]
        case "minimum" if e.args[1].head == "number":
            return f"{inner(1, 1)} if {inner(0, 3)} > {inner(1, 3)} else {inner(0, 1)}", BINDS["where"]
        case _ if e.head in BINDS:
            return f"{inner(0, binds)} {e.head} {inner(1, binds + 1)}", binds
        case _:
            return f"{e.head}({', '.join(inner(i, 0) for i in range(len(e.args)))})", TIGHT


def lines(results: dict[str, Expr]) -> list[str]:
    """Assignments ``name = expression``; what several of them share is computed once, in a variable of its own."""
    uses: dict[Expr, int] = {}
    for result in results.values():
        result.count(uses)
    known: dict[Expr, str] = {}
    out: list[str] = []
    shared = 0
    for name, result in results.items():
        parts: dict[Expr, int] = {}
        result.count(parts)
        for part in parts:
            if uses[part] > 1 and not part.is_leaf and part not in known and part not in results.values():
                text = printed(part, known)
                known[part] = f"t{shared}"
                shared += 1
                out.append(f"{known[part]} = {text}")
        out.append(f"{name} = {value_of(printed(result, known), result)}")
        if not result.is_leaf and not result.is_condition:
            known[result] = name
    return out


def value_of(text: str, e: Expr) -> str:
    """A condition used as a number is one or zero."""
    return f"1.0 if {text} else 0.0" if e.is_condition else text
