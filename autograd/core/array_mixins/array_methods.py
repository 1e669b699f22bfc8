"""NumPy's array methods: reductions, shapes, products and indexing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from autograd.core.array_mixins.in_place import mark_as_copy, mark_as_view
from autograd.core.coercion import check_array_kind
from autograd.core.node_mixins.graph_structure import GraphStructure
from autograd.core.operators import apply, operate
from autograd.core.tracing import TracedMaskBase, concretize, find_traced_integers
from autograd.errors import DataError, ShapeError
from autograd.ops import TABLE, find
from autograd.state import context

ALPHABET = "abcdefghijklmnopqrstuvwxyz"

Axis = int | tuple[int, ...] | None


class ArrayMethods(GraphStructure):
    """The methods of Tensor that have NumPy's names. Each records one operation.

    Reductions also take NumPy's other settings: ``dtype``, ``initial`` and ``where``.
    """

    __slots__ = ()

    entries_of: ClassVar[Any]  # what ``at`` is; numpy_api/assignments/indexed_updates.py sets it

    if TYPE_CHECKING:

        @property
        def ndim(self) -> int: ...

        def __mul__(self, other: Any) -> Any: ...

    def sum(self, axis: Axis = None, keepdims: bool = False, **settings: Any) -> Self:
        """Return the sum over ``axis``; see `numpy.sum`.

        Parameters
        ----------
        axis : int, tuple of int or None, optional
            The axes; all of them by default.
        keepdims : bool, optional
            Whether the reduced axes stay, with length one.
        **settings
            NumPy's other settings: ``dtype``, ``initial`` and ``where``.

        Returns
        -------
        Tensor
            In the shape of this Tensor without the reduced axes.

        Raises
        ------
        ShapeError
            If an axis does not exist or appears twice.
        """
        return self._reduce("sum", axis, keepdims, **settings)

    def mean(self, axis: Axis = None, keepdims: bool = False, **settings: Any) -> Self:
        """Return the mean over ``axis``; see `numpy.mean`.

        Parameters
        ----------
        axis : int, tuple of int or None, optional
            The axes; all of them by default.
        keepdims : bool, optional
            Whether the reduced axes stay, with length one.
        **settings
            NumPy's other settings: ``dtype``, ``initial`` and ``where``.

        Returns
        -------
        Tensor
            In the shape of this Tensor without the reduced axes.

        Raises
        ------
        ShapeError
            If an axis does not exist or appears twice.
        """
        return self._reduce("mean", axis, keepdims, **settings)

    def prod(self, axis: Axis = None, keepdims: bool = False, **settings: Any) -> Self:
        """Return the product over ``axis``; see `numpy.prod`. The derivatives are exact, also if entries are zero.

        Parameters
        ----------
        axis : int, tuple of int or None, optional
            The axes; all of them by default.
        keepdims : bool, optional
            Whether the reduced axes stay, with length one.
        **settings
            NumPy's other settings: ``dtype``, ``initial`` and ``where``.

        Returns
        -------
        Tensor
            In the shape of this Tensor without the reduced axes.

        Raises
        ------
        ShapeError
            If an axis does not exist or appears twice.
        """
        return self._reduce("prod", axis, keepdims, **settings)

    def max(self, axis: Axis = None, keepdims: bool = False, **settings: Any) -> Self:
        """Return the largest entry over ``axis``; see `numpy.max`. Ties share the gradient evenly.

        Parameters
        ----------
        axis : int, tuple of int or None, optional
            The axes; all of them by default.
        keepdims : bool, optional
            Whether the reduced axes stay, with length one.
        **settings
            NumPy's other settings: ``dtype``, ``initial`` and ``where``.

        Returns
        -------
        Tensor
            In the shape of this Tensor without the reduced axes.

        Raises
        ------
        ShapeError
            If an axis does not exist or appears twice.
        """
        return self._reduce("max", axis, keepdims, **settings)

    def min(self, axis: Axis = None, keepdims: bool = False, **settings: Any) -> Self:
        """Return the smallest entry over ``axis``; see `numpy.min`. Ties share the gradient evenly.

        Parameters
        ----------
        axis : int, tuple of int or None, optional
            The axes; all of them by default.
        keepdims : bool, optional
            Whether the reduced axes stay, with length one.
        **settings
            NumPy's other settings: ``dtype``, ``initial`` and ``where``.

        Returns
        -------
        Tensor
            In the shape of this Tensor without the reduced axes.

        Raises
        ------
        ShapeError
            If an axis does not exist or appears twice.
        """
        return self._reduce("min", axis, keepdims, **settings)

    def _reduce(self, name: str, axis: Axis, keepdims: bool, **settings: Any) -> Self:
        if settings:  # NumPy's function knows those that are not settings of an operation
            return getattr(np, name)(self, axis=axis, keepdims=keepdims, **settings)  # type: ignore[no-any-return]  # a Tensor
        axis = None if axis is None else self._axis(axis, name)
        return self.record(TABLE[name], (self,), {"axis": axis, "keepdims": bool(keepdims)})  # type: ignore[no-any-return]  # a Tensor

    def _axis(self, axis: Axis, call: str) -> Axis:
        """The axis or axes, checked; lists become tuples."""
        if axis is None:
            return None
        axes = tuple(axis) if isinstance(axis, tuple | list) else (axis,)
        for i in axes:
            if not isinstance(i, int | np.integer) or not -self.ndim <= i < self.ndim:
                raise ShapeError(f"{call}: axis {i!r} does not exist in shape {self.shape}")
        if len({i % self.ndim for i in axes}) < len(axes):
            raise ShapeError(f"{call}: an axis appears twice in {axes}")
        return axes if isinstance(axis, tuple | list) else int(axis)

    def cumsum(self, axis: int | None = None, dtype: Any = None) -> Self:
        """Return the running sums along ``axis``; see `numpy.cumsum`.

        Parameters
        ----------
        axis : int or None, optional
            The axis; None flattens the array first.
        dtype : dtype, optional
            The float or complex type of the result.

        Returns
        -------
        Tensor
            In the shape of this Tensor, or a vector if ``axis`` is None.

        Raises
        ------
        ShapeError
            If the axis does not exist.
        """
        array = self if axis is not None else self.ravel()
        array = array if dtype is None else array.astype(dtype)
        return apply(find("cumsum"), array, axis=array._axis(axis or 0, "cumsum"))  # type: ignore[no-any-return]

    def reshape(self, *shape: Any, order: str = "C") -> Self:
        """Return the same entries in another shape; see `numpy.reshape`.

        Parameters
        ----------
        *shape : int, or one tuple of int
            The new shape. One length may be -1, which stands for what is left.
        order : {"C", "F", "A"}, optional
            With "F" the first axis is read and written first.

        Returns
        -------
        Tensor
            In the new shape.

        Raises
        ------
        ShapeError
            If the entries do not fill the new shape.
        DataError
            If ``order`` is another letter.
        """
        lengths = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        if order != "C" and self._resolve_order("reshape", order) == "F":
            result = self.transpose().reshape(lengths[::-1]).transpose()
            return result if np.may_share_memory(result._primal, self._primal) else mark_as_copy(result)
        return apply(find("reshape"), self, shape=tuple(lengths))  # type: ignore[no-any-return]

    def ravel(self, order: str = "C") -> Self:
        """Return the entries as a vector; see `numpy.ravel`.

        Parameters
        ----------
        order : {"C", "F", "A"}, optional
            With "F" the first axis is read first.

        Returns
        -------
        Tensor
            Of shape (size,).

        Raises
        ------
        DataError
            If ``order`` is another letter.
        """
        array = self.transpose() if order != "C" and self._resolve_order("ravel", order) == "F" else self
        return apply(find("ravel"), array)  # type: ignore[no-any-return]

    def _resolve_order(self, call: str, order: str) -> str:
        """Whether rows or columns come first: "C" or "F"."""
        if order not in ("C", "F", "A"):
            raise DataError(f"{call}: order must be 'C', 'F' or 'A', not {order!r}: the memory layout of a Tensor is private")
        flags = self._primal.flags
        return "F" if order == "A" and flags.f_contiguous and not flags.c_contiguous else order.replace("A", "C")

    def transpose(self, *axes: Any) -> Self:
        """Return the axes in another order; see `numpy.transpose`.

        Parameters
        ----------
        *axes : int, or one tuple of int
            The axes in their new order; reversed by default.

        Returns
        -------
        Tensor
            The transposed array.

        Raises
        ------
        ShapeError
            If the axes are not a permutation of those of this Tensor.
        """
        order = axes[0] if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], tuple | list)) else axes
        return apply(find("transpose"), self, axes=tuple(order) if order else None)  # type: ignore[no-any-return]

    @property
    def T(self) -> Self:
        """The axes reversed."""
        return self.transpose()

    def swapaxes(self, axis1: int, axis2: int) -> Self:
        """Exchange two axes; see `numpy.swapaxes`.

        Parameters
        ----------
        axis1, axis2 : int
            The axes.

        Returns
        -------
        Tensor
            The array with exchanged axes.

        Raises
        ------
        ShapeError
            If an axis does not exist.
        """
        return apply(find("swapaxes"), self, axis1=self._axis(axis1, "swapaxes"), axis2=self._axis(axis2, "swapaxes"))  # type: ignore[no-any-return]

    def squeeze(self, axis: Axis = None) -> Self:
        """Leave out axes of length one; see `numpy.squeeze`.

        Parameters
        ----------
        axis : int, tuple of int or None, optional
            The axes; all of length one by default.

        Returns
        -------
        Tensor
            The array without these axes.

        Raises
        ------
        ShapeError
            If an axis does not exist or has another length.
        """
        return mark_as_view(apply(find("squeeze"), self, axis=self._axis(axis, "squeeze")))  # type: ignore[no-any-return]

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Self:
        """Return the sum along a diagonal; see `numpy.trace`.

        Parameters
        ----------
        offset : int, optional
            How far the diagonal is above the main diagonal.
        axis1, axis2 : int, optional
            The axes of the matrices.

        Returns
        -------
        Tensor
            In the shape of this Tensor without these axes.

        Raises
        ------
        ShapeError
            If an axis does not exist.
        """
        axes = {"axis1": self._axis(axis1, "trace"), "axis2": self._axis(axis2, "trace")}
        return apply(find("trace"), self, offset=offset, **axes)  # type: ignore[no-any-return]

    def astype(self, dtype: Any, *, copy: bool = True) -> Self:
        """Return the same numbers in another float or complex type; for the real part of complex numbers use t.real.

        Raises
        ------
        DataError
            If ``dtype`` is neither a float nor a complex type, or is a float type and the numbers are complex.
        """
        target = np.dtype(dtype)
        if target.kind not in "fc":
            raise DataError(f"astype() takes a float type, such as np.float32, not {target}; others have no gradient")
        if target.kind != "c" and self._primal.dtype.kind == "c":
            raise DataError(f"astype() of complex numbers to {target} would drop the imaginary part: take t.real or abs(t) first")
        result = apply(find("astype"), self, dtype=target)
        return result if copy or target != self._primal.dtype else mark_as_view(result)  # type: ignore[no-any-return]

    def dot(self, other: Any) -> Self:
        """Return the dot product; see `numpy.dot`.

        Parameters
        ----------
        other : array_like or Tensor
            Its last axis but one is summed with the last axis of this Tensor. A number is multiplied.

        Returns
        -------
        Tensor
            The dot product.

        Raises
        ------
        ShapeError
            If the two axes have different lengths.
        """
        rank, other_rank = self.ndim, np.ndim(other._primal if isinstance(other, GraphStructure) else other)
        if not rank or not other_rank:
            return self * other  # type: ignore[no-any-return]
        if rank < 2 or other_rank < 3:
            return apply(find("matmul"), self, other)  # type: ignore[no-any-return]
        left, right = ALPHABET[: rank - 1], ALPHABET[rank : rank + other_rank - 2]
        summed, last = ALPHABET[rank - 1], ALPHABET[-1]
        subscripts = f"{left}{summed},{right}{summed}{last}->{left}{right}{last}"
        return apply(find("einsum"), self, other, subscripts=subscripts)  # type: ignore[no-any-return]

    @property
    def at(self) -> Any:
        """Updates of some entries: ``t.at[index].set(x)`` returns a new Tensor, and leaves this one as it is.

        Besides ``set`` there are ``add``, ``subtract``, ``multiply``, ``divide``, ``power``, ``min``, ``max`` and ``get``. An index
        is what NumPy takes. If it repeats an entry, ``set`` keeps the last number and ``add`` adds all of them.

        Examples
        --------
        >>> from autograd import Tensor
        >>> Tensor([1.0, 2.0, 3.0]).at[1:].set([5.0, 6.0]).data
        array([1., 5., 6.])
        """
        return type(self).entries_of(self)

    def __matmul__(self, other: Any) -> Any:
        return operate(find("matmul"), self, other, other)

    def __rmatmul__(self, other: Any) -> Any:
        return operate(find("matmul"), other, self, other)

    def __getitem__(self, index: Any) -> Self:
        if context.open_block_count:
            integers = find_traced_integers(index)
            if integers is not None:
                return integers.gather(self, index)  # type: ignore[no-any-return]  # a Tensor
        return apply(find("getitem"), self, index=freeze_index(index))  # type: ignore[no-any-return]


def freeze_index(index: Any) -> Any:
    """An index that nobody can change afterwards: arrays and lists in it are copied, masks are read, and nodes are refused."""
    if isinstance(index, tuple):
        return tuple(freeze_index(part) for part in index)
    if isinstance(index, TracedMaskBase):
        return concretize(index)
    if isinstance(index, GraphStructure):
        raise DataError(
            f"an index takes integers, slices and arrays of integers, not {index.describe()}: use its .data as integers"
        )
    if isinstance(index, list | np.ndarray):
        check_array_kind(index, "an index")
        return np.array(index) if np.size(index) else np.array(index, dtype=np.intp)
    return index
