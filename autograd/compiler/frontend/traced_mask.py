"""Traced masks: what comparisons of nodes give inside a traced function."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.core.node import Node
from autograd.core.tracing import COMPARISONS, TracedMaskBase, call_with_guard, original_of, to_concrete
from autograd.numpy_api.functions.selection import where

if TYPE_CHECKING:
    from autograd.compiler.frontend.tracer import Tracer

# Ufuncs of masks that give a mask, by the operator of that mask.
BOOLEAN_UFUNCS = {"logical_and": "&", "bitwise_and": "&", "logical_or": "|", "bitwise_or": "|", "equal": "==", "not_equal": "!="}
# Ufuncs that use a mask as the numbers 0.0 and 1.0.
ARITHMETIC_UFUNCS: dict[str, Callable[[Any, Any], Any]] = {"multiply": operator.mul, "add": operator.add, "subtract": operator.sub}


class TracedMask(TracedMaskBase):
    """The truth values of a comparison, or of a combination of masks, inside a traced function.

    ``where`` chooses by a mask, and arithmetic uses it as the numbers 0.0 and 1.0; both are recorded without a guard. Code that
    reads the truth values, such as ``if``, gets a plain bool or array, and the tracer records a guard.

    Parameters
    ----------
    tracer : Tracer
        The tracer of the run.
    operator : {">", ">=", "<", "<=", "==", "!=", "&", "|"}
        The operator.
    left, right : Node, TracedMask, float or array
        The operands.

    Attributes
    ----------
    concrete : bool or array of bool
        The truth values in this run.
    """

    __slots__ = ("_sides", "concrete", "operator", "tracer")

    def __init__(self, tracer: Tracer, operator: str, left: Any, right: Any) -> None:
        self.tracer: Tracer = tracer
        self.operator: str = operator
        self._sides: tuple[Any, Any] = left, right
        self.concrete: Any = COMPARISONS[operator](to_concrete(left), to_concrete(right))

    @property
    def left(self) -> Any:
        """The left operand, as it was when it was compared."""
        return original_of(self._sides[0])

    @property
    def right(self) -> Any:
        """The right operand, as it was when it was compared."""
        return original_of(self._sides[1])

    # -- the mask as a value that is followed

    def to_node(self) -> Any:
        """Return the mask as a leaf of the graph: 1.0 where it holds and 0.0 elsewhere.

        Returns
        -------
        Node
            The leaf, through which no gradient flows.
        """
        data = np.asarray(self.concrete, dtype=float)[()]
        return self.tracer.make_leaf(self.compared_nodes()[0], data, "mask", self)

    def to_data(self) -> Any:
        """Return the mask as traced numbers: 1.0 where it holds and 0.0 elsewhere.

        Returns
        -------
        TracedData
            The numbers.
        """
        return self.tracer.trace_data(self.to_node())

    def compared_nodes(self) -> list[Any]:
        """Return the nodes that the mask compares, those of combined masks included.

        Returns
        -------
        list of Node
            The nodes, from left to right.
        """
        nodes: list[Any] = []
        for side in (self.left, self.right):
            if isinstance(side, TracedMask):
                nodes += side.compared_nodes()
            elif isinstance(side, Node):
                nodes.append(side)
        return nodes

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the truth values."""
        return np.shape(self.concrete)

    def _combine(self, operator: str, other: Any) -> Any:
        return self.tracer.compare(operator, self, _to_truth_values(other))

    def __and__(self, other: Any) -> Any:
        return self._combine("&", other)

    def __or__(self, other: Any) -> Any:
        return self._combine("|", other)

    def __xor__(self, other: Any) -> Any:
        return self._combine("!=", other)

    __rand__: Callable[..., Any] = __and__
    __ror__: Callable[..., Any] = __or__
    __rxor__: Callable[..., Any] = __xor__

    def __eq__(self, other: object) -> Any:
        return self._combine("==", other) if np.ndim(self.concrete) else bool(self) == other

    def __ne__(self, other: object) -> Any:
        return self._combine("!=", other) if np.ndim(self.concrete) else bool(self) != other

    def __invert__(self) -> Any:
        if isinstance(self.concrete, bool):
            return -2 if self else -1  # what Python makes of ~True and ~False
        return self.tracer.compare("==", self, False)

    # -- reading the truth values, which records a guard

    def guard_value(self, description: str) -> Any:
        """Return the plain truth values, and record a guard for them.

        Parameters
        ----------
        description : str
            What error messages call the code that reads them.

        Returns
        -------
        bool or array of bool
            The truth values.
        """
        return self.tracer.add_guard(identity, (self,), np.array(self.concrete)[()], description)

    def __bool__(self) -> bool:
        return self.tracer.add_guard(bool, (self,), bool(self.concrete), "a branch")  # type: ignore[no-any-return]

    def __hash__(self) -> int:
        return hash(bool(self))

    def __float__(self) -> float:
        return float(self.guard_value("float()"))

    def __int__(self) -> int:
        return int(self.guard_value("int()"))

    __index__ = __int__

    def all(self, *args: Any, **kwargs: Any) -> Any:
        """Return ``np.all`` of the plain truth values."""
        return call_with_guard(np.all, self, *args, **kwargs)

    def any(self, *args: Any, **kwargs: Any) -> Any:
        """Return ``np.any`` of the plain truth values."""
        return call_with_guard(np.any, self, *args, **kwargs)

    def sum(self, *args: Any, **kwargs: Any) -> Any:
        """Return ``np.sum`` of the plain truth values."""
        return call_with_guard(np.sum, self, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.guard_value(f".{name} of a comparison"), name)

    def __getitem__(self, index: Any) -> Any:
        return self.guard_value("an entry of a comparison")[index]

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(self.guard_value("a plain array"), dtype)

    # -- NumPy's protocols

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        name = ufunc.__name__
        if method != "__call__":
            return call_with_guard(getattr(ufunc, method), *inputs, **kwargs)
        if name in ARITHMETIC_UFUNCS and not kwargs:
            first, second = (x.to_data() if isinstance(x, TracedMask) else x for x in inputs)
            return ARITHMETIC_UFUNCS[name](first, second)
        if name in ("logical_not", "invert"):
            return ~self
        if name in BOOLEAN_UFUNCS:
            return self.tracer.compare(BOOLEAN_UFUNCS[name], *map(_to_truth_values, inputs))
        return call_with_guard(ufunc, *inputs, **kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if any(issubclass(kind, Node) for kind in types):
            return NotImplemented  # so that NumPy asks the node
        if function is np.where and len(args) == 3:
            return where(*args)
        return call_with_guard(function, *args, **kwargs)


def identity(x: Any) -> Any:
    """Return ``x``: the function of a guard that reads the numbers themselves.

    Parameters
    ----------
    x : object
        Anything.

    Returns
    -------
    object
        The same.
    """
    return x


def _to_truth_values(x: Any) -> Any:
    """Return a mask unchanged, and anything else as an array of bools."""
    return x if isinstance(x, TracedMask) else np.asarray(to_concrete(x), dtype=bool)[()]


def _make_arithmetic_method(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: getattr(self.to_data(), name)(other)


for _name in ("add", "sub", "mul", "truediv", "pow"):
    for _dunder in (f"__{_name}__", f"__r{_name}__"):
        setattr(TracedMask, _dunder, _make_arithmetic_method(_dunder))
