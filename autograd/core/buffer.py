"""Buffer: an array that a program assigns to, as ``a = autograd.zeros(3); a[0] = x``. The result of an operation becomes one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.core.array_mixins.copy_on_write import FILLED
from autograd.core.array_mixins.in_place import COPY, FUNCTIONS, VIEW
from autograd.core.base_node import SLOTS
from autograd.core.tensor import Tensor
from autograd.core.tracing import current_tracer
from autograd.errors import DataError, GraphError, ShapeError
from autograd.graph import copy_and_pickle
from autograd.graph.original_nodes import ASSIGNED_CLASSES, Original
from autograd.graph.topological_order import PACKED, UNRECORDED
from autograd.ops import Op, find
from autograd.state import context
from autograd.state.hook_handles import Handle, hook_start
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

    __slots__ = ()
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
        self._original = None
        self.metadata = context.metadata_here()
        self.stamp = context.clock
        self._follow(version.current)

    @classmethod
    def leaf(cls, data: Any) -> Tensor:
        return Tensor(data)

    def _follow(self, version: Tensor) -> None:
        """Stand for another version: as a node of a graph, for the identity of it."""
        self._current = version
        if self._original is not None:
            self._original.version = version
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
    def original(self) -> Any:
        """The node that this Tensor was before the program assigned to it, if it is the result of an operation."""
        return self if self._original is None else self._original.node

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

    def describe(self) -> str:
        """Return the description of the array for error messages."""
        return self._describe_as("Tensor", "array that is assigned to")

    def freeze_data(self) -> npt.NDArray[Any]:
        """Return the array for a graph to keep."""
        return self._current.freeze_data()

    def move(self, delta: Any) -> None:
        """Add ``delta``, as an optimizer does."""
        self[...] = self + delta

    def backward(self, cotangent: Any = None, *, create_graph: bool = False) -> None:
        """Compute the gradients of what it holds now."""
        self._current.backward(cotangent, create_graph=create_graph)

    def register_hook(self, hook: Callable[[Any], Any]) -> Handle:
        """Register a hook of what it holds now."""
        return self._current.register_hook(hook)

    def zero_grad(self) -> None:
        """Reset the gradient with respect to what it holds now."""
        self._current.zero_grad()

    def _compare(self, sign: str, other: Any, compare: Any) -> Any:
        return self._current._compare(sign, other, compare)

    # -- assignments

    def __setitem__(self, index: Any, value: Any) -> None:
        _refuse_here(self, "t[index] = x")
        self._follow(self._current.at[index].set(value))

    def _assign(self, sign: str, other: Any) -> Buffer:
        _refuse_here(self, f"t {sign} x")
        result = FUNCTIONS[sign](self, other)
        if result.shape != self.shape:
            raise ShapeError(
                f"t {sign} x: a result of shape {result.shape} does not fit into {self.describe()} of shape {self.shape}"
            )
        if result.dtype == self.dtype:
            self._follow(result)
        else:
            self[...] = result
        return self

    # -- copies are buffers of their own; a pickle is that of the version

    def __copy__(self) -> Buffer:
        return _restore_buffer(self._current, copy(self.metadata))

    def __deepcopy__(self, memo: dict[int, Any]) -> Buffer:
        self._refuse_while_tracing("copying")
        return _restore_buffer(copy_and_pickle.deepcopy_graph(self._current, memo), copy(self.metadata))

    def __reduce__(self) -> tuple[Any, ...]:
        self._refuse_while_tracing("pickling")
        return _restore_buffer, (self._current, self.metadata)


def _restore_buffer(version: Tensor, metadata: Metadata | None) -> Buffer:
    """Return a buffer with a version and metadata."""
    buffer = Buffer(version)
    buffer.metadata = metadata
    return buffer


def make_buffer(x: Tensor) -> Buffer:
    """Return a new array with the entries of a Tensor, to be assigned to.

    >>> a = make_buffer(Tensor([1.0, 2.0])); a[0] = 5.0; a.data
    array([5., 2.])
    """
    return Buffer(+x)


def make_assignable(tensor: Tensor, call: str) -> None:
    """Turn a result or a constant into a Buffer, in place, unless it is one already.

    Operations that were recorded with it refer to the node that it was before.

    Parameters
    ----------
    tensor : Tensor
        The result.
    call : str
        The assignment, for error messages.

    Raises
    ------
    DataError
        If the Tensor is a leaf that gets a gradient, an instance of a subclass of Tensor, or a view of another array.
    GraphError
        If it was made outside of the compiled function that assigns to it.
    """
    if isinstance(tensor, Buffer):
        return
    _check_assignable(tensor, call)
    _refuse_here(tensor, call)
    tracer = current_tracer()
    original: Tensor = object.__new__(type(tensor))
    for slot in (*SLOTS, "_state"):
        setattr(original, slot, getattr(tensor, slot))
    if tracer is not None:
        tracer.note_assignment(tensor, original)
    tensor.__class__ = Buffer
    tensor._state, tensor._original = FILLED, Original(original)
    tensor._grad = 0.0
    tensor.metadata = copy(original.metadata)
    tensor._follow(original)  # type: ignore[attr-defined]  # it is a Buffer now


def _refuse_here(tensor: Tensor, call: str) -> None:
    """Raise GraphError where an assignment to a Tensor would be wrong, although it is right elsewhere.

    A compiled function does not assign to what was made outside, since its later calls would not, and a hook not to what the pass
    that is running works on. In no_grad() the new version would be a constant, without the gradient of the entries that stay.
    """
    tracer = current_tracer()
    if tracer is not None and tensor.stamp < tracer.start_stamp:
        raise GraphError(
            f"compile(): the function assigns to {tensor.describe()}, which was made outside, and later calls would not change it: "
            f"return the new array, or replace the numbers of a constant by autograd.update_numbers()"
        )
    if tensor.stamp < hook_start.get():
        raise GraphError(
            f"{call} on {tensor.describe()} in a hook: it was made before the hook was called, and the pass that is running may "
            f"need it: assign to a copy, from t.copy()"
        )
    if not (tensor.constant or context.recording()):
        raise GraphError(
            f"{call} on {tensor.describe()} in no_grad(): it would become a constant, to which no gradient flows: assign to it "
            f"outside of no_grad(), or to a copy, from t.copy()"
        )


def _check_assignable(tensor: Tensor, call: str) -> None:
    described = f"{call} on {tensor.describe()}"
    if tensor.op is None and not ((tensor.constant or _is_traced(tensor)) and type(tensor) is Tensor):
        raise DataError(
            f"{described}: only results of operations and constants can be assigned to. Use t = t.at[index].set(x), assign to a "
            f"copy, from t.copy(), or change its numbers outside of any gradient, as in t.data[index] = x"
        )
    if _is_view(tensor):
        raise DataError(
            f"{described}: it is a view, and NumPy would also change the array that it was taken from. Assign to that array, as in "
            f"a[0, 1] = x in place of a[0][1] = x, or to a copy, from t.copy()"
        )


def _is_traced(leaf: Tensor) -> bool:
    """Return whether a leaf stands for something computed in a compiled function, such as ``x.detach()``, a constant elsewhere."""
    tracer = current_tracer()
    return tracer is not None and leaf in tracer.origins


def _is_view(tensor: Tensor) -> bool:
    """Return whether NumPy's result would share its numbers with another array.

    The arguments of a constant are not known: it is a view if somebody else refers to the memory that it has a part of.
    """
    array, mark = tensor._primal, getattr(tensor, "_original", None)
    if mark is VIEW or mark is COPY:
        return mark is VIEW
    if tensor.dright is None:
        return array.base is not None and sys.getrefcount(array.base) > 2  # the reference of the view, and that of this call
    return any(isinstance(other, np.ndarray) and np.may_share_memory(array, other) for other in tensor.dright)


Tensor.make_assignable = make_assignable
ASSIGNED_CLASSES.add(Buffer)
