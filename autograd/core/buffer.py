"""Buffer: an array that a program fills, entry by entry, as ``a = autograd.zeros(3); a[0] = x``."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from autograd.core.array_mixins.copy_on_write import FILLED
from autograd.core.tensor import Tensor
from autograd.errors import ShapeError
from autograd.graph import copy_and_pickle
from autograd.graph.topological_order import PACKED, UNRECORDED
from autograd.ops import Op, find
from autograd.state import context
from autograd.state.metadata import Metadata


class Buffer(Tensor):
    """A Tensor whose entries may be assigned to.

    It never changes an array. Each assignment makes a new Tensor, the *current* version, and the buffer stands for it from then on.
    An operation records the version that the buffer has at that moment, so later assignments do not change earlier results.

    Parameters
    ----------
    version : Tensor
        The first version.

    Attributes
    ----------
    current : Tensor
        The version that it has now.
    """

    __slots__ = ("_current",)
    _current: Tensor
    # Type checkers want the types of inherited slots again in a class that sets them.
    op: Op | None
    left: Any
    right: Any
    dleft: Any
    dright: Any
    stamp: Any
    metadata: Metadata | None

    def __init__(self, version: Tensor) -> None:
        self._state = FILLED
        self._grad = 0.0
        self.metadata = context.metadata_here()
        self.stamp = context.clock
        self._follow(version.current)

    @classmethod
    def leaf(cls, data: Any) -> Tensor:
        return Tensor(data)

    def _follow(self, version: Tensor) -> None:
        """Stand for another version: as a node of a graph, for the identity of it."""
        self._current = version
        self._primal = version._primal
        if version.constant:
            self.op = self.left = self.dleft = self.dright = None
            self.right = UNRECORDED
        else:
            self.op, self.left, self.right, self.dleft, self.dright = find("positive"), (version,), {}, PACKED, (version._primal,)

    @property
    def current(self) -> Any:
        """The version that graphs refer to."""
        return self._current

    @property
    def constant(self) -> bool:
        """Whether no gradient flows to what it holds now."""
        return self._current.constant

    @property
    def data(self) -> npt.NDArray[Any]:
        """The array, read-only: entries are assigned to the buffer itself."""
        return self._current.data

    @data.setter
    def data(self, data: Any) -> None:
        self[...] = data

    @property
    def grad(self) -> Any:
        """The gradient with respect to what it holds now."""
        return self._current.grad

    @grad.setter
    def grad(self, grad: Any) -> None:
        self._current.grad = grad

    def freeze_data(self) -> npt.NDArray[Any]:
        """Return the array for a graph to keep."""
        return self._current.freeze_data()

    def move(self, delta: Any) -> None:
        """Add ``delta``, as an optimizer does."""
        self[...] = self + delta

    def _compare(self, sign: str, other: Any, compare: Any) -> Any:
        return self._current._compare(sign, other, compare)

    # -- assignments

    def __setitem__(self, index: Any, value: Any) -> None:
        """Replace entries, as NumPy does; nodes stay connected to their graph.

        Raises
        ------
        OutOfRangeError
            If an entry does not exist.
        ShapeError
            If the value does not fit the entries.
        """
        self._follow(self._current.at[index].set(value))

    def _assign(self, result: Any) -> Buffer:
        if result.shape != self.shape:
            raise ShapeError(f"a result of shape {result.shape} does not fit into {self.describe()} of shape {self.shape}")
        self[...] = result
        return self

    def __iadd__(self, other: Any) -> Buffer:
        return self._assign(self + other)

    def __isub__(self, other: Any) -> Buffer:
        return self._assign(self - other)

    def __imul__(self, other: Any) -> Buffer:
        return self._assign(self * other)

    def __itruediv__(self, other: Any) -> Buffer:
        return self._assign(self / other)

    def __ifloordiv__(self, other: Any) -> Buffer:
        return self._assign(self // other)

    def __imod__(self, other: Any) -> Buffer:
        return self._assign(self % other)

    def __ipow__(self, other: Any) -> Buffer:
        return self._assign(self**other)

    def __imatmul__(self, other: Any) -> Buffer:
        return self._assign(self @ other)

    # -- copies are buffers of their own; a pickle is that of the version

    def __copy__(self) -> Buffer:
        return Buffer(self._current)

    def __deepcopy__(self, memo: dict[int, Any]) -> Buffer:
        self._refuse_while_tracing("copying")
        return Buffer(copy_and_pickle.deepcopy_graph(self._current, memo))

    def __reduce__(self) -> tuple[Any, ...]:
        self._refuse_while_tracing("pickling")
        return Buffer, (self._current,)


def make_buffer(x: Tensor) -> Buffer:
    """Return a new array with the entries of a Tensor, to be assigned to.

    >>> a = make_buffer(Tensor([1.0, 2.0])); a[0] = 5.0; a.data
    array([5., 2.])
    """
    return Buffer(+x)
