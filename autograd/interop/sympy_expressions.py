"""to_sympy: graphs, and explanations of gradients, as expressions of SymPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.backends.backend import Backend
from autograd.core.coercion import describe
from autograd.core.node import Node
from autograd.errors import AutogradError, DataError
from autograd.graph.topological_order import topological_order
from autograd.interop.requirement import import_library
from autograd.interop.sympy_backend import array_backend, make_numbers_exact, missing_function, scalar_backend
from autograd.ops import Elementwise, Op
from autograd.transforms.explain_paths import Explanation

# Rows whose formulas are made for numbers: against overflow, and for limits where they read 0·∞. The backends have their functions.
NUMERICAL_ROWS = ("softmax", "power_derivative")


def to_sympy(x: Any, symbols: Mapping[Node, Any] | Sequence[Node] | None = None) -> Any:
    """Write a graph as an expression of SymPy.

    Parameters
    ----------
    x : Value, Tensor or Explanation
        The root of the graph, or what :func:`autograd.explain` has returned.
    symbols : sequence of Node, or mapping of Node to Symbol, expression or str, optional
        The nodes that become symbols, or what stands for them. Other leaves are then numbers, and the graph below a result that has
        a symbol is not written out. By default all leaves become symbols. A symbol is real, and has the name of its node, or is x0,
        x1, …. The entries of a Tensor w are w[0], w[1], ….

    Returns
    -------
    sympy.Expr, sympy.Array or tuple of sympy.Expr
        An array for a Tensor with axes. For an explanation one expression for each path: the product of the local derivatives along
        it that is written out. The sum of all is the derivative.

    Raises
    ------
    ImportError
        If SymPy is not installed.
    DataError
        If ``x`` is none of these, or SymPy has no counterpart of an operation.

    Notes
    -----
    The expressions come from the rows of the table of operations. Derivatives that are graphs can be written, too. A choice by
    numbers, as of ``where``, is the one of the run that recorded the graph.

    Examples
    --------
    >>> from autograd import Value, explain  # doctest: +SKIP
    >>> a, b = Value(3.0, name="a"), Value(2.0, name="b")  # doctest: +SKIP
    >>> y = (a * b).tanh() / a  # doctest: +SKIP
    >>> to_sympy(y)  # doctest: +SKIP
    tanh(a*b)/a
    >>> to_sympy(explain(y, wrt=a))  # doctest: +SKIP
    (b*(1 - tanh(a*b)**2)/a, -tanh(a*b)/a**2)
    """
    import_library("sympy", "to_sympy()")
    if isinstance(x, Explanation):
        writer = _Writer([path.nodes[0] for path in x.paths], symbols)
        return tuple(writer.path_derivative(path.nodes, path.positions) for path in x.paths)
    if not isinstance(x, Node):
        raise DataError(f"to_sympy() takes a Value, a Tensor, or what explain() returned, not {describe(x)}")
    x = x.current
    return _to_result(_Writer([x], symbols).expression(x))


class _Writer:
    """The expressions of the nodes of a graph."""

    def __init__(self, roots: Sequence[Any], symbols: Mapping[Node, Any] | Sequence[Node] | None) -> None:
        self.sympy = import_library("sympy", "to_sympy()")
        nodes, leaves = topological_order(roots)
        wanted = leaves if symbols is None else symbols
        names: dict[str, int] = {}
        given = wanted if isinstance(wanted, Mapping) else {node: next_name(names, node.path) for node in wanted}
        self.expressions: dict[Any, Any] = {node: self._symbol(symbol, node.shape) for node, symbol in given.items()}
        for leaf in leaves:
            self.expressions.setdefault(leaf, leaf._primal)
        for node in nodes:
            if node not in self.expressions:
                self.expressions[node] = _evaluate(node.op, [self.expression(arg) for arg in node.args], node.static)

    def _symbol(self, given: Any, shape: tuple[int, ...]) -> Any:
        """Return the symbol of a node, or the array of symbols of its entries."""
        if not isinstance(given, str):
            return given if not shape else np.array(given, dtype=object).reshape(shape)
        if not shape:
            return self.sympy.Symbol(given, real=True)
        entries = np.empty(shape, dtype=object)
        for index in np.ndindex(shape):
            entries[index] = self.sympy.Symbol(f"{given}[{', '.join(map(str, index))}]", real=True)
        return entries

    def expression(self, x: Any) -> Any:
        """Return the expression of an argument: a plain number as it is."""
        return self.expressions[x] if isinstance(x, Node) else x

    def path_derivative(self, nodes: Sequence[Any], positions: Sequence[int]) -> Any:
        """Return the product of the local derivatives along a path."""
        product = self.sympy.Integer(1)
        for node, position in zip(nodes, positions, strict=False):
            product *= self._local_derivative(node, position)
        return product

    def _local_derivative(self, node: Any, position: int) -> Any:
        args, y = [self.expression(arg) for arg in node.args], self.expressions[node]
        if not isinstance(node.op, Elementwise):
            raise missing_function(node.op)
        derivative = make_numbers_exact(node.op.partials[position](scalar_backend(), y, *args, **node.static))
        return self.sympy.Piecewise((1, derivative), (0, True)) if derivative.is_Relational or derivative.is_Boolean else derivative


def next_name(names: dict[str, int], path: str) -> str:
    """Return a name that no leaf before has.

    Parameters
    ----------
    names : dict of str to int
        How often each name was used, which is updated.
    path : str
        The name of the leaf; "" without one.

    Returns
    -------
    str

    Examples
    --------
    >>> names = {}
    >>> [next_name(names, path) for path in ("w", "", "w", "")]
    ['w', 'x0', 'w_1', 'x1']
    """
    count = names.get(path, 0)
    names[path] = count + 1
    if not path:
        return f"x{count}"
    return f"{path}_{count}" if count else path


def _evaluate(op: Op, args: Sequence[Any], static: dict[str, Any]) -> Any:
    """Return what a row computes of expressions."""
    try:
        if not isinstance(op, Elementwise):
            return _entrywise(make_numbers_exact, _formula(op, array_backend())(*map(_to_objects, args), **static))
        if not any(map(np.ndim, (*args, *static.values()))):
            return make_numbers_exact(_formula(op, scalar_backend())(*args, **static))
        return _evaluate_entries(op, args, static)
    except AutogradError:
        raise
    except Exception as error:
        raise missing_function(op) from error


def _formula(op: Op, backend: Backend) -> Callable[..., Any]:
    """Return the formula of a row in a backend."""
    return getattr(backend, op.name) if op.name in NUMERICAL_ROWS else partial(op.f, backend)


def _evaluate_entries(op: Op, args: Sequence[Any], static: dict[str, Any]) -> Any:
    """Do the same elementwise, for arguments and settings that are broadcast."""
    formula = _formula(op, scalar_backend())
    operands = [np.asarray(x, dtype=object) for x in (*args, *static.values())]

    def evaluate(*entries: Any) -> Any:
        return make_numbers_exact(formula(*entries[: len(args)], **dict(zip(static, entries[len(args) :], strict=True))))

    return np.frompyfunc(evaluate, len(operands), 1)(*operands)


def _to_objects(x: Any) -> Any:
    return np.asarray(x, dtype=object)


def _entrywise(f: Any, x: Any) -> Any:
    if np.ndim(x):
        return np.frompyfunc(f, 1, 1)(x)
    return f(x.item() if isinstance(x, np.ndarray) else x)


def _to_result(x: Any) -> Any:
    """Return an expression, or an array of them, in SymPy's types."""
    sympy = import_library("sympy", "to_sympy()")
    if not np.ndim(x):
        return make_numbers_exact(x.item() if isinstance(x, np.ndarray) else x)
    return sympy.Array(x.ravel().tolist(), x.shape)
