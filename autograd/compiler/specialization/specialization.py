"""Specialization: one trace of a function, ready to run. NumPy source and the replay of a graph have this in common."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.frontend.arguments import TracedArguments
from autograd.compiler.frontend.captured.captured_state import CapturedState
from autograd.compiler.frontend.effects.numbers_updates import write_updates
from autograd.compiler.frontend.effects.random_draws import FreshLeaf
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.core.node import Node
from autograd.core.pytree import Build


class InputSlot(NamedTuple):
    """Where one input of a specialization comes from.

    Attributes
    ----------
    argument : int or None
        The index of a leaf of the arguments; None for an input that the function captured.
    nodes : list of Node
        The captured nodes: one Tensor or Value, or several Values that form one array.
    shape : tuple of int
        The shape of the input.
    """

    argument: int | None
    nodes: list[Any]
    shape: tuple[int, ...]


class Specialization(ABC):
    """One trace of a function, and what must hold for the trace to be valid.

    Parameters
    ----------
    traced : TracedFunction
        The trace.
    arguments : TracedArguments
        The arguments that it was made for.

    Attributes
    ----------
    slots : list of InputSlot
        The inputs: arguments, then captured nodes, then groups of captured Values that form arrays.
    group_start : int
        The index of the first slot that stands for a group of Values.
    argument_slots : tuple of int
        The indices of the slots for arguments that have a gradient.
    captured_slots : tuple of int
        The indices of the slots for captured nodes to which gradients flow.
    captured_nodes : tuple of Node
        The nodes of these slots, in order.
    captures_only_leaves : bool
        Whether all of them are leaves.
    is_scalar : bool
        Whether the result is one number.
    is_scalar_per_sample : bool
        Whether the result is one number, or one number for each sample of a batch.
    cotangent_shapes : dict of int to tuple of int
        The shapes of the cotangents that the function "pullback" takes, by the index of their result.
    guards : sequence
        What the function read while it was traced. Their values are the last group of results.
    captured_state : CapturedState
        What the function captured.
    updates_numbers : bool
        Whether the function calls ``update_numbers``.
    owns_results : bool
        Whether callers may keep gradients and write to them.
    output_types : list of type or None
        The type of each result; None for a plain number.
    masks : frozenset of int
        The positions of results that are masks.
    has_complex_results : bool
        Whether a result is complex.
    """

    slots: list[InputSlot]
    group_start: int
    argument_slots: tuple[int, ...]
    captured_slots: tuple[int, ...]
    captured_nodes: tuple[Any, ...]
    captures_only_leaves: bool
    is_scalar: bool
    is_scalar_per_sample: bool
    cotangent_shapes: dict[int, tuple[int, ...]]
    guards: Sequence[Any]
    captured_state: CapturedState
    updates_numbers: bool
    owns_results: bool

    def __init__(self, traced: TracedFunction, arguments: TracedArguments) -> None:
        self.traced_arguments = arguments
        self.batch: dict[int, Any] | None = arguments.batch
        self.node_count: int = traced.node_count
        self.output_types: list[type[Node] | None] = [type(x) if isinstance(x, Node) else None for x in traced.run.outputs]
        self.has_complex_results: bool = any(np.iscomplexobj(x._primal) for x in traced.run.outputs if isinstance(x, Node))
        self.masks: frozenset[int] = traced.run.masks
        self.build_result: Build = traced.run.build

    def _index_slots(self, slots: list[InputSlot], group_start: int) -> None:
        """Set the attributes that follow from the slots."""
        self.slots = slots
        self.group_start = group_start
        self.argument_slots = tuple(k for k, slot in enumerate(slots) if self._is_differentiable(slot))
        self.captured_slots = tuple(k for k, slot in enumerate(slots) if slot.nodes and not _is_constant(slot.nodes[0]))
        self.captured_nodes = tuple(node for k in self.captured_slots for node in slots[k].nodes)
        self.captures_only_leaves = all(node.is_leaf for node in self.captured_nodes)

    def _is_differentiable(self, slot: InputSlot) -> bool:
        """Return whether an input is an argument with a gradient, and not one of integers."""
        return slot.argument is not None and np.asarray(self.traced_arguments.values[slot.argument]).dtype.kind not in "iu"

    def _describe_outputs(self, shapes: Sequence[tuple[int, ...]], are_computed: Sequence[bool]) -> None:
        """Set the attributes that follow from the results: their shapes, and whether each is computed or a constant."""
        is_batched = self.batch is not None
        self.is_scalar = not is_batched and list(shapes) == [()]
        self.is_scalar_per_sample = len(shapes) == 1 and len(shapes[0]) == is_batched
        self.cotangent_shapes = {
            k: shape for k, (shape, is_computed) in enumerate(zip(shapes, are_computed, strict=True)) if is_computed
        }

    @abstractmethod
    def inputs(self, leaves: Sequence[Any]) -> list[Any]:
        """Return the data of all inputs as they are now.

        Parameters
        ----------
        leaves : sequence
            The leaves of the arguments of a call.

        Returns
        -------
        list of float or array
            One for each slot.
        """

    @abstractmethod
    def function(self, name: str, key: Any = ()) -> Any:
        """Return one of the functions of the specialization.

        Parameters
        ----------
        name : {"value", "value_and_gradients", "pullback", "jvp", "hvp", "value_and_update"}
            Which function.
        key : tuple of int, or Update
            The slots with respect to which to differentiate; for "value_and_update" the update.

        Returns
        -------
        callable
            It takes the list of inputs, and what the function needs besides (cotangents, tangents, or a state), and returns groups
            of results. The last group belongs to the guards.
        """

    @abstractmethod
    def describe_guard_change(self, values: Sequence[Any]) -> str:
        """Describe the first guard that sees something else than while the function was traced.

        Parameters
        ----------
        values : sequence
            The last group of the results of a function.

        Returns
        -------
        str
            What has changed; "" if nothing has.
        """

    def write_updates(self, values: Sequence[Any]) -> None:
        """Give new numbers to the constant Tensors that the function updates.

        Parameters
        ----------
        values : sequence
            The last group of the results of a function.
        """
        write_updates(self.guards, values)


def _is_constant(node: Any) -> bool:
    return isinstance(node, FreshLeaf) or getattr(node, "constant", False)


def leaves_by_argument(traced: TracedFunction, arguments: TracedArguments) -> dict[int, dict[int, Any]]:
    """Return the nodes of a trace that hold the entries of its arguments.

    Parameters
    ----------
    traced : TracedFunction
        The trace.
    arguments : TracedArguments
        The arguments that it was made for.

    Returns
    -------
    dict of int to (dict of int to Node)
        For each leaf of the arguments its nodes, by their position in it.
    """
    leaves: dict[int, dict[int, Any]] = {}
    for i, k in traced.argument_leaves.items():
        argument, place = arguments.node_positions[k]
        leaves.setdefault(argument, {})[place] = traced.leaves[i]
    return leaves


def find_common_name(nodes: Sequence[Any]) -> str:
    """Return a name for an input that consists of some nodes.

    Parameters
    ----------
    nodes : sequence of Node
        The nodes.

    Returns
    -------
    str
        The name of a single node, or what the names of several have in common before their numbers; "" if there is nothing.

    Examples
    --------
    >>> from autograd import Value
    >>> find_common_name([Value(0.0, name="w_1"), Value(0.0, name="w_2")])
    'w'
    """
    names = {re.sub(r"\W", "_", node.name or "") for node in nodes}
    if len(nodes) == 1:
        return names.pop()
    stems = {name.rstrip("0123456789_") for name in names}
    return stems.pop() if len(stems) == 1 else ""
