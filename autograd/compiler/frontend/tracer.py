"""The tracer: what compile() watches a function with, and the guards that it collects.

Inside a traced function ``x.data`` is :class:`TracedData`, on which arithmetic goes on being recorded, without a gradient, and a
comparison is a :class:`TracedMask`, which chooses between two results without being decided. Whatever needs the plain number (a
branch, ``float()``, ``math.exp``, argmax) gets it, and the tracer notes what was looked at, by which function, and what it saw: a
guard.
"""

from __future__ import annotations

import builtins
import math
import operator
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from autograd.core.node import Node
from autograd.core.observation import COMPARE, SIGN_OF, Observed, ObservedData, ObservedMask, current, look, plain
from autograd.core.pytree import flatten, mapped
from autograd.errors import GraphError
from autograd.numpy_api.functions import where
from autograd.state import context


class Guard(NamedTuple):
    """That ``function`` saw ``result`` in the numbers of ``sources``."""

    function: Callable[..., Any]
    sources: tuple[Any, ...]
    result: Any
    description: str


class Origin(NamedTuple):
    """What a leaf stands for: a node without its gradient ("stop_gradient"), a mask as 0 or 1 ("mask"), "max" or "min"."""

    kind: str
    sources: tuple[Any, ...]


class Tracer:
    """One run of a function that is watched."""

    def __init__(self) -> None:
        self.guards: list[Guard] = []
        self.origins: dict[Node, Origin] = {}
        self.masks: dict[int, TracedMask] = {}  # by the identity of the plain array that a choice keeps
        self.looked: list[Any] = []  # what was looked at and chosen by, in the order in which it was
        self.kept: list[Any] = []  # whose identity says something, so that nothing else gets it
        self.constants: dict[int, Any] = {}  # constant Tensors that took part, by the identity of their array

    def note(self, function: Callable[..., Any], sources: Sequence[Any], result: Any, what: str) -> Any:
        """Keep what was seen."""
        self.looked += sources
        self.guards.append(Guard(function, tuple(sources), mapped(_own, result), what))
        return result

    def trace_data(self, node: Node) -> TracedData:
        """What ``.data`` of a node gives."""
        return TracedData(self, node)

    def compare(self, sign: str, a: Any, b: Any) -> TracedMask:
        """What a comparison of nodes gives."""
        return TracedMask(self, sign, unwrapped(a), unwrapped(b))

    def leaf(self, like: Node, data: Any, kind: str, *sources: Any) -> Any:
        """A leaf that stands for something computed."""
        out = like.leaf(np.asarray(data, like._primal.dtype) if like.rank else data)
        self.looked += sources
        self.origins[out] = Origin(kind, sources)
        return out

    def stop_gradient(self, node: Node) -> Any:
        """A node without its gradient."""
        return self.leaf(node, node._primal, "stop_gradient", node)

    def record_mask(self, mask: TracedMask) -> Any:
        """The truth values of a mask, as the array by which a choice is recorded."""
        plain = np.array(mask.plain, dtype=bool)
        self.looked.append(mask)
        self.kept.append(plain)
        self.masks[id(plain)] = mask
        return plain

    def bind_leaf(self, node: Any, x: Any) -> bool:
        """Whether a new leaf is made of what was read or compared; it then stands for that, and gradients end there."""
        if not isinstance(x, TracedData | TracedMask):
            return False
        source = unwrapped(x)
        node._primal = np.array(plain(x), dtype=float) if node.rank else float(plain(x))
        self.looked.append(source)
        self.origins[node] = Origin("mask" if isinstance(x, TracedMask) else "stop_gradient", (source,))
        return True

    def record_guard(self, function: Callable[..., Any], args: Any, kwargs: Any, result: Any) -> None:
        """Keep a guard: that ``function`` saw ``result`` in its arguments."""
        leaves, build = flatten((args, kwargs))
        if result is None:
            raise GraphError(
                f"compile(): {called(function)} writes numbers that are followed into an array that is not: write what it does as "
                f"an expression, as with np.where, np.concatenate or np.array([…])"
            )
        places = [i for i, x in enumerate(leaves) if isinstance(x, Node | Observed)]
        others = [None if i in places else x for i, x in enumerate(leaves)]  # a guard must not keep a graph alive

        def again(*numbers: Any) -> Any:
            fixed = list(others)
            for i, x in zip(places, numbers, strict=True):
                fixed[i] = x
            given, settings = build(fixed)
            return function(*given, **settings)

        lone = len(args) == 1 and not kwargs and places == [0] and leaves[0] is args[0] and function is not bool
        if places:
            self.note(function if lone else again, [unwrapped(leaves[i]) for i in places], result, called(function))


def _own(x: Any) -> Any:
    """A copy of an array; anything else as it is."""
    return x.copy() if isinstance(x, np.ndarray) else x


def unwrapped(x: Any) -> Any:
    """The node behind what was read; anything else as it is."""
    return x.node if isinstance(x, TracedData) else x


def called(function: Callable[..., Any]) -> str:
    """What to call a function in an error."""
    return f"{getattr(function, '__name__', 'a function')}()"


def _identity(x: Any) -> Any:
    return x


class TracedMask(ObservedMask):
    """A comparison inside a traced function: it chooses (where), it counts as one or zero, and only ``bool()`` decides it."""

    __slots__ = ("left", "operator", "plain", "right", "tracer")

    def __init__(self, tracer: Tracer, sign: str, left: Any, right: Any) -> None:
        self.tracer = tracer
        self.operator = sign
        self.left = left
        self.right = right
        self.plain = COMPARE[sign](plain(left), plain(right))

    def __bool__(self) -> bool:
        return self.tracer.note(bool, (self,), bool(self.plain), "a branch")  # type: ignore[no-any-return]

    def decided(self, what: str) -> Any:
        """The truth values, noted."""
        return self.tracer.note(_identity, (self,), np.array(self.plain)[()], what)

    def number(self) -> Any:
        """One where it holds and zero elsewhere, as a node."""
        return self.tracer.leaf(self.nodes()[0], np.asarray(self.plain, dtype=float)[()], "mask", self)

    def nodes(self) -> list[Any]:
        """The nodes that are compared."""
        sides = (self.left, self.right)
        return [
            x
            for side in sides
            for x in (side.nodes() if isinstance(side, TracedMask) else [side] if isinstance(side, Node) else [])
        ]

    def __and__(self, other: Any) -> Any:
        return TracedMask(self.tracer, "&", self, _as_truth(other))

    def __or__(self, other: Any) -> Any:
        return TracedMask(self.tracer, "|", self, _as_truth(other))

    __rand__, __ror__ = __and__, __or__

    def __eq__(self, other: object) -> Any:
        return TracedMask(self.tracer, "==", self, _as_truth(other)) if np.ndim(self.plain) else bool(self) == other

    def __ne__(self, other: object) -> Any:
        return TracedMask(self.tracer, "!=", self, _as_truth(other)) if np.ndim(self.plain) else bool(self) != other

    def __hash__(self) -> int:
        return hash(bool(self))

    def __float__(self) -> float:
        return float(self.decided("float()"))

    def __int__(self) -> int:
        return int(self.decided("int()"))

    __index__ = __int__

    def __xor__(self, other: Any) -> Any:
        return TracedMask(self.tracer, "!=", self, _as_truth(other))

    __rxor__ = __xor__

    def __invert__(self) -> Any:
        if isinstance(self.plain, bool):
            return -2 if self else -1  # what Python makes of ~True and ~False
        return TracedMask(self.tracer, "==", self, False)

    def counted(self) -> TracedData:
        """One where it holds and zero elsewhere, to be followed."""
        return TracedData(self.tracer, self.number())

    @property
    def shape(self) -> tuple[int, ...]:
        return np.shape(self.plain)

    def all(self, *args: Any, **kwargs: Any) -> Any:
        return look(np.all, self, *args, **kwargs)

    def any(self, *args: Any, **kwargs: Any) -> Any:
        return look(np.any, self, *args, **kwargs)

    def sum(self, *args: Any, **kwargs: Any) -> Any:
        return look(np.sum, self, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.decided(f".{name} of a comparison"), name)

    def __getitem__(self, index: Any) -> Any:
        return self.decided("an entry of a comparison")[index]

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(self.decided("a plain array"), dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        signs = {"logical_and": "&", "bitwise_and": "&", "logical_or": "|", "bitwise_or": "|", "equal": "==", "not_equal": "!="}
        if ufunc.__name__ in ("multiply", "add", "subtract") and method == "__call__" and not kwargs:
            first, second = (x.counted() if isinstance(x, TracedMask) else x for x in inputs)
            return {"multiply": operator.mul, "add": operator.add, "subtract": operator.sub}[ufunc.__name__](first, second)
        if ufunc.__name__ in ("logical_not", "invert") and method == "__call__":
            return ~self
        if ufunc.__name__ in signs and method == "__call__":
            return TracedMask(self.tracer, signs[ufunc.__name__], *map(_as_truth, inputs))
        return look(getattr(ufunc, method), *inputs, **kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if any(issubclass(kind, Node) for kind in types):
            return NotImplemented  # which leaves it to the node's own
        if function is np.where and len(args) == 3:
            return where(*args)
        return look(function, *args, **kwargs)


def _as_truth(x: Any) -> Any:
    return x if isinstance(x, TracedMask) else np.asarray(plain(x), dtype=bool)[()]


def to_node(x: Any) -> Any:
    """Return the node that stands for traced data or a mask, without a gradient; anything else unchanged."""
    return x.tracer.stop_gradient(x.node) if isinstance(x, TracedData) else x.number() if isinstance(x, TracedMask) else x


class TracedData(ObservedData):
    """What ``.data`` of a node gives inside a traced function: numbers that are still followed, without a gradient."""

    __slots__ = ("node", "tracer")

    def __init__(self, tracer: Tracer, node: Any) -> None:
        self.tracer = tracer
        self.node = node

    @property
    def plain(self) -> Any:
        return self.node._primal

    def apply(self, function: Callable[..., Any], *args: Any) -> Any:
        """Arithmetic: with plain numbers it stays something read, with nodes, or arrays of them, it is a node."""
        if any(isinstance(x, Node) or (isinstance(x, np.ndarray) and x.dtype == object) for x in args):
            return function(*map(to_node, args))
        result = function(*(x.number() if isinstance(x, TracedMask) else unwrapped(x) for x in args))
        return TracedData(self.tracer, result) if isinstance(result, Node) else result

    def decided(self, what: str) -> Any:
        """The plain numbers, noted."""
        number = self.node._primal
        return self.tracer.note(_identity, (self.node,), np.array(number) if np.ndim(number) else number, what)

    def __float__(self) -> float:
        return float(self.decided("float()"))

    def __int__(self) -> int:
        return look(int, self)  # type: ignore[no-any-return]

    def __bool__(self) -> bool:
        return look(bool, self)  # type: ignore[no-any-return]

    def __index__(self) -> int:
        if self.node._primal != int(self.node._primal):
            raise TypeError(f"{self.node._primal!r} is no whole number, and cannot be an index")
        return look(int, self)  # type: ignore[no-any-return]

    def __round__(self, digits: int | None = None) -> Any:
        return look(round, self, digits)

    def __hash__(self) -> int:
        return hash(self.decided("a hash"))

    def __repr__(self) -> str:
        return look(repr, self)  # type: ignore[no-any-return]

    def __format__(self, spec: str) -> str:
        return look(format, self, spec)  # type: ignore[no-any-return]

    def __trunc__(self) -> int:
        return look(math.trunc, self)  # type: ignore[no-any-return]

    def __floor__(self) -> int:
        return look(math.floor, self)  # type: ignore[no-any-return]

    def __ceil__(self) -> int:
        return look(math.ceil, self)  # type: ignore[no-any-return]

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    @property  # type: ignore[misc]  # read only: what was read stays what it is
    def __class__(self) -> type[Any]:
        """What it stands for, so that isinstance() says float of a number."""
        return TracedData if self.node.shape else float

    def __len__(self) -> int:
        return len(self.node)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self.node)))

    def __getitem__(self, index: Any) -> Any:
        return TracedData(self.tracer, self.node[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        raise GraphError(
            "compile(): numbers that were read, as by .data, are followed and cannot be assigned to: write an expression, as with "
            "np.where or np.concatenate"
        )

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(self.decided("a plain array"), dtype)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("copy", "item"):
            return lambda: self if name == "copy" or not self.node.shape else TracedData(self.tracer, self.node.reshape(()))
        found = getattr(self.node, name, None)
        if found is not None and name in ("shape", "ndim", "size", "dtype"):
            return found
        if name in FOLLOWED and callable(found):
            return lambda *args, **kwargs: TracedData(self.tracer, found(*args, **kwargs))
        if name == "T":
            return TracedData(self.tracer, found)
        return getattr(self.decided(f".{name}"), name)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and not kwargs and ufunc.__name__ in SIGN_OF:
            return TracedMask(self.tracer, SIGN_OF[ufunc.__name__], *map(unwrapped, inputs))
        if method == "__call__" and not kwargs and ufunc.nout == 1 and ufunc.types[-1][-1] != "?":
            return self.apply(ufunc, *inputs)
        return look(getattr(ufunc, method) if method != "__call__" else ufunc, *inputs, **kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function.__name__ in FOLLOWED:
            return TracedData(self.tracer, function(*map(unwrapped, args), **kwargs))
        if function in (np.shape, np.ndim, np.size):
            return function(*map(plain, args), **kwargs)  # which no number changes
        return look(function, *args, **kwargs)


FOLLOWED = {"sum", "mean", "max", "min", "reshape", "transpose", "ravel", "prod", "squeeze"}


def _arithmetic(name: str, reflected: bool = False) -> Callable[..., Any]:
    function = getattr(operator, name)
    if reflected:
        return lambda self, other: self.apply(lambda a, b: function(b, a), self, other)
    return lambda self, other: self.apply(function, self, other)


for _name in ("add", "sub", "mul", "truediv", "pow", "mod", "floordiv", "matmul"):
    setattr(TracedData, f"__{_name}__", _arithmetic(_name))
    setattr(TracedData, f"__r{_name}__", _arithmetic(_name, reflected=True))
for _name in ("add", "sub", "mul", "truediv", "pow"):
    for _reflected in (False, True):
        _dunder = f"__{'r' * _reflected}{_name}__"
        setattr(TracedMask, _dunder, lambda self, other, name=_dunder: getattr(self.counted(), name)(other))
for _name, _function in {"neg": operator.neg, "pos": operator.pos, "abs": operator.abs}.items():
    setattr(TracedData, f"__{_name}__", lambda self, function=_function: self.apply(function, self))
for _name, _sign in {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "==", "ne": "!="}.items():
    setattr(TracedData, f"__{_name}__", lambda self, other, sign=_sign: TracedMask(self.tracer, sign, self.node, unwrapped(other)))


# --------------------------------------------------------------------------------------------------------------------------
# max() and min(), which would decide every comparison on their way


_patched = 0
_patching = threading.Lock()
_max, _min = builtins.max, builtins.min


def _largest(*args: Any, **kwargs: Any) -> Any:
    found = _peak(args, kwargs, 1.0)
    return _max(*args, **kwargs) if found is None else found


def _smallest(*args: Any, **kwargs: Any) -> Any:
    found = _peak(args, kwargs, -1.0)
    return _min(*args, **kwargs) if found is None else found


def _peak(args: tuple[Any, ...], kwargs: dict[str, Any], sign: float) -> Any:
    """The largest of numbers that were read, still followed; None where it is none of our business."""
    if kwargs or not args or current() is None:
        return None
    items = args if len(args) > 1 else args[0]
    if not isinstance(items, list | tuple):
        items = list(items)  # a generator is used up, so the answer is ours from here on
    if (
        not items
        or not all(isinstance(x, TracedData | float | int) for x in items)
        or not any(isinstance(x, TracedData) for x in items)
    ):
        return (_max if sign > 0 else _min)(items)
    trace = next(x.tracer for x in items if isinstance(x, TracedData))
    nodes = [unwrapped(x) for x in items]
    if any(isinstance(x, Node) and x.shape != () for x in nodes):
        return (_max if sign > 0 else _min)(items)
    like = next(x for x in nodes if isinstance(x, Node))
    data = (_max if sign > 0 else _min)(float(plain(x)) for x in nodes)
    return TracedData(trace, trace.leaf(like, data, "max" if sign > 0 else "min", *nodes))


@contextmanager
def watched(tracer: Tracer) -> Iterator[None]:
    """The block in which a function runs whose looks are noted. Python's max() and min() stay followed in it."""
    global _patched
    with _patching:
        _patched += 1
        builtins.max, builtins.min = _largest, _smallest  # which hand everything else on
    try:
        with context.tracing(tracer):
            yield
    finally:
        with _patching:
            _patched -= 1
            if not _patched:  # pragma: no branch - another thread may be tracing, too
                builtins.max, builtins.min = _max, _min
