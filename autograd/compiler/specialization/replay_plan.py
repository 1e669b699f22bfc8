"""How a traced graph is computed again: a list of steps, in the order in which the function did its work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.backends.float_backend import evaluate
from autograd.backends.numpy_backend import ARRAY
from autograd.compiler.frontend.traced_mask import TracedMask
from autograd.compiler.frontend.tracer import Guard, Origin, Tracer
from autograd.core.node import Node
from autograd.core.scalar_methods import evaluator
from autograd.core.tensor import Tensor
from autograd.core.tracing import COMPARISONS
from autograd.graph.topological_order import PACKED

Step = Callable[[], None]


class ReplayPlan:
    """The steps that compute a graph again, in its own nodes.

    Parameters
    ----------
    nodes : sequence of Node
        The nodes of the traced run, in topological order. They are changed: where they read a captured node, they then read the
        node that stands in for it.
    guards : sequence of Guard
        The guards of the trace. Their sources are computed again, too.
    tracer : Tracer
        The tracer of the run, which knows the origins of leaves and the masks of choices.
    stand_ins : dict of int to Node
        The nodes that stand in for captured nodes, by the identity of these.

    Attributes
    ----------
    steps : list of callable
        What to do at each call, in order.

    Notes
    -----
    Each step is a closure over its nodes, and there is one kind of closure for each kind of node, so that a step looks nothing up.
    """

    def __init__(self, nodes: Sequence[Node], guards: Sequence[Guard], tracer: Tracer, stand_ins: dict[int, Any]) -> None:
        self.steps: list[Step] = []
        self._tracer = tracer
        self._stand_ins = stand_ins
        self._planned: set[int] = set()  # the identities of the leaves that have a step
        for node in nodes:
            self._plan_node(node)
        for guard in guards:
            for source in guard.sources:
                self._plan_source(source)

    def stand_in(self, node: Any) -> Any:
        """Return the node that stands in for another one.

        Parameters
        ----------
        node : object
            A node, or a plain number.

        Returns
        -------
        object
            The stand-in of a captured node; anything else itself.
        """
        return self._stand_ins.get(id(node), node)

    def current_value(self, source: Any) -> Any:
        """Return the value of a source after the last run.

        Parameters
        ----------
        source : Node, TracedMask or float
            What a guard or a leaf reads.

        Returns
        -------
        float or array
            The number, array or truth values; a plain number itself.
        """
        if isinstance(source, TracedMask):
            return COMPARISONS[source.operator](self.current_value(source.left), self.current_value(source.right))
        node = self.stand_in(source)
        return node._primal if isinstance(node, Node) else node

    # -- planning

    def _plan_node(self, node: Any) -> None:
        self._read_stand_ins(node)
        for source in node.args:
            self._plan_source(source)
        for setting in node.static.values():
            if id(setting) in self._tracer.masks:
                mask = self._tracer.masks[id(setting)]
                self._plan_source(mask)
                self.steps.append(self._refill_setting(setting, mask))
        self.steps.append(_compute_node(node))

    def _read_stand_ins(self, node: Any) -> None:
        if node.dleft is not PACKED:
            node.left, node.right = self.stand_in(node.left), self.stand_in(node.right)
        else:
            node.left = type(node.left)(self.stand_in(x) for x in node.left)

    def _plan_source(self, source: Any) -> None:
        """Plan the leaves that stand for something computed, before they are first read."""
        if isinstance(source, TracedMask):
            self._plan_source(source.left)
            self._plan_source(source.right)
            return
        if not isinstance(source, Node) or id(source) in self._planned:
            return
        self._planned.add(id(source))
        origin = self._tracer.origins.get(source)
        if origin is not None:
            for x in origin.sources:
                self._plan_source(x)
            self.steps.append(self._refill_leaf(source, origin))

    def _refill_leaf(self, leaf: Any, origin: Origin) -> Step:
        """Return the step that computes a leaf from its origin."""
        select: Any = {"max": max, "min": min}.get(origin.kind, lambda values: values[0])

        def refill() -> None:
            x = select([self.current_value(source) for source in origin.sources])
            leaf._primal = np.array(x, dtype=leaf._primal.dtype) if isinstance(leaf, Tensor) else float(x)

        return refill

    def _refill_setting(self, condition: Any, mask: TracedMask) -> Step:
        """Return the step that writes the truth values of a mask into the array that a recorded choice keeps."""

        def refill() -> None:
            condition[...] = self.current_value(mask)

        return refill


def _compute_node(node: Any) -> Step:
    """Return the step that computes a node, and its local derivatives if it is a number."""
    op, static = node.op, node.static
    if node.dleft is not PACKED:
        return _compute_number(node, evaluator(op), op.arity)

    def compute_array() -> None:
        node.dright = tuple(x._primal if isinstance(x, Node) else x for x in node.left)
        node._primal = np.asarray(op.f(ARRAY, *node.dright, **static))

    def compute_packed_number() -> None:
        floats = [x._primal if isinstance(x, Node) else x for x in node.left]
        node._primal = evaluate(op.f, floats, static)
        pairs = zip(node.left, op.partials, strict=True)
        node.dright = tuple(
            evaluate(partial, [node._primal, *floats], static) if isinstance(x, Node) else None for x, partial in pairs
        )

    def take_entry() -> None:
        node._primal = float(node.left[0]._primal.reshape(()))

    if isinstance(node, Tensor):
        return compute_array
    return take_entry if op.name == "item" else compute_packed_number


def _compute_number(node: Any, evaluate: Callable[..., tuple[float, ...]], arity: int) -> Step:
    """Return the step for a number with one or two arguments. An argument that is not a node has no local derivative."""
    left, right = node.left, node.right

    def compute_unary() -> None:
        node._primal, node.dleft = evaluate(left._primal)

    def compute_binary() -> None:
        node._primal, node.dleft, node.dright = evaluate(left._primal, right._primal)

    def compute_with_left_node() -> None:
        node._primal, node.dleft, _ = evaluate(left._primal, right)

    def compute_with_right_node() -> None:
        node._primal, _, node.dright = evaluate(left, right._primal)

    if arity == 1:
        return compute_unary
    if node.dleft is None:
        return compute_with_right_node
    return compute_binary if node.dright is not None else compute_with_left_node
