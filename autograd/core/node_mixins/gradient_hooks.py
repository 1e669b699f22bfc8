"""Functions that see and may replace the gradient of a node in every reverse pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.base_node import BaseNode
from autograd.core.coercion import describe as describe_input
from autograd.core.coercion import to_array
from autograd.core.node_mixins.graph_structure import GraphStructure
from autograd.errors import DataError, ShapeError
from autograd.graph.reference_cycles import find_nodes_held_by, track_graph
from autograd.state import context
from autograd.state.anomaly_checks import check_hook
from autograd.state.hook_handles import Handle, Hooks, hook_start


class GradientHooks(GraphStructure):
    """Registration and calls of gradient hooks."""

    __slots__ = ()

    def register_hook(self, hook: Callable[[Any], Any]) -> Handle:
        """Register a function that is called with the gradient of this node in every reverse pass.

        The hook runs once the gradient of the node is complete, before the node passes it on. A hook of a leaf gets the gradient of
        this pass, without what was accumulated before. Copies of the node have no hooks.

        Parameters
        ----------
        hook : callable
            A function of the gradient: a float, a read-only array, or a node if the pass is recorded. Its result replaces the
            gradient, unless it is None. If it raises, the pass stops and every leaf keeps its earlier ``.grad``.

        Returns
        -------
        Handle
            Its method ``remove()`` removes the hook. As a context manager it removes the hook at the end of the block.

        Raises
        ------
        DataError
            If ``hook`` is not callable.

        Examples
        --------
        >>> from autograd import Value
        >>> a = Value(3.0); b = a * a
        >>> handle = b.register_hook(lambda g: 10 * g)
        >>> (2 * b).backward(); b.grad, a.grad
        (20.0, 120.0)
        """
        if not callable(hook):
            raise DataError(f"register_hook() takes a function of the gradient, not {describe_input(hook)}")
        metadata = self.own_metadata()
        if metadata.hooks is None:
            metadata.hooks = Hooks()
        track_graph([self, *find_nodes_held_by(hook)])
        return metadata.hooks.add(hook)

    def run_hooks(self, g: Any) -> Any:
        """Return a complete gradient after this node's hooks have seen, and possibly replaced, it.

        Raises
        ------
        AnomalyError
            Inside ``anomaly()``, if a hook returns nan or an infinity.
        """
        hooks = self.metadata.hooks if self.metadata else None
        for number, hook in list(hooks.items()) if hooks else ():
            if number not in hooks:  # type: ignore[operator]  # an earlier hook of this pass has removed it
                continue
            if isinstance(g, np.ndarray):
                g = g.view()
                g.flags.writeable = False
            hook_result = _call_hook(hook, g)
            if hook_result is None:
                continue
            new = self._convert_hook_result(hook_result, isinstance(g, BaseNode))
            if context.current().anomaly:
                check_hook(self, g, new)
            g = new
        return g

    def _convert_hook_result(self, hook_result: Any, graph: bool) -> Any:
        """Convert the result of a hook to a gradient of this node."""
        numbers = to_array(hook_result._primal if isinstance(hook_result, BaseNode) else hook_result, "a hook's result")
        if numbers.shape not in ((), self.shape):
            raise ShapeError(f"a hook of {self.describe()} returned shape {numbers.shape}, but the gradient has shape {self.shape}")
        if not graph:
            return self.to_gradient_data(numbers)
        if isinstance(hook_result, GraphStructure) and hook_result.shape == self.shape:
            return hook_result.current
        return self.leaf(self.to_gradient_data(numbers))


def _call_hook(hook: Callable[[Any], Any], g: Any) -> Any:
    """Call a hook. It may assign to what it makes, but not to nodes that are older."""
    token = hook_start.set(context.tick())
    try:
        return hook(g)
    finally:
        hook_start.reset(token)
