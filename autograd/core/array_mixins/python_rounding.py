"""Python's functions of numbers on nodes: round, math.floor, math.ceil and math.trunc.

They return nodes, whose derivative is 0. Nodes are not registered as ``numbers.Real``: code that asks for one goes on with
``float(x)``, which would cut the graph.
"""

from __future__ import annotations

from typing import Any

from autograd.core.array_mixins.numpy_methods import numpy
from autograd.core.node_mixins.graph_structure import GraphStructure


class PythonRounding(GraphStructure):
    """round(), math.floor(), math.ceil() and math.trunc() of a node."""

    __slots__ = ()

    def __round__(self, ndigits: int | None = None) -> Any:
        return numpy.round(self, ndigits or 0)

    def __floor__(self) -> Any:
        return numpy.floor(self)

    def __ceil__(self) -> Any:
        return numpy.ceil(self)

    def __trunc__(self) -> Any:
        return numpy.trunc(self)
