"""One recorded call of a function, which every transform starts from.

Inputs are floats, arrays, Values, Tensors, or nested lists, tuples, dicts and dataclasses of them. Results have the same structure.
Results are nodes if there is something left to differentiate with respect to: inside another transform, for inputs that are nodes,
and if the function uses nodes from outside while recording is on. Otherwise they are plain numbers. Each transform differentiates
with respect to nodes of its own, so that nested derivatives are never confused with each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np

from autograd.core.coercion import describe
from autograd.core.node import Node
from autograd.core.pytree import Build, flatten
from autograd.core.value import Value
from autograd.errors import DataError, GraphError
from autograd.graph.forward_mode import pushforward
from autograd.graph.reverse_mode import pullback
from autograd.graph.topological_order import is_older, topological_order
from autograd.numpy_api.graph_backend import GRAPH
from autograd.state import context, context_managers
from autograd.transforms.arguments import flatten_outputs, input_node, resolve_argnums
from autograd.transforms.derivative_pytrees import data_of, derivative_like, is_complex, shape_of

_transform_depth: ContextVar[int] = ContextVar("transform_depth", default=0)
Function = Callable[..., Any]


def is_inside_transform() -> bool:
    """Tell whether a transform is running its function in this thread or task.

    Returns
    -------
    bool
    """
    return _transform_depth.get() > 0


class RecordedCall:
    """One run of a function on nodes of its own.

    Parameters
    ----------
    call : str
        The transform that errors name, such as ``"grad()"``.
    f : callable
        The function to run.
    args : sequence
        Its positional arguments.
    kwargs : dict
        Its keyword arguments, which are passed on as they are.
    argnums : int or sequence of int
        Positions of the arguments to differentiate with respect to.
    has_aux : bool
        Whether ``f`` returns a pair (result, auxiliary result).

    Attributes
    ----------
    inputs : list of Node
        The leaves of the differentiated arguments.
    outputs : list
        The leaves of the result: nodes, or numbers if they depend on nothing.
    unflatten_output : callable
        Builds the structure of the result from a list of leaves.
    nodes : list of Node
        The interior nodes that the call recorded, in topological order.
    start_time : int
        The reading of the nodes' clock when the call began.
    """

    def __init__(self, call: str, f: Function, args: Sequence[Any], kwargs: dict[str, Any], argnums: Any, has_aux: bool) -> None:
        if not callable(f):
            raise DataError(f"{call} takes a function first, not {describe(f)}")
        self.call = call
        self.argnums: tuple[int, ...] = resolve_argnums(call, argnums, len(args))
        self.has_single_argnum: bool = isinstance(argnums, int)
        flattened = [flatten(args[n]) for n in self.argnums]
        leaves = [leaf for argument_leaves, _ in flattened for leaf in argument_leaves]
        self._leaf_counts = [len(argument_leaves) for argument_leaves, _ in flattened]
        self._unflatten_argument = [unflatten for _, unflatten in flattened]
        self._is_nested = is_inside_transform() or any(isinstance(leaf, Node) for leaf in leaves)
        self.start_time: int = context.tick()
        with context_managers.force_recording(self.start_time):
            self.inputs: list[Node] = [input_node(call, leaf) for leaf in leaves]
            result = self._run(f, args, kwargs)
        self._aux: Any = None
        if has_aux:
            result, self._aux = self._split_aux(result)
        self.outputs: list[Any]
        self.unflatten_output: Build
        self.outputs, self.unflatten_output = flatten_outputs(call, result)
        self._roots = [y for y in self.outputs if isinstance(y, Node)]
        self.nodes: list[Any]
        self.nodes, ends = topological_order(self._roots, self.start_time)
        self._has_captures = not self._is_nested and any(is_older(end, self.start_time) for end in ends)

    def _run(self, f: Function, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Call the function with nodes in place of the differentiated arguments."""
        node_args = list(args)
        for n, tree in zip(self.argnums, self.unflatten_arguments(self.inputs), strict=True):
            node_args[n] = tree
        token = _transform_depth.set(_transform_depth.get() + 1)
        try:
            return f(*node_args, **kwargs)
        finally:
            _transform_depth.reset(token)

    def _split_aux(self, result: Any) -> tuple[Any, Any]:
        if not isinstance(result, tuple) or len(result) != 2:
            raise GraphError(f"{self.call} with has_aux=True takes a function that returns (result, aux), not {describe(result)}")
        return result

    @property
    def create_graph(self) -> bool:
        """Whether derivatives are nodes, which can be differentiated again."""
        return self._is_nested or (self._has_captures and context.recording())

    def unflatten_arguments(self, leaves: Sequence[Any]) -> list[Any]:
        """Build one tree for each differentiated argument.

        Parameters
        ----------
        leaves : sequence
            As many leaves as there are inputs.

        Returns
        -------
        list of pytree
        """
        if len(self._leaf_counts) == 1:
            return [self._unflatten_argument[0](leaves)]
        trees, start = [], 0
        for count, unflatten in zip(self._leaf_counts, self._unflatten_argument, strict=True):
            trees.append(unflatten(leaves[start : start + count]))
            start += count
        return trees

    def unflatten_by_argnums(self, leaves: Sequence[Any]) -> Any:
        """Build the trees of the differentiated arguments as callers get them.

        Parameters
        ----------
        leaves : sequence
            As many leaves as there are inputs.

        Returns
        -------
        pytree or tuple of pytree
            The tree itself if ``argnums`` is an integer, else a tuple of trees.
        """
        trees = self.unflatten_arguments(leaves)
        return trees[0] if self.has_single_argnum else tuple(trees)

    @property
    def value(self) -> Any:
        """The result of the function: nodes with ``create_graph``, else plain numbers."""
        return self.unflatten_output([_to_result(y, self.create_graph) for y in self.outputs])

    @property
    def aux(self) -> Any:
        """The auxiliary result: nodes where these can be differentiated, else plain numbers."""
        leaves, unflatten = flatten(self._aux)
        return unflatten([_to_result(x, isinstance(x, Node) and self._is_differentiable(x)) for x in leaves])

    def _is_differentiable(self, x: Node) -> bool:
        """Whether an auxiliary result depends on nodes from outside this call."""
        if self._is_nested:
            return True
        if not context.recording():
            return False
        _, ends = topological_order((x,), self.start_time)
        return any(is_older(end, self.start_time) for end in ends)

    def scalar_output(self) -> Any:
        """Return the output of a function that returns one number.

        Returns
        -------
        Node or float
            The only output.

        Raises
        ------
        GraphError
            If there are several outputs, or the output is an array.
        """
        if len(self.outputs) == 1 and isinstance(self.outputs[0], Value):
            return self.outputs[0]
        shapes = [shape_of(y) for y in self.outputs]
        if shapes != [()]:
            actual = f"shape {shapes[0]}" if len(shapes) == 1 else f"{len(shapes)} results"
            raise GraphError(
                f"{self.call} needs a function that returns one number, not {actual}: reduce it, or use jacobian or vjp"
            )
        return self.outputs[0]

    def check_kinds_of_numbers(self, holomorphic: bool) -> None:
        """Check that derivatives are defined: the results are real, or all numbers are complex and ``f`` is holomorphic.

        Parameters
        ----------
        holomorphic : bool
            Whether the caller says that the function is holomorphic.

        Raises
        ------
        DataError
            If a result is complex, or, of a holomorphic function, if an input or a result is real.
        """
        outputs = [is_complex(x) for x in self.outputs]
        if holomorphic and not (all(outputs) and all(is_complex(x) for x in self.inputs)):
            raise DataError(
                f"{self.call} with holomorphic=True takes complex inputs, and a function that returns complex numbers: "
                f"convert real inputs, as in x + 0j, or leave it out"
            )
        if not holomorphic and any(outputs):
            raise DataError(
                f"{self.call} needs a function that returns real numbers, not complex ones: take the real part or the absolute "
                f"value of its result, or pass holomorphic=True if it is holomorphic"
            )

    @property
    def has_complex_inputs(self) -> bool:
        """Whether an input is complex."""
        return any(is_complex(x) for x in self.inputs)

    def pull(self, cotangents: Sequence[Any], create_graph: bool) -> list[Any]:
        """Pull cotangents of the outputs back to the inputs (reverse mode).

        Parameters
        ----------
        cotangents : sequence
            One cotangent for each output; None is zero.
        create_graph : bool
            Whether the results are nodes.

        Returns
        -------
        list
            One cotangent for each input: zero if the outputs do not depend on it.
        """
        pairs = [(y, g) for y, g in zip(self.outputs, cotangents, strict=True) if isinstance(y, Node) and g is not None]
        root_cotangents = [g if create_graph else data_of(g) for _, g in pairs]
        pulled = pullback([y for y, _ in pairs], root_cotangents, self.inputs, GRAPH if create_graph else None, self.nodes)
        return [derivative_like(g, x, create_graph) for g, x in zip(pulled, self.inputs, strict=True)]

    def push(self, tangents: Sequence[Any], create_graph: bool) -> list[Any]:
        """Push tangents of the inputs forward to the outputs (forward mode).

        Parameters
        ----------
        tangents : sequence
            One tangent for each input; None is zero.
        create_graph : bool
            Whether the results are nodes.

        Returns
        -------
        list
            One tangent for each output: zero if it does not depend on the inputs.
        """
        pairs = [(x, t if create_graph else data_of(t)) for x, t in zip(self.inputs, tangents, strict=True) if t is not None]
        sources, source_tangents = [x for x, _ in pairs], [t for _, t in pairs]
        root_tangents = iter(pushforward(self._roots, sources, source_tangents, GRAPH if create_graph else None, self.nodes))
        output_tangents = [next(root_tangents) if isinstance(y, Node) else None for y in self.outputs]
        return [derivative_like(t, y, create_graph) for t, y in zip(output_tangents, self.outputs, strict=True)]


def _to_result(x: Any, is_node: bool) -> Any:
    """A result as callers get it: the node itself, or a copy of its numbers."""
    if is_node or not isinstance(x, Node):
        return x
    return x._primal if isinstance(x, Value) else np.array(x._primal)
