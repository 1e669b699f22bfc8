"""Traced data: what ``.data`` of a node gives inside a traced function."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler.frontend.traced_mask import TracedMask, identity
from autograd.core.node import Node
from autograd.core.tracing import COMPARISON_SIGNS, TracedDataBase, call_with_guard, to_concrete
from autograd.errors import GraphError

if TYPE_CHECKING:
    from autograd.compiler.frontend.tracer import Tracer

# Methods and NumPy functions of one array whose result is followed; any other reads the plain numbers.
TRACED_FUNCTIONS = {"sum", "mean", "max", "min", "reshape", "transpose", "ravel", "prod", "squeeze"}


class TracedData(TracedDataBase):
    """Numbers that were read from a node inside a traced function: they are followed, but have no gradient.

    Arithmetic with plain numbers gives traced data, arithmetic with nodes gives a node. Code that needs the plain numbers, such as
    ``float()``, gets them, and the tracer records a guard.

    Parameters
    ----------
    tracer : Tracer
        The tracer of the run.
    node : Node
        The node that was read.
    """

    __slots__ = ("_leaf", "_node", "tracer")

    def __init__(self, tracer: Tracer, node: Any) -> None:
        self.tracer: Tracer = tracer
        self._node: Any = node
        self._leaf: Any = None

    @property
    def node(self) -> Any:
        """The node that was read."""
        return self._node.original

    @property
    def concrete(self) -> Any:
        """The plain numbers, without a guard."""
        return self.node._primal

    @property  # type: ignore[misc]  # read only: the class cannot be assigned to
    def __class__(self) -> type[Any]:
        """The class that ``isinstance`` sees: float for a single number."""
        return TracedData if self.node.shape else float

    def to_leaf(self) -> Any:
        """Return a leaf with these numbers, through which no gradient flows; of a single number the same one at each use."""
        node = self.node
        if node.rank:  # an array may be assigned to between two uses
            return self.tracer.stop_gradient(node)
        if self._leaf is None:
            self._leaf = self.tracer.stop_gradient(node)
        return self._leaf

    # -- operations that are followed

    def apply(self, function: Callable[..., Any], *args: Any) -> Any:
        """Apply a function that nodes support, such as an operator.

        Parameters
        ----------
        function : callable
            The function.
        *args : TracedData, TracedMask, Node, float or array
            Its arguments.

        Returns
        -------
        Node, TracedData or object
            A node if an argument is a node or an array of nodes, else traced data. A result that is not a node is returned
            unchanged.
        """
        if any(isinstance(x, Node) or (isinstance(x, np.ndarray) and x.dtype == object) for x in args):
            return function(*map(to_node, args))
        result = function(*(x.to_node() if isinstance(x, TracedMask) else unwrap(x) for x in args))
        return TracedData(self.tracer, result) if isinstance(result, Node) else result

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __len__(self) -> int:
        return len(self.node)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self.node)))

    def __getitem__(self, index: Any) -> Any:
        return TracedData(self.tracer, self.node[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        raise GraphError(
            "compile(): traced numbers, such as those of .data, cannot be assigned to: write an expression, as with np.where or "
            "np.concatenate"
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("copy", "item"):
            return lambda: self if name == "copy" or not self.node.shape else TracedData(self.tracer, self.node.reshape(()))
        found = getattr(self.node, name, None)
        if found is not None and name in ("shape", "ndim", "size", "dtype"):
            return found
        if name in TRACED_FUNCTIONS and callable(found):
            return lambda *args, **kwargs: TracedData(self.tracer, found(*args, **kwargs))
        if name == "T":
            return TracedData(self.tracer, found)
        return getattr(self.guard_value(f".{name}"), name)

    # -- reading the plain numbers, which records a guard

    def guard_value(self, description: str) -> Any:
        """Return the plain numbers, and record a guard for them.

        Parameters
        ----------
        description : str
            What error messages call the code that reads them.

        Returns
        -------
        float or array
            The numbers; an array is a copy.
        """
        number = self.node._primal
        return self.tracer.add_guard(identity, (self.node,), np.array(number) if np.ndim(number) else number, description)

    def __float__(self) -> float:
        return float(self.guard_value("float()"))

    def __int__(self) -> int:
        return call_with_guard(int, self)  # type: ignore[no-any-return]

    def __bool__(self) -> bool:
        return call_with_guard(bool, self)  # type: ignore[no-any-return]

    def __index__(self) -> int:
        if self.node._primal != int(self.node._primal):
            raise TypeError(f"{self.node._primal!r} is not a whole number, so it cannot be an index")
        return call_with_guard(int, self)  # type: ignore[no-any-return]

    def __round__(self, digits: int | None = None) -> Any:
        return call_with_guard(round, self, digits)

    def __hash__(self) -> int:
        return hash(self.guard_value("a hash"))

    def __repr__(self) -> str:
        return call_with_guard(repr, self)  # type: ignore[no-any-return]

    def __format__(self, spec: str) -> str:
        return call_with_guard(format, self, spec)  # type: ignore[no-any-return]

    def __trunc__(self) -> int:
        return call_with_guard(math.trunc, self)  # type: ignore[no-any-return]

    def __floor__(self) -> int:
        return call_with_guard(math.floor, self)  # type: ignore[no-any-return]

    def __ceil__(self) -> int:
        return call_with_guard(math.ceil, self)  # type: ignore[no-any-return]

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(self.guard_value("a plain array"), dtype)

    # -- NumPy's protocols

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__":
            return call_with_guard(getattr(ufunc, method), *inputs, **kwargs)
        if not kwargs and ufunc.__name__ in COMPARISON_SIGNS:
            return self.tracer.compare(COMPARISON_SIGNS[ufunc.__name__], *inputs)
        gives_numbers = ufunc.nout == 1 and ufunc.types[-1][-1] != "?"
        if not kwargs and gives_numbers:
            return self.apply(ufunc, *inputs)
        return call_with_guard(ufunc, *inputs, **kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function.__name__ in TRACED_FUNCTIONS:
            return TracedData(self.tracer, function(*map(unwrap, args), **kwargs))
        if function in (np.shape, np.ndim, np.size):  # which do not depend on the numbers
            return function(*map(to_concrete, args), **kwargs)
        return call_with_guard(function, *args, **kwargs)


def unwrap(x: Any) -> Any:
    """Return the node behind traced data.

    Parameters
    ----------
    x : object
        Traced data, or anything else.

    Returns
    -------
    object
        The node, through which gradients still flow; of a buffer its present version; anything else unchanged.
    """
    if isinstance(x, TracedData):
        return x.node
    return x.current if isinstance(x, Node) else x


def to_node(x: Any) -> Any:
    """Return a node without a gradient for traced data or a mask.

    Parameters
    ----------
    x : object
        Traced data, a mask, or anything else.

    Returns
    -------
    object
        A leaf; of a buffer its present version; anything else unchanged.
    """
    if isinstance(x, TracedData):
        return x.to_leaf()
    if isinstance(x, TracedMask):
        return x.to_node()
    return x.current if isinstance(x, Node) else x


def _make_binary_method(name: str) -> Callable[[Any, Any], Any]:
    function = getattr(operator, name)
    return lambda self, other: self.apply(function, self, other)


def _make_reflected_method(name: str) -> Callable[[Any, Any], Any]:
    function = getattr(operator, name)

    def reflected(a: Any, b: Any) -> Any:
        return function(b, a)

    return lambda self, other: self.apply(reflected, self, other)


def _make_unary_method(name: str) -> Callable[[Any], Any]:
    function = getattr(operator, name)
    return lambda self: self.apply(function, self)


def _make_comparison_method(sign: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: self.tracer.compare(sign, self, other)


for _name in ("add", "sub", "mul", "truediv", "pow", "mod", "floordiv", "matmul"):
    setattr(TracedData, f"__{_name}__", _make_binary_method(_name))
    setattr(TracedData, f"__r{_name}__", _make_reflected_method(_name))
for _name in ("neg", "pos", "abs"):
    setattr(TracedData, f"__{_name}__", _make_unary_method(_name))
for _name, _sign in {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "==", "ne": "!="}.items():
    setattr(TracedData, f"__{_name}__", _make_comparison_method(_sign))
