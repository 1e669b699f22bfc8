"""One recorded call of a function: what every transform starts from.

Inputs are floats, arrays, Values, Tensors, or nested lists, tuples, dicts and dataclasses of them; results have the same structure.
Results are nodes where there is something left to differentiate by: inside another transform, for inputs that are nodes, and where
the function uses nodes from outside, outside of no_grad. Elsewhere they are plain numbers. Each transform differentiates with
respect to nodes of its own, so that perturbations cannot be confused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np

from autograd.core.coercion import advice, described, to_array
from autograd.core.node import Node, apply
from autograd.core.pytree import Build, flatten, leaves_like, structure
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.errors import DataError, GraphError, SettingError, ShapeError
from autograd.graph.forward_mode import pushforward
from autograd.graph.reverse_mode import pullback
from autograd.graph.topological_order import is_older, topological_order
from autograd.numpy_api.functions import lifted
from autograd.numpy_api.graph_backend import GRAPH
from autograd.ops import find
from autograd.state import context

_depth: ContextVar[int] = ContextVar("depth", default=0)
Function = Callable[..., Any]


class RecordedCall:
    """One run of a function on nodes of its own: what went in, what came out, and how to put results together."""

    def __init__(self, call: str, f: Function, args: Sequence[Any], kwargs: dict[str, Any], argnums: Any, has_aux: bool) -> None:
        if not callable(f):
            raise DataError(f"{call} takes a function first, not {described(f)}")
        self.call = call
        self.numbers = _positions(call, argnums, len(args))
        self.single = isinstance(argnums, int)
        flat = [flatten(args[n]) for n in self.numbers]
        self.builds = [build for _, build in flat]
        self.sizes = [len(leaves) for leaves, _ in flat]
        given = [leaf for leaves, _ in flat for leaf in leaves]
        self.nested = _depth.get() > 0 or any(isinstance(leaf, Node) for leaf in given)
        self.since = context.tick()
        with context.differentiated(self.since):
            self.inputs = [_source(call, leaf) for leaf in given]
        own = list(args)
        for n, tree in zip(self.numbers, self._trees(self.inputs), strict=True):
            own[n] = tree
        token = _depth.set(_depth.get() + 1)
        try:
            with context.differentiated(self.since):
                result = f(*own, **kwargs)
        finally:
            _depth.reset(token)
        self.aux: Any = None
        if has_aux:
            if not isinstance(result, tuple) or len(result) != 2:
                raise GraphError(f"{call} with has_aux=True takes a function that returns (result, aux), not {described(result)}")
            result, self.aux = result
        self.outputs, self.build_output = _outputs(call, result)
        self.roots = [y for y in self.outputs if isinstance(y, Node)]
        self.nodes, ends = topological_order(self.roots, self.since)
        self.captures = not self.nested and any(is_older(end, self.since) for end in ends)

    @property
    def graph(self) -> bool:
        """Whether derivatives are nodes."""
        return self.nested or (self.captures and context.recording())

    def _trees(self, leaves: Sequence[Any]) -> list[Any]:
        """A list of leaves as one tree for each argument that is differentiated."""
        trees, start = [], 0
        for size, build in zip(self.sizes, self.builds, strict=True):
            trees.append(build(leaves[start : start + size]))
            start += size
        return trees

    def by_argument(self, leaves: Sequence[Any]) -> Any:
        """Results in the structure of the arguments: bare for one argnum, a tuple for several."""
        trees = self._trees(leaves)
        return trees[0] if self.single else tuple(trees)

    @property
    def value(self) -> Any:
        return self.build_output([_finished(y, self.graph) for y in self.outputs])

    @property
    def auxiliary(self) -> Any:
        """The auxiliary results: nodes where they can be differentiated, as the others are."""
        leaves, build = flatten(self.aux)
        return build([_finished(x, isinstance(x, Node) and self._stays(x)) for x in leaves])

    def _stays(self, x: Node) -> bool:
        return self.nested or (
            context.recording() and any(is_older(end, self.since) for end in topological_order((x,), self.since)[1])
        )

    def pull(self, cotangents: Sequence[Any], graph: bool) -> list[Any]:
        """The cotangents of the inputs, zero where nothing arrives; nodes with ``graph``."""
        seeds = [g if graph else numbers_of(g) for y, g in zip(self.outputs, cotangents, strict=True) if isinstance(y, Node)]
        arrived = pullback(self.roots, seeds, self.inputs, GRAPH if graph else None, self.nodes)
        return [derivative_of_kind(d, like, graph) for d, like in zip(arrived, self.inputs, strict=True)]

    def push(self, tangents: Sequence[Any], graph: bool) -> list[Any]:
        """The tangents of the outputs, zero where an output does not move; nodes with ``graph``."""
        given = [t if graph else numbers_of(t) for t in tangents]
        moved = iter(pushforward(self.roots, self.inputs, given, GRAPH if graph else None, self.nodes))
        pairs = [(next(moved) if isinstance(y, Node) else None, y) for y in self.outputs]
        return [derivative_of_kind(t, like, graph) for t, like in pairs]


def checked_argnums(call: str, argnums: Any) -> tuple[int, ...]:
    numbers = (argnums,) if isinstance(argnums, int) else argnums
    if not isinstance(numbers, tuple | list) or not numbers or not all(isinstance(n, int) for n in numbers):
        raise SettingError(f"{call}: argnums is an integer or a tuple of integers, not {argnums!r}; call the result with the point")
    return tuple(numbers)


def _positions(call: str, argnums: Any, count: int) -> tuple[int, ...]:
    numbers = checked_argnums(call, argnums)
    if any(not -count <= n < count for n in numbers):
        raise SettingError(
            f"{call}: argnums {argnums!r} with {count} positional argument(s): pass what is differentiated by position"
        )
    if len({n % count for n in numbers}) < len(numbers):
        raise SettingError(f"{call}: argnums {argnums!r} names an argument twice")
    return tuple(n % count for n in numbers)


def _source(call: str, x: Any) -> Node:
    """A node of the run's own for an input; connected to the input where that is a node."""
    if isinstance(x, Tensor) and x.constant:
        return Tensor(x.data)  # which has a gradient of its own
    if isinstance(x, Node):
        return apply(find("positive"), x)  # type: ignore[no-any-return]
    if isinstance(x, bool | int | np.bool_ | np.integer) or (isinstance(x, np.ndarray) and x.dtype.kind in "iub"):
        raise DataError(f"{call} differentiates floats, not {described(x)}: pass a float, as in float(x) or x.astype(float)")
    if isinstance(x, float | np.floating):
        return Value(x)
    if isinstance(x, np.ndarray):
        return Tensor(x)
    raise DataError(f"{call} differentiates floats, arrays, nodes and nested containers of them, not {described(x)}{advice(x)}")


def _outputs(call: str, result: Any) -> tuple[list[Any], Build]:
    """The outputs as nodes, or as plain numbers where they do not depend on anything."""
    if isinstance(result, np.ndarray) and result.dtype == object:
        result = lifted(result, call)
    leaves, build = flatten(result)
    for leaf in leaves:
        if not isinstance(leaf, Node | float | int | np.ndarray | np.number | np.bool_):
            raise DataError(f"{call}: the function returned {described(leaf)}, where numbers or nodes belong")
    return [leaf if isinstance(leaf, Node) else to_array(leaf, call)[()] for leaf in leaves], build


def numbers_of(x: Any) -> Any:
    return x._primal if isinstance(x, Node) else x


def _finished(x: Any, graph: bool) -> Any:
    """A result as callers get it: the node itself with ``graph``, else its numbers."""
    if graph or not isinstance(x, Node):
        return x
    return x._primal if isinstance(x, Value) else np.array(x._primal)


def contains_recorded_node(tree: Any) -> bool:
    """Whether a cotangent or a tangent has nodes in it, by which derivatives can be asked for."""
    return context.recording() and any(isinstance(leaf, Node) and not getattr(leaf, "constant", False) for leaf in flatten(tree)[0])


def derivative_of_kind(d: Any, like: Any, graph: bool) -> Any:
    """A derivative as callers get it: a node, or a float for a Value and an array of its own for a Tensor; None is zero."""
    if d is None:
        d = node_of_kind(np.zeros(np.shape(numbers_of(like))), like)
        d = d if graph else numbers_of(d)
    if graph:
        return d
    return float(d) if np.shape(d) == () and not isinstance(like, Tensor) else np.array(d)


def matched_nodes(call: str, what: str, given: Any, wanted: Sequence[Any], tree: Any) -> list[Any]:
    """A cotangent or tangent in the structure and shapes of what it belongs to, as nodes of the right kind."""
    if structure(given) != structure(tree):
        raise ShapeError(f"{call}: the {what} has the structure {structure(given)}, but {structure(tree)} is needed")
    leaves = leaves_like(given, tree)
    for leaf, like in zip(leaves, wanted, strict=True):
        have = leaf.shape if isinstance(leaf, Node) else to_array(leaf, f"{call}: a {what}").shape
        if have != np.shape(numbers_of(like)):
            raise ShapeError(f"{call}: a {what} has shape {have}, but {np.shape(numbers_of(like))} is needed")
    return [node_of_kind(leaf, like) for leaf, like in zip(leaves, wanted, strict=True)]


def node_of_kind(x: Any, like: Any) -> Any:
    """A number or a node as a node of the same kind as ``like``, where that is one."""
    if isinstance(x, Node):
        return like.of_my_kind(x) if isinstance(like, Value) else x
    if isinstance(like, Tensor):
        return Tensor(np.asarray(x, like.dtype), constant=True)
    return Value(float(x)) if np.shape(x) == () else Tensor(x, constant=True)


def scalar_output(run: RecordedCall) -> Any:
    """The one number that a gradient is of."""
    if len(run.outputs) != 1 or np.shape(numbers_of(run.outputs[0])) != ():
        shapes = [np.shape(numbers_of(y)) for y in run.outputs]
        what = f"shape {shapes[0]}" if len(shapes) == 1 else f"{len(shapes)} results"
        raise GraphError(f"{run.call} needs a function that returns one number, not {what}: reduce it, or use jacobian or vjp")
    return run.outputs[0]


def inside_a_transform() -> bool:
    """Whether a transform is running its function in this thread or task."""
    return _depth.get() > 0
