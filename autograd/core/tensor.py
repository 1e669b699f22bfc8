"""Tensor: an array in the graph, with NumPy's shapes, indexing, reductions and products."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.backends.float_errors import FLOAT_ERROR_STATE, IGNORED
from autograd.backends.numpy_backend import ARRAY
from autograd.core.array_mixins.array_methods import ArrayMethods
from autograd.core.array_mixins.copy_on_write import CONSTANT, EXPOSED, FILLED, OWN, RECORDED, CopyOnWrite
from autograd.core.array_mixins.in_place import InPlace
from autograd.core.array_mixins.numpy_methods import NumpyMethods
from autograd.core.array_mixins.python_rounding import PythonRounding
from autograd.core.coercion import to_array, to_float
from autograd.core.constants import to_constant
from autograd.core.node import Node, stale_graph_error
from autograd.core.operators import COMPLEX_TYPES, apply, named_rows, operate, operators
from autograd.core.tracing import bind_leaf
from autograd.core.value import Value
from autograd.errors import AutogradError, DataError, OutOfRangeError, ShapeError
from autograd.graph.broadcasting import unbroadcast
from autograd.graph.original_nodes import Original
from autograd.graph.reference_cycles import track_graph
from autograd.graph.topological_order import PACKED, UNRECORDED
from autograd.ops import Op, find
from autograd.ops.complex_support import find_complex_row
from autograd.state import context
from autograd.state.anomaly_checks import check_value
from autograd.state.engine import native
from autograd.state.metadata import Metadata

ARRAY_TYPES: set[type[Any]] = {np.ndarray, np.float64}


class Tensor(CopyOnWrite, InPlace, ArrayMethods, NumpyMethods, PythonRounding, Node):
    """An array node: an ndarray that remembers how it was computed.

    Parameters
    ----------
    data : array_like of numbers
        The numbers. Float and complex types are kept; ints and bools become float64. The array is copied, unless it is read-only
        and owns its memory.
    name : str, optional
        A name for error messages, reports and pictures.
    constant : bool, default False
        Whether no gradient flows to this Tensor.

    Attributes
    ----------
    data : ndarray
        The array. A leaf's can be written to; graphs that were recorded before do not change.
    grad : ndarray
        The gradient that ``backward()`` has accumulated, in the shape of the data; zeros before.

    Raises
    ------
    DataError
        If ``data`` is not an array of numbers.

    Examples
    --------
    >>> W = Tensor([[1.0, 2.0], [3.0, 4.0]], name="W")
    >>> y = (W @ np.array([1.0, -1.0])).sum()
    >>> y.backward()
    >>> W.grad
    array([[ 1., -1.],
           [ 1., -1.]])
    """

    __slots__ = ("_current", "_original", "_state")  # the first two are those of a Buffer: a result becomes one in place
    # Type checkers want the types of inherited slots again in a class that sets them.
    _current: Tensor
    _original: Original | None
    op: Op | None
    left: Any
    right: Any
    dleft: Any
    dright: Any
    stamp: Any
    metadata: Metadata | None
    rank = 1

    def __init__(self, data: Any, name: str | None = None, *, constant: bool = False) -> None:
        followed = context.open_block_count and bind_leaf(self, data)
        if not followed:
            self._primal = to_array(data, "Tensor()")
        self._grad = 0.0
        self._state = CONSTANT if constant and not followed else OWN
        self.op = self.left = self.dleft = self.dright = None
        self.right = UNRECORDED if self._state == CONSTANT else context.clock
        self.metadata = context.metadata_here()
        self.stamp = context.clock
        if name is not None:
            self.name = name

    @classmethod
    def blank(cls) -> Tensor:
        """Return a new leaf without numbers, whose array belongs to graphs."""
        node = super().blank()
        node._state = RECORDED
        return node

    # -- the numbers

    @property
    def grad(self) -> Any:
        """The gradient that backward() has stored, in the shape of the data; zeros before. Read-only for interior nodes."""
        if context.open_block_count:
            self._refuse_read_while_tracing(".grad")
        if isinstance(self._grad, Node):
            return self._grad
        if type(self._grad) is float:
            self._grad = np.zeros(self.shape, self.dtype)
        if type(self._grad) is not np.ndarray:
            self._grad = np.asarray(self._grad)  # a sum of numbers may have left NumPy's scalar
        if self.op is None:
            return self._grad
        view = self._grad.view()
        view.flags.writeable = False
        return view

    @grad.setter
    def grad(self, grad: Any) -> None:
        new = grad if isinstance(grad, Node) else to_array(grad, "Tensor.grad")
        if new.shape not in ((), self.shape) or (isinstance(grad, Node) and grad.shape != self.shape):
            raise ShapeError(f"the gradient of {self.describe()} has shape {self.shape}, not {new.shape}")
        self._grad = grad if isinstance(grad, Node) else np.full(self.shape, cast_to_dtype(new, self.dtype), self.dtype)
        if isinstance(grad, Node):
            track_graph([self, grad])
        if self.op is None:
            self.left = True

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self._primal.shape  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._primal.ndim  # type: ignore[no-any-return]

    @property
    def size(self) -> int:
        """The number of entries."""
        return self._primal.size  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The float or complex type of the entries."""
        return self._primal.dtype  # type: ignore[no-any-return]

    def zero_grad(self) -> None:
        """Reset the gradient to zeros."""
        self._grad = 0.0
        if self.op is None:
            self.left = None

    def item(self) -> Any:
        """Return the only entry as a float or a complex number. Raises ShapeError if there are several."""
        if is_complex(self) and self.size == 1:
            return self._primal.item()
        number = self._number("item()")
        trace = context.current().tracer if context.open_block_count else None
        return number if trace is None or self.constant else trace.trace_data(self.reshape(()))

    def numpy(self) -> npt.NDArray[Any]:
        """Return a copy of the numbers, without the graph."""
        if context.open_block_count and not self.constant and context.current().tracer is not None:
            return context.current().tracer.trace_data(self)  # type: ignore[no-any-return]  # numbers that are followed
        return self._primal.copy()  # type: ignore[no-any-return]

    def detach(self) -> Tensor:
        """Return a constant Tensor with the same numbers and without history."""
        if context.open_block_count and context.current().tracer is not None:
            return context.current().tracer.stop_gradient(self)  # type: ignore[no-any-return]  # a Tensor, as all leaves like a Tensor
        return Tensor(self.freeze_data(), constant=True)

    def __len__(self) -> int:
        if not self.shape:
            raise DataError(f"len() of {self.describe()}: it is one number and has no length")
        return int(self.shape[0])

    def __contains__(self, x: Any) -> bool:
        """Whether an entry equals ``x``, as NumPy says it."""
        return bool(np.any(self == x))

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        body = np.array2string(self._primal, separator=", ", prefix="Tensor(")
        kind = "" if self.dtype == np.float64 else f", dtype={self.dtype}"
        return f"Tensor({body}{kind}{f', name={self.path!r}' if self.name else ''}{', constant=True' if self.constant else ''})"

    def __format__(self, spec: str) -> str:
        return format(self._number(f"format {spec!r}"), spec) if spec else repr(self)

    def __array__(self, dtype: Any = None, copy: Any = None) -> npt.NDArray[Any]:
        raise DataError(
            f"{self.describe()} would be cut from its graph here: take t.data for its numbers, "
            f"autograd.array([...]) for an array of nodes, or np functions that have a row{suggest_own_scipy()}"
        )

    def __dlpack__(self, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: bool | None = None) -> Any:
        """Hand the numbers of a constant to another library: a copy, or read-only memory if ``copy`` is False."""
        if not self.constant:
            raise DataError(
                f"{self.describe()} would be cut from its graph here: pass t.detach() for its numbers, or make the whole "
                f"function one of the other library with autograd.interop.to_torch(f) or to_jax(f)"
            )
        array = self.data if copy is False else self._primal.copy()
        return array.__dlpack__(stream=stream, max_version=max_version, dl_device=dl_device)

    def __dlpack_device__(self) -> tuple[int, int]:
        """The memory of the CPU, as for NumPy's arrays."""
        return self._primal.__dlpack_device__()  # type: ignore[no-any-return]  # NumPy's pair

    # -- recording

    @classmethod
    def record(cls, op: Op, args: Sequence[Any], static: dict[str, Any]) -> Tensor:
        """Return the node of an operation; it keeps the arrays as they are now.

        This function is long for speed. With the Python engine a product of ten numbers takes 1.1 µs; with a function that
        reads each argument, 1.2 µs.
        """
        arrays: list[Any] = []
        kept: list[Any] = []
        has_edges = False
        for arg in args:
            if isinstance(arg, Tensor):
                if arg._state == RECORDED:
                    array = arg._primal
                    has_edges = True
                elif arg.constant:
                    array = arg = arg._primal
                else:
                    arg = arg.current
                    array = arg.freeze_data()
                    has_edges = True
            elif type(arg) is float:
                array = arg
            elif isinstance(arg, Value):
                array = arg._primal
                has_edges = True
            elif isinstance(arg, np.ndarray):
                array = arg = to_constant(arg, op.name)
            else:
                array = arg = to_array(arg, op.name) if isinstance(arg, COMPLEX_TYPES) else to_float(arg, op.name)
            arrays.append(array)
            kept.append(arg)
        if not op.accepts_complex and any(type(array) is np.ndarray and array.dtype.kind == "c" for array in arrays):
            op = find_complex_row(op)
        out: Tensor = object.__new__(Tensor)
        error_state = FLOAT_ERROR_STATE.set(IGNORED)
        try:
            data = op.f(ARRAY, *arrays, **static)
        except (ValueError, IndexError) as error:
            raise argument_error(op, arrays, static, error) from None
        finally:
            FLOAT_ERROR_STATE.reset(error_state)
        out._primal = data if type(data) is np.ndarray else np.asarray(data)
        out._grad = 0.0
        out.stamp = context.clock
        out.metadata = None
        if context.open_block_count:
            has_edges = out._apply_open_blocks(op, args, arrays) and has_edges
        if has_edges:
            out._state = RECORDED
            out.op, out.left, out.right, out.dleft, out.dright = op, tuple(kept), static, PACKED, tuple(arrays)
        else:
            out._state = CONSTANT
            out.op = out.left = out.dleft = out.dright = None
            out.right = UNRECORDED
        return out

    def _apply_open_blocks(self, op: Op, args: Sequence[Any], arrays: Sequence[Any]) -> bool:
        """Apply what the open blocks ask for, such as the name of the scope; return whether they let the operation be recorded."""
        state = context.current()
        self.metadata = context.metadata_here()
        if state.tracer is not None:
            state.created.append(self)
            for arg in args:
                if isinstance(arg, Tensor) and arg.constant:
                    state.tracer.constants[id(arg._primal)] = arg
        if state.anomaly:
            check_value(op, args, arrays, self._primal, self.metadata)
        return state.recording

    # -- what the walks ask

    def accumulate_grad(self, c: Any, op: Op | None, fresh: bool) -> None:
        """Add a contribution of a consumer ``op`` to the gradient; ``fresh`` says that nobody else keeps the array.

        Parameters
        ----------
        c : float or array
            The contribution. Broadcasting is undone.
        op : Op or None
            The operation that it comes from, for an error message.
        fresh : bool
            Whether the gradient may keep the array without a copy.
        """
        data, grad = self._primal, self._grad
        if type(c) not in ARRAY_TYPES or c.shape != data.shape or c.dtype != data.dtype:
            c = self.unbroadcast_cotangent(c, op)
        if type(grad) is not float:
            c = grad + c
        elif self.op is None and not fresh:
            c = np.array(c)
        self._grad = c

    def propagate_grad(self) -> None:
        """Pass the gradient on to the arguments."""
        g, op, y, arrays, static = self._grad, self.op, self._primal, self.dright, self.right
        assert op is not None
        for i, source in enumerate(self.left):
            if isinstance(source, Node):
                c = op.vjp(ARRAY, i, g, y, arrays, static)
                source.accumulate_grad(c, op, op.vjp_allocates and c is not g)

    def unbroadcast_cotangent(self, c: Any, op: Op | None) -> Any:
        """Return a cotangent in the shape and type of this node, with broadcasting undone.

        Parameters
        ----------
        c : float or array
            The cotangent.
        op : Op or None
            The operation that it comes from, for an error message.

        Returns
        -------
        array
            The cotangent, in the shape and dtype of this node.

        Raises
        ------
        ShapeError
            If the shape of this node does not broadcast to the shape of ``c``.
        """
        try:
            return cast_to_dtype(unbroadcast(ARRAY, c, self.shape), self.dtype)
        except ShapeError as error:
            raise ShapeError(f"the derivative of {op.name if op else 'backward()'} has a wrong shape: {error}") from None

    @classmethod
    def leaf(cls, data: Any) -> Tensor:
        """Return a new leaf with a copy of the numbers."""
        return cls(data)

    def numeric_vjp(self, i: int, g: Any) -> Any:
        """Return the cotangent of argument ``i`` as an array, from the cotangent ``g`` of this node.

        Parameters
        ----------
        i : int
            The position of the argument.
        g : array
            The cotangent of this node.

        Returns
        -------
        float or array
            The cotangent of the argument.
        """
        assert self.op is not None
        arg = self.left[i]
        c = self.op.vjp(ARRAY, i, g, self._primal, self.dright, self.right)
        if type(c) is np.ndarray and type(arg) is Tensor and c.shape == arg._primal.shape and c.dtype == arg._primal.dtype:
            return c
        return arg.unbroadcast_cotangent(c, self.op)

    def numeric_jvp(self, tangents: Sequence[Any]) -> Any:
        """Return the tangent of this node as an array, from those of its arguments; None stands for a tangent of 0.

        Parameters
        ----------
        tangents : sequence of array or None
            The tangent of each argument.

        Returns
        -------
        array
            The tangent, in the shape of this node.
        """
        assert self.op is not None
        t = self.op.jvp(ARRAY, tangents, self._primal, self.dright, self.right)
        if np.iscomplexobj(t) != (self.dtype.kind == "c"):
            t = cast_to_dtype(t, self.dtype)
        return t if np.shape(t) == self.shape else np.broadcast_to(t, self.shape)

    def match_type(self, g: Any) -> Any:
        """Return a cotangent that is a node in the dtype of this node.

        Parameters
        ----------
        g : Node
            The cotangent.

        Returns
        -------
        Node
            The cotangent in the dtype of this node; a Value stays as it is.
        """
        if isinstance(g, Value):
            return g
        return g if g.dtype == self.dtype else apply(find("astype"), g, dtype=self.dtype)

    def to_gradient_data(self, g: Any) -> Any:
        """Return a cotangent as an array, or as NumPy's number, in the shape and dtype of this node.

        Parameters
        ----------
        g : float or array
            The cotangent.

        Returns
        -------
        array or number
            The cotangent, in the shape and dtype of this node.
        """
        if type(g) is float and not self.shape:
            return self.dtype.type(g)
        return np.full(self.shape, cast_to_dtype(g, self.dtype), self.dtype)

    def check_unchanged(self) -> None:
        """Raise GraphError if the data of an argument was changed after this node was made."""
        for arg, array in zip(self.left, self.dright, strict=True):
            if isinstance(arg, Node) and arg._primal is not array and not np.array_equal(arg._primal, array, equal_nan=True):
                raise stale_graph_error(self)


def suggest_own_scipy() -> str:
    """Return advice if a function of SciPy asks for a plain array; else an empty string."""
    frame: FrameType | None = sys._getframe(1)
    module = ""
    while frame is not None:  # pragma: no branch - the user's code comes first
        package = frame.f_globals.get("__name__", "").split(".")
        if package[0] == "scipy":
            module = ".".join(package[:2])
        elif package[0] not in ("numpy", "autograd"):
            break
        frame = frame.f_back
    return f"; {module} takes plain arrays, and autograd.{module} has the functions of it that take nodes" if module else ""


def is_complex(t: Tensor) -> bool:
    """Return whether a Tensor holds complex numbers.

    >>> is_complex(Tensor([1j]))
    True
    """
    return t.dtype.kind == "c"


def cast_to_dtype(x: Any, dtype: np.dtype[Any]) -> Any:
    """Return a cotangent or a tangent in the type of what it belongs to: of a real array only its real part counts."""
    array = np.asarray(x)
    return np.asarray(array.real if array.dtype.kind == "c" and dtype.kind != "c" else array, dtype=dtype)


def argument_error(op: Op, arrays: Sequence[Any], static: dict[str, Any], error: Exception) -> Exception:
    """Return the error for arguments that do not fit together, with the operation, the shapes and the settings."""
    shapes = " and ".join(str(np.shape(a)) for a in arrays)
    settings = "".join(f", {k}={v!r}" for k, v in static.items())
    if isinstance(error, np.linalg.LinAlgError) and "ingular" in str(error):
        return AutogradError(f"{op.name} of shape {shapes}: {error}; it has no inverse")
    kind = ShapeError if isinstance(error, ValueError) else OutOfRangeError
    return kind(f"{op.name} of shapes {shapes}{settings}: {error}")


DIRECT_OPERANDS: set[type[Any]] = {Tensor, float, int}  # what needs no look before it is recorded


def _unary(row: str, name: str) -> Callable[[Any], Any]:
    op = find(row)

    def method(self: Any) -> Any:
        return Tensor.record(op, (self,), {})

    method.__doc__ = f"Return {row}, elementwise. The formulas are those of the row {row} in the table of operations."
    method.__qualname__ = f"Tensor.{name}"
    return method


def _binary(row: str, name: str, reflected: bool = False) -> Callable[[Any, Any], Any]:
    op, record = find(row), operate if name.startswith("__") else lambda op, a, b, _: apply(op, a, b)

    def method(self: Any, other: Any) -> Any:
        first, second = (other, self) if reflected else (self, other)
        if type(other) in DIRECT_OPERANDS:
            return Tensor.record(op, (first, second), {})
        return record(op, first, second, other)

    method.__doc__ = f"Return {row}, elementwise. The formulas are those of the row {row} in the table of operations."
    method.__qualname__ = f"Tensor.{name}"
    return method


if native is not None:
    # What stands for the class method is a builtin function, which binds neither class nor instance.
    _constants = (FLOAT_ERROR_STATE, IGNORED, Tensor.record, UNRECORDED, (OWN, RECORDED, EXPOSED, CONSTANT, FILLED))
    _knows_arrays = native.register_tensor(
        Tensor, np.zeros((2, 3)), np.float64(), ARRAY, np.asarray, np.array, np.empty, to_constant, *_constants
    )
    if _knows_arrays:  # pragma: no branch - it is false for a NumPy whose arrays have another layout in memory
        Tensor.record = native.record  # type: ignore[method-assign]  # the same function, in C
for _name, _method in operators(_unary, _binary).items():
    setattr(Tensor, _name, _method)
for _op in named_rows():
    setattr(Tensor, _op.name, (_unary if _op.arity == 1 else _binary)(_op.name, _op.name))
