"""Node: what Value and Tensor share: edges, names, and how every operation is recorded."""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from autograd.core.coercion import describe, suggest_fix, to_array
from autograd.core.storage import Storage
from autograd.errors import DataError, GraphError, ShapeError
from autograd.graph import copy_and_pickle
from autograd.graph.backward_steps import Step, iterate_steps
from autograd.graph.broadcasting import unbroadcast
from autograd.graph.reference_cycles import find_nodes_held_by, track_graph
from autograd.graph.reverse_mode import accumulate_gradients, pullback
from autograd.graph.topological_order import PACKED, graph_lock, topological_order
from autograd.ops import TABLE, Op
from autograd.state import context
from autograd.state.anomaly_checks import check_hook
from autograd.state.hooks import Handle, Hooks
from autograd.state.metadata import Metadata, format_location

# Python's operators and the rows they stand for.
BINARY = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "mod": "remainder",
    "floordiv": "floor_divide",
    "pow": "power",
}
UNARY = {"__neg__": "negative", "__pos__": "positive", "__abs__": "absolute"}


class Node(Storage):
    """A number or an array that remembers which operation made it, and from what."""

    __slots__ = ()

    rank: ClassVar[int]  # in a mixed expression the class of the higher rank wins
    by_rank: ClassVar[dict[int, type[Any]]] = {}
    graph_backend: ClassVar[Any]  # the backend in which derivatives are graphs; numpy_api/graph_backend.py sets it

    def __init_subclass__(cls) -> None:
        Node.by_rank.setdefault(cls.rank, cls)

    @classmethod
    def blank(cls) -> Self:
        """A leaf with nothing in it yet."""
        node = object.__new__(cls)
        node.op = node.left = node.dleft = node.dright = None
        node.right = context.clock
        node.metadata = context.metadata_here()
        node.stamp = context.clock
        node._grad = 0.0
        return node

    # -- what it was made from

    @property
    def args(self) -> tuple[Any, ...]:
        """The arguments of the operation in their order, numbers and arrays among them; () for a leaf."""
        if self.op is None:
            return ()
        if self.dleft is PACKED:
            return tuple(self.left)
        return (self.left,) if self.op.arity == 1 else (self.left, self.right)

    @property
    def static(self) -> dict[str, Any]:
        """The keyword arguments of the operation, such as an axis."""
        return self.right if self.dleft is PACKED else {}

    @property
    def sources(self) -> Sequence[tuple[int, Any]]:
        """The arguments that are nodes, each with its place among the arguments."""
        return [(i, arg) for i, arg in enumerate(self.args) if isinstance(arg, Node)]

    @property
    def parents(self) -> tuple[Node, ...]:
        """The arguments that are nodes, one entry per argument slot: ``a * a`` has two."""
        return tuple(arg for _, arg in self.sources)

    @property
    def is_leaf(self) -> bool:
        """Whether no operation made it."""
        return self.op is None

    @property
    def has_grad(self) -> bool:
        """Whether a gradient has reached this leaf since zero_grad(), be it zero; what takes no part in a step has none.

        >>> from autograd import Value
        >>> a, b = Value(3.0), Value(2.0); (a * 0.0).backward()
        >>> a.has_grad, b.has_grad
        (True, False)
        """
        return self.op is None and self.left is True

    @property
    def name(self) -> str | None:
        """The name it was given, or None."""
        return self.metadata.name if self.metadata else None

    @name.setter
    def name(self, name: str | None) -> None:
        if name is not None and not isinstance(name, str):
            raise DataError(f"a name is a string, not {describe(name)}")
        self.own_metadata().name = name

    def own_metadata(self) -> Metadata:
        """The metadata of this node, made when it is first needed."""
        if self.metadata is None:
            self.metadata = Metadata()
        elif self.metadata.shared:
            self.metadata = self.metadata.own()
        return self.metadata

    @property
    def scope(self) -> str:
        """The scopes in which it was made, outermost first, as in ``layer1/neuron2``; "" outside all."""
        return self.metadata.scope if self.metadata else ""

    @property
    def path(self) -> str:
        """The name behind its scopes, as in ``layer1/neuron2/w``; "" where the node has no name."""
        return self.metadata.path if self.metadata else ""

    @property
    def line(self) -> str:
        """The line of the program that made it, where it was made inside anomaly(); else "".

        >>> from autograd import Value, anomaly
        >>> with anomaly():
        ...     Value(1.0).line.partition(">")[2]
        ':2 `Value(1.0).line.partition(">")[2]`'
        """
        return format_location(self.metadata.location) if self.metadata and self.metadata.location else ""

    # -- what each kind of node says for itself

    if TYPE_CHECKING:

        @property
        def shape(self) -> tuple[int, ...]: ...

        data: Any

        @classmethod
        def leaf(cls, data: Any) -> Any: ...

        @classmethod
        def record(cls, op: Op, args: Sequence[Any], static: dict[str, Any]) -> Any: ...

        def accumulate_grad(self, c: Any, op: Op | None, fresh: bool) -> None: ...

        def propagate_grad(self) -> None: ...

        def numeric_vjp(self, i: int, g: Any) -> Any: ...

        def numeric_jvp(self, tangents: Sequence[Any]) -> Any: ...

        def match_type(self, g: Any) -> Any: ...

        def to_gradient_data(self, g: Any) -> Any: ...

        def unbroadcast_cotangent(self, c: Any, op: Op | None) -> Any: ...

        def check_unchanged(self) -> None: ...

    # -- derivatives

    def backward(self, cotangent: Any = None, *, create_graph: bool = False) -> None:
        """Fill ``.grad`` of every node below with ∂self/∂node, summed over all paths, weighted by ``cotangent`` (default 1).

        Leaves accumulate over calls; interior nodes hold what the last call put there. With ``create_graph`` the gradients of
        the leaves are nodes, which can be differentiated again. An array of several entries needs a cotangent of its shape;
        GraphError and ShapeError say so. S0 eq. 5-14 are this walk, written out for a layered network.

        >>> from autograd import Value
        >>> a = Value(3.0); (a * a).backward(); a.grad
        6.0
        """
        self._refuse_while_tracing("backward() of")
        seed = self.initial_cotangent(cotangent)
        if not create_graph:
            accumulate_gradients(self, seed)
            return
        with graph_lock:
            _, leaves = topological_order((self,))
            start = cotangent if isinstance(cotangent, type(self)) else self.leaf(seed)
            cotangents = pullback([self], [start], leaves, self.graph_backend)
            for leaf, g in zip(leaves, cotangents, strict=True):
                fresh = isinstance(leaf._grad, float) and leaf._grad == 0.0
                leaf.left = True
                # +g is a node of its own: a leaf that two gradients share could be written to
                leaf._grad = (+g if g.is_leaf else g) if fresh else leaf._grad + g
            track_graph([leaf._grad for leaf in leaves])

    def backward_steps(self, cotangent: Any = None) -> Iterator[Step]:
        """The backward pass step by step: each node's cotangent, and what it pushes to each argument. Writes no ``.grad``.

        >>> from autograd import Value
        >>> a = Value(3.0)
        >>> [(push.contribution, push.complete) for step in (a * a).backward_steps() for push in step.pushes]
        [(3.0, False), (3.0, True)]
        """
        return iterate_steps(self, self.initial_cotangent(cotangent))

    def register_hook(self, hook: Callable[[Any], Any]) -> Handle:
        """Call ``hook(gradient)`` in every reverse pass, once the gradient of this node is complete and before it goes on.

        What the hook returns, unless None, takes the place of the gradient; an exception that it raises stops the pass and
        leaves every leaf's ``.grad`` as it was. A leaf's hook is given what this pass has brought, not what was there before.
        Arrays are read-only to it; in passes that record themselves it is given nodes. Returns a handle with ``remove()``,
        which also works as a block. Copies of the node have no hooks. DataError for anything that cannot be called.

        >>> from autograd import Value
        >>> a = Value(3.0); b = a * a
        >>> handle = b.register_hook(lambda g: 10 * g)
        >>> (2 * b).backward(); b.grad, a.grad
        (20.0, 120.0)
        """
        if not callable(hook):
            raise DataError(f"register_hook() takes a function of the gradient, not {describe(hook)}")
        metadata = self.own_metadata()
        if metadata.hooks is None:
            metadata.hooks = Hooks()
        track_graph([self, *find_nodes_held_by(hook)])
        return metadata.hooks.add(hook)

    def run_hooks(self, g: Any) -> Any:
        """A complete gradient, after this node's hooks have seen it."""
        hooks = self.metadata.hooks if self.metadata else None
        for number, hook in list(hooks.items()) if hooks else ():
            if number not in hooks:  # type: ignore[operator]  # an earlier hook of this pass has removed it
                continue
            if isinstance(g, np.ndarray):
                g = g.view()
                g.flags.writeable = False
            given = hook(g)
            if given is None:
                continue
            new = self._convert_hook_result(given, isinstance(g, Node))
            if context.current().anomaly:
                check_hook(self, g, new)
            g = new
        return g

    def _convert_hook_result(self, given: Any, graph: bool) -> Any:
        """What a hook returned, as a gradient of this node."""
        numbers = to_array(given._primal if isinstance(given, Node) else given, "a hook's result")
        if numbers.shape not in ((), self.shape):
            raise ShapeError(f"a hook of {self.describe()} returned shape {numbers.shape}, where {self.shape} belongs")
        if not graph:
            return self.to_gradient_data(numbers)
        return given if isinstance(given, Node) and given.shape == self.shape else self.leaf(self.to_gradient_data(numbers))

    def initial_cotangent(self, cotangent: Any) -> Any:
        """The cotangent a reverse pass starts from, in this node's shape."""
        if cotangent is None:
            if self.shape != () and int(np.prod(self.shape)) != 1:
                raise GraphError(
                    f"backward() starts from one number, but {self.describe()} has shape {self.shape}: reduce it first, as in "
                    f"y.sum().backward(), or pass a cotangent of that shape, as in y.backward(np.ones({self.shape}))"
                )
            cotangent = np.ones(self.shape)
        given = to_array(cotangent.data if isinstance(cotangent, Node) else cotangent, "backward()")
        if given.shape != self.shape:
            raise ShapeError(f"backward(): the cotangent has shape {given.shape}, but {self.describe()} has shape {self.shape}")
        return self.to_gradient_data(given)

    def vjp(self, i: int, g: Any, xp: Any) -> Any:
        """The cotangent of argument ``i`` for a cotangent ``g`` of this node; a node itself where a backend ``xp`` is given."""
        if xp is None:
            return self.numeric_vjp(i, g)
        self.check_unchanged()
        assert self.op is not None
        arg = self.args[i]
        return arg.match_type(unbroadcast(xp, self.op.vjp(xp, i, g, self, self.args, self.static), arg.shape))

    def jvp(self, tangents: Sequence[Any], xp: Any) -> Any:
        """The tangent of this node for tangents of its arguments (None where one does not move)."""
        if xp is None:
            return self.numeric_jvp(tangents)
        self.check_unchanged()
        assert self.op is not None
        t = self.op.jvp(xp, tangents, self, self.args, self.static)
        return self.match_type(t if xp.shape(t) == self.shape else xp.broadcast_to(t, self.shape))

    def describe(self) -> str:
        """What an error message calls this node."""
        made = "leaf" if self.op is None else f"result of {self.op.name}"
        name = f"{self.path!r}, " if self.path else ""
        scope = f" in {self.scope}" if self.scope and not self.path else ""
        return f"this {type(self).__name__} ({name}{made}{scope}{f', made at {self.line}' if self.line else ''})"

    # -- what it does as a number

    # Equal numbers do not make two nodes one, so sets and dicts tell them apart by identity, as those of PyTorch's tensors do.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> Any:
        return self._compare("==", other, operator.eq)

    def __ne__(self, other: object) -> Any:
        return self._compare("!=", other, operator.ne)

    def __lt__(self, other: Any) -> Any:
        return self._compare("<", other, operator.lt)

    def __le__(self, other: Any) -> Any:
        return self._compare("<=", other, operator.le)

    def __gt__(self, other: Any) -> Any:
        return self._compare(">", other, operator.gt)

    def __ge__(self, other: Any) -> Any:
        return self._compare(">=", other, operator.ge)

    def _compare(self, sign: str, other: Any, compare: Callable[[Any, Any], Any]) -> Any:
        """A comparison of numbers; a mask where compile() watches. NotImplemented for what is no number."""
        if self.rank and isinstance(other, list | tuple):
            try:
                other = to_array(other, f"{sign} of {self.describe()}")
            except DataError:
                if sign in EQUALITY and not any(isinstance(x, Node) for x in other):
                    return NotImplemented  # what is no number is not equal
                raise
        if sign in EQUALITY and isinstance(other, complex | np.complexfloating):
            other = float(other.real) if other.imag == 0.0 else math.nan  # which nothing equals
        if type(other) is int and abs(other) > LARGEST and (self.rank or context.open_block_count):
            other = math.inf if other > 0 else -math.inf
        known = is_real(other)
        if context.open_block_count and (known or getattr(other, "is_traced", False)):
            trace = context.current().tracer
            if trace is not None:
                return trace.compare(sign, self, other)
        if not known:
            return NotImplemented
        try:
            found = compare(self._primal, primal_of(other))
        except ValueError:
            raise ShapeError(
                f"{sign} compares {self.describe()} of shape {self.shape} with an array of shape {np.shape(primal_of(other))}, "
                f"and these do not broadcast: reshape or index one of them"
            ) from None
        return bool(found) if isinstance(found, np.bool_) else found

    def __float__(self) -> float:
        return self._to_concrete_float("float()")

    def __int__(self) -> int:
        return int(self._to_concrete_float("int()"))

    def _to_concrete_float(self, call: str) -> float:
        """The number alone; refused inside a transform, whose derivative would silently lose what follows."""
        if context.open_block_count and context.current().tracer is not None:
            return float(context.current().tracer.trace_data(self))
        since = context.current().transform_start
        if since and self.stamp >= since:
            raise DataError(
                f"{call} of {self.describe()} inside grad() or another transform would cut it from the graph: use NumPy's "
                f"functions and not math's, autograd.stack([...]) and not a plain array, and x.data where no derivative is meant"
            )
        return self._number(call)

    def __bool__(self) -> bool:
        if context.open_block_count and context.current().tracer is not None:
            return bool(context.current().tracer.trace_data(self))
        return bool(self._number("a truth value"))

    def _refuse_read_while_tracing(self, what: str) -> None:
        """Refuse to be read where compile() watches, which would not see it change."""
        if context.current().tracer is not None:
            raise GraphError(
                f"compile(): {what} of {self.describe()} is read while the function is traced, and later calls would not see it "
                f"change: pass it as an argument, or use grad() or value_and_grad() inside"
            )

    def _number(self, call: str) -> float:
        if self.shape != () and int(np.prod(self.shape)) != 1:
            raise ShapeError(f"{call} takes one number, but {self.describe()} has shape {self.shape}: index or reduce it first")
        return float(np.asarray(self._primal).reshape(()))

    # -- copying

    def __reduce__(self) -> tuple[Any, ...]:
        self._refuse_while_tracing("pickling")
        return copy_and_pickle.reduce_node(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        self._refuse_while_tracing("copying")
        return copy_and_pickle.deepcopy_graph(self, memo)

    def __copy__(self) -> Any:
        self._refuse_while_tracing("copying")
        return copy_and_pickle.copy_node(self)

    def _refuse_while_tracing(self, doing: str) -> None:
        """Raise GraphError inside a compiled function, which could not repeat this."""
        if context.open_block_count and context.current().tracer is not None:
            raise GraphError(
                f"{doing} {self.describe()} inside a compiled function would freeze its numbers: use stop_gradient() for them "
                f"alone, and do the rest outside"
            )

    if TYPE_CHECKING:  # written from the rows when the subclasses are made

        def __add__(self, other: Any) -> Any: ...
        def __radd__(self, other: Any) -> Any: ...
        def __sub__(self, other: Any) -> Any: ...
        def __rsub__(self, other: Any) -> Any: ...
        def __mul__(self, other: Any) -> Any: ...
        def __rmul__(self, other: Any) -> Any: ...
        def __truediv__(self, other: Any) -> Any: ...
        def __rtruediv__(self, other: Any) -> Any: ...
        def __mod__(self, other: Any) -> Any: ...
        def __rmod__(self, other: Any) -> Any: ...
        def __floordiv__(self, other: Any) -> Any: ...
        def __rfloordiv__(self, other: Any) -> Any: ...
        def __pow__(self, other: Any) -> Any: ...
        def __rpow__(self, other: Any) -> Any: ...
        def __neg__(self) -> Any: ...
        def __pos__(self) -> Any: ...
        def __abs__(self) -> Any: ...


def stale_graph_error(node: Node) -> GraphError:
    """The error of a graph whose arguments were changed after it was recorded."""
    return GraphError(
        f"the data of an argument of {node.describe()} was changed after the forward pass: derivatives of higher order need it "
        f"as it was, so run the forward pass again first"
    )


EQUALITY = ("==", "!=")
LARGEST = 2**1023  # beyond it whole numbers may be no floats
PLAIN = (float, int, np.floating, np.integer, np.bool_)


def assignment_error(node: Node) -> GraphError:
    """The error of writing to a result: the graph says what it is."""
    return GraphError(f"{node.describe()} was computed, so its data cannot be replaced: change the leaves, or take node.detach()")


def primal_of(x: Any) -> Any:
    """The numbers of a node; anything else as it is."""
    return x._primal if isinstance(x, Node) else x


def is_real(x: Any) -> bool:
    """Whether numbers can be compared with it."""
    return isinstance(x, (Node, *PLAIN, numbers.Real, Decimal)) or (isinstance(x, np.ndarray) and x.dtype.kind in "fiub")


def rank_of(x: Any, op: Op) -> int:
    """Which class of node a plain argument asks for."""
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in "fiub":
            raise DataError(f"{op.name} takes real numbers, not {describe(x)}{suggest_fix(x)}")
        return 1 if x.ndim else 0
    if isinstance(x, PLAIN):
        return 0
    raise DataError(f"{op.name} takes numbers, arrays and nodes, not {describe(x)}{suggest_fix(x)}")


def apply(op: Op, *args: Any, **static: Any) -> Any:
    """Record one operation: the value now, the derivative when it is asked for. Arrays and Tensors make a Tensor.

    >>> from autograd import Value
    >>> from autograd.ops import find
    >>> apply(find("exp"), Value(0.0)).data
    1.0
    """
    rank = 0 if op.kind == "elementwise" else 1
    if any(isinstance(arg, list | tuple) for arg in args):
        args = tuple(to_array(arg, op.name) if isinstance(arg, list | tuple) else arg for arg in args)
    for arg in args:
        wants = arg.rank if isinstance(arg, Node) else rank_of(arg, op)
        if wants > rank:
            rank = wants
    return Node.by_rank[rank].record(op, args, static)


# What our operators answer for, if only with an error that says what to do.
KNOWN = (Node, np.ndarray, np.generic, float, int, complex, str, bytes, list, tuple, dict)


def operate(op: Op, first: Any, second: Any, other: Any) -> Any:
    """A Python operator on a node and ``other``; NotImplemented for strangers, so that their own operators get a chance."""
    if getattr(other, "is_traced", False):
        return NotImplemented
    if isinstance(other, np.ndarray) and other.dtype == object:
        return NotImplemented
    if other is None or isinstance(other, KNOWN):
        return apply(op, first, second)
    return NotImplemented


def operators(unary: Any, binary: Any) -> dict[str, Any]:
    """Python's operator methods for a class, each made by ``unary(row, name)`` or ``binary(row, name, reflected)``."""
    methods = {name: unary(row, name) for name, row in UNARY.items()}
    for name, row in BINARY.items():
        methods[f"__{name}__"] = binary(row, f"__{name}__", False)
        methods[f"__r{name}__"] = binary(row, f"__r{name}__", True)
    return methods


def named_rows() -> list[Op]:
    """The elementwise rows that are methods under their own name: all without settings that Python has no operator for."""
    spoken = {*BINARY.values(), *UNARY.values(), "leaky_relu", "elu", "where", "clip", "power_derivative"}
    return [op for op in TABLE.values() if op.kind == "elementwise" and op.name not in spoken]
