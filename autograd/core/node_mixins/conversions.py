"""Conversions of a node to Python numbers, and the calls that compile() refuses."""

from __future__ import annotations

import numpy as np

from autograd.core.node_mixins.graph_structure import GraphStructure
from autograd.errors import DataError, GraphError, ShapeError
from autograd.state import context


class Conversions(GraphStructure):
    """float(), int() and bool() of a node."""

    __slots__ = ()

    def __float__(self) -> float:
        return self._to_concrete_float("float()")

    def __int__(self) -> int:
        return int(self._to_concrete_float("int()"))

    def __bool__(self) -> bool:
        if context.open_block_count and context.current().tracer is not None:
            return bool(context.current().tracer.trace_data(self))
        return bool(self._number("a truth value"))

    def _to_concrete_float(self, call: str) -> float:
        """Return the number; refuse inside a transform, whose derivative would silently lose the dependence."""
        if context.open_block_count and context.current().tracer is not None:
            return float(context.current().tracer.trace_data(self))
        since = context.current().transform_start
        if since and self.stamp >= since:
            raise DataError(
                f"{call} of {self.describe()} inside grad() or another transform would cut it from the graph: use NumPy's "
                f"functions instead of those of math, autograd.array([...]) or autograd.zeros(n) instead of a plain array, and "
                f"x.data if no derivative is needed"
            )
        return self._number(call)

    def _number(self, call: str) -> float:
        if self.shape != () and int(np.prod(self.shape)) != 1:
            raise ShapeError(f"{call} takes one number, but {self.describe()} has shape {self.shape}: index or reduce it first")
        number = np.asarray(self._primal).reshape(())
        if number.dtype.kind == "c":
            raise DataError(f"{call} takes a real number, but {self.describe()} is complex: take t.real, t.imag or abs(t) first")
        return float(number)

    def _refuse_read_while_tracing(self, what: str) -> None:
        """Raise GraphError inside compile(): a later call would not see that the attribute has changed."""
        if context.current().tracer is not None:
            raise GraphError(
                f"compile(): {what} of {self.describe()} is read while the function is traced, and later calls would not see it "
                f"change: pass it as an argument, or use grad() or value_and_grad() inside"
            )

    def _refuse_while_tracing(self, action: str) -> None:
        """Raise GraphError inside compile(): a later call could not repeat this."""
        if context.open_block_count and context.current().tracer is not None:
            raise GraphError(
                f"{action} {self.describe()} inside a compiled function would freeze its numbers: use stop_gradient() to get "
                f"only the numbers, and do the rest outside"
            )
