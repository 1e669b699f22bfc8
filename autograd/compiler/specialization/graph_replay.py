"""GraphReplay: the graph of a trace, computed again in its own order. Bit for bit what the function gives, without running it.

It is what ``exact`` asks for, and what stands in where a program could not be raised, or did not prove right.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.backends.backend import QUIET
from autograd.backends.float_backend import evaluated
from autograd.backends.numpy_backend import ARRAY
from autograd.compiler.frontend.arguments import TracedArguments
from autograd.compiler.frontend.captured.captured_state import CapturedState
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.compiler.frontend.traced_mask import TracedMask
from autograd.compiler.frontend.tracer import Origin
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.specialization.specialization import Slot, changed, stem
from autograd.core.coercion import to_array
from autograd.core.node import Node
from autograd.core.observation import COMPARE
from autograd.core.scalar_methods import evaluator
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.errors import GraphError
from autograd.graph.reverse_mode import pullback
from autograd.graph.topological_order import WIDE

Step = Callable[[], None]


class Output(NamedTuple):
    """A result, as far as callers ask."""

    data: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes."""
        return np.shape(self.data)


class GraphReplay:
    """A graph with leaves of its own, into which the numbers of each call are put."""

    captured_state: CapturedState
    exclusive = False  # its gradients may be arrays that it goes on using

    def __init__(self, traced: TracedFunction, given: TracedArguments, fault: str) -> None:
        self.given = given
        self.fault = fault
        self.nodes = traced.node_count
        self.constants = traced.constants
        self.build = traced.run.build
        self.kinds = [type(x) if isinstance(x, Node) else None for x in traced.run.outputs]
        self.tracer = traced.run.tracer
        self.guards = [guard for guard, _ in traced.guards]
        self._lock = threading.Lock()
        self._twins: dict[int, Any] = {}
        self.slots: list[Any] = []
        self._own: list[dict[int, Any]] = []  # of each slot the leaves that take its numbers, by their place
        self._take_slots(traced)
        self._steps = self._planned(traced.run.nodes)
        self._roots = [self._twin(x) if isinstance(x, Node) else x for x in traced.run.outputs]
        self.outputs = [Output(x._primal if isinstance(x, Node) else x) for x in self._roots]
        self.arguments = tuple(k for k, slot in enumerate(self.slots) if slot.arg is not None)
        self.outer = tuple(k for k, slot in enumerate(self.slots) if slot.nodes)
        self.single = self.lone = len(self.outputs) == 1 and self.outputs[0].shape == ()
        self.below = tuple(self.slots[k].nodes[0] for k in self.outer)
        self.outside = tuple(enumerate(self.below))
        self.leafy = all(node.is_leaf for node in self.below)
        self.whole = len(self.slots)

    def _take_slots(self, traced: TracedFunction) -> None:
        """One slot for each argument, and one for each node from outside."""
        places: dict[int, dict[int, Any]] = {}
        for i, k in traced.argument_leaves.items():
            arg, place = self.given.node_positions[k]
            places.setdefault(arg, {})[place] = traced.leaves[i]
        for k, leaf in enumerate(self.given.values):
            if leaf is not None:
                self.slots.append(Slot(_named(self.given.names[k]), k, [], np.shape(leaf)))
                self._own.append(places.get(k, {}))
        for i, node in traced.leaves.items():
            if i not in traced.argument_leaves:
                twin = self._twins[id(node)] = node.leaf(node._primal)
                self.slots.append(Slot(_named(stem([node]) or f"p{len(self.slots)}"), None, [node], node.shape))
                self._own.append({0: twin})

    def _twin(self, node: Any) -> Any:
        """The node that stands for one from outside; any other itself."""
        return self._twins.get(id(node), node)

    # -- the plan

    def _planned(self, nodes: Sequence[Node]) -> list[Step]:
        """What to do at each call, in the order in which the function did it."""
        steps: list[Step] = []
        ready: set[int] = set()
        for node in nodes:
            self._rewire(node)
            for source in node.args:
                self._before(source, steps, ready)
            for setting in node.static.values():
                if id(setting) in self.tracer.masks:
                    mask = self.tracer.masks[id(setting)]
                    self._sides(mask, steps, ready)
                    steps.append(self._refilled(setting, mask))
            steps.append(_computed(node))
        for guard in self.guards:
            for x in guard.sources:
                self._before(x, steps, ready)
        return steps

    def _rewire(self, node: Any) -> None:
        """Let a node read the twins of what is outside."""
        if node.dleft is not WIDE:
            node.left, node.right = self._twin(node.left), self._twin(node.right)
        else:
            node.left = type(node.left)(self._twin(x) for x in node.left)
            node.connect()

    def _before(self, source: Any, steps: list[Step], ready: set[int]) -> None:
        """Plan what a leaf stands for, before it is first read."""
        if isinstance(source, TracedMask):
            self._sides(source, steps, ready)
            return
        if not isinstance(source, Node) or id(source) in ready:
            return
        ready.add(id(source))
        origin = self.tracer.origins.get(source)
        if origin is not None:
            for x in origin.sources:
                self._before(x, steps, ready)
            steps.append(self._stood_for(source, origin))

    def _sides(self, mask: TracedMask, steps: list[Step], ready: set[int]) -> None:
        for side in (mask.left, mask.right):
            self._before(side, steps, ready)

    def _numbers(self, x: Any) -> Any:
        """What a node, or a comparison, is now."""
        if isinstance(x, TracedMask):
            return COMPARE[x.operator](self._numbers(x.left), self._numbers(x.right))
        x = self._twin(x)
        return x._primal if isinstance(x, Node) else x

    def _stood_for(self, leaf: Any, origin: Origin) -> Step:
        numbers = self._numbers

        def step() -> None:
            found = [numbers(x) for x in origin.sources]
            pick = {"max": max, "min": min}.get(origin.kind)
            x = pick(found) if pick else found[0]
            leaf._primal = np.array(x, dtype=leaf._primal.dtype) if isinstance(leaf, Tensor) else float(x)

        return step

    def _refilled(self, plain: Any, mask: TracedMask) -> Step:
        numbers = self._numbers

        def step() -> None:
            plain[...] = numbers(mask)

        return step

    # -- running

    def inputs(self, leaves: Sequence[Any]) -> list[Any]:
        """The numbers of all inputs as they are now."""
        found = [leaves[slot.arg] if slot.arg is not None else slot.nodes[0] for slot in self.slots]
        return [x.recorded() if isinstance(x, Value | Tensor) else x for x in found]

    def function(self, name: str, moves: tuple[int, ...] = ()) -> Any:
        """The function called value, value_and_gradients or pullback."""
        if name not in ("value", "value_and_gradients", "pullback"):
            raise GraphError(
                f"compile(): a program that is replayed has no {name}(): use autograd.{name}; it is replayed {self.why}"
            )
        return ReplayedFunction(self, name, moves)

    @property
    def why(self) -> str:
        """Why there is no raised program."""
        return "because exact=True asks for it" if not self.fault else f"because {self.fault}"

    def run(self, name: str, moves: tuple[int, ...], inputs: Sequence[Any]) -> list[Any]:
        """The results, one sequence per group, as a raised program gives them."""
        with self._lock, np.errstate(**QUIET):
            for own, x in zip(self._own, inputs, strict=False):
                flat = np.ravel(x).tolist() if own and isinstance(next(iter(own.values())), Value) else None
                for place, leaf in own.items():
                    leaf._primal = flat[place] if flat is not None else to_array(x, "compile()")
            for step in self._steps:
                step()
            values = [x._primal if isinstance(x, Node) else x for x in self._roots]
            groups = [values] if name != "pullback" else []
            if name != "value":
                seeds = inputs[len(self.slots) :] if name == "pullback" else [1.0]
                groups.append(self._gradients(moves, seeds))
            return [*groups, [self._numbers(x) for guard in self.guards for x in guard.sources]]

    def _gradients(self, moves: tuple[int, ...], seeds: Sequence[Any]) -> list[Any]:
        """The gradients by some slots, in the order of the walk that the function's own graph would take."""
        roots = [x for x in self._roots if isinstance(x, Node)]
        leaves = [leaf for k in moves for leaf in self._own[k].values()]
        cotangents = [root.plain(seed) for root, seed in zip(roots, seeds, strict=True)]
        found = iter(pullback(roots, cotangents, leaves))
        gradients = []
        for k in moves:
            shape = self.slots[k].shape
            total = np.zeros(shape)
            for place in self._own[k]:
                g = next(found)
                if g is not None and np.shape(g) == shape:
                    total = np.asarray(g)
                elif g is not None:
                    total.ravel()[place] = g
            gradients.append(total if shape else float(total))
        return gradients

    def describe_state_change(self) -> str:
        """The first thing that the function captured and that has changed since it was traced; "" if nothing has."""
        change = self.captured_state.describe_change()
        if not change and self.constants and not all(tensor._primal is array for tensor, array in self.constants):
            return "a constant Tensor has other numbers"
        return change

    def describe_guard_change(self, looked: Sequence[Any]) -> str:
        """What was seen otherwise than when the function was traced; "" where nothing was."""
        numbers = iter(looked)
        for guard in self.guards:
            change = changed(guard.function, [next(numbers) for _ in guard.sources], guard.result, guard.description)
            if change:
                return change
        return ""


class ReplayedFunction(NamedTuple):
    """A function of a replayed graph."""

    replay: GraphReplay
    name: str
    moves: tuple[int, ...]

    def __call__(self, inputs: Sequence[Any]) -> list[Any]:
        """The results, one sequence per group."""
        return self.replay.run(self.name, self.moves, inputs)

    @property
    def pure(self) -> Any:
        """There is none: GraphError says why."""
        return self.source

    @property
    def source(self) -> Any:
        """There is none: GraphError says why."""
        raise GraphError(f"compile(): there is no source: the graph is replayed as it was traced, {self.replay.why}")


def _named(name: str) -> Any:
    """A line that is a name and nothing else."""
    return Instruction(None, "input", (), {}, 0.0, name)


def _computed(node: Any) -> Step:
    """How a node is computed again, as it was the first time."""
    op, static = node.op, node.static
    if node.dleft is not WIDE:
        return _flat(node, evaluator(op), op.arity)

    def array() -> None:
        node.dright = [x._primal if isinstance(x, Node) else x for x in node.left]
        node._primal = np.asarray(op.f(ARRAY, *node.dright, **static))

    def number() -> None:
        floats = [x._primal if isinstance(x, Node) else x for x in node.left]
        node._primal = evaluated(op.f, floats, static)
        node.dright = tuple(evaluated(p, [node._primal, *floats], static) for p in op.partials)

    def entry() -> None:
        node._primal = float(node.left[0]._primal.reshape(()))

    return array if isinstance(node, Tensor) else entry if op.name == "item" else number


def _flat(node: Any, row: Callable[..., tuple[float, ...]], arity: int) -> Step:
    """A number of one or two arguments; where an argument is a plain number, no gradient flows to it."""
    left, right, to_left, to_right = node.left, node.right, node.dleft is not None, node.dright is not None
    if arity == 1:

        def one() -> None:
            node._primal, node.dleft = row(left._primal)

        return one

    def both() -> None:
        node._primal, node.dleft, node.dright = row(left._primal, right._primal)

    def first() -> None:
        node._primal, node.dleft, _ = row(left._primal, right)

    def second() -> None:
        node._primal, _, node.dright = row(left, right._primal)

    return both if to_left and to_right else first if to_left else second
