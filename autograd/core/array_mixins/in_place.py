"""``t[index] = x`` and ``t += x`` on results of operations, and on constants."""

from __future__ import annotations

import dis
import operator
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, ClassVar

import numpy as np

from autograd.core.node_mixins.graph_structure import GraphStructure
from autograd.core.tracing import current_tracer
from autograd.state import context

# NumPy's stubs do not know that nodes answer its functions.
numpy: Any = np

# Marks of results that share their memory where NumPy's do not, or the other way round.
VIEW, COPY = object(), object()


def mark_as_view(tensor: Any) -> Any:
    """Return a result that is a view in NumPy, although its numbers are its own here: it cannot be assigned to."""
    tensor._original = VIEW
    return tensor


def mark_as_copy(tensor: Any) -> Any:
    """Return a result that is a copy in NumPy, although it shares its numbers here."""
    tensor._original = COPY
    return tensor


# The instructions that store entries, and those that stand between an operator and the instruction that stores its result.
STORE_ENTRIES = {dis.opmap[name] for name in ("STORE_SUBSCR", "STORE_SLICE") if name in dis.opmap}
BETWEEN = {dis.opmap[name] for name in ("SWAP", "CACHE", "NOP", "EXTENDED_ARG") if name in dis.opmap}


def assigns_to_entries(frame: FrameType) -> bool:
    """Return whether the operator that a frame executes is that of ``a[i] += x``, whose result is assigned to ``a[i]``.

    >>> entries = [1.0]; entries[0] += 1.0 if assigns_to_entries(sys._getframe()) else 0.0; entries
    [1.0]
    """
    code = frame.f_code.co_code
    following = (code[k] for k in range(frame.f_lasti + 2, len(code), 2))
    return next((op for op in following if op not in BETWEEN), None) in STORE_ENTRIES


class _Temporary:
    """An object to which only the operator refers that is applied to it. It counts its references as a Tensor does."""

    def __iadd__(self, other: Any) -> int:
        return self._assign("+=", other)

    def _assign(self, sign: str, other: Any) -> int:
        return sys.getrefcount(self)


class _TemporaryEntries:
    """A container that makes its entries when they are read."""

    def __getitem__(self, index: int) -> Any:
        return _Temporary()

    def __setitem__(self, index: int, count: int) -> None:
        self.count = count


def references_to_temporary() -> int:
    """Return how many references to ``a[i]`` there are in ``a[i] += x`` if nobody else has it; debuggers may add some."""
    entries = _TemporaryEntries()
    entries[0] += 1.0
    return entries.count


FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+=": operator.add,
    "-=": operator.sub,
    "*=": operator.mul,
    "/=": operator.truediv,
    "//=": operator.floordiv,
    "%=": operator.mod,
    "**=": operator.pow,
    "@=": operator.matmul,
}


class InPlace(GraphStructure):
    """Assignments to entries, and operators that assign their result."""

    __slots__ = ()

    make_assignable: ClassVar[Callable[[Any, str], None]]  # buffer.py sets it

    def __setitem__(self, index: Any, value: Any) -> None:
        """Replace entries, as NumPy does; nodes stay connected to their graph.

        The Tensor is the result of an operation or a constant. What was computed with it before keeps the earlier entries.

        Raises
        ------
        DataError
            If the Tensor is a leaf that gets a gradient, or shares its numbers with another array, as ``a[0]`` with ``a``.
        OutOfRangeError
            If an entry does not exist.
        ShapeError
            If the value does not fit the entries.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd import grad
        >>> def f(x):
        ...     y = 2.0 * x
        ...     y[0] = x[1] ** 2
        ...     return y.sum()
        >>> grad(f)(np.array([1.0, 3.0]))
        array([0., 8.])
        """
        self.make_assignable("t[index] = x")
        self[index] = value

    def fill(self, value: Any) -> None:
        """Replace all entries by one number."""
        self[...] = value

    def put(self, indices: Any, values: Any, mode: str = "raise") -> None:
        """Replace the entries at positions of the flattened array; a short list of values is repeated."""
        numpy.put(self, indices, values, mode=mode)

    def sort(self, axis: int = -1, kind: Any = None, order: None = None, *, stable: bool | None = None) -> None:
        """Sort the entries along an axis, in place."""
        self[...] = numpy.sort(self, axis, kind, order, stable=stable)

    def partition(self, kth: Any, axis: int = -1) -> None:
        """Bring the entry of rank ``kth`` to its place along an axis, in place."""
        self[...] = numpy.partition(self, kth, axis)

    def _assign(self, sign: str, other: Any) -> Any:
        """Apply an operator and make its result the value of this Tensor.

        A leaf that gets a gradient and a single number stay as they are. So does what ``a[i] += x`` reads, adds to and assigns to
        ``a[i]`` again, unless another object refers to it: then ``a`` is a list or another container of arrays.
        """
        if context.open_block_count:
            context.current().forget_frame()
        references = sys.getrefcount(self)
        is_unchanged = not self.shape or (self.op is None and not self.constant)
        if is_unchanged or (assigns_to_entries(sys._getframe(2)) and self._is_temporary(references)):
            return FUNCTIONS[sign](self, other)
        self.make_assignable(f"t {sign} x")
        return self._assign(sign, other)

    def _is_temporary(self, references: int) -> bool:
        """Return whether nobody but an operator and a tracer refers to this Tensor, if so many references were counted."""
        tracer = current_tracer()
        return references - (tracer is not None and tracer.place_of(self) is not None) == references_to_temporary()

    def __iadd__(self, other: Any) -> Any:
        return self._assign("+=", other)

    def __isub__(self, other: Any) -> Any:
        return self._assign("-=", other)

    def __imul__(self, other: Any) -> Any:
        return self._assign("*=", other)

    def __itruediv__(self, other: Any) -> Any:
        return self._assign("/=", other)

    def __ifloordiv__(self, other: Any) -> Any:
        return self._assign("//=", other)

    def __imod__(self, other: Any) -> Any:
        return self._assign("%=", other)

    def __ipow__(self, other: Any) -> Any:
        return self._assign("**=", other)

    def __imatmul__(self, other: Any) -> Any:
        return self._assign("@=", other)
