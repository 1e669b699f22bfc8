"""A function of another library as one of our operations: the node, its derivatives in every mode, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from autograd.backends.numpy_backend import ARRAY
from autograd.core.coercion import describe
from autograd.core.node import Node
from autograd.core.operators import apply
from autograd.core.pytree import Build, flatten
from autograd.core.tensor import Tensor
from autograd.core.tracing import TracedBase, current_tracer
from autograd.errors import DataError, GraphError
from autograd.interop.calls import Array, Call, Run, function_of_arrays
from autograd.numpy_api.graph_backend import GRAPH
from autograd.ops import REAL, Op


class Results(NamedTuple):
    """What a function of another library has returned.

    Attributes
    ----------
    leaves : list
        The leaves of its container. Those at ``positions`` are placeholders; all others are results without derivatives.
    positions : list of int
        Where the results that can be differentiated are, in their order.
    build : callable
        Builds the container.
    """

    leaves: list[Any]
    positions: list[int]
    build: Build


class Library(Protocol):
    """How a library runs a function."""

    name: str

    def run(self, f: Callable[..., Any], arrays: Sequence[Array], call: str) -> tuple[Run, Results]:
        """Run ``f`` on arrays of the library with the numbers of ``arrays``, and record it. Errors name ``call``."""

    def to_argument(self, x: Any) -> Any:
        """Return an argument that is not differentiated as the function gets it: NumPy's arrays as those of the library."""


class ForeignOp(Op):
    """The operation of a function of another library.

    The settings of its nodes are the `Call`, the number of the result, and how many results there are.

    Parameters
    ----------
    name : str
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, _value, arity=None, domains=(REAL,), kink="", ties=False)

    def vjp(self, xp: Any, i: int, g: Any, y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        call, index, count = static["call"], static["index"], static["count"]
        if xp is GRAPH:
            settings = {"call": call.pullback(len(args), [index], count), "index": i, "count": len(args)}
            return apply(self, *args, g, **settings)
        if xp is not ARRAY:
            raise NotImplementedError(f"{self.name} computes with numbers and in graphs only")
        cotangents: list[Array | None] = [None] * count
        cotangents[index] = np.asarray(g)
        cotangent = call.run(args).pull(cotangents)[i]
        return np.zeros(np.shape(args[i])) if cotangent is None else cotangent[()]

    def jvp(self, xp: Any, tangents: Sequence[Any], y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        call, index, count = static["call"], static["index"], static["count"]
        if xp is not GRAPH:
            return call.run(args).push([None if t is None else np.asarray(t) for t in tangents])[index]
        # The pullback is linear in its cotangent u, so that its own pullback by u, at any u, is the pushforward.
        arity, u = len(args), np.zeros(y.shape, y.dtype)
        pullback = call.pullback(arity, [index], count)
        total: Any = None
        for i, t in enumerate(tangents):
            if t is not None:
                settings = {"call": pullback.pullback(arity + 1, [i], arity), "index": arity, "count": arity + 1}
                term = apply(self, *args, u, t, **settings)
                total = term if total is None else total + term
        return total


def _value(xp: Any, *arrays: Any, call: Call, index: int, count: int) -> Any:
    return call.run(arrays).values[index]


def make_operation(call_name: str, library: Library, f: Callable[..., Any]) -> Callable[..., Any]:
    """Make the function of numbers, arrays and nodes that runs ``f`` in another library.

    Parameters
    ----------
    call_name : str
        The call that makes it, such as "from_torch".
    library : Library
    f : callable
        A function of arrays of the library, or of containers of them.

    Returns
    -------
    callable

    Raises
    ------
    DataError
        If ``f`` is not a function.
    """
    if not callable(f):
        raise DataError(f"{call_name}() takes a function first, not {describe(f)}")
    name = f"{call_name}({getattr(f, '__name__', type(f).__name__)})"
    op = ForeignOp(name)

    def operation(*args: Any, **kwargs: Any) -> Any:
        leaves, build = flatten((args, kwargs))
        _refuse_tracing(name, library, leaves)
        has_nodes = any(isinstance(leaf, Node) for leaf in leaves)
        leaves = [leaf._primal if getattr(leaf, "constant", False) else leaf for leaf in leaves]
        positions = [k for k, leaf in enumerate(leaves) if isinstance(leaf, Node)]
        nodes = [leaves[k].current for k in positions]
        plain = [None if isinstance(leaf, Node) else library.to_argument(leaf) for leaf in leaves]
        # Other containers, since a node may be put into the user's, and a node that refers to itself would never be freed.
        function = function_of_arrays(f, *flatten(build(plain)), positions)
        call = Call(name, lambda arrays: library.run(function, arrays, name)[0])
        arrays = [node.freeze_data() for node in nodes]
        run, results = library.run(function, arrays, name)
        call.keep(arrays, run)
        return _wrap(op, call, nodes, run, results, has_nodes)

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = f"{f!r} of {library.name}, as an operation on numbers, arrays and nodes."
    return operation


def _refuse_tracing(name: str, library: Library, leaves: Sequence[Any]) -> None:
    if current_tracer() is not None or any(isinstance(leaf, TracedBase) for leaf in leaves):
        raise GraphError(
            f"compile(): {name} runs in {library.name}, and cannot become part of a program: compile the functions around it, or "
            f"compile it there"
        )


def _wrap(op: Op, call: Call, nodes: Sequence[Any], run: Run, results: Results, has_nodes: bool) -> Any:
    """Return the results in their container: as nodes if an argument was one, else as plain numbers."""
    leaves, count = list(results.leaves), len(run.values)
    for index, position in enumerate(results.positions):
        if nodes:
            leaves[position] = apply(op, *nodes, call=call, index=index, count=count)
        elif has_nodes:
            leaves[position] = Tensor(run.values[index], constant=True)
        else:
            leaves[position] = run.values[index][()]
    return results.build(leaves)


def list_types(leaves: Sequence[Any]) -> str:
    """Return the types of the leaves of a result, for error messages.

    Examples
    --------
    >>> list_types([1.0, "a", np.ones(2)])
    'float, str, float64'
    """
    return ", ".join(dict.fromkeys(str(getattr(x, "dtype", type(x).__name__)) for x in leaves)) or "nothing"
