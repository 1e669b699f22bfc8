"""The nodes of a traced run as a scalar graph."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.frontend.effects.random_draws import FreshLeaf
from autograd.compiler.frontend.traced_data import unwrap
from autograd.compiler.frontend.traced_mask import TracedMask
from autograd.compiler.frontend.traced_run import TracedRun
from autograd.compiler.frontend.tracer import Guard, Origin
from autograd.compiler.ir.scalar_graph import ARRAY, CONSTANT, ENTRY, EXTREMUM, LEAF, ArrayOp, Ref, ScalarGraph
from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.core.tracing import to_concrete
from autograd.core.value import Value
from autograd.graph.topological_order import PACKED
from autograd.state.engine import native

NO_SETTINGS: dict[str, Any] = {}


class TracedFunction(NamedTuple):
    """What one run of a function computed, as a scalar graph.

    Attributes
    ----------
    scalar_graph : ScalarGraph
        The graph. The other attributes refer to its nodes by their ids.
    leaves : dict of int to Node
        The arguments, and the nodes from outside that the function captured, by their ids.
    argument_leaves : dict of int to int
        For the leaves that are arguments: the index among the nodes that were made for the run's arguments.
    output_ids : list of int
        The ids of the results; -1 for a plain number.
    run : TracedRun
        The run itself.
    guards : list of (Guard, list of int)
        The guards with the ids of their sources.
    constants : list of (Tensor, array)
        The constant Tensors that took part, and the arrays that they held.
    node_count : int
        How many nodes the run computed.
    node_ids : list
        The ids of the run's nodes, in their order. For an entry that is not an int, see ``other_node_ids``.
    other_node_ids : dict of int to int
        The ids of packed nodes and of leaves, by ``id(node)``.
    """

    scalar_graph: ScalarGraph
    leaves: dict[int, Node]
    argument_leaves: dict[int, int]
    output_ids: list[int]
    run: TracedRun
    guards: list[tuple[Guard, list[int]]]
    constants: list[tuple[Any, Any]]
    node_count: int
    node_ids: list[Any]
    other_node_ids: dict[int, int]


class ScalarGraphBuilder:
    """Builds the scalar graph of a run.

    Parameters
    ----------
    run : TracedRun
        The run.
    argument_nodes : sequence of Node or None
        The nodes that were made for its arguments; None for an argument that repeats an earlier one.

    Notes
    -----
    While the graph is built, the ``_grad`` slot of each node with one or two arguments holds the node's id, an int. Gradients are
    never ints, so the slot tells nodes of the run from all others without a look-up in a dict.
    """

    def __init__(self, run: TracedRun, argument_nodes: Sequence[Any]) -> None:
        self.run = run
        self.graph: ScalarGraph = ScalarGraph()
        self.leaves: dict[int, Node] = {}
        self.array_values: dict[int, Any] = {}  # the results of array operations, by their ids
        self._argument_index = {id(x): k for k, x in enumerate(argument_nodes) if x is not None}
        self._ids: dict[int, int] = {}  # by id(node): packed nodes, and nodes from outside the run
        self._float_ids: dict[int, int] = {}  # by id(number)
        for leaf in run.tracer.draws.leaves:  # in this order, and also those that nothing reads
            self.id_of(leaf)
        self._add_nodes(run.nodes)
        self.output_ids: list[int] = [self.id_of(x) if isinstance(x, Node) else -1 for x in run.outputs]
        self.guards: list[tuple[Guard, list[int]]] = [
            (guard, [self._source_id(x) for x in guard.sources]) for guard in run.tracer.guards
        ]

    def _add_nodes(self, nodes: Sequence[Any]) -> None:
        """Add the nodes of the run.

        Nearly all nodes are scalar operations of one or two arguments. They are added here, without a call for each node, which
        would take 1.5 times as long (0.59 instead of 0.39 µs a node, for a graph of 40 000).
        """
        graph, id_of = self.graph, self.id_of
        op_ids: list[int] = graph.op_ids
        known_ops: dict[Any, int] = {}
        columns = (op_ids, graph.first_args, graph.second_args, graph.values)
        if native is not None:
            self._add_nodes_natively(nodes, columns, known_ops)
            return
        append_op, append_first, append_second, append_value = (column.append for column in columns)
        for node in nodes:
            if node.dleft is PACKED:
                self._add_packed_node(node)
                continue
            op, arg = node.op, node.left
            first = arg._grad if node.dleft is not None else None
            if type(first) is not int:
                first = id_of(arg)
            second: Any = -1
            if op.arity == 2:
                arg = node.right
                second = arg._grad if node.dright is not None else None
                if type(second) is not int:
                    second = id_of(arg)
            op_id = known_ops.get(op)
            if op_id is None:
                op_id = known_ops[op] = graph.op_id(op, NO_SETTINGS)
            node._grad = len(op_ids)
            append_op(op_id)
            append_first(first)
            append_second(second)
            append_value(node._primal)

    def _add_nodes_natively(self, nodes: Sequence[Any], columns: tuple[list[Any], ...], known_ops: dict[Any, int]) -> None:
        """Add the nodes of the run in C (columns.c), except packed ones."""
        new_op = partial(self.graph.op_id, static=NO_SETTINGS)
        done = 0
        known = (known_ops, self._ids)
        while (done := native.add_scalar_nodes(nodes, done, columns, *known, new_op, self.id_of)) < len(nodes):
            self._add_packed_node(nodes[done])
            done += 1

    def _add_packed_node(self, node: Any) -> None:
        """Add a node of an array operation, or of a scalar operation with settings or with more than two arguments."""
        op: Any = node.op
        if not isinstance(node, Value):
            add = self._add_array_operation
        else:
            add = self._add_array_entry if op.name == "item" else self._add_scalar
        self._ids[id(node)] = add(node)

    def _add_array_entry(self, node: Any) -> int:
        """Add a Value that is the one entry of a Tensor."""
        array = self.id_of(node.left[0])  # before the entry, so that it gets the smaller id
        i = self.graph.add(ENTRY, value=node._primal)
        self.graph.array_ops[i] = ArrayOp(None, [Ref(array)], {})
        return i

    def _add_scalar(self, node: Any) -> int:
        """Add a scalar operation with settings; a choice by a mask has the mask as its third argument."""
        args = [self.id_of(x) for x in node.left]
        mask = self.run.tracer.masks.get(id(node.static.get("condition")))
        mask_id = None if mask is None else self._mask_id(mask)
        op_id = self.graph.op_id(node.op, node.static) if mask is None else self.graph.op_id("where", {})
        i = self.graph.add(op_id, args[0], args[1] if len(args) > 1 else -1, node._primal)
        if mask_id is not None:
            self.graph.third_args[i] = mask_id
        return i

    def _add_array_operation(self, node: Any) -> int:
        """Add an operation of Tensors."""
        masks = self.run.tracer.masks
        static = {k: Ref(self._mask_id(masks[id(v)])) if id(v) in masks else v for k, v in node.static.items()}
        args = [Ref(self.id_of(x)) if isinstance(x, Node) else x for x in node.args]
        i = self._add_array(node.op, args, static, node._primal)
        self.graph.array_dtypes[i] = node._primal.dtype
        return i

    def _add_array(self, op: Any, args: list[Any], static: dict[str, Any], value: Any) -> int:
        i = self.graph.add(ARRAY)
        self.graph.array_ops[i] = ArrayOp(op, args, static)
        self.array_values[i] = value
        return i

    # -- ids

    def id_of(self, x: Any) -> int:
        """Return the id of an argument of a node; leaves and numbers are added when they first occur.

        Parameters
        ----------
        x : Node or float
            The argument.

        Returns
        -------
        int
            Its id.
        """
        found = self._ids.get(id(x))
        if found is not None:
            return found
        if not isinstance(x, Node):
            return self._number_id(x)
        if type(x._grad) is int:
            return x._grad
        i = self._ids[id(x)] = self._add_leaf(x)
        return i

    def _number_id(self, x: Any) -> int:
        """Return the id of a plain number; a float that is used several times is one constant."""
        i = self._float_ids.get(id(x))
        if i is None or not isinstance(x, float):
            i = self._float_ids[id(x)] = self.graph.add(CONSTANT, value=float(x))
        return i

    def _source_id(self, x: Any) -> int:
        """Return the id of a source of a guard: a mask, a node or a number."""
        return self._mask_id(x) if isinstance(x, TracedMask) else self.id_of(x)

    def _add_leaf(self, leaf: Any) -> int:
        """Add a leaf: what it stands for, or an argument or a captured node."""
        origin = self.run.tracer.origins.get(leaf)
        if origin is not None:
            return self._add_origin(origin, leaf._primal)
        is_scalar = isinstance(leaf, Value)
        i = self.graph.add(LEAF, value=leaf._primal) if is_scalar else self._add_array(None, [], {}, leaf._primal)
        self.leaves[i] = leaf
        return i

    def _add_origin(self, origin: Origin, value: Any) -> int:
        """Add what a leaf stands for."""
        graph = self.graph
        if origin.kind in ("max", "min"):
            args = [Ref(self.id_of(x)) for x in origin.sources]  # before the extremum, so that they get smaller ids
            i = graph.add(EXTREMUM, value=value)
            graph.array_ops[i] = ArrayOp(origin.kind, args, {})
            return i
        (source,) = origin.sources
        i = self._source_id(source)
        name = "mask_to_float" if isinstance(source, TracedMask) else "stop_gradient"
        if graph.op_ids[i] == ARRAY:
            return self._add_array(name, [Ref(i)], {}, value)
        return graph.add(graph.op_id(name, {}), i, value=value)

    def _mask_id(self, mask: TracedMask) -> int:
        """Add a comparison, and return its id."""
        sides = [unwrap(mask.left), unwrap(mask.right)]
        has_arrays = np.ndim(mask.concrete) > 0 or any(np.ndim(to_concrete(x)) or isinstance(x, Tensor) for x in sides)
        if has_arrays:
            args = [Ref(self._source_id(x)) if isinstance(x, Node | TracedMask) else x for x in sides]
            return self._add_array(mask.operator, args, {}, mask.concrete)
        left, right = (self._source_id(x if isinstance(x, Node | TracedMask | float) else float(x)) for x in sides)
        return self.graph.add(self.graph.op_id(mask.operator, NO_SETTINGS), left, right, float(mask.concrete))

    # -- the result

    def build(self, other: ScalarGraphBuilder) -> TracedFunction:
        """Return the traced function, in which the leaves that the function made itself are constants.

        Parameters
        ----------
        other : ScalarGraphBuilder
            The builder of another run of the same function. A leaf that is the same object in both runs was there before.

        Returns
        -------
        TracedFunction
            The function.
        """
        leaves = {}
        for i, node in self.leaves.items():
            if id(node) in self._argument_index or node is other.leaves.get(i) or isinstance(node, FreshLeaf):
                leaves[i] = node
            elif node.op is not None:
                raise AssertionError(f"{node.describe()} was used before it was numbered")  # pragma: no cover - an internal error
            elif isinstance(node, Value):
                self.graph.op_ids[i] = CONSTANT
            else:
                self.graph.array_ops[i] = ArrayOp("constant", [node._primal], {})
        node_ids = [node._grad for node in self.run.nodes]
        return TracedFunction(
            self.graph,
            leaves,
            {i: self._argument_index[id(node)] for i, node in leaves.items() if id(node) in self._argument_index},
            self.output_ids,
            self.run,
            self.guards,
            [(tensor, tensor._primal) for tensor in self.run.tracer.constants.values()],
            len(node_ids),
            node_ids,
            self._ids,
        )
