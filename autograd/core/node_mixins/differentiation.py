"""Derivatives of a node: the backward pass, its steps, and the products of one node with its local derivatives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.core.coercion import to_array
from autograd.core.node_mixins.graph_structure import GraphStructure
from autograd.errors import DataError, GraphError, ShapeError
from autograd.graph.backward_steps import Step, iterate_steps
from autograd.graph.broadcasting import unbroadcast
from autograd.graph.graph_lock import graph_lock
from autograd.graph.reference_cycles import track_graph
from autograd.graph.reverse_mode import accumulate_gradients, pullback
from autograd.graph.topological_order import topological_order


class Differentiation(GraphStructure):
    """The backward pass from a node, and the vector-Jacobian and Jacobian-vector products of one node."""

    __slots__ = ()

    def backward(self, cotangent: Any = None, *, create_graph: bool = False) -> None:
        """Compute the gradients of this node with respect to all nodes that it depends on, and store them in ``.grad``.

        Leaves accumulate over calls until ``zero_grad()``. Interior nodes hold the gradient of the last call.

        Parameters
        ----------
        cotangent : float, array or Node, optional
            The weight of each entry of this node, in its shape. The default is 1, for a node with one entry.
        create_graph : bool, default False
            Whether the gradients of the leaves are nodes, which can be differentiated again.

        Raises
        ------
        GraphError
            If the node has several entries and no cotangent is given, or inside a compiled function or a hook.
        ShapeError
            If the cotangent has another shape than the node.

        References
        ----------
        S0 eq. 5-14 are this pass, written out for a layered network.

        Examples
        --------
        >>> from autograd import Value
        >>> a = Value(3.0); (a * a).backward(); a.grad
        6.0
        """
        self._refuse_while_tracing("backward() of")
        seed = self.initial_cotangent(cotangent)
        if not create_graph:
            accumulate_gradients(self, seed)
            return
        with graph_lock:
            _, leaves = topological_order((self,))
            start = cotangent if isinstance(cotangent, type(self)) else self.leaf(seed)
            cotangents = pullback([self], [start], leaves, self.graph_backend)
            for leaf, g in zip(leaves, cotangents, strict=True):
                fresh = isinstance(leaf._grad, float) and leaf._grad == 0.0
                leaf.left = True
                if not fresh:
                    leaf._grad = leaf._grad + g
                else:  # +g is a node of its own: a leaf that two gradients share could be written to
                    leaf._grad = +g if g.is_leaf else g
            track_graph([leaf._grad for leaf in leaves])

    def backward_steps(self, cotangent: Any = None) -> Iterator[Step]:
        """Iterate over the backward pass node by node, without writing ``.grad``.

        Parameters
        ----------
        cotangent : float, array or Node, optional
            As in :meth:`backward`.

        Yields
        ------
        Step
            A node, its complete cotangent, and the contribution that each of its arguments receives.

        Examples
        --------
        >>> from autograd import Value
        >>> a = Value(3.0)
        >>> [(push.contribution, push.complete) for step in (a * a).backward_steps() for push in step.pushes]
        [(3.0, False), (3.0, True)]
        """
        return iterate_steps(self, self.initial_cotangent(cotangent))

    def initial_cotangent(self, cotangent: Any) -> Any:
        """Return the cotangent from which the backward pass starts, as numbers in the shape of this node.

        Raises
        ------
        GraphError
            If there is no cotangent, and this node is not one real number.
        ShapeError
            If the cotangent has another shape than this node.
        DataError
            If the cotangent is complex and this node is real.
        """
        if cotangent is None:
            if self.shape != () and int(np.prod(self.shape)) != 1:
                raise GraphError(
                    f"backward() starts from one number, but {self.describe()} has shape {self.shape}: reduce it first, as in "
                    f"y.sum().backward(), or pass a cotangent of that shape, as in y.backward(np.ones({self.shape}))"
                )
            if self.rank and self._primal.dtype.kind == "c":
                raise GraphError(
                    f"backward() starts from a real number, but {self.describe()} is complex: take its real part or its absolute "
                    f"value, or pass a cotangent"
                )
            return self.to_gradient_data(1.0)
        given = to_array(cotangent.data if isinstance(cotangent, GraphStructure) else cotangent, "backward()")
        if given.shape != self.shape:
            raise ShapeError(f"backward(): the cotangent has shape {given.shape}, but {self.describe()} has shape {self.shape}")
        if np.iscomplexobj(given) and not np.iscomplexobj(self._primal):
            raise DataError(f"backward(): the cotangent is complex, but {self.describe()} is real: take its real part")
        return self.to_gradient_data(given)

    def vjp(self, i: int, g: Any, xp: Any) -> Any:
        """Return the vector-Jacobian product of this node's operation for one argument.

        Parameters
        ----------
        i : int
            The position of the argument.
        g : float, array or Node
            The cotangent of this node.
        xp : Backend or None
            The backend that computes the product. With the graph backend the result is a node; None computes with numbers.

        Returns
        -------
        float, array or Node
            The cotangent of the argument, in its shape.
        """
        if xp is None:
            return self.numeric_vjp(i, g)
        self.check_unchanged()
        assert self.op is not None
        arg = self.args[i]
        return arg.match_type(unbroadcast(xp, self.op.vjp(xp, i, g, self, self.args, self.static), arg.shape))

    def jvp(self, tangents: Sequence[Any], xp: Any) -> Any:
        """Return the Jacobian-vector product of this node's operation.

        Parameters
        ----------
        tangents : sequence
            The tangent of each argument, or None for an argument that is constant.
        xp : Backend or None
            As in :meth:`vjp`.

        Returns
        -------
        float, array or Node
            The tangent of this node, in its shape.
        """
        if xp is None:
            return self.numeric_jvp(tangents)
        self.check_unchanged()
        assert self.op is not None
        t = self.op.jvp(xp, tangents, self, self.args, self.static)
        return self.match_type(t if xp.shape(t) == self.shape else xp.broadcast_to(t, self.shape))
