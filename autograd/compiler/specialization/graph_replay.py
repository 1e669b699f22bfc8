"""GraphReplay: a specialization that computes the traced graph again, node by node, without running the function.

The results are those of the function bit for bit. ``exact=True`` asks for it, and it runs if no source could be made or if the
source did not pass its check.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS
from autograd.compiler.frontend.arguments import TracedArguments
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.compiler.specialization.replay_plan import ReplayPlan
from autograd.compiler.specialization.specialization import InputSlot, Specialization, leaves_by_argument
from autograd.compiler.specialization.value_guards import describe_guard_change
from autograd.core.coercion import to_array
from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.errors import GraphError
from autograd.graph.reverse_mode import pullback


class GraphReplay(Specialization):
    """A traced graph with leaves of its own, into which the numbers of each call are written.

    Parameters
    ----------
    traced : TracedFunction
        The trace.
    arguments : TracedArguments
        The arguments that it was made for.
    fault : str
        What is wrong with the program in NumPy; "" if ``exact=True`` asks for a replay.

    Attributes
    ----------
    fault : str
        As above.
    """

    owns_results = False  # its gradients may be arrays that it goes on using

    def __init__(self, traced: TracedFunction, arguments: TracedArguments, fault: str) -> None:
        super().__init__(traced, arguments)
        self.fault = fault
        self.guards: Sequence[Any] = [guard for guard, _ in traced.guards]
        self._lock = threading.Lock()
        self._leaves: list[dict[int, Any]] = []  # for each slot the leaves that take its numbers, by their position in it
        stand_ins: dict[int, Any] = {}
        slots = [*self._make_argument_slots(traced), *self._make_captured_slots(traced, stand_ins)]
        self._plan = ReplayPlan(traced.run.nodes, self.guards, traced.run.tracer, stand_ins)
        self._roots = [self._plan.stand_in(x) if isinstance(x, Node) else x for x in traced.run.outputs]
        self._holds_values = [any(isinstance(leaf, Value) for leaf in leaves.values()) for leaves in self._leaves]
        self._index_slots(slots, len(slots))
        self._describe_outputs([np.shape(x) for x in self._roots], [isinstance(x, Node) for x in self._roots])

    def _make_argument_slots(self, traced: TracedFunction) -> list[InputSlot]:
        slots = []
        leaves = leaves_by_argument(traced, self.traced_arguments)
        for k, data in enumerate(self.traced_arguments.values):
            if data is not None:
                slots.append(InputSlot(k, [], np.shape(data)))
                self._leaves.append(leaves.get(k, {}))
        return slots

    def _make_captured_slots(self, traced: TracedFunction, stand_ins: dict[int, Any]) -> list[InputSlot]:
        """Return one slot for each captured node, and add a new leaf that stands in for it to ``stand_ins``."""
        slots = []
        for i, node in traced.leaves.items():
            if i not in traced.argument_leaves:
                stand_ins[id(node)] = node.leaf(node._primal)
                slots.append(InputSlot(None, [node], node.shape))
                self._leaves.append({0: stand_ins[id(node)]})
        return slots

    @property
    def reason(self) -> str:
        """Why the graph is replayed, as the end of a sentence."""
        return "because exact=True asks for it" if not self.fault else f"because {self.fault}"

    def inputs(self, leaves: Sequence[Any]) -> list[Any]:
        """Return the data of all inputs; see ``Specialization.inputs``."""
        data = [leaves[slot.argument] if slot.argument is not None else slot.nodes[0] for slot in self.slots]
        return [x.freeze_data() if isinstance(x, Value | Tensor) else x for x in data]

    def function(self, name: str, key: Any = ()) -> ReplayedFunction:
        """Return one of the functions "value", "value_and_gradients" and "pullback"; see ``Specialization.function``.

        Raises
        ------
        GraphError
            For another name.
        """
        if name not in ("value", "value_and_gradients", "pullback"):
            raise GraphError(
                f"compile(): a program that is replayed has no {name}(): use autograd.{name}; it is replayed {self.reason}"
            )
        return ReplayedFunction(self, name, key)

    def describe_guard_change(self, values: Sequence[Any]) -> str:
        """Describe the first guard that has changed; see ``Specialization.describe_guard_change``."""
        return describe_guard_change(self.guards, values)

    # -- running

    def run(self, name: str, wrt: tuple[int, ...], inputs: Sequence[Any]) -> list[Any]:
        """Compute the graph again.

        Parameters
        ----------
        name : {"value", "value_and_gradients", "pullback"}
            Which results to return.
        wrt : tuple of int
            The slots with respect to which to differentiate.
        inputs : sequence
            The data of the slots; for "pullback" the cotangents of the results follow.

        Returns
        -------
        list of sequences
            Groups of results. The last group is the values of the guards.
        """
        with self._lock, np.errstate(**IGNORE_FLOAT_ERRORS):
            self._write_inputs(inputs)
            for step in self._plan.steps:
                step()
            groups: list[Any] = []
            if name != "pullback":
                groups.append([x._primal if isinstance(x, Node) else x for x in self._roots])
            if name != "value":
                cotangents = inputs[len(self.slots) :] if name == "pullback" else [1.0]
                groups.append(self._gradients(wrt, cotangents))
            groups.append([self._plan.current_value(source) for guard in self.guards for source in guard.sources])
            return groups

    def _write_inputs(self, inputs: Sequence[Any]) -> None:
        for leaves, holds_values, data in zip(self._leaves, self._holds_values, inputs, strict=False):
            if holds_values:
                numbers = np.ravel(data).tolist()
                for place, leaf in leaves.items():
                    leaf._primal = numbers[place]
            else:
                for leaf in leaves.values():
                    leaf._primal = to_array(data, "compile()")

    def _gradients(self, wrt: tuple[int, ...], cotangents: Sequence[Any]) -> list[Any]:
        """Return the gradients with respect to some slots, added in the order in which the function's own graph would add them."""
        roots = [x for x in self._roots if isinstance(x, Node)]
        leaves = [leaf for k in wrt for leaf in self._leaves[k].values()]
        root_cotangents = [root.to_gradient_data(cotangent) for root, cotangent in zip(roots, cotangents, strict=True)]
        gradients = iter(pullback(roots, root_cotangents, leaves))
        return [self._slot_gradient(k, [next(gradients) for _ in self._leaves[k]]) for k in wrt]

    def _slot_gradient(self, k: int, leaf_gradients: Sequence[Any]) -> Any:
        """Return the gradient with respect to a slot, made of those by its leaves. None stands for zero."""
        shape = self.slots[k].shape
        gradient = np.zeros(shape, np.result_type(np.float64, *(leaf._primal for leaf in self._leaves[k].values())))
        for place, leaf_gradient in zip(self._leaves[k], leaf_gradients, strict=True):
            if leaf_gradient is not None and np.shape(leaf_gradient) == shape:
                gradient = np.asarray(leaf_gradient)
            elif leaf_gradient is not None:
                gradient.ravel()[place] = leaf_gradient
        return gradient if shape else gradient[()]


class ReplayedFunction(NamedTuple):
    """One function of a replayed graph.

    Attributes
    ----------
    replay : GraphReplay
        The graph.
    name : str
        The name of the function.
    wrt : tuple of int
        The slots that it differentiates by.
    """

    replay: GraphReplay
    name: str
    wrt: tuple[int, ...]

    def __call__(self, inputs: Sequence[Any]) -> list[Any]:
        """Return the results in groups."""
        return self.replay.run(self.name, self.wrt, inputs)

    @property
    def pure(self) -> Any:
        """Raises GraphError: a replay has no source."""
        return self.source

    @property
    def source(self) -> Any:
        """Raises GraphError: a replay has no source."""
        raise GraphError(f"compile(): there is no source: the graph is replayed as it was traced, {self.replay.reason}")
