"""Value: one float in the graph, as in micrograd, with its operators written out from the rows."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.backends.float_backend import evaluate
from autograd.core.array_mixins.numpy_methods import NumpyMethods
from autograd.core.array_mixins.python_rounding import PythonRounding
from autograd.core.array_mixins.scalar_as_array import ScalarAsArray
from autograd.core.base_node import ScalarMethods, primal_of
from autograd.core.coercion import to_float
from autograd.core.node import Node, stale_graph_error
from autograd.core.node_mixins.graph_structure import assignment_error
from autograd.core.operators import apply, named_rows, operate, operators
from autograd.core.scalar_methods import compile_method
from autograd.core.tracing import bind_leaf
from autograd.graph.broadcasting import unbroadcast
from autograd.graph.reference_cycles import track_graph
from autograd.graph.topological_order import PACKED
from autograd.ops import TABLE, Elementwise, Op, find
from autograd.state import context
from autograd.state.anomaly_checks import check_value
from autograd.state.engine import native
from autograd.state.metadata import Metadata

SIGNS = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "remainder": "%",
    "floor_divide": "//",
    "power": "**",
    "negative": "-",
}


class Value(ScalarMethods, ScalarAsArray, NumpyMethods, PythonRounding, Node):
    """A scalar node: one float that remembers how it was computed.

    Parameters
    ----------
    data : real number
        The number; ints and bools become floats.
    name : str, optional
        A name for error messages, reports and pictures.

    Attributes
    ----------
    data : float
        The number. A leaf's can be assigned to; graphs that were recorded before do not change.
    grad : float
        The gradient that ``backward()`` has accumulated; 0.0 before.

    Raises
    ------
    DataError
        If ``data`` is not a real number.

    Notes
    -----
    A Value computes with all real numbers of Python, ``Fraction`` and ``Decimal`` among them, and takes ``round``, ``divmod`` and
    the functions of ``math`` that round. It is no ``numbers.Real``: equal Values have different hashes, and ``float(x)`` raises
    inside a transform.

    Examples
    --------
    >>> a, b = Value(2.0, name="a"), Value(3)
    >>> c = a * b + b**2
    >>> c.backward()
    >>> c.data, a.grad, b.grad
    (15.0, 3.0, 8.0)
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
    rank = 0

    def __init__(self, data: Any, name: str | None = None) -> None:
        if not context.open_block_count or not bind_leaf(self, data):
            self._primal = to_float(data, "Value()")
        self._grad = 0.0
        self.op = self.left = self.dleft = self.dright = None
        self.right = context.clock
        self.metadata = context.metadata_here()
        self.stamp = context.clock
        if name is not None:
            self.name = name

    @property
    def data(self) -> float:
        """The number itself. A leaf's can be assigned to, which never changes a graph that was recorded before."""
        if context.open_block_count:
            trace = context.current().tracer
            if trace is not None:
                return trace.trace_data(self)  # type: ignore[no-any-return]  # a number that is followed
        return self._primal  # type: ignore[no-any-return]  # a float: the setter and record() see to it

    @data.setter
    def data(self, data: Any) -> None:
        if self.op is not None:
            raise assignment_error(self)
        self._refuse_while_tracing("assigning the data of")
        self._primal = to_float(data, "Value.data")
        self.own_metadata().edited = True

    @property
    def grad(self) -> Any:
        """The gradient of the node on which backward() was called; 0.0 before, a node after ``backward(create_graph=True)``."""
        if context.open_block_count:
            self._refuse_read_while_tracing(".grad")
        return self._grad

    @grad.setter
    def grad(self, grad: Any) -> None:
        self._grad = grad if isinstance(grad, Node) else to_float(grad, "Value.grad")
        if isinstance(grad, Node):
            track_graph([self, grad])
        if self.op is None:
            self.left = True

    @property
    def shape(self) -> tuple[int, ...]:
        """Always (): a Value is one number."""
        return ()

    def move(self, delta: Any) -> None:
        """Add ``delta`` to the data, as an optimizer does.

        Parameters
        ----------
        delta : real number
            The step.

        Raises
        ------
        DataError
            If ``delta`` is not a real number.

        Examples
        --------
        >>> p = Value(1.0); p.move(0.5); p.data
        1.5
        """
        self.data = self._primal + to_float(delta, "move()")

    def descend(self, rate: float) -> None:
        """Subtract ``rate`` times the gradient from the data, as gradient descent does. Without a gradient nothing changes.

        Parameters
        ----------
        rate : float
            The learning rate.

        Examples
        --------
        >>> p = Value(1.0); (p * p).backward(); p.descend(0.25); p.data
        0.5
        """
        if self.has_grad:
            self.move(-rate * float(self.grad))

    def zero_grad(self) -> None:
        """Reset the gradient to 0.0."""
        self._grad = 0.0
        if self.op is None:
            self.left = None

    def detach(self) -> Value:
        """Return a Value with the same number and without history."""
        trace = context.current().tracer if context.open_block_count else None
        if trace is not None:
            return trace.stop_gradient(self)  # type: ignore[no-any-return]  # a Value, as all leaves like a Value
        return Value(self._primal)

    @classmethod
    def of(cls, tensor: Any) -> Value:
        """Return the only entry of a Tensor as a Value of the same graph."""
        out = cls.blank()
        out._primal = tensor._number("item()")
        if not context.recording():
            return out
        out.op, out.left, out.right, out.dleft, out.dright = find("item"), (tensor.current,), {}, PACKED, (1.0,)
        return out

    # micrograd's names, for programs that draw its graphs
    @property
    def _prev(self) -> set[Node]:
        return set(self.parents)

    @property
    def _op(self) -> str:
        return "" if self.op is None else SIGNS.get(self.op.name, self.op.name)

    def item(self) -> float:
        """Return the number, as for a Tensor with one entry."""
        return self.data

    def __repr__(self) -> str:
        name = f", name={self.path!r}" if self.name else ""
        return f"Value(data={self._primal}, grad={self._grad}{name})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    # -- recording

    @classmethod
    def record(cls, op: Op, args: Sequence[Any], static: dict[str, Any]) -> Value:
        """Return the node of an elementwise operation, with its partials as numbers."""
        assert isinstance(op, Elementwise)
        floats = [arg._primal if isinstance(arg, Value) else to_float(arg, op.name) for arg in args]
        y = evaluate(op.f, floats, static)
        if context.open_block_count and context.current().anomaly:
            check_value(op, args, floats, y, context.metadata_here())
        partials = tuple(
            evaluate(partial, [y, *floats], static) if isinstance(arg, Node) else None
            for arg, partial in zip(args, op.partials, strict=True)
        )
        kept = tuple(arg if isinstance(arg, Node) else x for arg, x in zip(args, floats, strict=True))
        out = Value.blank()
        out._primal = y
        if not context.recording():
            return out
        out.op = op
        if static or len(args) > 2:
            out.left, out.right, out.dleft, out.dright = kept, static, PACKED, partials
        else:
            out.left, out.right = (*kept, None)[:2]
            out.dleft, out.dright = (*partials, None)[:2]
        return out

    def freeze_data(self) -> float:
        """Return the number for a graph to keep."""
        return self._primal  # type: ignore[no-any-return]  # a float, as above

    # -- what the walks ask

    def accumulate_grad(self, c: Any, op: Op | None, fresh: bool) -> None:
        """Add a contribution to the gradient.

        Parameters
        ----------
        c : float or array
            The contribution, whose entries are summed.
        op : Op or None
            The operation that it comes from.
        fresh : bool
            Not used here.
        """
        self._grad = self._grad + float(np.sum(c).real)

    def propagate_grad(self) -> None:
        """Pass the gradient of a packed node on to its arguments."""
        for i, arg in enumerate(self.left):
            if isinstance(arg, Node):
                arg.accumulate_grad(self.numeric_vjp(i, self._grad), self.op, True)

    def partial(self, i: int) -> float:
        """Return the partial derivative with respect to argument ``i``, as it was when the node was made.

        Parameters
        ----------
        i : int
            The position of the argument.

        Returns
        -------
        float
            The partial derivative.
        """
        saved = self.dright if self.dleft is PACKED else (self.dleft, self.dright)
        return saved[i]  # type: ignore[no-any-return]

    @classmethod
    def leaf(cls, data: Any) -> Value:
        """Return a new leaf with the number."""
        return cls(data)

    def unbroadcast_cotangent(self, c: Any, op: Op | None) -> float:
        """Return a cotangent as one number: the sum over the axes that broadcasting has added.

        Parameters
        ----------
        c : float or array
            The cotangent.
        op : Op or None
            The operation that it comes from.

        Returns
        -------
        float
            The sum of its entries.
        """
        return float(np.sum(c).real)

    def vjp(self, i: int, g: Any, xp: Any) -> Any:
        """Return the cotangent of argument ``i``; if ``g`` is a Value, it is a graph of the partial derivative.

        Parameters
        ----------
        i : int
            The position of the argument.
        g : float or Node
            The cotangent of this node.
        xp : Backend or None
            The backend in which to compute; None for numbers.

        Returns
        -------
        float or Node
            The cotangent of the argument.
        """
        if xp is None or self.dleft is PACKED or type(g) is not Value:
            return super().vjp(i, g, xp)
        args = self._args_of_flat_node()
        assert self.op is not None
        c = self.op.vjp(xp, i, g, self, args, {})
        return c if type(c) is Value and type(args[i]) is Value else args[i].match_type(unbroadcast(xp, c, args[i].shape))

    def jvp(self, tangents: Sequence[Any], xp: Any) -> Any:
        if xp is None or self.dleft is PACKED or any(t is not None and type(t) is not Value for t in tangents):
            return super().jvp(tangents, xp)
        args = self._args_of_flat_node()
        assert self.op is not None
        return self.match_type(self.op.jvp(xp, tangents, self, args, {}))

    def _args_of_flat_node(self) -> tuple[Any, ...]:
        """Return the arguments, which must be as they were when the node was made."""
        left, right = self.left, self.right
        args = (left,) if right is None else (left, right)
        for arg in args:
            if type(arg) is Value and arg.metadata is not None:
                self.check_unchanged()
        return args

    def numeric_vjp(self, i: int, g: Any) -> Any:
        """Return the cotangent of argument ``i`` as a number, from the cotangent ``g`` of this node.

        Parameters
        ----------
        i : int
            The position of the argument.
        g : float
            The cotangent of this node.

        Returns
        -------
        float or array
            The cotangent of the argument.
        """
        return self.args[i].to_gradient_data(g * self.partial(i))

    def numeric_jvp(self, tangents: Sequence[Any]) -> float:
        """Return the tangent of this node as a number, from those of its arguments; None stands for a tangent of 0.

        Parameters
        ----------
        tangents : sequence of float or None
            The tangent of each argument.

        Returns
        -------
        float
            The tangent.
        """
        return sum(float(t) * self.partial(i) for i, t in enumerate(tangents) if t is not None)

    def match_type(self, g: Any) -> Any:
        """Return a cotangent that is a node as a Value.

        Parameters
        ----------
        g : Node
            The cotangent.

        Returns
        -------
        Value
            Its real part.
        """
        if isinstance(g, Value):
            return g
        return Node.graph_backend.item(g.real if g.dtype.kind == "c" else g)

    def to_gradient_data(self, g: Any) -> float:
        """Return a cotangent as a float.

        Parameters
        ----------
        g : float or array
            The cotangent, with one entry.

        Returns
        -------
        float
            Its real part.
        """
        return g if type(g) is float else float(np.asarray(g).reshape(()).real)

    def check_unchanged(self) -> None:
        """Raise GraphError if the data of an argument was changed after this node was made."""
        for arg in self.args:
            if isinstance(arg, Node) and arg.metadata is not None and arg.metadata.edited:
                break
        else:
            return
        floats = [primal_of(arg) for arg in self.args]
        assert isinstance(self.op, Elementwise)
        now = [evaluate(self.op.f, floats, self.static)]
        sources = [i for i, arg in enumerate(self.args) if isinstance(arg, Node)]
        now += [evaluate(self.op.partials[i], [self._primal, *floats], self.static) for i in sources]
        was = [self._primal, *(self.partial(i) for i in sources)]
        if any(a != b and (a == a or b == b) for a, b in zip(now, was)):
            raise stale_graph_error(self)


def _compile_when_called(row: str, name: str, reflected: bool = False) -> Callable[..., Any]:
    """Return a method that compiles itself at its first call, which keeps the import fast: most programs use few rows."""

    @functools.cache
    def compile_and_install() -> Callable[..., Any]:
        names = {"Value": Value, "apply": apply, "operate": operate}
        written = compile_method(row, name, names, reflected)
        _install(name, written)
        return written

    def method(self: Value, *other: Any) -> Any:
        return compile_and_install()(self, *other)

    method.__name__, method.__qualname__ = name, f"Value.{name}"
    method.__doc__ = f"Return {row}. The formulas are those of the row {row} in the table of operations."
    return method


def _install(name: str, method: Any) -> None:
    """Set a method of Value, or register it as the fallback of the native engine if that has a method of the name."""
    if native is None or not native.register_fallback(name, method):
        setattr(Value, name, method)


def _replace_by_native(name: str) -> None:
    """Let the native engine replace an attribute of Value, which becomes its fallback."""
    native.register_fallback(name, vars(Value)[name])
    delattr(Value, name)


if native is not None:
    native.register_value(Value, PACKED, context.state_variable)
    for _op in TABLE.values():
        native.register_row(_op.name, _op)
    for _name in ("__init__", "data", "grad"):
        _replace_by_native(_name)
for _name, _method in operators(_compile_when_called, _compile_when_called).items():
    _install(_name, _method)
for _op in named_rows():
    _install(_op.name, _compile_when_called(_op.name, _op.name))
