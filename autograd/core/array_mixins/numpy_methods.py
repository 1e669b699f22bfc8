"""The other methods and attributes of ndarray. Each calls NumPy's function of the same name, which finds the derivative."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.core.array_mixins.array_methods import Axis
from autograd.core.array_mixins.in_place import mark_as_copy, mark_as_view
from autograd.core.array_mixins.refused_attributes import REFUSED, RefusedAttribute
from autograd.core.node_mixins.graph_structure import GraphStructure
from autograd.core.tracing import call_with_guard
from autograd.errors import DataError

# NumPy's stubs do not know that nodes answer its functions.
numpy: Any = np


class NumpyMethods(GraphStructure):
    """The methods and attributes of ndarray that are not operations of their own, for Value and Tensor."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def size(self) -> int: ...
        def item(self, *index: Any) -> Any: ...

        def __floordiv__(self, other: Any) -> Any: ...
        def __rfloordiv__(self, other: Any) -> Any: ...
        def __mod__(self, other: Any) -> Any: ...
        def __rmod__(self, other: Any) -> Any: ...

    # -- operations

    def std(self, axis: Axis = None, ddof: float = 0, keepdims: bool = False, **settings: Any) -> Any:
        """Return the standard deviation over ``axis``; see `numpy.std`. The settings ``dtype`` and ``where`` are also accepted."""
        return numpy.std(self, axis=axis, ddof=ddof, keepdims=keepdims, **settings)

    def var(self, axis: Axis = None, ddof: float = 0, keepdims: bool = False, **settings: Any) -> Any:
        """Return the variance over ``axis``; see `numpy.var`. The settings ``dtype`` and ``where`` are also accepted."""
        return numpy.var(self, axis=axis, ddof=ddof, keepdims=keepdims, **settings)

    def cumprod(self, axis: int | None = None, dtype: Any = None) -> Any:
        """Return the running products along ``axis``, by default of the flattened array; see `numpy.cumprod`."""
        return numpy.cumprod(self, axis, dtype)

    def clip(self, min: Any = None, max: Any = None) -> Any:
        """Return the entries, limited to the interval from ``min`` to ``max``; see `numpy.clip`."""
        return numpy.clip(self, min, max)

    def round(self, decimals: int = 0) -> Any:
        """Return the rounded entries, halves to even; see `numpy.round`. The derivative is 0."""
        return numpy.round(self, decimals)

    def copy(self) -> Any:
        """Return a new node with the same numbers, through which the gradient flows."""
        return numpy.copy(self)

    def flatten(self, order: str = "C") -> Any:
        """Return the entries as a vector; with ``order="F"`` columns are read first. See `numpy.ndarray.flatten`."""
        flat = numpy.ravel(self, order)
        return mark_as_copy(flat) if isinstance(flat, GraphStructure) else flat

    def repeat(self, repeats: Any, axis: int | None = None) -> Any:
        """Return every entry ``repeats`` times; see `numpy.repeat`."""
        return numpy.repeat(self, repeats, axis)

    def take(self, indices: Any, axis: int | None = None, mode: str = "raise") -> Any:
        """Return the entries at ``indices`` along ``axis``, by default of the flattened array; see `numpy.take`."""
        return numpy.take(self, indices, axis, mode=mode)

    def compress(self, condition: Any, axis: int | None = None) -> Any:
        """Return the entries along ``axis`` for which ``condition`` is true; see `numpy.compress`."""
        return numpy.compress(condition, self, axis)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        """Return the entries on a diagonal; see `numpy.diagonal`."""
        return numpy.diagonal(self, offset, axis1, axis2)

    def conj(self) -> Any:
        """Return the complex conjugate."""
        conjugate = numpy.conj(self)
        return conjugate if numpy.iscomplexobj(self) or not self.rank else mark_as_view(conjugate)

    conjugate = conj  # NumPy's loops over object arrays call it

    @property
    def mT(self) -> Any:
        """The transpose of each matrix of a stack."""
        return numpy.matrix_transpose(self)

    @property
    def real(self) -> Any:
        """The real part."""
        return numpy.real(self)

    @property
    def imag(self) -> Any:
        """The imaginary part."""
        return numpy.imag(self)

    @property
    def flat(self) -> Any:
        """The entries in one row, to iterate over or to index."""
        flat = numpy.ravel(self)
        return mark_as_view(flat) if self.rank else flat

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self

    # -- questions about the numbers, which have no derivative

    def all(self, axis: Axis = None, keepdims: bool = False) -> Any:
        """Return whether all entries differ from 0; see `numpy.all`."""
        return numpy.all(self, axis=axis, keepdims=keepdims)

    def any(self, axis: Axis = None, keepdims: bool = False) -> Any:
        """Return whether an entry differs from 0; see `numpy.any`."""
        return numpy.any(self, axis=axis, keepdims=keepdims)

    def argmax(self, axis: int | None = None, keepdims: bool = False) -> Any:
        """Return the index of the largest entry; see `numpy.argmax`."""
        return numpy.argmax(self, axis=axis, keepdims=keepdims)

    def argmin(self, axis: int | None = None, keepdims: bool = False) -> Any:
        """Return the index of the smallest entry; see `numpy.argmin`."""
        return numpy.argmin(self, axis=axis, keepdims=keepdims)

    def argsort(self, axis: int | None = -1, kind: Any = None, *, stable: bool | None = None) -> Any:
        """Return the indices that sort the entries; see `numpy.argsort`."""
        return numpy.argsort(self, axis, kind, stable=stable)

    def argpartition(self, kth: Any, axis: int | None = -1) -> Any:
        """Return the indices that bring the entry of rank ``kth`` to its place; see `numpy.argpartition`."""
        return numpy.argpartition(self, kth, axis)

    def nonzero(self) -> Any:
        """Return the indices of the entries that differ from 0; see `numpy.nonzero`."""
        return numpy.nonzero(self)

    def searchsorted(self, v: Any, side: Any = "left", sorter: Any = None) -> Any:
        """Return where to insert ``v`` so that the entries stay sorted; see `numpy.searchsorted`."""
        return numpy.searchsorted(self, v, side, sorter)

    def tolist(self) -> Any:
        """Return the numbers in nested lists, without the graph."""
        return call_with_guard(lambda numbers: np.asarray(numbers).tolist(), self)

    def __complex__(self) -> complex:
        return complex(self.item())

    # -- what is known without the numbers

    @property
    def itemsize(self) -> int:
        """The bytes of one entry."""
        return numpy.result_type(self).itemsize  # type: ignore[no-any-return]  # an int

    @property
    def nbytes(self) -> int:
        """The bytes of all entries."""
        return self.size * self.itemsize

    @property
    def device(self) -> str:
        """Always "cpu", as for NumPy's arrays."""
        return "cpu"

    def to_device(self, device: str, /, *, stream: Any = None) -> Any:
        """Return itself; the only device is "cpu".

        Raises
        ------
        DataError
            If ``device`` is not "cpu".
        """
        if device != "cpu" or stream is not None:
            raise DataError(f"to_device() of {self.describe()}: the only device is 'cpu', not {device!r}, and has no streams")
        return self

    def __dir__(self) -> list[str]:
        return sorted(set(super().__dir__()) - REFUSED.keys())

    def __array_namespace__(self, *, api_version: Any = None) -> ModuleType:
        """The namespace of the array API: NumPy, whose functions work on nodes."""
        np.empty(0).__array_namespace__(api_version=api_version)  # it refuses a version that it does not have
        return np


for _name, _reason in REFUSED.items():
    setattr(NumpyMethods, _name, RefusedAttribute(_name, _reason))
