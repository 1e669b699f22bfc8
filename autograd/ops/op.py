"""What a row of the table is, and the table itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from math import inf
from typing import Any, NamedTuple

from autograd.errors import DefinitionError

Rule = Callable[..., Any]


class Domain(NamedTuple):
    """The interval that checks of derivatives draw an argument from: ``low < a < high``, or whole numbers from low to high.

    Attributes
    ----------
    low, high : float
        The bounds; infinite by default.
    kinks : tuple of float
        Points inside where the function is not differentiable. Finite differences keep away from them.
    is_integer : bool
        Whether only whole numbers are drawn; the bounds are then among them.

    Examples
    --------
    >>> Domain(low=0.0).high
    inf
    """

    low: float = -inf
    high: float = inf
    kinks: tuple[float, ...] = ()
    is_integer: bool = False


REAL = Domain()


class Op:
    """One row of the table: an operation and the two linear maps that differentiate it.

    Parameters
    ----------
    name : str
        The name, which is unique in the table.
    f : callable
        The value, ``f(xp, *args, **static)``. ``xp`` is the backend, and ``static`` are the settings of the operation, such as
        ``axis``, to which no gradient flows.
    arity : int or None
        The number of arguments; None for any number.
    domains : sequence of Domain
        One for each argument.
    kink : str
        Which subgradient was chosen, and where; empty for a smooth function.
    ties : bool
        Whether the function has a kink where two arguments, or two entries, are equal.

    Attributes
    ----------
    kind : str
        "elementwise", "linear", "bilinear" or "custom".
    vjp_allocates : bool
        Whether ``vjp`` returns a new array, which the reverse pass may then keep without a copy, or the cotangent itself.
    accumulate_cotangent : callable or None
        ``accumulate_cotangent(xp, total, g, **static)`` adds the cotangent of the argument to the array ``total`` in place. Rows
        whose cotangents are mostly zeros have it.
    library : str
        The module that computes the value, for rows that ``autograd.scipy`` adds when it is imported; else empty.
    refused : tuple of int
        The positions of the arguments with respect to which there is no derivative.
    accepts_complex : bool
        Whether the value and the derivatives hold on complex numbers.
    complex_twin : Op or None
        The row that takes the place of this one on complex numbers.
    """

    kind = "custom"
    vjp_allocates = False
    accumulate_cotangent: Rule | None = None
    library = ""
    refused: tuple[int, ...] = ()
    accepts_complex = False
    complex_twin: Op | None = None

    def __init__(self, name: str, f: Rule, *, arity: int | None, domains: Sequence[Domain], kink: str, ties: bool) -> None:
        self.name = name
        self.f = f
        self.arity = arity
        self.domains: tuple[Domain, ...] = tuple(domains)
        self.kink = kink
        self.ties = ties

    def __repr__(self) -> str:
        return f"<{self.kind} operation {self.name}>"

    def __reduce__(self) -> tuple[Rule, tuple[str]]:
        return find_library_row if self.library else find, (self.name,)

    def vjp(self, xp: Any, i: int, g: Any, y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        """Return the cotangent of argument ``i`` (vector-Jacobian product).

        Parameters
        ----------
        xp : backend
        i : int
            The position of the argument.
        g : array
            The cotangent of the result, in its shape.
        y : array
            The result.
        args : sequence
            The arguments.
        static : dict
            The settings.

        Returns
        -------
        array
            In the shape of the argument, or in a shape that broadcasting has made of it.
        """
        raise NotImplementedError

    def jvp(self, xp: Any, tangents: Sequence[Any], y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        """Return the tangent of the result (Jacobian-vector product).

        Parameters
        ----------
        xp : backend
        tangents : sequence
            One tangent for each argument; None for an argument that is constant.
        y : array
            The result.
        args : sequence
            The arguments.
        static : dict
            The settings.

        Returns
        -------
        array
        """
        raise NotImplementedError


TABLE: dict[str, Op] = {}


def find(name: str) -> Op:
    """Return the row called ``name``.

    Parameters
    ----------
    name : str

    Returns
    -------
    Op

    Raises
    ------
    LookupError
        If there is no such row.

    Examples
    --------
    >>> find("tanh")
    <elementwise operation tanh>
    """
    if name not in TABLE:
        raise LookupError(f"no operation is called {name!r} here: define() it before a graph that uses it is loaded")
    return TABLE[name]


def find_library_row(name: str) -> Op:
    """Return a row that ``autograd.scipy`` adds, and load these rows first.

    Examples
    --------
    >>> find_library_row("gammaln")
    <elementwise operation gammaln>
    """
    import_module("autograd.scipy.special")
    return find(name)


def register(op: Op) -> Op:
    """Add a row to the table.

    Parameters
    ----------
    op : Op

    Returns
    -------
    Op
        The same row.

    Raises
    ------
    DefinitionError
        If the name is taken, since graphs are stored by the names of their operations. What was defined at the prompt or in a
        notebook can be defined there again.
    """
    if op.name in TABLE and not TABLE[op.name].f.__module__ == op.f.__module__ == "__main__":
        raise DefinitionError(f"an operation called {op.name!r} is in the table already: choose another name")
    TABLE[op.name] = op
    return op
