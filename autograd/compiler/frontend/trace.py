"""Tracing: a function is run on nodes and watched, and what it computed becomes columns of numbers and arrays.

It is run twice: what is another object the second time was made inside, what is the same object was there before, and what
differs in any other way (random numbers, a counter, a list that grows) makes a program that cannot be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.frontend.captured_state import CapturedState
from autograd.compiler.frontend.tracer import Guard, Origin, TracedMask, Tracer, to_node, unwrapped, watched
from autograd.compiler.ir.scalar_graph import ARRAY, CONSTANT, ENTRY, EXTREMUM, LEAF, Ref, ScalarGraph
from autograd.core.coercion import described
from autograd.core.node import Node
from autograd.core.observation import plain
from autograd.core.pytree import Build, flatten
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.errors import GraphError
from autograd.graph.topological_order import WIDE, topological_order
from autograd.state import context
from autograd.state.garbage_collection import uncollected

Make = Callable[[], tuple[Any, list[Any]]]  # fresh (args, kwargs), and the nodes among them


class TracedFunction(NamedTuple):
    """What a run of a function computed, in columns."""

    scalar_graph: ScalarGraph
    leaves: dict[int, Node]  # arguments and nodes from outside, by their number
    argument_leaves: dict[int, int]  # which leaves are arguments, and which
    output_ids: list[int]  # -1 for plain numbers
    run: TracedRun
    guards: list[tuple[Guard, list[int]]]
    constants: list[tuple[Any, Any]]  # constant Tensors that took part, and their arrays
    node_count: int
    node_ids: list[Any]  # of the nodes of the run, in order; no int where it is among ``others``
    other_node_ids: dict[int, int]  # the numbers of all other nodes, by their identity


class TracedRun(NamedTuple):
    """One run: its nodes, what it returned, and what was looked at."""

    tracer: Tracer
    nodes: list[Node]
    outputs: list[Any]
    build: Build
    start_stamp: int  # when it began


def run(f: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], limit: int) -> TracedRun:
    """The function, run once and watched."""
    since = context.tick()
    trace = Tracer()
    with context.differentiated(since), watched(trace):
        try:
            result = f(*args, **kwargs)
        except Exception as error:
            if isinstance(error, TypeError) and "ufunc" in str(error):
                error.add_note(
                    "compile(): an array of floats reaches the function as an object array of Values; for what takes whole arrays, "
                    "pass a Tensor"
                )
            error.add_note(f"compile(): {getattr(f, '__name__', 'the function')} was run on nodes in place of floats and arrays")
            raise
    outputs, build = flatten(result)
    outputs = [to_node(x) for x in outputs]
    if not any(isinstance(x, Node) for x in outputs):
        raise GraphError(
            f"compile(): the function returned {described(result)}, and no node: return the Value, Tensor, or container of them "
            f"that it computes"
        )
    for x in outputs:
        if not isinstance(x, Node | float | int | np.ndarray | np.number):
            raise GraphError(f"compile(): the function returned {described(x)} among its results, where numbers or nodes belong")
    roots = _nodes_in(trace.looked)  # in order: what a leaf stands for, and what a choice was made by, come before their use
    nodes, _ = topological_order([*roots, *(x for x in outputs if isinstance(x, Node))], since)
    if len(nodes) > limit:
        raise GraphError(
            f"compile(): the function computed {len(nodes)} nodes, more than the limit of {limit}: compile a part of it, such as "
            f"one sample with in_axes, or raise the limit, as in compile(f, limit={10 ** len(str(len(nodes)))})"
        )
    return TracedRun(trace, nodes, outputs, build, since)


def _nodes_in(sources: Sequence[Any]) -> list[Node]:
    """The nodes among sources, those of masks included."""
    opened = [x for source in sources for x in (source.nodes() if isinstance(source, TracedMask) else [source])]
    return [x for x in opened if isinstance(x, Node)]


@uncollected()
def trace_function(f: Callable[..., Any], make: Make, limit: int, fixed: Sequence[Any] = ()) -> TracedFunction:
    """The function run twice, each time on arguments of its own; the second run in columns. ``fixed`` are its other arguments."""
    captured_state = CapturedState(f, fixed)
    captured_state.watch_random_generators()
    (args, kwargs), own = make()
    first = run(f, args, kwargs, limit)
    if captured_state.has_drawn_random_numbers():
        raise GraphError(
            "compile(): the function draws random numbers, which would be the same at every call: draw them outside, and pass them "
            "as arguments"
        )
    (args, kwargs), mine = make()
    second = run(f, args, kwargs, limit)
    changed = captured_state.describe_change()
    if changed:
        raise GraphError(
            f"compile(): {getattr(f, '__name__', 'the function')} changes what it reads while it is traced ({changed}), which "
            f"would happen at the first call only: return what it collects instead"
        )
    shared = {id(node) for node in first.nodes} & {id(node) for node in second.nodes}
    for node in second.nodes:
        if id(node) in shared:
            node.stamp = 0  # made before, and visited since by a walk of the function's own
    first, second = (r._replace(nodes=[node for node in r.nodes if id(node) not in shared]) for r in (first, second))
    one, other = (_ScalarGraphBuilder(r, leaves) for r, leaves in ((first, own), (second, mine)))
    _compare(one, other)
    traced = other.traced(one)
    for node in second.nodes:
        node._grad = 0.0  # where its number stood
    return traced


class _ScalarGraphBuilder:
    """The nodes of a run as columns."""

    def __init__(self, done: TracedRun, own: Sequence[Any]) -> None:
        self.run = done
        self.scalars = ScalarGraph()
        self.leaves: dict[int, Node] = {}
        self.values: dict[int, Any] = {}  # the results of array operations
        self.own = {id(x): k for k, x in enumerate(own) if x is not None}
        self._ids: dict[int, int] = {}
        self._floats: dict[int, int] = {}
        kind_of, of = self.scalars.op_id, self.of
        kinds: list[int] = self.scalars.op_ids
        numbers: dict[Any, int] = {}
        columns = (kinds, self.scalars.first_args, self.scalars.second_args, self.scalars.values)
        put_kind, put_first, put_second, put_data = (column.append for column in columns)
        for node in done.nodes:
            op = node.op
            assert op is not None
            if node.dleft is not WIDE:  # nearly all of them: no call, and their numbers in a slot of theirs that nobody needs now
                arg = node.left
                left = arg._grad if node.dleft is not None else None
                if type(left) is not int:
                    left = of(arg)
                right: Any = -1
                if op.arity == 2:
                    arg = node.right
                    right = arg._grad if node.dright is not None else None
                    if type(right) is not int:
                        right = of(arg)
                number = numbers.get(op)
                if number is None:
                    number = numbers[op] = kind_of(op, _NOTHING)
                node._grad = len(kinds)
                put_kind(number)
                put_first(left)
                put_second(right)
                put_data(node._primal)
            else:
                self._wide(node)
        self.outputs = [of(x) if isinstance(x, Node) else -1 for x in done.outputs]
        self.guards = [
            (guard, [self._mask(x) if isinstance(x, TracedMask) else of(x) for x in guard.sources]) for guard in done.tracer.guards
        ]

    def _wide(self, node: Any) -> None:
        """A node with settings, with more arguments, or of arrays."""
        op, scalars, masks = node.op, self.scalars, self.run.tracer.masks
        if isinstance(node, Value) and op.name == "item":
            array = self.of(node.left[0])  # which comes before its entry
            i = scalars.add(ENTRY, data=node._primal)
            scalars.array_ops[i] = (None, [Ref(array)], {})
        elif isinstance(node, Value):
            sides = [self.of(x) for x in node.left]
            mask = masks.get(id(node.static.get("condition")))
            third = None if mask is None else self._mask(mask)
            kind = scalars.op_id(op, node.static) if mask is None else scalars.op_id("where", {})
            i = scalars.add(kind, sides[0], sides[1] if len(sides) > 1 else -1, node._primal)
            if third is not None:
                scalars.third_args[i] = third
        else:
            static = {k: Ref(self._mask(masks[id(v)])) if id(v) in masks else v for k, v in node.static.items()}
            args = [Ref(self.of(x)) if isinstance(x, Node) else x for x in node.args]
            i = self._array(op, args, static, node._primal)
            scalars.array_dtypes[i] = node._primal.dtype
        self._ids[id(node)] = i

    def of(self, x: Any) -> int:
        """The number of an argument."""
        found = self._ids.get(id(x))
        if found is None and isinstance(x, Node) and type(x._grad) is int:
            return x._grad
        if found is not None:
            return found
        if not isinstance(x, Node):
            number = self._floats.get(id(x))
            if number is None or not isinstance(x, float):
                number = self._floats[id(x)] = self.scalars.add(CONSTANT, data=float(x))
            return number
        origin = self.run.tracer.origins.get(x)
        if origin is not None:
            i = self._origin(origin, x._primal)
        elif isinstance(x, Value):
            i = self.scalars.add(LEAF, data=x._primal)
            self.leaves[i] = x
        else:
            i = self._array(None, [], {}, x._primal)
            self.leaves[i] = x
        self._ids[id(x)] = i
        return i

    def _array(self, op: Any, args: list[Any], static: dict[str, Any], data: Any) -> int:
        i = self.scalars.add(ARRAY)
        self.scalars.array_ops[i] = (op, args, static)
        self.values[i] = data
        return i

    def _mask(self, mask: TracedMask) -> int:
        sides = [unwrapped(x) for x in (mask.left, mask.right)]
        if np.ndim(mask.plain) or any(np.ndim(plain(x)) for x in sides) or any(isinstance(x, Tensor) for x in sides):
            args = [
                Ref(self._mask(x) if isinstance(x, TracedMask) else self.of(x)) if isinstance(x, Node | TracedMask) else x
                for x in sides
            ]
            return self._array(mask.operator, args, {}, mask.plain)
        numbers = [
            self._mask(x) if isinstance(x, TracedMask) else self.of(x if isinstance(x, Node | float) else float(x)) for x in sides
        ]
        return self.scalars.add(self.scalars.op_id(mask.operator, _NOTHING), numbers[0], numbers[1], float(mask.plain))

    def _origin(self, origin: Origin, data: Any) -> int:
        scalars = self.scalars
        if origin.kind in ("max", "min"):
            i = scalars.add(EXTREMUM, data=data)
            scalars.array_ops[i] = (origin.kind, [Ref(self.of(x)) for x in origin.sources], {})
            return i
        (source,) = origin.sources
        i = self._mask(source) if isinstance(source, TracedMask) else self.of(source)
        name = "mask_to_float" if isinstance(source, TracedMask) else "stop_gradient"
        if scalars.op_ids[i] == ARRAY:
            return self._array(name, [Ref(i)], {}, data)
        return scalars.add(scalars.op_id(name, {}), i, data=data)

    def traced(self, other: _ScalarGraphBuilder) -> TracedFunction:
        """The columns with the leaves that were made inside as constants."""
        leaves = {}
        for i, node in self.leaves.items():
            if id(node) in self.own or node is other.leaves.get(i):
                leaves[i] = node
            elif node.op is not None:
                raise AssertionError(f"{node.brief()} was used before it was numbered")  # pragma: no cover - a fault of ours
            elif isinstance(node, Value):
                self.scalars.op_ids[i] = CONSTANT
            else:
                self.scalars.array_ops[i] = ("constant", [node._primal], {})
        own = {i: self.own[id(node)] for i, node in leaves.items() if id(node) in self.own}
        constants = [(tensor, tensor._primal) for tensor in self.run.tracer.constants.values()]
        numbers = [node._grad for node in self.run.nodes]
        count = len(numbers)
        return TracedFunction(self.scalars, leaves, own, self.outputs, self.run, self.guards, constants, count, numbers, self._ids)


_NOTHING: dict[str, Any] = {}


def _compare(one: _ScalarGraphBuilder, other: _ScalarGraphBuilder) -> None:
    """Raise GraphError where two runs of one function on the same arguments differ."""
    a, b = one.scalars, other.scalars
    if (
        a.op_ids != b.op_ids
        or a.first_args != b.first_args
        or a.second_args != b.second_args
        or [str(k) for k in a.ops] != [str(k) for k in b.ops]
    ):
        raise GraphError(
            f"compile(): run twice on the same arguments, the function computed {len(one.run.nodes)} nodes and then "
            f"{len(other.run.nodes)} others: it changes something outside that it reads, such as a list or a counter, or draws "
            f"random numbers; pass those as arguments"
        )
    x, y = np.array(a.values), np.array(b.values)
    apart = np.flatnonzero(~((x == y) | ((x != x) & (y != y))))
    pairs = [(x[i], y[i]) for i in apart[:1]]
    pairs += [
        (one.values[i], other.values[i]) for i in one.values if not np.array_equal(one.values[i], other.values[i], equal_nan=True)
    ]
    if pairs:
        was, now = (np.ravel(side)[:1] for side in pairs[0])
        raise GraphError(
            f"compile(): run twice on the same arguments, the function computed {was[0]:.6g} and then {now[0]:.6g} in one place: "
            f"it changes numbers outside, such as a parameter, or draws random ones; pass those as arguments"
        )
