"""A failed graph cut down to the smallest expression that still fails.

Its head is moved down as far as it goes, then subtrees become inputs, then inputs become constants.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from autograd.core.node import BINARY, UNARY, Node, raw
from autograd.core.value import SIGNS, Value
from autograd.graph.topological_order import WIDE, topological_order
from autograd.numpy_api import functions
from autograd.testing.checks.rule_under_test import briefly

CHECKS = 200  # at most so many tries
LONGEST = 12  # operations that are written out
METHODS = {row: name for name, row in UNARY.items()}
OPERATORS = {row: getattr(operator, name) for name, row in BINARY.items()}


class Expression:
    """The part of a recorded graph between ``inputs`` and ``root``, as a function of its own; all else in it is constant.

    ``nodes`` are its operations, arguments first. ``str()`` writes it down.
    """

    def __init__(self, root: Node, inputs: Sequence[Node], ordered: Sequence[Node]) -> None:
        ends, needed = set(inputs), {root}
        self.nodes: list[Node] = []
        for node in reversed(ordered):
            if node in needed and node not in ends:
                self.nodes.append(node)
                needed.update(node.parents)
        self.nodes.reverse()
        self.root, self.inputs, self.ordered = root, [x for x in inputs if x in needed], ordered

    def __call__(self, *inputs: Any) -> Any:
        """The same operations, recorded once more by the engine, on other inputs."""
        made: dict[Any, Any] = dict(zip(self.inputs, inputs, strict=True))
        for node in self.nodes:
            made[node] = _repeated(node, [made[arg] if isinstance(arg, Node) and arg in made else raw(arg) for arg in node.args])
        return made[self.root]

    def with_root(self, root: Node) -> Expression:
        """The expression below one of its nodes."""
        return Expression(root, self.inputs, self.ordered)

    def with_input(self, node: Node) -> Expression:
        """What is above one of its nodes, which becomes an input."""
        return Expression(self.root, [*self.inputs, node], self.ordered)

    def without_input(self, node: Node) -> Expression:
        """The expression with one of its inputs made a constant."""
        return Expression(self.root, [x for x in self.inputs if x is not node], self.ordered)

    def __str__(self) -> str:
        if len(self.nodes) > LONGEST:
            return f"an expression of {len(self.nodes)} operations, from {self.nodes[0].brief()} to {self.root.brief()}"
        labels = _labels(self.inputs)
        where = ", ".join(f"{label} = {briefly(raw(x))}" for x, label in labels.items())
        return f"{_written(self.root, labels, set(self.nodes), False)}  with {where}"


def find_minimal_expression(y: Node, leaves: Sequence[Node], fails: Callable[[Expression], bool]) -> Expression | None:
    """The smallest part of the graph of ``y`` that still fails, by trying; None where the graph recorded anew does not."""
    best = Expression(y, leaves, topological_order((y,))[0])
    tries = iter(range(CHECKS))

    def better(candidate: Expression) -> bool:
        return bool(candidate.inputs and candidate.nodes) and next(tries, None) is not None and fails(candidate)

    moved = better(best)
    if not moved:
        return None
    while moved:  # the head moves down
        moved = False
        for parent in dict.fromkeys(best.root.parents):
            if parent in set(best.nodes) and better(candidate := best.with_root(parent)):
                best, moved = candidate, True
                break
    for node in reversed(best.nodes[:-1]):  # subtrees become inputs, large ones first
        if node in set(best.nodes) and better(candidate := best.with_input(node)):
            best = candidate
    for node in list(best.inputs):  # inputs become constants
        if len(best.inputs) > 1 and better(candidate := best.without_input(node)):
            best = candidate
    return best


def _repeated(node: Node, args: Sequence[Any]) -> Any:
    """An operation as a program would write it, on other arguments."""
    assert node.op is not None
    name = node.op.name
    if name == "item":
        return Value.of(args[0]) if isinstance(args[0], Node) else float(args[0])
    if node.dleft is not WIDE:
        if name in OPERATORS:
            return OPERATORS[name](*args)
        method = METHODS.get(name, name)
        if len(args) == 1 and hasattr(args[0], method):
            return getattr(args[0], method)()
    return functions.call_row(node.op, *args, **node.static)


def _labels(inputs: Sequence[Node]) -> dict[Node, str]:
    """The inputs' own names, where they are all different, else letters."""
    names = [x.path for x in inputs]
    if all(names) and len(set(names)) == len(names):
        return dict(zip(inputs, names, strict=True))
    return {x: "abcdefghijklmnopqrstuvwxyz"[k] if k < 26 else f"x{k}" for k, x in enumerate(inputs)}


def _written(x: Any, labels: dict[Node, str], inside: set[Node], nested: bool) -> str:
    """A node as Python; what is not inside the expression is a number."""
    if isinstance(x, Node) and x in labels:
        return labels[x]
    if not isinstance(x, Node) or x not in inside:
        return briefly(raw(x), 30)
    assert x.op is not None
    sign = SIGNS.get(x.op.name)
    args = [_written(arg, labels, inside, sign is not None) for arg in x.args]
    if sign is not None:
        text = f" {sign} ".join(args) if len(args) > 1 else f"{sign}{args[0]}"
        return f"({text})" if nested else text
    settings = [f"{k}={v!r}" for k, v in x.static.items()]
    return f"{x.op.name}({', '.join(args + settings)})"
