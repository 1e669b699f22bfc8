"""The pullback of one call of a compiled function: from the cotangent of a result to the cotangents of the nodes below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.frontend.arguments import Call
from autograd.compiler.specialization.specialization import Specialization
from autograd.core.tracing import original_of
from autograd.errors import GraphError


class ResultPullback:
    """The pullback of one result.

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
        The data of all slots at the call.
    output_index : int
        Which of the results it belongs to.
    gradients : sequence of float or array, or None
        The gradients with respect to these slots, if the call computed them; else they are computed when they are needed.
    """

    __slots__ = (
        "_last_cotangents",
        "call",
        "compiled",
        "gradients",
        "gradients_are_taken",
        "inputs",
        "output_index",
        "specialization",
        "wrt",
    )

    def __init__(
        self,
        compiled: Any,
        specialization: Specialization,
        call: Call,
        wrt: tuple[int, ...],
        inputs: Sequence[Any],
        output_index: int,
        gradients: Sequence[Any] | None,
    ) -> None:
        self.compiled: Any = compiled
        self.specialization: Specialization = specialization
        self.call: Call = call
        self.wrt: tuple[int, ...] = wrt
        self.inputs: Sequence[Any] = inputs
        self.output_index: int = output_index
        self.gradients: Any = gradients
        self.gradients_are_taken: bool = False  # whether others hold these arrays, and may have written to them
        self._last_cotangents: tuple[Any, Sequence[Any]] | None = None

    def __reduce__(self) -> Any:
        raise GraphError("a result of compile() cannot be pickled with its history: pickle y.detach(), or the parameters")

    # -- the nodes below the result

    @property
    def leaves(self) -> list[Any]:
        """The leaves of the arguments, as they were at the call."""
        return list(map(original_of, self.call.leaves))

    @property
    def nodes(self) -> tuple[Any, ...]:
        """The nodes to which gradients flow, in the order of the slots."""
        if self.wrt == self.specialization.captured_slots:
            return self.specialization.captured_nodes
        nodes = []
        for slot in map(self.specialization.slots.__getitem__, self.wrt):
            nodes += slot.nodes if slot.argument is None else [self.leaves[slot.argument]]
        return tuple(nodes)

    @property
    def reaches_only_leaves(self) -> bool:
        """Whether all of these nodes are known to be leaves."""
        return self.wrt == self.specialization.captured_slots and self.specialization.captures_only_leaves

    # -- cotangents

    def node_cotangents(self, cotangent: Any) -> Sequence[Any]:
        """Return the cotangents of all nodes below, for that of the result.

        Parameters
        ----------
        cotangent : float or array
            The cotangent of the result.

        Returns
        -------
        sequence of float or array
            One for each node, in the order of ``nodes``.
        """
        by_slot = self._slot_cotangents(cotangent)
        group_start = self.specialization.group_start
        if self.wrt and self.wrt[-1] < group_start:
            return by_slot
        by_node: list[Any] = []
        for k, slot_cotangent in zip(self.wrt, by_slot, strict=True):
            if k < group_start:
                by_node.append(slot_cotangent)
            elif type(slot_cotangent) is np.ndarray:
                by_node += slot_cotangent.ravel().tolist()
            else:
                by_node.append(float(slot_cotangent))
        return by_node

    def node_cotangent(self, i: int, cotangent: Any) -> Any:
        """Return the cotangent of one node below, for that of the result.

        Parameters
        ----------
        i : int
            The index of the node in ``nodes``.
        cotangent : float or array
            The cotangent of the result.

        Returns
        -------
        float or array
            The cotangent of the node. Those of all nodes are kept, since walks ask for one after the other.
        """
        if self._last_cotangents is None or self._last_cotangents[0] is not cotangent:
            self._last_cotangents = (cotangent, self.node_cotangents(cotangent))
        return self._last_cotangents[1][i]

    def _slot_cotangents(self, cotangent: Any) -> Sequence[Any]:
        if self.gradients is not None:
            if self.gradients_are_taken:
                self.gradients = self.specialization.function("value_and_gradients", self.wrt)(self.inputs)[1]
                self.gradients_are_taken = False
            return self.gradients if cotangent == 1.0 else [cotangent * gradient for gradient in self.gradients]
        cotangents = {k: np.zeros(shape)[()] for k, shape in self.specialization.cotangent_shapes.items()}
        cotangents[self.output_index] = cotangent
        return list(self.specialization.function("pullback", self.wrt)([*self.inputs, *cotangents.values()])[0])
