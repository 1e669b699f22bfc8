"""Derivatives of a node: the backward pass, its steps, and the products of one node with its local derivatives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.core.coercion import to_array
from autograd.core.mixins.graph_structure import GraphStructure
from autograd.errors import GraphError, ShapeError
from autograd.graph.backward_steps import Step, iterate_steps
from autograd.graph.broadcasting import unbroadcast
from autograd.graph.reference_cycles import track_graph
from autograd.graph.reverse_mode import accumulate_gradients, pullback
from autograd.graph.topological_order import graph_lock, topological_order


class Differentiation(GraphStructure):
    """The backward pass from a node, and the vector-Jacobian and Jacobian-vector products of one node."""

    __slots__ = ()

    def backward(self, cotangent: Any = None, *, create_graph: bool = False) -> None:
        """Fill ``.grad`` of every node below with ∂self/∂node, summed over all paths, weighted by ``cotangent`` (default 1).

        Leaves accumulate over calls; interior nodes hold what the last call put there. With ``create_graph`` the gradients of
        the leaves are nodes, which can be differentiated again. An array of several entries needs a cotangent of its shape;
        GraphError and ShapeError say so. S0 eq. 5-14 are this walk, written out for a layered network.

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
                # +g is a node of its own: a leaf that two gradients share could be written to
                leaf._grad = (+g if g.is_leaf else g) if fresh else leaf._grad + g
            track_graph([leaf._grad for leaf in leaves])

    def backward_steps(self, cotangent: Any = None) -> Iterator[Step]:
        """The backward pass step by step: each node's cotangent, and what it pushes to each argument. Writes no ``.grad``.

        >>> from autograd import Value
        >>> a = Value(3.0)
        >>> [(push.contribution, push.complete) for step in (a * a).backward_steps() for push in step.pushes]
        [(3.0, False), (3.0, True)]
        """
        return iterate_steps(self, self.initial_cotangent(cotangent))

    def initial_cotangent(self, cotangent: Any) -> Any:
        """The cotangent a reverse pass starts from, in this node's shape."""
        if cotangent is None:
            if self.shape != () and int(np.prod(self.shape)) != 1:
                raise GraphError(
                    f"backward() starts from one number, but {self.describe()} has shape {self.shape}: reduce it first, as in "
                    f"y.sum().backward(), or pass a cotangent of that shape, as in y.backward(np.ones({self.shape}))"
                )
            cotangent = np.ones(self.shape)
        given = to_array(cotangent.data if isinstance(cotangent, GraphStructure) else cotangent, "backward()")
        if given.shape != self.shape:
            raise ShapeError(f"backward(): the cotangent has shape {given.shape}, but {self.describe()} has shape {self.shape}")
        return self.to_gradient_data(given)

    def vjp(self, i: int, g: Any, xp: Any) -> Any:
        """The cotangent of argument ``i`` for a cotangent ``g`` of this node; a node itself where a backend ``xp`` is given."""
        if xp is None:
            return self.numeric_vjp(i, g)
        self.check_unchanged()
        assert self.op is not None
        arg = self.args[i]
        return arg.match_type(unbroadcast(xp, self.op.vjp(xp, i, g, self, self.args, self.static), arg.shape))

    def jvp(self, tangents: Sequence[Any], xp: Any) -> Any:
        """The tangent of this node for tangents of its arguments (None where one does not move)."""
        if xp is None:
            return self.numeric_jvp(tangents)
        self.check_unchanged()
        assert self.op is not None
        t = self.op.jvp(xp, tangents, self, self.args, self.static)
        return self.match_type(t if xp.shape(t) == self.shape else xp.broadcast_to(t, self.shape))
