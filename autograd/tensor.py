"""Tensor: an array in the graph, with NumPy's shapes, indexing, reductions and products."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.door import private, to_array
from autograd.errors import DataError, OutOfRangeError, ShapeError
from autograd.node import Node, apply, named_rows, operate, operators, stale
from autograd.ops import Op, find
from autograd.value import Value
from autograd.walk import WIDE, unbroadcast
from autograd.worlds import ARRAY, QUIET

# Who else refers to the array of a leaf.
OWN = 0  # nobody
RECORDED = 1  # graphs, which need it as it is
EXPOSED = 2  # the user, who may write to it
CONSTANT = 3  # graphs, and no gradient flows to it

Axis = int | tuple[int, ...] | None


class Tensor(Node):
    """An array with a memory: ``data`` is the ndarray, ``grad`` what the ``backward()`` calls put there, in the same shape.

    Takes real numbers in any nesting; float types stay, ints and bools become float64, and the array is copied unless it is
    read-only and owns its memory. ``constant=True`` makes a Tensor to which no gradient flows. DataError for anything that is
    no array of real numbers.

    >>> W = Tensor([[1.0, 2.0], [3.0, 4.0]], name="W")
    >>> y = (W @ np.array([1.0, -1.0])).sum()
    >>> y.backward()
    >>> W.grad
    array([[ 1., -1.],
           [ 1., -1.]])
    """

    __slots__ = ("_state",)
    rank = 1
    _state: int

    def __init__(self, data: Any, name: str | None = None, *, constant: bool = False) -> None:
        self._data = to_array(data, "Tensor()")
        self._grad = 0.0
        self._state = CONSTANT if constant else OWN
        self.op = self.left = self.right = self.dleft = self.dright = self.stamp = self.info = None
        if name is not None:
            self.name = name

    @classmethod
    def blank(cls) -> Tensor:
        node = super().blank()
        node._state = RECORDED
        return node

    # -- the numbers

    @property
    def data(self) -> npt.NDArray[Any]:
        """The array. That of a leaf can be written to, which never changes a graph that was recorded before; others are read-only."""
        if self.op is not None or self._state == CONSTANT:
            self._data.flags.writeable = False
        elif self._state == RECORDED:
            self._data = self._data.copy()
            self._state = EXPOSED
        else:
            self._state = EXPOSED
        return self._data  # type: ignore[no-any-return]  # an ndarray: to_array() and record() see to it

    @data.setter
    def data(self, data: Any) -> None:
        if data is self._data:
            return
        new = to_array(data, "Tensor.data")
        if new.shape != self.shape:
            raise ShapeError(f"the data of {self.brief()} has shape {self.shape}; an array of shape {new.shape} cannot replace it")
        self._data = new.astype(self._data.dtype, copy=False)
        self._state = CONSTANT if self._state == CONSTANT else OWN

    def recorded(self) -> npt.NDArray[Any]:
        """The array for a graph to keep: from now on nobody writes to it."""
        if self._state == EXPOSED:
            self._data.flags.writeable = False
            self._data = self._data.copy()
        if self._state != CONSTANT:
            self._state = RECORDED
        return self._data  # type: ignore[no-any-return]

    @property
    def grad(self) -> Any:
        """∂(what backward() was called on)/∂self, in the shape of the data; zeros before. Of an interior node it is read-only."""
        if isinstance(self._grad, Node):
            return self._grad
        if type(self._grad) is float:
            zeros = np.full(self.shape, self._grad, self.dtype)
            if self.op is None:
                self._grad = zeros
            return zeros
        if self.op is None:
            return self._grad
        view = self._grad.view()
        view.flags.writeable = False
        return view

    @grad.setter
    def grad(self, grad: Any) -> None:
        if isinstance(grad, Node):
            self._grad = grad
            return
        new = np.broadcast_to(to_array(grad, "Tensor.grad"), self.shape) if np.ndim(grad) == 0 else to_array(grad, "Tensor.grad")
        if new.shape != self.shape:
            raise ShapeError(f"the gradient of {self.brief()} has shape {self.shape}, not {new.shape}")
        self._grad = np.array(new, dtype=self.dtype)

    @property
    def constant(self) -> bool:
        """Whether no gradient flows to it."""
        return self._state == CONSTANT

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes."""
        return self._data.shape  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """The number of its axes."""
        return self._data.ndim  # type: ignore[no-any-return]

    @property
    def size(self) -> int:
        """The number of its entries."""
        return self._data.size  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its entries: a float type."""
        return self._data.dtype  # type: ignore[no-any-return]

    def move(self, delta: Any) -> None:
        """Add ``delta`` to the data, as an optimizer does; graphs recorded before keep the numbers they saw.

        >>> p = Tensor([1.0, 2.0]); p.move([0.5, 0.5]); p.data
        array([1.5, 2.5])
        """
        moved = self._data + np.asarray(delta, self.dtype)
        if moved.shape != self.shape:
            raise ShapeError(f"move(): a step of shape {np.shape(delta)} does not fit {self.brief()} of shape {self.shape}")
        self._data = moved
        self._state = OWN

    def zero_grad(self) -> None:
        """Forget the gradient."""
        self._grad = 0.0

    def item(self) -> float:
        """Its one entry as a float; ShapeError where there are several."""
        return self._number("item()")

    def numpy(self) -> npt.NDArray[Any]:
        """A copy of the numbers, cut from the graph."""
        return self._data.copy()  # type: ignore[no-any-return]

    def detach(self) -> Tensor:
        """The same numbers without their history, as a constant."""
        return Tensor(self.recorded(), constant=True)

    def __len__(self) -> int:
        if not self.shape:
            raise DataError(f"len() of {self.brief()}: it is one number and has no length")
        return int(self.shape[0])

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        body = np.array2string(self._data, separator=", ", prefix="Tensor(")
        kind = "" if self.dtype == np.float64 else f", dtype={self.dtype}"
        return f"Tensor({body}{kind}{f', name={self.name!r}' if self.name else ''}{', constant=True' if self.constant else ''})"

    def __format__(self, spec: str) -> str:
        return format(self._number(f"format {spec!r}"), spec) if spec else repr(self)

    def __array__(self, dtype: Any = None, copy: Any = None) -> npt.NDArray[Any]:
        raise DataError(
            f"{self.brief()} would be cut from its graph here: take t.data for its numbers, "
            f"autograd.stack([...]) for an array of nodes, or np functions that have a row"
        )

    # -- recording

    @classmethod
    def record(cls, op: Op, args: Sequence[Any], static: dict[str, Any]) -> Tensor:
        """The node of any operation; the arrays that went in are kept as they are now."""
        arrays, kept, tracked = [], [], False
        for arg in args:
            kind = type(arg)
            if kind is Tensor:
                state = arg._state
                arrays.append(arg._data if state == RECORDED else arg.recorded())
                if state == CONSTANT:
                    arg = arg._data
                else:
                    tracked = True
            elif isinstance(arg, Value):
                arrays.append(arg._data)
                tracked = True
            elif kind is float or kind is int:
                arrays.append(arg)
            elif isinstance(arg, Tensor):
                arrays.append(arg.recorded())
                tracked = tracked or not arg.constant
            else:
                arg = private(arg) if isinstance(arg, np.ndarray) else float(arg)
                arrays.append(arg)
            kept.append(arg)
        out = object.__new__(Tensor)
        data = computed(op, arrays, static)
        out._data = data if type(data) is np.ndarray else np.asarray(data)
        out._grad = 0.0
        out.stamp = out.info = None
        if tracked:
            out._state = RECORDED
            out.op, out.left, out.right, out.dleft, out.dright = op, kept, static, WIDE, arrays
        else:
            out._state = CONSTANT
            out.op = out.left = out.right = out.dleft = out.dright = None
        return out

    # -- what the walks ask

    def receive(self, g: Any, fresh: bool) -> None:
        """Take in a contribution to the gradient: an array that nobody else keeps if ``fresh``."""
        if type(self._grad) is not float:
            self._grad = self._grad + g
        elif fresh or self.op is not None:
            self._grad = g
        else:
            self._grad = np.array(g)

    def pull(self) -> None:
        """Hand the gradient on to the arguments, with the broadcasting undone."""
        g, op, arrays = self._grad, self.op, self.dright
        assert op is not None
        if type(g) is float:
            g = np.full(self.shape, g, self.dtype)
        for i, arg in enumerate(self.left):
            if isinstance(arg, Node):
                c = op.vjp(ARRAY, i, g, self._data, arrays, self.right)
                arg.receive(arg.fitted(c, op), op.fresh and c is not g)

    def fitted(self, c: Any, op: Op) -> Any:
        """A cotangent for this node in its own shape and type."""
        if type(c) is np.ndarray and c.shape == self._data.shape and c.dtype == self._data.dtype:
            return c
        try:
            return np.asarray(unbroadcast(ARRAY, c, self.shape), dtype=self.dtype)
        except ShapeError as error:
            raise ShapeError(f"the derivative of {op.name} gave a wrong shape: {error}") from None

    def numeric_vjp(self, i: int, g: Any) -> Any:
        assert self.op is not None
        return self.args[i].fitted(self.op.vjp(ARRAY, i, g, self._data, self.dright, self.right), self.op)

    def numeric_jvp(self, tangents: Sequence[Any]) -> Any:
        assert self.op is not None
        t = self.op.jvp(ARRAY, tangents, self._data, self.dright, self.right)
        return t if np.shape(t) == self.shape else np.broadcast_to(t, self.shape)

    def of_my_kind(self, g: Any) -> Any:
        return g

    def plain(self, g: Any) -> Any:
        return np.full(self.shape, g, self.dtype)

    def check_unchanged(self) -> None:
        """Raise GraphError where an argument's data was assigned after this node was made: its graph would lie."""
        for arg, array in zip(self.left, self.dright, strict=True):
            if isinstance(arg, Node) and arg._data is not array and not np.array_equal(arg._data, array, equal_nan=True):
                raise stale(self)

    # -- NumPy's methods

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Σ over ``axis`` (default: everything)."""
        return self._reduced("sum", axis, keepdims)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The mean over ``axis``."""
        return self._reduced("mean", axis, keepdims)

    def prod(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Π over ``axis``; exact where entries are zero."""
        return self._reduced("prod", axis, keepdims)

    def max(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The largest entry over ``axis``; ties share the gradient evenly."""
        return self._reduced("max", axis, keepdims)

    def min(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The smallest entry over ``axis``; ties share the gradient evenly."""
        return self._reduced("min", axis, keepdims)

    def _reduced(self, name: str, axis: Axis, keepdims: bool) -> Tensor:
        return apply(find(name), self, axis=self._axis(axis, name), keepdims=bool(keepdims))  # type: ignore[no-any-return]

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

    def cumsum(self, axis: int | None = None) -> Tensor:
        """Running sums along ``axis``; of the flattened array by default."""
        array = self if axis is not None else self.ravel()
        return apply(find("cumsum"), array, axis=array._axis(axis or 0, "cumsum"))  # type: ignore[no-any-return]

    def reshape(self, *shape: Any) -> Tensor:
        """The same entries in another shape; -1 stands for what is left."""
        if len(shape) == 1 and isinstance(shape[0], tuple | list):
            shape = tuple(shape[0])
        return apply(find("reshape"), self, shape=shape)  # type: ignore[no-any-return]

    def ravel(self) -> Tensor:
        """The entries in one row."""
        return apply(find("ravel"), self)  # type: ignore[no-any-return]

    def transpose(self, *axes: Any) -> Tensor:
        """The axes in another order; reversed by default."""
        if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], tuple | list)):
            axes = axes[0] or ()
        return apply(find("transpose"), self, axes=tuple(axes) or None)  # type: ignore[no-any-return]

    @property
    def T(self) -> Tensor:
        """The axes reversed."""
        return self.transpose()

    def swapaxes(self, axis1: int, axis2: int) -> Tensor:
        """Two axes exchanged."""
        return apply(find("swapaxes"), self, axis1=self._axis(axis1, "swapaxes"), axis2=self._axis(axis2, "swapaxes"))  # type: ignore[no-any-return]

    def squeeze(self, axis: Axis = None) -> Tensor:
        """The axes of length one left out."""
        return apply(find("squeeze"), self, axis=self._axis(axis, "squeeze"))  # type: ignore[no-any-return]

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
        """The sum along a diagonal."""
        axes = {"axis1": self._axis(axis1, "trace"), "axis2": self._axis(axis2, "trace")}
        return apply(find("trace"), self, offset=offset, **axes)  # type: ignore[no-any-return]

    def dot(self, other: Any) -> Tensor:
        """The product of vectors and matrices, as ``@``."""
        return apply(find("matmul"), self, other)  # type: ignore[no-any-return]

    def __matmul__(self, other: Any) -> Any:
        return operate(find("matmul"), self, other, other)

    def __rmatmul__(self, other: Any) -> Any:
        return operate(find("matmul"), other, self, other)

    def __getitem__(self, index: Any) -> Tensor:
        return apply(find("getitem"), self, index=frozen_index(index))  # type: ignore[no-any-return]


@np.errstate(**QUIET)
def computed(op: Op, arrays: Sequence[Any], static: dict[str, Any]) -> Any:
    """The value of an operation, silently by IEEE 754; what does not fit together is a ShapeError that names it."""
    try:
        return op.f(ARRAY, *arrays, **static)
    except (ValueError, IndexError) as error:
        shapes = " and ".join(str(np.shape(a)) for a in arrays)
        settings = "".join(f", {k}={v!r}" for k, v in static.items())
        kind = ShapeError if isinstance(error, ValueError) else OutOfRangeError
        raise kind(f"{op.name} of shapes {shapes}{settings}: {error}") from None


def frozen_index(index: Any) -> Any:
    """An index that nobody can change afterwards: arrays and lists in it are copied; nodes are refused."""
    if isinstance(index, tuple):
        return tuple(frozen_index(part) for part in index)
    if isinstance(index, Node):
        raise DataError(f"an index takes integers, slices and arrays of integers, not {index.brief()}: use its .data as integers")
    if isinstance(index, list | np.ndarray):
        return np.array(index) if len(index) else np.array(index, dtype=np.intp)
    return index


def _unary(row: str, name: str) -> Callable[[Any], Any]:
    op = find(row)

    def method(self: Any) -> Any:
        return apply(op, self)

    method.__doc__ = f"Row {row} of the table of operations, entry by entry."
    method.__qualname__ = f"Tensor.{name}"
    return method


def _binary(row: str, name: str, reflected: bool = False) -> Callable[[Any, Any], Any]:
    op, door = find(row), operate if name.startswith("__") else lambda op, a, b, _: apply(op, a, b)

    def method(self: Any, other: Any) -> Any:
        return door(op, other, self, other) if reflected else door(op, self, other, other)

    method.__doc__ = f"Row {row} of the table of operations, entry by entry."
    method.__qualname__ = f"Tensor.{name}"
    return method


for _name, _method in operators(_unary, _binary).items():
    setattr(Tensor, _name, _method)
for _op in named_rows():
    setattr(Tensor, _op.name, (_unary if _op.arity == 1 else _binary)(_op.name, _op.name))
