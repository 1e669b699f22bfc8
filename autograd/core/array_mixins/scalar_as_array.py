"""A Value where a program expects an array of shape ().

It has no ``dtype``. NumPy's mean and var of an object array convert a result that has one by ``result.dtype.type(result)``, which
would cut its graph.
"""

from __future__ import annotations

from typing import Any

from autograd.core.array_mixins.array_methods import Axis
from autograd.core.array_mixins.numpy_methods import numpy
from autograd.core.node_mixins.graph_structure import GraphStructure


class ScalarAsArray(GraphStructure):
    """The attributes and methods of an array of shape (). A method returns a Tensor, as NumPy's function does."""

    __slots__ = ()

    @property
    def ndim(self) -> int:
        """Always 0."""
        return 0

    @property
    def size(self) -> int:
        """Always 1."""
        return 1

    @property
    def T(self) -> Any:
        """Itself: there are no axes."""
        return self

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Any:
        """Return the number."""
        return numpy.sum(self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Any:
        """Return the number."""
        return numpy.mean(self, axis=axis, keepdims=keepdims)

    def prod(self, axis: Axis = None, keepdims: bool = False) -> Any:
        """Return the number."""
        return numpy.prod(self, axis=axis, keepdims=keepdims)

    def max(self, axis: Axis = None, keepdims: bool = False) -> Any:
        """Return the number."""
        return numpy.max(self, axis=axis, keepdims=keepdims)

    def min(self, axis: Axis = None, keepdims: bool = False) -> Any:
        """Return the number."""
        return numpy.min(self, axis=axis, keepdims=keepdims)

    def cumsum(self, axis: int | None = None) -> Any:
        """Return a vector with the number."""
        return numpy.cumsum(self, axis)

    def reshape(self, *shape: Any) -> Any:
        """Return the number in another shape, such as (1, 1)."""
        return numpy.reshape(self, shape[0] if len(shape) == 1 else shape)

    def ravel(self) -> Any:
        """Return a vector with the number."""
        return numpy.ravel(self)

    def squeeze(self, axis: Axis = None) -> Any:
        """Return the number."""
        return numpy.squeeze(self, axis)

    def transpose(self) -> Any:
        """Return the number."""
        return numpy.transpose(self)

    def astype(self, dtype: Any) -> Any:
        """Return the number in another float type."""
        return numpy.astype(self, dtype)

    def dot(self, other: Any) -> Any:
        """Return the product, as NumPy's dot of a number."""
        return self * other
