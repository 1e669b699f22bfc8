"""New leaves for the arguments of a call: nodes for a trace, and perturbed numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS
from autograd.compiler.frontend.float_lists import FloatList
from autograd.compiler.frontend.traced_integers import TracedIntegers
from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.core.value import Value


class NodeMaker:
    """Makes the nodes on which a function is traced.

    Parameters
    ----------
    arrays_as_tensors : bool
        Whether an array becomes a Tensor, rather than an object array of Values.

    Attributes
    ----------
    nodes : list of Node or None
        The nodes, in the order in which they were made; None where a leaf repeats an earlier one.
    """

    def __init__(self, arrays_as_tensors: bool) -> None:
        self.arrays_as_tensors = arrays_as_tensors
        self.nodes: list[Any] = []
        self._new_nodes: dict[int, Any] = {}  # by the identity of the node that was passed

    def replace_leaf(self, leaf: Any) -> Any:
        """Return what the function gets in place of a leaf.

        Parameters
        ----------
        leaf : float, array or Node
            The leaf. A node that is passed twice becomes one new node.

        Returns
        -------
        Value, Tensor or object array of Values
            The new argument. Complex numbers become Tensors.
        """
        if isinstance(leaf, Node):
            if id(leaf) in self._new_nodes:
                self.nodes.append(None)
            else:
                self._new_nodes[id(leaf)] = self._make_node(leaf)
            return self._new_nodes[id(leaf)]
        is_list = isinstance(leaf, FloatList)
        if np.ndim(leaf) == 0 or (self.arrays_as_tensors and not is_list) or leaf.dtype.kind == "c":
            return self._make_node(leaf)
        values = [Value(x) for x in np.ravel(leaf).tolist()]
        self.nodes += values
        array = np.empty(np.shape(leaf), dtype=object)
        array.ravel()[:] = values
        return array.tolist() if is_list else array

    def replace_integers(self, leaf: Any) -> Any:
        """Return what the function gets in place of an array of integers.

        Parameters
        ----------
        leaf : array of int
            The leaf.

        Returns
        -------
        TracedIntegers
            The new argument.
        """
        return TracedIntegers(self._make_node(leaf.astype(float)), leaf.dtype)

    def _make_node(self, leaf: Any) -> Any:
        """Return one node for a number, an array or a node, with the name of that node."""
        data = leaf._primal if isinstance(leaf, Node) else leaf
        node: Any = Tensor(data) if isinstance(leaf, Tensor) or np.ndim(data) or np.iscomplexobj(data) else Value(data)
        node.name = leaf.name if isinstance(leaf, Node) else None
        self.nodes.append(node)
        return node


def perturb_leaf(leaf: Any, step: float, copies: dict[int, Any]) -> Any:
    """Return a leaf with other numbers.

    Parameters
    ----------
    leaf : float, array or Node
        The leaf.
    step : float
        The relative step: each number x becomes x + step·x, and zero becomes ``step``.
    copies : dict of int to Node
        The nodes made so far, by the identity of the original, so that a node that is passed twice becomes one node. It is
        updated.

    Returns
    -------
    float, array or Node
        The new leaf.
    """
    if isinstance(leaf, Node):
        if id(leaf) not in copies:
            copies[id(leaf)] = leaf.leaf(perturb_leaf(leaf._primal, step, copies))
        return copies[id(leaf)]
    with np.errstate(**IGNORE_FLOAT_ERRORS):
        moved = np.where(np.equal(leaf, 0.0), step, leaf + step * leaf)
    if isinstance(leaf, float):
        return float(moved)
    moved = moved.astype(leaf.dtype)
    return moved.view(FloatList) if isinstance(leaf, FloatList) else moved
