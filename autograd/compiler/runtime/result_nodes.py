"""The results of a compiled function: nodes whose gradients were computed by the call, or are computed when they are needed."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

import numpy as np

from autograd.compiler.frontend.arguments import Call
from autograd.compiler.runtime.derivative_arguments import to_number_or_array
from autograd.compiler.runtime.eager_graph import record_eager_graph
from autograd.compiler.runtime.result_pullback import ResultPullback
from autograd.compiler.specialization.specialization import Specialization
from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.graph.graph_lock import graph_lock
from autograd.graph.topological_order import PACKED
from autograd.ops.kinds import Custom
from autograd.state import context
from autograd.state.hook_handles import Hooks


def make_result(
    compiled: Any, specialization: Specialization, call: Call, wrt: tuple[int, ...], inputs: Sequence[Any], results: Any
) -> Any:
    """Return what the caller of a compiled function gets.

    Parameters
    ----------
    compiled : Compiled
        The compiled function.
    specialization : Specialization
        What answered the call.
    call : Call
        The arguments.
    wrt : tuple of int
        The slots to which gradients flow.
    inputs : sequence of float or array
        The data of all slots.
    results : sequence of sequences
        The values, and the gradients if they were computed.

    Returns
    -------
    number, array, node, or a container of them
        Nodes if an argument is a node or if the function captured nodes; else floats and arrays.
    """
    values = results[0]
    gradients = results[1] if wrt and specialization.is_scalar else None
    if wrt and gradients is None:
        inputs = [np.array(x) if isinstance(x, np.ndarray) else x for x in inputs]  # the pullback may come later
    if not call.has_nodes and not specialization.captured_nodes:
        return specialization.build_result(to_results(values, specialization.masks))
    outputs = []
    for k, (x, output_type) in enumerate(zip(values, specialization.output_types, strict=True)):
        if k in specialization.masks:
            x = _to_mask(x)
        elif output_type is not None:
            pullback = ResultPullback(compiled, specialization, call, wrt, inputs, k, gradients)
            x = _make_node(pullback, x, output_type)
        outputs.append(x)
    return specialization.build_result(outputs)


def to_results(values: Sequence[Any], masks: Container[int]) -> list[Any]:
    """Return the numbers of a program as floats, complex numbers, arrays and masks.

    Parameters
    ----------
    values : sequence of float, complex or array
        The numbers.
    masks : container of int
        The positions of masks, which are numbers in a program.

    Returns
    -------
    list
        The results.

    Examples
    --------
    >>> to_results([2.0, 1.0], {1})
    [2.0, True]
    """
    return [_to_mask(x) if k in masks else to_number_or_array(x) for k, x in enumerate(values)]


def _to_mask(x: Any) -> Any:
    return np.asarray(x, dtype=bool) if np.ndim(x) else bool(x)


def _make_node(pullback: ResultPullback, x: Any, output_type: type[Any]) -> Any:
    """Return one result as a node; it has edges if gradients flow anywhere."""
    is_array = issubclass(output_type, Tensor) or np.ndim(x) > 0
    node: Any = (ResultTensor if is_array else ResultValue).blank()
    node._primal = np.asarray(x) if is_array else float(x)
    if pullback.wrt:
        node.op, node.right, node.dleft = COMPILED, {"pullback": pullback}, PACKED
        node.left = pullback.nodes
    return node


class _Result:
    """What results of both kinds have in common. Its methods are those that walks call; see ``Node``."""

    __slots__ = ()

    def propagate_grad(self: Any) -> None:
        """Add the contributions of this result to the gradients of the nodes below."""
        pullback: ResultPullback = self.right["pullback"]
        for source, cotangent in zip(self.args, pullback.node_cotangents(self._grad), strict=True):
            source.accumulate_grad(cotangent, self.op, False)

    def backward(self: Any, cotangent: Any = None, *, create_graph: bool = False) -> None:
        """Fill ``.grad`` of every node below.

        Parameters
        ----------
        cotangent : float or array, optional
            The cotangent of this result; by default 1.
        create_graph : bool, default False
            Whether gradients are nodes.
        """
        pullback: ResultPullback | None = self.right["pullback"] if self.op is not None else None
        is_observed = create_graph or context.open_block_count or Hooks.total_count
        if is_observed or pullback is None or not _has_gradients_of_leaves(pullback):
            Node.backward(self, cotangent, create_graph=create_graph)
            return
        with graph_lock:  # all nodes below are leaves and their gradients are known, so that no walk is needed
            seed: Any = 1.0
            if cotangent is not None:
                self._grad = seed = self.initial_cotangent(cotangent)
            else:
                self._grad = self.to_gradient_data(1.0) if self.rank else 1.0
            owns_results = pullback.specialization.owns_results
            for source, source_cotangent in zip(self.left, pullback.node_cotangents(seed), strict=True):
                if type(source_cotangent) is float and not source.rank:
                    source._grad += source_cotangent
                else:
                    source.accumulate_grad(source_cotangent, None, owns_results)
                source.left = True
            pullback.gradients_are_taken = owns_results

    def numeric_vjp(self: Any, i: int, g: Any) -> Any:
        """Return the cotangent of one node below, as numbers."""
        pullback: ResultPullback = self.right["pullback"]
        return self.args[i].unbroadcast_cotangent(pullback.node_cotangent(i, g), self.op)

    def numeric_jvp(self: Any, tangents: Sequence[Any]) -> Any:
        """Return the tangent of this result, as numbers.

        The gradient of a single number is known from the call. Otherwise the uncompiled function runs.
        """
        pullback: ResultPullback = self.right["pullback"]
        if pullback.gradients is not None:
            pairs = zip(pullback.node_cotangents(1.0), tangents, strict=True)
            return self.to_gradient_data(sum(np.vdot(gradient, t) for gradient, t in pairs if t is not None))
        tangent = record_eager_graph(self, self.right["pullback"]).jvp(self.args, tangents)
        return self.to_gradient_data(0.0) if tangent is None else tangent

    def check_unchanged(self: Any) -> None:
        """Do nothing: if the graph of the function is needed, the function runs again."""


def _has_gradients_of_leaves(pullback: ResultPullback) -> bool:
    return pullback.gradients is not None and pullback.reaches_only_leaves


class ResultValue(_Result, Value):
    """A number that a compiled function returned."""

    __slots__ = ()


class ResultTensor(_Result, Tensor):
    """An array that a compiled function returned."""

    __slots__ = ()


# -- the operation of these nodes, for derivatives that are nodes themselves


def _vjp(xp: Any, i: int, g: Any, y: Any, *args: Any, pullback: ResultPullback) -> Any:
    if not isinstance(y, Node):
        raise NotImplementedError("a compiled function has no rule in this builder")
    cotangent = record_eager_graph(y, pullback).vjp(args, i, g, xp)
    return _constant_zeros(args[i]) if cotangent is None else cotangent


def _jvp(xp: Any, i: int, t: Any, y: Any, *args: Any, pullback: ResultPullback) -> Any:
    tangents = [t if k == i else None for k in range(len(args))]
    tangent = record_eager_graph(y, pullback).jvp(args, tangents, xp)
    return _constant_zeros(y) if tangent is None else tangent


def _constant_zeros(like: Any) -> Any:
    return Tensor(np.zeros(like.shape), constant=True) if like.rank else Value(0.0)


COMPILED = Custom("compiled", lambda xp, *args, pullback: None, _vjp, _jvp, arity=None, domains=(), kink="", ties=False)
